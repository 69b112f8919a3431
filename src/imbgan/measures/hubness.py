"""Hubness: rows that are among the nearest neighbors of many others."""

import numpy as np
from numpy.typing import NDArray

from imbgan.measures.distances import to_others

#: Distances that differ by less are equal: they are rounding errors.
_EQUAL = 1e-9


def k_occurrences(distances: NDArray[np.floating], k: int) -> NDArray[np.float64]:
    r"""Return how often each row is among the k nearest neighbors of the other rows.

    :math:`N_k(x)`, the k-occurrence [1]_. In many dimensions, rows near the center of the data are neighbors of nearly
    all others (hubs), so that a sample that shrinks toward the center takes the places of the rows around it. Rows at
    the same distance as the k-th neighbor share the places that are left, so that the order of rows does not matter.

    Parameters
    ----------
    distances : ndarray of shape (n, n)
        Between all rows; the diagonal is not looked at.
    k : int
        At least 1; at most n - 1 neighbors are counted.

    Returns
    -------
    ndarray of shape (n,), float64
        It sums to n min(k, n - 1).

    References
    ----------
    .. [1] Radovanovic et al., "Hubs in Space: Popular Nearest Neighbors in High-Dimensional Data", JMLR 2010,
       section 3.

    Examples
    --------
    >>> import numpy as np
    >>> places = np.array([0.0, 1.0, 3.0, 3.5])
    >>> k_occurrences(abs(places[:, None] - places[None, :]), 1).tolist()
    [1.0, 1.0, 1.0, 1.0]
    """
    n = len(distances)
    k = min(k, n - 1)
    if k < 1:
        return np.zeros(n)
    others = to_others(distances)
    farthest = np.partition(others, k - 1, axis=1)[:, k - 1 : k]
    margin = _EQUAL * np.maximum(farthest, 1.0)
    nearer = others < farthest - margin
    tied = ~nearer & (others <= farthest + margin)
    left = (k - nearer.sum(axis=1)) / tied.sum(axis=1)
    return nearer.sum(axis=0) + (tied * left[:, None]).sum(axis=0)


def neighbor_share(distances: NDArray[np.floating], is_second: NDArray[np.bool_], k: int) -> float:
    """Return the share of all places among the k nearest neighbors that the second of two samples takes.

    Parameters
    ----------
    distances : ndarray of shape (n, n)
        Between the rows of both samples.
    is_second : ndarray of shape (n,), bool
        The rows of the second sample. Samples of one distribution and of equal size have shares of 0.5 on average.
    k : int
        See :func:`k_occurrences`.

    Returns
    -------
    float
        In [0, 1]; NaN for fewer than two rows.

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(0)
    >>> rows = rng.normal(size=(200, 50))
    >>> rows[100:] *= 0.5
    >>> distances = np.linalg.norm(rows[:, None] - rows[None, :], axis=2)
    >>> neighbor_share(distances, np.arange(200) >= 100, 5) > 0.9
    True
    """
    occurrences = k_occurrences(distances, k)
    total = occurrences.sum()
    return float(occurrences[is_second].sum() / total) if total > 0 else float("nan")
