"""The layout of delimited text: what separates its fields, and where its table begins."""

import contextlib
import csv
import io
import re
from collections.abc import Sequence
from typing import NamedTuple

#: Separators that are tried if that of the format does not divide the rows alike.
OTHER_SEPARATORS = (";", "\t", "|")
#: A first line by which spreadsheets are told the separator.
_NAMED_SEPARATOR = re.compile(r'("?)sep=([,;|\t])\1(?:\r\n|\n|\r)+(?=.)', re.IGNORECASE)
_NUMBER = re.compile(r"\W*\d")
#: Characters and rows that are looked at, and rows among which the header is looked for.
_HEAD, _ROWS, _TOP = 2**16, 40, 10


class Layout(NamedTuple):
    """The separator, and the text above the header: a line that names the separator, or a title."""

    separator: str
    above: str


def find_layout(text: str, separator: str, *, chosen: str | None = None) -> Layout:
    """Return the layout of delimited text.

    The separator is the chosen one, the one that the first line names, that of the format if it divides the first rows
    into equally many fields, or another one that does so. Rows above the header are those with a single field that is
    not empty, if all rows below them have equally many fields; a header has a name for most of its fields.

    Parameters
    ----------
    text : str
        Text without a byte order mark.
    separator : str
        The separator of the format.
    chosen : str, default=None
        The separator that the user named.
    """
    named = _NAMED_SEPARATOR.match(text)
    if named is not None:
        return Layout(chosen or named[2], named[0])
    tried = (chosen,) if chosen else (separator, *OTHER_SEPARATORS)
    rows = {each: _first_rows(text, each) for each in tried}
    for each in tried:
        if _are_regular(rows[each]):
            return Layout(each, "")
    tops = {each: top for each in tried if (top := _header_row(rows[each]))}
    if tops:  # with a decimal comma, the comma divides rows as well, but not the header
        found = min(tops, key=lambda each: (tops[each], -len(rows[each][-1].cells)))
        return Layout(found, _lines(text, rows[found][tops[found]].line))
    if chosen or _widths(rows[separator][:1]) != {1}:
        return Layout(tried[0], "")
    # A header without separators names one column, so that what divides its cells belongs to them.
    alone = next((each for each in OTHER_SEPARATORS if _widths(rows[each]) == {1}), None)
    # A row below may be wrong, which is reported with its line.
    pairs = (each for each in tried[1:] if _are_regular(rows[each][:2]))
    return Layout(next(pairs, alone or separator), "")


def _widths(rows: Sequence["_Row"]) -> set[int]:
    return {len(row.cells) for row in rows}


class _Row(NamedTuple):
    line: int
    cells: list[str]

    @property
    def n_filled(self) -> int:
        return sum(bool(cell.strip()) for cell in self.cells)


def _first_rows(text: str, separator: str) -> list[_Row]:
    """Return the first rows that are not blank, with the number of their first line, from 0."""
    head = text[:_HEAD]
    reader = csv.reader(io.StringIO(head, newline=""), delimiter=separator)
    rows: list[_Row] = []
    line = 0
    with contextlib.suppress(csv.Error):  # reported later
        for cells in reader:
            if cells:
                rows.append(_Row(line, cells))
            line = reader.line_num
            if len(rows) == _ROWS:
                return rows
    return rows[:-1] if len(head) < len(text) else rows  # the last one may be cut


def _are_regular(rows: list[_Row]) -> bool:
    widths = _widths(rows)
    return len(rows) > 1 and len(widths) == 1 and widths != {1} and not _header_row(rows)


def _header_row(rows: list[_Row]) -> int:
    """Return the position of the first row of the table; 0 if nothing stands above it."""
    for top, row in enumerate(rows[:_TOP]):
        width = len(row.cells)
        below = rows[top:]
        is_table = len(below) > 1 and width > 1 and all(len(each.cells) == width for each in below)
        # Below a name without a comma, 1,5 is one number and no header of two columns.
        is_table &= top == 0 or not any(_NUMBER.match(cell) for cell in row.cells)
        if is_table and (top == 0 or 2 * row.n_filled > width) and not _is_title(row, width):
            return top
        if not _is_title(row, len(rows[-1].cells)):
            return 0
    return 0


def _is_title(row: _Row, width: int) -> bool:
    """Return whether a row has one field only, as titles have; of two fields, one may be the index, without a name."""
    return row.n_filled <= 1 and (len(row.cells) == 1 or width > 2)


def _lines(text: str, n_lines: int) -> str:
    """Return the first lines of a text."""
    ends = re.finditer(r"\r\n|\n|\r", text)
    return text[: [next(ends).end() for _ in range(n_lines)][-1]]
