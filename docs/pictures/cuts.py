"""What a threshold of .5 says of two classifiers that rank equally well, and what a tuned one says."""

import matplotlib.pyplot as plt
import numpy as np
from sklearn.linear_model import LogisticRegression

from docs.pictures.style import CONTEXT, OTHER, OURS, save
from imbgan.strategies.thresholds import threshold_metrics

CUTS = np.linspace(0.01, 0.99, 99)
METRICS = {"g_mean": "G-mean", "mcc": "MCC"}
ARMS = {"table as it is": {}, "class weights": {"class_weight": "balanced"}}


def draw(rng: np.random.Generator, n_common: int = 9_800, n_rare: int = 200) -> tuple[np.ndarray, np.ndarray]:
    """Return the table of the page on what imbalance does: rare rows lie a little beside the common ones."""
    X = np.vstack([rng.normal(0.0, 1.0, (n_common, 20)), rng.normal(0.5, 1.0, (n_rare, 20))])
    return X, np.repeat([0, 1], [n_common, n_rare]).astype(bool)


def measured(options: dict[str, str], n_draws: int = 10) -> dict[str, np.ndarray]:
    """Return the mean of each metric on a test table, at each threshold, for a logistic regression with options."""
    found = np.zeros((len(METRICS), len(CUTS)))
    for seed in range(n_draws):
        rng = np.random.default_rng(seed)
        X, y = draw(rng)
        model = LogisticRegression(C=0.1, **options).fit(*draw(rng))
        p = model.predict_proba(X)[:, 1]
        for place, cut in enumerate(CUTS):
            scores = threshold_metrics(y, p >= cut)
            found[:, place] += [(scores[name] or 0.0) / n_draws for name in METRICS]
    return dict(zip(METRICS, found, strict=True))


def over_thresholds() -> None:
    """Draw two metrics over the threshold, for a table as it is and with class weights."""
    figure, axes = plt.subplots(2, 1, figsize=(4.8, 5.2), layout="constrained", sharex=True)
    for (name, options), (line, color) in zip(ARMS.items(), (("-", OURS), ("--", OTHER)), strict=True):
        for axis, scores in zip(axes, measured(options).values(), strict=True):
            axis.plot(CUTS, scores, line, color=color, label=name)
    for axis, title in zip(axes, METRICS.values(), strict=True):
        axis.axvline(0.5, color=CONTEXT, lw=0.8)
        axis.set(title=title, xlim=(0, 1), ylim=(0, 1))
    axes[1].set_xlabel("threshold")
    axes[1].legend(frameon=False, loc="upper left")
    save(figure, "thresholds")


PICTURES = (over_thresholds,)
