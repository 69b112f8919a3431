"""Atoms: values that most rows hold, and where the matrix has them."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from imbgan.tabular.codecs import Codec, OptionalCodec, QuantileCodec

#: A value with at least this class-balanced share of a number is its atom.
LEAST_SHARE = 0.5


@dataclass(frozen=True)
class Atom:
    """A value that at least half of the rows hold, each class with the same weight, such as the zeros of counts.

    Parameters
    ----------
    column : int
        Matrix column of the number.
    low, high : float
        Places in [low, high) decode to the value.
    present : int or None
        Matrix column of the level "present", which that of "missing" follows; None if no cell can be missing.
    """

    column: int
    low: float
    high: float
    present: int | None = None

    def among(self, rows: NDArray[np.float32]) -> NDArray[np.bool_]:
        """Return in which rows (n, width) of a matrix the number is not missing, (n,)."""
        if self.present is None:
            return np.ones(len(rows), dtype=bool)
        return rows[:, self.present] >= rows[:, self.present + 1]


def find_atoms(codecs: Iterable[Codec]) -> tuple[Atom, ...]:
    """Return the atoms of numbers that are encoded as places on their distribution.

    Parameters
    ----------
    codecs : iterable of Codec
        All codecs of a table, in the order of its columns.
    """
    codecs = tuple(codecs)
    number, level = 0, sum(codec.n_numbers for codec in codecs)
    atoms: list[Atom] = []
    for codec in codecs:
        quantiles = codec.number if isinstance(codec, OptionalCodec) else codec
        if isinstance(quantiles, QuantileCodec):
            low, high, share = quantiles.scale.widest
            if share >= LEAST_SHARE:
                atoms.append(Atom(number, low, high, level if codec.n_levels else None))
        number, level = number + codec.n_numbers, level + codec.n_levels
    return tuple(atoms)
