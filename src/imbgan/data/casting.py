"""Read columns as the kinds that the caller chooses."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from imbgan._text import quoted, shown
from imbgan.data.dates import parse_dates
from imbgan.data.nearest import DATES, NUMBERS, nearest
from imbgan.data.numbers import parse_numbers, plain
from imbgan.data.reading import Form, Reading, kind_of
from imbgan.data.standard import are_integers, present, standard
from imbgan.data.target import unknown_column
from imbgan.exceptions import DataError, ParameterError

if TYPE_CHECKING:
    import polars as pl

_WORDS = {
    **dict.fromkeys(("true", "yes", "t", "y", "1"), True),
    **dict.fromkeys(("false", "no", "f", "n", "0"), False),
}
Place = Callable[[int], str]
_from_zero = "row {} (from 0)".format


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
    check_columns(types, frame.columns)
    kinds = {name: kind_of(name, wanted) for name, wanted in types.items()}
    return frame.with_columns(as_kind(frame.get_column(name), wanted) for name, wanted in kinds.items())


def check_columns(names: Iterable[str], columns: Sequence[str]) -> None:
    """Raise ParameterError for the name of no column."""
    for name in names:
        if name not in columns:
            raise ParameterError(unknown_column(name, columns))


def read_kind(cells: "pl.Series", kind: str, reading: Reading, place: Place) -> "pl.Series":
    """Return a column of text as a kind, in the form that fits most cells; DataError if a cell has another form."""
    values = present(cells)
    try:
        return as_kind(values, kind, place)
    except DataError:
        if kind not in (*NUMBERS, *DATES):
            raise
    found = nearest(plain(values), NUMBERS if kind in NUMBERS else DATES, reading)
    return as_kind(_checked(values, found, kind, place), kind, place)


def read_known(cells: "pl.Series", form: Form, place: Place) -> "pl.Series":
    """Return a column of text in the form that it had in an earlier file; DataError if a cell has another form."""
    import polars as pl

    if form.kind == "text":
        return cells
    values = present(cells)
    if form.kind in ("number", "integer"):
        plain_sign = form.decimal == "." and form.thousands != "."
        found = standard(values) if plain_sign or are_integers(values) else None
        if found is None or not found.dtype.is_numeric():
            found = _or_digits(values, parse_numbers(plain(values), form))
        return _checked(values, found if form.kind == "integer" else found.cast(pl.Float64), form.kind, place, form)
    if form.kind == "boolean" or form.kind == "time":
        return as_kind(values, form.kind, place)
    found = None if form.date_order else standard(values)
    if found is None or not found.dtype.is_temporal():
        found = parse_dates(plain(values), form)
    if found.count() == 0:
        return as_kind(values, form.kind, place)
    return _checked(values, found, form.kind, place, form)


def _or_digits(values: "pl.Series", found: "pl.Series") -> "pl.Series":
    """Return numbers that were found, and codes of digits such as 007, which the user read as numbers."""
    is_code = found.is_null() & values.str.contains(r"^[+-]?[0-9]+$")
    return found.zip_with(~is_code, values.cast(found.dtype, strict=False)) if is_code.any() else found


def as_kind(column: "pl.Series", kind: str | None, place: Place = _from_zero) -> "pl.Series":
    """Return a column of any type as a kind; DataError if a value has no such form."""
    import polars as pl

    if kind is None:
        return column
    source = column.cast(pl.Int8) if column.dtype == pl.Boolean and kind in ("number", "integer") else column
    try:
        found = _from_number(source, kind) if source.dtype.is_numeric() else _from_text(_as_text(source), kind)
    except pl.exceptions.PolarsError:  # no form of time is seen in any value
        found = pl.Series([None] * len(column))
    return _checked(column, found, kind, place)


def _checked(column: "pl.Series", found: "pl.Series", kind: str, place: Place, form: Form | None = None) -> "pl.Series":
    """Return what was found, or raise DataError for the first value that was lost."""
    lost = found.is_null() & column.is_not_null()
    if not lost.any():
        return found.alias(column.name)
    row = int(lost.arg_max() or 0)
    written = "" if form is None else _written(form)
    raise DataError(
        f"Column {quoted(column.name)} cannot be read as {kind}{written}: {int(lost.sum())} of {len(column)} values "
        f"have no such form (first: {shown(column[row])!r} in {place(row)}). Mend them, read the column as text "
        "(--kind COL=text), or drop it."
    )


def _written(form: Form) -> str:
    """Return how the values of an earlier file were written."""
    if form.kind in ("number", "integer"):
        thousands = f" and {form.thousands!r} between thousands" if form.thousands else ""
        return f" with the decimal sign {form.decimal!r}{thousands}, as in the file before"
    return f" in the order {form.date_order}, as in the file before" if form.date_order else ""


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
    if wanted == "date" and texts.str.contains("^[0-9]{8}$").all():
        return texts.str.to_date("%Y%m%d", strict=False)
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
