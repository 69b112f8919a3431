"""How often rows are neighbors of others, and what crowding does to that."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.neighbors import NearestNeighbors

from imbgan.measures import k_occurrences, neighbor_share, pairwise_distances

seeds = st.integers(0, 2**31)


def normal(seed, n, width, scale=1.0):
    return scale * np.random.default_rng(seed).normal(size=(n, width))


@given(seed=seeds, n=st.integers(2, 30), k=st.integers(1, 8))
def test_occurrences_are_those_of_scikit_learns_neighbors(seed, n, k):
    rows = normal(seed, n, 3)
    k = min(k, n - 1)
    nearest = NearestNeighbors(n_neighbors=k).fit(rows).kneighbors(return_distance=False)
    expected = np.bincount(nearest.ravel(), minlength=n)
    np.testing.assert_allclose(k_occurrences(pairwise_distances(rows, rows), k), expected, atol=1e-6)


@given(seed=seeds, n=st.integers(1, 30), k=st.integers(1, 40), levels=st.integers(1, 3))
def test_all_places_are_given_away_whatever_is_tied(seed, n, k, levels):
    rows = np.random.default_rng(seed).integers(levels, size=(n, 2)).astype(float)
    order = np.random.default_rng(seed + 1).permutation(n)
    occurrences = k_occurrences(pairwise_distances(rows, rows), k)
    assert occurrences.sum() == pytest.approx(n * min(k, n - 1))
    # The order of rows does not matter, although many distances are equal.
    shuffled = k_occurrences(pairwise_distances(rows[order], rows[order]), k)
    np.testing.assert_allclose(shuffled, occurrences[order], atol=1e-6)


@pytest.mark.parametrize("width", [2, 50, 400])
def test_samples_of_one_distribution_share_the_places(width):
    shares = []
    for seed in range(10):
        rows = normal(seed, 120, width)
        shares.append(neighbor_share(pairwise_distances(rows, rows), np.arange(120) >= 60, 5))
    assert np.mean(shares) == pytest.approx(0.5, abs=0.06)


@pytest.mark.parametrize(("width", "least"), [(2, 0.5), (20, 0.8), (400, 0.95)])
def test_rows_that_shrink_toward_the_center_take_the_places_the_more_the_more_dimensions_there_are(width, least):
    rows = np.concatenate([normal(0, 100, width), normal(1, 100, width, 0.7)])
    assert neighbor_share(pairwise_distances(rows, rows), np.arange(200) >= 100, 5) > least


def test_a_single_row_has_no_neighbors():
    assert np.isnan(neighbor_share(np.zeros((1, 1)), np.array([True]), 5))
