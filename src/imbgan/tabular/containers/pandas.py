"""pandas data frames, with columns of NumPy, of pandas' own types, and of Arrow."""

import re
import sys
from collections.abc import Hashable, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray

from imbgan.tabular.cells import missing_cell, scatter, write_cells
from imbgan.tabular.cells import read_columns as read_objects
from imbgan.tabular.containers import arrow
from imbgan.tabular.containers.base import Container, check_names, check_shape, unsupported, written
from imbgan.tabular.containers.numpy import as_integers, read_floats
from imbgan.tabular.containers.numpy import read_column as read_array
from imbgan.tabular.containers.numpy import write_column as write_array
from imbgan.tabular.equality import level_key
from imbgan.tabular.schema import Decoded, DType, RawColumn, TableSchema
from imbgan.tabular.vectors import holds_vectors, whole_cells
from imbgan.tabular.zones import zone_from_text, zone_text

if TYPE_CHECKING:
    import pandas as pd

_SPARSE = re.compile(r"Sparse\[(\w+(?:\[\w+\])?)")


class PandasContainer(Container):
    """A `pandas.DataFrame`; a target is a Series or a DataFrame of one column."""

    name = "pandas"
    is_named = True

    def holds(self, X: object) -> bool:
        module = sys.modules.get("pandas")
        return module is not None and isinstance(X, (getattr(module, "DataFrame", ()), getattr(module, "Series", ())))

    def n_rows(self, X: object) -> int:
        return len(cast("pd.DataFrame", X))

    def names(self, X: object) -> tuple[Hashable, ...]:
        frame = cast("pd.DataFrame", X)
        check_shape(frame.shape)
        return tuple(frame.columns)

    def text_like(self, X: object) -> tuple[Hashable, ...]:
        dtypes = cast("pd.DataFrame", X).dtypes
        # Types of text, of categories and of objects are of these kinds.
        return tuple(dict.fromkeys(name for name, dtype in dtypes.items() if getattr(dtype, "kind", "O") in "OU"))

    def read(self, X: object) -> tuple[int, list[RawColumn]]:
        names = self.names(X)
        check_names(names)
        frame = cast("pd.DataFrame", X)
        columns = [read_columns(name, frame.iloc[:, i]) for i, name in enumerate(names)]
        return len(frame), [column for several in columns for column in several]

    def write(self, schema: TableSchema, parts: Sequence[Decoded], n_rows: int) -> object:
        import pandas as pd

        columns = list(whole_cells(schema.columns, parts))
        series = {i: written(part, partial(write_column, dtype), _taken) for i, (_, dtype, part) in enumerate(columns)}
        frame = pd.DataFrame(series, index=pd.RangeIndex(n_rows))
        names = [name for name, *_ in columns]
        if names and all(isinstance(name, tuple) for name in names):
            frame.columns = pd.MultiIndex.from_tuples(cast("list[tuple[object, ...]]", names))
        else:
            frame.columns = pd.Index(names)
        return frame

    def take(self, X: object, rows: NDArray[np.intp]) -> object:
        return cast("pd.DataFrame", X).iloc[rows]

    def select(self, X: object, names: Sequence[Hashable]) -> object:
        return cast("pd.DataFrame", X)[list(names)]

    def with_cells(self, X: object, name: Hashable, cells: NDArray[np.generic]) -> object:
        import pandas as pd

        frame = cast("pd.DataFrame", X)
        held = np.empty(len(cells), dtype=object)
        held[:] = list(cells)
        column = pd.Series(held, index=frame.index, dtype=object)
        series = [column if own == name else frame.iloc[:, i] for i, own in enumerate(frame.columns)]
        return pd.concat(series, axis="columns").set_axis(frame.columns, axis="columns")

    def concat(self, first: object, second: object) -> object:
        import pandas as pd

        top, bottom = cast("pd.DataFrame | pd.Series", first), cast("pd.DataFrame", second)
        if isinstance(top, pd.DataFrame):
            bottom = bottom.set_axis(top.columns, axis="columns")
            # The categories of an identifier are not learned.
            lost = {
                i: kind
                for i, kind in enumerate(top.dtypes)
                if isinstance(kind, pd.CategoricalDtype) and kind != bottom.dtypes.iloc[i]
            }
            for i, kind in lost.items():
                bottom.isetitem(i, bottom.iloc[:, i].astype(kind))
        whole = pd.concat([top, bottom], ignore_index=True)
        whole.index = continued(top.index, len(bottom))
        return whole

    def split(self, X: object, name: Hashable) -> tuple[object, object]:
        frame = cast("pd.DataFrame", X)
        return frame.drop(columns=[name]), frame[name]


def continued(index: "pd.Index", n_new: int) -> "pd.Index":
    """Return an index followed by the labels of ``n_new`` rows that the table did not have.

    Whole numbers go on after the greatest one, texts with "generated 0", "generated 1" and so on. Labels of all other
    kinds (dates, numbers with decimals, several levels) are missing, since a generated row has no date. Names and data
    types stay.
    """
    import pandas as pd

    if isinstance(index, pd.RangeIndex) and index.step > 0:
        return pd.RangeIndex(index.start, index.start + (len(index) + n_new) * index.step, index.step, name=index.name)
    if n_new == 0:
        return index
    if isinstance(index, pd.MultiIndex):
        # Levels keep their data types: a missing label is no level, but a code.
        codes = [np.concatenate([code, np.full(n_new, -1)]) for code in index.codes]
        return pd.MultiIndex(levels=index.levels, codes=codes, names=index.names, verify_integrity=False)
    if pd.api.types.is_integer_dtype(index.dtype) and not index.hasnans and len(index):
        last = int(cast(Any, index.max()))
        sized = re.match(r"u?int\d+", str(index.dtype).lower())
        most = int(np.iinfo(sized[0]).max) if sized else 2**63 - 1
        if last + n_new <= most:
            return index.append(pd.Index(range(last + 1, last + 1 + n_new), dtype=index.dtype, name=index.name))
        return pd.RangeIndex(len(index) + n_new, name=index.name)
    if pd.api.types.is_string_dtype(index.dtype) and all(isinstance(label, str) for label in index):
        known, word = set(index), "generated"
        while any(f"{word} {i}" in known for i in range(n_new)):
            word += "'"
        return index.append(pd.Index([f"{word} {i}" for i in range(n_new)], dtype=index.dtype, name=index.name))
    # Positions outside of a series give missing cells of its kind.
    return pd.Index(index.to_series().reset_index(drop=True).reindex(range(len(index) + n_new)), name=index.name)


def read_columns(name: Hashable, series: "pd.Series") -> list[RawColumn]:
    """Read a pandas Series: one column, or one for each number if it holds vectors."""
    import pandas as pd

    native: Any = series.dtype
    if isinstance(native, pd.ArrowDtype) and arrow.is_vector_type(native.pyarrow_dtype):
        arrays = cast("Any", series.array).__arrow_array__()
        return arrow.read_columns(name, arrays, DType(str(native), storage="arrow", native=native))
    if isinstance(native, np.dtype) and native.kind == "O" and holds_vectors(cells := series.to_numpy()):
        return read_objects(name, cells, "object")
    return [read_column(name, series)]


def read_column(name: Hashable, series: "pd.Series") -> RawColumn:
    """Read a pandas Series."""
    import pandas as pd

    native: Any = series.dtype
    text = str(native)
    dtype = DType(text, native=native)
    if isinstance(native, pd.CategoricalDtype):
        return _read_category(name, series, dtype)
    if isinstance(native, pd.SparseDtype):
        dense = read_column(name, series.sparse.to_dense())
        fill = native.fill_value
        fill = fill.item() if isinstance(fill, np.generic) else fill
        return replace(dense, dtype=replace(dense.dtype, text=text, fill=fill, missing="", storage="", native=native))
    if isinstance(native, pd.ArrowDtype):
        arrays = cast("Any", series.array).__arrow_array__()
        return arrow.read_column(name, arrays, replace(dtype, storage="arrow"))
    missing = series.isna().to_numpy().astype(bool)
    if isinstance(native, pd.StringDtype):
        texts = series.to_numpy(dtype=object)[~missing]
        return RawColumn(name, replace(dtype, storage=native.storage), "level", scatter(texts, missing), missing)
    if isinstance(native, pd.DatetimeTZDtype):
        # Ticks count in UTC, so that no local time is ambiguous or does not exist.
        ticks = series.dt.tz_convert(None).to_numpy().astype(np.int64)
        timed = replace(dtype, unit=native.unit, zone=zone_text(native.tz))
        return RawColumn(name, timed, "datetime", ticks, missing)
    if isinstance(native, np.dtype):
        column = read_array(name, series.to_numpy()) if native.kind in "OfiubmM" else None
        if column is not None and not (native.kind in "mM" and column.dtype.unit != np.datetime_data(native)[0]):
            return replace(column, dtype=replace(column.dtype, native=None if native.kind == "O" else native))
        raise unsupported(name, text)
    return _read_nullable(name, cast("pd.Series", series[~missing]), missing, dtype)


def _read_nullable(name: Hashable, present: "pd.Series", missing: NDArray[np.bool_], dtype: DType) -> RawColumn:
    """Read a column of the nullable types of pandas: Int64, Float32, boolean."""
    kind = getattr(dtype.native, "numpy_dtype", None)
    if isinstance(kind, np.dtype) and kind.kind in "iufb" and not dtype.native.__class__.__name__.startswith("Numpy"):
        column = read_array(name, present.to_numpy(dtype=kind))
        if column.family == "float":
            values = scatter(column.values, missing)
            return read_floats(name, values, missing, dtype)
        return replace(column, dtype=dtype, values=scatter(column.values, missing), missing=missing)
    raise unsupported(name, dtype.text)


def _read_category(name: Hashable, series: "pd.Series", dtype: DType) -> RawColumn:
    native = dtype.native
    categories = native.categories
    plain = tuple(item.item() if isinstance(item, np.generic) else item for item in categories.astype(object))
    codes = series.cat.codes.to_numpy()
    missing = codes < 0
    levels = np.empty(len(plain), dtype=object)
    for i, level in enumerate(plain):  # one by one: a level may be a tuple
        levels[i] = level
    kind = replace(
        dtype,
        categories=plain,
        categories_text=str(categories.dtype),
        ordered=bool(native.ordered),
        storage=_storage(categories.dtype),
        zone=_zone(categories.dtype),
        unit="",
    )
    return RawColumn(name, kind, "level", scatter(levels[codes[~missing]], missing), missing)


def _storage(native: object) -> str:
    import pandas as pd

    if isinstance(native, pd.ArrowDtype):
        return "arrow"
    return native.storage if isinstance(native, pd.StringDtype) else ""


def _zone(native: object) -> str:
    import pandas as pd

    return zone_text(native.tz) if isinstance(native, pd.DatetimeTZDtype) else ""


def _taken(series: "pd.Series", index: NDArray[np.intp]) -> "pd.Series":
    import pandas as pd

    return series.take(index).set_axis(pd.RangeIndex(len(index)))


def write_column(dtype: DType, values: NDArray[np.generic], missing: NDArray[np.bool_]) -> "pd.Series":
    """Return a Series, the inverse of :func:`read_column`."""
    import pandas as pd

    if dtype.categories is not None:
        return _write_category(dtype, values, missing)
    if dtype.text == "object":
        return pd.Series(write_cells(dtype, values, missing), dtype=object)
    native = native_type(dtype)
    if isinstance(native, pd.SparseDtype):
        inner = np.dtype(native.subtype)
        dense = write_array(DType(str(inner), unit=dtype.unit), values, missing)
        return pd.Series(pd.arrays.SparseArray(cast("Any", dense), dtype=native))
    if isinstance(native, pd.ArrowDtype):
        array = arrow.write_column(native.pyarrow_dtype, values, missing, mark=dtype.missing)
        return pd.Series(pd.arrays.ArrowExtensionArray(cast("Any", array)))
    if isinstance(native, pd.StringDtype):
        cells = values.astype(object)
        cells[missing] = None
        return pd.Series(cells, dtype=native)
    if isinstance(native, pd.DatetimeTZDtype):
        ticks = write_array(DType(f"datetime64[{native.unit}]"), values, missing)
        return pd.Series(ticks).dt.tz_localize("UTC").dt.tz_convert(native.tz)
    if isinstance(native, np.dtype):
        return pd.Series(write_array(dtype, values, missing))
    return _write_nullable(dtype, native, values, missing)


def _write_nullable(
    dtype: DType,
    native: Any,  # noqa: ANN401 - a type of pandas
    values: NDArray[np.generic],
    missing: NDArray[np.bool_],
) -> "pd.Series":
    import pandas as pd

    if native.numpy_dtype.kind in "iu":
        values = as_integers(np.where(missing, 0, values) if values.dtype == object else values,
                             is_unsigned_64=dtype.is_unsigned_64)  # fmt: skip
    elif values.dtype == object:
        values = np.where(missing, 0, values).astype(native.numpy_dtype)
    series = pd.Series(values).astype(native)
    if missing.any():
        series[missing] = cast("Any", missing_cell("NA"))
    return series


def _write_category(dtype: DType, values: NDArray[np.generic], missing: NDArray[np.bool_]) -> "pd.Series":
    import pandas as pd

    positions = {level_key(category): code for code, category in enumerate(dtype.categories or ())}
    codes = [-1 if gap else positions[level_key(value)] for value, gap in zip(values, missing, strict=True)]
    return pd.Series(pd.Categorical.from_codes(np.array(codes, dtype=np.int64), dtype=native_type(dtype)))


def native_type(dtype: DType) -> Any:  # noqa: ANN401 - a type of NumPy, pandas or Arrow
    """Return the type of a column; that of a loaded model is built from its fields."""
    import pandas as pd

    if dtype.native is not None:
        return dtype.native
    if dtype.categories is not None:
        inner = native_type(DType(dtype.categories_text, storage=dtype.storage, zone=dtype.zone))
        levels = list(dtype.categories)
        is_object = isinstance(inner, np.dtype) and inner.kind == "O"
        index = pd.Index(levels, dtype=inner, tupleize_cols=False) if is_object else pd.Index(levels, dtype=inner)
        return pd.CategoricalDtype(index, ordered=dtype.ordered)
    if dtype.storage == "arrow":
        return pd.ArrowDtype(arrow.native_type(dtype))
    if dtype.storage:
        # pandas 2.2 knows no other missing value than NA.
        return pd.StringDtype(cast("Any", dtype.storage), **({"na_value": np.nan} if dtype.text == "str" else {}))
    if dtype.text.startswith("Sparse"):
        found = _SPARSE.match(dtype.text)
        inner = np.dtype(found[1] if found else "float64")
        return pd.SparseDtype(inner) if dtype.fill is None else pd.SparseDtype(inner, cast("Any", dtype.fill))
    if dtype.zone:
        unit = dtype.unit or dtype.text.removeprefix("datetime64[").partition(",")[0]
        return pd.DatetimeTZDtype(cast("Any", unit), zone_from_text(dtype.zone))
    return pd.api.types.pandas_dtype(dtype.text)
