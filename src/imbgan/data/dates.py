"""Dates as people write them: day or month first, with names of months, with or without a time of day."""

from typing import TYPE_CHECKING

from imbgan.data.months import MONTHS, WEEKDAYS
from imbgan.data.reading import DATE_ORDERS, Form

if TYPE_CHECKING:
    import polars as pl

#: Years of two digits from here on belong to the last century, as in POSIX.
PIVOT = 69
WEEKDAY = r"^[^\W\d_]{2,10}(?:[.,]{1,2} ?| )"
_TIME = (
    r"(?:,?[ t] ?(?P<hour>[0-9]{1,2})[:h\u6642](?P<minute>[0-9]{2})\u5206?"
    r"(?::(?P<second>[0-9]{2})(?P<fraction>[.][0-9]{1,9})?)? ?(?P<half>[ap])?(?:[.]?m[.]?)?(?: uhr)?)?$"
)
_NUMERIC = r"^(?P<a>[0-9]{1,4})(?P<sign>[./-]) ?(?P<b>[0-9]{1,2})(?P<again>[./-]) ?(?P<c>[0-9]{1,4})[.]?" + _TIME
_EAST = (
    r"^(?P<year>[0-9]{4}) ?(?:\u5e74|\ub144) ?(?P<month>[0-9]{1,2}) ?(?:\u6708|\uc6d4) ?"
    r"(?P<day>[0-9]{1,2}) ?(?:\u65e5|\uc77c)" + _TIME
)
_NAME = r"(?P<name>[^\W\d_]{3,}[.]?)"
#: Dates with names of months, and those of East Asia: the order is in the text itself.
_WORDED = (
    _EAST,
    r"^(?P<day>[0-9]{1,2})(?:[.]|st|nd|rd|th|er)?[ -]?(?:de |of )?" + _NAME + r",?[ -]?(?:de )?"
    r"(?P<year>[0-9]{4}|[0-9]{2})" + _TIME,
    "^" + _NAME + r"[ -]?(?P<day>[0-9]{1,2})(?:st|nd|rd|th)?(?:, ?| |-)(?P<year>[0-9]{4})" + _TIME,
    r"^(?P<year>[0-9]{4})[ -]" + _NAME + r"[ -](?P<day>[0-9]{1,2})" + _TIME,
)
#: All patterns of dates, for texts in lower case.
PATTERNS = (_NUMERIC, *_WORDED)
_SOME_TIME = r"[0-9][:h\u6642][0-9]{2}"


def looks_dated(cells: "pl.Series") -> "pl.Series":
    """Return which plain cells can be dates in some form."""
    cells = _prepared(cells)
    found = cells.str.contains(PATTERNS[0])
    for pattern in PATTERNS[1:]:
        found |= cells.str.contains(pattern)
    return found


def date_forms(cells: "pl.Series") -> list[Form]:
    """Return the forms in which all plain cells are dates; more than one if their values depend on it."""
    cells = cells.unique(maintain_order=True)
    if not looks_dated(cells).all():
        return []
    kind = "datetime" if cells.str.contains(_SOME_TIME).any() else "date"
    is_numeric = cells.str.contains("^[0-9]{1,4}[./-] ?[0-9]{1,2}[./-]")
    if not is_numeric.any():
        orders = ("",)
    elif cells.str.contains("^[0-9]{2}(-[0-9]{2}){2}(?: |$)").all():  # 24-03-05
        orders = DATE_ORDERS
    else:
        orders = ("ymd",) if cells.str.contains("^[0-9]{4}").any() else ("dmy", "mdy")
    forms = [Form(kind, date_order=order) for order in orders]
    found = [(form, values) for form in forms if not (values := parse_dates(cells, form)).has_nulls()]
    first = found[0][1] if found else cells
    return [form for i, (form, values) in enumerate(found) if i == 0 or not values.equals(first)]


def are_dotted(cells: "pl.Series") -> bool:
    """Return whether points divide all dates; then the day comes first wherever the year comes last."""
    return bool(cells.str.contains(r"^[0-9]{1,2}[.] ?[0-9]{1,2}[.]").all())


def parse_dates(cells: "pl.Series", form: Form) -> "pl.Series":
    """Return the dates or times of plain cells in this form; null where a cell has another form."""
    import polars as pl

    cells = _prepared(cells)
    patterns = [pattern for pattern in PATTERNS if cells.str.contains(pattern).any()]
    parts = [_parts(cells, pattern, form.date_order or "ymd") for pattern in patterns]
    texts = pl.select(pl.coalesce(*parts) if parts else pl.repeat(None, len(cells), dtype=pl.String)).to_series()
    texts = texts.set(texts.str.starts_with("0000"), None)  # Python's calendar begins with the year 1
    if form.kind == "date":
        return texts.str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False).alias(cells.name)
    return texts.str.to_datetime("%Y-%m-%dT%H:%M:%S%.f", strict=False, time_unit="us").alias(cells.name)


def _prepared(cells: "pl.Series") -> "pl.Series":
    cells = cells.str.to_lowercase()
    if not cells.str.contains(WEEKDAY).any():
        return cells
    name = cells.str.extract(r"^([^\W\d_]+)", 1)
    is_day = name.is_in(list(WEEKDAYS)).fill_null(False)
    return cells.str.replace(WEEKDAY, "").zip_with(is_day, cells)


def _parts(cells: "pl.Series", pattern: str, order: str) -> "pl.Series":
    """Return each cell as ISO 8601 text; null where it does not match."""
    import polars as pl

    frame = pl.DataFrame({"cell": cells}).select(pl.col("cell").str.extract_groups(pattern).struct.unnest())
    if pattern == _NUMERIC:
        first, second, third = (dict(zip(order, "abc", strict=True))[part] for part in "ymd")
        is_padded = pl.col("a", "b").str.len_chars() == 2
        is_short = pl.col(first).str.len_chars() == 2
        # 1.2.10 is a version; 01.02.10 is a date.
        known = pl.when(
            pl.col("sign") == pl.col("again"),
            pl.col(first).str.len_chars().is_in([2, 4]),
            pl.col(third).str.len_chars() <= 2,
            ~is_short | (pl.col("sign") == "/") | pl.all_horizontal(is_padded),
        )
        frame = frame.with_columns(year=known.then(first), month=second, day=third)
    elif pattern != _EAST:
        frame = frame.with_columns(
            month=pl.col("name")
            .str.strip_chars_end(".")
            .replace_strict(MONTHS, default=None, return_dtype=pl.Int8)
            .cast(pl.String)
        )
    year = pl.col("year")
    century = pl.when(year.str.len_chars() == 2).then(
        pl.when(year.cast(pl.Int64, strict=False) >= PIVOT).then(pl.lit("19")).otherwise(pl.lit("20"))
    )
    hour = pl.col("hour").cast(pl.Int64, strict=False)
    hour = (
        pl.when(pl.col("half").is_null())
        .then(hour)
        .when(hour.is_between(1, 12))
        .then(hour % 12 + 12 * (pl.col("half") == "p").cast(pl.Int64))
    )
    # A time that no clock shows makes the whole cell none of these dates.
    hour = pl.when(pl.col("hour").is_null()).then(pl.lit("00")).otherwise(hour.cast(pl.String).str.zfill(2))
    day = pl.concat_str(
        century.fill_null("") + year, pl.col("month").str.zfill(2), pl.col("day").str.zfill(2), separator="-"
    )
    clock = pl.concat_str(hour, pl.col("minute", "second").fill_null("00"), separator=":")
    return frame.select(day + "T" + clock + pl.col("fraction").fill_null("")).to_series()
