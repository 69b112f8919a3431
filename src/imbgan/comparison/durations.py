"""How long parts of a comparison take, by a guess that what is measured corrects."""

import threading
from collections.abc import Iterable, Sequence

import numpy as np

from imbgan._durations import fit_seconds, generator_seconds
from imbgan.comparison.fold_results import FoldResult
from imbgan.strategies import Strategy

#: Names of a strategy and an estimator.
Key = tuple[str, str]


class Durations:
    """Expected seconds of each strategy with each estimator on one fold.

    Parameters
    ----------
    n_rows, n_columns : int
        Size of a training part.
    """

    def __init__(self, n_rows: int, n_columns: int) -> None:
        self._n_cells = n_rows * n_columns
        self._spent: dict[Key, list[float]] = {}
        self._guessed: dict[Key, float] = {}
        self._lock = threading.Lock()

    def record(self, rows: Iterable[FoldResult]) -> None:
        """Take note of what finished fits have taken."""
        with self._lock:
            for row in rows:
                if row.spent is not None:
                    self._spent.setdefault((row.strategy, row.estimator), []).append(row.spent)

    def expected(self, family: Sequence[Strategy], estimators: Iterable[str], skip: Iterable[Key] = ()) -> float:
        """Return the seconds that a family of strategies takes on one fold; ``skip`` are pairs that are not run."""
        left = set(skip)
        with self._lock:
            total, is_first = 0.0, True
            for strategy in family:
                for place, estimator in enumerate(estimators):
                    key = strategy.name, estimator
                    guess = fit_seconds(strategy.name, estimator, self._n_cells, is_first=place == 0)
                    if is_first and strategy.family == "gan":
                        guess += generator_seconds(self._n_cells)
                    self._guessed.setdefault(key, guess)
                    if key not in left:
                        total += float(np.mean(self._spent[key])) if key in self._spent else guess * self._scale()
                        is_first = False
            return total

    def _scale(self) -> float:
        """Return how much slower than guessed the fits were that have finished; 1 before any has."""
        known = [key for key in self._spent if key in self._guessed]
        guessed = sum(self._guessed[key] for key in known)
        return sum(float(np.mean(self._spent[key])) for key in known) / guessed if guessed else 1.0
