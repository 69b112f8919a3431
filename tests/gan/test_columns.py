from itertools import pairwise

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import softmax
from scipy.stats import chisquare

from imbgan.gan.keys import make_key
from imbgan.gan.padding import bucket
from imbgan.gan.spaces.columns import (
    LOGIT_BOUND,
    ColumnOptions,
    ColumnSpace,
    apply_heads,
    distance_scale,
    harden,
    make_layout,
)

SPANS = (("number", 1), ("category", 3), ("category", 2), ("number", 1))


compiled_heads = jax.jit(apply_heads, static_argnames=("sigmoid", "hard"))


def heads(raw, *, spans=SPANS, seed=0, temperature=0.5, sigmoid=False, hard=True):
    return compiled_heads(
        make_layout(spans),
        jnp.asarray(raw),
        make_key(np.uint32(seed)),
        temperature=temperature,
        sigmoid=sigmoid,
        hard=hard,
    )


@pytest.fixture
def raw(rng):
    return rng.normal(scale=4, size=(500, 8)).astype(np.float32)


@settings(max_examples=25)
@given(seed=st.integers(0, 2**31), scale=st.floats(0.01, 100), temperature=st.floats(0.3, 5))
def test_hard_categories_are_exact_one_hots(seed, scale, temperature):
    raw = (scale * np.random.default_rng(seed).normal(size=(64, 8))).astype(np.float32)
    layout, key = make_layout(SPANS), make_key(np.uint32(seed))
    for function in (apply_heads, compiled_heads):
        rows = np.asarray(function(layout, jnp.asarray(raw), key, temperature=temperature, sigmoid=False, hard=True))
        for start, stop in ((1, 4), (4, 6)):
            part = rows[:, start:stop]
            assert np.isin(part, (0.0, 1.0)).all()
            np.testing.assert_array_equal(part.sum(axis=1), 1.0)


def test_soft_categories_are_probabilities(raw):
    rows = np.asarray(heads(raw, hard=False))
    assert (rows[:, 1:6] >= 0).all()
    np.testing.assert_allclose(rows[:, 1:4].sum(axis=1), 1.0, rtol=1e-5)
    np.testing.assert_allclose(rows[:, 4:6].sum(axis=1), 1.0, rtol=1e-5)


@pytest.mark.parametrize("hard", [True, False])
def test_numbers_pass_and_padding_is_zero(raw, hard):
    rows = np.asarray(heads(raw, hard=hard))
    np.testing.assert_array_equal(rows[:, [0]], raw[:, [0]])
    assert rows.shape[1] == 8
    assert (rows[:, 7:] == 0).all()
    squashed = np.asarray(heads(raw, hard=hard, sigmoid=True))
    np.testing.assert_allclose(squashed[:, 6], 1 / (1 + np.exp(-raw[:, 6])), rtol=1e-4)
    assert (squashed[:, 7:] == 0).all()  # not sigmoid(0)


def test_levels_occur_as_often_as_softmax_says():
    logits = np.array([1.5, 0.0, -1.0, 0.3, -0.7], np.float32)
    raw = np.zeros((20_000, 8), np.float32)
    raw[:, 1:6] = logits
    counts = np.asarray(heads(raw)).sum(axis=0)
    for start, stop in ((1, 4), (4, 6)):
        bounded = LOGIT_BOUND * np.tanh(logits[start - 1 : stop - 1].astype(float) / LOGIT_BOUND)
        expected = softmax(bounded) * len(raw)
        assert chisquare(counts[start:stop], expected).pvalue > 1e-3


def test_levels_of_two_categories_are_drawn_independently():
    rows = np.asarray(heads(np.zeros((20_000, 8), np.float32)))
    joint = rows[:, 1:4].T @ rows[:, 4:6]
    assert chisquare(joint.ravel(), np.full(6, 20_000 / 6)).pvalue > 1e-3


@pytest.mark.parametrize("temperature", [0.3, 0.5, 5.0])
def test_extreme_logits_stay_finite_and_keep_a_gradient(temperature):
    raw = np.tile(np.array([1e4, -1e4], np.float32), (20_000, 4))
    rows = np.asarray(heads(raw, temperature=temperature, hard=False))
    assert np.isfinite(rows).all()


def test_the_largest_noise_that_float32_can_draw_stays_finite(monkeypatch):
    """-log(-log u) of the largest u below 1 comes once in ten million draws; training makes that many."""
    largest = np.float32(-np.log(-np.log1p(-(2.0**-23))))
    monkeypatch.setattr(jax.random, "gumbel", lambda key, shape, dtype: jnp.full(shape, largest, dtype))
    # A new function, so that no program compiled with other noise is taken.
    compiled = jax.jit(lambda *arguments: apply_heads(*arguments, temperature=0.3, sigmoid=False, hard=False))
    rows = np.asarray(compiled(make_layout(SPANS), np.full((4, 8), 1e4, np.float32), make_key(np.uint32(0))))
    np.testing.assert_allclose(rows[:, 1:4], 1 / 3, rtol=1e-5)


def test_gradient_goes_straight_through_one_hots(raw):
    weights = np.arange(8, dtype=np.float32)

    def value(raw, hard):
        return (heads(raw, hard=hard) * weights).sum()

    hard, soft = (np.asarray(jax.grad(value)(raw, hard)) for hard in (True, False))
    np.testing.assert_allclose(hard, soft, rtol=1e-4, atol=1e-6)
    assert (np.abs(hard[:, 1:6]).max(axis=0) > 0.01).all()
    assert (hard[:, 7:] == 0).all()


def test_layouts_of_one_padded_shape_share_a_program(count_compilations):
    def call(spans):
        raw = np.zeros((32, 8), np.float32)
        return compiled_heads(
            make_layout(spans), raw, key, temperature=0.5, sigmoid=False, hard=True
        ).block_until_ready()

    key = make_key(np.uint32(0))
    with count_compilations() as first:
        call((("number", 1), ("category", 3), ("category", 2)))
    with count_compilations() as second:
        call((("category", 4), ("number", 1), ("number", 1), ("category", 2)))
        call((("category", 2),) * 4)
    assert first
    assert second == []


spans_lists = st.lists(
    st.one_of(st.just(("number", 1)), st.tuples(st.just("category"), st.integers(1, 6))),
    min_size=1,
    max_size=8,
)


@given(spans=spans_lists)
def test_layout_describes_every_column_once(spans):
    layout = make_layout(spans)
    total = sum(n for _, n in spans)
    described = layout.is_number + layout.spans.sum(axis=0)
    np.testing.assert_array_equal(described, np.arange(len(described)) < total)
    sizes = [n for kind, n in spans if kind == "category"]
    for span, size in enumerate(sizes):
        assert set(layout.levels[span]) == set(np.flatnonzero(layout.spans[span]))
        assert layout.spans[span].sum() == size


@given(spans=spans_lists, seed=st.integers(0, 2**31))
def test_harden_takes_the_highest_level(spans, seed):
    rows = np.random.default_rng(seed).random((5, sum(n for _, n in spans))).astype(np.float32)
    before, hard, start = rows.copy(), harden(rows, spans), 0
    for kind, n in spans:
        part, original = hard[:, start : start + n], rows[:, start : start + n]
        if kind == "number":
            np.testing.assert_array_equal(part, original)
        else:
            np.testing.assert_array_equal(part.sum(axis=1), 1)
            np.testing.assert_array_equal(part.argmax(axis=1), original.argmax(axis=1))
        start += n
    np.testing.assert_array_equal(rows, before)
    np.testing.assert_array_equal(harden(hard, spans), hard)


def test_padding_keeps_values_adds_zeros_and_is_undone():
    rows = np.arange(10, dtype=np.float64).reshape(2, 5)
    space = ColumnSpace.of((("number", 1),) * 5)
    padded = space.pad(rows)
    assert padded.dtype == np.float32
    assert padded.shape[1:] == space.shape
    np.testing.assert_array_equal(padded[:, :5], rows)
    assert (padded[:, 5:] == 0).all()
    np.testing.assert_array_equal(space.trim(padded), rows)


@given(spans=spans_lists)
def test_a_space_tells_the_columns_that_it_was_made_of(spans):
    space = ColumnSpace.of(spans)
    assert space.spans == tuple(spans)
    assert space.width == sum(n for _, n in spans)
    again = ColumnSpace.from_document(space.to_document())
    assert again.spans == space.spans
    assert again.options == space.options


def test_rows_are_soft_in_training_on_request_and_exact_afterwards(raw):
    key = make_key(np.uint32(0))
    for straight_through in (True, False):
        space = ColumnSpace.of(SPANS, ColumnOptions(straight_through=straight_through))
        in_training, drawn = (np.asarray(space.finish(jnp.asarray(raw), key, training=t)) for t in (True, False))
        assert np.isin(drawn[:, 1:6], (0, 1)).all()
        assert np.isin(in_training[:, 1:6], (0, 1)).all() == straight_through


def test_distance_scale_makes_columns_comparable(problem):
    scaled = problem.rows * distance_scale(problem.rows, problem.space.spans)
    np.testing.assert_array_equal(scaled, problem.space.features(problem.rows, problem.codes)(problem.rows))
    np.testing.assert_allclose(scaled[:, :2].std(axis=0), 1, rtol=1e-5)
    one, other = np.eye(3)[0] * 2**-0.5, np.eye(3)[1] * 2**-0.5
    np.testing.assert_allclose(np.unique(scaled[:, 2:]), [0, 2**-0.5])
    assert np.linalg.norm(one - other) == pytest.approx(1)
    constant = distance_scale(np.ones((5, 1), np.float32), [("number", 1)])
    assert np.isfinite(constant).all()


@given(size=st.integers(1, 10**6), smallest=st.sampled_from([4, 8, 64]))
def test_bucket_wastes_at_most_half(size, smallest):
    assert size <= bucket(size, smallest) <= max(smallest, 1.5 * size)


def test_bucket_is_monotone_and_has_few_values():
    buckets = [bucket(size) for size in range(1, 5000)]
    assert all(a <= b for a, b in pairwise(buckets))
    assert len(set(buckets)) < 22
