"""Precision-recall, ROC and reliability curves of one test fold, and their averages over folds."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import precision_recall_curve, roc_curve

from imbgan.comparison.fold_results import FoldCurve, FoldResult
from imbgan.comparison.results import Curve

GRID: NDArray[np.float64] = np.linspace(0.0, 1.0, 51)
# Bins of the predicted probability. They are finer near 0, where most rows lie if the class is rare.
BIN_EDGES = (0, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
# Four digits suffice to draw a curve. Sums over a bin keep more, because their means near 0 matter.
_DIGITS = 4
_SUM_DIGITS = 7


def curve_points(is_class: NDArray[np.bool_], p: NDArray[np.float64]) -> FoldCurve | None:
    """Return the curves of one test fold on fixed grids, so that folds can be averaged.

    Parameters
    ----------
    is_class : ndarray of shape (n,), bool
    p : ndarray of shape (n,)
        Predicted probabilities of the class, in [0, 1].

    Returns
    -------
    FoldCurve or None
        Values at the 51 recalls and false-positive rates of ``GRID``, and in each bin of ``BIN_EDGES``. None if all
        rows belong to the class, or none does.
    """
    truth, p = np.asarray(is_class, bool), np.asarray(p, np.float64)
    if truth.all() or not truth.any():
        return None
    precision, recall, _ = precision_recall_curve(truth, p)
    # Reversed, recall increases. The last point, (0, 1), belongs to no threshold and is dropped.
    precision, recall = precision[-2::-1], recall[-2::-1]
    best_from_here = np.maximum.accumulate(precision[::-1])[::-1]
    # The tolerance is needed because 3 / 50 and 0.06 differ in their last bit.
    first = np.searchsorted(recall, GRID - 1e-9)
    fpr, tpr, _ = roc_curve(truth, p)
    places = np.clip(np.searchsorted(BIN_EDGES, p, side="right") - 1, 0, len(BIN_EDGES) - 2)

    def per_bin(weights: NDArray[Any]) -> tuple[float, ...]:
        return _numbers(np.bincount(places, weights, len(BIN_EDGES) - 1), _SUM_DIGITS)

    return FoldCurve(
        precision=_numbers(best_from_here[first]),
        tpr=_numbers(np.interp(GRID, fpr, tpr)),
        counts=tuple(np.bincount(places, minlength=len(BIN_EDGES) - 1).tolist()),
        predicted=per_bin(p),
        observed=per_bin(truth),
    )


def average_curves(rows: Iterable[FoldResult], labels: Sequence[str]) -> tuple[Curve, ...]:
    """Average the curves of the folds with equal weights; the rows of a reliability bin are pooled.

    Parameters
    ----------
    rows : iterable of FoldResult
        One result per fold, strategy and estimator.
    labels : sequence of str
        The classes whose curves are averaged.

    Returns
    -------
    tuple of Curve
        Sorted by estimator and strategy in order of appearance, then by label. Combinations without any curve are
        omitted.
    """
    grouped: dict[tuple[str, str, str], list[FoldCurve]] = {}
    for row in rows:
        for label in labels if row.status == "ok" else ():
            points = row.curves.get(label)
            if points:
                grouped.setdefault((row.estimator, row.strategy, label), []).append(points)
    return tuple(_average(*names, folds) for names, folds in grouped.items())


def _average(estimator: str, strategy: str, label: str, folds: Sequence[FoldCurve]) -> Curve:
    def over_folds(name: str) -> NDArray[np.float64]:
        return np.array([getattr(fold, name) for fold in folds], np.float64)

    counts = over_folds("counts").sum(axis=0)
    filled = counts > 0
    predicted, observed = (over_folds(name).sum(axis=0)[filled] / counts[filled] for name in ("predicted", "observed"))
    grid = _numbers(GRID)
    return Curve(
        estimator=estimator,
        strategy=strategy,
        label=label,
        recall=grid,
        precision=_numbers(over_folds("precision").mean(axis=0)),
        fpr=grid,
        tpr=_numbers(over_folds("tpr").mean(axis=0)),
        predicted=_numbers(predicted, _SUM_DIGITS),
        observed=_numbers(observed, _SUM_DIGITS),
        counts=tuple(int(count) for count in counts[filled]),
    )


def _numbers(values: NDArray[Any], digits: int = _DIGITS) -> tuple[float, ...]:
    return tuple(values.round(digits).tolist())
