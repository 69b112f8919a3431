"""Vectors of one length: embeddings that were divided by their norm, and TF-IDF rows, stay on their sphere."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from imbgan.tabular.codecs import Codec, ConstantCodec, MinMaxCodec, QuantileCodec
from imbgan.tabular.schema import Family, Part, RawColumn, Table

#: With fewer columns, rows can have one length by chance. Vectors that are declared as such need not be so long.
LEAST_COLUMNS = 16
LEAST_ELEMENTS = 3
#: Norms that differ by a smaller part are one norm, and rounded numbers. Norms of independent normal numbers differ by
#: more, unless there are tens of thousands of columns.
TOLERANCE = 0.01


@dataclass(frozen=True)
class Norms:
    """The least and the greatest Euclidean norm of rows, over some columns; statistics that can be merged.

    Parameters
    ----------
    low, high : float
        ``inf`` and 0 before the first row; 0 and ``inf`` where values are missing, so that no norm is known.
    """

    low: float = float("inf")
    high: float = 0.0

    @classmethod
    def of(cls, columns: Sequence[RawColumn]) -> "Norms":
        """Return the norms of the rows of these columns."""
        if any(column.missing.any() for column in columns):
            return cls(0.0, float("inf"))
        squares = np.zeros(len(columns[0].missing))
        with np.errstate(over="ignore"):
            for column in columns:
                squares += column.values.astype(np.float64) ** 2
        return cls(float(np.sqrt(squares.min())), float(np.sqrt(squares.max()))) if len(squares) else cls()

    def merge(self, other: Self) -> "Norms":
        """Return the norms of the rows of both."""
        return Norms(min(self.low, other.low), max(self.high, other.high))

    @property
    def is_one(self) -> bool:
        """Whether all rows have one norm, which is not 0."""
        return 0 < self.low <= self.high <= self.low * (1.0 + TOLERANCE) < float("inf")


def norms_of(table: Table) -> dict[tuple[int, ...], Norms]:
    """Return the norms of each vector of a table, by the positions of its columns.

    The vectors are the columns that share a block; in a table without any, all columns of floats are one vector.
    """
    # A part of a table may have no value at all in a column of floats.
    floats = [i for i, column in enumerate(table.columns) if column.family in ("float", "none")]
    blocks = {table.columns[i].block: [] for i in floats if table.columns[i].block is not None}
    for i in floats:
        if table.columns[i].block is not None:
            blocks[table.columns[i].block].append(i)
    vectors = list(blocks.values()) if blocks else [floats]
    least = LEAST_ELEMENTS if blocks else LEAST_COLUMNS
    return {tuple(places): Norms.of([table.columns[i] for i in places]) for places in vectors if len(places) >= least}


def merged(
    first: Mapping[tuple[int, ...], Norms], second: Mapping[tuple[int, ...], Norms]
) -> dict[tuple[int, ...], Norms]:
    """Return the norms of the rows of two parts of a table."""
    unknown = Norms(0.0, float("inf"))
    if not first or not second:
        return dict(first or second)
    return {places: first.get(places, unknown).merge(second.get(places, unknown)) for places in {**first, **second}}


def known_norms(
    norms: Mapping[tuple[int, ...], Norms], columns: Sequence[tuple[Family, Codec]]
) -> dict[tuple[int, ...], Norms]:
    """Return the norms that decoded rows must have: of vectors that have one, and whose elements are plain numbers."""

    def is_plain(place: int) -> bool:
        family, codec = columns[place]
        return family == "float" and isinstance(codec, QuantileCodec | MinMaxCodec | ConstantCodec)

    return {places: each for places, each in norms.items() if each.is_one and all(map(is_plain, places))}


def keep_norm(norms: Norms, codecs: Sequence[Codec], parts: Sequence[Part]) -> list[Part]:
    """Return the decoded elements of vectors that have been stretched to the norm that all learned ones have.

    In many dimensions, rows that a generator or an interpolation makes of rows on a sphere lie within it, nearer to all
    real rows than these are to one another. Rows that have the norm stay as they are, to the last digit; the others
    are rounded again and cut to the range of their columns.

    Parameters
    ----------
    norms : Norms
        One of :func:`known_norms`.
    codecs : sequence of Codec
        Those of the elements.
    parts : sequence of Part
        The decoded elements.
    """
    values = np.stack([np.asarray(part[0], np.float64) for part in parts])
    length = np.sqrt((values**2).sum(axis=0))
    is_off = (length < norms.low * (1.0 - TOLERANCE)) | (length > norms.high * (1.0 + TOLERANCE))
    # A constant stays what it is: the other columns make up the rest of the length.
    moves = np.array([not isinstance(codec, ConstantCodec) for codec in codecs])
    moving, fixed = ((values[chosen] ** 2).sum(axis=0) for chosen in (moves, ~moves))
    wanted = ((norms.low + norms.high) / 2) ** 2 - fixed
    is_off &= (moving > 0) & (wanted > 0)
    factor = np.sqrt(wanted[is_off] / moving[is_off])
    kept = list(parts)
    for i, (codec, own) in enumerate(zip(codecs, values, strict=True)):
        if is_off.any() and isinstance(codec, QuantileCodec | MinMaxCodec):
            own[is_off] = codec.rounding.apply(own[is_off] * factor)
            kept[i] = (own, parts[i][1])
    return kept
