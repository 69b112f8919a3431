"""Write further files of a data set in the format and types of those that it has, and in their compression.

Arrow files are written without compression.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from imbgan.data.columnar import ColumnarFiles
from imbgan.data.columnar_writers import columnar_writer
from imbgan.data.formats import format_of
from imbgan.data.sets import DataFile, DataSet
from imbgan.data.target import is_missing
from imbgan.data.text_writers import rewrite_text, text_writer
from imbgan.exceptions import ParameterError

if TYPE_CHECKING:
    import polars as pl


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

    Raises
    ------
    DataError
        If other files cannot be written in the same way, since the text of the data set is unusual.
    """
    tables = data_set.tables
    if isinstance(tables, ColumnarFiles):
        like = next(file for file in data_set.files if file.n_rows)
        return columnar_writer(data_set, tables, like, columns, _ending(like.name, data_set.format))
    return text_writer(data_set, tables, _ending(tables.samples[0], data_set.format))


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

    section, count = data_set.sections()[data_set.files.index(file)], 0
    tables, keeps_all = data_set.tables, not data_set.reading.drop_missing
    marked = [] if mark is None else [pl.lit(False).alias(mark)]
    if not isinstance(tables, ColumnarFiles):
        return rewrite_text(data_set, tables, None if keeps_all else target, file, path, marked)
    own = [name for name in data_set.columns if name in tables.schema]

    def frames() -> "Iterable[pl.DataFrame]":
        nonlocal count
        for batch in data_set.batches(list(dict.fromkeys([*own, target])), sections=[section]):
            frame = batch.frame if keeps_all else batch.frame.filter(~is_missing(batch.frame.get_column(target)))
            count += frame.height
            yield frame.select(own).with_columns(marked)

    columns = {name: data_set.schema[name] for name in own} | ({} if mark is None else {mark: pl.Boolean()})
    writer_like(data_set, columns).write(path, frames())
    return count


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
