"""Text for people: names from outside made safe, lists, near misses, columns that line up."""

import re
from collections.abc import Collection, Iterable, Sequence
from difflib import get_close_matches

# What XML cannot hold (controls, non-characters), no file can (halves of surrogate pairs), or turns the text after it.
_UNWRITABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
#: Names are compared, and shown in messages, up to this length.
_LONGEST = 100


def printable(text: object) -> str:
    r"""Return text in which whatever could move a cursor, color a terminal or hide is an escape; line ends stay.

    Examples
    --------
    >>> print(printable("Zürich \x1b[31m"))
    Zürich \x1b[31m
    """
    return "".join(char if char.isprintable() or char == "\n" else _escape(char) for char in str(text))


def writable(text: str) -> str:
    """Return text for HTML: what no page can hold, or what turns the direction of the text after it, is an escape."""
    return _UNWRITABLE.sub(lambda found: _escape(found[0]), text)


def shown(name: object, longest: int = 40) -> str:
    r"""Return a name from outside as one short line; an empty or blank one is quoted, so that it is seen.

    Examples
    --------
    >>> print(shown("two\nlines"), shown(" "))
    two\nlines ' '
    """
    text = printable(name).replace("\n", r"\n")
    return cut(text if text.strip() else repr(text), longest)


def one_line(text: object) -> str:
    """Return a message of any library on one line."""
    return printable(" ".join(str(text).split()))


def cut(text: str, longest: int) -> str:
    """Return a text of at most this width in a terminal, where a Chinese character is two columns wide."""
    from rich.cells import cell_len, set_cell_size

    return text if cell_len(text) <= longest else f"{set_cell_size(text, max(longest - 3, 0)).rstrip()}..."


def quoted(name: object) -> str:
    """Return a name from outside as messages quote it: its ``repr``, cut where it is very long."""
    text = repr(name)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 4]}...{text[-1]}"


def listed(names: Sequence[object], most: int = 10) -> str:
    """Return names as text, quoted, cut short after ``most``."""
    return ", ".join(map(quoted, names[:most])) + (", ..." if len(names) > most else "")


def did_you_mean(name: object, known: Iterable[object]) -> str:
    """Return ``" Did you mean 'x'?"`` for the nearest known name, nothing if none is near.

    Examples
    --------
    >>> did_you_mean("smoot", ["none", "smote"])
    " Did you mean 'smote'?"
    """
    names = list(known)
    texts = [_compared(each) for each in names]
    near = get_close_matches(_compared(name), texts, n=1)
    return f" Did you mean {quoted(names[texts.index(near[0])])}?" if near else ""


def aligned(rows: Sequence[Sequence[object]], *, left: Collection[int] = (0,), gap: int = 2) -> str:
    """Return a table as text whose columns line up in a terminal, also where characters are two columns wide.

    Parameters
    ----------
    rows : sequence of sequences
        Cells of one line each; all rows are of one length, the first is the heading.
    left : collection of int, default=(0,)
        Columns that are flush left; the others are flush right.
    gap : int, default=2
        Spaces between columns.
    """
    from rich.cells import cell_len

    cells = [[str(cell) for cell in row] for row in rows]
    widths = [max(map(cell_len, column)) for column in zip(*cells, strict=True)]
    lines: list[str] = []
    for row in cells:
        padding = [" " * (width - cell_len(cell)) for cell, width in zip(row, widths, strict=True)]
        parts = [
            cell + pad if i in left else pad + cell for i, (cell, pad) in enumerate(zip(row, padding, strict=True))
        ]
        lines.append((" " * gap).join(parts).rstrip())
    return "\n".join(lines)


def _compared(name: object) -> str:
    return str(name)[:_LONGEST].strip().casefold()


def _escape(char: str) -> str:
    return char.encode("unicode_escape").decode()
