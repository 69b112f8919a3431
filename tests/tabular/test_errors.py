"""Every refusal says what must hold, what was received, where, and what to do."""

import datetime as dt
import uuid
from decimal import Decimal

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from scipy import sparse

from imbgan.exceptions import DataError, DataTypeError, ParameterError
from imbgan.tabular import TableEncoder, n_rows, read_table


class Money(float):
    pass


NESTED = [[1, 2], {"foo": "bar"}, (1, 2), {1}, np.zeros(2)]


def income(values: list) -> pd.DataFrame:
    return pd.DataFrame({"age": range(len(values)), "income": values})


@pytest.mark.parametrize(
    ("X", "message"),
    [
        (income([1.0, np.inf, -np.inf]), r" 'income' holds 2 infinite values \(first at row 1\)\. Replace"),
        (pl.DataFrame({"f": [0.5, np.inf]}), r"Column 'f' holds 1 infinite values \(first at row 1\)"),
        (np.array([[1.0, np.inf]]), r"Column 1 holds 1 infinite values \(first at row 0\)"),
        ([[1.0], [float("inf")]], r"Column 0 holds 1 infinite values \(first at row 1\)"),
        (sparse.csr_matrix([[0.0], [np.inf]]), r"Column 0 holds 1 infinite values \(first at row 1\)"),
        (np.empty((0, 3)), r"0 sample\(s\) \(shape=\(0, 3\)\) while a minimum of 1 is required\."),
        (np.empty((4, 0)), r"0 feature\(s\) \(shape=\(4, 0\)\) while a minimum of 1 is required\."),
        (pd.DataFrame(index=range(4)), r"0 feature\(s\) \(shape=\(4, 0\)\) while a minimum of 1 is required"),
        (pd.DataFrame({"a": []}), r"0 sample\(s\) \(shape=\(0, 1\)\) while a minimum of 1 is required\."),
        (pl.DataFrame({"a": []}), r"0 sample\(s\) \(shape=\(0, 1\)\) while a minimum of 1 is required\."),
        ([], r"0 sample\(s\)"),
        ([[], []], r"0 feature\(s\) \(shape=\(2, 0\)\) while a minimum of 1 is required\."),
        (np.arange(3), "Expected 2D array, got 1D array instead.*Reshape your data"),
        ([1, 2, 3], "Expected 2D array, got 1D array instead.*Reshape your data"),
        (pd.Series([1, 2, 3]), "Expected 2D array, got 1D array instead.*Reshape your data"),
        (np.zeros((2, 2, 2)), "Expected 2D array, got an array of 3 dimensions"),
        (np.array([[1j]]), "Complex data not supported"),
        (np.array([[1j]], dtype=object), "Complex data not supported.*Column 0.*row 0"),
        (sparse.csr_matrix([[1j]]), "Complex data not supported"),
        (pd.DataFrame(np.zeros((1, 3)), columns=["a", "b", "a"]), "names must be unique, but 'a'"),
        ([[1, 2], [3]], "row 0 has 2 cells and row 1 has 1 cells"),
        ([[1, 2], 3], "row 0 has 2 cells and row 1 has int"),
        ([[2**70], [1]], "Column 0 holds an integer that does not fit 64 bits"),
        (pl.DataFrame({"x": pl.Series([2**70], dtype=pl.Int128)}), "Column 'x' holds an integer that does not fit 64"),
        (pa.table({"x": [Decimal(2**70)]}), "Column 'x' holds a decimal that does not fit 64 bits"),
        ([[Decimal("Infinity")], [Decimal(1)]], r"Column 0 holds 1 infinite values \(first at row 0\)"),
        (pa.table({"x": [1.0, float("inf")]}), r"Column 'x' holds 1 infinite values \(first at row 1\)"),
        (pa.table([[1], [2]], names=["a", "a"]), "names must be unique, but 'a'"),
        (pa.table({"x": pa.array([], pa.int8())}), r"0 sample\(s\) \(shape=\(0, 1\)\)"),
        (pa.array([1, 2]), "Expected 2D array, got 1D array instead"),
        (np.array(5.0), "got an array of 0 dimensions"),
        (np.ma.zeros((2, 2, 2)), "Expected 2D array, got an array of 3 dimensions"),
    ],
)  # fmt: skip
def test_bad_tables_are_refused(X: object, message: str) -> None:
    with pytest.raises(DataError, match=message):
        read_table(X)


@pytest.mark.parametrize("cell", NESTED, ids=lambda cell: type(cell).__name__)
def test_nested_cells_are_refused(cell: object) -> None:
    kind = type(cell).__name__
    column = pd.Series([1, 2, cell], dtype=object)
    message = f"Column {{}} holds a {kind} at row 2, but every cell must be .*a string or a number.*Unpack"
    with pytest.raises(DataTypeError, match=message.format("'x'")):
        read_table(pd.DataFrame({"x": column}))
    array = np.empty((3, 1), dtype=object)
    array[:, 0] = list(column)
    with pytest.raises(DataTypeError, match=message.format("0")):
        read_table(array)


@pytest.mark.parametrize(
    ("X", "message"),
    [
        (pl.DataFrame({"x": [["a"], ["b"]]}), "Column 'x' has the data type List.*unpack"),
        (pl.DataFrame({"x": [{"a": 1}]}), "Column 'x' has the data type Struct"),
        (pl.DataFrame({"x": [b"a"]}), "Column 'x' has the data type Binary"),
        (pa.table({"x": [["a"], ["b"]]}), "Column 'x' has the data type list.*unpack"),
        (pa.table({"x": [b"a"]}), "Column 'x' has the data type binary.*drop"),
        (pa.table({"x": pa.array([1, 2]).dictionary_encode()}), "Column 'x' has the data type dictionary"),
        (pd.DataFrame({"x": pd.Series([{"a": 1}], dtype=pd.ArrowDtype(pa.struct({"a": pa.int8()})))}), "type struct"),
        (np.array([(1, 2.0)], dtype=[("a", int), ("b", float)]), "structured array with the fields 'a', 'b'.*Convert"),
        (np.rec.fromarrays([[1, 2], [3, 4]], names="a,b"), "structured array"),
        (np.ma.array([(1, 2.0)], dtype=[("a", int), ("b", float)]), "structured array"),
        (pd.DataFrame({"x": pd.Series([dt.time(1, tzinfo=dt.UTC)], dtype=object)}), "time objects with a time zone"),
        (
            pd.DataFrame({"x": pd.Series([Money(1.5), 2.0], dtype=object)}),
            "'x' holds a Money at row 0.*derived from float",
        ),
        (pd.DataFrame({"x": pd.Series([uuid.UUID(int=1), "a"], dtype=object)}), r"'x' mixes.*\(str, uuid\)"),
        (pd.DataFrame({"x": pd.period_range("2020", periods=2, freq="M")}), "'x' has the data type period"),
        (
            pd.DataFrame({"x": pd.Series([dt.date(2020, 1, 1), "a"], dtype=object)}),
            r"'x' mixes.*\(date, str\)",
        ),
        (
            pd.DataFrame({"x": pd.Series([dt.datetime(2020, 1, 1, tzinfo=dt.UTC)], dtype=object)}),
            "'x' holds datetime objects with a time zone",
        ),
        (np.array([[b"a"]]), "X has the data type |S1"),
        ("table.csv", "must be a pandas or polars DataFrame.*got str"),
        (None, "got NoneType"),
    ],
)
def test_types_without_a_kind_are_refused(X: object, message: str) -> None:
    with pytest.raises(DataTypeError, match=message):
        read_table(X)
    if X is None or isinstance(X, str):
        with pytest.raises(DataTypeError):
            n_rows(X)


@pytest.mark.parametrize(
    ("kinds", "error", "message"),
    [
        (
            {"incme": "integer"},
            ParameterError,
            "lacks: 'incme'. Did you mean 'income'. X has 'income', 'city'",
        ),
        (
            {"income": "number"},
            ParameterError,
            r"kinds\['income'\] must be one of 'continuous'.*Got 'number'",
        ),
        ({"city": "continuous"}, DataTypeError, "'city' cannot be of kind 'continuous': row 0 holds 'Bern'"),
        ({"income": "datetime"}, DataTypeError, "'income' cannot be of kind 'datetime': row 0 holds 1.0"),
        ({"income": "integer"}, ParameterError, "'income' cannot be of kind 'integer': row 1 holds 2.5"),
        ({"income": "boolean"}, ParameterError, "'income' cannot be of kind 'boolean': row 1 holds 2.5"),
        ({"city": "boolean"}, DataTypeError, "'city' cannot be of kind 'boolean'"),
        ({"city": "constant"}, ParameterError, "'city' cannot be of kind 'constant': row 1 holds 'Rome'"),
    ],
)
def test_kinds_that_do_not_fit_are_refused(kinds: dict, error: type[Exception], message: str) -> None:
    X = pd.DataFrame({"income": [1.0, 2.5], "city": ["Bern", "Rome"]})
    with pytest.raises(error, match=message):
        TableEncoder().fit(X, np.array([0, 1]), n_classes=2, kinds=kinds)


def fit(X: object) -> TableEncoder:
    return TableEncoder().fit(X, np.arange(n_rows(X)) % 2, n_classes=2)


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        (["age", "city"], "missing 'income'"),
        (["age", "income", "city", "extra"], "unexpected 'extra'"),
        (["age", "wage", "city"], "missing 'income'; unexpected 'wage'"),
        (["age", "city", "income"], "reordered: position 1 holds 'city' instead of 'income'"),
    ],
)
def test_other_columns_than_fitted_are_named(columns: list[str], message: str) -> None:
    encoder = fit(pd.DataFrame({"age": [1, 2, 4], "income": [0.5, 1.5, 3], "city": ["a", "b", "a"]}))
    X = pd.DataFrame({name: [1, 2, 4] for name in columns})
    with pytest.raises(DataError, match=message):
        encoder.check(X)
    with pytest.raises(DataError, match=message):
        encoder.transform(X, 0)


def test_another_number_of_columns_is_refused() -> None:
    encoder = fit(np.random.default_rng(0).normal(size=(5, 3)))
    encoder.check(np.zeros((2, 3)))
    encoder.check([[1, 2, 3]])
    for X in (np.zeros((2, 2)), [[1, 2]], sparse.csr_matrix(np.eye(2))):
        with pytest.raises(DataError, match="X has 2 features, but TableEncoder is expecting 3 features"):
            encoder.check(X)


def test_what_was_not_seen_when_fitted_is_refused() -> None:
    encoder = fit(pd.DataFrame({"n": [1, 2, 4, 2], "c": ["a", "b", "a", "b"], "k": ["x"] * 4}))
    good = {"n": [1, 2], "c": ["a", "b"], "k": ["x", "x"]}
    encoder.transform(pd.DataFrame(good), 0)
    with pytest.raises(DataError, match=r"'c' holds a level that was not seen.*'z' \(first at row 1\)\. Map"):
        encoder.transform(pd.DataFrame(good | {"c": ["a", "z"]}), 0)
    with pytest.raises(DataError, match="'k' holds a level that was not seen"):
        encoder.transform(pd.DataFrame(good | {"k": ["x", "y"]}), 0)
    with pytest.raises(DataError, match="'c' holds a missing value at row 0"):
        encoder.transform(pd.DataFrame(good | {"c": [None, "a"]}), 0)
    with pytest.raises(DataError, match="'n' holds a missing value at row 1"):
        encoder.transform(pd.DataFrame(good | {"n": pd.Series([1, None], dtype="Int64")}), 0)
    with pytest.raises(DataTypeError, match=r"'n' holds level values .data type (str|object)., but held int values"):
        encoder.transform(pd.DataFrame(good | {"n": ["1", "2"]}), 0)
    with pytest.raises(DataTypeError, match="'n' holds float values"):
        encoder.transform(pd.DataFrame(good | {"n": [1.5, 2.0]}), 0)


@pytest.mark.parametrize("numbers", ["quantile", "minmax"])
def test_what_was_not_seen_may_be_unknown(numbers: str) -> None:
    fitted = {
        "n": [1.5, 2, 4, 2, 8],
        "c": list("ababa"),
        "k": ["x"] * 5,
        "o": [1.0, None, 7, 8, 9],
        "two": [0, 1, 0, 1, 0],
    }
    encoder = TableEncoder(numbers=numbers).fit(pd.DataFrame(fitted), np.zeros(5, int), n_classes=1)
    many = TableEncoder(numbers=numbers, max_levels=2).fit(
        pd.DataFrame({"c": list("abcab")}), np.zeros(5, int), n_classes=1
    )
    rows = pd.DataFrame(fitted).iloc[:3]
    strange = rows.assign(n=[1.5, None, 4], c=["a", None, "z"], k=["x", "y", None], two=[0, None, 1])
    matrix, known = (encoder.transform(table, 3, may_be_unknown=True) for table in (strange, rows))
    np.testing.assert_array_equal(matrix[0], known[0])
    np.testing.assert_array_equal(known, encoder.transform(rows, 3))
    assert np.isfinite(matrix).all()
    width = sum(width for kind, width in encoder.spans if kind == "number")
    levels = matrix[:, width:]
    assert levels[0].sum() == len(encoder.spans) - width
    assert levels[1].sum() < levels[0].sum()
    assert np.isfinite(many.transform(pd.DataFrame({"c": ["a", "z", None]}), 0, may_be_unknown=True)).all()


def test_rows_that_hold_the_numbers_of_text_beside_numbers_alone_are_read() -> None:
    encoder = fit(pd.DataFrame({"m": pd.Series(["a", 1, 2.5, True, 1], dtype=object)}))
    for cells in ([1, 1], [2.5, 2.5], [True, True], [1, 2.5, True, "a"]):
        part = pd.DataFrame({"m": pd.Series(cells, dtype=object)})
        assert encoder.inverse_transform(encoder.transform(part, 0))["m"].tolist() == cells
    with pytest.raises(DataError, match="a level that was not seen when fitted: 3"):
        encoder.transform(pd.DataFrame({"m": pd.Series([1, 3], dtype=object)}), 0)


def test_numbers_of_another_type_or_unit_are_read() -> None:
    X = pd.DataFrame({"n": [1, 2, 4, 2], "f": [0.5, 1, 2, 3], "d": pd.date_range("2020", periods=4).as_unit("ns")})
    encoder = fit(X)
    other = X.astype({"n": "float64", "f": "float32"}).assign(d=X["d"].dt.as_unit("s"))
    back = encoder.inverse_transform(encoder.transform(other, 0))
    pd.testing.assert_frame_equal(back, X)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"numbers": "rank"}, "numbers must be 'quantile' or 'minmax', got 'rank'"),
        ({"max_levels": 1}, "at least 2, got 1"),
    ],
)
def test_parameters_are_checked(parameters: dict, message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        TableEncoder(**parameters)
