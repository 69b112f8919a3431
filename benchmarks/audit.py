"""What generated rows give away on real tables, and what lowers it.

``IMBGAN_DATA=... python -m benchmarks.audit run`` audits the development tables: in each of six runs, 50 of 240 rare
rows are learned from beside 2,000 common ones, and 1,950 rows are generated. Each audit is one line of JSON in
``benchmarks/audit.jsonl``; what is there already is not run again. ``--variant`` audits the GAN with one thing changed.
``show`` prints the tables of what is there, which ``python -m benchmarks.quality write`` puts into ``RESULTS.md``.
"""

import argparse
import json
import time
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest.mock import patch

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from benchmarks.quality.markdown import Row, markdown
from benchmarks.quality.tables import Case, codes
from imbgan import Audit, GANOverSampler, audit
from imbgan.audit import SOURCES, game, running
from imbgan.audit.game import Run
from imbgan.audit.table import Look
from imbgan.measures import coverage, energy_distance
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
RESULTS = Path(__file__).parent / "audit.jsonl"


def _changed(**parameters: Any) -> Callable[[], GANOverSampler]:  # noqa: ANN401 - parameters of the sampler
    return lambda: GANOverSampler(**parameters)


#: The audit of all sources, the GAN with its defaults among them.
DEFAULT = "sources"
#: Attacks that have a column of their own.
ALONE = ("nearest", "density_ratio", "columns", "trained")
#: How good rows are, against rare rows that were not learned from.
QUALITY = ("energy_distance", "coverage")
#: One thing changed.
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
    """Return the line of one audit: the audit, and how good the rows of each source are."""
    X, y = table(name)
    source: Any = tuple(SOURCES) if variant == DEFAULT else {"gan": VARIANTS[variant]()}
    began = time.perf_counter()
    looks: list[Look] = []
    runs: list[Run] = []
    with ExitStack() as stack:
        if variant in ROWS_PER_STEP:
            stack.enter_context(patch.object(masses, "ROWS_PER_STEP", ROWS_PER_STEP[variant]))
        stack.enter_context(_watched(game, "attack", lambda arguments, _: looks.append(arguments[0])))
        stack.enter_context(_watched(running, "play", lambda _, run: runs.append(run)))
        found = audit(X, y, source=source, n_runs=N_RUNS, n_learned=N_LEARNED, random_state=0)
    return {
        "table": name,
        "variant": variant,
        "seconds": round(time.perf_counter() - began, 1),
        "quality": _rounded(_quality(found.sources, looks, runs)),
        "audit": _rounded(found.to_dict()),
    }


@contextmanager
def _watched(module: ModuleType, name: str, see: Callable[[tuple[Any, ...], Any], object]) -> Iterator[None]:
    """Show the arguments and the result of each call of a function."""
    function = getattr(module, name)

    def called(*arguments: Any) -> Any:  # noqa: ANN401 - handed on
        result = function(*arguments)
        see(arguments, result)
        return result

    with patch.object(module, name, called):
        yield


def _quality(sources: Sequence[str], looks: Sequence[Look], runs: Sequence[Run]) -> dict[str, dict[str, float]]:
    """Return energy distance and coverage of generated rows against rows that were not learned from, means of runs."""
    found: dict[str, dict[str, float]] = {}
    for i, source in enumerate(sources):
        pairs = [
            (look.sight.candidates[~run.member], look.sight.generated)
            for look, run in zip(looks[i :: len(sources)], runs, strict=True)
        ]
        found[source] = {
            "energy_distance": float(np.mean([energy_distance(*pair) for pair in pairs])),
            "coverage": float(np.mean([coverage(real, rows[: len(real)]) for real, rows in pairs])),
        }
    return found


def _rounded(value: Any) -> Any:  # noqa: ANN401 - plain values
    """Return plain values with four decimals."""
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_rounded(item) for item in value]
    return round(value, 4) if isinstance(value, float) else value


def read(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the lines, with their audits."""
    for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else ():
        found = json.loads(line)
        yield {**found, "audit": Audit.from_dict(found["audit"])}


def run(tables: list[str], variant: str, path: Path) -> None:
    """Audit what there is no line for yet."""
    done = {(line["table"], line["variant"]) for line in read(path)}
    for name in tables:
        if (name, variant) not in done:
            line = measure(name, variant)
            with path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(line, separators=(",", ":")) + "\n")
            print(f"{name}, {variant}: {line['seconds']} s", flush=True)


def _row(label: str, lines: Mapping[str, dict[str, Any]], source: str) -> Row:
    """Return means over tables of single attacks, of the strongest one and of the quality, and the worst run."""
    audits: list[Audit] = [line["audit"] for line in lines.values()]
    worst = [found.worst(source) for found in audits]
    alone = [float(np.mean([found.attack(source, name).auc.mean for found in audits])) for name in ALONE]
    strongest = float(np.mean([each.auc.mean for each in worst]))
    outlying = float(np.mean([found.worst(source, "outlying").auc.mean for found in audits]))
    figures = [*alone, strongest, outlying, max(_worst_run(found, source) for found in audits)]
    named = float(np.mean([each.tpr.mean for each in worst]))
    quality = [float(np.mean([line["quality"][source][name] for line in lines.values()])) for name in QUALITY]
    return [label, str(len(audits)), *(f"{v:.3f}" for v in figures), f"{named:.0%}", *(f"{v:.3f}" for v in quality)]


def _worst_run(found: Audit, source: str) -> float:
    return max(each.highest for each in found.attacks if (each.source, each.group) == (source, "all"))


def report(path: Path = RESULTS) -> list[str]:
    """Return the lines of Markdown that show what is there; none if nothing is."""
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for line in read(path):
        found.setdefault(line["variant"], {})[line["table"]] = line
    if DEFAULT not in found:
        return []
    every = found.pop(DEFAULT)
    heads = ["tables", *ALONE, "strongest", "strongest, outlying rows", "worst run", "named at 1 %"]
    heads += ["energy distance", "coverage"]
    lines = markdown(["rows of", *heads], [_row(source, every, source) for source in SOURCES])
    variants: list[Row] = []
    for variant, audits in found.items():
        shared = {name: line for name, line in every.items() if name in audits}
        if not variants:
            variants.append(_row("the default, on the same tables", shared, "gan"))
        variants.append(_row(variant, audits, "gan"))
    lines += markdown(["GAN rows, one thing changed", *heads], variants) if variants else []
    by_table: list[Row] = []
    for name, line in every.items():
        means = [f"{line['audit'].worst(source).auc.mean:.3f}" for source in SOURCES]
        by_table.append([name, *means, f"{_worst_run(line['audit'], 'gan'):.3f}"])
    return [*lines, *markdown(["strongest attack by table", *SOURCES, "GAN, worst run"], by_table)]


def main() -> None:
    """Run the command line."""
    warnings.simplefilter("ignore")
    parser = argparse.ArgumentParser(prog="python -m benchmarks.audit", description=__doc__)
    parser.add_argument("command", choices=["run", "show"])
    parser.add_argument("--tables", nargs="+", choices=TABLES, default=list(TABLES))
    parser.add_argument("--variant", choices=[DEFAULT, *VARIANTS], default=DEFAULT)
    parser.add_argument("--path", type=Path, default=RESULTS)
    options = parser.parse_args()
    if options.command == "run":
        run(options.tables, options.variant, options.path)
    else:
        print("\n".join(report(options.path)))


if __name__ == "__main__":
    main()
