"""Metrics of decisions about one class against the rest, and thresholds that maximize them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from imbgan.strategies.costs import Costs

Array = NDArray[np.float64]

# The largest false-positive rate of the metric "recall_at_fpr".
MAX_FPR = 0.05
# Used where no threshold can be learned, because all training rows belong to the class, or none does.
DEFAULT_THRESHOLD = 0.5


@dataclass(frozen=True)
class _Counts:
    """Number of rows that are predicted as the class, for one threshold or for an array of thresholds."""

    true_positives: Any
    false_positives: Any
    positives: float
    negatives: float

    @property
    def recall(self) -> Any:  # noqa: ANN401 - as the counts: a number or an array
        return self.true_positives / self.positives

    @property
    def specificity(self) -> Any:  # noqa: ANN401 - see recall
        return 1.0 - self.false_positives / self.negatives


def _mcc(counts: _Counts) -> Array:
    predicted = counts.true_positives + counts.false_positives
    total = counts.positives + counts.negatives
    # The covariance of truth and prediction, divided by their standard deviations; 0 if all predictions are equal.
    covariance = counts.true_positives * total - counts.positives * predicted
    squared = (predicted / total) * (1.0 - predicted / total) * (counts.positives / total) * (counts.negatives / total)
    return covariance / total**2 / np.sqrt(np.where(squared > 0.0, squared, np.inf))


def _g_mean(counts: _Counts) -> Array:
    return np.sqrt(counts.recall * counts.specificity)


def _f1(counts: _Counts) -> Array:
    return 2.0 * counts.true_positives / (counts.positives + counts.true_positives + counts.false_positives)


def _balanced_accuracy(counts: _Counts) -> Array:
    return (counts.recall + counts.specificity) / 2.0


def _recall(counts: _Counts) -> Array:
    return counts.recall


def _recall_at_fpr(counts: _Counts) -> Array:
    # As a product, 1 of 20 rows is exactly 5 %.
    return np.where(counts.false_positives <= MAX_FPR * counts.negatives, counts.recall, -1.0)


# The value of decisions, and the objective of a threshold. They differ where a constraint holds in training only.
_VALUES: Mapping[str, Callable[[_Counts], Array]] = {
    "mcc": _mcc,
    "g_mean": _g_mean,
    "f1": _f1,
    "balanced_accuracy": _balanced_accuracy,
    "recall_at_fpr": _recall,
}
_OBJECTIVES: Mapping[str, Callable[[_Counts], Array]] = {**_VALUES, "recall_at_fpr": _recall_at_fpr}


def threshold_metrics(
    is_class: NDArray[np.bool_], predicted: NDArray[np.bool_], weights: Array | None = None
) -> dict[str, float | None]:
    """Judge decisions about one class.

    Parameters
    ----------
    is_class, predicted : ndarray of shape (n,), bool
        Whether a row belongs to the class, and whether it is predicted to.
    weights : ndarray of shape (n,), default=None
        How many rows of a table each row stands for; by default one.

    Returns
    -------
    dict of str to float or None
        ``"mcc"``, ``"g_mean"``, ``"f1"``, ``"balanced_accuracy"``, and as ``"recall_at_fpr"`` the recall at any
        false-positive rate, since a threshold keeps the rate only on the rows on which it was tuned. A ratio that is
        undefined, because no row or every row is predicted, is 0. All are None if all rows belong to the class, or none
        does.
    """
    truth, predicted = np.asarray(is_class, bool), np.asarray(predicted, bool)
    if truth.all() or not truth.any():
        return dict.fromkeys(_VALUES)
    weights = np.ones(len(truth)) if weights is None else weights
    positives, hits, raised = (float(weights[rows].sum()) for rows in (truth, truth & predicted, predicted))
    counts = _Counts(hits, raised - hits, positives, float(weights.sum()) - positives)
    return {name: float(value(counts)) for name, value in _VALUES.items()}


def thresholds(
    is_class: NDArray[np.bool_], p: Array, names: Sequence[str], weights: Array | None = None
) -> dict[str, float]:
    """Find the thresholds that maximize metrics; a row is predicted to belong to the class if ``p >= threshold``.

    The search is exact over all distinct thresholds, in O(n log n). Among neighboring thresholds that are equally good,
    the result is the middle one, since the ends of such a run move most from sample to sample; among several runs, it
    is the longest.

    Parameters
    ----------
    is_class : ndarray of shape (n,), bool
    p : ndarray of shape (n,)
        Probabilities of held-out rows (cross-fitted on the training rows).
    names : sequence of str
        Names of metrics; metrics that do not judge decisions are ignored.
    weights : ndarray of shape (n,), default=None
        How many rows of a table each row stands for; by default one.

    Returns
    -------
    dict of str to float
        Metric -> threshold; 0.5 if all rows belong to the class, or none does. That of ``"recall_at_fpr"`` gives the
        greatest recall at a false-positive rate of at most 5 %.
    """
    wanted = [name for name in names if name in _OBJECTIVES]
    truth, p = np.asarray(is_class, bool), np.asarray(p, np.float64)
    if not len(truth) or truth.all() or not truth.any():
        return dict.fromkeys(wanted, DEFAULT_THRESHOLD)
    values, counts = _all_cuts(truth, p, weights)
    return {name: _between(values, _middle_of_best(_OBJECTIVES[name](counts))) for name in wanted}


def cheapest_threshold(
    is_class: NDArray[np.bool_], p: Array, costs: Costs, code: int, weights: Array | None = None
) -> float:
    """Find the threshold of one of two classes at which the decisions about these rows cost least.

    The search is that of :func:`thresholds`.

    Parameters
    ----------
    is_class : ndarray of shape (n,), bool
    p : ndarray of shape (n,)
        Probabilities of held-out rows (cross-fitted on the training rows).
    costs : Costs
    code : int
        Code of the class.
    weights : ndarray of shape (n,), default=None
        How many rows of a table each row stands for; by default one.

    Returns
    -------
    float
        Bayes' threshold if all rows belong to the class, or none does.
    """
    truth, p = np.asarray(is_class, bool), np.asarray(p, np.float64)
    if not len(truth) or truth.all() or not truth.any():
        return costs.threshold(code)
    values, counts = _all_cuts(truth, p, weights)
    missed, false_alarm = costs.excess(code)
    spent = missed * (counts.positives - counts.true_positives) + false_alarm * counts.false_positives
    # Relative to the cost of being always wrong, so that equal costs are found equal in any currency.
    return _between(values, _middle_of_best(-spent / (missed * counts.positives + false_alarm * counts.negatives)))


def _all_cuts(truth: NDArray[np.bool_], p: Array, weights: Array | None) -> tuple[Array, _Counts]:
    """Return the distinct probabilities, the greatest first, and the counts of each cut among them."""
    values, places = np.unique(-p, return_inverse=True)
    hits = np.bincount(places, weights=truth if weights is None else truth * weights)
    rest = np.bincount(places, weights=weights) - hits
    # Cut k predicts the class for the k greatest distinct probabilities: from no row to every row.
    return -values, _Counts(
        np.concatenate([[0.0], hits.cumsum()]),
        np.concatenate([[0.0], rest.cumsum()]),
        float(hits.sum()),
        float(rest.sum()),
    )


def _middle_of_best(objective: Array) -> int:
    """Return the middle position of the longest run of maxima."""
    # Equal ratios may differ in their last bits.
    is_best = np.concatenate([[False], objective >= objective.max() - 1e-12, [False]])
    changes = np.flatnonzero(is_best[1:] != is_best[:-1])
    starts, ends = changes[::2], changes[1::2]
    longest = int(np.argmax(ends - starts))
    return int(starts[longest] + ends[longest] - 1) // 2


def _between(values: Array, cut: int) -> float:
    """Return a threshold that the first ``cut`` of the decreasing ``values`` reach, and the next one does not."""
    above = float(values[cut - 1]) if cut else max(1.0, float(np.nextafter(values[0], np.inf)))
    if cut == len(values):
        return above / 2.0
    below = float(values[cut])
    middle = (above + below) / 2.0
    return middle if middle > below else above  # between neighboring floats there is no middle
