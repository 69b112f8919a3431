"""Coverage and density: how well generated rows fill the region of the real ones."""

import numpy as np
from numpy.typing import NDArray

from imbgan.measures.distances import Matrix, to_others


def neighbor_radii(among: Matrix, k: int = 5) -> NDArray[np.float64]:
    """Return the distance of each row to its k-th nearest other row, shape (n,).

    Parameters
    ----------
    among : ndarray of shape (n, n)
        Distances among real rows.
    k : int, default=5
        At least 1; at most n - 1 neighbors are used.
    """
    k = min(k, len(among) - 1)
    return np.partition(to_others(among), k - 1, axis=1)[:, k - 1] if k > 0 else np.zeros(len(among))


def coverage(distances: Matrix, radii: Matrix) -> float:
    r"""Share of real rows with a generated row inside their k-nearest-neighbor ball (Naeem et al. 2020, "coverage").

    .. math:: \frac{1}{n} \sum_i 1[\exists j: \lVert f_j - r_i \rVert \le \mathrm{NND}_k(r_i)]

    Two samples of n rows from the same distribution give about 1 - 2 ** -k. One detail differs from the paper: tables
    hold duplicates, whose radius is 0, so a ball includes its surface.

    Parameters
    ----------
    distances : ndarray of shape (n, m)
        From real to generated rows.
    radii : ndarray of shape (n,)
        The radii of the balls, see :func:`neighbor_radii`.

    Returns
    -------
    float
        In [0, 1].
    """
    return float(np.mean(distances.min(axis=1) <= radii + 1e-9))


def density(distances: Matrix, radii: Matrix, *, k: int = 5) -> float:
    r"""Mean number of real rows whose ball contains a generated row, divided by k (Naeem et al. 2020, "density").

    .. math:: \frac{1}{k m} \sum_j \sum_i 1[\lVert f_j - r_i \rVert \le \mathrm{NND}_k(r_i)]

    It is about 1 for two samples from the same distribution and has no upper bound. The parameters are those of
    :func:`coverage`, and the ``k`` of the radii.
    """
    inside = distances <= radii[:, None] + 1e-9
    return float(inside.sum(axis=0).mean() / max(min(k, len(radii) - 1), 1))
