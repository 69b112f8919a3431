import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.calibration import calibration_curve
from sklearn.metrics import roc_auc_score

from imbgan._plain import from_plain, to_plain
from imbgan.comparison.curves import BIN_EDGES, GRID, average_curves, curve_points
from imbgan.comparison.fold_results import FoldCurve, FoldResult
from imbgan.comparison.results import Curve


@st.composite
def predictions(draw):
    n = draw(st.integers(2, 30))
    is_class = draw(st.lists(st.booleans(), min_size=n, max_size=n))
    is_class[:2] = [True, False]
    p = draw(st.lists(st.sampled_from([0.0, 0.001, 0.02, 0.5, 1.0]) | st.floats(0, 1), min_size=n, max_size=n))
    return np.array(is_class), np.array(p)


def fold(curves, *, strategy="gan", status="ok", number=0):
    return FoldResult(number, 0, strategy, "tree", status, n_train=80, n_test=20, curves=curves)


@given(predictions())
def test_precision_is_the_best_at_that_recall_or_more(sample):
    is_class, p = sample
    cuts = [p >= cut for cut in p]
    reached = [(is_class[cut].sum() / is_class.sum(), is_class[cut].mean()) for cut in cuts]
    found = curve_points(is_class, p).precision
    for recall, precision in zip(GRID, found, strict=True):
        best = max(value for level, value in reached if level >= recall - 1e-9)
        assert precision == pytest.approx(best, abs=1e-4)
    assert (np.diff(found) <= 0).all()


@given(predictions())
def test_points_are_rates_and_bins_hold_every_row(sample):
    is_class, p = sample
    points = curve_points(is_class, p)
    assert from_plain(FoldCurve, json.loads(json.dumps(to_plain(points)))) == points
    assert len(points.precision) == len(points.tpr) == len(GRID)
    assert (np.diff(points.tpr) >= 0).all()
    assert 0 <= points.tpr[0] <= points.tpr[-1] == 1
    assert len(points.counts) == len(BIN_EDGES) - 1
    assert sum(points.counts) == len(p)
    assert sum(points.predicted) == pytest.approx(p.sum(), abs=1e-5)
    assert sum(points.observed) == is_class.sum()


def test_area_below_the_curve_is_the_roc_auc(rng):
    is_class = rng.random(4_000) < 0.1
    p = 1 / (1 + np.exp(-rng.normal(size=4_000) - 1.5 * is_class))
    area = np.trapezoid(curve_points(is_class, p).tpr, GRID)
    assert area == pytest.approx(roc_auc_score(is_class, p), abs=0.002)


def test_curves_are_averaged_over_folds_and_bins_pooled(rng):
    truths = [rng.random(300) < 0.3 for _ in range(3)]
    probabilities = [np.clip(rng.random(300) * 0.5 + 0.4 * truth, 0, 1) for truth in truths]
    points = [curve_points(truth, p) for truth, p in zip(truths, probabilities, strict=True)]
    rows = [fold({"yes": of_fold}, number=number) for number, of_fold in enumerate(points)]
    (curve,) = average_curves(rows, ["yes"])
    assert (curve.estimator, curve.strategy, curve.label) == ("tree", "gan", "yes")
    assert curve.recall == curve.fpr == pytest.approx(tuple(GRID))
    assert curve.precision == pytest.approx(np.mean([each.precision for each in points], axis=0), abs=1e-4)
    assert curve.tpr == pytest.approx(np.mean([each.tpr for each in points], axis=0), abs=1e-4)
    assert sum(curve.counts) == 900
    truth, p = np.concatenate(truths), np.concatenate(probabilities)
    inside = (p >= 0.3) & (p < 0.4)
    observed, predicted = calibration_curve(truth[inside], p[inside], n_bins=1)
    position = int(np.argmin(np.abs(np.array(curve.predicted) - predicted[0])))
    assert (curve.predicted[position], curve.observed[position]) == pytest.approx((predicted[0], observed[0]), abs=1e-6)
    assert curve.counts[position] == inside.sum()
    assert from_plain(Curve, to_plain(curve)) == curve


def test_reliability_tells_small_probabilities_apart():
    is_class = np.array([False] * 99 + [True])
    curves = [average_curves([fold({"yes": curve_points(is_class, np.full(100, p))})], ["yes"]) for p in (1e-5, 0.003)]
    assert [curve.predicted for (curve,) in curves] == [(1e-5,), (0.003,)]
    assert [curve.observed for (curve,) in curves] == [(0.01,), (0.01,)]


def test_folds_without_a_curve_are_left_out():
    is_class, p = np.array([True, False]), np.array([0.9, 0.1])
    points = curve_points(is_class, p)
    assert curve_points(np.ones(2, bool), p) is None
    rows = [
        fold({"yes": points}),
        fold({"yes": None}, number=1),
        fold({}, number=2),
        fold({"yes": points}, strategy="smote", status="failed"),
    ]
    (curve,) = average_curves(rows, ["yes", "no"])
    assert (curve.strategy, sum(curve.counts)) == ("gan", 2)
