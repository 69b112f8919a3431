"""Cells as a matrix on which distances mean something, without chance.

The encoder of :mod:`imbgan.tabular` is made for networks: it draws the place of tied values and cuts numbers to the
observed range, which would hide copies, and values out of range. Here equal cells are equal, and far ones are far.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from imbgan.quality.rows import Cells, Field

# Levels beyond the most frequent ones share one column of the matrix.
MAX_LEVELS = 64
# Normal scores of numbers far out of range end here: far enough to be seen, and no row outweighs all others.
FARTHEST = 8.0
# Two different levels are 1 apart.
LEVEL_SCALE = 2.0**-0.5


# A number is seen on two scales, which share its weight.
NUMBER_SCALE = 2.0**-0.5


@dataclass(frozen=True)
class _Scale:
    """A number on two scales that are fitted to real values, shape (n, 2).

    On the first, the normal score of its rank among them, skewed columns are resolved everywhere; it closes the gaps
    between modes. The second, in mean deviations from the median, keeps them.
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
        # The middle of the ties of a value, as a share of all rows.
        scores = ndtri((np.cumsum(counts) - counts / 2) / len(present))
        median = float(np.median(present))
        # Of a normal number the mean deviation is 0.8 standard deviations.
        deviation = 1.25 * float(np.abs(present - median).mean()) or abs(median) or 1.0
        return cls(values, scores, median, deviation)

    def apply(self, cells: Cells) -> Cells:
        low, high = self.values[0], self.values[-1]
        scores = np.interp(cells, self.values, self.scores)
        linear = (cells - self.median) / self.deviation
        # Beyond the bounds the first scale goes on as the second.
        scores = scores + (cells - np.clip(cells, low, high)) / self.deviation
        both = np.nan_to_num(np.stack([scores, linear], axis=1))
        return NUMBER_SCALE * np.clip(both, -FARTHEST, FARTHEST)


def encode(fields: Sequence[Field], real: Cells, tables: Sequence[Cells]) -> list[NDArray[np.float64]]:
    """Return the tables as matrices of one width.

    A number becomes its normal score among the real values (mid-ranks) and its distance from their median, so that
    every column weighs about alike; a missing number is 0 there and marked in a column of its own. A category
    becomes one column a level, a missing value being one more.

    Parameters
    ----------
    fields : sequence of Field
    real : ndarray of shape (n, d)
        Cells that scales are fitted on.
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
    """Return the group of each level, the last entry being that of missing cells, at most ``limit`` groups.

    Frequent levels are groups of their own; the rest share the last group. Without missing cells the entry for
    them is a group that stays empty.
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
    """Return a number for each row; equal rows, and only they, have equal numbers. Missing cells are equal."""
    every = np.concatenate(tables)
    plain = np.nan_to_num(every, nan=np.finfo(float).max) + 0.0  # adding 0 makes -0.0 equal to 0.0
    plain = np.ascontiguousarray(plain)
    keys = plain.view(np.dtype((np.void, plain.itemsize * plain.shape[1]))).reshape(-1)
    numbers = np.unique(keys, return_inverse=True)[1].reshape(-1)
    return np.split(numbers, np.cumsum([len(table) for table in tables])[:-1])
