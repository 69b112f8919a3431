"""Rows of one length: embeddings that were divided by their norm, and TF-IDF rows, stay on their sphere."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from imbgan.tabular.codecs import Codec, ConstantCodec, MinMaxCodec, QuantileCodec
from imbgan.tabular.schema import Family, Part, Table

#: With fewer columns, rows can have one length by chance.
LEAST_COLUMNS = 16
#: Norms that differ by a smaller part are one norm, and rounded numbers. Norms of independent normal numbers differ by
#: more, unless there are tens of thousands of columns.
TOLERANCE = 0.01


@dataclass(frozen=True)
class Norms:
    """The least and the greatest Euclidean norm of rows, over all columns of floats; statistics that can be merged.

    Parameters
    ----------
    low, high : float
        ``inf`` and 0 before the first row; 0 and ``inf`` where floats are missing or few, so that no norm is known.
    """

    low: float = float("inf")
    high: float = 0.0

    @classmethod
    def of(cls, table: Table) -> "Norms":
        """Return the norms of the rows of a table."""
        # A part of a table may have no value at all in a column of floats.
        floats = [column for column in table.columns if column.family in ("float", "none")]
        if len(floats) < LEAST_COLUMNS or any(column.missing.any() for column in floats):
            return cls(0.0, float("inf"))
        squares = np.zeros(table.n_rows)
        with np.errstate(over="ignore"):
            for column in floats:
                squares += column.values.astype(np.float64) ** 2
        return cls(float(np.sqrt(squares.min())), float(np.sqrt(squares.max()))) if len(squares) else cls()

    def merge(self, other: Self) -> "Norms":
        """Return the norms of the rows of both."""
        return Norms(min(self.low, other.low), max(self.high, other.high))

    @property
    def is_one(self) -> bool:
        """Whether all rows have one norm, which is not 0."""
        return 0 < self.low <= self.high <= self.low * (1.0 + TOLERANCE) < float("inf")


def norm_of(norms: Norms, columns: Sequence[tuple[Family, Codec]]) -> Norms | None:
    """Return the norm that decoded rows must have; None if rows have several, or if a float is no plain number."""
    floats = [codec for family, codec in columns if family == "float"]
    is_plain = all(isinstance(codec, QuantileCodec | MinMaxCodec | ConstantCodec) for codec in floats)
    return norms if norms.is_one and is_plain else None


def keep_norm(norms: Norms, columns: Sequence[tuple[Family, Codec]], parts: Sequence[Part]) -> list[Part]:
    """Return decoded columns whose rows have been stretched to the norm that all learned rows have.

    In many dimensions, rows that a generator or an interpolation makes of rows on a sphere lie within it, nearer to all
    real rows than these are to one another. Rows that have the norm stay as they are, to the last digit; the others
    are rounded again and cut to the range of their columns.

    Parameters
    ----------
    norms : Norms
        For which :func:`norm_of` returned itself.
    columns : sequence of (family, codec)
    parts : sequence of Part
        The decoded columns.
    """
    places = [i for i, (family, _) in enumerate(columns) if family == "float"]
    values = np.stack([np.asarray(parts[i][0], np.float64) for i in places])
    length = np.sqrt((values**2).sum(axis=0))
    is_off = (length < norms.low * (1.0 - TOLERANCE)) | (length > norms.high * (1.0 + TOLERANCE))
    # A constant stays what it is: the other columns make up the rest of the length.
    moves = np.array([not isinstance(columns[i][1], ConstantCodec) for i in places])
    moving, fixed = ((values[chosen] ** 2).sum(axis=0) for chosen in (moves, ~moves))
    wanted = ((norms.low + norms.high) / 2) ** 2 - fixed
    is_off &= (moving > 0) & (wanted > 0)
    factor = np.sqrt(wanted[is_off] / moving[is_off])
    kept = list(parts)
    for i, own in zip(places, values, strict=True):
        codec = columns[i][1]
        if is_off.any() and isinstance(codec, QuantileCodec | MinMaxCodec):
            own[is_off] = codec.rounding.apply(own[is_off] * factor)
            kept[i] = (own, parts[i][1])
    return kept
