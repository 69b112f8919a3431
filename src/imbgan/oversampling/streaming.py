"""Tables that are read in batches: their survey, and the seed of it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from imbgan.exceptions import DataTypeError, ParameterError
from imbgan.random import Streams
from imbgan.tabular.reservoir import ReservoirSize
from imbgan.tabular.rules import Rule
from imbgan.tabular.survey import Survey, Surveyed


def survey_seed(random_state: "int | np.random.RandomState | None") -> int:
    """Return the seed of the reservoir that ``fit_stream`` takes for a ``random_state``."""
    return Streams.from_random_state(random_state).integer("reservoir")


def refuse_rules(rules: Sequence[Rule] | None) -> None:
    """Raise ParameterError for rules of a table that is never in memory as a whole."""
    if rules:
        raise ParameterError(
            "'rules' cannot be kept for a table that is read in batches, since its rows are not checked together. Fit "
            "a table in memory, or leave the rules out."
        )


def survey_of(
    batches: Iterable[Any], *, kinds: Mapping[str | int, str] | None, seed: int, size: ReservoirSize | None
) -> Surveyed:
    """Return the survey of a table.

    Parameters
    ----------
    batches : iterable of (X, y), or of (X, y, file, rows, place)
        Parts of the table in their order; see :meth:`Survey.update`.
    kinds : mapping, optional
    seed : int
    size : ReservoirSize, optional

    Raises
    ------
    DataError, DataTypeError, ParameterError
        As :meth:`Survey.update`; also if an element is no pair, or if there is none.
    """
    survey = Survey(kinds=kinds, seed=seed, size=size)
    for number, batch in enumerate(batches):
        if not isinstance(batch, tuple | list) or len(batch) not in (2, 5):
            raise DataTypeError(
                f"Each batch must be a pair (X, y). Got {type(batch).__name__} as batch {number} (from 0). Pass pairs "
                "such as (X[:1000], y[:1000])."
            )
        X, y, *where = batch
        survey.update(X, y, **dict(zip(("file", "rows", "place"), where, strict=False)))
    return survey.result()
