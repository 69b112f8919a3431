"""Parquet and Arrow files, read in batches of bounded size through PyArrow."""

import contextlib
import itertools
import re
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from imbgan._optional import import_optional
from imbgan._text import quoted
from imbgan.data.formats import ARROW_STREAM
from imbgan.data.reading import Reading
from imbgan.data.sections import Section, sections_of
from imbgan.data.stores import Store
from imbgan.data.text_files import check_names
from imbgan.data.typed import read_typed
from imbgan.exceptions import DataError

if TYPE_CHECKING:
    import polars as pl

#: Rows that are read at a time, and bytes that they may take in memory; with long cells, fewer rows are read.
ROWS, BYTES = 2**16, 2**26
#: Rows from which the size of a row is measured.
_PROBE = 256
# A zone without a name, which polars does not know, unless it is that of UTC.
_OFFSET = re.compile(r"(?![+-]00:00)[+-]\d\d:?\d\d|Z")
_TITLES = {"parquet": "Parquet", "arrow": "Arrow"}


@dataclass(frozen=True)
class ColumnarFiles:
    """The Parquet or Arrow files of a table: their columns, row groups, and batches in its types.

    Parameters
    ----------
    store : Store
    format : str
        "parquet" or "arrow".
    types : mapping of str to polars data type
        The columns as they lie in the files.
    schema : mapping of str to polars data type
        The same columns in the kinds that were chosen.
    reading : Reading
        The form of each column of text.
    groups : tuple of tuple of int
        Rows of each row group, or record batch, of the files. An Arrow stream is one group: it is read from its
        beginning.
    is_plain : bool
        Whether columns come as they lie in the files.
    """

    store: Store
    format: str
    types: "dict[str, pl.DataType]"
    schema: "dict[str, pl.DataType]"
    reading: Reading
    groups: tuple[tuple[int, ...], ...]
    is_plain: bool

    @classmethod
    def checked(cls, store: Store, paths: Sequence[str], format: str, reading: Reading) -> "ColumnarFiles":
        """Read what the ends of all files tell, and apply chosen kinds to the first rows.

        Raises
        ------
        DataError
            If a file is damaged, if files differ in their columns or types, or if none holds a row.
        """
        types, groups = _checked_footers(store, paths, format)
        first = next((number for number, sizes in enumerate(groups) if any(sizes)), None)
        if first is None:
            raise DataError(f"{paths[0]!r} and the files beside it hold no rows. A table needs at least one.")
        section = next(sections_of(first, groups[first]))
        frame = _in_types(next(read_batches(store, paths[first], format, list(types), section)), types)
        typed = read_typed(frame, reading, keeps_text=True)
        known = replace(reading, columns={**typed.forms, **reading.columns})
        is_plain = not (reading.kinds or reading.missing or reading.columns)
        return cls(store, format, types, dict(typed.frame.schema), known, tuple(groups), is_plain)

    def batches(self, path: str, columns: Sequence[str], section: Section) -> "Iterator[pl.DataFrame]":
        """Yield the rows of a section of a file in their order, in the types of the table.

        Raises
        ------
        DataError
            If the file is damaged, or if a cell does not have the form of its column.
        """
        start = section.start
        reading = replace(
            self.reading,
            columns={name: form for name, form in self.reading.columns.items() if name in columns},
            # Text is read in the forms that were found in the first rows.
            kinds={name: kind for name, kind in self.reading.kinds.items() if name in columns and self._has_type(name)},
            drop=(),
        )
        for part in read_batches(self.store, path, self.format, columns, section):
            frame = _in_types(part, self.types)
            if not self.is_plain:
                place = partial(_place, start, path)
                frame = _in_types(read_typed(frame, reading, keeps_text=True, place=place).frame, self.schema)
            yield frame
            start += frame.height

    def _has_type(self, name: str) -> bool:
        import polars as pl

        return self.types[name] != pl.String


def _place(start: int, path: str, row: int) -> str:
    return f"row {start + row} of {path!r} (from 0)"


def _in_types(frame: "pl.DataFrame", types: "Mapping[str, pl.DataType]") -> "pl.DataFrame":
    """Return a frame in which columns without any value have the type that they have in other files."""
    import polars as pl

    others: Any = {
        name: types[name] for name, dtype in frame.schema.items() if dtype == pl.Null and dtype != types[name]
    }
    return frame.cast(others) if others else frame


def _checked_footers(
    store: Store, paths: Sequence[str], format: str
) -> "tuple[dict[str, pl.DataType], list[tuple[int, ...]]]":
    """Return the types of all columns, and the rows of each row group of the files."""
    import polars as pl

    first = paths[0]
    types: dict[str, pl.DataType] = {}
    source: dict[str, str] = {}
    groups: list[tuple[int, ...]] = []
    for path in paths:
        footer, sizes = _footer(store, path, format)
        groups.append(sizes)
        if path == first:
            types, source = dict(footer), dict.fromkeys(footer, first)
        check_names(path, list(footer), list(types), first)
        for name, dtype in footer.items():
            if types[name] == pl.Null:  # all cells of the files before are missing
                types[name], source[name] = dtype, path
            elif dtype not in (types[name], pl.Null):
                raise DataError(
                    f"Column {quoted(name)} holds {types[name]} in {source[name]!r} and {dtype} in {path!r}. All "
                    "files of a table must have the same types: write the file again with the type of the others, or "
                    "name the files that belong together with a pattern such as 'folder/part-*.parquet'."
                )
    return types, groups


def _footer(store: Store, path: str, format: str) -> "tuple[dict[str, pl.DataType], tuple[int, ...]]":
    """Return the columns with their types, and the rows of each row group."""
    with _opened(store, path, format) as file:
        schema = file.schema_arrow if format == "parquet" else file.schema
        names: list[str] = list(schema.names)
        if len(set(names)) < len(names):
            twice = next(name for i, name in enumerate(names) if name in names[:i])
            raise DataError(f"{path!r} names the column {twice!r} more than once. Rename or remove one of them.")
        types = _types(schema, path)
        if format == "parquet":
            return types, tuple(file.metadata.row_group(group).num_rows for group in range(file.num_row_groups))
        sizes = tuple(batch.num_rows for batch in _record_batches(file, store, path))
        return types, sizes if _is_file(file) else (sum(sizes),)


def read_batches(
    store: Store, path: str, format: str, columns: Sequence[str], section: Section
) -> "Iterator[pl.DataFrame]":
    """Yield the rows of a section of a file in their order, in frames of at most 65,536 rows.

    Each row group is read once, page by page, so that memory does not grow with its size.

    Raises
    ------
    DataError
        If the file is damaged; the message names the row group.
    """
    import polars as pl

    with _opened(store, path, format) as file:
        if format == "parquet":
            parts = _of_parquet(file, path, columns, section)
        else:
            parts = _of_arrow(file, store, path, columns, section)
        for part in parts:
            frame = pl.from_arrow(part)
            assert isinstance(frame, pl.DataFrame)
            yield frame.select(columns)


def _of_parquet(file: Any, path: str, columns: Sequence[str], section: Section) -> Iterator[Any]:  # noqa: ANN401
    names, start = list(columns), section.start
    rows = _rows_that_fit(file, path, names)  # those of the whole file, so that its sections have the same batches
    for group in section.groups:
        where = f"row group {group} (rows from {start})"
        with damage(path, "parquet", where):
            batches = file.iter_batches(batch_size=rows, row_groups=[group], columns=names, use_threads=True)
        while True:
            with damage(path, "parquet", where):
                batch = next(batches, None)
            if batch is None:
                break
            yield batch
        start += int(file.metadata.row_group(group).num_rows)


def _rows_that_fit(file: Any, path: str, columns: list[str]) -> int:  # noqa: ANN401
    """Return the most rows per batch, from the size of the first ones."""
    groups = [group for group in range(file.num_row_groups) if file.metadata.row_group(group).num_rows]
    if not groups or file.metadata.num_rows <= _PROBE:
        return ROWS
    with damage(path, "parquet", f"row group {groups[0]}"):
        first = next(file.iter_batches(batch_size=_PROBE, row_groups=groups[:1], columns=columns), None)
    if first is None or not first.num_rows:
        return ROWS
    return int(min(ROWS, max(1, BYTES * first.num_rows // max(1, first.nbytes))))


def _of_arrow(file: Any, store: Store, path: str, columns: Sequence[str], section: Section) -> Iterator[Any]:  # noqa: ANN401
    for batch in _record_batches(file, store, path, columns, section.groups if _is_file(file) else None):
        for start in range(0, batch.num_rows, ROWS):
            yield batch.slice(start, ROWS)


def _is_file(reader: Any) -> bool:  # noqa: ANN401
    """Return whether any batch can be read by itself; the batches of a stream come one after the other."""
    return hasattr(reader, "num_record_batches")


def _record_batches(
    file: Any,  # noqa: ANN401
    store: Store,
    path: str,
    columns: Sequence[str] = (),
    numbers: Iterable[int] | None = None,
) -> Iterator[Any]:
    """Yield batches of an Arrow file or stream, by default all, with these columns; by default with the first one."""
    import pyarrow

    names: list[str] = list(file.schema.names)
    fields = sorted(names.index(name) for name in columns) or [0]
    options = pyarrow.ipc.IpcReadOptions(included_fields=fields)
    with store.open_arrow(path) as source:
        is_file = _is_file(file)
        with damage(path, "arrow"):
            reader = (
                pyarrow.ipc.open_file(source, options=options)
                if is_file
                else pyarrow.ipc.open_stream(source, options=options)
            )
        every = range(reader.num_record_batches) if is_file else itertools.count()
        for number in every if numbers is None else numbers:
            with damage(path, "arrow", f"batch {number}"):
                try:
                    batch = reader.get_batch(number) if is_file else reader.read_next_batch()
                except StopIteration:
                    return
            yield batch


@contextlib.contextmanager
def _opened(store: Store, path: str, format: str) -> Generator[Any]:
    """Yield a ``ParquetFile``, or the reader of an Arrow file or stream."""
    arrow = import_optional("pyarrow", extra="parquet")
    import pyarrow.parquet

    with contextlib.ExitStack() as stack:
        source = stack.enter_context(store.open_arrow(path))
        with damage(path, format):
            if format == "parquet":
                # Without a buffer in advance, a row group of millions of rows is read page by page.
                file: Any = pyarrow.parquet.ParquetFile(source, pre_buffer=False, buffer_size=2**20)
            else:
                is_stream = source.read(len(ARROW_STREAM)) == ARROW_STREAM
                source.seek(0)
                file = arrow.ipc.open_stream(source) if is_stream else arrow.ipc.open_file(source)
        yield file


def _types(schema: Any, path: str) -> "dict[str, pl.DataType]":  # noqa: ANN401
    """Return the types of polars for those of Arrow; DataError if there is none."""
    import polars as pl
    import pyarrow

    for field in schema:
        is_offset = pyarrow.types.is_timestamp(field.type) and _OFFSET.fullmatch(field.type.tz or "") is not None
        if is_offset or pyarrow.types.is_decimal256(field.type):
            raise DataError(
                f"Column {quoted(field.name)} of {path!r} has the type {field.type}, which cannot be read. Write it "
                f"again {'in UTC, or in a zone with a name' if is_offset else 'with at most 38 digits'}."
            )
    frame = pl.from_arrow(schema.empty_table())
    assert isinstance(frame, pl.DataFrame)
    return dict(frame.schema)


@contextlib.contextmanager
def damage(
    path: str, format: str, where: str = "", *, what: str = "is not a complete", advice: str = "Copy or write it again."
) -> Generator[None]:
    """Turn what PyArrow and polars say of a file into a DataError that names it."""
    import polars as pl
    import pyarrow

    try:
        yield
    except DataError:
        raise
    except (pyarrow.ArrowException, pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as error:
        reason = " ".join(str(error).split())[:200]
        source = f"{path!r}, {where}," if where else repr(path)
        raise DataError(f"{source} {what} {_TITLES[format]} file ({reason}). {advice}") from error
