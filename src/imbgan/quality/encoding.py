"""Encode cells as a matrix with meaningful distances, without random draws.

The encoder of :mod:`imbgan.tabular` is made for networks. It draws the place of tied values at random and cuts numbers
to the observed range, which would hide copies and values out of range. Here equal cells stay equal, and distant cells
stay distant.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from imbgan.quality.rows import Cells, Field

# Levels beyond this many most frequent ones share one column of the matrix.
MAX_LEVELS = 64
# Normal scores are cut to this: a number out of range remains visible, and no row outweighs all others.
FARTHEST = 8.0
# With this factor, two different levels have the distance 1.
LEVEL_SCALE = 2.0**-0.5


# A number is encoded on two scales, which share its weight.
NUMBER_SCALE = 2.0**-0.5


@dataclass(frozen=True)
class _Scale:
    """A number on two scales that are fitted to real values, shape (n, 2).

    The first scale is the normal score of the rank among real values: it resolves skewed columns everywhere, but closes
    gaps between modes. The second scale, in mean deviations from the median, keeps these gaps.
    """

    values: Cells
    scores: Cells
    median: float
    deviation: float

    @classmethod
    def fit(cls, cells: Cells) -> "_Scale":
        from scipy.special import ndtri

        present = cells[~np.isnan(cells)]
        if not len(present):
            return cls(np.zeros(1), np.zeros(1), 0.0, 1.0)
        values, counts = np.unique(present, return_counts=True)
        # The score of a value is that of its middle rank.
        scores = ndtri((np.cumsum(counts) - counts / 2) / len(present))
        median = float(np.median(present))
        # For a normal distribution, the mean deviation is 0.8 standard deviations.
        deviation = 1.25 * float(np.abs(present - median).mean()) or abs(median) or 1.0
        return cls(values, scores, median, deviation)

    def apply(self, cells: Cells) -> Cells:
        low, high = self.values[0], self.values[-1]
        scores = np.interp(cells, self.values, self.scores)
        linear = (cells - self.median) / self.deviation
        # Beyond the bounds, the first scale continues like the second.
        scores = scores + (cells - np.clip(cells, low, high)) / self.deviation
        both = np.nan_to_num(np.stack([scores, linear], axis=1))
        return NUMBER_SCALE * np.clip(both, -FARTHEST, FARTHEST)


def encode(fields: Sequence[Field], real: Cells, tables: Sequence[Cells]) -> list[NDArray[np.float64]]:
    """Return the tables as matrices of the same width.

    A number becomes its normal score among the real values (mid-ranks) and its distance from their median, so that all
    columns have about the same weight. A missing number is 0 there, and a further column marks it. A category becomes
    one column per level, where a missing value is a further level.

    Parameters
    ----------
    fields : sequence of Field
    real : ndarray of shape (n, d)
        Cells to which scales are fitted.
    tables : sequence of ndarray of shape (m, d)

    Returns
    -------
    list of ndarray of shape (m, width)
    """
    parts: list[list[NDArray[np.float64]]] = [[] for _ in tables]
    every = np.concatenate([real, *tables])
    for j, field in enumerate(fields):
        if field.is_number:
            scale, has_missing = _Scale.fit(real[:, j]), bool(np.isnan(every[:, j]).any())
            for part, table in zip(parts, tables, strict=True):
                part.append(scale.apply(table[:, j]))
                if has_missing:
                    part.append(np.isnan(table[:, j])[:, None].astype(float))
        else:
            groups = level_groups(every[:, j], len(field.levels), MAX_LEVELS)
            for part, table in zip(parts, tables, strict=True):
                codes = level_codes(table[:, j], groups)
                part.append(LEVEL_SCALE * (codes[:, None] == np.arange(groups.max() + 1)))
    return [np.hstack(part) for part in parts]


def level_groups(cells: Cells, n_levels: int, limit: int) -> NDArray[np.intp]:
    """Return the group of each level, in at most ``limit`` groups; the last entry is the group of missing cells.

    Each frequent level has its own group, and the rest share the last one. Without missing cells, the group of missing
    cells stays empty.
    """
    codes = np.where(np.isnan(cells), n_levels, cells).astype(np.intp)
    counts = np.bincount(codes, minlength=n_levels + 1)
    rank = np.empty(n_levels + 1, np.intp)
    rank[np.argsort(-counts, kind="stable")] = np.arange(n_levels + 1)
    return np.minimum(rank, limit - 1)


def level_codes(cells: Cells, groups: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return the group of each cell."""
    return groups[np.where(np.isnan(cells), len(groups) - 1, cells).astype(np.intp)]


def row_numbers(tables: Sequence[Cells]) -> list[NDArray[np.intp]]:
    """Return a number for each row; only equal rows have equal numbers. Missing cells are equal."""
    every = np.concatenate(tables)
    plain = np.nan_to_num(every, nan=np.finfo(float).max) + 0.0  # adding 0 makes -0.0 equal to 0.0
    plain = np.ascontiguousarray(plain)
    keys = plain.view(np.dtype((np.void, plain.itemsize * plain.shape[1]))).reshape(-1)
    numbers = np.unique(keys, return_inverse=True)[1].reshape(-1)
    return np.split(numbers, np.cumsum([len(table) for table in tables])[:-1])
