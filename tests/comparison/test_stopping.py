"""A comparison stops early only where the remaining folds would hardly change its verdict."""

import numpy as np
import pytest

from imbgan.comparison.fold_results import FoldResult
from imbgan.comparison.statistics import corrected_interval, holm
from imbgan.comparison.stopping import Race, is_settled, races_of

N_FOLDS, RATIO, MARGIN = 10, 0.25, 0.01


def verdict(gains):
    """The rule of the verdict, written down once more; None stands for the control."""
    found = [corrected_interval(each, RATIO) for each in gains]
    adjusted = holm([interval.p_value for interval in found])
    best = int(np.argmax([interval.mean for interval in found]))
    return best if adjusted[best] < 0.05 and found[best].mean > MARGIN else None


def stop_of(gains, seed):
    """Return the number of folds after which a run stops."""
    for n in range(2, N_FOLDS):
        race = Race({str(i): each[:n] for i, each in enumerate(gains)}, MARGIN, RATIO)
        if is_settled([race], N_FOLDS, seed):
            return n
    return N_FOLDS


@pytest.mark.parametrize(
    ("means", "stops_early"),
    [([0.0, 0.0, 0.0], True), ([0.02, 0.01, 0.0], True), ([0.3, 0.0, -0.1], False), ([-0.2, -0.3, -0.1], True)],
)
def test_what_is_settled_is_the_verdict_of_all_folds(means, stops_early):
    rng = np.random.default_rng(0)
    n_runs, agreed, stops = 40, 0, []
    for seed in range(n_runs):
        gains = [mean + 0.03 * rng.normal(size=N_FOLDS) for mean in means]
        stop = stop_of(gains, seed)
        agreed += verdict([each[:stop] for each in gains]) == verdict(gains)
        stops.append(stop)
    # 95 % are promised; the tolerance is that of 40 runs.
    assert agreed >= 0.875 * n_runs
    assert min(stops) >= 3
    assert (np.median(stops) <= 6) == stops_early


def test_looking_after_each_fold_does_not_make_false_recommendations_frequent():
    # The folds are independent here, so the corrected test is far below its 5 %; an uncorrected one shows the claim.
    rng, n_false, n_runs = np.random.default_rng(1), 0, 150
    for seed in range(n_runs):
        gains = rng.normal(size=N_FOLDS)
        for n in range(3, N_FOLDS + 1):
            race = Race({"a": gains[:n]}, 0.0, 0.0)
            if n == N_FOLDS or is_settled([race], N_FOLDS, seed):
                interval = corrected_interval(gains[:n], 0.0)
                n_false += interval.p_value < 0.05 and interval.mean > 0.0
                break
    # One-sided, 2.5 % / 0.95; with 150 runs up to 6 %.
    assert n_false / n_runs < 0.06


def test_nothing_is_settled_with_two_folds_or_without_a_rival_that_has_three():
    same = np.zeros(5)
    assert is_settled([Race({"a": same}, MARGIN, RATIO)], N_FOLDS, 0)
    assert not is_settled([Race({"a": same, "b": same[:2]}, MARGIN, RATIO)], N_FOLDS, 0)
    assert not is_settled([Race({"a": same}, MARGIN, RATIO), Race({"a": same[:2]}, MARGIN, RATIO)], N_FOLDS, 0)


def row(fold, strategy, value, status="ok"):
    scores = {"log_loss": {"yes": value}}
    return FoldResult(fold, 0, strategy, "tree", status, n_train=80, n_test=20, scores=scores)


def test_races_hold_paired_gains_of_strategies_that_never_failed():
    rows = [row(i, "none", 0.4) for i in range(3)]
    rows += [row(i, "smote", 0.3) for i in range(2)]
    rows += [row(0, "gan", 0.1), row(1, "gan", None, "failed")]
    (race,) = races_of(rows, control="none", metric="log_loss", positive="yes", rope=0.01)
    assert list(race.gains) == ["smote"]
    assert race.gains["smote"].tolist() == pytest.approx([0.1, 0.1])  # a lower loss is better
    assert (race.margin, race.ratio) == pytest.approx((0.004, 0.25))


def race_of(values, gains):
    """A race whose control has ``values`` in its folds."""
    reference = dict(enumerate(values))
    rival = {fold: value + gain for (fold, value), gain in zip(reference.items(), gains, strict=True)}
    return Race({"a": np.asarray(gains)}, MARGIN, RATIO, (rival, reference))


@pytest.mark.parametrize(
    ("other", "is_so"),
    [
        ([0.30, 0.31, 0.29, 0.30], True),  # clearly behind
        ([0.501, 0.499, 0.500, 0.502], True),  # as good as the best one: it does not matter which is advised
        ([0.40, 0.58, 0.41, 0.60], False),  # may be ahead after more folds
        ([0.30, 0.31], False),  # hardly known
    ],
)
def test_the_advised_estimator_is_settled_too(other, is_so):
    nothing = [0.0001, -0.0001, 0.0, 0.0001]
    best = race_of([0.50, 0.50, 0.50, 0.50], nothing)
    assert is_settled([best], N_FOLDS, 0)
    second = race_of(other, nothing[: len(other)])
    second = Race({"a": np.array(nothing)}, MARGIN, RATIO, second.values)
    assert is_settled([best, second], N_FOLDS, 0) == is_so
    assert is_settled([second, best], N_FOLDS, 0) == is_so
