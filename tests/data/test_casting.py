"""Columns are cast without loss, or an error names the value that the type cannot hold."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal

import polars as pl
import pytest

from imbgan.data import cast_columns
from imbgan.exceptions import DataError, ParameterError


@pytest.mark.parametrize(
    ("cells", "wanted", "expected"),
    [
        (["007", " 12 ", None], "integer", [7, 12, None]),
        (["+1.50", "1e3"], "number", [1.5, 1000.0]),
        ([1, None], "text", ["1", None]),
        ([1.0, 2.0, None], "integer", [1, 2, None]),
        ([Decimal("1.50"), Decimal("2.00")], "number", [1.5, 2.0]),
        ([Decimal("1.00")], "integer", [1]),
        (["Yes", "no", "TRUE", "0"], "boolean", [True, False, True, False]),
        ([1, 0, None], "boolean", [True, False, None]),
        (["2024-02-29", "2024-03-01T10:00:00"], "date", [date(2024, 2, 29), date(2024, 3, 1)]),
        ([datetime(2024, 2, 29, 1)], "date", [date(2024, 2, 29)]),
        ([date(2024, 2, 29)], "datetime", [datetime(2024, 2, 29)]),
        (["10:30", "23:59:59.5"], "time", [time(10, 30), time(23, 59, 59, 500_000)]),
        ([b"\xff\x00", None], "text", ["ff00", None]),
        ([[1, 2], None], "text", ["[1, 2]", None]),
        ([{"a": "é"}], "text", ['{"a": "\\u00e9"}']),
        ([time(1, 2)], "text", ["01:02:00"]),
        ([True, False], "text", ["true", "false"]),
        ([True, False], "integer", [1, 0]),
    ],
)
def test_values_of_another_type(cells, wanted, expected):
    frame = pl.DataFrame({"x": pl.Series(cells), "y": pl.Series(cells)})
    found = cast_columns(frame, {"x": wanted})
    assert found["x"].to_list() == expected
    assert found["y"].equals(frame["y"])


@pytest.mark.parametrize(
    ("cells", "wanted", "row"),
    [
        (["1", "one"], "number", 1),
        ([1.0, 1.5], "integer", 1),
        ([Decimal("1"), Decimal("1.1")], "integer", 1),
        (["1", "99999999999999999999"], "integer", 1),
        (["true", "perhaps"], "boolean", 1),
        ([0, 2], "boolean", 1),
        (["2024-02-29", "2024-02-30"], "date", 1),
        (["10:30", "25:00"], "time", 1),
        (["x", "y"], "datetime", 0),
        ([[1], [2]], "number", 0),
        ([timedelta(1)], "time", 0),
    ],
)
def test_a_value_that_the_type_cannot_hold_is_named(cells, wanted, row):
    with pytest.raises(DataError, match=rf"Column 'x' cannot be read as {wanted}: .* in row {row} \(from 0\)"):
        cast_columns(pl.DataFrame({"x": cells}), {"x": wanted})


def test_names_and_types_have_near_misses():
    frame = pl.DataFrame({"age": [1]})
    with pytest.raises(ParameterError, match="Did you mean 'age'"):
        cast_columns(frame, {"aeg": "text"})
    with pytest.raises(ParameterError, match="Did you mean 'integer'"):
        cast_columns(frame, {"age": "intger"})
