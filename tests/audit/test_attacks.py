"""The attacks on matrices: what each must find, and what none may find."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import mannwhitneyu
from sklearn.metrics import roc_auc_score, roc_curve

from imbgan.audit.attacks import (
    SCORES,
    Sight,
    column_scores,
    distances_to,
    guesses,
    rebuilt_rows,
    scores,
    trained_scores,
)
from imbgan.audit.attacks.trained import shadow_scores
from imbgan.audit.judging import _auc, _true_positive_rate, find_outlying, interval
from imbgan.random import Streams

N, WIDTH = 200, 5


def world(seed, n=N):
    """Rare rows, half of them members, and common rows, all from normal distributions."""
    rng = np.random.default_rng(seed)
    member = np.zeros(n, bool)
    member[rng.permutation(n)[: n // 2]] = True
    return rng.normal(size=(n, WIDTH)), member, rng.normal(size=(600, WIDTH)), rng


def sight(candidates, generated, common):
    equal = (candidates[:, None] == generated[None]).mean(axis=2).max(axis=1)
    return Sight(candidates, generated, common, equal)


def auc(score, member):
    return mannwhitneyu(score[member], score[~member]).statistic / (member.sum() * (~member).sum())


@pytest.mark.parametrize("noise", [0.0, 0.02])
def test_a_generator_that_copies_is_caught_by_every_attack(noise):
    rows, member, common, rng = world(0)
    copies = rows[member][rng.integers(member.sum(), size=800)]
    found = scores(sight(rows, copies + noise * rng.normal(size=copies.shape), common))
    assert found.keys() == SCORES.keys()
    for name, score in found.items():
        if noise and name == "equal_cells":
            continue
        assert auc(score, member) > 0.95, name


def test_no_attack_finds_anything_in_rows_that_were_drawn_afresh():
    values = {name: [] for name in SCORES}
    for seed in range(12):
        rows, member, common, rng = world(seed)
        for name, score in scores(sight(rows, rng.normal(size=(800, WIDTH)), common)).items():
            values[name].append(auc(score, member))
    # The standard error of a mean of twelve figures of 100 against 100 rows is .012.
    assert {name: np.mean(each) for name, each in values.items()} == pytest.approx(dict.fromkeys(SCORES, 0.5), abs=0.04)


def test_distances_are_those_of_the_nearest_rows():
    rows, _, common, rng = world(0, 30)
    generated = rng.normal(size=(7, WIDTH))
    found = distances_to(sight(rows, generated, common))
    whole = np.sort(np.linalg.norm(rows[:, None] - generated[None], axis=2), axis=1)
    # With fewer rows than places, the farthest one stands for the places beyond.
    assert found["generated"] == pytest.approx(whole[:, [0, 1, 2, 4, 6, 6]])
    assert found["five"] == pytest.approx(whole[:, :5].mean(axis=1))


@given(st.integers(0, 10_000), st.integers(2, 5))
def test_shadow_scores_of_a_run_do_not_depend_on_its_own_membership(seed, n_runs):
    rng = np.random.default_rng(seed)
    values, member = rng.normal(size=(n_runs, 9)), rng.random((n_runs, 9)) < 0.5
    other = member.copy()
    other[0] = ~other[0]
    found = shadow_scores(values, member)
    assert shadow_scores(values, other)[0] == pytest.approx(found[0])
    assert np.isfinite(found).all()


def test_shadow_scores_remove_what_is_usual_for_a_row():
    rng = np.random.default_rng(0)
    member = rng.random((6, 300)) < 0.5
    hardness = 5 * rng.normal(size=300)
    values = hardness - member + 0.3 * rng.normal(size=member.shape)
    plain = np.mean([auc(-v, m) for v, m in zip(values, member, strict=True)])
    calibrated = np.mean([auc(s, m) for s, m in zip(shadow_scores(values, member), member, strict=True)])
    assert plain < 0.6
    assert calibrated > 0.9


def played(make, n_runs=4):
    """Distances, scores and members of runs over the same candidates."""
    rows, _, common, rng = world(1, 120)
    member = np.zeros((n_runs, 120), bool)
    for run in member:
        run[rng.permutation(120)[:40]] = True
    sights = [sight(rows, make(rows[run], rng), common) for run in member]
    return [distances_to(each) for each in sights], [scores(each) for each in sights], member


def test_a_trained_attack_finds_what_a_single_score_hardly_shows():
    # Near some members there is a hole instead of generated rows: distances alone point the wrong way for half.
    def odd(learned, rng):
        fresh = rng.normal(size=(1500, WIDTH))
        gap = np.linalg.norm(fresh[:, None] - learned[None], axis=2).min(axis=1)
        return fresh[gap > 1.2]

    distances, plain, member = played(odd)
    nearest = np.mean([auc(each["nearest"], run) for each, run in zip(plain, member, strict=True)])
    trained = trained_scores(distances, plain, member, Streams(0))
    assert nearest < 0.5
    assert np.mean([auc(each, run) for each, run in zip(trained, member, strict=True)]) > 0.8
    assert ((trained >= 0) & (trained <= 1)).all()


def test_a_trained_attack_finds_nothing_where_nothing_is():
    distances, plain, member = played(lambda learned, rng: rng.normal(size=(800, WIDTH)), n_runs=5)
    trained = trained_scores(distances, plain, member, Streams(0))
    # 40 against 80 rows and five runs: the standard error is .025.
    assert np.mean([auc(each, run) for each, run in zip(trained, member, strict=True)]) == pytest.approx(0.5, abs=0.08)


def test_a_trained_attack_does_not_use_the_members_of_the_run_that_it_attacks():
    distances, plain, member = played(lambda learned, rng: np.repeat(learned, 5, axis=0), n_runs=3)
    other = member.copy()
    other[0] = ~other[0]
    expected = trained_scores(distances, plain, member, Streams(0))[0]
    assert trained_scores(distances, plain, other, Streams(0))[0] == pytest.approx(expected)


def smote(learned, n, rng, k=5):
    base = rng.integers(len(learned), size=n)
    near = np.linalg.norm(learned[:, None] - learned[None], axis=2).argsort(axis=1)[:, 1 : k + 1]
    partner = near[base, rng.integers(k, size=n)]
    return learned[base] + rng.random((n, 1)) * (learned[partner] - learned[base])


@pytest.mark.parametrize("width", [2, 3, 8])
def test_rows_between_which_was_interpolated_are_rebuilt(width):
    rng = np.random.default_rng(0)
    learned = rng.normal(size=(40, width))
    rebuilt = rebuilt_rows(smote(learned, 2000, rng))
    gap = np.linalg.norm(learned[:, None] - rebuilt[None], axis=2).min(axis=1)
    assert np.mean(gap < 1e-3) > 0.7
    if width > 2:
        # What is rebuilt is hardly anything else.
        assert np.mean(np.linalg.norm(rebuilt[:, None] - learned[None], axis=2).min(axis=1) < 1e-3) > 0.8


def test_nothing_is_rebuilt_from_rows_that_lie_on_no_lines():
    rng = np.random.default_rng(0)
    assert len(rebuilt_rows(rng.normal(size=(2000, 4)))) == 0
    assert rebuilt_rows(np.zeros((50, 3))).shape == (0, 3)
    assert rebuilt_rows(rng.normal(size=(500, 1))).shape == (0, 1)


def test_cells_are_guessed_from_copies_and_not_from_fresh_rows():
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(60, 4))
    columns = list(rows.T[:, :, None])
    learned, fresh = list(rows[:30].T[:, :, None]), list(rng.normal(size=(4, 300, 1)))
    closeness, share = guesses(columns, learned)
    assert (share[:30] == 1.0).all()
    assert share[30:].mean() < 0.3
    assert closeness[:30].min() > closeness[30:].max()
    assert guesses(columns, fresh)[1].mean() < 0.3


def test_columns_that_are_repeated_tell_their_rows_though_cells_are_joined_anew():
    rows, member, _, rng = world(0)
    learned = rows[member]
    shuffled = np.column_stack([rng.choice(column, 800) for column in learned.T])
    fresh = rng.normal(size=(800, WIDTH))
    columns = list(rows.T[:, :, None])
    for name, score in column_scores(columns, list(shuffled.T[:, :, None])).items():
        assert auc(score, member) > 0.7, name
    for name, score in column_scores(columns, list(fresh.T[:, :, None])).items():
        assert abs(auc(score, member) - 0.5) < 0.1, name


@given(st.integers(0, 10_000))
def test_auc_and_true_positive_rate_agree_with_scikit_learn(seed):
    rng = np.random.default_rng(seed)
    scored, member = rng.integers(0, 40, size=300).astype(float), rng.random(300) < 0.3
    assert _auc(scored[member], scored[~member]) == pytest.approx(roc_auc_score(member, scored))
    false, true, _ = roc_curve(member, scored, drop_intermediate=False)
    assert _true_positive_rate(scored[member], scored[~member]) == pytest.approx(true[false <= 0.01].max())


def test_outlying_rows_are_those_far_from_their_class():
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(100, 3))
    rows[:10] += 50.0 * rng.normal(size=(10, 3))
    assert set(np.flatnonzero(find_outlying(rows))) >= set(np.argsort(-np.linalg.norm(rows, axis=1))[:8])
    assert find_outlying(rows).sum() == 10
    assert find_outlying(rows[:21]).sum() == 10


def test_an_interval_covers_the_mean_as_often_as_it_says():
    rng = np.random.default_rng(0)
    found = [interval(row) for row in (0.6 + 0.05 * rng.normal(size=(2000, 6))).tolist()]
    assert np.mean([each.low <= 0.6 <= each.high for each in found]) == pytest.approx(0.95, abs=0.02)
    assert interval([0.7]) == type(found[0])(0.7)
    assert interval([None, None]).mean is None
