"""Texts in messages and views: safe names, lists, near misses, aligned columns."""

import re
from collections.abc import Collection, Iterable, Sequence
from difflib import get_close_matches

# Characters that XML or files cannot hold (controls, non-characters, halves of surrogate pairs) or that reverse text.
_UNWRITABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
#: Names are compared and shown up to this length.
_LONGEST = 100


def printable(text: object) -> str:
    r"""Return text with escapes for characters that move a cursor, color a terminal or are invisible; keep line ends.

    Examples
    --------
    >>> print(printable("Zürich \x1b[31m"))
    Zürich \x1b[31m
    """
    return "".join(char if char.isprintable() or char == "\n" else _escape(char) for char in str(text))


def writable(text: str) -> str:
    """Return text for HTML, with escapes for characters that a page cannot hold or that change the text direction."""
    return _UNWRITABLE.sub(lambda found: _escape(found[0]), text)


def shown(name: object, longest: int = 40) -> str:
    r"""Return a name from outside as one short line; an empty or blank name is quoted, so that it is visible.

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
    """Return the ``repr`` of a name from outside, cut if it is very long."""
    text = repr(name)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 4]}...{text[-1]}"


def listed(names: Sequence[object], most: int = 10) -> str:
    """Return at most ``most`` quoted names as text."""
    return ", ".join(map(quoted, names[:most])) + (", ..." if len(names) > most else "")


def did_you_mean(name: object, known: Iterable[object]) -> str:
    """Return ``" Did you mean 'x'?"`` for the nearest known name, or an empty text if none is near.

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
    """Return a table as text with columns that are aligned in a terminal, even if characters are two columns wide.

    Parameters
    ----------
    rows : sequence of sequences
        Cells of one line; all rows have the same length, and the first one is the heading.
    left : collection of int, default=(0,)
        Columns that are aligned to the left; the others are aligned to the right.
    gap : int, default=2
        Number of spaces between columns.
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


def round_duration(seconds: float) -> str:
    """Return a time span as people say it, such as ``34 s``, ``2 min``, ``3.5 min`` or ``2 h``."""
    if seconds < 100:
        return f"{seconds:.0f} s"
    value, unit = (seconds / 60, "min") if seconds < 6000 else (seconds / 3600, "h")
    return f"{f'{value:.1f}'.removesuffix('.0') if value < 10 else f'{value:.0f}'} {unit}"
