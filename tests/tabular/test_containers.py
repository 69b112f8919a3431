"""Every container and data type goes in and comes out as it was."""

import datetime as dt
from collections.abc import Callable

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from polars.testing import assert_frame_equal as assert_polars_equal
from scipy import sparse

from imbgan.tabular import TableEncoder, concat, n_rows, take

N = 12
Y = np.array([0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1])
WHOLE = [3, -1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8]
FLOATS = [0.25, 1.5, -3.125, 1e-7, 2.5e8, 0.1, 0.0, 0.0, 7.75, 1 / 3, 2.0, -0.5]
TEXTS = ["a", "b", "a", "c", "ä", "b", "", "a", "b", "c", "c", "a"]
DAYS = [dt.datetime(2020, 1, 1) + dt.timedelta(days=day) for day in WHOLE]
TIMES = [dt.datetime(2020, 1, 1, 13, 5, 7) + dt.timedelta(seconds=61 * second) for second in WHOLE]
SPANS = [dt.timedelta(hours=hour) for hour in WHOLE]


def with_gap(values: list) -> list:
    """Return ``values`` with two missing cells."""
    return [None if i in (2, 10) else value for i, value in enumerate(values)]


def round_trip(X: object, y: np.ndarray = Y, **parameters: object) -> object:
    """Encode and decode a table."""
    kinds = parameters.pop("kinds", None)
    encoder = TableEncoder(**parameters).fit(X, y, n_classes=int(y.max()) + 1, kinds=kinds)
    matrix = encoder.transform(X, 0)
    assert matrix.dtype == np.float32
    assert matrix.shape == (len(y), encoder.width)
    return encoder.inverse_transform(matrix)


PANDAS_COLUMNS: dict[str, Callable[[], pd.Series]] = {
    "int64": lambda: pd.Series(WHOLE),
    "int8": lambda: pd.Series(WHOLE, dtype="int8"),
    "uint64": lambda: pd.Series([2**64 - 1 - abs(value) for value in WHOLE], dtype="uint64"),
    "uint64 small": lambda: pd.Series(WHOLE, dtype="int64").abs().astype("uint64"),
    "int64 wide": lambda: pd.Series([2**63 - 1 - abs(v) if v % 2 else -(2**63) + abs(v) for v in WHOLE]),
    "integers with gaps": lambda: pd.Series(with_gap(WHOLE), dtype="float64"),
    "float64": lambda: pd.Series(FLOATS),
    "float32": lambda: pd.Series(FLOATS, dtype="float32"),
    "float with gaps": lambda: pd.Series(with_gap(FLOATS), dtype="float64"),
    "huge floats": lambda: pd.Series([1.7e308, -1.7e308, *FLOATS[2:]]),
    "bool": lambda: pd.Series([value > 3 for value in WHOLE]),
    "str": lambda: pd.Series(TEXTS, dtype="str"),
    "str with gaps": lambda: pd.Series(with_gap(TEXTS), dtype="str"),
    "object str": lambda: pd.Series(with_gap(TEXTS), dtype="object"),
    "object bool": lambda: pd.Series(with_gap([value > 3 for value in WHOLE]), dtype="object"),
    "object mixed": lambda: pd.Series([1, "1", True, 1.0, "a", 2, 2.5, False, "b", 1, True, "1"], dtype="object"),
    "object date": lambda: pd.Series(with_gap([day.date() for day in DAYS]), dtype="object"),
    "object datetime": lambda: pd.Series(with_gap(TIMES), dtype="object"),
    "object timedelta": lambda: pd.Series(with_gap(SPANS), dtype="object"),
    "Int64": lambda: pd.Series(with_gap(WHOLE), dtype="Int64"),
    "UInt64": lambda: pd.Series(with_gap([2**64 - 1 - abs(v) for v in WHOLE]), dtype="UInt64"),
    "Float32": lambda: pd.Series(with_gap(FLOATS), dtype="Float32"),
    "boolean": lambda: pd.Series(with_gap([value > 3 for value in WHOLE]), dtype="boolean"),
    "string": lambda: pd.Series(with_gap(TEXTS), dtype="string"),
    "string python": lambda: pd.Series(with_gap(TEXTS), dtype=pd.StringDtype("python")),
    "int64 arrow": lambda: pd.Series(with_gap(WHOLE), dtype="int64[pyarrow]"),
    "uint64 arrow": lambda: pd.Series(with_gap([abs(v) for v in WHOLE]), dtype="uint64[pyarrow]"),
    "float arrow": lambda: pd.Series(with_gap(FLOATS), dtype="float[pyarrow]"),
    "double arrow": lambda: pd.Series(with_gap(FLOATS), dtype="double[pyarrow]"),
    "bool arrow": lambda: pd.Series(with_gap([value > 3 for value in WHOLE]), dtype="bool[pyarrow]"),
    "string arrow": lambda: pd.Series(with_gap(TEXTS), dtype="string[pyarrow]"),
    "string arrow dtype": lambda: pd.Series(with_gap(TEXTS), dtype=pd.ArrowDtype(pa.string())),
    "large string arrow": lambda: pd.Series(with_gap(TEXTS), dtype=pd.ArrowDtype(pa.large_string())),
    "timestamp arrow": lambda: pd.Series(with_gap(TIMES), dtype=pd.ArrowDtype(pa.timestamp("us"))),
    "timestamp zone arrow": lambda: (
        pd.Series(DAYS).dt.tz_localize("Asia/Tokyo").astype(pd.ArrowDtype(pa.timestamp("ms", "Asia/Tokyo")))
    ),
    "duration arrow": lambda: pd.Series(with_gap(SPANS), dtype=pd.ArrowDtype(pa.duration("ms"))),
    "date arrow": lambda: pd.Series(with_gap([day.date() for day in DAYS]), dtype=pd.ArrowDtype(pa.date32())),
    "category": lambda: pd.Series(pd.Categorical(with_gap(TEXTS), categories=["z", "c", "b", "a", "ä", ""])),
    "ordered": lambda: pd.Series(pd.Categorical(TEXTS, categories=["z", "c", "b", "a", "ä", ""], ordered=True)),
    "category of ints": lambda: pd.Series(WHOLE).astype("category"),
    "category of floats": lambda: pd.Series(FLOATS).astype("category"),
    "category of days": lambda: pd.Series(DAYS).astype("category"),
    "category of bins": lambda: pd.cut(pd.Series(with_gap(WHOLE), dtype="float64"), 3),
    "datetime64[us]": lambda: pd.Series(with_gap(TIMES), dtype="datetime64[us]"),
    "datetime64[ns]": lambda: pd.Series(DAYS, dtype="datetime64[ns]"),
    "datetime64[s]": lambda: pd.Series(with_gap(DAYS), dtype="datetime64[s]"),
    "datetime zone": lambda: pd.Series(with_gap(TIMES), dtype="datetime64[us]").dt.tz_localize("Europe/Berlin"),
    "datetime utc": lambda: pd.Series(TIMES, dtype="datetime64[ns]").dt.tz_localize("UTC"),
    "timedelta64": lambda: pd.Series(with_gap(SPANS), dtype="timedelta64[ns]"),
    "sparse float": lambda: pd.Series(pd.arrays.SparseArray(FLOATS, fill_value=0.0)),
    "sparse nan": lambda: pd.Series(pd.arrays.SparseArray([np.nan if v is None else v for v in with_gap(FLOATS)])),
    "sparse int": lambda: pd.Series(pd.arrays.SparseArray(WHOLE)),
    "sparse int fill": lambda: pd.Series(pd.arrays.SparseArray(WHOLE, fill_value=5)),
    "sparse bool": lambda: pd.Series(pd.arrays.SparseArray([value > 3 for value in WHOLE])),
    "constant": lambda: pd.Series([7] * N, dtype="int16"),
    "constant text": lambda: pd.Series(["x"] * N, dtype="category"),
    "constant day": lambda: pd.Series([DAYS[0]] * N),
    "constant bool": lambda: pd.Series([True] * N),
    "all missing": lambda: pd.Series([np.nan] * N),
    "all missing object": lambda: pd.Series([None] * N, dtype="object"),
    "all missing Int64": lambda: pd.Series([None] * N, dtype="Int64"),
    "all missing string": lambda: pd.Series([None] * N, dtype="string"),
    "all missing category": lambda: pd.Series(pd.Categorical([None] * N, categories=["a"])),
    "one value or missing": lambda: pd.Series([1.0 if v > 3 else np.nan for v in WHOLE]),
}

POLARS_COLUMNS: dict[str, Callable[[], pl.Series]] = {
    "i64": lambda: pl.Series(WHOLE),
    "i8": lambda: pl.Series(with_gap(WHOLE), dtype=pl.Int8),
    "u64": lambda: pl.Series(with_gap([2**64 - 1 - abs(v) for v in WHOLE]), dtype=pl.UInt64),
    "f64": lambda: pl.Series(with_gap(FLOATS)),
    "f32": lambda: pl.Series(FLOATS, dtype=pl.Float32),
    "f64 nan": lambda: pl.Series([float("nan") if v is None else v for v in with_gap(FLOATS)]),
    "bool": lambda: pl.Series(with_gap([value > 3 for value in WHOLE])),
    "str": lambda: pl.Series(with_gap(TEXTS)),
    "cat": lambda: pl.Series(with_gap(TEXTS), dtype=pl.Categorical),
    "enum": lambda: pl.Series(with_gap(TEXTS), dtype=pl.Enum(["z", "c", "b", "a", "ä", ""])),
    "date": lambda: pl.Series(with_gap([day.date() for day in DAYS])),
    "datetime": lambda: pl.Series(with_gap(TIMES)),
    "datetime ns": lambda: pl.Series(DAYS, dtype=pl.Datetime("ns")),
    "datetime zone": lambda: pl.Series(with_gap(TIMES)).dt.replace_time_zone("Europe/Berlin"),
    "duration": lambda: pl.Series(with_gap(SPANS), dtype=pl.Duration("ms")),
    "null": lambda: pl.Series([None] * N),
    "all missing": lambda: pl.Series([None] * N, dtype=pl.Float32),
    "all missing enum": lambda: pl.Series([None] * N, dtype=pl.Enum(["a"])),
    "constant": lambda: pl.Series(["x"] * N, dtype=pl.Categorical),
    "object": lambda: pl.Series([1, "1", 2, 1, 2, 2, "a", 1, 2, None, 1, 1], dtype=pl.Object),
}

ARRAYS: dict[str, np.ndarray] = {
    "float64": np.column_stack([FLOATS, WHOLE]),
    "float32": np.column_stack([FLOATS, WHOLE]).astype(np.float32),
    "float16": np.column_stack([np.clip(FLOATS, -9, 9), WHOLE]).astype(np.float16),
    "float nan": np.column_stack([[np.nan if v is None else v for v in with_gap(FLOATS)], WHOLE]),
    "int32": np.column_stack([WHOLE, WHOLE[::-1]]).astype(np.int32),
    "uint64": np.column_stack([np.abs(WHOLE), np.abs(WHOLE)]).astype(np.uint64),
    "bool": np.column_stack([WHOLE, WHOLE[::-1]]) > 3,
    "str": np.column_stack([TEXTS, TEXTS[::-1]]),
    "object": np.array(list(zip(with_gap(WHOLE), FLOATS, TEXTS, [v > 3 for v in WHOLE], strict=True)), dtype=object),
    "datetime": np.column_stack([np.array(DAYS, dtype="datetime64[s]")] * 2),
    "timedelta": np.column_stack([np.array(SPANS, dtype="timedelta64[ns]")] * 2),
}


@pytest.mark.parametrize("name", PANDAS_COLUMNS)
def test_pandas_column_comes_back(name: str) -> None:
    X = pd.DataFrame({"first": PANDAS_COLUMNS[name](), 5: WHOLE})
    pd.testing.assert_frame_equal(round_trip(X), X, check_exact=True)


@pytest.mark.parametrize("name", POLARS_COLUMNS)
def test_polars_column_comes_back(name: str) -> None:
    X = pl.DataFrame({"first": POLARS_COLUMNS[name](), "second": WHOLE})
    back = round_trip(X)
    assert isinstance(back, pl.DataFrame)
    assert back.schema == X.schema
    if name == "object":
        assert back["first"].to_list() == X["first"].to_list()
    else:
        assert_polars_equal(back, X, check_exact=True)


@pytest.mark.parametrize("name", ARRAYS)
def test_array_comes_back(name: str) -> None:
    X = ARRAYS[name]
    back = round_trip(X)
    assert isinstance(back, np.ndarray)
    assert back.dtype == X.dtype
    np.testing.assert_array_equal(back, X)
    if X.dtype == object:
        assert [[type(cell) for cell in row] for row in back] == [[type(cell) for cell in row] for row in X]


def test_list_of_lists_comes_back() -> None:
    X = [list(row) for row in zip(with_gap(WHOLE), FLOATS, TEXTS, [v > 3 for v in WHOLE], DAYS, strict=True)]
    back = round_trip(X)
    assert back == X
    assert [type(cell) for cell in back[0]] == [type(cell) for cell in X[0]]


@pytest.mark.parametrize("form", ["csr", "csc", "coo"])
@pytest.mark.parametrize("kind", ["matrix", "array"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int64, np.bool_])
def test_sparse_comes_back(form: str, kind: str, dtype: type) -> None:
    dense = np.column_stack([WHOLE, np.zeros(N), [0, 2] * 6]).clip(0, 4).astype(dtype)
    X = getattr(sparse, f"{form}_{kind}")(dense)
    back = round_trip(X)
    assert type(back) is type(X)
    assert back.dtype == X.dtype
    np.testing.assert_array_equal(back.toarray(), dense)


@pytest.mark.parametrize("numbers", ["quantile", "minmax"])
def test_a_whole_frame_comes_back(numbers: str) -> None:
    X = pd.DataFrame({name: make() for name, make in PANDAS_COLUMNS.items() if "float" not in name.lower()})
    X = X.drop(columns=["uint64", "UInt64", "int64 wide", "double arrow", "sparse nan"])
    pd.testing.assert_frame_equal(round_trip(X, numbers=numbers), X, check_exact=True)


def test_labels_of_columns_come_back() -> None:
    X = pd.DataFrame({("a", 1): WHOLE, ("a", 2): FLOATS})
    pd.testing.assert_frame_equal(round_trip(X), X)


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("categorical", WHOLE),
        ("categorical", FLOATS),
        ("boolean", [0, 1] * 6),
        ("continuous", WHOLE),
        ("categorical", DAYS),
    ],
)
def test_override_keeps_the_data_type(kind: str, values: list) -> None:
    for X, name in (
        (pd.DataFrame({"code": values}), "code"),
        (pl.DataFrame({"code": values}), "code"),
        ([[v] for v in values], 0),
    ):
        encoder = TableEncoder().fit(X, Y, n_classes=2, kinds={name: kind})
        assert encoder.schema_.columns[0].kind == kind
        back = round_trip(X, kinds={name: kind})
        assert back.equals(X) if hasattr(back, "equals") else back == X


@pytest.mark.parametrize("dtype", ["Int64", "int64[pyarrow]", "uint64", "Float64"])
def test_override_of_a_nullable_number_keeps_the_data_type(dtype: str) -> None:
    values = [abs(v) for v in WHOLE]
    X = pd.DataFrame({"code": pd.Series(values if dtype == "uint64" else with_gap(values), dtype=dtype)})
    pd.testing.assert_frame_equal(round_trip(X, kinds={"code": "categorical"}), X)


def test_concat_keeps_rows_types_and_container() -> None:
    X = pd.DataFrame({name: make() for name, make in PANDAS_COLUMNS.items()}).set_axis(range(5, 5 + N))
    both = concat(X, round_trip(X))
    pd.testing.assert_frame_equal(both.iloc[:N], X)
    assert isinstance(both.index, pd.RangeIndex)
    assert (both.dtypes == X.dtypes).all()

    frame = pl.DataFrame({name: make() for name, make in POLARS_COLUMNS.items() if name != "object"})
    joined = concat(frame, round_trip(frame))
    assert_polars_equal(joined.head(N), frame)
    assert joined.schema == frame.schema

    for array in ARRAYS.values():
        assert concat(array, round_trip(array)).dtype == array.dtype
    rows = [[1, "a"], [2, "b"]]
    assert concat(rows, [[3, "c"]]) == [[1, "a"], [2, "b"], [3, "c"]]
    assert len(rows) == 2
    for kind in ("csr_matrix", "csc_array", "coo_matrix"):
        matrix = getattr(sparse, kind)(np.eye(3))
        stacked = concat(matrix, matrix)
        assert type(stacked) is type(matrix)
        np.testing.assert_array_equal(stacked.toarray(), np.vstack([np.eye(3)] * 2))


@pytest.mark.parametrize("indices", [np.array([3, 1, 1]), np.array([False, True, False, True])])
def test_take_and_n_rows_work_on_tables_and_targets(indices: np.ndarray) -> None:
    rows = [3, 1, 1] if indices.dtype != bool else [1, 3]
    values = [10, 11, 12, 13]
    want = [values[row] for row in rows]
    assert list(take(pd.Series(values, index=[7, 7, 8, 9]), indices)) == want
    assert take(pl.Series(values), indices).to_list() == want
    assert take(values, indices) == want
    assert list(take(np.array(values), indices)) == want
    assert list(take(pd.DataFrame({"y": values}), indices)["y"]) == want
    assert take(pl.DataFrame({"y": values}), indices)["y"].to_list() == want
    for kind in ("csr_matrix", "csc_array", "coo_array"):
        matrix = getattr(sparse, kind)(np.array(values).reshape(-1, 1))
        taken = take(matrix, indices)
        assert type(taken) is type(matrix)
        assert taken.toarray().ravel().tolist() == want
        assert n_rows(matrix) == 4
    assert n_rows(values) == n_rows(np.array(values)) == n_rows(pl.Series(values)) == 4


def test_reading_arrays_loads_no_dataframe_library() -> None:
    import subprocess
    import sys

    code = (
        "import sys, numpy as np; from imbgan.tabular import TableEncoder as T;"
        "X = np.arange(6.0).reshape(3, 2); e = T().fit(X, np.array([0, 0, 1]), n_classes=2);"
        "e.inverse_transform(e.transform(X, 0));"
        "assert not {'pandas', 'polars', 'jax', 'sklearn'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
