import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.spatial.distance import cdist, pdist

from imbgan.measures import (
    coverage,
    density,
    duplicate_rate,
    energy_distance,
    local_gaussian,
    mean_distance_within,
    memorization_rate,
    neighbor_radii,
    pairwise_distances,
)


def energy(x, y, size=None):
    between, among_x, among_y = pairwise_distances(x, y), pairwise_distances(x, x), pairwise_distances(y, y)
    return energy_distance(between, among_x, among_y, size=size)


def radii_of(rows, k=5):
    return neighbor_radii(pairwise_distances(rows, rows), k)


def covered_share(real, fake, k=5):
    return coverage(pairwise_distances(real, fake), radii_of(real, k))


def density_of(real, fake, k=5):
    return density(pairwise_distances(real, fake), radii_of(real, k), k=k)


def memorized(fake, train, held_out):
    return memorization_rate(pairwise_distances(fake, train), pairwise_distances(fake, held_out))


seeds = st.integers(0, 2**31)
sizes = st.integers(1, 12)


def sample(seed, n, width=3, offset=0.0):
    return (np.random.default_rng(seed).normal(size=(n, width)) + offset).astype(np.float32)


def equal_samples(n=2000, width=4):
    return sample(0, n, width), sample(1, n, width)


@given(seed=seeds, n=sizes, m=sizes, offset=st.floats(-1e4, 1e4))
def test_pairwise_distances_are_those_of_scipy(seed, n, m, offset):
    x, y = sample(seed, n, offset=offset), sample(seed + 1, m, offset=offset)
    np.testing.assert_allclose(pairwise_distances(x, y), cdist(x, y), rtol=1e-5, atol=1e-5)


@given(seed=seeds, n=sizes)
def test_mean_distance_within_is_over_different_rows(seed, n):
    x = sample(seed, n)
    expected = pdist(x).mean() if n > 1 else 0.0
    assert mean_distance_within(pairwise_distances(x, x)) == pytest.approx(expected, rel=1e-5, abs=1e-6)


@given(seed=seeds, n=st.integers(2, 30))
def test_plug_in_energy_distance_is_the_square_of_scipys(seed, n):
    """SciPy gives sqrt(2 E|x - y| - E|x - x'| - E|y - y'|) with x' = x among the pairs; size=n its square."""
    x, y = sample(seed, n, 1), sample(seed + 1, n, 1, offset=0.5)
    expected = stats.energy_distance(x[:, 0], y[:, 0]) ** 2
    assert energy(x, y, size=n) == pytest.approx(expected, rel=1e-4, abs=1e-5)


@given(seed=seeds, n=st.integers(2, 12), m=st.integers(2, 12))
def test_energy_distance_leaves_out_pairs_of_a_row_with_itself(seed, n, m):
    x, y = sample(seed, n), sample(seed + 1, m)
    expected = 2 * cdist(x, y).mean() - pdist(x).mean() - pdist(y).mean()
    assert energy(x, y) == pytest.approx(expected, rel=1e-4, abs=1e-5)


def test_energy_distance_is_unbiased_and_its_size_form_predicts_small_samples():
    pairs = [(sample(2 * i, 20), sample(2 * i + 1, 20)) for i in range(400)]
    unbiased = np.array([energy(x, y) for x, y in pairs])
    assert abs(unbiased.mean()) < 4 * unbiased.std() / 20
    # What a big sample says that samples of 20 rows will show is what they show.
    big = energy(sample(10_001, 1500), sample(10_002, 1500), size=20)
    shown = np.array([energy(x, y, size=20) for x, y in pairs])
    assert shown.mean() == pytest.approx(big, abs=4 * shown.std() / 20)


@given(seed=seeds, n=st.integers(2, 10), m=sizes, k=st.integers(1, 6))
def test_coverage_and_density_by_brute_force(seed, n, m, k):
    real, fake = sample(seed, n, 2), sample(seed + 1, m, 2)
    neighbors = min(k, n - 1)
    radii, inside = [], 0
    for i in range(n):
        others = sorted(np.linalg.norm(real[i] - real[j]) for j in range(n) if j != i)
        radii.append(others[neighbors - 1])
    covered = 0
    for i in range(n):
        hits = sum(np.linalg.norm(real[i] - fake[j]) <= radii[i] for j in range(m))
        covered += hits > 0
        inside += hits
    np.testing.assert_allclose(radii_of(real, k), radii, rtol=1e-5)
    assert covered_share(real, fake, k=k) == pytest.approx(covered / n)
    assert density_of(real, fake, k=k) == pytest.approx(inside / (neighbors * m))


@pytest.mark.parametrize("k", [1, 3, 5])
def test_coverage_of_two_equal_samples(k):
    assert covered_share(*equal_samples(), k=k) == pytest.approx(1 - 2.0**-k, abs=0.03)


def test_density_of_two_equal_samples_is_one():
    assert density_of(*equal_samples()) == pytest.approx(1.0, abs=0.05)


def test_duplicates_cover_themselves():
    """A table of few levels: balls of radius 0 still hold equal rows."""
    rows = np.repeat(np.eye(3), 10, axis=0)
    assert covered_share(rows, np.eye(3)) == 1.0
    assert covered_share(rows, np.eye(3)[:1]) == pytest.approx(1 / 3)


@pytest.mark.parametrize("n_held_out", [400, 100])
def test_copies_and_fresh_rows_are_told_apart_by_memorization(n_held_out):
    train, held_out, fresh = sample(0, 400), sample(1, n_held_out), sample(2, 2000)
    assert memorized(fresh, train, held_out) == pytest.approx(0.5, abs=0.1)
    assert memorized(train, train, held_out) == 1.0
    assert memorized(held_out, train, held_out) == 0.0
    half = np.concatenate([fresh[:400], train])
    assert memorized(half, train, held_out) == pytest.approx(0.75, abs=0.1)


@given(seed=seeds, n=st.integers(1, 12))
def test_memorization_with_as_many_held_out_rows_is_the_share_nearer_to_training(seed, n):
    fake, train, held_out = sample(seed, 10), sample(seed + 1, n), sample(seed + 2, n)
    nearer = cdist(fake, train).min(axis=1) < cdist(fake, held_out).min(axis=1)
    assert memorized(fake, train, held_out) == pytest.approx(nearer.mean())


def test_memorization_of_a_table_of_few_levels_is_fair():
    """Generated rows that equal training rows, as they must where there are twelve different rows."""

    def table(seed, n):
        rng = np.random.default_rng(seed)
        return np.hstack([np.eye(3)[rng.integers(3, size=n)], np.eye(4)[rng.integers(4, size=n)]])

    rates = [memorized(table(3 * i, 256), table(3 * i + 1, 80), table(3 * i + 2, 20)) for i in range(50)]
    assert np.mean(rates) == pytest.approx(0.5, abs=4 * np.std(rates) / np.sqrt(50))
    assert max(rates) < 0.8


def test_duplicate_rate_counts_rows_within_the_tolerance():
    reference = np.zeros((1, 2))
    rows = np.array([[0.0, 0.0], [5e-4, 0.0], [2e-3, 0.0], [1.0, 1.0]])
    assert duplicate_rate(pairwise_distances(rows, reference)) == 0.5
    assert duplicate_rate(pairwise_distances(rows, reference), tolerance=0.1) == 0.75


def test_local_gaussian_has_the_mean_and_covariance_of_the_neighborhood():
    """Six rows and k = 5: every neighborhood is the whole sample."""
    rows = sample(3, 6)
    drawn = local_gaussian(rows, 60_000, np.random.default_rng(0), k=5).astype(np.float64)
    covariance = np.cov(rows.T, bias=True)
    error = 5 * np.sqrt(np.diag(covariance) / len(drawn)).max()
    np.testing.assert_allclose(drawn.mean(axis=0), rows.mean(axis=0), atol=error)
    np.testing.assert_allclose(np.cov(drawn.T, bias=True), covariance, atol=0.03 * covariance.max())
    assert drawn.shape == (60_000, 3)


def test_local_gaussian_stays_in_its_neighborhoods():
    """Two tight clusters far apart: nothing is drawn between them."""
    rows = np.concatenate([sample(0, 20) * 0.1, sample(1, 20) * 0.1 + 100])
    drawn = local_gaussian(rows, 2000, np.random.default_rng(0))
    near = np.minimum(np.abs(drawn).max(axis=1), np.abs(drawn - 100).max(axis=1))
    assert near.max() < 2
    assert (drawn[:, 0] > 50).mean() == pytest.approx(0.5, abs=0.05)


@settings(max_examples=10)
@given(n_rows=st.integers(1, 4), n=st.integers(0, 5))
def test_local_gaussian_of_very_few_rows(n_rows, n):
    rows = sample(0, n_rows)
    drawn = local_gaussian(rows, n, np.random.default_rng(0))
    assert drawn.shape == (n, 3)
    assert drawn.dtype == np.float32
    if n_rows == 1:
        np.testing.assert_array_equal(drawn, np.repeat(rows, n, axis=0))


def test_local_gaussian_is_a_function_of_its_stream():
    rows = sample(0, 30)
    first, again = (local_gaussian(rows, 10, np.random.default_rng(5)) for _ in range(2))
    np.testing.assert_array_equal(first, again)
