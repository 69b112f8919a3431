"""A line on which points have intervals of probability, with gaps between them.

Numbers, and categories of many levels, are encoded on such a line. The position of a value is drawn uniformly in the
interval of its mass, and every position decodes to an exact point or to a place between two points.
"""

from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

#: The least positive mass of a point or gap, so that float32 can distinguish its ends.
MIN_MASS = 1e-6
#: Normal scores lie in [-Z_MAX, Z_MAX]; probabilities are scaled accordingly, so that none is cut off.
Z_MAX = 5.0
_TAIL = float(ndtr(-Z_MAX))

Link = Literal["normal", "uniform"]


class Scale:
    """Probability line of points and gaps, as float32 matrix values.

    Parameters
    ----------
    edges : ndarray of float32 of shape (2 * m,)
        Matrix values at which the interval of each of ``m`` points starts and ends, in increasing order.
    link : {"normal", "uniform"}
        Whether matrix values are normal scores in [-5, 5] or the probabilities themselves in [0, 1].
    """

    def __init__(self, edges: NDArray[np.float32], link: Link) -> None:
        self.link: Link = link
        self.edges = edges
        # Probabilities are read back from the float32 ends: encode and decode then agree to the last bit.
        self._ends = _to_probability(edges, link)

    @classmethod
    def from_masses(cls, masses: NDArray[np.float64], link: Link = "normal") -> "Scale":
        """Lay out a line.

        Parameters
        ----------
        masses : ndarray of shape (2 * m - 1,)
            Mass of point 0, of the gap after it, of point 1, and so on to point m - 1; need not sum to one.
            A point without mass is skipped, and a gap without mass is closed.
        link : {"normal", "uniform"}
            As in the constructor.
        """
        widths = np.where(masses > 0, np.maximum(masses / masses.sum(), MIN_MASS), 0.0)
        ends = np.concatenate([[0.0], np.cumsum(widths / widths.sum())])
        return cls(_to_matrix(np.minimum(ends, 1.0), link), link)

    @property
    def n_points(self) -> int:
        """Number of points, with or without mass."""
        return len(self.edges) // 2

    @property
    def widest(self) -> tuple[float, float, float]:
        """Where the interval of the point with the greatest mass starts and ends, and its mass."""
        masses = self._ends[1::2] - self._ends[::2]
        point = int(masses.argmax())
        return float(self.edges[2 * point]), float(self.edges[2 * point + 1]), float(masses[point])

    def encode(
        self, index: NDArray[np.intp], fraction: NDArray[np.float64], draws: NDArray[np.float64]
    ) -> NDArray[np.float32]:
        """Return matrix values of positions on the line.

        Parameters
        ----------
        index : ndarray of int of shape (n,)
            Point at or before each position.
        fraction : ndarray of float64 of shape (n,)
            0 at the point, else how far into the gap after it, below 1.
        draws : ndarray of float64 of shape (n,)
            Uniform in [0, 1); where a tied value lies in the interval of its point.

        Returns
        -------
        ndarray of float32 of shape (n,)
        """
        # A position in a closed gap (a value unknown when fitted) goes to the nearer point.
        next_point = np.minimum(2 * index + 2, len(self.edges) - 1)
        closed = (fraction > 0) & (self.edges[next_point] <= self.edges[2 * index + 1])
        index = index + (closed & (fraction >= 0.5))
        between = (fraction > 0) & ~closed
        low, high = self.edges[2 * index], self.edges[2 * index + 1]
        after = self.edges[np.minimum(2 * index + 2, len(self.edges) - 1)]
        start = self._ends[2 * index + between]
        stop = self._ends[np.minimum(2 * index + 1 + between, len(self._ends) - 1)]
        matrix = _to_matrix(start + (stop - start) * np.where(between, fraction, draws), self.link)
        # Rounding to float32 must not carry a value over the end of its interval: ends belong to the right.
        inside = np.nextafter(high, low)
        matrix = np.where(between, np.clip(matrix, high, after), np.clip(matrix, low, np.maximum(inside, low)))
        return matrix.astype(np.float32)

    def places(self, probability: NDArray[np.float64]) -> NDArray[np.float32]:
        """Return matrix values (n,) of probabilities in [0, 1]."""
        return _to_matrix(probability, self.link)

    def decode(self, matrix: NDArray[np.float32]) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
        """Return the positions (index, fraction) of matrix values, the inverse of :meth:`encode`."""
        passed = np.searchsorted(self.edges, matrix, side="right")
        index = np.maximum((passed - 1) // 2, 0)
        # Most columns are at points nearly everywhere, so that only places between them are worked out.
        between = np.flatnonzero((passed % 2 == 0) & (passed > 0) & (index < self.n_points - 1))
        at = index[between]
        start, stop = self._ends[2 * at + 1], self._ends[np.minimum(2 * at + 2, len(self._ends) - 1)]
        fraction = np.zeros(len(index))
        fraction[between] = np.clip((_to_probability(matrix[between], self.link) - start) / (stop - start), 0.0, 1.0)
        return index.astype(np.intp, copy=False), fraction


def _to_matrix(probability: NDArray[np.float64], link: Link) -> NDArray[np.float32]:
    if link == "uniform":
        return probability.astype(np.float32)
    return np.asarray(ndtri(_TAIL + (1.0 - 2.0 * _TAIL) * probability), dtype=np.float32)


def _to_probability(matrix: NDArray[np.float32], link: Link) -> NDArray[np.float64]:
    wide = matrix.astype(np.float64)
    if link == "uniform":
        return np.clip(wide, 0.0, 1.0)
    return np.clip((ndtr(wide) - _TAIL) / (1.0 - 2.0 * _TAIL), 0.0, 1.0)
