"""All strategies that can be compared, by name: the candidates, and the choice among them."""

from typing import Any

from imbgan.oversampling.sharing import Sharing
from imbgan.strategies.auto import DEFAULT_CANDIDATES, AutoBalancedClassifier
from imbgan.strategies.candidates import CANDIDATES
from imbgan.strategies.costs import Costs
from imbgan.strategies.strategy import Strategy


def _auto(
    estimator: Any,  # noqa: ANN401 - any classifier
    seed: int,
    sharing: Sharing | None = None,
    costs: Costs | None = None,
) -> AutoBalancedClassifier:
    return AutoBalancedClassifier(estimator, costs=costs, encoder=None, random_state=seed).within(sharing)


STRATEGIES: dict[str, Strategy] = {
    **CANDIDATES,
    "auto": Strategy(
        "auto",
        "the strategy, or doing nothing, that cross-validation of the training part chooses",
        _auto,
        "gan",
        title="automatic choice",
        candidates=DEFAULT_CANDIDATES,
    ),
}

#: The default of ``compare``: the candidates of the automatic choice, and this choice. They are few, because the
#: adjustment for many strategies would hide their gains; the others have never won (benchmarks/quality/RESULTS.md).
DEFAULT_STRATEGIES = (
    "none",
    "class_weight",
    "smote",
    "gan",
    "gan_0.3",
    "bagging",
    "gan_bagging",
    "auto",
)
