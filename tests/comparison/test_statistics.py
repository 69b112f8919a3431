from itertools import combinations

import baycomp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from imbgan.comparison.fold_results import FoldResult
from imbgan.comparison.statistics import compute_scores, corrected_interval, holm, posterior

GAINS = st.lists(st.floats(-1, 1), min_size=2, max_size=30)


@given(GAINS, st.floats(0.01, 2))
def test_interval_holds_the_mean_and_grows_with_the_overlap(gains, ratio):
    mean, low, high, p_value = corrected_interval(gains, ratio)
    naive = corrected_interval(gains, 0.0)
    assert mean == pytest.approx(np.mean(gains), abs=1e-12)
    assert low <= naive.low <= mean <= naive.high <= high
    assert naive.p_value <= p_value <= 1
    assert (p_value < 0.05) == (low > 0 or high < 0) or p_value == pytest.approx(0.05)


def test_interval_without_overlap_is_that_of_the_t_test(rng):
    gains = rng.normal(0.1, 1, size=12)
    referee = stats.ttest_1samp(gains, 0.0)
    found = corrected_interval(gains, 0.0)
    assert found.p_value == pytest.approx(referee.pvalue)
    assert (found.low, found.high) == pytest.approx(tuple(referee.confidence_interval(0.95)))


def test_corrected_interval_covers_where_the_naive_one_fails(rng):
    # Any two folds correlate by the share of test rows, which is the assumption of the correction.
    n_folds, share, n_trials = 10, 0.2, 2_000
    common = np.sqrt(share) * rng.normal(size=(n_trials, 1))
    gains = common + np.sqrt(1 - share) * rng.normal(size=(n_trials, n_folds))

    def coverage(ratio):
        intervals = [corrected_interval(trial, ratio) for trial in gains]
        return np.mean([found.low <= 0.0 <= found.high for found in intervals])

    assert coverage(share / (1 - share)) == pytest.approx(0.95, abs=0.015)
    assert coverage(0.0) < 0.8


@pytest.mark.parametrize("rope", [0.0, 0.01, 0.5])
@given(n_runs=st.integers(1, 3), gains=st.lists(st.floats(-1, 1), min_size=5, max_size=5))
def test_posterior_agrees_with_baycomp(rope, n_runs, gains):
    x = np.linspace(0.2, 0.8, 5 * n_runs)
    y = x + np.repeat(gains, n_runs)
    n_folds = len(x) / n_runs
    expected = baycomp.two_on_single(x, y, rope=rope, runs=n_runs)
    found = posterior(y - x, 1 / (n_folds - 1), rope)
    assert sum(found) == pytest.approx(1)
    assert min(found) >= 0
    kept = found if rope else (found.p_worse, found.p_better)
    if np.ptp(y - x) > 1e-9:  # else the mean of the referee rounds to either side of its borders
        assert kept == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize(
    ("gain", "expected"), [(0.0, (0, 1, 0)), (0.01, (0, 1, 0)), (0.02, (0, 0, 1)), (-0.02, (1, 0, 0))]
)
def test_equal_differences_are_certain(gain, expected):
    assert posterior([gain] * 7, 0.25, 0.01) == expected
    interval = corrected_interval([gain] * 7, 0.25)
    assert interval == (gain, gain, gain, 1.0 if gain == 0 else 0.0)


def test_a_single_difference_says_nothing_about_its_spread():
    assert corrected_interval([0.3], 0.25) == (0.3, None, None, None)
    assert posterior([0.3], 0.25, 0.01) is None


def closed_testing(p_values):
    """A hypothesis is rejected at the least level at which Bonferroni rejects every set that holds it."""
    indices = range(len(p_values))
    sets = [group for size in indices for group in combinations(indices, size + 1)]
    bonferroni = {group: min(1.0, len(group) * min(p_values[i] for i in group)) for group in sets}
    return [max(level for group, level in bonferroni.items() if i in group) for i in indices]


@given(st.lists(st.floats(0, 1), min_size=1, max_size=6))
def test_holm_is_the_closed_bonferroni_test(p_values):
    adjusted = holm(p_values)
    assert adjusted.tolist() == pytest.approx(closed_testing(p_values))
    assert (adjusted >= np.array(p_values)).all()
    assert (np.diff(adjusted[np.argsort(p_values, kind="stable")]) >= 0).all()


def test_holm_of_nothing():
    assert holm([]).tolist() == []


def row(strategy, fold, scores, *, repeat=0, estimator="tree", status="ok"):
    return FoldResult(
        fold, repeat, strategy, estimator, status, n_train=80, n_test=20, seconds=1.0, class_counts={}, scores=scores
    )


def binary(strategy, values, metric="mcc", **options):
    return [row(strategy, fold, {metric: {"yes": value, "no": -1.0}}, **options) for fold, value in enumerate(values)]


def by_strategy(scores, label=None):
    return {score.strategy: score for score in scores if score.label == label}


BINARY = {"control": "none", "labels": ("no", "yes"), "positive": "yes"}


def test_folds_are_paired():
    control, other = [0.1, 0.2, 0.3, 0.4], [0.2, 0.31, None, 0.5]
    # The order of the rows, and folds that one side lacks, do not matter.
    rows = [*binary("smote", other), *reversed(binary("none", control)), *binary("none", [0.9], repeat=1)]
    scores = by_strategy(compute_scores(rows, metrics=["mcc"], **BINARY))
    expected = corrected_interval([0.1, 0.11, 0.1], 0.25)
    smote = scores["smote"]
    assert (smote.gain, smote.gain_low, smote.gain_high) == pytest.approx(expected[:3])
    assert smote.p_holm == smote.p_value == pytest.approx(expected.p_value)
    assert (smote.n_folds, scores["none"].n_folds) == (3, 5)
    assert smote.mean == pytest.approx(np.mean([0.2, 0.31, 0.5]))
    assert scores["none"].gain is None
    assert scores["none"].p_holm is None


def test_positive_gains_are_better_for_losses_too():
    rows = [*binary("none", [0.2, 0.3], "brier"), *binary("gan", [0.18, 0.26], "brier")]
    gan = by_strategy(compute_scores(rows, metrics=["brier"], **BINARY))["gan"]
    assert gan.mean == pytest.approx(0.22)
    assert gan.gain == pytest.approx(0.03)


@pytest.mark.parametrize(("metric", "is_equal"), [("brier", False), ("mcc", True)])
def test_the_region_of_equivalence_is_relative_for_losses(metric, is_equal):
    # A gain of 0.001 is small for a score, and a tenth of this loss.
    sign = -1 if metric == "brier" else 1
    rows = [*binary("none", [0.01, 0.01], metric), *binary("gan", [0.01 + sign * 0.001] * 2, metric)]
    gan = by_strategy(compute_scores(rows, metrics=[metric], **BINARY))["gan"]
    assert (gan.p_equal == 1.0) is is_equal
    assert (gan.p_better == 1.0) is not is_equal


def test_several_classes_have_a_mean_and_one_score_each():
    values = [{"a": 0.9, "b": 0.5, "c": 0.1}, {"a": 0.7, "b": 0.3, "c": None}]
    rows = [row("none", fold, {"f1": by_label}) for fold, by_label in enumerate(values)]
    scores = compute_scores(rows, control="none", metrics=["f1"], labels=("a", "b", "c"), positive=None)
    assert {score.label: (score.mean, score.n_folds) for score in scores} == {
        None: (pytest.approx(0.5), 2),
        "a": (pytest.approx(0.8), 2),
        "b": (pytest.approx(0.4), 2),
        "c": (pytest.approx(0.1), 1),
    }


def test_p_values_are_adjusted_within_one_estimator():
    gains = {"smote": [0.1, 0.2, 0.1, 0.2], "adasyn": [0.1, 0.1, 0.0, 0.0], "gan": [0.3, 0.3, 0.2, 0.3]}
    rows = []
    for estimator, strategies in {"tree": gains, "forest": {"smote": gains["smote"]}}.items():
        for strategy, values in {"none": [0.0] * 4, **strategies}.items():
            rows += binary(strategy, values, estimator=estimator)
    scores = compute_scores(rows, metrics=["mcc"], **BINARY)
    tree = by_strategy(score for score in scores if score.estimator == "tree")
    others = [tree[name] for name in gains]
    assert [score.p_holm for score in others] == pytest.approx(holm([score.p_value for score in others]).tolist())
    forest = by_strategy(score for score in scores if score.estimator == "forest")["smote"]
    assert forest.p_holm == forest.p_value == tree["smote"].p_value < tree["smote"].p_holm


def test_without_a_control_there_are_means_only():
    rows = [*binary("none", [0.5, 0.6], status="failed"), *binary("gan", [0.5, 0.6])]
    (gan,) = compute_scores(rows, metrics=["mcc"], **BINARY)
    assert (gan.strategy, gan.mean, gan.gain) == ("gan", pytest.approx(0.55), None)


@pytest.mark.parametrize("missing", [None, float("nan"), float("inf")])
def test_values_that_are_no_numbers_are_left_out(missing):
    rows = [*binary("none", [0.5, missing, 0.7]), *binary("gan", [missing] * 3)]
    scores = by_strategy(compute_scores(rows, metrics=["mcc", "f1"], **BINARY))
    assert set(scores) == {"none"}
    assert scores["none"].mean == pytest.approx(0.6)
