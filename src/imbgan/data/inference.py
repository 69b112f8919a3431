"""Infer types of columns that were read as text."""

from typing import TYPE_CHECKING

from imbgan.data.casting import cast_columns
from imbgan.data.reading import Form, Reading

if TYPE_CHECKING:
    import polars as pl

#: Texts that mean missing in a column whose other values are all numbers, dates or booleans. In a text column they
#: remain text: "NA" is also a country, and a generator can learn it as a level.
MISSING_MARKS = ("", "NA", "N/A", "NaN", "nan", "null", "NULL", "None", "?")

# Texts with "+" or leading zeros are telephone numbers and identifiers, which conversion to numbers would damage.
_KINDS = {
    "String": "text",
    "Int64": "integer",
    "Float64": "number",
    "Boolean": "boolean",
    "Date": "date",
    "Datetime": "datetime",
    "Time": "time",
}
_INTEGER = r"^-?(0|[1-9][0-9]*)$"
_NUMBER = r"^-?(((0|[1-9][0-9]*)(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?|inf|Inf|Infinity)$"
_DATE = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_CLOCK = r"^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]{1,9})?)?$"
_MINUTES = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}"
_DATETIME = _MINUTES + r"(:[0-9]{2}(\.[0-9]{1,9})?)?$"
_ZONED = _MINUTES + r"(:[0-9]{2}(\.[0-9]{1,9})?)?(Z|[+-][0-9]{2}:?[0-9]{2})$"


def infer_types(
    frame: "pl.DataFrame", reading: Reading, *, dates_only: bool = False, decimal_comma: bool = False
) -> "pl.DataFrame":
    """Convert each text column to the type that all its values have, or to the kind that ``reading`` gives it.

    Types are tried in this order: booleans (true, false), integers, numbers, ISO 8601 dates, times of day, ISO 8601
    times. A column stays text if it has a leading zero (``"007"``), a sign ``+`` or an integer beyond 64 bits, or if a
    single value has another form. Other forms of dates are not guessed, since 03/04/2024 has two meanings.

    Parameters
    ----------
    frame : polars.DataFrame
    reading : Reading
    dates_only : bool, default=False
        Whether only dates are converted, for formats that have numbers and booleans themselves.
    decimal_comma : bool, default=False
        Whether ``"1,5"`` means one and a half, in columns without a point.
    """
    import polars as pl

    chosen = {name: form.kind for name, form in reading.columns.items() if name in frame.columns} | dict(reading.kinds)
    # The name is passed, since polars invents one for a series without a name.
    typed = pl.DataFrame(
        {
            series.name: series
            if series.name in chosen or series.dtype != pl.String
            else _typed(series, dates_only, decimal_comma)
            for series in frame.get_columns()
        }
    )
    return cast_columns(typed, chosen)


def forms_of(frame: "pl.DataFrame") -> dict[str, Form]:
    """Return the form of each column of a text file, from the types that were inferred."""
    return {name: Form(kind) for name, dtype in frame.schema.items() if (kind := _KINDS.get(type(dtype).__name__))}


def _typed(texts: "pl.Series", dates_only: bool, decimal_comma: bool) -> "pl.Series":
    import polars as pl

    values = texts.str.strip_chars()
    values = values.set(values.is_in(MISSING_MARKS), None)
    if decimal_comma and not values.str.contains(".", literal=True).any():
        values = values.str.replace(",", ".", literal=True)
    present = values.drop_nulls()
    if present.is_empty():
        return texts
    parsed: pl.Series | None = None
    if dates_only:
        parsed = _as_time(values, present)
    elif bool(present.str.to_lowercase().is_in(["true", "false"]).all()):
        parsed = values.str.to_lowercase() == "true"
    elif _match(present, _INTEGER):
        parsed = values.cast(pl.Int64, strict=False)
    elif _match(present, _NUMBER):
        parsed = values.cast(pl.Float64, strict=False)
    else:
        parsed = _as_time(values, present)
    is_whole = parsed is not None and parsed.null_count() == values.null_count()
    return parsed.alias(texts.name) if parsed is not None and is_whole else texts


def _match(present: "pl.Series", pattern: str) -> bool:
    return bool(present.str.contains(pattern).all())


def _as_time(values: "pl.Series", present: "pl.Series") -> "pl.Series | None":
    if _match(present, _CLOCK):
        return values.str.replace("^([0-9]{2}:[0-9]{2})$", "${1}:00").str.to_time("%H:%M:%S%.f", strict=False)
    parsed = _as_date(values, present)
    # Python's calendar has the years 1 to 9999 only.
    return parsed if parsed is not None and parsed.dt.year().is_between(1, 9999).all() else None


def _as_date(values: "pl.Series", present: "pl.Series") -> "pl.Series | None":
    if _match(present, _DATE):
        return values.str.to_date("%Y-%m-%d", strict=False)
    is_zoned = _match(present, _ZONED)
    if not is_zoned and not _match(present, _DATETIME):
        return None
    # All values get the same form, with T between date and time, and with seconds.
    values = values.str.replace(" ", "T").str.replace(r"(T[0-9]{2}:[0-9]{2})($|Z|[+-])", "${1}:00${2}")
    unit = "ns" if bool(present.str.contains(r"\.[0-9]{7}").any()) else "us"
    zone = "%#z" if is_zoned else ""
    return values.str.to_datetime(f"%Y-%m-%dT%H:%M:%S%.f{zone}", strict=False, time_unit=unit)
