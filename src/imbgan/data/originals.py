"""The text of a delimited file, from which its rows can be written again with unchanged cells."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from imbgan.data.reading import Form
from imbgan.data.styles import Style, learn_style
from imbgan.exceptions import DataError

if TYPE_CHECKING:
    import polars as pl

#: A quote opens a field only at its beginning. The pattern is possessive, so that an open quote costs one pass.
_FIRST_LINE = re.compile(r'(?>(?<![^,;\t|])"[^"]*(?:""[^"]*)*"|[^\r\n])*+(\r\n|\n|\r)')


@dataclass(frozen=True)
class Original:
    """The original text of a delimited file.

    Parameters
    ----------
    text : str
        The text without a byte order mark.
    separator : str
    format : str
        "csv" or "tsv".
    frame : polars.DataFrame
        The frame that was read from it.
    forms : mapping of str to Form
        How the text of each column was read.
    encoding : str, default="utf-8"
    mark : str, default=""
        The byte order mark.
    known_styles : mapping of str to Style, default=None
        The style of the values of each column, if the text has no rows that show it.
    """

    text: str
    separator: str
    format: str
    frame: "pl.DataFrame"
    forms: Mapping[str, Form]
    encoding: str = "utf-8"
    mark: str = ""
    known_styles: Mapping[str, Style] | None = None

    @cached_property
    def line_end(self) -> str:
        """The first line end of the file."""
        return line_end_of(self.text)

    @cached_property
    def records(self) -> list[list[str]]:
        """The header and the rows as cells with their quotes, without blank lines."""
        return [record for record in split_records(self.text, self.separator) if record != [""]]

    @cached_property
    def is_known(self) -> bool:
        """Whether these cells are those of the frame."""
        width = self.frame.width
        return len(self.records) == self.frame.height + 1 and all(len(record) == width for record in self.records)

    @cached_property
    def styles(self) -> Mapping[str, Style]:
        """The style of the values of each column."""
        import polars as pl

        if self.known_styles is not None:
            return self.known_styles
        columns = zip(*self.records[1:], strict=True)
        return {
            series.name: learn_style(pl.Series(cells, dtype=pl.String), series, self.forms.get(series.name))
            for series, cells in zip(self.frame.get_columns(), columns, strict=True)
        }

    def with_rows(self, frame: "pl.DataFrame", kept: "pl.Series | None" = None) -> bytes:
        """Return the text with columns and rows removed or added.

        Parameters
        ----------
        frame : polars.DataFrame
            The kept rows of the file in their order, followed by other rows. Columns that the file lacks are added, and
            columns that the frame lacks are removed.
        kept : polars.Series of bool, default=None
            Which rows of the file were kept; by default all.
        """
        import polars as pl

        kept = pl.repeat(True, self.frame.height, eager=True) if kept is None else kept
        old, new = frame.head(int(kept.sum())), frame.slice(int(kept.sum()))
        is_whole = old.columns == self.frame.columns and old.height == self.frame.height
        begin = self._with_last_line_end() if is_whole else self._select(old, kept)
        cells = [self._style(series.name).write(series, self.separator) for series in new.get_columns()]
        text = begin + "".join(map(self._line, zip(*cells, strict=True)))
        if not self.text.endswith(("\n", "\r")):
            text = text.removesuffix(self.line_end)
        return encoded(self.mark + text, self.encoding)

    def separated_by(self, separator: str) -> "Original":
        """Return the same cells for another separator, quoted if they contain it."""

        def moved(cell: str) -> str:
            return Style().cell(cell, separator) if separator in cell and not cell.startswith('"') else cell

        lines = [separator.join(map(moved, record)) for record in self.records]
        return replace(self, text=self.line_end.join(lines) + self.line_end, separator=separator)

    def _with_last_line_end(self) -> str:
        return self.text if self.text.endswith(("\n", "\r")) else self.text + self.line_end

    def _select(self, old: "pl.DataFrame", kept: "pl.Series") -> str:
        """Return header and kept rows with the columns of ``old``, which may differ from those of the file."""
        header, *rows = self.records
        places = {name: place for place, name in enumerate(self.frame.columns)}
        names = [header[places[name]] if name in places else Style().cell(name, self.separator) for name in old.columns]
        chosen = [row for row, is_kept in zip(rows, kept, strict=True) if is_kept]
        columns = [
            [row[places[series.name]] for row in chosen]
            if series.name in places
            else Style().write(series, self.separator)
            for series in old.get_columns()
        ]
        return self._line(names) + "".join(map(self._line, zip(*columns, strict=True)))

    def _style(self, name: str) -> Style:
        return self.styles.get(name, Style())

    def _line(self, cells: Sequence[str]) -> str:
        return self.separator.join(cells) + self.line_end


def line_end_of(text: str) -> str:
    """Return the first line end outside of quotes; LF if there is none."""
    found = _FIRST_LINE.match(text.lstrip("\r\n"))
    return "\n" if found is None else found[1]


def split_records(text: str, separator: str) -> list[list[str]]:
    """Return the cells of each line with their quotes; a line end in quotes does not end a line.

    CR alone counts as a line end if it ends the first line, and otherwise as a character of a cell. In such a file, LF
    counts as a character of a cell if all rows then have the same number of cells, and otherwise as a line end.
    """
    if line_end_of(text) != "\r":
        return _split(text, separator, r"\r\n|\n")
    if "\n" in text and not text.endswith("\n"):
        records = _split(text, separator, r"\r\n|\r")
        widths = {len(record) for record in records if record != [""]}
        if len(widths) == 1 and widths != {1}:
            return records
    return _split(text, separator, r"\r\n|\n|\r")


def _split(text: str, separator: str, ends: str) -> list[list[str]]:
    if '"' not in text:
        return [line.split(separator) for line in re.split(ends, text)]
    sign = re.escape(separator)
    cell = re.compile(f'((?:"[^"]*(?:""[^"]*)*")?(?:(?!{sign}|{ends}).)*)({sign}|{ends}|$)', re.DOTALL)
    records: list[list[str]] = [[]]
    for found in cell.finditer(text):
        records[-1].append(found[1])
        if found[2] != separator:
            records.append([])
        if found.end() == len(text) and found[2] != separator:
            break
    return [record for record in records if record]


def encoded(text: str, encoding: str) -> bytes:
    """Return text in the encoding of the file that was read.

    Raises
    ------
    DataError
        If the encoding lacks a character.
    """
    try:
        return text.encode(encoding)
    except UnicodeEncodeError as error:
        raise DataError(
            f"The file is written in the encoding of the one that was read, {encoding}, which has no "
            f"{error.object[error.start]!r}. Write another format, or save the file that is read as UTF-8."
        ) from error
