from functools import partial

import jax
import numpy as np
import pytest
from scipy.stats import chisquare

from imbgan.gan.keys import make_key
from imbgan.gan.monitor import split
from imbgan.gan.sources import Batch, make_batches
from imbgan.random import Streams

COUNTS = (400, 90, 30)


@partial(jax.jit, static_argnames="n")
def draw_from(source, key, n) -> Batch:
    """Draw for the only member."""
    return source.draw(jax.tree.map(lambda leaf: leaf[0], source.members), key, n)


@pytest.fixture(scope="module")
def codes():
    return np.random.default_rng(0).permutation(np.repeat(range(3), COUNTS))


def draw(codes, masks, tempering, seed, n, member=0) -> Batch:
    """Draw for a member. Rows hold their own number, so that a batch tells which rows were drawn."""
    rows = np.arange(len(codes), dtype=np.float32)[:, None]
    source = make_batches(rows, codes, masks, 3, tempering).alone(member)
    return draw_from(source, make_key(np.uint32(seed)), n)


@pytest.mark.parametrize("tempering", [0.0, 0.5, 1.0])
def test_classes_are_drawn_by_tempered_counts(codes, tempering):
    batch = draw(codes, [np.ones(len(codes), bool)], tempering, 1, 50_000)
    weights = np.array(COUNTS, float) ** tempering
    observed = np.bincount(np.asarray(batch.codes), minlength=3)
    assert chisquare(observed, weights / weights.sum() * 50_000).pvalue > 1e-3


def test_rows_carry_their_own_code(codes):
    batch = draw(codes, [np.ones(len(codes), bool)], 0.0, 1, 5_000)
    positions = np.asarray(batch.rows)[:, 0].astype(int)
    np.testing.assert_array_equal(codes[positions], batch.codes)


def test_a_member_draws_all_rows_evenly_but_those_it_is_judged_by(codes):
    hold_out = split(codes, [1, 2], 3, Streams(0))
    drawn_by_anyone = np.zeros(len(codes), bool)
    for member, mask in enumerate(hold_out.train_masks):
        batch = draw(codes, hold_out.train_masks, 1.0, member, 50_000, member)
        drawn = np.bincount(np.asarray(batch.rows)[:, 0].astype(int), minlength=len(codes))
        np.testing.assert_array_equal(drawn > 0, mask)
        assert chisquare(drawn[mask]).pvalue > 1e-3
        drawn_by_anyone |= drawn > 0
    assert drawn_by_anyone.all()


def test_a_class_without_rows_is_never_drawn():
    codes = np.repeat([0, 2], [50, 10])
    batch = draw(codes, [np.ones(60, bool)], 0.5, 0, 5_000)
    assert set(np.asarray(batch.codes).tolist()) == {0, 2}


def test_a_batch_is_a_function_of_its_key(codes):
    first, again, other = (draw(codes, [np.ones(len(codes), bool)], 0.5, seed, 64) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first.rows, again.rows)
    assert not np.array_equal(first.rows, other.rows)


def test_rows_of_any_shape_are_drawn_as_they_are():
    pictures = np.random.default_rng(0).normal(size=(20, 4, 3, 1)).astype(np.float32)
    source = make_batches(pictures, np.repeat([0, 1], 10), [np.ones(20, bool)], 2, 0.0)
    batch = draw_from(source, make_key(np.uint32(0)), 16)
    assert batch.rows.shape == (16, 4, 3, 1)
    for picture, code in zip(np.asarray(batch.rows), np.asarray(batch.codes), strict=True):
        (position,) = np.flatnonzero((pictures == picture).all(axis=(1, 2, 3)))
        assert position // 10 == code
