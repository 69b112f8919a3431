"""The local-Gaussian generator: the baseline that a GAN has to beat."""

import numpy as np

from imbgan.measures.distances import Matrix, pairwise_distances


def local_gaussian(rows: Matrix, n: int, rng: np.random.Generator, *, k: int = 5) -> np.ndarray:
    """Draw rows from Gaussians fitted to neighborhoods: SMOTE with a covariance (Sakho et al. 2024, "MGS").

    Each generated row starts from a base row that is drawn at random. It is normal, with the mean and the covariance
    of the base row and its k nearest neighbors.

    Parameters
    ----------
    rows : ndarray of shape (m, width)
        There must be at least one row; a single row is repeated.
    n : int
        Number of rows to draw.
    rng : numpy.random.Generator
    k : int, default=5
        Number of neighbors; at most m - 1 are used.

    Returns
    -------
    ndarray of shape (n, width), float32
    """
    k = min(k, len(rows) - 1)
    base = rng.integers(len(rows), size=n)
    if k < 1:
        return np.asarray(rows[base], np.float32)
    # A row is at distance 0 of itself, and so among its own k + 1 nearest rows.
    neighborhoods = np.argpartition(pairwise_distances(rows, rows), k, axis=1)[:, : k + 1]
    members = np.asarray(rows, np.float64)[neighborhoods[base]]
    means = members.mean(axis=1, keepdims=True)
    # A combination sum_j a_j (x_j - mean) with a_j ~ N(0, 1 / (k + 1)) has exactly the sample covariance.
    weights = rng.normal(scale=(k + 1) ** -0.5, size=(n, k + 1, 1))
    return (means[:, 0] + (weights * (members - means)).sum(axis=1)).astype(np.float32)
