from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imbgan.gan.monitor import (
    CROWDED,
    N_GENERATED,
    ClassMonitor,
    Monitor,
    Quality,
    name_failure,
    split,
)
from imbgan.random import Streams

SEEDS = range(8)
LATE = 0.9  # progress of a run in which generated rows have had time to spread


def normal(rng, n):
    return rng.normal(size=(n, 4))


def ring(rng, n, modes=range(8)):
    """Rows of Gaussians of deviation 0.05 on a circle of radius 2."""
    angles = rng.choice(list(modes), n) * np.pi / 4
    return 2 * np.c_[np.cos(angles), np.sin(angles)] + 0.05 * rng.normal(size=(n, 2))


def judge(fake_of, *, draw=normal, n_train=400, n_held_out=100, seed=0, is_held_out=True):
    """Judge the rows that ``fake_of(rng, train)`` gives against fresh training and held-out rows."""
    rng = np.random.default_rng(seed)
    train, held_out = draw(rng, n_train), draw(rng, n_held_out)
    monitor = ClassMonitor(train, held_out, is_held_out=is_held_out, rng=rng)
    return monitor.measure(fake_of(rng, train))


def fresh(rng, train):
    del train
    return normal(rng, N_GENERATED)


def copied(rng, train):
    return train[rng.integers(len(train), size=N_GENERATED)]


def failure_of(quality, losses=(1.0, 1.0), progress=LATE):
    named = name_failure({(0, 1): quality}, losses, progress)
    return named[0] if named else None


@pytest.mark.parametrize(("n_train", "n_held_out"), [(400, 100), (160, 40), (32, 8)])
def test_fresh_real_rows_score_about_one_and_raise_no_alarm(n_train, n_held_out):
    qualities = [judge(fresh, n_train=n_train, n_held_out=n_held_out, seed=seed) for seed in range(30)]
    scores = [quality.score for quality in qualities]
    assert 0.85 < np.mean(scores) < 1.2
    assert max(scores) < 2
    assert [failure_of(quality) for quality in qualities] == [None] * 30
    for name in ("coverage_ratio", "density_ratio", "spread_ratio"):
        assert np.mean([getattr(quality, name) for quality in qualities]) == pytest.approx(1.0, abs=0.1)
    assert np.mean([quality.memorization for quality in qualities]) == pytest.approx(0.5, abs=0.1)


@pytest.mark.parametrize(("scale", "crowds"), [(1.0, False), (0.8, True)])
def test_rows_that_shrink_toward_the_center_of_many_dimensions_crowd_and_score_worse(scale, crowds):
    def draw(rng, n):
        return rng.normal(size=(n, 200))

    quality = judge(lambda rng, train: scale * draw(rng, N_GENERATED), draw=draw)
    assert (quality.neighbor_share > CROWDED) == crowds
    # Beyond the limit, a share of 0.1 counts 0.5.
    assert quality.score >= quality.energy_ratio + 5.0 * max(0.0, quality.neighbor_share - CROWDED) - 1e-9
    if not crowds:
        assert quality.neighbor_share == pytest.approx(0.5, abs=0.1)


def test_few_rows_have_no_share_of_neighbors():
    assert np.isnan(judge(fresh, n_train=40, n_held_out=7).neighbor_share)
    assert np.isnan(judge(fresh, n_train=40, n_held_out=20, is_held_out=False).neighbor_share)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(
    ("fake_of", "at_least"),
    [
        (lambda rng, train: normal(rng, N_GENERATED) + 1, 5.0),
        (lambda rng, train: train[:1] + 0.01 * normal(rng, N_GENERATED), 5.0),
        (lambda rng, train: 0.5 * normal(rng, N_GENERATED), 2.0),
        (copied, 2.2),
    ],
    ids=["shifted", "collapsed", "too narrow", "copied"],
)
def test_bad_rows_score_clearly_worse(fake_of, at_least, seed):
    assert judge(fake_of, seed=seed).score > at_least


@pytest.mark.parametrize("seed", SEEDS)
def test_failures_are_named(seed):
    def constant(rng, train):
        return np.repeat(train[:1], N_GENERATED, axis=0)

    def two_modes(rng, train):
        return ring(rng, N_GENERATED, modes=(0, 3))

    assert failure_of(judge(constant, seed=seed)) == "mode collapse"
    assert failure_of(judge(two_modes, draw=ring, seed=seed)) == "mode collapse"
    assert failure_of(judge(lambda rng, train: ring(rng, N_GENERATED), draw=ring, seed=seed)) is None
    assert failure_of(judge(copied, seed=seed)) == "memorization"
    assert failure_of(judge(copied, n_train=32, n_held_out=8, seed=seed)) == "memorization"


@pytest.mark.parametrize("losses", [(np.nan, 1.0), (1.0, np.inf), (1.0, -1e9)])
def test_bad_losses_are_divergence_at_any_time(losses):
    good = judge(fresh)
    assert failure_of(good, losses, progress=0.01) == "divergence"
    assert failure_of(good, (100.0, -100.0), progress=0.01) is None


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_rows_that_are_not_finite_are_divergence(bad):
    def fake_of(rng, train):
        rows = normal(rng, N_GENERATED)
        rows[3, 1] = bad
        return rows

    assert failure_of(judge(fake_of)) == "divergence"


def test_only_divergence_is_named_early():
    constant = judge(lambda rng, train: np.repeat(train[:1], N_GENERATED, axis=0))
    assert failure_of(constant, progress=0.2) is None


def test_a_good_class_does_not_hide_a_collapsed_one():
    good, bad = judge(fresh), judge(lambda rng, train: np.repeat(train[:1], N_GENERATED, axis=0))
    parts = {(member, code): good for member in range(2) for code in range(4)}
    parts.update({(member, 2): bad for member in range(2)})
    named = name_failure(parts, (1.0, 1.0), LATE)
    assert named is not None
    assert named[0] == "mode collapse"
    assert "class 2" in named[1]


def test_rows_elsewhere_are_not_called_collapsed():
    """An unfinished generator is far from the real rows in every respect; that is what training is for."""
    assert failure_of(judge(lambda rng, train: 3 * normal(rng, N_GENERATED) + 10)) is None


def test_without_held_out_rows_shares_are_unknown_and_the_score_is_finite():
    quality = judge(fresh, n_train=5, n_held_out=5, is_held_out=False)
    assert np.isnan(quality.coverage_ratio)
    assert np.isnan(quality.memorization)
    assert np.isfinite(quality.score)
    assert failure_of(quality) is None


def test_mean_quality_leaves_out_what_is_unknown():
    one, two = judge(fresh, seed=1), judge(fresh, seed=2)
    unknown = replace(two, memorization=float("nan"))
    mean = Quality.mean([one, unknown])
    assert mean.memorization == one.memorization
    assert mean.score == pytest.approx((one.score + two.score) / 2)
    assert np.isnan(Quality.mean([unknown]).memorization)
    assert set(mean.as_dict()) == set(vars(mean))


@settings(max_examples=50)
@given(counts=st.lists(st.integers(2, 60), min_size=1, max_size=4), n_members=st.integers(1, 5))
def test_members_hold_out_disjoint_folds_and_train_on_every_row_together(counts, n_members):
    codes = np.random.default_rng(0).permutation(np.repeat(np.arange(len(counts)), counts))
    hold_out = split(codes, range(len(counts)), n_members, Streams(0))
    for code, count in enumerate(counts):
        folds = [set(hold_out.held_out[member, code].tolist()) for member in range(n_members)]
        assert all(codes[position] == code for fold in folds for position in fold)
        if count < 10:
            # Too few to hold any out: judged on what they were trained on.
            assert all(mask[codes == code].all() for mask in hold_out.train_masks)
            continue
        assert all(len(fold) == max(2, round(0.2 * count)) for fold in folds)
        for fold, mask in zip(folds, hold_out.train_masks, strict=True):
            assert fold == set(np.flatnonzero(~mask & (codes == code)).tolist())
        if sum(map(len, folds)) <= count:
            assert len(set.union(*folds)) == sum(map(len, folds))
    if n_members > 1:
        assert np.any(hold_out.train_masks, axis=0).all()


def test_big_classes_hold_out_a_bounded_fold_and_other_classes_none():
    codes = np.repeat([0, 1], [5000, 2000])
    hold_out = split(codes, [1], 1, Streams(0))
    assert len(hold_out.held_out[0, 1]) == 256
    assert hold_out.train_masks[0][codes == 0].all()


def test_one_more_judged_class_holds_out_the_same_rows_of_the_others():
    codes = np.repeat([0, 1, 2], [100, 50, 30])
    few, more = split(codes, [2], 2, Streams(3)), split(codes, [0, 1, 2], 2, Streams(3))
    for member in range(2):
        np.testing.assert_array_equal(few.held_out[member, 2], more.held_out[member, 2])


def test_baseline_is_a_fair_generator_of_gaussian_rows(problem_of):
    data = problem_of(n_common=300, n_rare=300)
    monitor = Monitor(
        data.rows, data.codes, split(data.codes, [1], 1, Streams(0)), data.space, np.random.default_rng(0)
    )
    baseline = monitor.baseline(np.random.default_rng(1))
    assert 0.5 < baseline.score < 2.5
    assert baseline == monitor.baseline(np.random.default_rng(1))
