"""Scores at thresholds that are tuned on other rows than those that are judged."""

import numpy as np
from numpy.typing import NDArray

from imbgan.comparison.folds import Indices
from imbgan.comparison.metrics import METRICS
from imbgan.comparison.plan import Data, Plan
from imbgan.strategies.thresholds import cheapest_threshold, threshold_metrics, thresholds
from imbgan.tabular.labels import label_text


def tuned_scores(
    data: Data,
    plan: Plan,
    known: Indices,
    p_known: NDArray[np.float64],
    codes: Indices,
    p: NDArray[np.float64],
) -> dict[str, dict[str, float | None]]:
    """Return the scores of decisions at tuned thresholds, by metric and label.

    Parameters
    ----------
    data, plan
    known : ndarray of shape (n_known,), int
        Class codes of the held-out rows on which thresholds are tuned.
    p_known : ndarray of shape (n_known, n_judged)
        Their probabilities of the judged classes.
    codes : ndarray of shape (n,), int
        Class codes of the rows that are judged.
    p : ndarray of shape (n, n_judged)
        Their probabilities.

    Returns
    -------
    dict of str to dict of str to float or None
        The least expected cost of more than two classes needs no threshold, and is left out.
    """
    names = [name for name in plan.metrics if METRICS[name].needs_threshold and name != "cost"]
    found: dict[str, dict[str, float | None]] = {name: {} for name in names}
    for column, code in enumerate(data.judged):
        label = label_text(data.classes[code])
        for name, cut in thresholds(known == code, p_known[:, column], names).items():
            found[name][label] = threshold_metrics(codes == code, p[:, column] >= cut)[name]
    if plan.costs is not None and len(data.classes) == 2:
        code = data.judged[0]
        cut = cheapest_threshold(known == code, p_known[:, 0], plan.costs, code)
        found["cost"] = {**plan.costs.by_class(codes, np.where(p[:, 0] >= cut, code, 1 - code))}
    return found
