"""Soft labels as weighted copies: what a classifier learns from them, and what the pool holds."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.tree import DecisionTreeClassifier

from imbgan.ensemble.prior import correct_prior
from imbgan.ensemble.soft_labels import LEAST_SHARE, MOST_FACTOR, pool_sizes, share_factors, weighted_copies


def soft_labels(n_classes: int) -> st.SearchStrategy[np.ndarray]:
    numbers = arrays(float, st.tuples(st.integers(1, 30), st.just(n_classes)), elements=st.floats(0.02, 1.0))
    return numbers.map(lambda p: p / p.sum(axis=1, keepdims=True))


@given(soft_labels(3), st.floats(0.0, 1.0))
def test_copies_of_a_row_share_its_weight_as_its_label_says(soft, ratio):
    copies = weighted_copies(soft, ratio)
    weights = np.zeros(soft.shape)
    weights[copies.rows, copies.codes] = copies.weights / copies.factors[copies.codes]
    shares = weights / weights.sum(axis=1, keepdims=True)
    kept = np.where(soft < np.minimum(LEAST_SHARE, soft.mean(axis=0) * (1 - 1e-9)), 0.0, soft)
    np.testing.assert_allclose(shares, kept / kept.sum(axis=1, keepdims=True))
    assert copies.weights.mean() == pytest.approx(1.0)


@given(
    arrays(float, st.integers(1, 50), elements=st.floats(1e-6, 5e-3)),
    st.sampled_from([1.0, 0.1, 1e-3]),
)
def test_no_class_is_lost_however_rare_it_is(rare, scale):
    soft = np.column_stack([1.0 - scale * rare, scale * rare])
    for labels in (soft, np.tile(soft.mean(axis=0), (len(rare), 1))):
        copies = weighted_copies(labels, 0.5)
        totals = np.bincount(copies.codes, copies.weights, minlength=2)
        assert totals[1] == pytest.approx(0.5 * totals[0])


@given(soft_labels(3), st.floats(0.0, 1.0))
def test_every_class_gets_the_ratio_and_none_loses_weight(soft, ratio):
    copies = weighted_copies(soft, ratio)
    totals = np.bincount(copies.codes, copies.weights, minlength=3)
    assert (totals >= ratio * totals.max() * (1 - 1e-9)).all()
    assert (copies.factors >= 1.0).all()


def test_a_stump_returns_the_mean_soft_label_once_the_factors_are_taken_out(rng):
    soft = rng.dirichlet([20.0, 1.0, 1.0], 500)
    soft[soft < LEAST_SHARE] = LEAST_SHARE
    soft /= soft.sum(axis=1, keepdims=True)
    copies = weighted_copies(soft, 0.5)
    left = rng.random(500) < 0.4
    stump = DecisionTreeClassifier(max_leaf_nodes=2, random_state=0).fit(
        left[copies.rows, None], copies.codes, copies.weights
    )
    for side in (False, True):
        p = correct_prior(stump.predict_proba([[side]]), copies.factors, np.ones(3))[0]
        np.testing.assert_allclose(p, soft[left == side].mean(axis=0), atol=0.01)


@given(soft_labels(2), st.data())
def test_weights_of_rows_count_rows(soft, data):
    times = data.draw(arrays(int, len(soft), elements=st.integers(1, 4)))
    weighted, repeated = (
        weighted_copies(soft, 0.4, times.astype(float)),
        weighted_copies(soft.repeat(times, axis=0), 0.4),
    )
    np.testing.assert_allclose(weighted.factors, repeated.factors)
    shares = [np.bincount(c.codes, c.weights, minlength=2) / c.weights.sum() for c in (weighted, repeated)]
    np.testing.assert_allclose(*shares)


@given(arrays(int, st.integers(2, 6), elements=st.integers(1, 10**6)), st.integers(0, 10**5))
def test_the_pool_holds_all_classes_that_can_be_learned(counts, n_rows):
    if (counts == 1).all():
        return
    sizes = pool_sizes(counts, n_rows)
    assert abs(sizes.sum() - n_rows) <= len(counts)
    assert (sizes[counts == 1] == 0).all()
    assert (sizes[counts > 1] >= int(n_rows / (2 * (counts > 1).sum())) - 1).all()
    assert (np.diff(sizes[np.argsort(counts, kind="stable")]) >= 0).all()


@given(soft_labels(3), arrays(float, 3, elements=st.floats(0.2, 1.0)))
def test_factors_of_shares_give_the_mean_probability_the_shares(soft, natural):
    factors = share_factors(soft, natural)
    assert factors.min() == pytest.approx(1.0)
    weighted = soft * factors
    means = (weighted / weighted.sum(axis=1, keepdims=True)).mean(axis=0)
    if factors.max() < MOST_FACTOR:
        np.testing.assert_allclose(means, natural / natural.sum(), atol=0.02)


def test_a_teacher_that_is_sure_gets_no_infinite_factors():
    factors = share_factors(np.tile([1.0, 0.0], (20, 1)), np.array([19, 1]))
    assert np.isfinite(factors).all()
