"""Metrics of one class against the rest."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import average_precision_score, roc_auc_score

from imbgan._text import did_you_mean
from imbgan.exceptions import ParameterError
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
    """

    name: str
    title: str
    higher_is_better: bool = True
    needs_threshold: bool = False


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
    )
}
DEFAULT_METRICS: tuple[str, ...] = tuple(METRICS)


def check_metrics(names: Sequence[str] | str | None) -> tuple[str, ...]:
    """Return the names of the requested metrics, the deciding one first; None means all.

    Raises
    ------
    ParameterError
        If a name is unknown or repeated, or if there is none.
    """
    if names is None:
        return DEFAULT_METRICS
    wanted = (names,) if isinstance(names, str) else tuple(names)
    if not wanted:
        raise ParameterError("metrics must name at least one metric. Got none; omit the parameter to get all.")
    for name in wanted:
        if name not in METRICS:
            hint = did_you_mean(name, DEFAULT_METRICS)
            raise ParameterError(f"metrics must be among {', '.join(DEFAULT_METRICS)}. Got {name!r}.{hint}")
    if len(set(wanted)) < len(wanted):
        raise ParameterError(f"metrics must not repeat a name. Got {list(wanted)!r}.")
    return wanted


def rank_metrics(is_class: NDArray[np.bool_], p: Array) -> dict[str, float | None]:
    """Judge the probabilities of one class.

    Parameters
    ----------
    is_class : ndarray of shape (n,), bool
    p : ndarray of shape (n,)
        Predicted probabilities of the class, in [0, 1].

    Returns
    -------
    dict of str to float or None
        ``"average_precision"``, ``"log_loss"`` (in nats, one class against the rest), ``"brier"`` and ``"roc_auc"``;
        all are None if all rows belong to the class, or none does.
    """
    truth, p = np.asarray(is_class, bool), np.asarray(p, np.float64)
    if truth.all() or not truth.any():
        return {name: None for name, metric in METRICS.items() if not metric.needs_threshold}
    # A probability of 0 for what happened would make the loss infinite.
    likelihood = np.maximum(np.where(truth, p, 1.0 - p), np.finfo(np.float64).eps)
    return {
        "average_precision": float(average_precision_score(truth, p)),
        "log_loss": float(-np.log(likelihood).mean()),
        "brier": float(((p - truth) ** 2).mean()),
        "roc_auc": float(roc_auc_score(truth, p)),
    }
