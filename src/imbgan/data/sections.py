"""The sections of a file: what of it is read by itself, so that many processes read one large file."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple


class Section(NamedTuple):
    """Neighboring row groups of a file of a data set.

    Attributes
    ----------
    file : int
        Number of the file.
    groups : range
        Numbers of the row groups; those of an Arrow file are its record batches. What can only be read from its
        beginning, such as text, is one group.
    start : int
        Number of the first row in the file.
    n_rows : int or None
        None for text, whose rows are known when they have been read.
    """

    file: int
    groups: range
    start: int
    n_rows: int | None


def sections_of(file: int, groups: Sequence[int | None], most: int | None = None) -> Iterator[Section]:
    """Divide a file; how depends on nothing but the sizes of its row groups.

    Parameters
    ----------
    file : int
        Number of the file.
    groups : sequence of (int or None)
        Rows of each row group; None for the only group of a file of text.
    most : int, default=None
        Most rows of a section of several row groups. By default, the file is one section.

    Examples
    --------
    >>> [(list(each.groups), each.start, each.n_rows) for each in sections_of(0, [40, 50, 20, 300], 100)]
    [([0, 1], 0, 90), ([2], 90, 20), ([3], 110, 300)]
    """
    first, start, n_rows = 0, 0, 0
    for number, size in enumerate(groups):
        if size is None:
            yield Section(file, range(len(groups)), 0, None)
            return
        if most is not None and number > first and n_rows + size > most:
            yield Section(file, range(first, number), start, n_rows)
            first, start, n_rows = number, start + n_rows, 0
        n_rows += size
    yield Section(file, range(first, len(groups)), start, n_rows)
