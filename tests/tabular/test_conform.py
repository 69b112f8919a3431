"""Rows whose columns have another type of the same values are read as the values that they are, or refused."""

import numpy as np
import pandas as pd
import polars as pl
import pytest

from imbgan.exceptions import DataError, DataTypeError
from imbgan.tabular import TableEncoder, TableStatistics

WHOLE = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8]
Y = np.arange(12) % 2
DAYS = pd.Series(pd.date_range("1500-01-01", periods=12, freq="97D", unit="s"))


def back(fitted_on: object, rows: object) -> list:
    encoder = TableEncoder().fit(pd.DataFrame({"x": fitted_on}), Y, n_classes=2)
    return encoder.inverse_transform(encoder.transform(pd.DataFrame({"x": rows}), 0))["x"].tolist()


@pytest.mark.parametrize("fitted_on", ["int64", "uint64", "int8", "float64", "UInt64"])
@pytest.mark.parametrize("rows", ["int64", "uint64", "int8", "float64", "UInt64"])
def test_numbers_of_another_type(fitted_on: str, rows: str) -> None:
    assert back(pd.Series(WHOLE, dtype=fitted_on), pd.Series(WHOLE[:5], dtype=rows)) == WHOLE[:5]


@pytest.mark.parametrize("fitted_on", ["s", "ms", "us"])
@pytest.mark.parametrize("rows", ["s", "ms", "us"])
def test_times_in_another_unit(fitted_on: str, rows: str) -> None:
    assert back(DAYS.dt.as_unit(fitted_on), DAYS.dt.as_unit(rows)) == DAYS.tolist()


def test_missing_times_in_another_unit() -> None:
    gap = DAYS.where(DAYS.index != 3)
    assert back(gap.dt.as_unit("us"), gap)[3] is pd.NaT


@pytest.mark.parametrize(
    ("fitted_on", "rows"),
    [
        (pd.Series(WHOLE, dtype="uint64"), pd.Series([-1, 2])),
        (pd.Series(WHOLE), pd.Series([2**64 - 1, 2], dtype="uint64")),
        (pd.Series(WHOLE), pd.Series([1e300, 2.0])),
        (pd.Series(pd.date_range("2020", periods=12, unit="ns")), DAYS),
    ],
)
def test_what_does_not_fit_is_refused(fitted_on: pd.Series, rows: pd.Series) -> None:
    with pytest.raises(DataError, match=r"'x' .*does not fit the data type"):
        back(fitted_on, rows)


def test_parts_of_a_stream_in_other_types() -> None:
    parts = [pl.DataFrame({"x": [5, 7, 9]}), pl.DataFrame({"x": pl.Series([5, 11, 2], dtype=pl.UInt64)})]
    statistics = TableStatistics(1)
    for part in parts:
        statistics.update(part, np.zeros(3, int))
    assert statistics.columns[0].data.bounds == (2, 11)
    with pytest.raises(DataTypeError, match="'x' has the data type Int64 in one part and UInt64 in another"):
        TableStatistics(1).update(parts[0], np.zeros(3, int)).merge(
            TableStatistics(1).update(parts[1], np.zeros(3, int))
        )


def test_parts_of_a_stream_in_other_units() -> None:
    parts = [pd.DataFrame({"x": DAYS}), pd.DataFrame({"x": DAYS.dt.as_unit("us")})]
    statistics = TableStatistics(2)
    for part in parts:
        statistics.update(part, Y)
    whole = TableStatistics(2).update(pd.concat([parts[0], parts[0]]), np.tile(Y, 2))
    assert statistics.columns[0].data.bounds == whole.columns[0].data.bounds
    assert statistics.columns[0].data.step == whole.columns[0].data.step


def test_parts_with_other_categories() -> None:
    first = pd.DataFrame({"x": pd.Categorical(["a", "b"])})
    second = pd.DataFrame({"x": pd.Categorical(["c", "b"])})
    encoder = TableEncoder.from_statistics(
        TableStatistics(1).update(first, np.zeros(2, int)).merge(TableStatistics(1).update(second, np.zeros(2, int)))
    )
    assert encoder.inverse_transform(np.eye(3)[:, : encoder.width])["x"].cat.categories.tolist() == ["a", "b", "c"]
