"""Decisions about one class against the rest: what they are worth, and the thresholds that suit them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

# Largest false-positive rate of the metric "recall_at_fpr".
MAX_FPR = 0.05
# Used where a threshold cannot be learned: the training rows are all of the class, or none is.
DEFAULT_THRESHOLD = 0.5


@dataclass(frozen=True)
class _Counts:
    """Rows of the class and of the rest that are predicted as the class, for one cut or an array of cuts."""

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
    # The covariance of truth and prediction, over the product of their deviations; 0 if all rows are predicted alike.
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
    # Written with a product, so that 1 of 20 rows is exactly 5 %.
    return np.where(counts.false_positives <= MAX_FPR * counts.negatives, counts.recall, -1.0)


# What a decision is worth, and what a threshold is chosen by. They differ where a constraint holds in training only.
_VALUES: Mapping[str, Callable[[_Counts], Array]] = {
    "mcc": _mcc,
    "g_mean": _g_mean,
    "f1": _f1,
    "balanced_accuracy": _balanced_accuracy,
    "recall_at_fpr": _recall,
}
_OBJECTIVES: Mapping[str, Callable[[_Counts], Array]] = {**_VALUES, "recall_at_fpr": _recall_at_fpr}


def threshold_metrics(is_class: NDArray[np.bool_], predicted: NDArray[np.bool_]) -> dict[str, float | None]:
    """Judge decisions about one class.

    Parameters
    ----------
    is_class, predicted : ndarray of shape (n,), bool
        Whether a row is of the class, and whether it is taken for one.

    Returns
    -------
    dict of str to float or None
        ``"mcc"``, ``"g_mean"``, ``"f1"``, ``"balanced_accuracy"``, and as ``"recall_at_fpr"`` the recall, whatever the
        false-positive rate: a threshold keeps that rate on the rows it was tuned on only. 0 where a ratio is undefined
        because no row, or every row, is predicted. All None if the rows are all of the class, or none is.
    """
    truth, predicted = np.asarray(is_class, bool), np.asarray(predicted, bool)
    positives = float(truth.sum())
    if positives in (0.0, len(truth)):
        return dict.fromkeys(_VALUES)
    hits = float((truth & predicted).sum())
    counts = _Counts(hits, float(predicted.sum()) - hits, positives, len(truth) - positives)
    return {name: float(value(counts)) for name, value in _VALUES.items()}


def thresholds(is_class: NDArray[np.bool_], p: Array, names: Sequence[str]) -> dict[str, float]:
    """Find the thresholds that maximize metrics: a row is taken for one of the class if ``p >= threshold``.

    Exact over all distinct cuts, in O(n log n). Where several neighboring cuts are equally good the middle one is
    taken, since the ends of such a run are the likeliest to move with another sample; of several runs, the longest.

    Parameters
    ----------
    is_class : ndarray of shape (n,), bool
    p : ndarray of shape (n,)
        Probabilities of rows that the classifier was not fitted on (cross-fitted on the training rows).
    names : sequence of str
        Metrics; those that judge no decisions are passed over.

    Returns
    -------
    dict of str to float
        0.5 if the rows are all of the class, or none is. ``"recall_at_fpr"`` has the greatest recall with a
        false-positive rate of at most 5 %.
    """
    wanted = [name for name in names if name in _OBJECTIVES]
    truth, p = np.asarray(is_class, bool), np.asarray(p, np.float64)
    if not len(truth) or truth.all() or not truth.any():
        return dict.fromkeys(wanted, DEFAULT_THRESHOLD)
    values, places = np.unique(-p, return_inverse=True)
    hits = np.bincount(places, weights=truth)
    rest = np.bincount(places) - hits
    # Cut k takes the k greatest distinct probabilities: from no row to every row.
    counts = _Counts(
        np.concatenate([[0.0], hits.cumsum()]),
        np.concatenate([[0.0], rest.cumsum()]),
        float(hits.sum()),
        float(rest.sum()),
    )
    return {name: _between(-values, _middle_of_best(_OBJECTIVES[name](counts))) for name in wanted}


def _middle_of_best(objective: Array) -> int:
    """Return the middle of the longest run of greatest values."""
    # Equal ratios may differ in their last bits.
    is_best = np.concatenate([[False], objective >= objective.max() - 1e-12, [False]])
    changes = np.flatnonzero(is_best[1:] != is_best[:-1])
    starts, ends = changes[::2], changes[1::2]
    longest = int(np.argmax(ends - starts))
    return int(starts[longest] + ends[longest] - 1) // 2


def _between(values: Array, cut: int) -> float:
    """Return a threshold that takes the first ``cut`` of the falling ``values`` and not the next one."""
    above = float(values[cut - 1]) if cut else max(1.0, float(np.nextafter(values[0], np.inf)))
    if cut == len(values):
        return above / 2.0
    below = float(values[cut])
    middle = (above + below) / 2.0
    return middle if middle > below else above  # between neighboring floats there is no middle
