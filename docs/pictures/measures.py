"""Two classifiers that ROC AUC calls nearly equal, and average precision does not."""

import matplotlib.pyplot as plt
import numpy as np
from sklearn.metrics import average_precision_score, precision_recall_curve, roc_auc_score, roc_curve

from docs.pictures.style import CONTEXT, OTHER, OURS, save


def scores() -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Return labels with 1 % rare rows, and the scores of two classifiers.

    The first puts half of the rare rows at the very top and knows nothing of the others; the second puts all of them a
    little higher than common ones.
    """
    rng = np.random.default_rng(0)
    n_common, n_rare = 99_000, 1_000
    y = np.repeat([0, 1], [n_common, n_rare])
    common = rng.normal(size=n_common)
    sharp = np.concatenate([rng.normal(4.5, 0.5, n_rare // 2), rng.normal(0.4, 1, n_rare // 2)])
    return y, {
        "half of them surely": np.concatenate([common, sharp]),
        "all of them roughly": np.concatenate([common, rng.normal(1.32, 1, n_rare)]),
    }


def thinned(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the points of a curve that lie evenly along both axes: the eye sees no more, and the file stays small."""
    length = np.concatenate([[0], np.cumsum(np.abs(np.diff(x)) + np.abs(np.diff(y)))])
    kept = np.unique(np.searchsorted(length, np.linspace(0, length[-1], 200)))
    return x[kept], y[kept]


def curves() -> None:
    """Draw both curves of both classifiers, with chance."""
    y, both = scores()
    figure, axes = plt.subplots(2, 1, figsize=(4.8, 6.2), layout="constrained")
    for (name, score), (line, color) in zip(both.items(), (("-", OURS), ("--", OTHER)), strict=True):
        wrong, found, _ = roc_curve(y, score)
        wrong, found = thinned(wrong, found)
        axes[0].plot(wrong, found, line, color=color, label=f"{name}: {roc_auc_score(y, score):.2f}")
        precision, recall, _ = precision_recall_curve(y, score)
        # The first few rows of a ranking are luck: the curve is drawn from the tenth rare row on.
        steady = recall >= 10 / y.sum()
        recall, precision = thinned(recall[steady], precision[steady])
        axes[1].plot(recall, precision, line, color=color, label=f"{average_precision_score(y, score):.2f}")
    axes[0].plot([0, 1], [0, 1], color=CONTEXT, lw=0.8)
    axes[1].axhline(y.mean(), color=CONTEXT, lw=0.8)
    axes[0].set(
        title="ROC curve and its area", xlabel="share of common rows called rare", ylabel="share of rare rows found"
    )
    axes[1].set(title="Precision and recall; average precision", xlabel="share of rare rows found")
    axes[1].set(ylabel="share of alarms that are right", xlim=(-0.05, 1.05), ylim=(0, 1.05))
    for axis, corner in zip(axes, ("lower right", "center right"), strict=True):
        axis.legend(frameon=False, loc=corner)
    save(figure, "measures")


PICTURES = (curves,)
