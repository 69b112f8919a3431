"""Early stopping."""

from collections.abc import Sequence

import numpy as np

from imbgan.gan.config import MonitorConfig
from imbgan.gan.records import ChunkSummary

# The discriminator counts as undecided while its accuracy is within this margin of one half.
UNDECIDED_MARGIN = 0.05


def smoothed(scores: Sequence[float]) -> list[float]:
    """Average each score with the two before it, since few held-out rows make single scores noisy."""
    return [float(np.mean(scores[max(0, i - 2) : i + 1])) for i in range(len(scores))]


def should_stop(summaries: Sequence[ChunkSummary], watch: MonitorConfig) -> str | None:
    """Return why training should stop now, or None; ``summaries`` belong to the present attempt."""
    last = summaries[-1]
    if last.step < watch.min_share * last.max_iter:
        return None
    scores = smoothed([summary.quality.score for summary in summaries])
    is_best = np.array(scores) <= min(scores) * (1 + watch.tol)
    since_best = int(np.argmax(is_best[::-1]))
    accuracy = (last.real_accuracy + last.fake_accuracy) / 2
    if since_best >= watch.n_iter_no_change:
        return f"the score has not improved for {since_best} chunks"
    if abs(accuracy - 0.5) < UNDECIDED_MARGIN and since_best >= (watch.n_iter_no_change + 1) // 2:
        return f"the discriminator is right on {accuracy:.0%} of rows and the score no longer improves"
    return None
