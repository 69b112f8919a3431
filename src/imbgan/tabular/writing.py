"""Make the container that a table was read from again, the inverse of `reading`."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal, cast

import numpy as np
from numpy.typing import NDArray

from imbgan.tabular.cells import missing_cell, write_cells
from imbgan.tabular.schema import DType, TableSchema
from imbgan.tabular.unsigned import unshifted

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl

#: Values and missing mask of one column; "level" holds objects, every other family its plain array.
Part = tuple[NDArray[np.generic], NDArray[np.bool_]]


def write_table(schema: TableSchema, parts: Sequence[Part], n_rows: int) -> object:
    """Build the container of ``schema`` from plain columns.

    Parameters
    ----------
    schema : TableSchema
        Names, data types and container.
    parts : sequence of (values, missing)
        One pair of arrays of shape (n_rows,) a column.
    n_rows : int
        Number of rows.
    """
    dtypes = [column.dtype for column in schema.columns]
    if schema.container == "pandas":
        return _write_pandas(schema, parts, n_rows)
    if schema.container == "polars":
        import polars as pl

        return pl.DataFrame(
            [_polars_series(str(c.name), c.dtype, *p) for c, p in zip(schema.columns, parts, strict=True)]
        )
    if schema.container == "list":
        cells = [write_cells(dtype, *part).tolist() for dtype, part in zip(dtypes, parts, strict=True)]
        return [list(row) for row in zip(*cells, strict=True)]
    matrix = np.empty((n_rows, len(parts)), dtype=np.dtype(dtypes[0].text))
    for i, (dtype, part) in enumerate(zip(dtypes, parts, strict=True)):
        matrix[:, i] = _array_values(dtype, *part)
    if schema.container == "numpy":
        return matrix
    from scipy import sparse

    return getattr(sparse, schema.container)(matrix)


def _array_values(dtype: DType, values: NDArray[np.generic], missing: NDArray[np.bool_]) -> NDArray[np.generic]:
    """Return a column as NumPy holds it, without its library's own type."""
    target = np.dtype(dtype.text)
    if target.kind == "O":
        return write_cells(dtype, values, missing)
    if target.kind in "mM":
        ticks = values.astype(np.int64).astype(target)
        ticks[missing] = np.array("NaT", dtype=target)
        return ticks
    if target.kind == "f":
        numbers = values.astype(np.float64)
        numbers[missing] = np.nan
        return numbers.astype(target)
    if target == np.uint64:
        return _unsigned(values)
    return values.astype(target)


def _unsigned(values: NDArray[np.generic]) -> NDArray[np.uint64]:
    # Levels, which the caller asked for, are the numbers themselves.
    return values.astype(np.uint64) if values.dtype == object else unshifted(values)


def _write_pandas(schema: TableSchema, parts: Sequence[Part], n_rows: int) -> "pd.DataFrame":
    import pandas as pd

    series = {
        i: _pandas_series(column.dtype, *part)
        for i, (column, part) in enumerate(zip(schema.columns, parts, strict=True))
    }
    frame = pd.DataFrame(series, index=pd.RangeIndex(n_rows))
    names = list(schema.names)
    if names and all(isinstance(name, tuple) for name in names):
        frame.columns = pd.MultiIndex.from_tuples(cast("list[tuple[object, ...]]", names))
    else:
        frame.columns = pd.Index(names)
    return frame


def _pandas_series(dtype: DType, values: NDArray[np.generic], missing: NDArray[np.bool_]) -> "pd.Series":
    import pandas as pd

    if dtype.categories is not None:
        return _pandas_category(dtype, values, missing)
    if dtype.text == "object":
        return pd.Series(write_cells(dtype, values, missing), dtype=object)
    if dtype.text.startswith("Sparse"):
        inner = dtype.text.removeprefix("Sparse[").split(",")[0].rstrip("]")
        dense = _array_values(DType(inner, missing=dtype.missing), values, missing)
        kind = pd.SparseDtype(np.dtype(inner), dtype.fill)
        return pd.Series(pd.arrays.SparseArray(dense, dtype=kind))
    if dtype.storage:
        return _pandas_strings(dtype, values, missing)
    if dtype.unit:
        return _pandas_times(dtype, values, missing)
    if dtype.text.startswith("float") and "[" not in dtype.text:
        return pd.Series(_array_values(dtype, values, missing))
    if dtype.is_unsigned_64:
        values = _unsigned(values)
    plain = pd.Series(values if values.dtype != object else _numbers_or_text(values, missing))
    plain = plain.astype(dtype.text)
    if missing.any():
        plain[missing] = missing_cell("NA")
    return plain


def _pandas_strings(dtype: DType, values: NDArray[np.generic], missing: NDArray[np.bool_]) -> "pd.Series":
    import pandas as pd

    cells = values.astype(object)
    cells[missing] = None
    if dtype.storage == "arrow":
        import pyarrow as pa

        return pd.Series(cells, dtype=pd.ArrowDtype(pa.string()))
    kind = pd.StringDtype(dtype.storage, np.nan if dtype.text == "str" else pd.NA)
    return pd.Series(cells, dtype=kind)


def _numbers_or_text(values: NDArray[np.generic], missing: NDArray[np.bool_]) -> NDArray[np.generic]:
    """Return levels as an array of their own type, so that pandas converts them without guessing."""
    present = values[~missing]
    filled = values.copy()
    if missing.any() and len(present):
        filled[missing] = present[0]
    elif missing.any():
        return np.zeros(len(values), dtype=np.int64)
    return filled if isinstance(filled[0], str) else np.array(filled.tolist())


def _pandas_category(dtype: DType, values: NDArray[np.generic], missing: NDArray[np.bool_]) -> "pd.Series":
    import pandas as pd

    categories = dtype.categories or ()
    positions = {category: code for code, category in enumerate(categories)}
    codes = [-1 if gone else positions[value] for value, gone in zip(values, missing, strict=True)]
    index = pd.Index(list(categories), dtype=dtype.categories_text)
    kind = pd.CategoricalDtype(index, ordered=dtype.ordered)
    return pd.Series(pd.Categorical.from_codes(np.array(codes, dtype=np.int64), dtype=kind))


def _pandas_times(dtype: DType, values: NDArray[np.generic], missing: NDArray[np.bool_]) -> "pd.Series":
    import pandas as pd

    span = "timedelta64" if "timedelta" in dtype.text or "duration" in dtype.text else "datetime64"
    ticks = values.astype(np.int64).astype(f"{span}[{dtype.unit}]")
    ticks[missing] = np.array("NaT", dtype=ticks.dtype)
    if dtype.text.startswith("date32"):
        days = pd.Series(ticks.astype(object), dtype=dtype.text)
        return days
    series = pd.Series(ticks)
    # Ticks count in UTC; a zone, if any, stands in the name of the type.
    if ", " in dtype.text:
        series = series.dt.tz_localize("UTC")
    return series.astype(dtype.text)


def _polars_series(name: str, dtype: DType, values: NDArray[np.generic], missing: NDArray[np.bool_]) -> "pl.Series":
    import polars as pl

    if dtype.text == "Object":
        return pl.Series(name, write_cells(dtype, values, missing).tolist(), dtype=pl.Object)
    if dtype.text == "Null":
        return pl.Series(name, [None] * len(values), dtype=pl.Null)
    if dtype.is_unsigned_64:
        values = _unsigned(values)
    absent = missing_cell(dtype.missing) if dtype.missing else None
    if values.dtype == object:
        cells = [absent if gone else cell for cell, gone in zip(values, missing, strict=True)]
        series = pl.Series(name, cells, strict=False)
    else:
        series = pl.Series(name, values)
        if missing.any():
            series = (
                series.to_frame()
                .select(pl.when(pl.Series(~missing)).then(pl.col(name)).otherwise(pl.lit(absent)).alias(name))
                .to_series()
            )
    return series.cast(_polars_dtype(dtype))


def _polars_dtype(dtype: DType) -> "pl.DataType | type[pl.DataType]":
    import polars as pl

    if dtype.text == "Enum":
        return pl.Enum(cast("list[str]", list(dtype.categories or ())))
    if dtype.text == "Datetime":
        return pl.Datetime(cast("Literal['ms', 'us', 'ns']", dtype.unit), dtype.zone or None)
    if dtype.text == "Duration":
        return pl.Duration(cast("Literal['ms', 'us', 'ns']", dtype.unit))
    return cast("type[pl.DataType]", getattr(pl, dtype.text))
