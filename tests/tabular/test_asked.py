"""Values that users name for columns of numbers, dates and times, compared with what pandas makes of them."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from imbgan.exceptions import ParameterError
from imbgan.tabular.asked import ends_of, is_missing, span_of
from imbgan.tabular.schema import NANOSECONDS, DType
from imbgan.tabular.ticks import text_of_duration

MINUTES = DType("datetime64[us]", unit="us")
BERLIN = DType("datetime64[us, Europe/Berlin]", unit="us", zone="Europe/Berlin")
SPANS = DType("timedelta64[us]", unit="us")
CLOCK = DType("time", unit="ns")


def ticks(text: str, zone: str | None = None) -> int:
    """Return microseconds since 1970 of a text, as pandas reads it."""
    return pd.Timestamp(text, tz=zone).as_unit("us").value // 1000


@pytest.mark.parametrize(
    ("value", "first", "last"),
    [
        ("2024-02-28 08:30", "2024-02-28 08:30", "2024-02-28 08:30"),
        ("2024-02-28T08:30:01.5", "2024-02-28 08:30:01.5", "2024-02-28 08:30:01.5"),
        (pd.Timestamp("2024-02-28 08:30"), "2024-02-28 08:30", "2024-02-28 08:30"),
        (datetime(2024, 2, 28, 8, 30), "2024-02-28 08:30", "2024-02-28 08:30"),
        (np.datetime64("2024-02-28T08:30"), "2024-02-28 08:30", "2024-02-28 08:30"),
        ("2024-02-28", "2024-02-28", "2024-02-28 23:59:59.999999"),
        (date(2024, 2, 28), "2024-02-28", "2024-02-28 23:59:59.999999"),
        ("2024-02", "2024-02-01", "2024-02-29 23:59:59.999999"),
        ("2024", "2024-01-01", "2024-12-31 23:59:59.999999"),
    ],
)
@pytest.mark.parametrize("dtype", [MINUTES, BERLIN])
def test_dates_stand_for_all_their_moments_in_the_zone_of_the_column(
    value: object, first: str, last: str, dtype: DType
) -> None:
    zone = dtype.zone or None
    assert span_of(value, "datetime", dtype, "It") == (ticks(first, zone), ticks(last, zone))


@pytest.mark.parametrize(
    "value",
    [
        "2024-07-01T08:30Z",
        "2024-07-01 10:30:00+02:00",
        pd.Timestamp("2024-07-01 08:30", tz="UTC"),
        datetime(2024, 7, 1, 8, 30, tzinfo=UTC),
        "2024-07-01 10:30",
    ],
)
def test_a_moment_of_any_zone_is_the_same_moment(value: object) -> None:
    expected = ticks("2024-07-01 10:30", "Europe/Berlin")
    assert span_of(value, "datetime", BERLIN, "It") == (expected, expected)


@given(st.datetimes(datetime(1700, 1, 1), datetime(2200, 1, 1)), st.sampled_from(list(NANOSECONDS)))
def test_ticks_of_any_unit_enclose_the_moment(moment: datetime, unit: str) -> None:
    first, last = span_of(moment, "datetime", DType("datetime", unit=unit), "It")
    whole = pd.Timestamp(moment).value
    assert (first - 1) * NANOSECONDS[unit] < whole <= first * NANOSECONDS[unit]
    assert last * NANOSECONDS[unit] <= whole < (last + 1) * NANOSECONDS[unit]


@given(st.timedeltas(timedelta(days=-9000), timedelta(days=9000)))
def test_durations_and_their_texts(span: timedelta) -> None:
    expected = pd.Timedelta(span).value // 1000
    for value in (span, pd.Timedelta(span), np.timedelta64(span), text_of_duration(np.timedelta64(span))):
        assert span_of(value, "timedelta", SPANS, "It") == (expected, expected)


@pytest.mark.parametrize("value", ["8:30", "08:30:00", time(8, 30), np.timedelta64(510, "m")])
def test_times_of_day(value: object) -> None:
    assert span_of(value, "time", CLOCK, "It") == (510 * NANOSECONDS["m"],) * 2


@given(st.decimals(allow_nan=False, allow_infinity=False) | st.integers() | st.floats(allow_nan=False))
def test_whole_numbers_around_a_number_of_any_size(value: Any) -> None:
    first, last = span_of(value, "int", DType("uint64"), "It")
    assert last <= value <= first
    assert first - last in (0, 1) or first in (float("inf"), float("-inf"))


def test_floats_are_those_of_the_column() -> None:
    assert span_of(0.1, "float", DType("float32"), "It") == (float(np.float32(0.1)),) * 2
    assert span_of(Decimal("0.1"), "float", DType("float64"), "It") == (0.1, 0.1)


@pytest.mark.parametrize(
    ("value", "family", "dtype", "said"),
    [
        ("30", "int", DType("int64"), "must be a number"),
        (True, "float", DType("float64"), "must be a number"),
        (np.nan, "float", DType("float64"), "use None for an open end"),
        (pd.NaT, "datetime", MINUTES, "use None for an open end"),
        (2024, "datetime", MINUTES, "must be a date or time"),
        ("01/02/2024", "datetime", MINUTES, "must be a date or time"),
        ("2024-13-01", "datetime", MINUTES, "must be a date or time"),
        ("2024-01-01T00:00Z", "datetime", MINUTES, "column has none"),
        (5, "timedelta", SPANS, "must be a duration"),
        ("soon", "timedelta", SPANS, "must be a duration"),
        (np.timedelta64(5), "timedelta", SPANS, "must be a duration"),
        ("25:00", "time", CLOCK, "must be a time of day"),
        ("8:61", "time", CLOCK, "must be a time of day"),
        (time(8, tzinfo=UTC), "time", CLOCK, "column has none"),
        ([1], "int", DType("int64"), "must be a number"),
    ],
)
def test_other_values_are_refused(value: object, family: Any, dtype: DType, said: str) -> None:
    with pytest.raises(ParameterError, match=said) as error:
        span_of(value, family, dtype, "The bound")
    assert str(error.value).startswith("The bound must be")


def test_intervals() -> None:
    whole = DType("int64")
    assert ends_of((None, 2.5), "int", whole, "It") == (-np.inf, 2)
    first, last = ends_of((0.2, 0.8), "int", whole, "It")
    assert first > last  # no whole number lies between them
    with pytest.raises(ParameterError, match="low must be at most high"):
        ends_of((3, 2), "int", whole, "It")
    with pytest.raises(ParameterError, match="before it and one after it"):
        ends_of(("22:00", "02:00"), "time", CLOCK, "It")


@pytest.mark.parametrize(
    "value", [None, np.nan, np.float32("nan"), pd.NA, pd.NaT, np.datetime64("NaT"), Decimal("NaN")]
)
def test_values_of_missing_cells(value: object) -> None:
    assert is_missing(value)
    assert not any(map(is_missing, [0, "", False, "nan", np.inf, [None], np.array([np.nan])]))
