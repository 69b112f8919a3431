"""All strategies that can be compared, by name: the candidates, and the choice among them."""

from typing import Any

from imbgan.strategies.auto import AutoBalancedClassifier
from imbgan.strategies.candidates import CANDIDATES
from imbgan.strategies.sharing import Sharing
from imbgan.strategies.strategy import Strategy


def _auto(estimator: Any, seed: int, sharing: Sharing | None = None) -> AutoBalancedClassifier:  # noqa: ANN401
    return AutoBalancedClassifier(estimator, random_state=seed).within(sharing)


STRATEGIES: dict[str, Strategy] = {
    **CANDIDATES,
    "auto": Strategy(
        "auto",
        "the strategy, or doing nothing, that an inner cross-validation chooses",
        _auto,
        "gan",
        title="automatic choice",
    ),
}

#: The default of ``compare``. They are few, because the adjustment for many strategies would hide their gains.
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
