"""Generate rare rows by each generator, and judge them: rules, distance, and a classifier that learns them too."""

import os
import subprocess
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import average_precision_score

from benchmarks.rules.tables import COMMON, LABEL, N_RARE, RARE, TABLES, Ruled, nursery_table, with_dates, with_days
from benchmarks.speed.records import append, done
from imbgan import GANOverSampler, assess
from imbgan.ensemble.samplers import LocalGaussianSampler, TableSampler, TableSMOTE
from imbgan.tabular.rules import OnlyTogether, Rule

JOB = Path(__file__).with_name("job.py")
N_WANTED = 1000
KEY = ("table", "system", "seed")
SEEDS = (0, 1, 2)
#: CTGAN takes a minute per run, and runs with the first seed alone.
SYSTEMS = ("gan", "gan_rules", "smote_nc", "local_gaussian", "ctgan")


def run(out: Path, peer_python: str | None) -> None:
    """Run what has no line yet; CTGAN only if its interpreter is named."""
    known = done(out, KEY) if out.exists() else set()
    for seed in SEEDS:
        for name, make in TABLES.items():
            for system in SYSTEMS:
                is_left_out = system == "ctgan" and (peer_python is None or seed != SEEDS[0])
                if (name, system, seed) in known or is_left_out:
                    continue
                append(out, {"table": name, "system": system, "seed": seed, **one(make(), system, seed, peer_python)})


def one(ruled: Ruled, system: str, seed: int, peer_python: str | None) -> dict[str, Any]:
    """Return the figures of one generator on one table."""
    train, test = ruled.parts(seed)
    began = time.perf_counter()
    rows = _rows(train, system, seed, ruled.rules, peer_python)
    seconds = time.perf_counter() - began
    X = train.drop(columns=LABEL)
    rare = X[train[LABEL] == RARE].reset_index(drop=True)
    compared = [name for name in X.columns if name != "id"]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = assess(rare[compared], rows[compared], random_state=seed).classes[0]
    energy = next(measure for measure in found.measures if measure.name == "energy_distance")
    return {
        "n": len(rows),
        "seconds": round(seconds, 1),
        "broken": {repr(rule): _broken(rule, rows, train) for rule in ruled.rules},
        "wrong_class": _wrong_class(rows) if ruled.name == "nursery" else None,
        "energy": energy.value,
        "energy_real": energy.baseline,
        "ap": _average_precision(train, test, rows, seed),
        "ap_without": _average_precision(train, test, rows[:0], seed),
    }


def _rows(train: pd.DataFrame, system: str, seed: int, rules: tuple[Rule, ...], peer_python: str | None) -> Any:  # noqa: ANN401
    X, y = train.drop(columns=LABEL), train[LABEL].to_numpy()
    wanted = {RARE: N_RARE + N_WANTED, COMMON: int((y == COMMON).sum())}
    samplers: dict[str, Callable[[], Any]] = {
        "gan": lambda: GANOverSampler(sampling_strategy=wanted, random_state=seed),
        "gan_rules": lambda: GANOverSampler(sampling_strategy=wanted, random_state=seed, rules=list(rules)),
        "smote_nc": lambda: TableSMOTE(sampling_strategy=wanted, random_state=seed),
        "local_gaussian": lambda: TableSampler(LocalGaussianSampler(), sampling_strategy=wanted, random_state=seed),
    }
    if system in samplers:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return samplers[system]().fit_resample(X, y)[0][len(X) :].reset_index(drop=True)
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "train.csv"), Path(folder, "rows.csv")
        with_days(train).to_csv(source, index=False)
        own = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        subprocess.run([str(peer_python), JOB, source, target, str(seed), str(N_WANTED)], check=True, env=own)
        return with_dates(pd.read_csv(target), train).drop(columns=LABEL)


def _broken(rule: Rule, rows: pd.DataFrame, train: pd.DataFrame) -> float:
    """Return the share of rows that break a rule, also together with the real rows where these must be unique."""
    judge = rule.like(train) if isinstance(rule, OnlyTogether) else rule
    if judge.kind == "unique":
        both = pd.concat([train[list(judge.columns)], rows[list(judge.columns)]], ignore_index=True)
        return float(np.asarray(both.duplicated())[len(train) :].mean())
    return float(judge.broken(rows).mean())


def _wrong_class(rows: pd.DataFrame) -> float:
    """Return the share of rows of the nursery whose recommendation is not the one of the same application."""
    whole = nursery_table()
    names = [name for name in whole.columns if name != "class"]
    merged = rows.assign(has_nurs="very_crit").merge(whole, on=names, how="left", suffixes=("", "_true"))
    return float((merged["class"] != merged["class_true"]).mean())


def _average_precision(train: pd.DataFrame, test: pd.DataFrame, rows: pd.DataFrame, seed: int) -> float:
    """Return average precision on the test part of boosted trees that learn the training part and these rows."""
    both = pd.concat([train, rows.assign(**{LABEL: RARE})], ignore_index=True)
    drop = [name for name in (LABEL, "id") if name in both.columns]
    X, X_test = with_days(both.drop(columns=drop)), with_days(test.drop(columns=drop))
    for name in X.columns:
        if X[name].dtype.kind not in "if":
            levels = sorted({*X[name], *X_test[name]})
            X[name], X_test[name] = (pd.Categorical(each[name], levels) for each in (X, X_test))
    model = HistGradientBoostingClassifier(random_state=seed, categorical_features="from_dtype")
    scores = model.fit(X, both[LABEL] == RARE).predict_proba(X_test)[:, 1]
    return float(average_precision_score(test[LABEL] == RARE, scores))
