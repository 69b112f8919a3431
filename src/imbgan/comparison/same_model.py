"""Which strategies fit the very model of the control, so that their figures would be the same ones again."""

from collections.abc import Mapping
from typing import Any, cast

from imbgan.strategies import Strategy


def same_as_control(
    strategies: Mapping[str, Strategy], control: str, estimators: Mapping[str, Any], seed: int
) -> tuple[str, ...]:
    """Return the names of the strategies that are the model of the control with each classifier.

    A strategy with learners of its own fits one model, whatever the classifier, and this can be the one that is there
    anyway: where words are all that a logistic regression sees of texts, for example.
    """
    first = strategies[control]

    def is_same(strategy: Strategy) -> bool:
        models = ((strategy.build(each, seed), first.build(each, seed)) for each in estimators.values())
        return all(is_same_model(*pair) for pair in models)

    rivals = {name: strategy for name, strategy in strategies.items() if name != control}
    return tuple(
        name for name, strategy in rivals.items() if (strategy.own_learners or first.own_learners) and is_same(strategy)
    )


def is_same_model(first: object, second: object) -> bool:
    """Return whether two unfitted estimators have the same types and parameters; names of steps do not matter.

    Examples
    --------
    >>> from sklearn.linear_model import LogisticRegression
    >>> from sklearn.pipeline import make_pipeline
    >>> is_same_model(make_pipeline(LogisticRegression()), make_pipeline(LogisticRegression(C=1.0)))
    True
    >>> is_same_model(LogisticRegression(C=2.0), LogisticRegression())
    False
    """
    if first is second:
        return True
    if type(first) is not type(second):
        return False
    if isinstance(first, list | tuple):
        pair = cast("list[Any]", first), cast("list[Any]", second)
        return len(pair[0]) == len(pair[1]) and all(map(is_same_model, *pair))
    if isinstance(first, Mapping):
        one, other = cast("dict[Any, Any]", first), cast("dict[Any, Any]", second)
        return one.keys() == other.keys() and all(is_same_model(one[key], other[key]) for key in one)
    if hasattr(first, "steps"):
        return is_same_model(*([step for _, step in cast("Any", each).steps] for each in (first, second)))
    if hasattr(first, "get_params"):
        return is_same_model(*(cast("Any", each).get_params(deep=False) for each in (first, second)))
    return isinstance(first, str | int | float) and first == second
