"""The kind of a column, inferred from its values or chosen by the caller."""

from dataclasses import replace
from typing import NoReturn, cast

import numpy as np
from numpy.typing import NDArray

from imbgan.exceptions import DataTypeError, ParameterError
from imbgan.tabular.schema import TIME_FAMILIES, Family, Kind, RawColumn, column_label

_INFERRED: dict[Family, Kind] = {
    "int": "integer",
    "bool": "boolean",
    "level": "categorical",
    "datetime": "datetime",
    "timedelta": "timedelta",
    "time": "time",
    "none": "constant",
}


def infer_kind(family: Family, *, whole: bool) -> Kind:
    """Return the kind of a column that holds ``family``; floats that are all ``whole`` are integers."""
    if family == "float":
        return "integer" if whole else "continuous"
    return _INFERRED[family]


def as_kind(column: RawColumn, kind: str) -> RawColumn:
    """Return ``column`` as a column of the given ``kind``.

    Raises
    ------
    DataTypeError
        If the column holds another type of value, such as strings for "continuous".
    ParameterError
        If the values are of the right type but do not fit, such as 1.5 for "integer".
    """
    if column.family == "none":
        return column
    if kind == "categorical":
        return _as_levels(column)
    if kind == "constant":
        _check_constant(column)
    elif kind == "identifier":
        if column.family not in ("int", "float", "level"):
            _reject_type(column, kind)
    elif kind == "text":
        _check_texts(column)
    elif kind == "boolean":
        return _as_boolean(column)
    elif kind in TIME_FAMILIES:
        if column.family != kind:
            _reject_type(column, kind)
    elif column.family not in ("int", "float"):
        _reject_type(column, kind)
    elif kind == "vector":
        _check_values(column, kind, ~column.missing)
        return replace(column, family="float", values=column.as_float64())
    elif kind == "integer" and column.family == "float":
        values = cast("NDArray[np.float64]", column.values)
        _check_values(column, kind, (np.floor(values) == values) | column.missing)
    return column


def _as_levels(column: RawColumn) -> RawColumn:
    if column.family in ("level", "bool"):
        return column
    # The ticks of dates stay ticks, which is what the writers of containers take.
    is_number = column.family in ("int", "float")
    return replace(column, family="level", values=column.as_objects() if is_number else column.values.astype(object))


def _as_boolean(column: RawColumn) -> RawColumn:
    if column.family == "bool":
        return column
    if column.family not in ("int", "float"):
        _reject_type(column, "boolean")
    numbers = column.as_float64()
    _check_values(column, "boolean", (numbers == 0) | (numbers == 1) | column.missing)
    return replace(column, family="level", values=column.as_objects())


def _check_texts(column: RawColumn) -> None:
    if column.family != "level":
        _reject_type(column, "text")
    is_text = np.array([isinstance(value, str) for value in column.values], dtype=bool) | column.missing
    if not is_text.all():
        _reject_type(column, "text", int(np.argmin(is_text)))


def _check_constant(column: RawColumn) -> None:
    present = column.values[~column.missing]
    same = np.ones(len(column.values), dtype=bool)
    same[~column.missing] = np.asarray(present == present[0], dtype=bool)
    _check_values(column, "constant", same & ~column.missing)


def _check_values(column: RawColumn, kind: str, fits: NDArray[np.bool_]) -> None:
    if fits.all():
        return
    row = int(np.argmin(fits))
    value = None if column.missing[row] else column.cell(column.values[row])
    raise ParameterError(
        f"{column_label(column.name)} cannot be of kind {kind!r}: row {row} holds {value!r}. Choose another kind "
        "for it, or clean the column."
    )


def _reject_type(column: RawColumn, kind: str, row: int | None = None) -> NoReturn:
    row = int(np.argmin(column.missing)) if row is None else row
    value = column.cell(column.values[row])
    raise DataTypeError(
        f"{column_label(column.name)} cannot be of kind {kind!r}: row {row} holds {value!r} (data "
        f"type {column.dtype.text}). Choose another kind for it, or convert the column."
    )
