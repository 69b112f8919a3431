"""How long parts of a comparison take: a guess before any has run, and what was measured afterwards."""

import threading
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from imbgan.comparison.estimators import DEFAULT_ESTIMATORS
from imbgan.comparison.fold_results import FoldResult
from imbgan.strategies import DEFAULT_STRATEGIES, STRATEGIES, Strategy, resolve_strategies

#: Names of a strategy and an estimator.
Key = tuple[str, str]


class _Fit(NamedTuple):
    """Seconds of one fit: a constant, and a part that grows with the number of cells of the training part."""

    constant: float
    per_cell: float


# Measured on one core of a common machine, on tables of 1,000 to 20,000 rows. They only have to be right in size: the
# first units of a comparison correct them.
_ESTIMATORS = {
    "logistic_regression": _Fit(0.05, 4e-7),
    "hist_gradient_boosting": _Fit(0.25, 1e-6),
    "random_forest": _Fit(0.4, 8e-6),
    "decision_tree": _Fit(0.03, 1e-6),
    "k_neighbors": _Fit(0.03, 5e-6),
    "mlp": _Fit(0.5, 1e-5),
    "lightgbm": _Fit(0.15, 1e-6),
}
_OTHER_ESTIMATOR = _Fit(0.25, 2e-6)
# How many fits of the estimator alone a strategy is worth.
_FITS = {"none": 1.0, "class_weight": 1.0, "random_under": 0.4, "bagging": 8.0, "gan_bagging": 10.0}
_FITS_OF_OTHERS = 1.8
# One generator, which the strategies of a family share.
_GENERATOR = _Fit(9.0, 1e-5)


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
                for estimator in estimators:
                    key = strategy.name, estimator
                    guess = self._guess(strategy, estimator, trains_generator=is_first)
                    self._guessed.setdefault(key, guess)
                    if key not in left:
                        total += float(np.mean(self._spent[key])) if key in self._spent else guess * self._scale()
                        is_first = False
            return total

    def _guess(self, strategy: Strategy, estimator: str, *, trains_generator: bool) -> float:
        fit = _ESTIMATORS.get(estimator, _OTHER_ESTIMATOR)
        seconds = (fit.constant + fit.per_cell * self._n_cells) * _FITS.get(strategy.name, _FITS_OF_OTHERS)
        if strategy.family == "gan" and trains_generator:
            seconds += _GENERATOR.constant + _GENERATOR.per_cell * self._n_cells
        return seconds

    def _scale(self) -> float:
        """Return how much slower than guessed the fits were that have finished; 1 before any has."""
        known = [key for key in self._spent if key in self._guessed]
        guessed = sum(self._guessed[key] for key in known)
        return sum(float(np.mean(self._spent[key])) for key in known) / guessed if guessed else 1.0


def expected_seconds(
    n_rows: int,
    n_columns: int,
    *,
    strategies: object = "default",
    estimators: Sequence[str] = DEFAULT_ESTIMATORS,
    n_folds: int = 10,
    n_splits: int = 5,
    n_jobs: int = 1,
) -> float:
    """Guess how long a comparison of all folds takes on a common machine.

    Parameters
    ----------
    n_rows, n_columns : int
        Size of the table.
    strategies : "default", "all", or names of strategies, default="default"
        As for :func:`imbgan.comparison.compare`.
    estimators : sequence of str
        Names of estimators; others than those of :data:`imbgan.comparison.ESTIMATORS` are taken for average ones.
    n_folds : int, default=10
        Number of folds in all repeats.
    n_splits : int, default=5
        Number of folds of one repeat.
    n_jobs : int, default=1
        Number of processes.

    Returns
    -------
    float
        Seconds, right to a factor of about three.
    """
    chosen = list(resolve_strategies(strategies, STRATEGIES, DEFAULT_STRATEGIES).values())
    durations = Durations(round(n_rows * (n_splits - 1) / n_splits), n_columns)
    generated = [strategy for strategy in chosen if strategy.family == "gan"]
    alone = [[strategy] for strategy in chosen if strategy.family != "gan"]
    per_fold = sum(durations.expected(family, estimators) for family in [*alone, generated])
    return per_fold * n_folds / max(1, n_jobs)
