"""Metrics, by name, and the metrics of probabilities of one class against the rest."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import average_precision_score, roc_auc_score

from imbgan._text import did_you_mean
from imbgan.exceptions import ParameterError
from imbgan.strategies.costs import ROWS
from imbgan.strategies.thresholds import MAX_FPR

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Metric:
    """The names of a metric, and how to read its values.

    Parameters
    ----------
    name : str
        Name in parameters and results, such as ``"roc_auc"``.
    title : str
        Name on pages and in messages, such as ``"ROC AUC"``.
    higher_is_better : bool
        False for a loss.
    needs_threshold : bool
        True if it judges decisions, False if it judges probabilities.
    needs : str
        The parameter of :func:`imbgan.comparison.compare` without which it does not exist, such as ``"costs"``.
    is_total : bool
        True if the values of all classes add up to the value of the table; False if the latter is their mean.
    """

    name: str
    title: str
    higher_is_better: bool = True
    needs_threshold: bool = False
    needs: str = ""
    is_total: bool = False


METRICS: Mapping[str, Metric] = {
    metric.name: metric
    for metric in (
        Metric("average_precision", "average precision"),
        Metric("log_loss", "log-loss", higher_is_better=False),
        Metric("brier", "Brier score", higher_is_better=False),
        Metric("roc_auc", "ROC AUC"),
        Metric("mcc", "MCC", needs_threshold=True),
        Metric("g_mean", "G-mean", needs_threshold=True),
        Metric("f1", "F1", needs_threshold=True),
        Metric("balanced_accuracy", "balanced accuracy", needs_threshold=True),
        Metric("recall_at_fpr", f"recall at {MAX_FPR:.0%} false positives", needs_threshold=True),
        Metric(
            *("cost", f"cost per {ROWS:,} rows"),
            higher_is_better=False,
            needs_threshold=True,
            needs="costs",
            is_total=True,
        ),
        Metric("recall_at_alerts", "recall at k alerts", needs="alerts"),
        Metric("precision_at_alerts", "precision at k alerts", needs="alerts"),
    )
}
#: The metrics that need nothing but predictions.
DEFAULT_METRICS: tuple[str, ...] = tuple(name for name, metric in METRICS.items() if not metric.needs)
_NEEDS = {
    "costs": "'costs' (on the command line: --cost-missed and --cost-alarm)",
    "alerts": "'alerts' (on the command line: --alerts)",
}


def check_metrics(names: Sequence[str] | str | None, own: Sequence[str] = ()) -> tuple[str, ...]:
    """Return the names of the requested metrics, the deciding one first.

    Parameters
    ----------
    names : sequence of str or None
        None means all metrics that are possible.
    own : sequence of str, default=()
        The metrics that need a parameter which the user gave. They are always reported, and without ``names`` they
        come first, in this order.

    Raises
    ------
    ParameterError
        If a name is unknown or repeated, if there is none, or if a metric needs a parameter that was not given.
    """
    if names is None:
        return (*own, *DEFAULT_METRICS)
    wanted = (names,) if isinstance(names, str) else tuple(names)
    if not wanted:
        raise ParameterError("metrics must name at least one metric. Got none; omit the parameter to get all.")
    for name in wanted:
        if name not in METRICS:
            hint = did_you_mean(name, METRICS)
            raise ParameterError(f"metrics must be among {', '.join(METRICS)}. Got {name!r}.{hint}")
        if METRICS[name].needs and name not in own:
            raise ParameterError(f"The metric {name!r} needs {_NEEDS[METRICS[name].needs]}, which are not given.")
    if len(set(wanted)) < len(wanted):
        raise ParameterError(f"metrics must not repeat a name. Got {list(wanted)!r}.")
    return (*wanted, *(name for name in own if name not in wanted))


def rank_metrics(is_class: NDArray[np.bool_], p: Array, weights: Array | None = None) -> dict[str, float | None]:
    """Judge the probabilities of one class.

    Parameters
    ----------
    is_class : ndarray of shape (n,), bool
    p : ndarray of shape (n,)
        Predicted probabilities of the class, in [0, 1].
    weights : ndarray of shape (n,), default=None
        How many rows of a table each row stands for; by default one.

    Returns
    -------
    dict of str to float or None
        ``"average_precision"``, ``"log_loss"`` (in nats, one class against the rest), ``"brier"`` and ``"roc_auc"``;
        all are None if all rows belong to the class, or none does.
    """
    truth, p = np.asarray(is_class, bool), np.asarray(p, np.float64)
    if truth.all() or not truth.any():
        return dict.fromkeys(name for name in DEFAULT_METRICS if not METRICS[name].needs_threshold)
    # A probability of 0 for what happened would make the loss infinite.
    likelihood = np.maximum(np.where(truth, p, 1.0 - p), np.finfo(np.float64).eps)
    return {
        "average_precision": float(average_precision_score(truth, p, sample_weight=weights)),
        "log_loss": float(-np.average(np.log(likelihood), weights=weights)),
        "brier": float(np.average((p - truth) ** 2, weights=weights)),
        "roc_auc": float(roc_auc_score(truth, p, sample_weight=weights)),
    }
