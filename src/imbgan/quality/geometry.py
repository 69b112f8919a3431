"""Measures from distances between rows: energy distance, MMD, density, coverage, spread, crowding."""

import numpy as np
from numpy.typing import NDArray

from imbgan.measures import (
    gaussian_kernel,
    group_similarity,
    median_bandwidth,
    neighbor_share,
    pairwise_distances,
    permutation_p_value,
)
from imbgan.quality.results import Measure
from imbgan.quality.splits import Indices, Splits

# The neighbor that defines the balls of density and coverage, as in Naeem et al. 2020.
K = 5
N_PERMUTATIONS = 199
# A row whose distance to the nearest real row is less than this part of the usual one is a copy with noise.
NEAR = 0.1


def geometry(
    real: NDArray[np.float64], synthetic: NDArray[np.float64], splits: Splits, rng: np.random.Generator
) -> tuple[Measure, ...]:
    """Compare encoded rows of one class by their distances.

    Parameters
    ----------
    real, synthetic : ndarray of shape (n, width), (m, width)
        Each has at least two rows.
    splits : Splits
        Splits for n and m rows.
    rng : numpy.random.Generator
        Source of the permutations.

    Returns
    -------
    tuple of Measure
        ``energy_distance``, ``mmd``, ``spread``, ``nearest_distance``, ``neighbor_share``, ``density``, ``coverage``,
        ``near_copy_rate``, ``energy_p_value`` and ``mmd_p_value``.
    """
    pool = np.concatenate([real, synthetic])
    distances = pairwise_distances(pool, pool).astype(np.float32)
    np.fill_diagonal(distances, 0.0)  # remove rounding errors
    kernel = gaussian_kernel(distances, median_bandwidth(distances))

    def samples(a: Indices, b: Indices) -> NDArray[np.float64]:
        first, second = splits.membership(a), splits.membership(b)
        within_first, within_second, between = group_similarity(distances, first, second)
        like_first, like_second, alike = group_similarity(kernel, first, second)
        energy = 2.0 * between - within_first - within_second
        spread = within_second / np.where(within_first > 0, within_first, np.nan)
        nearest = _nearest_ratio(distances, a, b)
        share = _neighbor_shares(distances, a, b)
        return np.stack([energy, like_first + like_second - 2.0 * alike, spread, nearest, share], axis=1)

    tests = [
        Measure(name, permutation_p_value(similarity, len(real), rng, n_permutations=N_PERMUTATIONS), note=P_VALUE)
        for name, similarity in (("energy_p_value", -distances), ("mmd_p_value", kernel))
    ]
    return (
        *splits.measures(("energy_distance", "mmd", "spread", "nearest_distance", "neighbor_share"), samples),
        *splits.measures(("density", "coverage", "near_copy_rate"), _Balls(distances, splits)),
        *tests,
    )


P_VALUE = f"for equal distributions, {N_PERMUTATIONS} permutations; with many rows it is small even for a slight fault"


def _nearest_ratio(distances: NDArray[np.float32], a: Indices, b: Indices) -> NDArray[np.float64]:
    """Return the mean distance to the nearest other row in ``b``, divided by that in ``a``; NaN for equal rows."""
    # More rows lie closer together, so that both have as many.
    size = min(a.shape[1], b.shape[1])

    def mean_nearest(rows: Indices) -> NDArray[np.float64]:
        found: list[float] = []
        for chosen in rows[:, :size]:
            within = distances[np.ix_(chosen, chosen)]
            np.fill_diagonal(within, np.inf)
            found.append(float(within.min(axis=1).mean()))
        return np.array(found)

    first = mean_nearest(a)
    return mean_nearest(b) / np.where(first > 0, first, np.nan)


def _neighbor_shares(distances: NDArray[np.float32], a: Indices, b: Indices) -> NDArray[np.float64]:
    """Return the share of the places among the K nearest neighbors that rows of ``b`` take beside those of ``a``."""
    size = min(a.shape[1], b.shape[1])
    is_second = np.arange(2 * size) >= size
    pairs = np.concatenate([a[:, :size], b[:, :size]], axis=1)
    return np.array([neighbor_share(distances[np.ix_(rows, rows)], is_second, K) for rows in pairs])


class _Balls:
    """Measures from the nearest neighbors of real rows; called with pairs of samples."""

    def __init__(self, distances: NDArray[np.float32], splits: Splits) -> None:
        self._distances = distances
        own: list[NDArray[np.float32]] = []
        for rows in splits.real:
            within = distances[np.ix_(rows, rows)]
            np.fill_diagonal(within, np.inf)
            own.append(np.sort(np.partition(within, min(K, len(rows) - 1) - 1, axis=1)[:, :K], axis=1))
        self._radii = [nearest[:, min(K, nearest.shape[0] - 1) - 1] for nearest in own]
        self._near = [NEAR * np.median(nearest[:, 0]) for nearest in own]

    def __call__(self, a: Indices, b: Indices) -> NDArray[np.float64]:
        rows: list[tuple[float, float, float]] = []
        for first, second, radii, near in zip(a, b, self._radii, self._near, strict=True):
            between = self._distances[np.ix_(first, second)]
            # Balls of duplicates have radius 0, so a ball includes its surface.
            inside = between <= radii[:, None] + 1e-6
            nearest = between.min(axis=0)
            k = min(K, len(first) - 1)
            rows.append((inside.sum() / (k * len(second)), inside.any(axis=1).mean(), (nearest <= near).mean()))
        return np.array(rows, np.float64)
