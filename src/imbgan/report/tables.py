"""Tables of a page as plain data: one macro draws all of them, as rows on paper and as cards on a phone."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from imbgan.report.words import named, shorten


@dataclass(frozen=True)
class Cell:
    """One cell: a main text, further lines in small type, and a class of the style sheet."""

    text: str
    small: tuple[str, ...] = ()
    kind: str = ""


@dataclass(frozen=True)
class Row:
    """One row: its name and its cells, or instead of them the reason why there are none."""

    name: Cell
    cells: tuple[Cell, ...]
    kind: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Table:
    """A table whose first column holds names.

    Parameters
    ----------
    caption : str
        What a screen reader calls the table.
    heads : sequence of str
        One head per column.
    rows : sequence of Row
    texts : tuple of int, default=()
        Columns of text beside the first one; all others hold numbers, and are aligned to the right.
    """

    caption: str
    heads: Sequence[str]
    rows: Sequence[Row]
    texts: tuple[int, ...] = ()


def name(text: object, width: int = 36) -> Markup:
    """Write a name that comes from outside: shortened, complete in its tooltip, with its text direction isolated."""
    whole, shown = named(str(text)), shorten(str(text), width)
    if shown == whole:
        return Markup("<bdi>{}</bdi>").format(shown)
    return Markup('<bdi title="{}">{}</bdi>').format(whole, shown)
