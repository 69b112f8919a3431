"""Pure functions on matrices of rows, used while training and afterwards."""

from imbgan.measures.coverage import coverage, density, neighbor_radii
from imbgan.measures.distances import energy_distance, mean_distance_within, mean_nearest_distance, pairwise_distances
from imbgan.measures.local_gaussian import local_gaussian
from imbgan.measures.memorization import duplicate_rate, memorization_rate

__all__ = [
    "coverage",
    "density",
    "duplicate_rate",
    "energy_distance",
    "local_gaussian",
    "mean_distance_within",
    "mean_nearest_distance",
    "memorization_rate",
    "neighbor_radii",
    "pairwise_distances",
]
