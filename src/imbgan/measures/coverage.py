"""How much of the real sample the generated one covers."""

import numpy as np
from numpy.typing import NDArray

from imbgan.measures.distances import Matrix, pairwise_distances


def neighbor_radii(real: Matrix, k: int = 5) -> NDArray[np.float64]:
    """Return the distance of each row to its k-th nearest other row (k is cut to what there is), shape (n,)."""
    k = min(k, len(real) - 1)
    if k < 1:
        return np.zeros(len(real))
    distances = pairwise_distances(real, real)
    np.fill_diagonal(distances, np.inf)
    return np.partition(distances, k - 1, axis=1)[:, k - 1]


def coverage(real: Matrix, fake: Matrix, *, k: int = 5) -> float:
    r"""Share of real rows with a generated row inside their k-nearest-neighbor ball (Naeem et al. 2020, "coverage").

    .. math:: \frac{1}{n} \sum_i 1[\exists j: \lVert f_j - r_i \rVert \le \mathrm{NND}_k(r_i)]

    Two samples of n rows of one distribution give about 1 - 2 ** -k. Differs from the paper for tables: ties and
    duplicates have radius 0, so a ball includes its surface.

    Parameters
    ----------
    real, fake : ndarray of shape (n, width), (m, width)
        At least two real rows.
    k : int, default=5
        Neighbors that define the radius, cut to n - 1.

    Returns
    -------
    float
        In [0, 1].
    """
    nearest = pairwise_distances(real, fake).min(axis=1)
    return float(np.mean(nearest <= neighbor_radii(real, k) + 1e-9))


def density(real: Matrix, fake: Matrix, *, k: int = 5) -> float:
    r"""Mean share of the k balls that a generated row falls into (Naeem et al. 2020, "density").

    .. math:: \frac{1}{k m} \sum_j \sum_i 1[\lVert f_j - r_i \rVert \le \mathrm{NND}_k(r_i)]

    About 1 for two samples of one distribution; not bounded above. Parameters as for :func:`coverage`.
    """
    inside = pairwise_distances(real, fake) <= neighbor_radii(real, k)[:, None] + 1e-9
    return float(inside.sum(axis=0).mean() / max(min(k, len(real) - 1), 1))
