"""Early stopping: when the score on held-out rows has levelled off."""

from collections.abc import Sequence

import numpy as np

from imbgan.gan.config import MonitorConfig


def smoothed(scores: Sequence[float]) -> list[float]:
    """Average each score with the two before it, since few held-out rows make single scores noisy."""
    return [float(np.mean(scores[max(0, i - 2) : i + 1])) for i in range(len(scores))]


def has_levelled(scores: Sequence[float], watch: MonitorConfig) -> bool:
    """Return whether the last ``n_iter_no_change`` chunks have not lowered the score by more than ``tol``.

    Parameters
    ----------
    scores : sequence of float
        Scores after each chunk of the present attempt; lower is better.
    watch : MonitorConfig
    """
    before, recent = np.split(np.asarray(scores), [-watch.n_iter_no_change])
    return len(before) > 0 and bool(recent.min() >= before.min() * (1 - watch.tol))
