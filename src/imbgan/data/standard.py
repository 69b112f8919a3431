"""Texts that every program reads alike: booleans, plain numbers, and ISO 8601 dates and times."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

#: Texts that mean missing in a column whose other values are all numbers, dates or booleans. In a text column they
#: remain text: "NA" is also a country, and a generator can learn it as a level.
MISSING_MARKS = (
    *(
        "",
        "NA",
        "N/A",
        "n/a",
        "N.A.",
        "n.a.",
        "#N/A",
        "<NA>",
        "NaN",
        "nan",
        "NaT",
        "null",
        "NULL",
        "Null",
        "(null)",
        r"\N",
    ),
    *("None", "none", "nil", "?", "-", "--", "---", "\u2013", "\u2014", ".", "..", "...", "\u2026", "k.A.", "k. A."),
    *("0000-00-00", "0000-00-00 00:00:00", "00.00.0000", "00/00/0000"),  # databases write such dates
)
#: Number of cells that are looked at first; most columns of text show in these that they are text.
_SAMPLE = 256
# Texts with leading zeros are codes, which conversion to numbers would damage.
_INTEGER = r"^-?(0|[1-9][0-9]*)$"
_NUMBER = r"^-?(((0|[1-9][0-9]*)(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?|inf|Inf|Infinity)$"
_BOOLEAN = r"^(?i:true|false)$"
_ISO = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}"
_DATE = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_CLOCK = r"^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]{1,9})?)?$"
_MINUTES = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}"
_DATETIME = _MINUTES + r"(:[0-9]{2}(\.[0-9]{1,9})?)?$"
_ZONED = _MINUTES + r"(:[0-9]{2}(\.[0-9]{1,9})?)?(Z|[+-][0-9]{2}:?[0-9]{2})$"
#: Numbers whose points can also divide thousands.
_GROUPED = r"^-?(?:[1-9][0-9]{0,2}(?:\.[0-9]{3})+|0|[1-9][0-9]*)$"


KIND_OF = {
    "String": "text",
    "Int64": "integer",
    "Float64": "number",
    "Boolean": "boolean",
    "Date": "date",
    "Datetime": "datetime",
    "Time": "time",
}


def present(cells: "pl.Series") -> "pl.Series":
    """Return cells without spaces at their ends, null where they mean missing in a column of numbers or dates."""
    values = cells.str.strip_chars()
    return values.set(values.is_in(MISSING_MARKS), None)


def sampled(values: "pl.Series", n: int = _SAMPLE) -> "pl.Series":
    """Return about n of the values, from all over the column."""
    return values.gather_every(max(1, len(values) // n))


def standard(values: "pl.Series", *, has_types: bool = False) -> "pl.Series | None":
    """Return values as booleans, numbers, dates or times if all of them are; None otherwise.

    Parameters
    ----------
    values : polars.Series of str
        As :func:`present` returns them.
    has_types : bool, default=False
        Whether the format has numbers and booleans itself, so that whole numbers in text are codes.
    """
    import polars as pl

    cells = values.drop_nulls()
    sample = sampled(cells)

    def match(pattern: str) -> bool:
        return bool(sample.str.contains(pattern).all()) and bool(cells.str.contains(pattern).all())

    found: pl.Series | None = None
    if match(_BOOLEAN):
        found = None if has_types else values.str.to_lowercase() == "true"
    elif match(_INTEGER):
        found = None if has_types else values.cast(pl.Int64, strict=False)
    elif match(_NUMBER):
        found = values.cast(pl.Float64, strict=False)
    elif match(_CLOCK):
        found = values.str.replace("^([0-9]{2}:[0-9]{2})$", "${1}:00").str.to_time("%H:%M:%S%.f", strict=False)
    elif match(_ISO):
        found = _as_date(values, cells)
    return found if found is not None and found.null_count() == values.null_count() else None


def are_integers(values: "pl.Series") -> bool:
    """Return whether all values are whole numbers, however large."""
    cells = values.drop_nulls()
    return bool(sampled(cells).str.contains(_INTEGER).all()) and bool(cells.str.contains(_INTEGER).all())


def may_be_grouped(values: "pl.Series") -> bool:
    """Return whether the points of plain numbers can divide thousands."""
    cells = values.drop_nulls()
    if not sampled(cells).str.contains(_GROUPED).all():
        return False
    return bool(cells.str.contains(_GROUPED).all()) and bool(cells.str.contains(".", literal=True).any())


def _as_date(values: "pl.Series", cells: "pl.Series") -> "pl.Series | None":
    def match(pattern: str) -> bool:
        return bool(cells.str.contains(pattern).all())

    if match(_DATE):
        found = values.str.to_date("%Y-%m-%d", strict=False)
    else:
        is_zoned = match(_ZONED)
        if not is_zoned and not match(_DATETIME):
            return None
        # All values get the same form, with T between date and time, and with seconds.
        values = values.str.replace(" ", "T").str.replace(r"(T[0-9]{2}:[0-9]{2})($|Z|[+-])", "${1}:00${2}")
        unit = "ns" if bool(cells.str.contains(r"\.[0-9]{7}").any()) else "us"
        found = values.str.to_datetime(f"%Y-%m-%dT%H:%M:%S%.f{'%#z' if is_zoned else ''}", strict=False, time_unit=unit)
    # Python's calendar has the years 1 to 9999 only.
    return found if bool(found.dt.year().is_between(1, 9999).all()) else None
