"""The style in which a column of a text file writes its values, learned from its cells and used for other values."""

import json
import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING, Any, cast

from imbgan.data.date_styles import DateStyle
from imbgan.data.number_styles import NumberStyle
from imbgan.data.numbers import CELL, plain
from imbgan.data.reading import Form

if TYPE_CHECKING:
    import polars as pl

_NUMBER = r"^-?[0-9]*(?:\.([0-9]*))?(?:([eE])(\+?)-?([0-9]+))?$"
_PLAIN_NUMBER = r"^(?:-?[0-9]*(?:\.[0-9]*)?(?:[eE][+-]?[0-9]+)?|-?inf|-?Inf|-?Infinity)$"
_ISO = r"^(?:[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{2}:[0-9]{2})"
_TIME = r"^(?:[0-9-]{10}([ T]))?[0-9]{2}:[0-9]{2}(:[0-9]{2}(?:\.([0-9]+))?)?(Z|[+-][0-9:]+)?$"


@dataclass(frozen=True)
class Digits:
    """The fewest and the most digits after the point; -1 means no point."""

    fewest: int
    most: int

    def trim(self, text: str) -> str:
        """Return a number with the most digits, without unnecessary zeros at its end."""
        whole, _, decimals = text.partition(".")
        decimals = decimals.rstrip("0").ljust(max(self.fewest, 0), "0")
        return whole if not decimals and self.fewest < 0 else f"{whole}.{decimals}"


@dataclass(frozen=True)
class Exponent:
    """The style of powers of ten: the letter, a plus sign or none, and the fewest digits."""

    letter: str
    plus: str
    width: int


@dataclass(frozen=True)
class Style:
    """The style in which a column writes its values.

    Parameters
    ----------
    missing : str
        The cell of a missing value, as written in the file.
    before, after : str
        Spaces around every value.
    is_quoted : bool
        Whether every value is quoted.
    words : dict
        Cells of booleans and of text, as written in the file.
    digits : Digits or None
        Digits of numbers, or of fractions of a second; None if there is no rule.
    exponent : Exponent or None
        Style of numbers that all have an exponent.
    day_separator, has_seconds, zone
        Style of times; the zone is the most frequent one.
    number : NumberStyle or None
        Style of numbers that programs do not write: with a unit, groups of digits, a decimal comma, ...
    date : DateStyle or None
        Style of dates that are not ISO 8601.
    """

    missing: str = ""
    before: str = ""
    after: str = ""
    is_quoted: bool = False
    words: dict[object, str] = field(default_factory=dict[object, str])
    digits: Digits | None = None
    exponent: Exponent | None = None
    day_separator: str = " "
    has_seconds: bool = True
    zone: str = ""
    number: NumberStyle | None = None
    date: DateStyle | None = None

    def write(self, values: "pl.Series", separator: str) -> list[str]:
        """Return values of the column's type as cells."""
        texts = _texts(values, self)
        return [
            self.missing if value is None else self.words.get(value) or self.cell(text or "", separator)
            for value, text in zip(values, texts, strict=True)
        ]

    def write_json(self, values: "pl.Series", *, is_ascii: bool) -> list[str]:
        """Return values of the column's type as JSON; an empty text if the file omits missing values."""
        is_bare = not self.is_quoted and (values.dtype.is_numeric() or str(values.dtype) == "Boolean")
        return [
            self.missing
            if value is None
            else self.words.get(value) or (text or "" if is_bare else json.dumps(text, ensure_ascii=is_ascii))
            for value, text in zip(values, _texts(values, self), strict=True)
        ]

    def cell(self, text: str, separator: str) -> str:
        """Return text as a cell, quoted if necessary."""
        if self.is_quoted or _needs_quotes(separator).search(text):
            text = '"' + text.replace('"', '""') + '"'
        return f"{self.before}{text}{self.after}"


@cache
def _needs_quotes(separator: str) -> re.Pattern[str]:
    """Return what finds a sign that only quotes protect, spaces at either end, or no text at all."""
    return re.compile(rf'[{re.escape(separator)}"\r\n]|\A\s|\s\Z|\A\Z')


def learn_style(cells: "pl.Series", values: "pl.Series", form: Form | None = None) -> Style:
    """Learn the style of a column.

    Parameters
    ----------
    cells : polars.Series of str
        Cells as written in the file, with quotes.
    values : polars.Series
        The values that were read from the cells.
    form : Form, default=None
        How they were read, if the cells are text.
    """
    import polars as pl

    is_missing = values.is_null()
    missing = _most_frequent(cells.filter(is_missing)) or ""
    cells, values = cells.filter(~is_missing), values.filter(~is_missing)
    if cells.is_empty():
        return Style(missing=missing)
    is_quoted = bool(cells.str.contains('^\\s*".*"\\s*$').all())
    if values.dtype == pl.Boolean or values.dtype == pl.String:
        counts = pl.DataFrame({"value": values, "cell": cells}).group_by("value", "cell", maintain_order=True).len()
        found = counts.sort("len", descending=True, maintain_order=True).unique("value", keep="first").drop("len")
        return Style(missing=missing, is_quoted=is_quoted, words=dict(found.iter_rows()))
    texts = cells.str.strip_chars().str.strip_chars('"').str.strip_chars()
    common: dict[str, Any] = {"missing": missing, "is_quoted": is_quoted}
    if not is_quoted:
        common |= {"before": _common(cells, "^(\\s*)"), "after": _common(cells, "(\\s*)$")}
    if (
        form is not None
        and values.dtype.is_numeric()
        and (form.thousands or not texts.str.contains(_PLAIN_NUMBER).all())
    ):
        number = NumberStyle.of(texts, form)
        return Style(**common, number=number, **_digit_style(_with_point(texts, form)))
    if form is not None and values.dtype.is_temporal() and not texts.str.contains(_ISO).all():
        return Style(**common, date=DateStyle.of(texts, values, form))
    if values.dtype.is_float():
        return Style(**common, **_digit_style(texts))
    return Style(**common, **_time_style(texts)) if _is_time(values) else Style(**common)


def _with_point(texts: "pl.Series", form: Form) -> "pl.Series":
    """Return the digits of numbers in this form with a decimal point, and nothing else."""
    bare = plain(texts)
    digits = bare.str.extract(CELL, 5)
    if form.thousands:
        digits = digits.str.replace_all(form.thousands, "", literal=True)
    return digits.str.replace(form.decimal, ".", literal=True) + bare.str.extract(CELL, 6).fill_null("")


def _digit_style(texts: "pl.Series") -> dict[str, Any]:
    if not texts.str.contains(_NUMBER).all():  # infinity
        return {}
    letters = texts.str.extract(_NUMBER, 2)
    style: dict[str, Any] = {}
    if letters.null_count() in (0, len(texts)):
        style["digits"] = _digits(texts.str.extract(_NUMBER, 1))
    if not letters.null_count():
        widths = texts.str.extract(_NUMBER, 4).str.len_chars()
        plus = "+" if texts.str.contains("+", literal=True).any() else ""
        style["exponent"] = Exponent(str(letters[0]), plus, int(cast("int", widths.min())))
    return style


def _time_style(texts: "pl.Series") -> dict[str, Any]:
    return {
        "day_separator": _most_frequent(texts.str.extract(_TIME, 1)) or " ",
        "has_seconds": not texts.str.extract(_TIME, 2).is_null().all(),
        "digits": _digits(texts.str.extract(_TIME, 3)),
        "zone": _most_frequent(texts.str.extract(_TIME, 4)) or "",
    }


def _is_time(values: "pl.Series") -> bool:
    import polars as pl

    return values.dtype == pl.Datetime or values.dtype == pl.Time


def _digits(decimals: "pl.Series") -> Digits:
    counts = decimals.str.len_chars().cast(int).fill_null(-1)
    return Digits(int(cast("int", counts.min())), int(cast("int", counts.max())))


def _most_frequent(texts: "pl.Series") -> str | None:
    counts = Counter[str](texts.drop_nulls())
    return counts.most_common(1)[0][0] if counts else None


def _common(cells: "pl.Series", pattern: str) -> str:
    found = cells.str.extract(pattern, 1).unique()
    return str(found[0]) if len(found) == 1 else ""


def _texts(values: "pl.Series", style: Style) -> list[str | None]:
    import polars as pl

    if style.date is not None:
        return [None if value is None else style.date.write(value) for value in values]
    if values.dtype.is_numeric():
        is_float = values.dtype.is_float()
        texts = [None if value is None else _write_number(value, style) if is_float else str(value) for value in values]
        return texts if style.number is None else [None if text is None else style.number.dress(text) for text in texts]
    if _is_time(values):
        return _write_times(values, style)
    return values.cast(pl.String).to_list()


def _write_number(value: float, style: Style) -> str:
    digits = style.digits
    if digits is None or value in (float("inf"), float("-inf")):
        text = repr(value)
    elif style.exponent is None:
        text = digits.trim(_round(value, max(digits.most, 0)))
    else:
        mantissa, _, power = f"{value:.{max(digits.most, 0)}e}".partition("e")
        sign = "-" if power.startswith("-") else style.exponent.plus
        power = power.lstrip("+-").lstrip("0").rjust(style.exponent.width, "0")
        text = f"{digits.trim(mantissa)}{style.exponent.letter}{sign}{power}"
    if not text.strip("-0.,"):  # no negative zero
        text = text.removeprefix("-")
    return text


def _round(value: float, n_digits: int) -> str:
    exact = repr(value)
    # With many digits, 0.1 must not become 0.1000000000000000056.
    is_enough = "e" not in exact and len(exact.partition(".")[2]) <= n_digits
    return exact if is_enough else f"{value:.{n_digits}f}"


def _write_times(values: "pl.Series", style: Style) -> list[str | None]:
    import polars as pl

    digits = style.digits or Digits(-1, 9)
    if style.zone:
        values = values.dt.convert_time_zone("UTC").dt.replace_time_zone(None) + _offset(style.zone)
    day = "" if values.dtype == pl.Time else f"%Y-%m-%d{style.day_separator}"
    shape = f"{day}%H:%M{':%S' if style.has_seconds else ''}"
    texts = values.dt.strftime(shape)
    if not style.has_seconds or digits.most < 0:
        return [None if text is None else text + style.zone for text in texts]
    nanoseconds = values.dt.nanosecond()
    return [
        None if text is None else digits.trim(f"{text}.{fraction:09d}"[: len(text) + 1 + digits.most]) + style.zone
        for text, fraction in zip(texts, nanoseconds, strict=True)
    ]


def _offset(zone: str) -> timedelta:
    found = re.fullmatch(r"([+-])([0-9]{2}):?([0-9]{2})", zone)
    if found is None:  # Z
        return timedelta()
    offset = timedelta(hours=int(found[2]), minutes=int(found[3]))
    return -offset if found[1] == "-" else offset
