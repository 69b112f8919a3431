"""Maps from what a classifier says to how often it comes true."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize
from scipy.special import expit, logit
from sklearn.calibration import _SigmoidCalibration
from sklearn.metrics import log_loss

from imbgan.ensemble.calibration import (
    CERTAIN,
    METHODS,
    BetaMap,
    PlattMap,
    learn_beta,
    learn_calibrator,
    learn_platt,
    log_odds,
    smoothed_targets,
)

LEARNERS = [learn_platt, learn_beta]


def draw(rng, n=4000, mean=-2.5):
    """Return true probabilities and whether rows are of the class."""
    p = expit(rng.normal(mean, 1.5, n))
    return p, rng.random(n) < p


def test_targets_are_the_means_of_a_uniform_prior_after_the_rows():
    np.testing.assert_allclose(smoothed_targets(np.array([True, False, False])), [2 / 3, 1 / 4, 1 / 4])


def test_log_odds_are_the_plain_ones_up_to_certainty_and_finite_beyond():
    p = np.linspace(1e-5, 1 - 1e-5, 101)
    np.testing.assert_allclose(log_odds(p), logit(p), atol=1e-9)
    extreme = log_odds(np.array([0.0, 1e-300, 1e-100, 1e-7, 1e-6, 0.5, 1 - 1e-9, 1.0]))
    assert np.isfinite(extreme).all()
    assert (np.diff(extreme) > 0.0).all()
    assert extreme[0] > -CERTAIN - np.log(1000.0)


@settings(max_examples=25)
@given(st.lists(st.floats(0.0, 1.0), min_size=2, max_size=30), st.integers(0, 2**32 - 1), st.sampled_from(LEARNERS))
def test_no_order_is_turned_round_whatever_is_learned(p, seed, learn):
    p = np.sort(p)
    is_class = np.random.default_rng(seed).random(len(p)) < 0.5
    calibrated = learn(p, is_class)(p)
    assert (np.diff(calibrated) >= 0.0).all()
    assert (calibrated > 0.0).all()
    assert (calibrated < 1.0).all()


@pytest.mark.parametrize("learn", [learn_platt, learn_beta])
def test_order_is_kept_strictly_even_if_labels_contradict_it(learn, rng):
    p = np.linspace(0.001, 0.999, 500)
    calibrated = learn(p, rng.random(500) > p)(p)
    assert (np.diff(calibrated) > 0.0).all()


def test_platt_agrees_with_scikit_learns(rng):
    p, is_class = draw(rng)
    ours = learn_platt(p, is_class)
    referee = _SigmoidCalibration().fit(logit(p), is_class.astype(int))
    np.testing.assert_allclose([ours.slope, ours.intercept], [-referee.a_, -referee.b_], rtol=1e-3, atol=1e-3)
    np.testing.assert_allclose(ours(p), referee.predict(logit(p)), atol=1e-4)


def test_maps_are_their_formulas():
    p = np.array([0.01, 0.2, 0.5, 0.97])
    np.testing.assert_allclose(PlattMap(0.7, -1.0)(p), 1 / (1 + np.exp(-(0.7 * np.log(p / (1 - p)) - 1.0))))
    a, b, c = 0.5, 2.0, -0.3
    np.testing.assert_allclose(BetaMap(a, b, c)(p), 1 / (1 + 1 / (np.exp(c) * p**a / (1 - p) ** b)))
    np.testing.assert_allclose(BetaMap(1.0, 1.0, 0.0)(p), p)


def test_beta_finds_the_maximum_of_its_likelihood(rng):
    p, is_class = draw(rng, 2000)
    distorted = p**2 / (p**2 + (1 - p) ** 0.5)
    ours, targets = learn_beta(distorted, is_class), smoothed_targets(is_class)

    def loss(weights):
        said = np.clip(BetaMap(*weights)(distorted), 1e-300, 1 - 1e-16)
        return -(targets * np.log(said) + (1 - targets) * np.log1p(-said)).mean()

    referee = minimize(loss, (1.0, 1.0, 0.0), method="Nelder-Mead", options={"maxiter": 4000, "fatol": 1e-12})
    assert loss((ours.a, ours.b, ours.c)) <= referee.fun + 1e-9
    # The distortion is undone: 1/2 and 2 are the powers that were put on.
    assert (ours.a, ours.b) == (pytest.approx(0.5, abs=0.15), pytest.approx(2.0, abs=0.8))


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("distort", [lambda z: 3.0 * z, lambda z: z + 2.0])
def test_distorted_probabilities_are_set_right_on_other_rows(method, distort, rng):
    p, is_class = draw(rng, 8000)
    said = expit(distort(logit(p)))
    learn, judge = slice(0, 4000), slice(4000, None)
    calibrator = learn_calibrator(method, np.column_stack([1 - said, said])[learn], is_class[learn].astype(int))
    calibrated = calibrator(np.column_stack([1 - said, said])[judge])
    np.testing.assert_allclose(calibrated.sum(axis=1), 1.0)
    loss, before, ideal = (log_loss(is_class[judge], each) for each in (calibrated[:, 1], said[judge], p[judge]))
    assert loss - ideal < 0.25 * (before - ideal)
    assert calibrated[:, 1].mean() == pytest.approx(is_class[judge].mean(), abs=0.015)


def test_a_distortion_of_one_end_needs_more_than_a_straight_line(rng):
    p, is_class = draw(rng, 8000)
    said = p**3 / (p**3 + (1 - p) ** 0.3)
    learn, judge = slice(0, 4000), slice(4000, None)
    beta, platt = (
        log_loss(is_class[judge], method(said[learn], is_class[learn])(said[judge]))
        for method in (learn_beta, learn_platt)
    )
    assert beta < platt


@pytest.mark.parametrize("method", METHODS)
def test_several_classes_are_calibrated_one_against_the_rest(method, rng):
    z = rng.normal(size=(6000, 3)) * 1.5 + [2.0, 0.0, -1.0]
    p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    codes = (rng.random((6000, 1)) > p.cumsum(axis=1)).sum(axis=1)
    said = p**3 / (p**3).sum(axis=1, keepdims=True)
    calibrator = learn_calibrator(method, said[:3000], codes[:3000])
    calibrated = calibrator(said[3000:])
    assert len(calibrator.maps) == 3
    np.testing.assert_allclose(calibrated.sum(axis=1), 1.0)
    loss, before = (log_loss(codes[3000:], each) for each in (calibrated, said[3000:]))
    assert loss < 0.8 * before


@pytest.mark.parametrize("learn", LEARNERS)
def test_a_few_rows_that_a_classifier_tells_apart_teach_no_certainty(learn):
    p = np.array([0.0] * 20 + [1.0] * 3)
    calibrated = learn(p, p == 1.0)(p)
    assert calibrated[0] == pytest.approx(1 / 22, rel=0.05)
    assert calibrated[-1] == pytest.approx(4 / 5, rel=0.05)
