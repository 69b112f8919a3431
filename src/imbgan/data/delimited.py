"""Read delimited text (CSV, TSV) as a frame, with messages that name the line."""

import contextlib
import csv
import io
import itertools
from collections.abc import Iterator
from typing import TYPE_CHECKING

from imbgan.data.inference import infer_types
from imbgan.data.originals import Original, line_end_of, split_records
from imbgan.data.reading import Reading
from imbgan.exceptions import DataError

if TYPE_CHECKING:
    import polars as pl

#: Separators that are tried if that of the format does not divide the header.
OTHER_SEPARATORS = (";", "\t", "|")


def read_delimited(text: str, format: str, source: str, reading: Reading, *, separator: str | None = None) -> Original:
    """Read delimited text whose first row names the columns.

    Parameters
    ----------
    text : str
    format : str
        "csv" or "tsv". If its comma or tab does not divide the header, but a semicolon, tab or bar divides the first
        two rows into equally many fields, this one is used.
    source : str
        Name of the text in messages.
    reading : Reading
    separator : str, default=None
        The separator that the file itself names.

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

    separator = reading.delimiter or separator or _separator(text, "\t" if format == "tsv" else ",")
    original = text
    if line_end_of(text) == "\r":  # a line end of old programs, which polars does not know
        text = _well_formed(text, separator)
    header = _header(text, separator, source)
    try:
        frame = _parse(text, separator)
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException):
        _find_blank_rows(text, separator, len(header), source)
        try:
            frame = _parse(_well_formed(text, separator), separator)
        except (pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
            raise DataError(f"{source} is not delimited text: {' '.join(str(error).split())[:200]}") from error
    if frame.width == len(header):
        frame.columns = header  # polars keeps doubled quotes in names
    # polars fills a short row, and a blank line, with missing values.
    if frame.get_column(frame.columns[-1]).has_nulls() and len(header) > 1:
        blank = _find_blank_rows(text, separator, len(header), source)
        frame = frame.filter(~(pl.all_horizontal(pl.all().is_null()) & pl.int_range(pl.len()).is_in(blank)))
    if frame.is_empty():
        raise DataError(f"{source} has a header and no rows. A table needs at least one row.")
    # If the comma is the decimal sign, the semicolon is the separator.
    return Original(original, separator, format, infer_types(frame, reading, decimal_comma=separator == ";"))


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


def _separator(text: str, separator: str) -> str:
    def widths(separator: str) -> list[int]:
        rows = filter(None, csv.reader(io.StringIO(text, newline=""), delimiter=separator))
        with contextlib.suppress(csv.Error):  # reported later
            return [len(row) for row in itertools.islice(rows, 2)]
        return []

    if widths(separator)[:1] != [1]:
        return separator
    return next((other for other in OTHER_SEPARATORS if _divides_alike(widths(other))), separator)


def _divides_alike(widths: list[int]) -> bool:
    return len(widths) == 2 and 1 < widths[0] == widths[1]


def _header(text: str, separator: str, source: str) -> list[str]:
    header = next(_rows(text, separator, source), (0, []))[1]
    twice = next((name for i, name in enumerate(header) if name in header[:i]), None)
    if twice is not None:
        raise DataError(f"{source} names the column {twice!r} more than once. Rename or remove one of them.")
    return header


def _rows(text: str, separator: str, source: str) -> Iterator[tuple[int, list[str]]]:
    """Yield each row with the number of its first line; blank lines above the header do not count."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    line, has_begun = 1, False
    try:
        for row in reader:
            has_begun = has_begun or bool(row)
            if has_begun:
                yield line, row
            line = reader.line_num + 1
    except csv.Error as error:
        raise DataError(
            f"{source}, line {line}: the row cannot be read ({error}). A quote opens there and does not close, or "
            "a quote inside a field is not doubled."
        ) from error


def _find_blank_rows(text: str, separator: str, width: int, source: str) -> list[int]:
    """Return the positions of blank lines among the data rows; raise DataError if a row is longer or shorter."""
    rows = _rows(text, separator, source)
    next(rows, None)
    blank: list[int] = []
    for position, (line, row) in enumerate(rows):
        if not row:
            blank.append(position)
        elif len(row) != width:
            raise DataError(
                f"{source}, line {line}: expected {width} fields as in the header, got {len(row)}. Quote fields that "
                f"hold the separator {separator!r}, or mend the line."
            )
    return blank
