"""Two-sample tests on one pooled matrix of similarities, computed once."""

import numpy as np
from numpy.typing import NDArray

from imbgan.measures.distances import Matrix, pairwise_distances


def median_bandwidth(distances: Matrix) -> float:
    """Return the median of the positive distances between different rows ("median heuristic"), or 1 if there are none.

    Parameters
    ----------
    distances : ndarray of shape (n, n)
        Symmetric.
    """
    above = distances[np.triu_indices(len(distances), 1)]
    positive = above[above > 0]
    return float(np.median(positive)) if len(positive) else 1.0


def gaussian_kernel(distances: Matrix, bandwidth: float) -> Matrix:
    r"""Return :math:`e^{-d^2 / (2 h^2)}` for each distance d and the bandwidth h, in the shape of ``distances``."""
    return np.exp(distances**2 * (-0.5 / bandwidth**2))


def group_similarity(similarity: Matrix, first: Matrix, second: Matrix) -> tuple[NDArray[np.float64], ...]:
    """Return the mean similarity within the first groups, within the second groups, and between the two.

    Parameters
    ----------
    similarity : ndarray of shape (n, n)
        Symmetric.
    first, second : ndarray of shape (r, n)
        Membership of rows in groups, as 0 and 1. Row i of both arrays defines one pair of disjoint groups.

    Returns
    -------
    tuple of three ndarray of float64 of shape (r,)
        Pairs of a row with itself do not count. The similarity within a group of fewer than two rows is 0.
    """
    diagonal = np.diagonal(similarity)
    with_first = first @ similarity
    n_first, n_second = first.sum(axis=1, dtype=np.float64), second.sum(axis=1, dtype=np.float64)

    def within(group: Matrix, with_group: Matrix, n: NDArray[np.float64]) -> NDArray[np.float64]:
        total = np.einsum("rn,rn->r", with_group, group, dtype=np.float64) - group @ diagonal
        return np.where(n > 1, total / np.maximum(n * (n - 1), 1), 0.0)

    between = np.einsum("rn,rn->r", with_first, second, dtype=np.float64) / np.maximum(n_first * n_second, 1)
    return within(first, with_first, n_first), within(second, second @ similarity, n_second), between


def maximum_mean_discrepancy(x: Matrix, y: Matrix, *, bandwidth: float | None = None) -> float:
    r"""Squared maximum mean discrepancy of two samples, unbiased (Gretton et al. 2012).

    With a Gaussian kernel k and means over different rows,

    .. math:: \mathrm{MMD}^2 = E k(x, x') + E k(y, y') - 2 E k(x, y)

    Parameters
    ----------
    x, y : ndarray of shape (n, width), (m, width)
        Each has at least two rows.
    bandwidth : float, optional
        Bandwidth of the kernel; the default is the median distance between pooled rows.

    Returns
    -------
    float
        It is about 0 for equal distributions and may be slightly negative.
    """
    distances = pairwise_distances(pooled := np.concatenate([x, y]), pooled)
    kernel = gaussian_kernel(distances, median_bandwidth(distances) if bandwidth is None else bandwidth)
    first = (np.arange(len(pooled)) < len(x)).astype(kernel.dtype)[None]
    within_x, within_y, between = group_similarity(kernel, first, 1.0 - first)
    return float((within_x + within_y - 2.0 * between)[0])


def permutation_p_value(
    similarity: Matrix, n_first: int, rng: np.random.Generator, *, n_permutations: int = 199
) -> float:
    r"""p-value of "both samples come from one distribution": which pooled rows form the first sample is permuted.

    The statistic is the mean similarity within the samples minus that between them. For a kernel matrix it is the
    unbiased squared MMD, for negative distances the energy distance. The p-value

    .. math:: \frac{1 + \#\{T_\pi \ge T\}}{1 + n_\pi}

    is valid for any number of permutations, and at least :math:`1 / (1 + n_\pi)`.

    Parameters
    ----------
    similarity : ndarray of shape (n, n)
        Similarity of the pooled rows, the first sample first; symmetric.
    n_first : int
        Number of rows of the first sample; both samples have at least 2 rows.
    rng : numpy.random.Generator
    n_permutations : int, default=199

    Returns
    -------
    float
        In (0, 1].
    """
    first = np.zeros((n_permutations + 1, len(similarity)), similarity.dtype)
    first[:, :n_first] = 1
    first[1:] = rng.permuted(first[1:], axis=1)
    within_first, within_second, between = group_similarity(similarity, first, 1 - first)
    statistic = within_first + within_second - 2.0 * between
    # A permutation that exchanges equal rows gives the same statistic up to rounding; it must count as "at least".
    tolerance = 1e-6 * max(float(np.abs(within_first).max()), 1e-12)
    return float((1 + np.sum(statistic[1:] >= statistic[0] - tolerance)) / (1 + n_permutations))
