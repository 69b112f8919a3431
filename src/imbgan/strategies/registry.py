"""All strategies that can be compared, by name: the candidates, and the choice among them."""

from typing import Any

from imbgan.strategies.auto import AutoBalancedClassifier
from imbgan.strategies.candidates import CANDIDATES
from imbgan.strategies.costs import Costs
from imbgan.strategies.sharing import Sharing
from imbgan.strategies.strategy import Strategy


def _auto(
    estimator: Any,  # noqa: ANN401 - any classifier
    seed: int,
    sharing: Sharing | None = None,
    costs: Costs | None = None,
) -> AutoBalancedClassifier:
    return AutoBalancedClassifier(estimator, costs=costs, random_state=seed).within(sharing)


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
