"""Fewer generated rows on singular vectors: rules that keep a part of what one generator per cell makes."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.neighbors import NearestNeighbors

from benchmarks.quality.run import append, read_keys, versions
from benchmarks.text.arms import Cell, K
from benchmarks.text.learners import LEARNERS, judge, rare_scores
from benchmarks.text.texts import draw, pool
from imbgan.text import ReducedEncoder

FOLDER = Path(__file__).parent / "results" / "crowding"
ENCODER, TRIED = "reduced", ("neighbors", "linear", "lightgbm")
#: A generated row is a hub if it is among the neighbors of more rows than this share of the real ones is.
HUB = 0.95

Mask = NDArray[np.bool_]


class Candidates(NamedTuple):
    """Real rows and the generated ones after them, as rules see them.

    ``number`` is negative for real rows and counts generated ones from 0; ``places`` is how often each row is among the
    ten nearest neighbors of the others.
    """

    number: NDArray[np.intp]
    places: NDArray[np.intp]
    n_rare: int

    @property
    def is_hub(self) -> Mask:
        """Return which generated rows are hubs."""
        return (self.number >= 0) & (self.places > np.quantile(self.places[self.number < 0], HUB))


def _first(n: int) -> Callable[[Candidates], Mask]:
    return lambda rows: rows.number < n


#: What is kept of the generated rows, by name. Rows come in a fixed order, so that the first n are what filling up to
#: n generated rows gives.
RULES: Mapping[str, Callable[[Candidates], Mask]] = MappingProxyType(
    {
        "none": _first(0),
        "twice": lambda rows: rows.number < rows.n_rare,
        "three_times": lambda rows: rows.number < 2 * rows.n_rare,
        "first_40": _first(40),
        "first_100": _first(100),
        "first_200": _first(200),
        "all": lambda rows: np.ones(len(rows.number), bool),
        "no_hubs": lambda rows: ~rows.is_hub,
    }
)


def candidates(X: NDArray[np.float32], n_real: int, n_rare: int) -> Candidates:
    """Return what rules judge by, of real rows and the generated ones after them."""
    near = NearestNeighbors(n_neighbors=K + 1).fit(X).kneighbors(X, return_distance=False)[:, 1:]
    return Candidates(np.arange(len(X)) - n_real, np.bincount(near.ravel(), minlength=len(X)), n_rare)


def measure(name: str, number: int, n_rare: int) -> list[dict[str, Any]]:
    """Return a line per rule for one draw of one set."""
    part = draw(pool(name), name, number, n_rare)
    cell = Cell(name, number, part, ENCODER, ReducedEncoder)
    rows, n_real = cell.resampled("gan"), len(cell.rows.y)
    found = candidates(rows.X, n_real, n_rare)
    figures: dict[bytes, dict[str, float]] = {}
    lines: list[dict[str, Any]] = []
    for rule, keep in RULES.items():
        kept = keep(found)
        if kept.tobytes() not in figures:  # rules can agree
            figures[kept.tobytes()] = {
                learner: judge(
                    part.test.is_rare,
                    rare_scores(LEARNERS[learner](ENCODER, number, None).fit(rows.X[kept], rows.y[kept]), rows.X_test),
                )["average_precision"]
                for learner in TRIED
            }
        key = {"set": name, "rare": n_rare, "draw": number, "rule": rule}
        n_kept = int(kept.sum()) - n_real
        lines.append({**key, "kept": n_kept, "learners": figures[kept.tobytes()], "versions": versions()})
    return lines


def run(names: Iterable[str], numbers: Iterable[int], rare: Iterable[int], folder: Path = FOLDER) -> None:
    """Run the draws that have no lines yet, and append them to a file per set."""
    folder.mkdir(parents=True, exist_ok=True)
    names, numbers = list(names), list(numbers)
    for n_rare in rare:
        for number in numbers:
            for name in names:
                path = folder / f"{name}.jsonl"
                if (number, n_rare) in read_keys(path, lambda line: (line["draw"], line["rare"])):
                    continue
                for line in measure(name, number, n_rare):
                    append(path, line)
                print(f"{name} {n_rare} draw {number}", flush=True)
