"""Chunks of generated rows: what is in memory as a float32 matrix at a time."""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

#: Numbers in the matrix of a chunk: 16 MB, so that it stays in the caches of a processor for the most part.
CHUNK_CELLS = 2**22
#: Chunks start at multiples of this, the rows that are generated together.
BLOCK_ROWS = 1024


class Chunk(NamedTuple):
    """Rows ``start`` to ``stop`` of the endless table of a class, the rows from ``place`` on of the result."""

    code: int
    start: int
    stop: int
    place: int


def chunks_of(ranges: Sequence[tuple[int, int, int]], width: int) -> list[Chunk]:
    """Divide ranges of rows into chunks of at most 2**22 numbers, but at least 1,024 rows; there is at least one chunk.

    Parameters
    ----------
    ranges : sequence of (code, start, stop)
        At least one.
    width : int
        Number of matrix columns.

    Examples
    --------
    >>> [(chunk.start, chunk.stop, chunk.place) for chunk in chunks_of([(0, 1000, 6000)], 2048)]
    [(1000, 2048, 0), (2048, 4096, 1048), (4096, 6000, 3096)]
    """
    size = max(CHUNK_CELLS // max(width, 1) // BLOCK_ROWS, 1) * BLOCK_ROWS
    chunks: list[Chunk] = []
    place = 0
    for code, start, stop in ranges:
        bounds = [start, *range((start // size + 1) * size, stop, size), stop]
        chunks += [Chunk(code, begin, end, place + begin - start) for begin, end in pairwise(bounds) if begin < end]
        place += stop - start
    return chunks or [Chunk(*ranges[0], 0)]
