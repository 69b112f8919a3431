"""A data set: one table in many files, or in one that is larger than memory, read in batches of bounded size."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from imbgan.data.columnar import ROWS, ColumnarFiles
from imbgan.data.formats import TEXT_FORMATS, Format
from imbgan.data.labeled import LabeledBatches
from imbgan.data.partitions import partition_columns
from imbgan.data.reading import Reading, names_in
from imbgan.data.sections import Section, sections_of
from imbgan.data.stores import Store
from imbgan.data.target import unknown_column
from imbgan.data.text_files import TextFiles
from imbgan.exceptions import DataError, ParameterError

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True)
class DataFile:
    """One file of a data set.

    Parameters
    ----------
    name : str
        Its path below the folder of the data set, with slashes.
    path : str
        Its path in the store.
    size : int
        Bytes.
    modified : int
        When it was changed, in nanoseconds; 0 if unknown.
    n_rows : int or None
        None for text, whose rows are known when they have been read.
    keys : mapping of str to (str or None)
        The partition columns in the names of its folders, with their values as text.
    """

    name: str
    path: str
    size: int
    modified: int
    n_rows: int | None
    keys: Mapping[str, str | None]


class Batch(NamedTuple):
    """Some rows of a data set: the frame, the number of their file, and the number of the first one in this file."""

    frame: "pl.DataFrame"
    file: int
    start: int


class DataSet:
    """A table in files, which are read in batches; see :func:`open_data_set`.

    The order of its rows is defined: files by name, and the rows of a file in their order. So a row has an address, the
    number of its file and its number there, that depends neither on batches nor on who reads them.

    Attributes
    ----------
    path : str
        What was opened.
    root : str
        The folder of the files.
    format : str
        The format of all files: "csv", "tsv", "jsonl", "parquet" or "arrow".
    files : tuple of DataFile
        In their order.
    schema : dict of str to polars data type
        The columns of the batches in their order; partition columns stand last.
    partitions : tuple of str
        The columns that stand in the names of folders.
    reading : Reading
        How text is read; with the form of each column.
    given : Reading
        What was chosen when it was opened.
    notes : tuple of str
        What the user should know of what was found.
    tables : TextFiles or ColumnarFiles
        How the files are read, without the columns that stand in the names of folders.
    folders : dict of str to polars.Series
        The columns that stand in the names of folders, with a value per file.
    values : dict of str to polars.Series
        Those of them that stand nowhere else.
    """

    def __init__(
        self, path: str, root: str, store: Store, files: Sequence[DataFile], format: Format, reading: Reading
    ) -> None:
        self.path, self.root, self.store, self.format = path, root, store, format
        self.notes: tuple[str, ...] = ()
        self.given = reading
        paths = [file.path for file in files]
        values = partition_columns([(file.name, file.keys) for file in files], reading, place=repr(path))
        kinds = {name: kind for name, kind in reading.kinds.items() if name not in values}
        whole = replace(reading, kinds=kinds, drop=())
        if format in TEXT_FORMATS:
            self.tables: TextFiles | ColumnarFiles = TextFiles.sampled(store, paths, whole)
        else:
            self.tables = ColumnarFiles.checked(store, paths, format, whole)
        counts = [section.n_rows for section in self.sections()]
        self.files = tuple(replace(file, n_rows=n) for file, n in zip(files, counts, strict=True))
        self.partitions = tuple(values)
        self.folders = values
        # Some programs write the columns of partitions into the files as well.
        self.values = {name: series for name, series in values.items() if name not in self.tables.schema}
        every = {**self.tables.schema, **{name: series.dtype for name, series in self.values.items()}}
        dropped = names_in(reading.drop, list(every))
        for name in (*dropped, *reading.kinds):
            if name not in every:
                raise ParameterError(unknown_column(name, list(every)))
        self.schema: dict[str, pl.DataType] = {name: dtype for name, dtype in every.items() if name not in dropped}
        self.reading = replace(self.tables.reading, drop=tuple(dropped))

    @property
    def columns(self) -> list[str]:
        """The names of the columns in their order."""
        return list(self.schema)

    @property
    def n_rows(self) -> int | None:
        """The number of rows; None for text, which has to be read for it."""
        known = [file.n_rows for file in self.files]
        return None if None in known else sum(n for n in known if n is not None)

    @property
    def changes_types(self) -> bool:
        """Whether columns are read in other types than the files have, since kinds were chosen."""
        return isinstance(self.tables, ColumnarFiles) and self.tables.schema != self.tables.types

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(file.size for file in self.files)

    @property
    def fingerprint(self) -> str:
        """A hash of names, sizes, times of change and numbers of rows of the files, by which a change is noticed."""
        facts = [[file.name, file.size, file.modified, file.n_rows] for file in self.files]
        return hashlib.sha256(json.dumps([self.format, facts]).encode()).hexdigest()

    def sections(self, most: int | None = None) -> tuple[Section, ...]:
        """Divide the data set, in the order of its rows; how depends on nothing but the sizes of files and row groups.

        Parameters
        ----------
        most : int, default=None
            Most rows of a section of several row groups: a larger row group is a section by itself, and so is a file
            of text. By default, each file is one section.
        """
        parts = (sections_of(number, groups, most) for number, groups in enumerate(self.tables.groups))
        return tuple(section for part in parts for section in part)

    def batches(
        self, columns: Sequence[str] | None = None, *, sections: Sequence[Section] | None = None
    ) -> Iterator[Batch]:
        """Yield the rows in their order, in frames of at most 65,536 rows, fewer if cells are long.

        Parameters
        ----------
        columns : sequence of str, default=None
            The columns that are read; by default all of ``schema``.
        sections : sequence of Section, default=None
            What is read, in this order; by default all. Batches of one section do not depend on the others.

        Raises
        ------
        DataError
            If a file cannot be read, or does not hold what was found when the data set was opened.
        """
        names = self.columns if columns is None else list(columns)
        for name in names:
            if name not in self.schema:
                raise ParameterError(unknown_column(name, self.columns))
        for section in self.sections() if sections is None else sections:
            file, start = self.files[section.file], section.start
            self._check_unchanged(file, file.size, self.store.entry(file.path).size, "bytes")
            for frame in self._of_section(section, names):
                if frame.height:
                    yield Batch(frame, section.file, start)
                start += frame.height
            self._check_unchanged(file, section.n_rows, start - section.start, "rows")

    def labeled(self, target: str, *, sections: Sequence[Section] | None = None) -> LabeledBatches:
        """Return the batches as features and labels, for ``fit_stream``.

        Parameters
        ----------
        target : str
            The column of the labels.
        sections : sequence of Section, default=None
            As for :meth:`batches`.

        Raises
        ------
        DataError, ParameterError
            If there is no such column, or no other one.
        """
        return LabeledBatches(self, target, sections)

    def _of_section(self, section: Section, names: Sequence[str]) -> "Iterator[pl.DataFrame]":
        import polars as pl

        own = [name for name in names if name in self.tables.schema]
        constant = {name: values for name, values in self.values.items() if name in names}
        if not own and section.n_rows is not None:
            # Only columns that stand in the names of folders: nothing has to be read.
            starts = range(0, section.n_rows, ROWS)
            frames: Iterator[pl.DataFrame] = (_rows(min(ROWS, section.n_rows - start)) for start in starts)
        else:
            frames = self.tables.batches(self.files[section.file].path, own or list(self.tables.schema), section)
        for frame in frames:
            at = section.file
            columns = [values[at : at + 1].new_from_index(0, frame.height) for values in constant.values()]
            yield frame.with_columns(*columns).select(names)

    def _check_unchanged(self, file: DataFile, before: int | None, now: int, what: str) -> None:
        if before is not None and now != before:
            raise DataError(
                f"{file.path!r} had {before} {what} when it was opened and has {now} now. It was changed meanwhile; "
                "run the command again."
            )


def _rows(n: int) -> "pl.DataFrame":
    """Return a frame of so many rows and no column that matters."""
    import polars as pl

    return pl.DataFrame({"": pl.repeat(None, n, eager=True)})
