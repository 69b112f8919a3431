"""Read delimited text (CSV, TSV) as a frame, with messages that name the line."""

import contextlib
import csv
import io
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from imbgan.data.casting import check_columns
from imbgan.data.inference import infer_types
from imbgan.data.originals import Original, line_end_of, split_records
from imbgan.data.reading import Reading
from imbgan.exceptions import DataError

if TYPE_CHECKING:
    import polars as pl


def read_delimited(
    text: str, format: str, source: str, reading: Reading, *, separator: str, lines_above: int = 0
) -> Original:
    """Read delimited text whose first row names the columns.

    Parameters
    ----------
    text : str
    format : str
        "csv" or "tsv".
    source : str
        Name of the text in messages.
    reading : Reading
    separator : str
    lines_above : int, default=0
        Number of lines of the file that stand above the text.

    Returns
    -------
    Original
        The types of its frame are those of :func:`imbgan.data.inference.infer_types`. Empty fields are missing.

    Raises
    ------
    DataError
        If rows differ in length, if column names repeat, if a quote does not end, or if there are no rows.
    """
    import polars as pl

    original = text
    if line_end_of(text) == "\r":  # a line end of old programs, which polars does not know
        text = _well_formed(text, separator)
    rows = _Rows(text, separator, source, lines_above)
    header = _header(rows)
    try:
        frame = _parse(text, separator)
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException):
        _find_blank_rows(rows, len(header))
        try:
            frame = _parse(_well_formed(text, separator), separator)
        except (pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
            raise DataError(f"{source} is not delimited text: {' '.join(str(error).split())[:200]}") from error
    if frame.width == len(header):
        frame.columns = header  # polars keeps doubled quotes in names
    # polars fills a short row, and a blank line, with missing values.
    if frame.get_column(frame.columns[-1]).has_nulls() and len(header) > 1:
        blank = _find_blank_rows(rows, len(header))
        frame = frame.filter(~(pl.all_horizontal(pl.all().is_null()) & pl.int_range(pl.len()).is_in(blank)))
    if frame.is_empty():
        raise DataError(f"{source} has a header and no rows. A table needs at least one row.")
    check_columns(reading.kinds, frame.columns)
    typed = infer_types(frame, reading, separator=separator, place=rows.place)
    return Original(original, separator, format, typed.frame, typed.forms)


def _parse(text: str, separator: str) -> "pl.DataFrame":
    import polars as pl

    return pl.read_csv(text.encode(), separator=separator, infer_schema_length=0)


def _well_formed(text: str, separator: str) -> str:
    """Return the same cells between LF line ends, in quotes where one holds what polars takes for a sign.

    Such are quotes inside a cell, as in ``5" pipe``, and LF in a file that has CR line ends.
    """

    def moved(cell: str) -> str:
        needs_quotes = not cell.startswith('"') and any(sign in cell for sign in '"\r\n')
        return '"' + cell.replace('"', '""') + '"' if needs_quotes else cell

    return "\n".join(separator.join(map(moved, record)) for record in split_records(text, separator))


def _header(rows: "_Rows") -> list[str]:
    header = next(iter(rows), (0, []))[1]
    if header.count("") > 1:  # separators behind the last name
        header = [name or f"column {place}" for place, name in enumerate(header, start=1)]
    twice = next((name for i, name in enumerate(header) if name in header[:i]), None)
    if twice is not None:
        raise DataError(f"{rows.source} names the column {twice!r} more than once. Rename or remove one of them.")
    return header


@dataclass(frozen=True)
class _Rows:
    """The rows of delimited text; blank lines above the header do not count."""

    text: str
    separator: str
    source: str
    lines_above: int

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        """Yield each row with the number of its first line in the file."""
        reader = csv.reader(io.StringIO(self.text, newline=""), delimiter=self.separator, strict=True)
        line, has_begun = self.lines_above + 1, False
        try:
            for row in reader:
                has_begun = has_begun or bool(row)
                if has_begun:
                    yield line, row
                line = self.lines_above + reader.line_num + 1
        except csv.Error as error:
            raise DataError(
                f"{self.source}, line {line}: the row cannot be read ({error}). A quote opens there and does not "
                "close, or a quote inside a field is not doubled."
            ) from error

    def place(self, row: int) -> str:
        """Return the place of a row of the table, from 0, in the file."""
        with contextlib.suppress(DataError):  # quotes that polars reads, but csv does not
            rows = iter(self)
            is_wide = len(next(rows)[1]) > 1
            filled = (line for line, cells in rows if cells or not is_wide)
            return f"line {next(itertools.islice(filled, row, None))}"
        return f"row {row} (from 0)"


def _find_blank_rows(table: _Rows, width: int) -> list[int]:
    """Return the positions of blank lines among the data rows; raise DataError if a row is longer or shorter."""
    rows = iter(table)
    next(rows, None)
    blank: list[int] = []
    for position, (line, row) in enumerate(rows):
        if not row:
            blank.append(position)
        elif len(row) != width:
            raise DataError(
                f"{table.source}, line {line}: expected {width} fields as in the header, got {len(row)}. Quote fields "
                f"that hold the separator {table.separator!r}, or mend the line."
            )
    return blank
