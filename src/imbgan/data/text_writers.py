"""Write files of text like those of a data set, and its files again with every cell as it is."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from imbgan.data.appending import text_file
from imbgan.data.batches import Batches
from imbgan.data.formats import FileFormat, format_of
from imbgan.data.json_originals import JsonOriginal
from imbgan.data.originals import Original
from imbgan.data.sets import DataFile, DataSet
from imbgan.data.styles import Style
from imbgan.data.target import is_missing
from imbgan.data.templates import Template, without_cells
from imbgan.data.text_files import SAMPLE, TextFiles
from imbgan.data.writers import frame_bytes
from imbgan.exceptions import DataError

if TYPE_CHECKING:
    import polars as pl

# Rows whose cells are texts at a time.
_ROWS = 2**15


@dataclass(frozen=True)
class TextWriter:
    """Writes files of text; see :class:`imbgan.data.set_writers.FileWriter`.

    Parameters
    ----------
    ending : str
    format : FileFormat
    empty : Original or JsonOriginal or None
        A file in the style of the data set, of which no row is kept; None if its text is unusual.
    """

    ending: str
    format: FileFormat
    empty: Original | JsonOriginal | None

    def write(self, path: Path, frames: "Iterable[pl.DataFrame]") -> None:
        """Write the rows of all frames as one file."""
        import polars as pl

        with text_file(str(path), self.format.compression) as file:
            parts = (part for frame in frames for part in frame.iter_slices(_ROWS))
            for number, frame in enumerate(parts):
                if self.empty is None:
                    file.write(frame_bytes(frame, self.format, header=number == 0))
                    continue
                nothing = pl.repeat(False, self.empty.frame.height, eager=True)
                file.write(_part(self.empty, frame, nothing, is_begun=number > 0))


def text_writer(data_set: DataSet, tables: TextFiles, ending: str) -> TextWriter:
    """Return a writer of files like those of a data set.

    Raises
    ------
    DataError
        If other files cannot be written in the same way, since the text of the data set is unusual.
    """
    found = format_of(Path(tables.samples[0]), tables.reading.format)
    return TextWriter(ending, found, _empty(data_set, tables, found))


def _empty(data_set: DataSet, tables: TextFiles, found: FileFormat) -> Original | JsonOriginal | None:
    """Return a file to which rows are added; its columns have the style of the first file that holds values of them."""
    first: Original | JsonOriginal | None = None
    styles: dict[str, Style] = {}
    shown: set[str] = set()
    for path in tables.samples:
        sample = Batches(path, tables.reading, open=partial(data_set.store.open, path)).sample(SAMPLE)
        if sample is None:  # its rows have gone meanwhile, which the end of the run will notice
            continue
        if not sample.is_known:
            _check_plain(sample, path, found)
            return None
        first = first or sample
        for series in sample.frame.get_columns():
            is_shown = series.null_count() < len(series)
            if series.name not in styles or (is_shown and series.name not in shown):
                styles[series.name] = without_cells(sample.styles[series.name])
            shown |= {series.name} if is_shown else set()
        if len(shown) == len(tables.schema):
            break
    if isinstance(first, Original):
        template = Template.of(first)
        return None if template is None else replace(template, styles=styles).original()
    if first is None:
        return None
    # One row stays, which shows the spaces between values, and is never kept.
    line = next(line for line in first.text.split("\n") if line.strip())
    return replace(first, text=f"{line}\n", frame=first.frame.head(1), known_styles=styles)


def _check_plain(sample: Original | JsonOriginal, path: str, found: FileFormat) -> None:
    """Raise DataError if a file whose text is unusual has another encoding or separator than plain writing."""
    separator = "\t" if found.format == "tsv" else ","
    if sample.encoding not in ("utf-8", "utf8") or getattr(sample, "separator", separator) != separator:
        raise DataError(
            f"No further files can be written like {path!r}, since its text is unusual: its rows have different "
            "numbers of cells. Convert the table to Parquet."
        )


def rewrite_text(
    data_set: DataSet, tables: TextFiles, target: str | None, file: DataFile, path: Path, marked: "list[pl.Expr]"
) -> int:
    """Write a file of text again; see :func:`imbgan.data.set_writers.rewrite`.

    Parameters
    ----------
    target : str or None
        The column whose missing cells drop rows.
    marked : list of polars.Expr
        Columns to add.
    """
    batches = Batches(file.path, tables.reading, open=partial(data_set.store.open, file.path), may_be_empty=True)
    own = [name for name in data_set.columns if name in tables.schema]
    count, is_begun = 0, False
    with text_file(str(path), format_of(Path(file.path), tables.reading.format).compression) as out:
        for original in batches.originals():
            if not original.is_known:
                raise DataError(
                    f"{file.path!r} cannot be written again with every cell as it is, since its text is unusual. "
                    "Convert the table to Parquet, or leave --mark and --drop out."
                )
            kept = None if target is None else _with_label(data_set, target, file, original.frame)
            frame = original.frame if kept is None else original.frame.filter(kept)
            frame = frame.select(name for name in own if name in frame.columns).with_columns(marked)
            out.write(_part(original, frame, kept, is_begun=is_begun))
            count, is_begun = count + frame.height, True
        if not is_begun and file.size:
            empty = _empty(data_set, tables, format_of(Path(file.path), tables.reading.format))
            if isinstance(empty, Original):  # a header alone, which other readers need
                out.write(empty.with_rows(empty.frame.select(own).with_columns(marked)))
    return count


def _with_label(data_set: DataSet, target: str, file: DataFile, frame: "pl.DataFrame") -> "pl.Series":
    """Return which rows have a label; it may stand in the name of a folder."""
    if target in frame.columns:
        return ~is_missing(frame.get_column(target))
    label = data_set.values[target][data_set.files.index(file) :][:1]
    return (~is_missing(label)).new_from_index(0, frame.height)


def _part(
    original: Original | JsonOriginal, frame: "pl.DataFrame", kept: "pl.Series | None", *, is_begun: bool
) -> bytes:
    """Return a part of a file; what begins a file, such as its header, stands in the first part alone."""
    import polars as pl

    data = original.with_rows(frame, kept)
    nothing = pl.repeat(False, original.frame.height, eager=True)
    return data[len(original.with_rows(frame.clear(), nothing)) :] if is_begun else data
