"""Write Parquet and Arrow files like those of a data set: in their types, and Parquet in their compression."""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from imbgan.data.columnar import ColumnarFiles, damage
from imbgan.data.sets import DataFile, DataSet

if TYPE_CHECKING:
    import polars as pl

_ADVICE = "Make room, or drop the column that cannot be written (--drop)."


@dataclass(frozen=True)
class ParquetWriter:
    """Writes Parquet files; see :class:`imbgan.data.set_writers.FileWriter`."""

    ending: str
    schema: Any
    compression: str

    def write(self, path: Path, frames: "Iterable[pl.DataFrame]") -> None:
        """Write the rows of all frames as one file, a row group per frame."""
        import pyarrow.parquet

        with (
            damage(str(path), "parquet", what="cannot be written as a", advice=_ADVICE),
            pyarrow.OSFile(os.fsencode(path), "wb") as sink,
            pyarrow.parquet.ParquetWriter(sink, self.schema, compression=self.compression) as writer,
        ):
            for frame in frames:
                writer.write_table(_as_table(frame, self.schema))


@dataclass(frozen=True)
class ArrowWriter:
    """Writes Arrow files; see :class:`imbgan.data.set_writers.FileWriter`."""

    ending: str
    schema: Any

    def write(self, path: Path, frames: "Iterable[pl.DataFrame]") -> None:
        """Write the rows of all frames as one file; with categories, they are in memory together."""
        import pyarrow

        has_levels = any(pyarrow.types.is_dictionary(field.type) for field in self.schema)
        with (
            damage(str(path), "arrow", what="cannot be written as a", advice=_ADVICE),
            pyarrow.OSFile(os.fsencode(path), "wb") as sink,
            pyarrow.ipc.new_file(sink, self.schema) as writer,
        ):
            tables = (_as_table(frame, self.schema) for frame in frames)
            # A file has one dictionary per column.
            for table in [pyarrow.concat_tables(tables).unify_dictionaries()] if has_levels else tables:
                writer.write_table(table)


def columnar_writer(
    data_set: DataSet, tables: ColumnarFiles, like: DataFile, columns: "Mapping[str, pl.DataType]", ending: str
) -> ParquetWriter | ArrowWriter:
    """Return a writer of files like one of a data set.

    Parameters
    ----------
    data_set : DataSet
    tables : ColumnarFiles
        Those of the data set.
    like : DataFile
    columns : mapping of str to polars data type
        The columns of the frames that will be written.
    ending : str
    """
    import pyarrow.parquet

    with data_set.store.open_arrow(like.path) as source:
        if data_set.format == "parquet":
            file = pyarrow.parquet.ParquetFile(source)
            groups = file.metadata.num_row_groups
            compression = file.metadata.row_group(0).column(0).compression if groups else "SNAPPY"
            fields = _fields(file.schema_arrow, tables, columns)
            return ParquetWriter(ending, fields, "NONE" if compression == "UNCOMPRESSED" else compression)
        try:
            schema = pyarrow.ipc.open_file(source).schema
        except pyarrow.ArrowInvalid:
            source.seek(0)
            schema = pyarrow.ipc.open_stream(source).schema
        return ArrowWriter(ending, _fields(schema, tables, columns))


def _fields(schema: Any, tables: ColumnarFiles, columns: "Mapping[str, pl.DataType]") -> Any:  # noqa: ANN401
    """Return the schema of new files: the types of the old ones where the columns have them still."""
    import polars as pl
    import pyarrow

    own = pl.DataFrame(schema=dict(columns)).to_arrow(compat_level=pl.CompatLevel.oldest()).schema
    fields: list[Any] = []
    for name, dtype in columns.items():
        is_same = name in tables.types and tables.types[name] == dtype
        field = schema.field(name) if is_same else own.field(name)
        if pyarrow.types.is_null(field.type):
            field = own.field(name)
        if pyarrow.types.is_dictionary(field.type):
            # Wide enough for further levels; the type of the codes is no part of the table.
            wide = pyarrow.dictionary(pyarrow.int32(), field.type.value_type, ordered=field.type.ordered)
            field = field.with_type(wide)
        fields.append(field)
    return pyarrow.schema(fields, metadata=schema.metadata)


def _as_table(frame: "pl.DataFrame", schema: Any) -> Any:  # noqa: ANN401
    """Return a frame as a table of Arrow with these types."""
    import polars as pl
    import pyarrow

    table = frame.select(schema.names).to_arrow(compat_level=pl.CompatLevel.oldest())
    columns = [_cast(table.column(field.name), field.type) for field in schema]
    return pyarrow.Table.from_arrays(columns, schema=schema)


def _cast(column: Any, wanted: Any) -> Any:  # noqa: ANN401
    import pyarrow

    if column.type == wanted:
        return column
    if not pyarrow.types.is_dictionary(wanted):
        return column.cast(wanted)
    encoded = column.cast(wanted.value_type).dictionary_encode()
    arrays = [
        pyarrow.DictionaryArray.from_arrays(
            chunk.indices.cast(wanted.index_type), chunk.dictionary, ordered=wanted.ordered
        )
        for chunk in encoded.chunks
    ]
    return pyarrow.chunked_array(arrays, type=wanted)
