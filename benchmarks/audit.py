"""What generated rows give away on real tables, and what lowers it.

``IMBGAN_DATA=... python -m benchmarks.audit run`` audits the development tables: in each of six runs, 50 of 240 rare
rows are learned from beside 2,000 common ones, and 1,950 rows are generated. Each audit is one line of JSON in
``benchmarks/quality/results/audit.jsonl``; what is there already is not run again. ``--variant`` audits the GAN with
one thing changed. ``show`` prints the tables of what is there.
"""

import argparse
import json
import time
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from benchmarks.quality.tables import Case, codes
from imbgan import Audit, GANOverSampler, audit
from imbgan.audit import SOURCES
from imbgan.random import Streams
from imbgan.tabular.codecs import masses

TABLES = (
    "adult",
    "credit_default",
    "creditcard_sample",
    "fraud_oracle",
    "give_me_some_credit",
    "mammography",
    "stroke",
)
N_RARE, N_COMMON, N_LEARNED, N_RUNS = 240, 2_000, 50, 6
RESULTS = Path(__file__).parent / "quality" / "results" / "audit.jsonl"


def _changed(**parameters: Any) -> Callable[[], GANOverSampler]:  # noqa: ANN401 - parameters of the sampler
    return lambda: GANOverSampler(**parameters)


#: One thing changed, beside the default ("sources").
VARIANTS: dict[str, Callable[[], GANOverSampler]] = {
    "steps of 10 rows": _changed(),
    "steps of 20 rows": _changed(),
    "at most 300 steps": _changed(max_iter=300),
    "one generator": _changed(n_generators=1),
    "instance noise .5 to the end": _changed(train_options={"instance_noise": 0.5, "instance_noise_share": 1.0}),
    "penalty 10 times as strong": _changed(train_options={"gamma": 1.0}),
}
ROWS_PER_STEP = {"steps of 10 rows": 10, "steps of 20 rows": 20}


def table(name: str) -> tuple[pd.DataFrame, NDArray[np.intp]]:
    """Return the features and classes that all audits of a table share."""
    X, y = codes(Case(name, "binary", "natural"))
    rng = Streams(0).generator("audit", name)
    kept = [rng.permutation(np.flatnonzero(y == code))[:n] for code, n in ((0, N_COMMON), (1, N_RARE))]
    rows = np.sort(np.concatenate(kept))
    return X.iloc[rows].reset_index(drop=True), y[rows]


def measure(name: str, variant: str) -> dict[str, Any]:
    """Return the line of one audit."""
    X, y = table(name)
    source: Any = tuple(SOURCES) if variant == "sources" else {"gan": VARIANTS[variant]()}
    began = time.perf_counter()
    with ExitStack() as stack:
        if variant in ROWS_PER_STEP:
            stack.enter_context(patch.object(masses, "ROWS_PER_STEP", ROWS_PER_STEP[variant]))
        found = audit(X, y, source=source, n_runs=N_RUNS, n_learned=N_LEARNED, random_state=0)
    return {
        "table": name,
        "variant": variant,
        "seconds": round(time.perf_counter() - began, 1),
        "audit": found.to_dict(),
    }


def read(path: Path) -> Iterator[tuple[str, str, Audit]]:
    """Yield table, variant and audit of each line."""
    for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else ():
        found = json.loads(line)
        yield found["table"], found["variant"], Audit.from_dict(found["audit"])


def run(tables: list[str], variant: str, path: Path) -> None:
    """Audit what there is no line for yet."""
    done = {(name, kind) for name, kind, _ in read(path)}
    for name in tables:
        if (name, variant) not in done:
            line = measure(name, variant)
            with path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(line, separators=(",", ":")) + "\n")
            print(f"{name}, {variant}: {line['seconds']} s", flush=True)


def _row(label: str, audits: Mapping[str, Audit], source: str) -> str:
    """Return a line of Markdown: means over tables of single attacks and the strongest one, and the worst run."""
    worst = [found.worst(source) for found in audits.values()]
    outlying = [found.worst(source, "outlying").auc.mean or np.nan for found in audits.values()]
    means = {
        name: np.mean([found.attack(source, name).auc.mean for found in audits.values()])
        for name in ("nearest", "columns", "trained")
    }
    runs = [
        each.highest
        for found in audits.values()
        for each in found.attacks
        if (each.source, each.group) == (source, "all")
    ]
    cells = [
        *(f"{value:.3f}" for value in means.values()),
        f"{np.mean([each.auc.mean or np.nan for each in worst]):.3f}",
        f"{np.mean([each.tpr.mean or 0.0 for each in worst]):.2f}",
        f"{np.mean(outlying):.3f}",
        f"{max(runs):.3f}",
    ]
    return f"| {label} | {len(audits)} | {' | '.join(cells)} |"


def show(path: Path) -> None:
    """Print one table of sources, and one of variants of the GAN on the tables that they share."""
    found: dict[str, dict[str, Audit]] = {}
    for name, variant, each in read(path):
        found.setdefault(variant, {})[name] = each
    heads = ("tables", "nearest", "columns", "trained", "strongest", "named at 1 %", "outlying", "worst run")
    print(f"| rows of | {' | '.join(heads)} |\n| :-- |{' --: |' * len(heads)}")
    for source in SOURCES:
        print(_row(source, found["sources"], source))
    for variant, audits in found.items():
        if variant != "sources":
            shared = {name: each for name, each in found["sources"].items() if name in audits}
            print(_row(f"gan, {variant}", audits, "gan"))
            print(_row("gan, the default on these tables", shared, "gan"))
    print()
    for name, each in found["sources"].items():
        worst = each.worst("gan")
        print(f"{name}: {worst.name} {worst.auc.mean:.3f}, worst run {worst.highest:.3f}")


def main() -> None:
    """Run the command line."""
    warnings.simplefilter("ignore")
    parser = argparse.ArgumentParser(prog="python -m benchmarks.audit", description=__doc__)
    parser.add_argument("command", choices=["run", "show"])
    parser.add_argument("--tables", nargs="+", choices=TABLES, default=list(TABLES))
    parser.add_argument("--variant", choices=["sources", *VARIANTS], default="sources")
    parser.add_argument("--path", type=Path, default=RESULTS)
    options = parser.parse_args()
    if options.command == "run":
        run(options.tables, options.variant, options.path)
    else:
        show(options.path)


if __name__ == "__main__":
    main()
