"""Statistics of differences between two strategies, over folds that share training rows."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple, cast

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from imbgan.comparison.fold_results import FoldResult
from imbgan.comparison.metrics import METRICS
from imbgan.comparison.results import Score

CONFIDENCE = 0.95
# With fewer folds, the spread of differences is not known well enough to recommend a strategy, or to predict any fold.
LEAST_FOLDS = 3

# The repeat and the number of a test fold.
Fold = tuple[int, int]


class Interval(NamedTuple):
    """A mean with its 95 % interval, and the two-sided p-value of the mean being 0.

    For a single difference, all but the mean are None.
    """

    mean: float
    low: float | None
    high: float | None
    p_value: float | None


class Posterior(NamedTuple):
    """Probabilities that a mean lies below, inside and above the region of practical equivalence; they sum to 1."""

    p_worse: float
    p_equal: float
    p_better: float


def corrected_interval(differences: Sequence[float] | NDArray[np.floating], ratio: float) -> Interval:
    r"""Corrected resampled t-test and its interval (Nadeau and Bengio 2003).

    The training parts of folds overlap, so the J differences are not independent and their naive variance
    :math:`s^2 / J` is too small. It is replaced by :math:`(1 / J + n_{test} / n_{train}) s^2`, with Student's t of
    J - 1 degrees of freedom.

    Parameters
    ----------
    differences : array-like of shape (J,)
        One difference per test fold; there is at least one.
    ratio : float
        Number of test rows per training row: 0.25 for five folds.

    Returns
    -------
    Interval

    Examples
    --------
    >>> interval = corrected_interval([0.01, 0.03, 0.02, 0.04, 0.00], ratio=0.25)
    >>> print(f"{interval.mean:.3f}, {interval.low:.3f} to {interval.high:.3f}")
    0.020, -0.009 to 0.049
    """
    mean, scale = _mean_and_scale(differences, ratio)
    if scale is None:
        return Interval(mean, None, None, None)
    if scale == 0.0:
        return Interval(mean, mean, mean, float(mean == 0.0))
    degrees = len(differences) - 1
    half = float(stats.t.ppf((1.0 + CONFIDENCE) / 2.0, degrees)) * scale
    return Interval(mean, mean - half, mean + half, float(2.0 * stats.t.sf(abs(mean) / scale, degrees)))


def posterior(differences: Sequence[float] | NDArray[np.floating], ratio: float, rope: float) -> Posterior | None:
    """Bayesian correlated t-test (Corani and Benavoli 2015; Benavoli et al. 2017).

    The posterior of the mean difference is Student's t with the mean, variance and degrees of freedom of
    :func:`corrected_interval`; if the variance is 0, it is a point.

    Parameters
    ----------
    differences : array-like of shape (J,)
        One difference per test fold; positive is better.
    ratio : float
        Number of test rows per training row.
    rope : float
        Half the width of the region of practical equivalence, at least 0.

    Returns
    -------
    Posterior or None
        None for a single difference.
    """
    mean, scale = _mean_and_scale(differences, ratio)
    if scale is None:
        return None
    if scale == 0.0:
        worse, better = float(mean < -rope), float(mean > rope)
    else:
        degrees = len(differences) - 1
        worse = float(stats.t.cdf((-rope - mean) / scale, degrees))
        better = float(stats.t.sf((rope - mean) / scale, degrees))
    return Posterior(worse, max(0.0, 1.0 - worse - better), better)


def _mean_and_scale(differences: Sequence[float] | NDArray[np.floating], ratio: float) -> tuple[float, float | None]:
    """Return the mean difference and its standard error, which is None for a single difference."""
    values = np.asarray(differences, np.float64)
    if len(values) < 2:
        return float(values[0]), None
    if np.ptp(values) == 0.0:  # the mean of equal numbers could differ from them in the last bits
        return float(values[0]), 0.0
    return float(values.mean()), float(np.sqrt((1.0 / len(values) + ratio) * values.var(ddof=1)))


def holm(p_values: Sequence[float] | NDArray[np.floating]) -> NDArray[np.float64]:
    """Adjust p-values so that the probability of any false claim among them is bounded (Holm 1979).

    Parameters
    ----------
    p_values : array-like of shape (n,)

    Returns
    -------
    ndarray of shape (n,), float64
        Adjusted p-values in the same order, at least as great as before and at most 1.

    Examples
    --------
    >>> holm([0.01, 0.04, 0.03]).round(2).tolist()
    [0.03, 0.06, 0.06]
    """
    p = np.asarray(p_values, np.float64)
    order = np.argsort(p, kind="stable")
    factors = np.arange(len(p), 0, -1)
    adjusted = np.empty_like(p)
    adjusted[order] = np.minimum(np.maximum.accumulate(p[order] * factors), 1.0)
    return adjusted


def compute_scores(
    rows: Iterable[FoldResult],
    *,
    control: str,
    metrics: Sequence[str],
    labels: Sequence[str],
    positive: str | None,
    rope: float = 0.01,
) -> tuple[Score, ...]:
    """Summarize the folds by means, and by tests of each strategy against the control.

    Differences are paired by fold: only folds in which both the strategy and the control have a value count.

    Parameters
    ----------
    rows : iterable of FoldResult
        One result per fold, strategy and estimator.
    control : str
        The strategy that the others are compared with.
    metrics : sequence of str
    labels : sequence of str
        All classes.
    positive : str or None
        The rare class of two. None for more classes: then each class has a score as well, and the score without a label
        is the mean over the classes that the test fold contains.
    rope : float, default=0.01
        The largest difference that does not matter; for a loss, it is relative to the control's mean.

    Returns
    -------
    tuple of Score
        Sorted by estimator, metric and label, then strategies in order of appearance. Combinations without any value
        are omitted.
    """
    grouped: dict[str, dict[str, list[FoldResult]]] = {}
    for row in rows:
        if row.status == "ok":
            grouped.setdefault(row.estimator, {}).setdefault(row.strategy, []).append(row)
    return tuple(
        score
        for estimator, by_strategy in grouped.items()
        for metric in metrics
        for label in (None, *(labels if positive is None else ()))
        for score in _compared(estimator, by_strategy, control, metric, label, positive, rope)
    )


@dataclass(frozen=True)
class _Folds:
    """The values of one strategy by fold, and the ratio of test rows to training rows."""

    values: dict[Fold, float]
    ratio: float

    def mean(self) -> float:
        return float(np.mean(list(self.values.values())))


def _compared(
    estimator: str,
    by_strategy: Mapping[str, Sequence[FoldResult]],
    control: str,
    metric: str,
    label: str | None,
    positive: str | None,
    rope: float,
) -> list[Score]:
    """Return the scores of all strategies for one estimator, metric and label."""
    wanted = positive if label is None and not METRICS[metric].is_total else label
    folds = {strategy: _folds(rows, metric, wanted) for strategy, rows in by_strategy.items()}
    folds = {strategy: found for strategy, found in folds.items() if found.values}
    reference = folds.get(control)
    scores: list[Score] = []
    for strategy, found in folds.items():
        values = list(found.values.values())
        std = float(np.std(values, ddof=1)) if len(values) > 1 else 0.0
        score = Score(estimator, strategy, metric, label, found.mean(), std, len(values))
        if reference is not None and strategy != control:
            score = _with_gain(score, found, reference, rope)
        scores.append(score)
    tested = [i for i, score in enumerate(scores) if score.p_value is not None]
    adjusted = holm([cast(float, scores[i].p_value) for i in tested])
    for i, p_holm in zip(tested, adjusted.tolist(), strict=True):
        scores[i] = replace(scores[i], p_holm=p_holm)
    return scores


def _folds(rows: Sequence[FoldResult], metric: str, label: str | None) -> _Folds:
    values: dict[Fold, float] = {}
    for row in rows:
        value = value_of(row.scores, metric, label)
        if value is not None:
            values[row.repeat, row.fold] = value
    n_train, n_test = sum(row.n_train for row in rows), sum(row.n_test for row in rows)
    return _Folds(values, n_test / n_train if n_train else 0.0)


def value_of(scores: Mapping[str, Mapping[str, float | None]], metric: str, label: str | None) -> float | None:
    """Return a metric of one fold: that of a class, or, without a label, the mean or total of all classes."""
    by_label = scores.get(metric) or {}
    values = by_label.values() if label is None else (by_label.get(label),)
    finite = [value for value in values if value is not None and np.isfinite(value)]
    combine = np.sum if METRICS[metric].is_total else np.mean
    return float(combine(finite)) if finite else None


def _with_gain(score: Score, found: _Folds, reference: _Folds, rope: float) -> Score:
    """Add the comparison with the control, ``reference``."""
    shared = [fold for fold in found.values if fold in reference.values]
    if not shared:
        return score
    gains = np.array([found.values[fold] - reference.values[fold] for fold in shared])
    margin = practical_margin(score.metric, reference.mean(), rope)
    if not METRICS[score.metric].higher_is_better:
        gains = -gains
    interval = corrected_interval(gains, found.ratio)
    probabilities = posterior(gains, found.ratio, margin) or (None, None, None)
    return replace(
        score,
        gain=interval.mean,
        gain_low=interval.low,
        gain_high=interval.high,
        p_value=interval.p_value,
        p_worse=probabilities[0],
        p_equal=probabilities[1],
        p_better=probabilities[2],
    )


def practical_margin(metric: str, control_mean: float, rope: float) -> float:
    """Return the largest difference that does not matter: ``rope``, for a loss relative to the control's mean."""
    return rope if METRICS[metric].higher_is_better else rope * control_mean


def mean_seconds(rows: Iterable[FoldResult]) -> float:
    """Return the mean duration of one fit; 0 if none is known."""
    seconds = [row.seconds for row in rows if row.seconds is not None]
    return float(np.mean(seconds)) if seconds else 0.0
