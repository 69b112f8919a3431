"""Cells of the columns that rules are about: numbers as int64 or float64, bounds, groups of equal rows."""

from collections.abc import Hashable, Sequence
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from imbgan._text import did_you_mean, listed
from imbgan.exceptions import DataTypeError, ParameterError
from imbgan.tabular.equality import row_codes, value_codes
from imbgan.tabular.schema import TIME_FAMILIES, DType, RawColumn, Table, column_label
from imbgan.tabular.statistics.grain import least_decimals, own_float
from imbgan.tabular.unsigned import shifted, unshifted
from imbgan.tabular.vectors import Element

#: Sums and differences of two whole numbers up to this do not overflow; as nanoseconds, the years 1823 to 2116.
LARGEST = 2**62 - 1
#: Sums of floats are equal up to this share of their size, beside rounding.
RELATIVE = 1e-9
#: The same for floats of 32 bits; those of 16 bits are converted first.
SHORT = 1e-6


def column_named(table: Table, name: Hashable) -> RawColumn:
    """Return the column; ParameterError, with near misses, if there is none or if it holds vectors or texts."""
    for column in table.columns:
        if column.name == name:
            return column
    vectors = {column.name.column for column in table.columns if isinstance(column.name, Element)}
    if name in vectors:
        raise ParameterError(f"rules names {name!r}, which holds texts or vectors. Leave it out of the rules.")
    names = [column.name for column in table.columns]
    hint = did_you_mean(name, names) or (
        " Labels are no column of X: a row is generated for a given label, so that no rule can name it."
    )
    raise ParameterError(f"rules names a column that X lacks: {name!r}.{hint} X has {listed(names, 20)}.")


def numbers(column: RawColumn) -> NDArray[Any]:
    """Return numbers or ticks (n,) as int64, or as float64 for columns of floats; 0 where missing.

    Raises
    ------
    DataTypeError
        If the column holds no numbers, dates or times, or whole numbers beyond 2**62.
    """
    if column.family == "none":
        return np.zeros(len(column.values))
    if column.family in ("level", "bool"):
        raise DataTypeError(
            f"{column_label(column.name)} must hold numbers, dates or times for this rule. It holds {column.family} "
            f"values (data type {column.dtype.text}). Convert it, or leave the rule out."
        )
    if column.family == "float":
        return np.where(column.missing, 0.0, column.values.astype(np.float64))
    values = unshifted(column.values) if column.is_shifted else column.values.astype(np.int64)
    values = np.where(column.missing, np.zeros((), values.dtype), values)
    if len(values) and (values.max() > LARGEST or values.min() < -LARGEST):
        is_time = column.family in TIME_FAMILIES
        raise DataTypeError(
            f"{column_label(column.name)} holds {'dates or times' if is_time else 'whole numbers'} beyond 2**62"
            f"{f' {column.dtype.unit}' if is_time else ''}, which rules do not take. Convert it to "
            f"{'a coarser unit, such as seconds' if is_time else 'floats'}."
        )
    return values.astype(np.int64)


def stored(values: NDArray[Any], like: RawColumn) -> NDArray[np.generic]:
    """Return int64 or float64 numbers (n,) as the array that holds values of the column."""
    if like.family in ("float", "none"):
        return values.astype(np.float64)
    whole = values.astype(np.int64)
    return shifted(np.maximum(whole, 0).astype(np.uint64)) if like.is_shifted else whole


def decimals_of(column: RawColumn) -> int | None:
    """Return the decimals of a column of numbers, 0 for whole ones; None if it needs more than six."""
    if column.family != "float":
        return 0
    present = cast("NDArray[np.float64]", column.values)[~column.missing]
    return least_decimals(present, column.dtype.text)


def is_finer(parts: Sequence[RawColumn], decimals: int | None) -> bool:
    """Return whether parts have more decimals than a total of so many, so that the total is rounded."""
    found = [decimals_of(part) for part in parts]
    return any(each is None or each > (decimals or 0) for each in found)


def rounded(values: NDArray[Any], decimals: int | None) -> NDArray[Any]:
    """Return floats rounded to decimals; whole numbers, and floats of any decimals, are unchanged."""
    return values if decimals is None or values.dtype.kind != "f" else np.round(values, decimals)


def check_alike(columns: Sequence[RawColumn], rule: object) -> None:
    """Raise DataTypeError unless all columns are numbers, or all dates or times of one type, unit and zone."""
    kinds = {
        (c.family, c.dtype.unit, bool(c.dtype.zone)) if c.family in TIME_FAMILIES else ("number", "", False)
        for c in columns
        if c.family != "none"
    }
    for column in columns:
        numbers(column)
    if len(kinds) > 1:
        types = ", ".join(f"{column.name!r}: {column.dtype.text}" for column in columns)
        raise DataTypeError(
            f"The columns of {rule!r} must all be numbers, or all dates or times of one type. Got {types}. Convert "
            "them to one type."
        )


def check_addable(columns: Sequence[RawColumn], rule: object) -> None:
    """Raise DataTypeError unless the last column can be the sum of the others.

    All are numbers, or durations, or times of day; or the total is a date, and so is one part beside durations.
    """
    *parts, total = columns
    if total.family != "datetime" or len(parts) == 1:
        check_alike(columns, rule)
        return
    dates = [part for part in parts if part.family not in ("timedelta", "none")]
    spans = [part for part in parts if part.family == "timedelta"]
    if len(dates) != 1 or any(span.dtype.unit != total.dtype.unit for span in spans):
        types = ", ".join(f"{column.name!r}: {column.dtype.text}" for column in columns)
        raise DataTypeError(
            f"The parts of {rule!r} must be one column of dates and others of durations, all of the time unit of the "
            f"total, which is a date. Got {types}. Convert them."
        )
    check_alike([*dates, total], rule)


def groups(columns: Sequence[RawColumn]) -> NDArray[np.intp]:
    """Return equal codes (n,) for rows with equal cells in all columns; missing cells are equal."""
    return row_codes([value_codes(column) for column in columns], len(columns[0].missing))


def is_short(dtype: DType) -> bool:
    """Return whether floats of the type have 32 or 16 bits."""
    return own_float(dtype.text) is not np.float64


def as_written(values: NDArray[Any], dtype: DType) -> NDArray[Any]:
    """Return numbers as a column of the type holds them, which rounds those of 32 and 16 bits."""
    return values.astype(own_float(dtype.text)).astype(np.float64) if values.dtype.kind == "f" else values
