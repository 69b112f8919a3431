"""Tables that are read in batches: their survey, and the seed of it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from imbgan.exceptions import DataTypeError
from imbgan.random import Streams
from imbgan.tabular.reservoir import ReservoirSize
from imbgan.tabular.rules import Rule, check_rules
from imbgan.tabular.survey import Survey, Surveyed


def survey_seed(random_state: "int | np.random.RandomState | None") -> int:
    """Return the seed of the reservoir that ``fit_stream`` takes for a ``random_state``."""
    return Streams.from_random_state(random_state).integer("reservoir")


def survey_of(
    batches: Iterable[Any],
    *,
    kinds: Mapping[str | int, str] | None,
    seed: int,
    size: ReservoirSize | None,
    rules: Sequence[Rule] | None,
) -> Surveyed:
    """Return the survey of a table.

    Parameters
    ----------
    batches : iterable of (X, y), or of (X, y, file, rows, place)
        Parts of the table in their order; see :meth:`Survey.update`.
    kinds : mapping, optional
    seed : int
    size : ReservoirSize, optional
    rules : list of Rule, optional

    Raises
    ------
    DataError, DataTypeError, ParameterError
        As :meth:`Survey.update`; also if an element is no pair, or if there is none.
    """
    survey = Survey(kinds=kinds, seed=seed, size=size, rules=check_rules(rules))
    for number, batch in enumerate(batches):
        if not isinstance(batch, tuple | list) or len(batch) not in (2, 5):
            raise DataTypeError(
                f"Each batch must be a pair (X, y). Got {type(batch).__name__} as batch {number} (from 0). Pass pairs "
                "such as (X[:1000], y[:1000])."
            )
        X, y, *where = batch
        survey.update(X, y, **dict(zip(("file", "rows", "place"), where, strict=False)))
    return survey.result()
