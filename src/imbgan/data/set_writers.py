"""Write further files of a data set, in the format, types and compression of those that it has."""

import contextlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from imbgan.data.appending import text_file
from imbgan.data.batches import Batches
from imbgan.data.columnar import ColumnarFiles, damage
from imbgan.data.formats import FileFormat, format_of
from imbgan.data.json_originals import JsonOriginal
from imbgan.data.originals import Original
from imbgan.data.sets import DataFile, DataSet
from imbgan.data.target import is_missing
from imbgan.data.templates import Template
from imbgan.data.writers import frame_bytes
from imbgan.exceptions import DataError, ParameterError

if TYPE_CHECKING:
    import polars as pl

_ADVICE = "Make room, or drop the column that cannot be written (--drop)."


class FileWriter(Protocol):
    """Writes files of one kind."""

    @property
    def ending(self) -> str:
        """The ending of their names, with the dot."""
        ...

    def write(self, path: Path, frames: "Iterable[pl.DataFrame]") -> None:
        """Write the rows of all frames as one file; memory does not grow with their number.

        Raises
        ------
        DataError
            If the format cannot hold the cells.
        """
        ...


def writer_like(data_set: DataSet, columns: "Mapping[str, pl.DataType]") -> FileWriter:
    """Return a writer of files like those of a data set.

    Parameters
    ----------
    data_set : DataSet
    columns : mapping of str to polars data type
        The columns of the frames that will be written, without those that stand in the names of folders.
    """
    first = next((file for file in data_set.files if file.n_rows != 0), data_set.files[0])
    ending = _ending(first.name, data_set.format)
    if isinstance(data_set.tables, ColumnarFiles):
        schema, compression = _kind_of(data_set, first)
        fields = _fields(schema, data_set.tables, columns)
        is_parquet = data_set.format == "parquet"
        return (_ParquetWriter if is_parquet else _ArrowWriter)(ending, fields, compression)
    reading = data_set.tables.reading
    sample = Batches(first.path, reading, open=partial(data_set.store.open, first.path)).sample(2**21)
    template = Template.of(sample) if isinstance(sample, Original) else None
    found = format_of(Path(first.path), reading.format)
    return _TextWriter(ending, found, None if template is None else template.original())


def rewrite(data_set: DataSet, target: str, file: DataFile, path: Path, mark: str | None) -> int:
    """Write a file of a data set again: without the columns and rows that its reading drops, and with a new column.

    The cells of text files stay as they are written.

    Parameters
    ----------
    data_set : DataSet
    target : str
        The column whose missing cells drop rows, if the reading of the data set says so.
    file : DataFile
    path : Path
        The new file.
    mark : str or None
        The name of a column that is false in all rows.

    Returns
    -------
    int
        Number of rows that were written.
    """
    import polars as pl

    number, count = data_set.files.index(file), 0
    keeps_all = not data_set.reading.drop_missing
    own = [name for name in data_set.columns if name in data_set.tables.schema]
    marked = [pl.lit(False).alias(mark)] if mark is not None else []
    if not isinstance(data_set.tables, ColumnarFiles):
        return _rewrite_text(data_set, None if keeps_all else target, file, path, own, marked)

    def frames() -> "Iterable[pl.DataFrame]":
        nonlocal count
        for batch in data_set.batches(list(dict.fromkeys([*own, target])), files=[number]):
            frame = batch.frame if keeps_all else batch.frame.filter(~is_missing(batch.frame.get_column(target)))
            count += frame.height
            yield frame.select(own).with_columns(marked)

    columns = {name: data_set.schema[name] for name in own} | ({} if mark is None else {mark: pl.Boolean()})
    writer_like(data_set, columns).write(path, frames())
    return count


def _rewrite_text(
    data_set: DataSet, target: str | None, file: DataFile, path: Path, own: list[str], marked: "list[pl.Expr]"
) -> int:
    reading = data_set.tables.reading
    batches = Batches(file.path, reading, open=partial(data_set.store.open, file.path), may_be_empty=True)
    count = 0
    with text_file(str(path), format_of(Path(file.path), reading.format).compression) as out:
        for number, original in enumerate(batches.originals()):
            if not original.is_known:
                raise DataError(
                    f"{file.path!r} cannot be written again with every cell as it is, since its text is unusual. "
                    "Convert the table to Parquet, or leave --mark and --drop out."
                )
            kept = None
            frame = original.frame
            if target in frame.columns:
                kept = ~is_missing(frame.get_column(str(target)))
                frame = frame.filter(kept)
            frame = frame.select(name for name in own if name in frame.columns).with_columns(marked)
            out.write(_without_header(original, original.with_rows(frame, kept), frame, number))
            count += frame.height
    return count


def _without_header(original: Original | JsonOriginal, data: bytes, frame: "pl.DataFrame", number: int) -> bytes:
    """Return the rows of a part of a delimited file; the first part keeps the header."""
    import polars as pl

    if number == 0 or isinstance(original, JsonOriginal):
        return data
    nothing = pl.repeat(False, original.frame.height, eager=True)
    return data[len(original.with_rows(frame.clear(), nothing)) :]


@dataclass(frozen=True)
class _TextWriter:
    ending: str
    format: FileFormat
    original: Original | None

    def write(self, path: Path, frames: "Iterable[pl.DataFrame]") -> None:
        with text_file(str(path), self.format.compression) as file:
            for number, frame in enumerate(frames):
                if self.original is None:
                    file.write(frame_bytes(frame, self.format, header=number == 0))
                    continue
                data = self.original.with_rows(frame)
                file.write(data if number == 0 else data[len(self.original.with_rows(frame.clear())) :])


@dataclass(frozen=True)
class _ParquetWriter:
    ending: str
    schema: Any
    compression: str

    def write(self, path: Path, frames: "Iterable[pl.DataFrame]") -> None:
        import pyarrow.parquet

        with damage(str(path), "parquet", what="cannot be written as a", advice=_ADVICE):
            writer = pyarrow.parquet.ParquetWriter(path, self.schema, compression=self.compression)
        with contextlib.closing(writer):
            for frame in frames:
                with damage(str(path), "parquet", what="cannot be written as a", advice=_ADVICE):
                    writer.write_table(_as_table(frame, self.schema))


@dataclass(frozen=True)
class _ArrowWriter:
    ending: str
    schema: Any
    compression: str

    def write(self, path: Path, frames: "Iterable[pl.DataFrame]") -> None:
        import pyarrow

        has_levels = any(pyarrow.types.is_dictionary(field.type) for field in self.schema)
        with (
            damage(str(path), "arrow", what="cannot be written as a", advice=_ADVICE),
            pyarrow.OSFile(str(path), "wb") as sink,
            pyarrow.ipc.new_file(sink, self.schema) as writer,
        ):
            tables = (_as_table(frame, self.schema) for frame in frames)
            # A file has one dictionary per column.
            for table in [pyarrow.concat_tables(tables).unify_dictionaries()] if has_levels else tables:
                writer.write_table(table)


def _ending(name: str, format: str) -> str:
    """Return the ending of a name, such as ".csv.gz"; that of the format if the name tells none.

    Examples
    --------
    >>> _ending("part.0.csv.gz", "csv"), _ending("v1.2/part-0", "parquet")
    ('.csv.gz', '.parquet')
    """
    try:
        found = format_of(Path(name), None)
    except ParameterError:
        return f".{format}"
    return "".join(Path(name).suffixes[-2 if found.compression else -1 :])


def _kind_of(data_set: DataSet, file: DataFile) -> tuple[Any, str]:
    """Return the schema of a file as Arrow has it, and the name of its compression."""
    import pyarrow.parquet

    with data_set.store.open_arrow(file.path) as source:
        if data_set.format == "parquet":
            parquet = pyarrow.parquet.ParquetFile(source)
            groups = parquet.metadata.num_row_groups
            compression = parquet.metadata.row_group(0).column(0).compression if groups else "SNAPPY"
            return parquet.schema_arrow, "NONE" if compression == "UNCOMPRESSED" else compression
        try:
            return pyarrow.ipc.open_file(source).schema, ""
        except pyarrow.ArrowInvalid:
            source.seek(0)
            return pyarrow.ipc.open_stream(source).schema, ""


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
