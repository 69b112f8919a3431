"""Coverage and density: how well generated rows fill the region of the real ones."""

import numpy as np
from numpy.typing import NDArray

from imbgan.measures.distances import Matrix, pairwise_distances


def neighbor_radii(real: Matrix, k: int = 5) -> NDArray[np.float64]:
    """Return the distance of each row to its k-th nearest other row, shape (n,); k is at most n - 1."""
    k = min(k, len(real) - 1)
    if k < 1:
        return np.zeros(len(real))
    distances = pairwise_distances(real, real)
    np.fill_diagonal(distances, np.inf)
    return np.partition(distances, k - 1, axis=1)[:, k - 1]


def coverage(real: Matrix, generated: Matrix, *, k: int = 5) -> float:
    r"""Share of real rows with a generated row inside their k-nearest-neighbor ball (Naeem et al. 2020, "coverage").

    .. math:: \frac{1}{n} \sum_i 1[\exists j: \lVert f_j - r_i \rVert \le \mathrm{NND}_k(r_i)]

    Two samples of n rows from the same distribution give about 1 - 2 ** -k. One detail differs from the paper: tables
    hold duplicates, whose radius is 0, so a ball includes its surface.

    Parameters
    ----------
    real, generated : ndarray of shape (n, width), (m, width)
        There must be at least two real rows.
    k : int, default=5
        Number of neighbors that defines the radius; at most n - 1 are used.

    Returns
    -------
    float
        In [0, 1].
    """
    nearest = pairwise_distances(real, generated).min(axis=1)
    return float(np.mean(nearest <= neighbor_radii(real, k) + 1e-9))


def density(real: Matrix, generated: Matrix, *, k: int = 5) -> float:
    r"""Mean number of real rows whose ball contains a generated row, divided by k (Naeem et al. 2020, "density").

    .. math:: \frac{1}{k m} \sum_j \sum_i 1[\lVert f_j - r_i \rVert \le \mathrm{NND}_k(r_i)]

    It is about 1 for two samples from the same distribution and has no upper bound. The parameters are those of
    :func:`coverage`.
    """
    inside = pairwise_distances(real, generated) <= neighbor_radii(real, k)[:, None] + 1e-9
    return float(inside.sum(axis=0).mean() / max(min(k, len(real) - 1), 1))
