"""A mergeable summary of the distribution of one number."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

#: Number of distinct values that are kept exactly. With more, neighbors are merged, most finely in the tails.
SKETCH_CAP = 16_384


@dataclass(frozen=True)
class Sketch:
    """Distinct values, and the number of rows that each represents.

    Parameters
    ----------
    values : ndarray of float64 or int64 of shape (m,)
        Values that occur, in increasing order; the least and the greatest are always among them.
    weights : ndarray of float64 of shape (m,)
        Number of rows that each value represents, including its merged neighbors.
    ties : ndarray of float64 of shape (m,)
        Number of rows with exactly this value.
    exact : bool
        Whether no neighbors were merged.
    """

    values: NDArray[np.generic]
    weights: NDArray[np.float64]
    ties: NDArray[np.float64]
    exact: bool = True

    @classmethod
    def of(cls, values: NDArray[np.generic]) -> "Sketch":
        """Summarize an array of float64 or int64 values."""
        return cls.of_counts(*np.unique(values, return_counts=True))

    @classmethod
    def of_counts(cls, distinct: NDArray[np.generic], counts: NDArray[np.integer]) -> "Sketch":
        """Summarize distinct values in increasing order that occur ``counts`` times."""
        weights = counts.astype(np.float64)
        return cls(distinct, weights, weights).compressed(SKETCH_CAP)

    @property
    def total(self) -> float:
        """Number of summarized rows."""
        return float(self.weights.sum())

    def merge(self, other: "Sketch") -> "Sketch":
        """Return the summary of both; it is exact if both together stay under the cap."""
        return combine([self, other]).compressed(SKETCH_CAP)

    def sampled_by(self, sample: "Sketch") -> "Sketch":
        """Return a summary with the ends and the total of this one, and the values of a sample of its rows."""
        values = sample.values.astype(self.values.dtype)
        ends = np.setdiff1d(self.values[[0, -1]], values)
        factor = (self.total - len(ends)) / sample.total
        body = Sketch(values, sample.weights * factor, sample.ties * factor, exact=False)
        return combine([body, Sketch.of(ends)]) if len(ends) else body

    def compressed(self, cap: int) -> "Sketch":
        """Return a summary of at most ``cap`` values (plus the two ends), itself if it is small enough.

        Neighbors whose ranks fall into one bin become one point, the value at the bin's middle. Bins are
        narrow in the tails (arcsine scale); a value with many ties stays a point of its own.
        """
        if len(self.values) <= cap:
            return self
        middle = (np.cumsum(self.weights) - self.weights / 2) / self.total
        ranks = np.arcsin(2 * middle - 1) / np.pi + 0.5
        alone = self.weights >= 4 * self.total / cap
        alone[[0, -1]] = True
        starts = _groups(ranks, alone, cap // 2)
        # Many bins are empty where values are tied: use what the cap leaves.
        for doubling in range(16):
            finer = _groups(ranks, alone, cap << doubling)
            if finer.sum() > cap:
                break
            starts = finer
        first = np.flatnonzero(starts)
        last = np.append(first[1:], len(starts)) - 1
        middle_of_group = (first + last) // 2
        return Sketch(
            self.values[middle_of_group],
            np.add.reduceat(self.weights, first),
            self.ties[middle_of_group],
            exact=False,
        )


def combine(sketches: list[Sketch]) -> Sketch:
    """Return the sum of several sketches, without compressing it."""
    values = np.concatenate([sketch.values for sketch in sketches])
    distinct, group = np.unique(values, return_inverse=True)
    return Sketch(
        distinct,
        np.bincount(group, np.concatenate([sketch.weights for sketch in sketches]), len(distinct)).astype(np.float64),
        np.bincount(group, np.concatenate([sketch.ties for sketch in sketches]), len(distinct)).astype(np.float64),
        exact=all(sketch.exact for sketch in sketches),
    )


def scaled(sketch: Sketch, factor: float) -> Sketch:
    """Return ``sketch`` with its weights multiplied by ``factor``; ties keep counting rows."""
    return Sketch(sketch.values, sketch.weights * factor, sketch.ties, sketch.exact)


def _groups(ranks: NDArray[np.float64], alone: NDArray[np.bool_], n_bins: int) -> NDArray[np.bool_]:
    """Return where a group starts: where the bin changes, and on both sides of a value that stays alone."""
    bins = np.floor(ranks * n_bins)
    starts = np.ones(len(bins), dtype=bool)
    starts[1:] = (bins[1:] != bins[:-1]) | alone[1:] | alone[:-1]
    return starts
