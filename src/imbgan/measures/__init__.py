"""Measures of how generated rows resemble real ones: pure functions on matrices, used during and after training."""

from imbgan.measures.coverage import coverage, density, neighbor_radii
from imbgan.measures.distances import (
    energy_distance,
    mean_distance_within,
    mean_nearest_distance,
    pairwise_distances,
    to_others,
)
from imbgan.measures.hubness import k_occurrences, neighbor_share
from imbgan.measures.local_gaussian import local_gaussian
from imbgan.measures.memorization import duplicate_rate, memorization_rate
from imbgan.measures.two_sample import (
    gaussian_kernel,
    group_similarity,
    maximum_mean_discrepancy,
    median_bandwidth,
    permutation_p_value,
)

__all__ = [
    "coverage",
    "density",
    "duplicate_rate",
    "energy_distance",
    "gaussian_kernel",
    "group_similarity",
    "k_occurrences",
    "local_gaussian",
    "maximum_mean_discrepancy",
    "mean_distance_within",
    "mean_nearest_distance",
    "median_bandwidth",
    "memorization_rate",
    "neighbor_radii",
    "neighbor_share",
    "pairwise_distances",
    "permutation_p_value",
    "to_others",
]
