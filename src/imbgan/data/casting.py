"""Cast columns to types that the caller chooses."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

from imbgan._text import cut
from imbgan.data.reading import kind_of
from imbgan.data.target import unknown_column
from imbgan.exceptions import DataError, ParameterError

if TYPE_CHECKING:
    import polars as pl

_WORDS = {
    **dict.fromkeys(("true", "yes", "t", "y", "1"), True),
    **dict.fromkeys(("false", "no", "f", "n", "0"), False),
}


def cast_columns(frame: "pl.DataFrame", types: Mapping[str, str]) -> "pl.DataFrame":
    """Return a table with some of its columns cast.

    Parameters
    ----------
    frame : polars.DataFrame
    types : mapping of str to str
        Type of each column, one of :data:`imbgan.data.reading.KINDS`. Lists and records become text as JSON, bytes as
        hexadecimal digits.

    Raises
    ------
    DataError
        If the type cannot hold a value.
    ParameterError
        If a column or a type is unknown; the message names a near miss.
    """
    for name in types:
        if name not in frame.columns:
            raise ParameterError(unknown_column(name, frame.columns))
    kinds = {name: kind_of(name, wanted) for name, wanted in types.items()}
    return frame.with_columns(_cast(frame.get_column(name), wanted) for name, wanted in kinds.items())


def _cast(column: "pl.Series", wanted: str) -> "pl.Series":
    import polars as pl

    if column.dtype == pl.Boolean and wanted in ("number", "integer"):
        column = column.cast(pl.Int8)
    try:
        found = _from_number(column, wanted) if column.dtype.is_numeric() else _from_text(_as_text(column), wanted)
    except pl.exceptions.PolarsError:  # no form of time is seen in any value
        found = pl.Series([None] * len(column))
    lost = found.is_null() & ~column.is_null()
    if lost.any():
        example = cut(str(column.filter(lost)[0]), 40)
        raise DataError(
            f"Column {column.name!r} cannot be cast to {wanted}: {int(lost.sum())} of {len(column)} values "
            f"have no such form (first: {example!r} in row {lost.arg_max()}, from 0). Cast it to text, or drop it."
        )
    return found.alias(column.name)


def _from_number(column: "pl.Series", wanted: str) -> "pl.Series":
    import polars as pl

    if wanted == "number":
        return column.cast(pl.Float64, strict=False)
    if wanted == "integer":
        found = column.cast(pl.Int64, strict=False)
        is_whole = found.cast(pl.Float64) == column.cast(pl.Float64)  # 1.5 is no integer
        return found.set(~is_whole.fill_null(True), None)
    return _from_text(column.cast(pl.String), wanted)


def _from_text(texts: "pl.Series", wanted: str) -> "pl.Series":
    import polars as pl

    if wanted == "text":
        return texts
    texts = texts.str.strip_chars()
    if wanted in ("number", "integer"):
        return texts.cast(pl.Float64 if wanted == "number" else pl.Int64, strict=False)
    if wanted == "boolean":
        return texts.str.to_lowercase().replace_strict(_WORDS, default=None, return_dtype=pl.Boolean)
    if wanted == "date":
        return texts.str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False)
    if wanted == "time":
        texts = texts.str.replace("^([0-9]{2}:[0-9]{2})$", "${1}:00")
        return texts.str.to_time("%H:%M:%S%.f", strict=False)
    return texts.str.to_datetime(strict=False, time_unit="us")


def _as_text(column: "pl.Series") -> "pl.Series":
    import polars as pl

    if column.dtype == pl.Binary:
        return column.bin.encode("hex")
    if column.dtype.is_nested() or column.dtype == pl.Object:
        cells = [None if cell is None else json.dumps(cell, default=str) for cell in column.to_list()]
        return pl.Series(column.name, cells, dtype=pl.String)
    try:
        return column.cast(pl.String)
    except pl.exceptions.PolarsError:  # durations
        return pl.Series(column.name, [None if cell is None else str(cell) for cell in column], dtype=pl.String)
