"""Unsigned 64-bit integers are the numbers that they are, wherever a table goes."""

import numpy as np
import pandas as pd
import polars as pl
import pytest

from imbgan.learners.preparation import TablePreprocessor
from imbgan.quality import describe
from imbgan.quality.rows import read_rows
from imbgan.tabular import TableEncoder, read_table

HUGE = 2**64 - 1
SMALL = np.arange(168, dtype=np.uint64)
TABLES = {
    "numpy": lambda values: values.reshape(-1, 1),
    "pandas": lambda values: pd.DataFrame({"u": values}),
    "nullable": lambda values: pd.DataFrame({"u": pd.Series(values, dtype="UInt64")}),
    "sparse": lambda values: pd.DataFrame({"u": pd.arrays.SparseArray(values, fill_value=np.uint64(0))}),
    "polars": lambda values: pl.DataFrame({"u": values}),
}


def encoder_of(X, n, **parameters):
    kinds = parameters.pop("kinds", None)
    return TableEncoder(**parameters).fit(X, np.arange(n) % 2, n_classes=2, kinds=kinds)


@pytest.mark.parametrize("name", TABLES)
def test_a_column_gives_its_true_values(name):
    values = np.array([0, 1, 167, 2**53, HUGE], dtype=np.uint64)
    (column,) = read_table(TABLES[name](values)).columns
    assert column.as_objects().tolist() == values.tolist()
    np.testing.assert_array_equal(column.as_float64(), values.astype(np.float64))
    assert column.cell(column.values.max()) == HUGE


def test_missing_cells_are_nan_and_none():
    (column,) = read_table(pd.DataFrame({"u": pd.Series([3, None, HUGE], dtype="UInt64")})).columns
    assert column.as_objects().tolist() == [3, None, HUGE]
    np.testing.assert_array_equal(column.as_float64(), [3.0, np.nan, float(HUGE)])


def test_cells_of_other_families():
    X = pd.DataFrame({"t": pd.to_datetime(["2020-01-01", None]), "b": [True, False], "s": ["a", None], "n": [None] * 2})
    t, b, s, n = read_table(X).columns
    assert t.as_objects().tolist() == [np.datetime64("2020-01-01"), None]
    assert b.as_objects().tolist() == [True, False]
    np.testing.assert_array_equal(b.as_float64(), [1.0, 0.0])
    assert s.as_objects().tolist() == ["a", None]
    assert np.isnan(n.as_float64()).all()
    with pytest.raises(ValueError, match="'s' holds levels"):
        s.as_float64()


@pytest.mark.parametrize("name", TABLES)
def test_a_classifier_sees_every_distinct_value(name):
    matrix = TablePreprocessor(numbers="raw").fit_transform(TABLES[name](SMALL))
    np.testing.assert_array_equal(matrix[:, 0], np.arange(168))


@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize("low", [0, HUGE - 1])
def test_two_values_are_generated_as_often_as_they_occur(name, low):
    values = np.array([low, low + 1, low + 1] * 20, dtype=np.uint64)
    X = TABLES[name](values)
    encoder = encoder_of(X, 60)
    matrix = encoder.transform(X, 0)
    np.testing.assert_array_equal(matrix.argmax(axis=1), [0, 1, 1] * 20)
    back = encoder.inverse_transform(matrix)
    np.testing.assert_array_equal(np.asarray(back).ravel().astype(np.uint64), values)


@pytest.mark.parametrize("kind", ["categorical", "boolean"])
@pytest.mark.parametrize("name", TABLES)
def test_levels_are_the_numbers_themselves(name, kind):
    values = np.array([0, 1, 1] * 4, dtype=np.uint64) if kind == "boolean" else np.array([5, HUGE, 7] * 4, np.uint64)
    X, place = TABLES[name](values), 0 if name == "numpy" else "u"
    (column,) = read_table(X, {place: kind}).columns
    assert column.values.tolist() == values.tolist()
    encoder = encoder_of(X, 12, kinds={place: kind})
    back = encoder.inverse_transform(encoder.transform(X, 0))
    np.testing.assert_array_equal(np.asarray(back).ravel().astype(np.uint64), values)
    assert list(getattr(back, "dtypes", [])) == list(getattr(X, "dtypes", []))


def test_quality_and_descriptions_show_true_numbers():
    X = pd.DataFrame({"u": SMALL})
    y = np.arange(168) % 2
    _, rows = read_rows({"real": (X, y), "synthetic": (X, y)}, None, None)
    np.testing.assert_array_equal(rows["real"].cells[:, 0], np.arange(168))
    (column,) = describe(X, y).columns
    assert (column.low, column.high) == (0, 167)
    assert column.is_identifier


def test_a_refusal_shows_the_true_number():
    with pytest.raises(ValueError, match="'boolean': row 2 holds 2"):
        read_table(pd.DataFrame({"u": SMALL}), {"u": "boolean"})
