"""Read any container into plain arrays, and refuse what no column kind describes."""

import sys
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, cast

import narwhals as nw
import numpy as np
from numpy.typing import NDArray

from imbgan._text import did_you_mean, listed
from imbgan.exceptions import DataError, DataTypeError, ParameterError
from imbgan.tabular.cells import read_cells, scatter
from imbgan.tabular.kinds import as_kind
from imbgan.tabular.schema import KINDS, DType, RawColumn, Table, describe, is_named
from imbgan.tabular.unsigned import shifted

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
    from scipy import sparse


def container_of(X: object) -> str:
    """Name the container of ``X``: "pandas", "polars", "numpy", "list", or a SciPy sparse class name.

    For a :class:`Table` it is the container that the table was read from.

    Raises
    ------
    DataTypeError
        If ``X`` is none of these.
    """
    if isinstance(X, Table):
        return X.container
    if nw.dependencies.is_pandas_dataframe(X) or nw.dependencies.is_pandas_series(X):
        return "pandas"
    if nw.dependencies.is_polars_dataframe(X) or nw.dependencies.is_polars_series(X):
        return "polars"
    if is_sparse(X):
        return type(X).__name__
    if isinstance(X, np.ndarray):
        return "numpy"
    if isinstance(X, list | tuple):
        return "list"
    raise DataTypeError(
        f"X must be a pandas or polars DataFrame, a NumPy array, a list of rows or a SciPy sparse matrix, "
        f"got {type(X).__name__}. Convert it to one of these (a lazy frame by collecting it)."
    )


def is_sparse(X: object) -> bool:
    """Whether ``X`` is a SciPy sparse container; SciPy is asked only if the caller has loaded it."""
    scipy_sparse = sys.modules.get("scipy.sparse")
    return scipy_sparse is not None and bool(scipy_sparse.issparse(X))


def read_table(X: object, kinds: Mapping[str | int, str] | None = None) -> Table:
    """Read a table from any container.

    Parameters
    ----------
    X : DataFrame, ndarray, list of rows or sparse container of shape (n, d)
        See :func:`container_of`. A :class:`Table` is not read again; only kinds that it lacks are applied to it.
    kinds : mapping from column name (position for unnamed columns) to kind, optional
        Overrides what would be inferred from the values.

    Returns
    -------
    Table
        One plain array and one missing mask a column.

    Raises
    ------
    DataError
        For an empty table, infinite values, duplicated names, ragged rows, or a wrong number of dimensions.
    DataTypeError
        For nested cells and for types that no kind describes.
    ParameterError
        If ``kinds`` names an unknown column or kind, or a kind that does not fit the values.
    """
    if isinstance(X, Table):
        return _with_kinds(X, kinds or {})
    container = container_of(X)
    if container == "pandas":
        n_rows, columns = _read_pandas(cast("pd.DataFrame", X))
    elif container == "polars":
        n_rows, columns = _read_polars(cast("pl.DataFrame", X))
    elif container == "numpy":
        n_rows, columns = _read_numpy(cast("NDArray[np.generic]", X))
    elif container == "list":
        n_rows, columns = _read_list(cast("Sequence[object]", X))
    else:
        n_rows, columns = _read_sparse(cast("sparse.csr_matrix", X))
    for column in columns:
        _reject_infinite(column)
    return _with_kinds(Table(tuple(columns), container, n_rows), kinds or {})


def _with_kinds(table: Table, kinds: Mapping[str | int, str]) -> Table:
    """Return ``table`` with the columns of ``kinds`` read so; a table that was read so already comes back itself."""
    wanted = _check_kinds(kinds, table.names)
    new = {name: kind for name, kind in wanted.items() if table.kinds.get(name) != kind}
    if not new:
        return table
    columns = tuple(as_kind(column, new[column.name]) if column.name in new else column for column in table.columns)
    return replace(table, columns=columns, kinds={**table.kinds, **new})


def read_names(X: object) -> tuple[Hashable, ...]:
    """Return the column names of ``X``, positions where it names none, without reading its values."""
    if isinstance(X, Table):
        return X.names
    container = container_of(X)
    if is_named(container):
        _check_shape(cast("pd.DataFrame", X).shape)
        return tuple(cast("pd.DataFrame", X).columns)
    if container == "list":
        rows = cast("Sequence[Sequence[object]]", X)
        return tuple(range(len(rows[0]) if rows and isinstance(rows[0], list | tuple | np.ndarray) else 0))
    _check_shape(cast("NDArray[np.generic]", X).shape)
    return tuple(range(cast("NDArray[np.generic]", X).shape[1]))


def _check_shape(shape: tuple[int, ...]) -> None:
    if len(shape) == 1:
        raise DataError(
            f"Expected 2D array, got 1D array instead (shape={shape}). Reshape your data using "
            "X.reshape(-1, 1) if it has one feature or X.reshape(1, -1) if it is one row."
        )
    if len(shape) != 2:
        raise DataError(f"Expected 2D array, got an array of {len(shape)} dimensions (shape={shape}).")
    if shape[0] == 0:
        raise DataError(f"Found array with 0 sample(s) (shape={shape}) while a minimum of 1 is required.")
    if shape[1] == 0:
        raise DataError(f"Found array with 0 feature(s) (shape={shape}) while a minimum of 1 is required.")


def _check_names(names: Sequence[Hashable]) -> None:
    seen: set[Hashable] = set()
    twice = [name for name in names if name in seen or seen.add(name)]
    if twice:
        raise DataError(
            f"Column names must be unique, but {', '.join(map(repr, dict.fromkeys(twice)))} occurs more than "
            "once. Rename or drop the repeated columns."
        )


def _check_kinds(kinds: Mapping[str | int, str], names: Sequence[Hashable]) -> Mapping[Hashable, str]:
    for name, kind in kinds.items():
        if name not in names:
            hint = did_you_mean(name, names)
            raise ParameterError(f"kinds names a column that X lacks: {name!r}.{hint} X has {listed(names, 20)}.")
        if kind not in KINDS:
            raise ParameterError(f"kinds[{name!r}] must be one of {', '.join(map(repr, KINDS))}, got {kind!r}.")
    return cast("Mapping[Hashable, str]", kinds)


def _reject_infinite(column: RawColumn) -> None:
    if column.family != "float":
        return
    wrong = np.isinf(cast("NDArray[np.float64]", column.values)) & ~column.missing
    if wrong.any():
        raise DataError(
            f"{describe(column.name)} holds {int(wrong.sum())} infinite values (first at row "
            f"{int(wrong.argmax())}). Replace or drop them: every value must be finite or missing."
        )


def _read_pandas(X: "pd.DataFrame") -> tuple[int, list[RawColumn]]:
    _check_shape(X.shape)
    names = list(X.columns)
    _check_names(names)
    return len(X), [_pandas_column(name, X.iloc[:, i]) for i, name in enumerate(names)]


def _pandas_column(name: Hashable, series: "pd.Series") -> RawColumn:
    import pandas as pd

    dtype = series.dtype
    text = str(dtype)
    if isinstance(dtype, pd.CategoricalDtype):
        return _pandas_category(name, series, dtype)
    if isinstance(dtype, pd.SparseDtype):
        dense = _pandas_column(name, series.sparse.to_dense())
        fill = dtype.fill_value
        fill = fill.item() if isinstance(fill, np.generic) else fill
        return RawColumn(name, DType(text, fill=fill), dense.family, dense.values, dense.missing)
    if text == "object":
        return read_cells(name, series.to_numpy(), text)
    storage = ""
    if isinstance(dtype, pd.StringDtype):
        storage = dtype.storage
    elif text == "string[pyarrow]":
        # pandas prints Arrow's own string type like its string type on Arrow memory.
        storage = "arrow"
    return _typed_column(name, series, DType(text, storage=storage))


def _pandas_category(name: Hashable, series: "pd.Series", dtype: "pd.CategoricalDtype") -> RawColumn:
    categories = np.asarray(dtype.categories, dtype=object)
    codes = series.cat.codes.to_numpy()
    missing = codes < 0
    plain = tuple(item.item() if isinstance(item, np.generic) else item for item in categories)
    kind = DType(str(dtype), categories=plain, categories_text=str(dtype.categories.dtype), ordered=bool(dtype.ordered))
    levels = np.empty(len(plain), dtype=object)
    levels[:] = plain
    return RawColumn(name, kind, "level", scatter(levels[codes[~missing]], missing), missing)


def _read_polars(X: "pl.DataFrame") -> tuple[int, list[RawColumn]]:
    _check_shape(X.shape)
    return X.height, [_polars_column(series) for series in X.get_columns()]


def _polars_column(series: "pl.Series") -> RawColumn:
    text = type(series.dtype).__name__ if not isinstance(series.dtype, type) else series.dtype.__name__
    if text == "Object":
        return read_cells(series.name, series.to_list(), text)
    if text == "Null":
        return RawColumn(series.name, DType(text), "none", np.zeros(len(series)), np.ones(len(series), dtype=bool))
    categories: tuple[object, ...] | None = None
    if text == "Enum":
        categories = tuple(cast("pl.Enum", series.dtype).categories.to_list())
    zone = getattr(series.dtype, "time_zone", None) or ""
    return _typed_column(series.name, series, DType(text, zone=zone, categories=categories))


def _typed_column(name: Hashable, native: "pd.Series | pl.Series", dtype: DType) -> RawColumn:
    """Read a pandas or polars column whose data type says what it holds."""
    series = nw.from_native(native, series_only=True)
    kind = series.dtype
    missing = np.array(series.is_null().to_numpy(), dtype=bool)
    present = series.filter(~series.is_null()) if missing.any() else series
    if kind.is_float():
        return _float_column(name, scatter(present.cast(nw.Float64).to_numpy(), missing), missing, dtype)
    if kind.is_integer() and not isinstance(kind, nw.Int128 | nw.UInt128):
        values = shifted(present.to_numpy()) if kind == nw.UInt64 else present.cast(nw.Int64).to_numpy()
        return RawColumn(name, dtype, "int", scatter(values, missing), missing)
    if kind == nw.Boolean:
        return RawColumn(name, dtype, "bool", scatter(present.to_numpy().astype(bool), missing), missing)
    if isinstance(kind, nw.String | nw.Enum) or (kind == nw.Categorical and "dictionary" not in dtype.text):
        texts = np.empty(len(present), dtype=object)
        texts[:] = present.cast(nw.String).to_list()
        return RawColumn(name, dtype, "level", scatter(texts, missing), missing)
    if kind == nw.Date:
        ticks = present.cast(nw.Int32).cast(nw.Int64).to_numpy()
        return RawColumn(name, _with_unit(dtype, "D"), "datetime", scatter(ticks, missing), missing)
    if isinstance(kind, nw.Datetime | nw.Duration):
        family = "datetime" if isinstance(kind, nw.Datetime) else "timedelta"
        ticks = present.cast(nw.Int64).to_numpy()
        return RawColumn(name, _with_unit(dtype, kind.time_unit), family, scatter(ticks, missing), missing)
    raise DataTypeError(
        f"{describe(name)} has the data type {dtype.text}, which no column kind describes. Convert it to "
        "numbers, booleans, strings, categories, dates or durations, or unpack it into columns of its own."
    )


def _with_unit(dtype: DType, unit: str) -> DType:
    return DType(dtype.text, unit=unit, zone=dtype.zone)


def _float_column(name: Hashable, values: NDArray[np.generic], missing: NDArray[np.bool_], dtype: DType) -> RawColumn:
    numbers = cast("NDArray[np.float64]", values)
    nan = np.isnan(numbers) & ~missing
    # polars tells null from NaN; a column that holds both gets nulls back.
    mark = "nan" if nan.any() and not missing.any() else ""
    kind = DType(dtype.text, missing=mark, fill=dtype.fill)
    return RawColumn(name, kind, "float", numbers, missing | nan)


def _read_numpy(X: NDArray[np.generic]) -> tuple[int, list[RawColumn]]:
    if X.dtype.kind == "c":
        raise DataError("Complex data not supported. Split X into its real and imaginary parts.")
    _check_shape(X.shape)
    return len(X), [_array_column(i, X[:, i]) for i in range(X.shape[1])]


def _array_column(name: int, values: NDArray[np.generic]) -> RawColumn:
    text, code = str(values.dtype), values.dtype.kind
    nowhere = np.zeros(len(values), dtype=bool)
    if code == "O":
        return read_cells(name, cast("NDArray[np.object_]", values), text)
    if code == "f":
        return _float_column(name, values.astype(np.float64), nowhere, DType(text))
    if code in "iu":
        signed = shifted(values) if text == "uint64" else values.astype(np.int64)
        return RawColumn(name, DType(text), "int", signed, nowhere)
    if code == "b":
        return RawColumn(name, DType(text), "bool", np.asarray(values, dtype=bool), nowhere)
    if code == "U":
        return RawColumn(name, DType(text), "level", values.astype(object), nowhere)
    if code in "mM":
        family, unit = (
            ("datetime" if code == "M" else "timedelta"),
            np.datetime_data(cast("np.dtype[np.datetime64]", values.dtype)),
        )
        if unit[1] == 1 and unit[0] in ("D", "h", "m", "s", "ms", "us", "ns"):
            return RawColumn(name, DType(text, unit=unit[0]), family, values.astype(np.int64), np.isnat(values))
    raise DataTypeError(
        f"X has the data type {text}, which no column kind describes. Convert it to numbers, booleans, "
        "strings or datetimes of a unit between days and nanoseconds."
    )


def _read_list(X: Sequence[object]) -> tuple[int, list[RawColumn]]:
    if not X:
        raise DataError("Found array with 0 sample(s) (shape=(0, 0)) while a minimum of 1 is required.")
    if not isinstance(X[0], list | tuple | np.ndarray):
        _check_shape((len(X),))
    rows = cast("Sequence[Sequence[object]]", X)
    width = len(rows[0])
    for number, row in enumerate(rows):
        if not isinstance(row, list | tuple | np.ndarray) or len(row) != width:
            found = f"{len(row)} cells" if isinstance(row, list | tuple | np.ndarray) else type(row).__name__
            raise DataError(
                f"Rows must be equally long, but row 0 has {width} cells and row {number} has {found}. "
                "Make every row a list with one cell a column."
            )
    _check_shape((len(rows), width))
    return len(rows), [read_cells(i, cells, "object") for i, cells in enumerate(zip(*rows, strict=True))]


def _read_sparse(X: "sparse.csr_matrix") -> tuple[int, list[RawColumn]]:
    if X.dtype.kind == "c":
        raise DataError("Complex data not supported. Split X into its real and imaginary parts.")
    shape = cast("tuple[int, int]", X.shape)
    _check_shape(shape)
    columns = X.tocsc()
    return shape[0], [_array_column(i, columns[:, [i]].toarray().reshape(-1)) for i in range(shape[1])]
