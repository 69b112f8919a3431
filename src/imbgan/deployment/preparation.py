"""What a classifier to take away is made of: the prepared estimator, and the strategies, also where there are texts."""

from collections.abc import Hashable, Mapping
from typing import Any

from imbgan.ensemble.base import seeded
from imbgan.exceptions import ParameterError
from imbgan.learners import make_estimator
from imbgan.learners.preparation import prepared
from imbgan.learners.text_estimators import with_texts
from imbgan.learners.texts import holds_texts, texts_as_table
from imbgan.strategies import STRATEGIES, Strategy, resolve_strategies
from imbgan.strategies.texts import on_vectors, text_strategies
from imbgan.tabular.schema import Table

AUTO = "auto"
Encoders = Mapping[Hashable, Any]


def as_table(X: object) -> object:
    """Return texts alone as a table of one column, and any table as it is."""
    return texts_as_table(X) if holds_texts(X) else X


def prepared_estimator(estimator: Any, table: Table, encoders: Encoders, seed: int) -> Any:  # noqa: ANN401
    """Return the classifier, or the one with a name, with the preparation that the table needs.

    Raises
    ------
    ParameterError
        If it is a class, or if the name is unknown.
    """
    if isinstance(estimator, str):
        named: Any = make_estimator(estimator, seed)
        return with_texts(prepared(named, table), encoders)
    if isinstance(estimator, type):
        raise ParameterError(
            f"'estimator' must be a classifier, or the name of one. Got the class {estimator.__name__}."
        )
    return seeded(with_texts(prepared(estimator, table), encoders), seed)


def known_strategies(encoders: Encoders) -> dict[str, Strategy]:
    """Return all strategies by name, with those for texts where there are any."""
    return {**STRATEGIES, **(text_strategies(encoders) if encoders else {})}


def resolved_strategy(strategy: str | Strategy, encoders: Encoders) -> Strategy:
    """Return the strategy; where there are texts, one that makes rows works on vectors."""
    found = next(iter(resolve_strategies([strategy], known_strategies(encoders)).values()))
    return on_vectors(found, encoders) if encoders and not is_auto(found) else found


def is_auto(strategy: Strategy) -> bool:
    """Return whether a strategy is our choice among strategies, and not one of the caller with this name."""
    return strategy.name == AUTO and strategy.make is STRATEGIES[AUTO].make
