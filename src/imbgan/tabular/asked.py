"""Values that a user names for a column of numbers, dates or times, such as the bounds of a rule or of a condition."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from math import ceil, floor, inf, isinf
from typing import Any

import numpy as np

from imbgan._text import quoted
from imbgan.exceptions import ParameterError
from imbgan.tabular.schema import NANOSECONDS, DType, Family
from imbgan.tabular.statistics.grain import own_float
from imbgan.tabular.zones import zone_from_text

#: First and last number of a column that a value stands for; the first is greater where it lies between two of them.
Span = tuple[int | float, int | float]

_DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")
_MOMENT = re.compile(r"(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)")
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?")
_DURATION = re.compile(r"(-?)((?:\s*\d+(?:\.\d+)?\s*(?:days?|[dhms]|min|ms|us|ns))+)\s*")
_PIECE = re.compile(r"(\d+(?:\.\d+)?)\s*([a-z]+)")
_NAMES = {"d": "D", "day": "D", "days": "D", "min": "m"}
#: A date without a time of day stands for all its moments.
_WHOLE = frozenset({"Y", "M", "W", "D"})
_FORMS: dict[str, str] = {
    "int": "a number",
    "float": "a number",
    "datetime": "a date or time, such as '2024-01-31' or '2024-01-31 08:30'",
    "timedelta": "a duration, such as datetime.timedelta(hours=1) or '1 day 2 h 30 min'",
    "time": "a time of day, such as '08:30'",
}


def is_missing(value: object) -> bool:
    """Return whether a value stands for a missing cell: None, NaN, NaT or NA."""
    if value is None or type(value).__name__ in ("NaTType", "NAType"):
        return True
    if isinstance(value, np.datetime64 | np.timedelta64):
        return bool(np.isnat(value))
    return isinstance(value, float | np.floating | Decimal) and bool(value != value)


def span_of(value: object, family: Family, dtype: DType, label: str) -> Span:
    """Return the numbers of a column that a value stands for.

    Parameters
    ----------
    value : number, date, time, duration, or text of one of the last three
        A date without a time of day stands for the whole day, "2024-02" for the month and "2024" for the year. Dates
        and times without a zone are those of the zone of the column.
    family : {"int", "float", "datetime", "timedelta", "time"}
    dtype : DType
    label : str
        What the value is, for messages.

    Returns
    -------
    (first, last)
        Whole numbers themselves, and ticks of the unit of the column, as Python's integers of any size; floats as the
        column holds them. Infinite ends stay.

    Raises
    ------
    ParameterError
        If the value is none of the column.

    Examples
    --------
    >>> span_of("2024-02", "datetime", DType("datetime64[D]", unit="D"), "The end")
    (19754, 19782)
    >>> span_of(2.5, "int", DType("int8"), "The end")
    (3, 2)
    """
    try:
        if is_missing(value):
            raise _Refusal("It stands for a missing cell; use None for an open end.")
        if family in ("int", "float"):
            return _of_number(value, family, dtype)
        first, last = _READERS[family](value, dtype)
    except (TypeError, ValueError, OverflowError, KeyError) as error:
        why = f" {error}" if isinstance(error, _Refusal) else ""
        raise ParameterError(
            f"{label} must be {_FORMS[family]}, since the data type of the column is {dtype.text}.{why} Got "
            f"{quoted(value)}."
        ) from None
    tick = NANOSECONDS[dtype.unit]
    return -(-first // tick), last // tick


def ends_of(pair: tuple[object, object], family: Family, dtype: DType, label: str) -> Span:
    """Return the first and the last number of a column in a closed interval, None being an open end.

    Parameters
    ----------
    pair : (low, high)
        Values as :func:`span_of` takes them.
    family, dtype, label
        As for :func:`span_of`.

    Returns
    -------
    (first, last)
        Infinite at an open end. The first one is greater if no number of the column lies between the ends.

    Raises
    ------
    ParameterError
        If an end is no value of the column, or if the ends are in decreasing order.
    """
    low, high = (
        (if_open, if_open) if end is None else span_of(end, family, dtype, label)
        for end, if_open in zip(pair, (-inf, inf), strict=True)
    )
    if low[0] > high[0] and low[1] > high[1]:
        hint = " Midnight ends an interval: use one before it and one after it." if family == "time" else ""
        raise ParameterError(f"{label}: low must be at most high. Got {quoted(pair)}.{hint}")
    return low[0], high[1]


class _Refusal(ValueError):
    """A reason that the user should read."""


def _of_number(value: object, family: Family, dtype: DType) -> Span:
    plain: Any = value.item() if isinstance(value, np.generic) else value
    if isinstance(plain, bool) or not isinstance(plain, int | float | Decimal):
        raise TypeError
    if isinf(plain):
        return float(plain), float(plain)
    if family == "int":
        return ceil(plain), floor(plain)
    # Floats of 32 and 16 bits are written with fewer digits than they have.
    with np.errstate(over="ignore"):
        own = float(own_float(dtype.text)(float(plain)))
    return own, own


def _moments(value: object, dtype: DType) -> tuple[int, int]:
    """Return the first and the last nanosecond since 1970 that a date or time stands for."""
    if isinstance(value, str):
        value = _moment_of_text(value.strip())
    if isinstance(value, datetime) and value.tzinfo is not None:
        if not dtype.zone:
            raise _Refusal("Leave the time zone out: the column has none.")
        at = _naive(value.astimezone(UTC).replace(tzinfo=None))
        return at, at
    if isinstance(value, datetime):
        at = _in_utc(_naive(value), dtype.zone)
        return at, at
    start = np.datetime64(value, "D") if isinstance(value, date) else value
    if not isinstance(start, np.datetime64):
        raise TypeError
    unit, count = np.datetime_data(start.dtype)
    if unit not in _WHOLE:
        at = _in_utc(int(start.astype(np.int64)) * count * NANOSECONDS[unit], dtype.zone)
        return at, at
    first, after = (int(each.astype("datetime64[D]").astype(np.int64)) for each in (start, start + 1))
    begin, end = (_in_utc(each * NANOSECONDS["D"], dtype.zone) for each in (first, after))
    return begin, end - 1


def _moment_of_text(text: str) -> Any:  # noqa: ANN401 - a datetime64 or a datetime with a zone
    if _DATE.fullmatch(text):
        return np.datetime64(text)
    found = _MOMENT.fullmatch(text)
    return (
        np.datetime64(f"{found[1]}T{found[2]}", "ns" if "." in text else "s") if found else datetime.fromisoformat(text)
    )


def _naive(value: datetime) -> int:
    """Return nanoseconds since 1970 of a time without a zone; those of pandas have more digits than Python's."""
    since = value - type(value)(1970, 1, 1)
    micro = since // timedelta(microseconds=1)
    return int(micro) * 1000 + int(getattr(value, "nanosecond", 0))


def _in_utc(local: int, zone: str) -> int:
    """Return nanoseconds since 1970 in UTC of those on the clocks of a zone."""
    if not zone:
        return local
    try:
        clock = datetime(1970, 1, 1) + timedelta(microseconds=local // 1000)
    except OverflowError:  # beyond Python's years, which have no offsets
        return local
    offset = clock.replace(tzinfo=zone_from_text(zone)).utcoffset() or timedelta(0)
    return local - offset // timedelta(microseconds=1) * 1000


def _spans_of_time(value: object, dtype: DType) -> tuple[int, int]:
    del dtype
    if isinstance(value, str):
        value = _duration_of_text(value.strip().lower())
    elif isinstance(value, timedelta):
        value = value // timedelta(microseconds=1) * 1000 + int(getattr(value, "nanoseconds", 0))
    elif isinstance(value, np.timedelta64):
        unit, count = np.datetime_data(value.dtype)
        value = int(value.astype(np.int64)) * count * (7 * NANOSECONDS["D"] if unit == "W" else NANOSECONDS[unit])
    else:
        raise TypeError
    return value, value


def _duration_of_text(text: str) -> int:
    clock = _CLOCK.fullmatch(text)
    if clock:
        return _of_clock(clock)
    found = _DURATION.fullmatch(text)
    if not found:
        raise ValueError
    pieces: list[tuple[str, str]] = _PIECE.findall(found[2])
    total = sum(Decimal(number) * NANOSECONDS[_NAMES.get(unit, unit)] for number, unit in pieces)
    return int(total) * (-1 if found[1] else 1)


def _of_clock(found: re.Match[str]) -> int:
    hours, minutes, seconds = (int(each or 0) for each in found.group(1, 2, 3))
    if minutes > 59 or seconds > 59:
        raise ValueError
    return (hours * 3600 + minutes * 60 + seconds) * NANOSECONDS["s"] + int((found[4] or "0").ljust(9, "0"))


def _times_of_day(value: object, dtype: DType) -> tuple[int, int]:
    if isinstance(value, str):
        found = _CLOCK.fullmatch(value.strip())
        if not found:
            raise ValueError
        at = _of_clock(found)
    elif isinstance(value, time):
        if value.tzinfo is not None:
            raise _Refusal("Leave the time zone out: the column has none.")
        seconds = (value.hour * 60 + value.minute) * 60 + value.second
        at = seconds * NANOSECONDS["s"] + value.microsecond * 1000
    else:
        at = _spans_of_time(value if isinstance(value, np.timedelta64) else None, dtype)[0]
    if not 0 <= at < NANOSECONDS["D"]:
        raise ValueError
    return at, at


_READERS: dict[str, Callable[[object, DType], tuple[int, int]]] = {
    "datetime": _moments,
    "timedelta": _spans_of_time,
    "time": _times_of_day,
}
