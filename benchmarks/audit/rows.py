"""What generated rows give away: the audit of each table, with the quality of the attacked rows beside it."""

import json
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest.mock import patch

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from benchmarks.audit import variants
from benchmarks.audit.variants import changed, samplers
from benchmarks.quality.run import append
from benchmarks.quality.tables import Case, codes
from imbgan import Audit, audit
from imbgan.audit import game, running
from imbgan.audit.game import Run
from imbgan.audit.table import Look
from imbgan.measures import coverage, energy_distance, neighbor_radii, pairwise_distances
from imbgan.random import Streams

N_RARE, N_COMMON, N_LEARNED, N_RUNS = 240, 2_000, 50, 6
RESULTS = Path(__file__).parent / "results" / "rows.jsonl"


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
    began = time.perf_counter()
    looks: list[Look] = []
    runs: list[Run] = []
    with ExitStack() as stack:
        stack.enter_context(changed(variant))
        stack.enter_context(_watched(game, "attack", lambda arguments, _: looks.append(arguments[0])))
        stack.enter_context(_watched(running, "play", lambda _, run: runs.append(run)))
        n_learned = variants.N_LEARNED.get(variant, N_LEARNED)
        found = audit(X, y, source=samplers(variant), n_runs=N_RUNS, n_learned=n_learned, random_state=0)
    return {
        "table": name,
        "variant": variant,
        "seconds": round(time.perf_counter() - began, 1),
        "quality": rounded(_quality(found.sources, looks, runs)),
        "audit": rounded(found.to_dict()),
    }


@contextmanager
def _watched(module: ModuleType, name: str, see: Callable[[tuple[Any, ...], Any], object]) -> Generator[None]:
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
            "energy_distance": float(np.mean([_energy(real, rows) for real, rows in pairs])),
            "coverage": float(np.mean([_coverage(real, rows[: len(real)]) for real, rows in pairs])),
        }
    return found


def _energy(real: np.ndarray, rows: np.ndarray) -> float:
    return energy_distance(*(pairwise_distances(a, b) for a, b in ((real, rows), (real, real), (rows, rows))))


def _coverage(real: np.ndarray, rows: np.ndarray) -> float:
    return coverage(pairwise_distances(real, rows), neighbor_radii(pairwise_distances(real, real)))


def rounded(value: Any) -> Any:  # noqa: ANN401 - plain values
    """Return plain values with four decimals."""
    if isinstance(value, dict):
        return {key: rounded(item) for key, item in value.items()}
    if isinstance(value, list):
        return [rounded(item) for item in value]
    return round(value, 4) if isinstance(value, float) else value


def read(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the lines, with their audits."""
    for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else ():
        found = json.loads(line)
        yield {**found, "audit": Audit.from_dict(found["audit"])}


def run(tables: Sequence[str], variant: str, path: Path = RESULTS) -> None:
    """Audit what there is no line for yet."""
    done = {(line["table"], line["variant"]) for line in read(path)}
    for name in tables:
        if (name, variant) not in done:
            line = measure(name, variant)
            append(path, line)
            print(f"{name}, {variant}: {line['seconds']} s", flush=True)
