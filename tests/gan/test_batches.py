import numpy as np
import pytest
from scipy.stats import chisquare

from imbgan.gan.batches import ClassBatches, make_batches
from imbgan.gan.monitor import split
from imbgan.gan.state import make_key
from imbgan.random import Streams

COUNTS = (400, 90, 30)


@pytest.fixture(scope="module")
def labels():
    return np.random.default_rng(0).permutation(np.repeat(range(3), COUNTS))


def source_of(labels, masks, tempering, member=0) -> ClassBatches:
    """Rows hold their own number, so that a batch tells which rows were drawn."""
    rows = np.arange(len(labels), dtype=np.float32)[:, None]
    batches = make_batches(rows, labels, masks, 3, tempering)
    own = [leaf[member] for leaf in batches[1:]]
    return ClassBatches(batches.rows, *own)


@pytest.mark.parametrize("tempering", [0.0, 0.5, 1.0])
def test_classes_are_drawn_by_tempered_counts(labels, tempering):
    batch = source_of(labels, [np.ones(len(labels), bool)], tempering).draw(make_key(np.uint32(1)), 50_000)
    weights = np.array(COUNTS, float) ** tempering
    observed = np.bincount(np.asarray(batch.labels), minlength=3)
    assert chisquare(observed, weights / weights.sum() * 50_000).pvalue > 1e-3


def test_rows_carry_their_own_label(labels):
    batch = source_of(labels, [np.ones(len(labels), bool)], 0.0).draw(make_key(np.uint32(1)), 5_000)
    positions = np.asarray(batch.rows)[:, 0].astype(int)
    np.testing.assert_array_equal(labels[positions], batch.labels)


def test_a_member_draws_all_rows_evenly_but_those_it_is_judged_by(labels):
    hold_out = split(labels, [1, 2], 3, Streams(0))
    drawn_by_anyone = np.zeros(len(labels), bool)
    for member, mask in enumerate(hold_out.train_masks):
        batch = source_of(labels, hold_out.train_masks, 1.0, member).draw(make_key(np.uint32(member)), 50_000)
        drawn = np.bincount(np.asarray(batch.rows)[:, 0].astype(int), minlength=len(labels))
        np.testing.assert_array_equal(drawn > 0, mask)
        assert chisquare(drawn[mask]).pvalue > 1e-3
        drawn_by_anyone |= drawn > 0
    assert drawn_by_anyone.all()


def test_a_class_without_rows_is_never_drawn():
    labels = np.repeat([0, 2], [50, 10])
    batch = source_of(labels, [np.ones(60, bool)], 0.5).draw(make_key(np.uint32(0)), 5_000)
    assert set(np.asarray(batch.labels).tolist()) == {0, 2}


def test_a_batch_is_a_function_of_its_key(labels):
    source = source_of(labels, [np.ones(len(labels), bool)], 0.5)
    first, again, other = (source.draw(make_key(np.uint32(seed)), 64) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first.rows, again.rows)
    assert not np.array_equal(first.rows, other.rows)
