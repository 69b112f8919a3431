"""The columns of a matrix in terms of the table, and the two sides of a split as conditions."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from imbgan.learners import TablePreprocessor
from imbgan.rules.conditions import Condition
from imbgan.rules.cuts import exact_cut, simple_cut, simple_tick
from imbgan.rules.results import TICKS, ColumnKind, RuleColumn
from imbgan.tabular.schema import NANOSECONDS, TIME_FAMILIES, RawColumn, Table

# How the preprocessor marks levels and missing cells.
_LEVEL, _MISSING = "=", "missing"


@dataclass(frozen=True)
class MatrixColumn:
    """A column of the matrix: the numbers of a column of the table, or the mark of some of its levels.

    Parameters
    ----------
    column : RuleColumn
    place : int
        Position of the column in the table.
    values : ndarray of shape (n,) or None
        The distinct numbers in the table, sorted; None for a mark.
    marked : Condition or None
        Which cells the mark stands for.
    """

    column: RuleColumn
    place: int
    values: NDArray[np.float64] | None = None
    marked: Condition | None = None

    def sides(self, threshold: float, missing_goes_left: bool) -> tuple[Condition, Condition]:
        """Return the conditions of the left and the right child of a split."""
        if self.marked is not None:
            # A mark is 0 or 1, and never missing.
            is_one, is_zero = self.marked, _without(self.marked)
            everything = Condition(self.place, levels=(), inverted=True, missing=True)
            nothing = Condition(self.place, levels=(), missing=False)
            if threshold < 0:
                return nothing, everything
            return (everything, nothing) if threshold >= 1 else (is_zero, is_one)
        left_missing, right_missing = missing_goes_left, not missing_goes_left
        if math.isinf(threshold):  # missing cells alone are on one side
            return (
                Condition(self.place, missing=left_missing, present=threshold > 0),
                Condition(self.place, missing=right_missing, present=threshold < 0),
            )
        cut = exact_cut(threshold)
        shown = self._shown(cut)
        return (
            Condition(self.place, high=cut, high_shown=shown, missing=left_missing),
            Condition(self.place, low=cut, low_shown=shown, missing=right_missing),
        )

    def _shown(self, cut: float) -> float:
        values = np.empty(0) if self.values is None else self.values
        if self.column.kind in TICKS:
            return simple_tick(cut, values, self.column.unit)
        return simple_cut(cut, values)


def matrix_columns(table: Table, preprocessor: TablePreprocessor | None) -> list[MatrixColumn]:
    """Return the columns of the matrix that a fitted preprocessor makes, or None makes, from left to right."""
    if preprocessor is None:
        return [
            _numbers(place, column, column.as_float64(), _family(column), column.dtype.unit)
            for place, column in enumerate(table.columns)
        ]
    fields = preprocessor.fields_
    pairs = list(enumerate(zip(fields, table.columns, strict=True)))
    numbers = [
        _numbers(place, column, field.numbers(column), field.family, field.unit)
        for place, (field, column) in pairs
        if field.is_number
    ]
    categories = [(place, column) for place, (field, column) in pairs if not field.is_number]
    return [*numbers, *_marks(categories, preprocessor.levels_)]


def _family(column: RawColumn) -> str:
    return "float" if column.family == "none" else column.family


def _numbers(place: int, column: RawColumn, cells: NDArray[np.float64], family: str, unit: str) -> MatrixColumn:
    missing = np.isnan(cells)
    values = np.unique(cells[~missing])
    types = {"datetime": "datetime", "timedelta": "timedelta", "time": "time", "bool": "bool", "int": "int"}
    has_unit = family in TIME_FAMILIES
    described = RuleColumn(
        str(column.name),
        _key(column),
        _kind(family, values, unit),
        types.get(family, "float"),
        unit if has_unit else "",
        bool(missing.any()),
        *((float(values[0]), float(values[-1])) if len(values) else (None, None)),
    )
    return MatrixColumn(described, place, values)


def _kind(family: str, values: NDArray[np.float64], unit: str) -> ColumnKind:
    if family == "bool":
        return "boolean"
    if family == "datetime":
        day = NANOSECONDS["D"] / NANOSECONDS[unit]
        return "date" if not (values % day).any() else "datetime"
    if family in TIME_FAMILIES:
        return "time" if family == "time" else "duration"
    return "number" if (values % 1).any() else "whole"


def _key(column: RawColumn) -> int | str:
    name = column.name
    return name if isinstance(name, int | str) and not isinstance(name, bool) else str(name)


def _marks(categories: Sequence[tuple[int, RawColumn]], encoder: Any) -> list[MatrixColumn]:  # noqa: ANN401
    """Return the columns of a fitted one-hot encoder, those of one category next to each other."""
    if not categories:
        return []
    infrequent = getattr(encoder, "infrequent_categories_", [None] * len(categories))
    marks: list[MatrixColumn] = []
    for (place, column), all_levels, rare in zip(categories, encoder.categories_, infrequent, strict=True):
        others: set[str] = set() if rare is None else set(rare.tolist())
        own = [level for level in all_levels.tolist() if level not in others]
        levels = tuple(level.removeprefix(_LEVEL) for level in own if level != _MISSING)
        kept_apart = _MISSING in own
        described = RuleColumn(
            str(column.name),
            _key(column),
            "category",
            _type_of_levels(column),
            column.dtype.unit if column.family in TIME_FAMILIES else "",
            bool(column.missing.any()),
            levels=levels,
            has_others=bool(others),
        )
        for level in own:
            named = () if level == _MISSING else (level.removeprefix(_LEVEL),)
            marks.append(_mark(described, place, Condition(place, levels=named, missing=level == _MISSING)))
        if others:
            # Unknown levels are among the others; a missing cell is, unless it has a mark of its own.
            rest = Condition(place, levels=levels, inverted=True, missing=not kept_apart)
            marks.append(_mark(described, place, rest))
    return marks


def _mark(column: RuleColumn, place: int, marked: Condition) -> MatrixColumn:
    return MatrixColumn(column, place, marked=marked)


def _type_of_levels(column: RawColumn) -> str:
    return "text" if column.family in ("level", "none") else column.family


def _without(condition: Condition) -> Condition:
    """Return the condition on levels that is met where this one is not."""
    return Condition(
        condition.column, levels=condition.levels, inverted=not condition.inverted, missing=not condition.missing
    )
