import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import cdist, pdist
from sklearn.metrics.pairwise import rbf_kernel

from imbgan.measures import (
    energy_distance,
    gaussian_kernel,
    group_similarity,
    maximum_mean_discrepancy,
    median_bandwidth,
    pairwise_distances,
    permutation_p_value,
)

seeds = st.integers(0, 2**31)


def sample(seed, n, width=3, offset=0.0):
    return np.random.default_rng(seed).normal(size=(n, width)) + offset


@given(seed=seeds, n=st.integers(1, 10))
def test_median_bandwidth_is_the_median_of_different_rows(seed, n):
    x = sample(seed, n)
    expected = np.median(pdist(x)) if n > 1 else 1.0
    assert median_bandwidth(cdist(x, x)) == pytest.approx(expected)


def test_median_bandwidth_of_equal_rows_is_one():
    assert median_bandwidth(np.zeros((5, 5))) == 1.0


@given(seed=seeds, n=st.integers(2, 10), m=st.integers(2, 10), bandwidth=st.floats(0.1, 10))
def test_mmd_is_the_difference_of_mean_kernels(seed, n, m, bandwidth):
    x, y = sample(seed, n), sample(seed + 1, m, offset=0.5)
    gamma = 0.5 / bandwidth**2

    def within(rows):
        kernel = rbf_kernel(rows, gamma=gamma)
        return (kernel.sum() - len(rows)) / (len(rows) * (len(rows) - 1))

    expected = within(x) + within(y) - 2 * rbf_kernel(x, y, gamma=gamma).mean()
    assert maximum_mean_discrepancy(x, y, bandwidth=bandwidth) == pytest.approx(expected, abs=1e-9)


def test_mmd_is_unbiased():
    figures = [maximum_mean_discrepancy(sample(2 * i, 20), sample(2 * i + 1, 20)) for i in range(300)]
    assert abs(np.mean(figures)) < 3 * np.std(figures) / len(figures) ** 0.5
    assert min(figures) < 0


@given(seed=seeds, n=st.integers(2, 10), m=st.integers(2, 10))
def test_group_similarity_of_distances_gives_the_energy_distance(seed, n, m):
    x, y = sample(seed, n), sample(seed + 1, m)
    pool = np.concatenate([x, y])
    first = (np.arange(n + m) < n).astype(float)[None]
    within_x, within_y, between = group_similarity(pairwise_distances(pool, pool), first, 1 - first)
    assert 2 * between[0] - within_x[0] - within_y[0] == pytest.approx(
        energy_distance(*(pairwise_distances(a, b) for a, b in ((x, y), (x, x), (y, y)))), abs=1e-6
    )


def test_group_similarity_of_single_rows_has_nothing_within():
    similarity = np.array([[1.0, 0.5], [0.5, 1.0]])
    first = np.array([[1.0, 0.0]])
    assert [float(part[0]) for part in group_similarity(similarity, first, 1 - first)] == [0.0, 0.0, 0.5]


def p_value(x, y, seed=0, *, kernel=True, n_permutations=99):
    pool = np.concatenate([x, y])
    distances = pairwise_distances(pool, pool)
    similarity = gaussian_kernel(distances, median_bandwidth(distances)) if kernel else -distances
    return permutation_p_value(similarity, len(x), np.random.default_rng(seed), n_permutations=n_permutations)


@pytest.mark.parametrize("kernel", [True, False])
def test_p_value_is_uniform_for_equal_distributions(kernel):
    values = np.array([p_value(sample(2 * i, 15), sample(2 * i + 1, 25), i, kernel=kernel) for i in range(400)])
    for level in (0.05, 0.25, 0.5):
        # At level a, at most a of the tests reject; binomial noise of 400 tests.
        assert abs(np.mean(values <= level) - level) < 3.5 * (level * (1 - level) / 400) ** 0.5


@pytest.mark.parametrize("kernel", [True, False])
@pytest.mark.parametrize("shape", ["location", "scale"])
def test_p_value_of_different_distributions_is_the_least_there_is(kernel, shape):
    x = sample(0, 100)
    y = sample(1, 100, offset=1.0) if shape == "location" else 3 * sample(1, 100)
    assert p_value(x, y, kernel=kernel) == 1 / 100


def test_p_value_of_equal_rows_is_one():
    # Every permutation gives the same statistic, up to rounding.
    rows = np.zeros((20, 2))
    assert p_value(rows, rows) == 1.0


@settings(max_examples=10)
@given(seed=seeds)
def test_p_value_does_not_depend_on_the_order_within_samples(seed):
    x, y = sample(seed, 10), sample(seed + 1, 12)
    assert p_value(x, y, n_permutations=1999) == pytest.approx(p_value(x[::-1], y[::-1], n_permutations=1999), abs=0.06)
