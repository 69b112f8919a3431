"""What to expect of a classifier: cross-fitted probabilities, the threshold, and figures with intervals."""

import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray

from imbgan._threads import one_thread
from imbgan.comparison.alerts import Alerts
from imbgan.comparison.folds import Fold
from imbgan.comparison.metrics import METRICS, rank_metrics
from imbgan.comparison.results import Comparison
from imbgan.comparison.statistics import corrected_interval, value_of
from imbgan.ensemble.base import Rows
from imbgan.ensemble.weights import fit_weighted
from imbgan.strategies.costs import Costs
from imbgan.strategies.thresholds import DEFAULT_THRESHOLD, cheapest_threshold, threshold_metrics, thresholds
from imbgan.tabular import take
from imbgan.tabular.labels import label_text, rarer_class

if TYPE_CHECKING:
    from imbgan.deployment.classifier import DeployableClassifier

#: Figures of decisions, with the words that say what they mean.
DECISIONS: Mapping[str, str] = {
    "recall": "recall: share of the rows of the class that are found",
    "precision": "precision: share of the predictions of the class that are right",
    "predicted": "share of all rows that are predicted to be of the class",
}
#: Metrics of decisions for which a threshold can be tuned.
TUNABLE = ("f1", "mcc", "g_mean", "balanced_accuracy", "recall_at_fpr")
_RANKS = ("average_precision", "roc_auc", "brier", "log_loss")

Array = NDArray[np.float64]
Codes = NDArray[np.intp]


@dataclass(frozen=True)
class Figure:
    """One expected figure: its mean over folds, with the 95 % interval of Nadeau and Bengio (2003).

    Parameters
    ----------
    metric : str
        A name of :data:`imbgan.comparison.METRICS`, or of :data:`DECISIONS`.
    label : str or None
        The class that is judged against the rest; None for the rarer one of two classes, or for the mean over classes.
    mean : float
    low, high : float or None
        None for a single fold.
    n_folds : int
    source : str
        ``"comparison"`` or ``"cross-fitting"``.
    """

    metric: str
    label: str | None
    mean: float
    low: float | None
    high: float | None
    n_folds: int
    source: str

    @property
    def title(self) -> str:
        """The name of the figure for readers."""
        return METRICS[self.metric].title if self.metric in METRICS else DECISIONS[self.metric]


@dataclass(frozen=True)
class Decider:
    """How probabilities become decisions.

    Parameters
    ----------
    rare : int or None
        Code of the rarer one of two classes; None for more classes.
    threshold : float or None, default=None
        Probability of the rarer class from which it is predicted; None predicts the most probable class, or, with
        ``costs``, the class with the least expected cost.
    costs : Costs or None, default=None
    """

    rare: int | None
    threshold: float | None = None
    costs: Costs | None = None

    def __call__(self, probabilities: Array) -> Codes:
        """Return the code of the decision for each row, shape (n,)."""
        if self.threshold is not None and self.rare is not None:
            return np.where(probabilities[:, self.rare] >= self.threshold, self.rare, 1 - self.rare)
        return probabilities.argmax(axis=1) if self.costs is None else self.costs.decide(probabilities)


@dataclass(frozen=True)
class Objective:
    """What a threshold is tuned for.

    Parameters
    ----------
    rare : int or None
        Code of the rarer one of two classes; None for more classes, for which no threshold is tuned.
    metric : str or None
        A metric of decisions; None tunes no threshold.
    costs : Costs or None
        If given, decisions cost least.
    alerts : Alerts or None
        If given, and no costs are, this share of the rows is predicted.
    """

    rare: int | None
    metric: str | None
    costs: Costs | None = None
    alerts: Alerts | None = None

    @classmethod
    def read(cls, model: "DeployableClassifier") -> Self:
        """Return what the parameters of a classifier ask for; it has counted the rows of each class."""
        counts = model.class_counts_.tolist()
        costs = None if model.costs is None else Costs.read(model.costs, model.classes_.tolist(), counts)
        alerts = None if model.alerts is None else Alerts.read(model.alerts, sum(counts))
        rare = rarer_class(counts) if len(counts) == 2 else None
        return cls(rare, model.metric if rare is not None else None, costs, alerts)

    def tune(self, codes: Codes, probabilities: Array, weights: Array | None = None) -> Decider:
        """Return the decisions that were best on held-out rows.

        Parameters
        ----------
        codes : ndarray of shape (n,), int
        probabilities : ndarray of shape (n, n_classes)
        weights : ndarray of shape (n,), default=None
            How many rows of a table each row stands for; by default one.
        """
        if self.rare is None:
            return Decider(None, None, self.costs)
        p, is_rare = probabilities[:, self.rare], codes == self.rare
        threshold: float | None = None
        if not len(codes):
            threshold = None if self.metric is None else DEFAULT_THRESHOLD
            threshold = threshold if self.costs is None else self.costs.threshold(self.rare)
        elif self.costs is not None:
            threshold = cheapest_threshold(is_rare, p, self.costs, self.rare, weights)
        elif self.alerts is not None:
            share = 1.0 - self.alerts.n / self.alerts.per
            threshold = float(np.quantile(p, share, method="inverted_cdf", weights=weights))
        elif self.metric is not None:
            threshold = thresholds(is_rare, p, [self.metric], weights)[self.metric]
        return Decider(self.rare, threshold, self.costs)


@dataclass(frozen=True)
class HeldOut:
    """Probabilities of rows from classifiers that did not see them.

    Parameters
    ----------
    folds : tuple of Fold
    probabilities : ndarray of shape (n, n_classes)
        NaN where no fold tested a row.
    """

    folds: tuple[Fold, ...]
    probabilities: Array


def cross_fit(
    make: Callable[[int], Any],
    rows: Rows,
    n_classes: int,
    folds: Sequence[Fold],
    seeds: Sequence[int],
    n_jobs: int | None,
) -> HeldOut:
    """Fit a classifier on the training part of each fold, and predict its test part.

    Parameters
    ----------
    make : callable
        Returns an unfitted classifier for a seed.
    rows : Rows
    n_classes : int
    folds : sequence of Fold
    seeds : sequence of int
        One per fold.
    n_jobs : int or None
        Number of joblib processes.
    """
    parts: Any = Parallel(n_jobs=n_jobs)(
        delayed(_predict_fold)(make(seed), rows, n_classes, fold) for fold, seed in zip(folds, seeds, strict=True)
    )
    found = np.full((len(rows.codes), n_classes), np.nan)
    for fold, part in zip(folds, parts, strict=True):
        found[fold.test] = part
    return HeldOut(tuple(folds), found)


def _predict_fold(classifier: Any, rows: Rows, n_classes: int, fold: Fold) -> Array:  # noqa: ANN401
    weights = None if rows.weights is None else rows.weights[fold.train]
    with one_thread(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the fit on all rows has raised the same warnings
        fit_weighted(classifier, take(rows.table, fold.train), rows.labels[fold.train], weights)
        predicted = classifier.predict_proba(take(rows.table, fold.test))
    found = np.zeros((len(fold.test), n_classes))
    found[:, np.unique(rows.codes[fold.train])] = predicted
    return found


def expected(
    held_out: HeldOut,
    codes: Codes,
    classes: NDArray[np.generic],
    objective: Objective,
    weights: Array | None = None,
) -> tuple[Figure, ...]:
    """Judge cross-fitted probabilities fold by fold.

    The threshold of a fold is tuned on the probabilities of the other folds, so that no row is judged by a threshold
    that it helped to choose. ``weights`` of shape (n,) say how many rows of a table each row stands for; by default
    one.
    """
    judged = range(len(classes)) if objective.rare is None else [objective.rare]
    values: dict[tuple[str, str | None], list[float]] = {}
    for fold in held_out.folds:
        others = np.concatenate([other.test for other in held_out.folds if other is not fold])
        known, stands_for = (None, None) if weights is None else (weights[others], weights[fold.test])
        decide = objective.tune(codes[others], held_out.probabilities[others], known)
        test = held_out.probabilities[fold.test]
        decided = decide(test)
        for code in judged:
            label = label_text(classes[code]) if objective.rare is None else None
            found = _judge(codes[fold.test] == code, test[:, code], decided == code, objective, stands_for)
            for metric, value in found.items():
                if value is not None:
                    values.setdefault((metric, label), []).append(value)
        if objective.costs is not None:
            cost = sum(objective.costs.by_class(codes[fold.test], decided, stands_for).values())
            values.setdefault(("cost", None), []).append(cost)
    ratio = 1.0 / (len(held_out.folds) - 1)
    return tuple(_figure(metric, label, each, ratio, "cross-fitting") for (metric, label), each in values.items())


def _judge(
    is_class: NDArray[np.bool_],
    p: Array,
    predicted: NDArray[np.bool_],
    objective: Objective,
    weights: Array | None,
) -> dict[str, float | None]:
    counted = np.ones(len(p)) if weights is None else weights
    hits, n, n_predicted = (float(counted[rows].sum()) for rows in (is_class & predicted, is_class, predicted))
    found: dict[str, float | None] = {
        "recall": hits / n if n else None,
        "precision": hits / n_predicted if n_predicted else None,
        "predicted": n_predicted / float(counted.sum()),
    }
    if objective.metric is not None:
        found[objective.metric] = threshold_metrics(is_class, predicted, weights)[objective.metric]
    if objective.alerts is not None:
        found |= objective.alerts.judge(is_class, p, weights)
    ranks = rank_metrics(is_class, p, weights)
    # With many classes, so many figures would hide what they say.
    return found | {name: ranks.get(name) for name in (_RANKS if objective.rare is not None else _RANKS[:2])}


def figures_of(comparison: Comparison, estimator: str, strategy: str) -> tuple[Figure, ...]:
    """Return the figures of a comparison for one estimator and strategy: one per metric."""
    rows = [row for row in comparison.rows if (row.estimator, row.strategy, row.status) == (estimator, strategy, "ok")]
    found: list[Figure] = []
    for metric in comparison.settings["metrics"]:
        label = None if METRICS[metric].is_total else comparison.task.positive
        values = [value_of(row.scores, metric, label) for row in rows]
        known = [value for value in values if value is not None]
        if known:
            ratio = sum(row.n_test for row in rows) / sum(row.n_train for row in rows)
            found.append(_figure(metric, None, known, ratio, "comparison"))
    return tuple(found)


def joined(first: Sequence[Figure], second: Sequence[Figure]) -> tuple[Figure, ...]:
    """Return all figures of the first, and those of the second that the first does not know."""
    known = {(figure.metric, figure.label) for figure in first}
    return (*first, *(figure for figure in second if (figure.metric, figure.label) not in known))


def _figure(metric: str, label: str | None, values: Sequence[float], ratio: float, source: str) -> Figure:
    interval = corrected_interval(values, ratio)
    low, high = interval.low, interval.high
    if low is not None and high is not None and metric != "cost":
        # Student's t knows no bounds, and these figures lie between 0 and 1 (MCC between -1 and 1, log-loss above 0).
        low = max(low, -1.0 if metric == "mcc" else 0.0)
        high = high if metric == "log_loss" else min(high, 1.0)
    return Figure(metric, label, interval.mean, low, high, len(values), source)
