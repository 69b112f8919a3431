"""A mergeable sample of the distinct whole numbers of a column, from which their repetition is estimated."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

#: Number of distinct values in the sample; shares are estimated within about 1 / sqrt(4096) = 1.6 %.
SAMPLE_SIZE = 4096


@dataclass(frozen=True)
class DistinctSample:
    """The distinct values with the smallest hashes, and how many rows hold each of them (a bottom-k sample).

    A value among the smallest hashes of the whole is among those of each part that holds it, so that its count is exact
    in whatever order parts are merged.

    Parameters
    ----------
    hashes : ndarray of uint64 of shape (m,)
        In increasing order, at most 4,096.
    counts : ndarray of int64 of shape (m,)
        Number of rows with the value of each hash.
    """

    hashes: NDArray[np.uint64]
    counts: NDArray[np.int64]

    @classmethod
    def empty(cls) -> "DistinctSample":
        """Return the sample of no rows."""
        return cls(np.empty(0, np.uint64), np.empty(0, np.int64))

    @classmethod
    def of(cls, values: NDArray[np.generic], counts: NDArray[np.integer]) -> "DistinctSample":
        """Sample distinct whole numbers below 2**63 in size (m,) that occur ``counts`` (m,) times."""
        hashes = hashes_of(values.astype(np.int64))
        order = np.argsort(hashes)[:SAMPLE_SIZE]
        return cls(hashes[order], counts[order].astype(np.int64))

    def merge(self, other: "DistinctSample") -> "DistinctSample":
        """Return the sample of both."""
        hashes, places = np.unique(np.concatenate([self.hashes, other.hashes]), return_inverse=True)
        counts = np.zeros(len(hashes), np.int64)
        np.add.at(counts, places, np.concatenate([self.counts, other.counts]))
        return DistinctSample(hashes[:SAMPLE_SIZE], counts[:SAMPLE_SIZE])

    @property
    def n_distinct(self) -> float:
        """Number of distinct values: exact below 4,096, otherwise estimated from the largest hash of the sample."""
        size = len(self.hashes)
        return float(size) if size < SAMPLE_SIZE else (size - 1) * 2.0**64 / float(self.hashes[-1])

    @property
    def n_equal_pairs(self) -> float:
        """Number of pairs of rows with equal values, estimated."""
        if not len(self.counts):
            return 0.0
        counts = self.counts.astype(np.float64)
        return float((counts * (counts - 1) / 2).mean()) * self.n_distinct


def hashes_of(values: NDArray[np.int64]) -> NDArray[np.uint64]:
    """Return a 64-bit hash of each value (splitmix64, a bijection: distinct values have distinct hashes)."""
    bits = values.view(np.uint64) + np.uint64(0x9E3779B97F4A7C15)
    bits = (bits ^ (bits >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return bits ^ (bits >> np.uint64(31))
