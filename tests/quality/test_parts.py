"""Splits, the encoding for distances, row numbers, and closeness."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from imbgan.measures import pairwise_distances
from imbgan.quality.encoding import FARTHEST, MAX_LEVELS, encode, level_groups, row_numbers
from imbgan.quality.privacy import closeness
from imbgan.quality.rows import Field
from imbgan.quality.splits import MIN_HALF, N_SPLITS, Splits, summarize

NUMBER = Field("x", True)


def category(n_levels):
    return Field("c", False, tuple(map(str, range(n_levels))))


def column(*values):
    return np.array(values, float)[:, None]


@given(n=st.integers(1, 60), m=st.integers(1, 60))
def test_splits_are_disjoint_halves_of_one_size(n, m):
    splits = Splits.draw(n, m, np.random.default_rng(0))
    size = min(n // 2, m)
    assert splits.real.max() < n <= splits.synthetic.min()
    if size < MIN_HALF:
        assert splits.peer is None
        assert (splits.real.shape, splits.synthetic.shape) == ((1, n), (1, m))
        return
    assert splits.real.shape == splits.peer.shape == splits.synthetic.shape == (N_SPLITS, size)
    for half, peer, drawn in zip(splits.real, splits.peer, splits.synthetic, strict=True):
        assert len(set(half) | set(peer)) == 2 * size
        assert len(set(drawn)) == size


def test_membership_marks_rows():
    splits = Splits(np.array([[0, 2]]), None, np.array([[3]]), 3, 1)
    np.testing.assert_array_equal(splits.membership(splits.real), [[1, 0, 1, 0]])


def test_summary_leaves_out_what_was_not_computed():
    measure = summarize("ks", np.array([0.1, np.nan, 0.3]), np.array([np.nan, 0.2, 0.2]))
    assert (measure.value, measure.baseline) == (pytest.approx(0.2), pytest.approx(0.2))
    assert summarize("ks", np.array([np.nan]), None).value is None


def test_a_number_of_any_scale_is_encoded_alike():
    rng = np.random.default_rng(0)
    real, other = rng.normal(size=(50, 1)), rng.normal(size=(30, 1))
    first = encode([NUMBER], real, [real, other])
    second = encode([NUMBER], 1e6 * real + 5e5, [1e6 * real + 5e5, 1e6 * other + 5e5])
    for one, two in zip(first, second, strict=True):
        np.testing.assert_allclose(one, two, atol=1e-6)


def test_numbers_out_of_range_are_far_but_not_endless():
    real = np.random.default_rng(0).normal(size=(200, 1))
    (rows,) = encode([NUMBER], real, [column(0.0, 3 * real.max(), 1e300)])
    near, far, farthest = np.linalg.norm(rows, axis=1)
    assert near < 0.5 < 3 < far < farthest
    assert farthest == pytest.approx(FARTHEST)


def test_modes_stay_apart():
    # Ranks alone would close the gap between the modes.
    rng = np.random.default_rng(0)
    real = np.concatenate([rng.normal(size=(100, 1)), rng.normal(size=(100, 1)) + 20])
    (rows,) = encode([NUMBER], real, [real])
    assert pairwise_distances(rows[:100], rows[100:]).min() > 0.4


def test_missing_values_are_like_one_another():
    real = column(1, 2, 3, 4, np.nan)
    (rows,) = encode([NUMBER], real, [column(np.nan, np.nan, 2.5)])
    assert np.array_equal(rows[0], rows[1])
    assert np.linalg.norm(rows[0] - rows[2]) >= 1


def test_different_levels_are_one_apart():
    (rows,) = encode([category(3)], column(0, 1, 2), [column(0, 1, 2, np.nan)])
    distances = pairwise_distances(rows, rows)
    np.testing.assert_allclose(distances[~np.eye(4, dtype=bool)], 1.0)


def test_rare_levels_share_a_group():
    cells = np.concatenate([np.repeat(np.arange(100.0), 2), np.zeros(50), [np.nan] * 30])
    groups = level_groups(cells, 200, MAX_LEVELS)
    assert groups.max() == MAX_LEVELS - 1
    assert groups[0] == 0
    assert groups[-1] == 1  # missing cells are the second most frequent
    assert groups[150] == groups[199] == MAX_LEVELS - 1  # never seen


@given(data=st.lists(st.sampled_from([0.0, -0.0, 1.0, float("nan")]), min_size=2, max_size=12))
def test_equal_rows_have_equal_numbers(data):
    (numbers,) = row_numbers([np.array(data)[:, None]])
    for i, first in enumerate(data):
        for j, second in enumerate(data):
            is_equal = first == second or (first != first and second != second)
            assert (numbers[i] == numbers[j]) == is_equal


@given(rows=st.lists(st.tuples(*[st.integers(0, 4)] * 3), min_size=3, max_size=12))
def test_the_closeness_of_a_row_that_was_left_out_is_one_on_average(rows):
    # Of each row, exactly one other is the nearest one, or several share it: true of any rows, ties among them.
    every = np.array(rows, float)
    left_out = [closeness(np.delete(every, i, axis=0), every[[i]]).value for i in range(len(every))]
    assert np.mean(left_out) == pytest.approx(1.0)


@pytest.mark.parametrize("width", [1, 5, 20])
def test_fresh_rows_are_as_close_as_the_interval_says(width):
    rng = np.random.default_rng(width)
    found = [closeness(rng.normal(size=(60, width)), rng.normal(size=(300, width))) for _ in range(40)]
    assert np.mean([each.value for each in found]) == pytest.approx(1.0, abs=0.1)
    assert np.mean([each.low < each.value < each.high for each in found]) > 0.8


def test_rows_between_neighbors_are_too_close_and_far_ones_are_not():
    rng = np.random.default_rng(0)
    real = rng.normal(size=(100, 4))
    among = pairwise_distances(real, real)
    np.fill_diagonal(among, np.inf)
    share = rng.random((100, 1))
    between = closeness(real, real + share * (real[among.argmin(axis=1)] - real))
    assert between.value > 1.6
    assert closeness(real, real + 100.0).value == 0.0
