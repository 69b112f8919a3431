"""Arrow tables and record batches; their arrays are also columns of pandas."""

import re
import sys
from collections.abc import Hashable, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray

from imbgan.tabular.cells import scatter
from imbgan.tabular.containers.base import Container, check_names, check_shape, unsupported, written
from imbgan.tabular.containers.numpy import as_integers, read_floats
from imbgan.tabular.decimals import from_decimals, to_decimals
from imbgan.tabular.schema import Decoded, DType, Family, RawColumn, TableSchema
from imbgan.tabular.unsigned import shifted
from imbgan.tabular.vectors import read_vectors, whole_cells

if TYPE_CHECKING:
    import pyarrow as pa

_TIMESTAMP = re.compile(r"timestamp\[(\w+)(?:, tz=(.+))?\]")
_TICKS = re.compile(r"(time32|time64|duration)\[(\w+)\]")
_DECIMAL = re.compile(r"(decimal(?:32|64|128|256))\((\d+), (-?\d+)\)")
_VECTOR = re.compile(r"(large_list|list|fixed_size_list)<(\w+): (\w+)>(?:\[(\d+)\])?")
_DICTIONARY = re.compile(r"dictionary<values=(.+), indices=(\w+), ordered=([01])>")


class _ArrowContainer(Container):
    """The base of tables and record batches, with arrays as targets."""

    is_named = True
    classes: tuple[str, ...]

    def holds(self, X: object) -> bool:
        module = sys.modules.get("pyarrow")
        return module is not None and any(isinstance(X, getattr(module, kind)) for kind in self.classes)

    def n_rows(self, X: object) -> int:
        return len(cast("pa.Table", X))

    def names(self, X: object) -> tuple[Hashable, ...]:
        table = cast("pa.Table", X)
        check_shape((len(table), *([table.num_columns] if hasattr(table, "num_columns") else [])))
        return tuple(table.schema.names)

    def text_like(self, X: object) -> tuple[Hashable, ...]:
        schema = cast("pa.Table", X).schema
        found = [field.name for field in schema if str(field.type).startswith(("string", "large_string", "dictionary"))]
        return tuple(dict.fromkeys(found))

    def read(self, X: object) -> tuple[int, list[RawColumn]]:
        names = self.names(X)
        check_names(names)
        table = cast("pa.Table", X)
        columns = [read_columns(name, table.column(i)) for i, name in enumerate(names)]
        return table.num_rows, [column for several in columns for column in several]

    def write(self, schema: TableSchema, parts: Sequence[Decoded], n_rows: int) -> object:
        import pyarrow as pa

        columns = list(whole_cells(schema.columns, parts))
        arrays = [
            written(part, partial(write_column, native_type(dtype), mark=dtype.missing), _take)
            for _, dtype, part in columns
        ]
        return self._build(pa.Table.from_arrays(arrays, names=[str(name) for name, *_ in columns]))

    def take(self, X: object, rows: NDArray[np.intp]) -> object:
        import pyarrow as pa

        if not isinstance(X, pa.Table | pa.RecordBatch):
            return _take(X, rows)
        table = cast("Any", X)
        return type(table).from_arrays([_take(column, rows) for column in table.columns], schema=table.schema)

    def select(self, X: object, names: Sequence[Hashable]) -> object:
        return cast("pa.Table", X).select([str(name) for name in names])

    def with_cells(self, X: object, name: Hashable, cells: NDArray[np.generic]) -> object:
        import pyarrow as pa

        table = _as_table(X)
        if cells.dtype == object:
            array = pa.array(cells.tolist(), type=pa.string())
        else:
            array = pa.FixedSizeListArray.from_arrays(pa.array(cells.ravel()), cells.shape[1])
        return self._build(table.set_column(table.schema.names.index(str(name)), str(name), array))

    def concat(self, first: object, second: object) -> object:
        import pyarrow as pa

        if not isinstance(first, pa.Table | pa.RecordBatch):
            parts = cast("list[pa.Array]", [first, second])
            chunks = [c for part in parts for c in (part.chunks if isinstance(part, pa.ChunkedArray) else [part])]
            both = pa.chunked_array(chunks, type=parts[0].type)
            return both if isinstance(first, pa.ChunkedArray) else pa.concat_arrays(both.chunks)
        top, bottom = _as_table(first), _as_table(second)
        return self._build(pa.concat_tables([top, bottom.rename_columns(top.column_names).cast(top.schema)]))

    def split(self, X: object, name: Hashable) -> tuple[object, object]:
        table = cast("pa.Table", X)
        place = table.schema.names.index(str(name))
        return table.remove_column(place), table.column(place)

    def _build(self, table: "pa.Table") -> object:
        raise NotImplementedError


class ArrowTableContainer(_ArrowContainer):
    """A `pyarrow.Table`; targets are chunked arrays."""

    name = "arrow-table"
    classes = ("Table", "ChunkedArray")

    def _build(self, table: "pa.Table") -> object:
        return table


class ArrowBatchContainer(_ArrowContainer):
    """A `pyarrow.RecordBatch`; targets are arrays."""

    name = "arrow-batch"
    classes = ("RecordBatch", "Array")

    def _build(self, table: "pa.Table") -> object:
        import pyarrow as pa

        arrays = [_one_array(column) for column in table.columns]
        return pa.RecordBatch.from_arrays(arrays, schema=table.schema)


def _as_table(X: object) -> "pa.Table":
    import pyarrow as pa

    return X if isinstance(X, pa.Table) else pa.Table.from_batches([cast("pa.RecordBatch", X)])


def _one_array(column: "pa.ChunkedArray | pa.Array") -> "pa.Array":
    import pyarrow as pa

    if not isinstance(column, pa.ChunkedArray):
        return column
    if pa.types.is_dictionary(column.type):
        column = column.unify_dictionaries()
    return pa.concat_arrays(column.chunks) if column.num_chunks else pa.array([], column.type)


def _take(column: Any, rows: NDArray[np.intp]) -> Any:  # noqa: ANN401 - an array or chunked array
    import pyarrow as pa

    # Arrow has no selection of rows for views of strings.
    narrow = column.cast(pa.large_string()) if str(column.type) == "string_view" else column
    taken = narrow.take(pa.array(rows, pa.int64()))
    return taken if narrow is column else taken.cast(column.type)


def read_columns(name: Hashable, column: "pa.ChunkedArray | pa.Array", dtype: DType | None = None) -> list[RawColumn]:
    """Read an Arrow array: one column, or one for each number if it holds vectors."""
    array = _one_array(column)
    kind: Any = array.type
    if not is_vector_type(kind):
        return [read_column(name, array, dtype)]
    dtype = dtype or DType(str(kind), storage="arrow", native=kind)
    if array.null_count or len(set(array.value_lengths().to_pylist())) > 1:
        return read_vectors(name, array.to_pylist(), dtype)
    flat = array.flatten()
    if flat.null_count:
        return read_vectors(name, array.to_pylist(), dtype)
    return read_vectors(name, flat.to_numpy(zero_copy_only=False).reshape(len(array), -1), dtype)


def is_vector_type(kind: Any) -> bool:  # noqa: ANN401 - a type of Arrow
    """Return whether a type of Arrow is a list of numbers."""
    import pyarrow as pa

    is_list = pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind)
    return is_list and (pa.types.is_floating(kind.value_type) or pa.types.is_integer(kind.value_type))


def _write_vectors(kind: Any, values: NDArray[np.generic]) -> "pa.Array":  # noqa: ANN401 - a type of Arrow
    import pyarrow as pa

    flat = pa.array(values.ravel()).cast(kind.value_type)
    if pa.types.is_fixed_size_list(kind):
        return pa.FixedSizeListArray.from_arrays(flat, type=kind)
    starts = np.arange(len(values) + 1) * values.shape[1]
    if pa.types.is_large_list(kind):
        return pa.LargeListArray.from_arrays(pa.array(starts, pa.int64()), flat, type=kind)
    return pa.ListArray.from_arrays(pa.array(starts, pa.int32()), flat, type=kind)


def read_column(name: Hashable, column: "pa.ChunkedArray | pa.Array", dtype: DType | None = None) -> RawColumn:
    """Read an Arrow array (n,); ``dtype`` is that of a pandas column which holds it."""
    import pyarrow as pa

    array = _one_array(column)
    kind = array.type
    dtype = dtype or DType(str(kind), storage="arrow", native=kind)
    if pa.types.is_dictionary(kind):
        value_type = kind.value_type
        if not (pa.types.is_string(value_type) or pa.types.is_large_string(value_type)):
            raise unsupported(name, dtype.text)
        return replace(read_column(name, array.cast(value_type)), dtype=dtype)
    if str(kind) == "string_view":
        # Arrow has no selection of rows for views of strings.
        array = array.cast(pa.large_string())
    missing = array.is_null().to_numpy(zero_copy_only=False)
    if pa.types.is_null(kind):
        return RawColumn(name, dtype, "none", np.zeros(len(missing)), np.ones(len(missing), bool))
    return _read_present(name, array.drop_null(), missing, dtype)


def _read_present(name: Hashable, present: "pa.Array", missing: NDArray[np.bool_], dtype: DType) -> RawColumn:
    import pyarrow as pa

    kind: Any = present.type
    t = pa.types
    if t.is_floating(kind):
        values = present.to_numpy(zero_copy_only=False).astype(np.float64)
        return read_floats(name, scatter(values, missing), missing, dtype)
    if t.is_decimal(kind):
        cells = cast("list[Decimal]", present.to_pylist())
        family, values = from_decimals(name, cells, kind.scale)
        return RawColumn(name, replace(dtype, scale=max(kind.scale, 0)), family, scatter(values, missing), missing)
    if t.is_integer(kind):
        numbers = present.to_numpy(zero_copy_only=False)
        whole = shifted(numbers) if t.is_uint64(kind) else numbers.astype(np.int64)
        return RawColumn(name, dtype, "int", scatter(whole, missing), missing)
    if t.is_boolean(kind):
        flags = present.to_numpy(zero_copy_only=False).astype(bool)
        return RawColumn(name, dtype, "bool", scatter(flags, missing), missing)
    if t.is_string(kind) or t.is_large_string(kind) or str(kind) == "string_view":
        texts = np.empty(len(present), dtype=object)
        texts[:] = present.to_pylist()
        return RawColumn(name, dtype, "level", scatter(texts, missing), missing)
    family, unit = _time_family(kind)
    if family == "none":
        raise unsupported(name, dtype.text)
    narrow = pa.int32() if str(kind).startswith(("date32", "time32")) else pa.int64()
    ticks = present.cast(narrow).to_numpy(zero_copy_only=False).astype(np.int64)
    zone = getattr(kind, "tz", None) or ""
    return RawColumn(name, replace(dtype, unit=unit, zone=zone), family, scatter(ticks, missing), missing)


def _time_family(kind: Any) -> tuple[Family, str]:  # noqa: ANN401 - a type of Arrow
    import pyarrow as pa

    if pa.types.is_date32(kind):
        return "datetime", "D"
    if pa.types.is_date64(kind):
        return "datetime", "ms"
    if pa.types.is_timestamp(kind):
        return "datetime", kind.unit
    if pa.types.is_duration(kind):
        return "timedelta", kind.unit
    if pa.types.is_time(kind):
        return "time", kind.unit
    return "none", ""


def write_column(
    kind: "pa.DataType", values: NDArray[np.generic], missing: NDArray[np.bool_], *, mark: str = ""
) -> "pa.Array":
    """Return an array of the type ``kind``, the inverse of :func:`read_column`.

    ``mark`` is "nan" where the missing cells of a column of floats were NaN.
    """
    import pyarrow as pa

    t = pa.types
    if values.ndim == 2:
        return _write_vectors(kind, values)
    if t.is_null(kind):
        return pa.nulls(len(values))
    if t.is_dictionary(kind):
        dictionary = cast("pa.DictionaryType", kind)
        coded = write_column(dictionary.value_type, values, missing).dictionary_encode()
        return pa.DictionaryArray.from_arrays(
            coded.indices.cast(dictionary.index_type), coded.dictionary, ordered=dictionary.ordered
        )
    if t.is_string(kind) or t.is_large_string(kind) or str(kind) == "string_view":
        return pa.array([None if gap else cell for cell, gap in zip(values, missing, strict=True)], type=kind)
    if t.is_boolean(kind):
        return pa.array(values.astype(bool), mask=missing)
    if t.is_decimal(kind):
        return pa.array(to_decimals(values, missing, cast("pa.Decimal128Type", kind).scale), type=kind)
    if t.is_floating(kind):
        numbers = values.astype(kind.to_pandas_dtype())
        if mark == "nan":
            numbers[missing] = np.nan
        return pa.array(numbers, mask=None if mark == "nan" else missing)
    whole = as_integers(values, is_unsigned_64=t.is_uint64(kind))
    if t.is_integer(kind):
        return pa.array(whole.astype(kind.to_pandas_dtype()), mask=missing)
    if str(kind).startswith(("date32", "time32")):
        whole = whole.astype(np.int32)
    return pa.array(whole, mask=missing).cast(kind)


def native_type(dtype: DType) -> "pa.DataType":
    """Return the Arrow type of a column; that of a loaded model is made from its text."""
    import pyarrow as pa

    if isinstance(dtype.native, pa.DataType):
        return dtype.native
    return type_from_text(dtype.text.removesuffix("[pyarrow]"))


def type_from_text(text: str) -> "pa.DataType":
    """Return the type that Arrow prints as ``text``; ValueError for any other text."""
    import pyarrow as pa

    if found := _TIMESTAMP.fullmatch(text):
        return pa.timestamp(cast("Any", found[1]), found[2])
    if found := _TICKS.fullmatch(text):
        return getattr(pa, found[1])(found[2])
    if found := _DECIMAL.fullmatch(text):
        return getattr(pa, found[1])(int(found[2]), int(found[3]))
    if found := _VECTOR.fullmatch(text):
        field = pa.field(found[2], type_from_text(found[3]))
        if found[1] == "fixed_size_list":
            return pa.list_(field, int(found[4]))
        return pa.large_list(field) if found[1] == "large_list" else pa.list_(field)
    if found := _DICTIONARY.fullmatch(text):
        return pa.dictionary(type_from_text(found[2]), type_from_text(found[1]), ordered=found[3] == "1")
    return pa.type_for_alias(text)
