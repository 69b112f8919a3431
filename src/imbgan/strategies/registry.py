"""What can be compared, by name: all candidates, and the choice among them."""

from typing import Any

from imbgan.strategies.auto import AutoBalancedClassifier
from imbgan.strategies.candidates import CANDIDATES
from imbgan.strategies.sharing import Sharing
from imbgan.strategies.strategy import Strategy


def _auto(estimator: Any, seed: int, sharing: Sharing | None = None) -> AutoBalancedClassifier:  # noqa: ANN401
    return AutoBalancedClassifier(estimator, random_state=seed).within(sharing)


STRATEGIES: dict[str, Strategy] = {
    **CANDIDATES,
    "auto": Strategy("auto", "what inner cross-validation prefers among strategies and doing nothing", _auto, "gan"),
}

#: What ``compare`` tries by default: few enough that a correction for many strategies leaves something to see.
DEFAULT_STRATEGIES = (
    "none",
    "class_weight",
    "random_over",
    "random_under",
    "smote",
    "local_gaussian",
    "gan",
    "gan_0.3",
)
