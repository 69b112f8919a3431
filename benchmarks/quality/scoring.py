"""Figures of predicted probabilities, at the class shares that were learned from.

A thinned training part and a cut test part have other class shares. Test rows are therefore weighted so that each
class has its training share: the figures are those of a large test part thinned alike, with less noise.
"""

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import average_precision_score, roc_auc_score

from imbgan.random import Streams

Floats = NDArray[np.float64]
METRICS = ("average_precision", "roc_auc", "log_loss", "brier", "mcc", "mcc_default")
# No probability counts as more certain than this: one wrong certainty would make a log-loss infinite.
CERTAIN = 1e-6


def share_weights(y_train: NDArray[np.intp], y_test: NDArray[np.intp]) -> Floats:
    """Return a weight for each test row that gives its class the share it has in training; the mean is 1."""
    n_classes = int(max(y_train.max(), y_test.max())) + 1
    wanted = np.bincount(y_train, minlength=n_classes) / len(y_train)
    present = np.bincount(y_test, minlength=n_classes) / len(y_test)
    weights = np.divide(wanted, present, out=np.zeros(n_classes), where=present > 0)[y_test]
    return weights / weights.mean()


def weighted_mcc(is_class: NDArray[np.bool_], predicted: NDArray[np.bool_], weights: Floats) -> float:
    """Return Matthews' correlation coefficient of weighted rows; 0 where it is not defined."""
    table = np.bincount(2 * is_class + predicted, weights, minlength=4)
    tn, fp, fn, tp = (float(n) for n in table)
    scale = ((tp + fp) * (tp + fn) * (tn + fp) * (tn + fn)) ** 0.5
    return (tp * tn - fp * fn) / scale if scale > 0 else 0.0


def best_cut(is_class: NDArray[np.bool_], p: Floats, weights: Floats) -> float:
    """Return the threshold of the greatest weighted MCC, half-way to the next lower probability."""
    order = np.argsort(-p, kind="stable")
    p, is_class, weights = p[order], is_class[order], weights[order]
    tp, fp = np.cumsum(weights * is_class), np.cumsum(weights * ~is_class)
    fn, tn = tp[-1] - tp, fp[-1] - fp
    scale = np.sqrt((tp + fp) * (tp + fn) * (tn + fp) * (tn + fn))
    mcc = np.divide(tp * tn - fp * fn, scale, out=np.full(len(p), -np.inf), where=scale > 0)
    mcc[np.append(p[1:] == p[:-1], False)] = -np.inf  # equal probabilities fall on one side
    best = int(mcc.argmax())
    return float(p[best] + p[best + 1]) / 2 if best + 1 < len(p) else float(p[best])


def tuned_mcc(is_class: NDArray[np.bool_], p: Floats, weights: Floats) -> float:
    """Return the MCC at cross-fitted thresholds: each half of the rows is cut where the other half is best."""
    rng = Streams(0).generator("halves")
    half = np.zeros(len(p), bool)
    for value in (False, True):
        positions = rng.permutation(np.flatnonzero(is_class == value))
        half[positions[::2]] = True
    predicted = np.zeros(len(p), bool)
    for part in (half, ~half):
        predicted[part] = p[part] >= best_cut(is_class[~part], p[~part], weights[~part])
    return weighted_mcc(is_class, predicted, weights)


def score(y_train: NDArray[np.intp], y_test: NDArray[np.intp], p: Floats) -> dict[str, float]:
    """Return all figures of probabilities ``p`` of shape (n_test, n_classes).

    Those of one class against the rest are means over all classes but 0, the largest.
    """
    weights = share_weights(y_train, y_test)
    found: dict[str, list[float]] = {name: [] for name in ("average_precision", "roc_auc", "mcc", "mcc_default")}
    chosen = p.argmax(axis=1)
    for code in range(1, p.shape[1]):
        is_class = y_test == code
        found["average_precision"].append(average_precision_score(is_class, p[:, code], sample_weight=weights))
        found["roc_auc"].append(roc_auc_score(is_class, p[:, code], sample_weight=weights))
        found["mcc"].append(tuned_mcc(is_class, p[:, code], weights))
        found["mcc_default"].append(weighted_mcc(is_class, chosen == code, weights))
    safe = np.clip(p, CERTAIN, 1.0)
    safe = safe / safe.sum(axis=1, keepdims=True)
    truth = np.eye(p.shape[1])[y_test]
    scores = {name: float(np.mean(values)) for name, values in found.items()}
    scores["log_loss"] = float(np.average(-np.log(safe[np.arange(len(p)), y_test]), weights=weights))
    # The sum over classes; half of it for two classes, as the score is usually defined there.
    squares = np.square(p - truth).sum(axis=1) / (2.0 if p.shape[1] == 2 else 1.0)
    scores["brier"] = float(np.average(squares, weights=weights))
    return {name: scores[name] for name in METRICS}
