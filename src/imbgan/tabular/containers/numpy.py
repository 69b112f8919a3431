"""NumPy arrays, masked arrays and matrices."""

from collections.abc import Hashable, Sequence
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from imbgan.exceptions import DataError, DataTypeError
from imbgan.tabular.cells import read_cells, read_columns, write_cells
from imbgan.tabular.containers.base import Container, check_shape
from imbgan.tabular.schema import NANOSECONDS, Decoded, DType, RawColumn, TableSchema, plain_part
from imbgan.tabular.unsigned import shifted, unshifted
from imbgan.tabular.vectors import whole_cells


class NumpyContainer(Container):
    """An ndarray; a target is one of one dimension."""

    name = "numpy"

    def holds(self, X: object) -> bool:
        return isinstance(X, np.ndarray)

    def n_rows(self, X: object) -> int:
        shape = cast("NDArray[np.generic]", X).shape
        if not shape:
            raise DataError("Expected 2D array, got a scalar array of no dimensions (shape=()).")
        return int(shape[0])

    def names(self, X: object) -> tuple[Hashable, ...]:
        shape = cast("NDArray[np.generic]", X).shape
        check_shape(shape)
        return tuple(range(shape[1]))

    def text_like(self, X: object) -> tuple[Hashable, ...]:
        return super().text_like(X) if cast("NDArray[np.generic]", X).dtype.kind in "OUT" else ()

    def read(self, X: object) -> tuple[int, list[RawColumn]]:
        array = _checked(cast("NDArray[np.generic]", X))
        if array.dtype == object:
            cells = cast("NDArray[np.object_]", array)
            columns = [read_columns(i, cells[:, i], "object") for i in range(array.shape[1])]
            return len(array), [column for several in columns for column in several]
        return len(array), [read_column(i, array[:, i]) for i in range(array.shape[1])]

    def write(self, schema: TableSchema, parts: Sequence[Decoded], n_rows: int) -> object:
        return write_matrix(schema, parts, n_rows)

    def take(self, X: object, rows: NDArray[np.intp]) -> object:
        return cast("NDArray[np.generic]", X)[rows]

    def with_cells(self, X: object, name: Hashable, cells: NDArray[np.generic]) -> object:
        table = np.asarray(X).astype(object)
        for row, cell in enumerate(cells):
            table[row, cast("int", name)] = cell
        return table

    def concat(self, first: object, second: object) -> object:
        array = np.asarray(first)
        # Texts may be longer than those of the table.
        return np.concatenate([array, np.asarray(second, dtype=None if array.dtype.kind == "U" else array.dtype)])


class MatrixContainer(NumpyContainer):
    """An `np.matrix`, whose rows are matrices themselves."""

    name = "numpy-matrix"

    def holds(self, X: object) -> bool:
        return isinstance(X, np.matrix)

    def write(self, schema: TableSchema, parts: Sequence[Decoded], n_rows: int) -> object:
        # A view is used because the constructor of np.matrix warns that it is deprecated.
        return write_matrix(schema, parts, n_rows).view(np.matrix)

    def plain(self, X: object) -> object:
        return np.asarray(X)

    def concat(self, first: object, second: object) -> object:
        return cast("NDArray[np.generic]", super().concat(first, second)).view(np.matrix)


class MaskedContainer(NumpyContainer):
    """A masked array; cells under the mask are missing, and their values are never read."""

    name = "numpy-masked"

    def holds(self, X: object) -> bool:
        return isinstance(X, np.ma.MaskedArray)

    def read(self, X: object) -> tuple[int, list[RawColumn]]:
        masked = cast("np.ma.MaskedArray[Any, Any]", X)
        array = _checked(np.asarray(masked.data))
        mask = np.ma.getmaskarray(masked)
        fill = masked.fill_value
        fill = fill.item() if isinstance(fill, np.generic) else fill
        return len(array), [read_column(i, array[:, i], mask[:, i], fill) for i in range(array.shape[1])]

    def write(self, schema: TableSchema, parts: Sequence[Decoded], n_rows: int) -> object:
        array = write_matrix(schema, parts, n_rows)
        # A column whose missing cells were NaN has no cell under the mask.
        marks = [column.dtype.missing != "nan" for column in schema.columns]
        masks = [missing & mark for (_, missing), mark in zip(map(plain_part, parts), marks, strict=True)]
        mask = np.column_stack(masks) if masks else np.zeros(array.shape, bool)
        fill: Any = np.array(schema.columns[0].dtype.fill).astype(array.dtype)[()]
        array[mask] = fill
        return np.ma.MaskedArray(array, mask=mask, fill_value=fill)

    def plain(self, X: object) -> object:
        masked = cast("np.ma.MaskedArray[Any, Any]", X)
        mask = np.ma.getmaskarray(masked)
        if not mask.any():
            return np.asarray(masked.data)
        absent: Any = {"m": np.timedelta64("NaT"), "M": np.datetime64("NaT")}.get(masked.dtype.kind)
        if masked.dtype.kind in "biuf":
            masked, absent = masked.astype(np.result_type(masked.dtype, np.float32)), np.nan
        elif absent is None:
            masked = masked.astype(object)
        return np.where(mask, absent, cast("Any", masked.data))

    def concat(self, first: object, second: object) -> object:
        top = cast("np.ma.MaskedArray[Any, Any]", first)
        bottom = cast("np.ma.MaskedArray[Any, Any]", np.ma.asarray(second)).astype(top.dtype)
        return np.ma.MaskedArray(np.ma.concatenate([top, bottom]), fill_value=top.fill_value)


def read_column(
    name: Hashable, values: NDArray[np.generic], mask: NDArray[np.bool_] | None = None, fill: object = None
) -> RawColumn:
    """Read one array (n,) of any data type that a column kind describes; True in ``mask`` is missing."""
    text, code = str(values.dtype), values.dtype.kind
    missing = np.zeros(len(values), dtype=bool) if mask is None else mask.astype(bool)
    dtype = DType(text, fill=fill)
    if code == "O":
        cells = values if mask is None else np.where(missing, None, cast("Any", values))
        return read_cells(name, cast("NDArray[np.object_]", cells), text, fill=fill)
    if code == "f":
        return read_floats(name, values.astype(np.float64), missing, dtype)
    if code in "iu":
        whole = shifted(values) if text == "uint64" else values.astype(np.int64)
        return RawColumn(name, dtype, "int", whole, missing)
    if code == "b":
        return RawColumn(name, dtype, "bool", np.asarray(values, dtype=bool), missing)
    if code == "U":
        return RawColumn(name, dtype, "level", values.astype(object), missing)
    if code in "mM":
        unit, factor = np.datetime_data(cast("np.dtype[np.datetime64]", values.dtype))
        if factor == 1 and unit in NANOSECONDS:
            kind = DType(text, unit=unit, fill=fill)
            absent = missing | np.isnat(cast("NDArray[np.datetime64]", values))
            return RawColumn(name, kind, "datetime" if code == "M" else "timedelta", values.astype(np.int64), absent)
    raise DataTypeError(
        f"X has the data type {text}, which no column kind describes. Convert it to numbers, booleans, "
        "strings or datetimes of a unit between days and nanoseconds."
    )


def read_floats(name: Hashable, values: NDArray[np.generic], missing: NDArray[np.bool_], dtype: DType) -> RawColumn:
    """Return a column of floats, of which NaN is missing as well."""
    numbers = cast("NDArray[np.float64]", values)
    nan = np.isnan(numbers) & ~missing
    # Some containers tell missing from NaN; a column that holds both gets missing cells back.
    mark = "nan" if nan.any() and not missing.any() else ""
    kind = DType(dtype.text, missing=mark, fill=dtype.fill, storage=dtype.storage, native=dtype.native)
    return RawColumn(name, kind, "float", numbers, missing | nan)


def write_column(dtype: DType, values: NDArray[np.generic], missing: NDArray[np.bool_]) -> NDArray[np.generic]:
    """Return a column as an array of the type that ``dtype.text`` names, the inverse of :func:`read_column`."""
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
    if target.kind == "U":
        # Fresh identifiers may be longer than the texts of the table.
        texts = np.where(missing, "", values).astype(np.str_)
        return texts.astype(np.result_type(texts, target))
    return as_integers(values, is_unsigned_64=True) if target == np.uint64 else values.astype(target)


def as_integers(values: NDArray[np.generic], *, is_unsigned_64: bool) -> NDArray[np.generic]:
    """Return integers, or levels that are integers (the caller's own numbers), as int64 or uint64."""
    if not is_unsigned_64:
        return values.astype(np.int64)
    return values.astype(np.uint64) if values.dtype == object else unshifted(values)


def write_matrix(schema: TableSchema, parts: Sequence[Decoded], n_rows: int) -> NDArray[np.generic]:
    """Return all columns as one array with the type of the first column."""
    columns = [write_column(dtype, *plain_part(part)) for _, dtype, part in whole_cells(schema.columns, parts)]
    kind = np.dtype(schema.columns[0].dtype.text)
    matrix = np.empty((n_rows, len(columns)), dtype=np.result_type(*columns) if kind.kind == "U" else kind)
    for i, column in enumerate(columns):
        matrix[:, i] = column
    return matrix


def _checked(X: NDArray[np.generic]) -> NDArray[np.generic]:
    """Return ``X`` as a plain array of two dimensions that holds one scalar in each cell."""
    array = np.asarray(X)
    if array.dtype.names is not None:
        raise DataTypeError(
            f"X is a structured array with the fields {', '.join(map(repr, array.dtype.names))}, which is a table of "
            "named columns to other libraries only. Convert it with pandas.DataFrame(X) or polars.DataFrame(X)."
        )
    if array.dtype.kind == "c":
        raise DataError("Complex data not supported. Split X into its real and imaginary parts.")
    check_shape(array.shape)
    return array
