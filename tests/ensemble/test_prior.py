"""Probabilities learned from resampled or weighted rows, said for the natural table."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from imblearn.over_sampling import RandomOverSampler
from imblearn.under_sampling import RandomUnderSampler
from sklearn.compose import make_column_transformer
from sklearn.datasets import make_classification
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.model_selection import StratifiedKFold, TimeSeriesSplit
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeClassifier
from sklearn.utils.estimator_checks import parametrize_with_checks

from imbgan.ensemble import PriorCorrectedClassifier
from imbgan.ensemble.calibration import METHODS, learn_calibrator
from imbgan.ensemble.prior import correct_prior
from imbgan.ensemble.weights import weight_parameter
from imbgan.exceptions import DataError, ParameterError

CHECKED = [
    PriorCorrectedClassifier(LogisticRegression()),
    PriorCorrectedClassifier(LogisticRegression(), sample_weight="balanced", calibration="beta", cv=2),
]


# Tested by test_weights.py: these checks pass positions of rows as "cv", which the class does not take.
OWN_SPLITS = {
    f"check_sample_weight_equivalence_on_{kind}_data": "cv must be a number or a splitter"
    for kind in ("dense", "sparse")
}


@pytest.mark.global_random
@parametrize_with_checks(CHECKED, expected_failed_checks=lambda _: OWN_SPLITS)
def test_scikit_learns_checks(estimator, check):
    check(estimator)


@given(
    st.lists(st.floats(0.01, 1.0), min_size=3, max_size=3),
    st.lists(st.integers(1, 1000), min_size=3, max_size=3),
    st.lists(st.integers(1, 1000), min_size=3, max_size=3),
)
def test_correction_is_bayes_rule_and_undoes_itself(densities, learned, natural):
    densities, learned, natural = (np.array(values, float) for values in (densities, learned, natural))
    said = densities * learned / (densities * learned).sum()
    expected = densities * natural / (densities * natural).sum()
    np.testing.assert_allclose(correct_prior(said[None], learned, natural)[0], expected)
    np.testing.assert_allclose(correct_prior(expected[None], natural, learned)[0], said)


@pytest.fixture
def table():
    return make_classification(n_samples=3000, weights=[0.95], class_sep=0.7, random_state=0)


@pytest.mark.parametrize("sampler", [RandomOverSampler(random_state=0), RandomUnderSampler(random_state=0)])
def test_a_generative_model_is_corrected_to_what_the_natural_table_teaches(table, sampler):
    # Naive Bayes learns densities and the prior apart, so that the correction is exact up to sampling.
    X, y = table
    natural = GaussianNB().fit(X, y).predict_proba(X)[:, 1]
    uncorrected = GaussianNB().fit(*sampler.fit_resample(X, y)).predict_proba(X)[:, 1]
    corrected = PriorCorrectedClassifier(GaussianNB(), sampler).fit(X, y).predict_proba(X)[:, 1]
    assert np.abs(corrected - natural).mean() < 0.1 * np.abs(uncorrected - natural).mean()
    np.testing.assert_array_equal(np.argsort(corrected), np.argsort(uncorrected))
    assert log_loss(y, corrected) < log_loss(y, uncorrected)


def test_balanced_weights_are_scikit_learns(table):
    X, y = table
    weighted = PriorCorrectedClassifier(LogisticRegression(), sample_weight="balanced").fit(X, y)
    reference = LogisticRegression(class_weight="balanced").fit(X, y)
    np.testing.assert_allclose(weighted.estimator_.coef_, reference.coef_, rtol=1e-3, atol=1e-4)
    np.testing.assert_allclose(weighted.training_counts_, [1500, 1500])
    assert weighted.predict_proba(X)[:, 1].mean() == pytest.approx(y.mean(), abs=0.02)


@pytest.mark.parametrize("container", [pd.DataFrame, pl.DataFrame])
def test_a_table_reaches_the_estimator_as_it_came(container, rng):
    X = container({"color": rng.choice(["red", "blue"], 80).tolist(), "size": rng.normal(size=80).tolist()})
    y = np.repeat(["no", "yes"], [60, 20])
    encoder = OneHotEncoder(sparse_output=False)  # beside a sparse one, scikit-learn 1.7 takes no columns of polars
    inner = make_pipeline(make_column_transformer((encoder, ["color"]), remainder="passthrough"), GaussianNB())
    model = PriorCorrectedClassifier(inner, sample_weight="balanced").fit(X, y)
    assert model.feature_names_in_.tolist() == ["color", "size"]
    assert set(model.predict(X)) <= {"no", "yes"}


def test_weights_need_somewhere_to_come_from_and_to_go_to(table):
    X, y = table
    assert weight_parameter(make_pipeline(OneHotEncoder(), LogisticRegression())) == "logisticregression__sample_weight"
    with pytest.raises(ParameterError, match="KNeighborsClassifier does not"):
        PriorCorrectedClassifier(KNeighborsClassifier(), sample_weight="balanced").fit(X, y)
    with pytest.raises(ParameterError, match="needs a sampler with sample_weight_"):
        PriorCorrectedClassifier(LogisticRegression(), RandomOverSampler(random_state=0), sample_weight="sampler").fit(
            X, y
        )


def test_a_classifier_without_probabilities_is_refused_before_it_is_fitted(table):
    with pytest.raises(ValueError, match="'predict_proba'"):
        PriorCorrectedClassifier(LinearSVC()).fit(*table)


def test_a_sampler_that_removes_a_class_is_refused(table):
    class Remover(RandomUnderSampler):
        def fit_resample(self, X, y):
            return X[y < 2], y[y < 2]

    X, _ = table
    with pytest.raises(DataError, match="It returned none of \\[2\\]"):
        PriorCorrectedClassifier(LogisticRegression(), Remover()).fit(X, np.arange(3000) % 3)


def sampler_that_counts(sizes):
    class Counting(RandomOverSampler):
        def fit_resample(self, X, y):
            sizes.append(len(y))
            return super().fit_resample(X, y)

    return Counting(random_state=0)


@pytest.mark.parametrize("method", METHODS)
def test_a_calibration_learns_from_left_out_rows_at_natural_shares(table, method):
    X, y = table[0][:600], table[1][:600]
    sizes, cv = [], StratifiedKFold(3)
    model = PriorCorrectedClassifier(GaussianNB(), sampler_that_counts(sizes), calibration=method, cv=cv).fit(X, y)
    assert sizes == [400, 400, 400, 600]
    said = np.empty((600, 2))
    for train, test in cv.split(X, y):
        said[test] = (
            PriorCorrectedClassifier(GaussianNB(), RandomOverSampler(random_state=0))
            .fit(X[train], y[train])
            .predict_proba(X[test])
        )
    uncalibrated = PriorCorrectedClassifier(GaussianNB(), RandomOverSampler(random_state=0)).fit(X, y).predict_proba(X)
    order = np.concatenate([test for _, test in cv.split(X, y)])
    expected = learn_calibrator(method, said[order], y[order])(uncalibrated)
    np.testing.assert_allclose(model.predict_proba(X), expected)


@pytest.mark.parametrize("method", METHODS)
def test_calibration_makes_an_overfitted_tree_honest_and_keeps_its_order(table, method):
    X, y = table
    parts = [
        PriorCorrectedClassifier(
            DecisionTreeClassifier(random_state=0, min_samples_leaf=4), sample_weight="balanced", calibration=each
        ).fit(X[::2], y[::2])
        for each in (None, method)
    ]
    plain, calibrated = (part.predict_proba(X[1::2])[:, 1] for part in parts)
    assert log_loss(y[1::2], calibrated) < 0.7 * log_loss(y[1::2], plain)
    assert (np.diff(calibrated[np.argsort(plain)]) >= 0.0).all()
    assert parts[0].calibrator_ is None


def test_folds_of_a_calibration_are_cut_to_the_rarest_class():
    X, y = np.arange(42.0)[:, None], np.repeat(["a", "b", "c"], [20, 19, 3])
    sizes = []
    model = PriorCorrectedClassifier(GaussianNB(), sampler_that_counts(sizes), calibration="platt").fit(X, y)
    assert len(sizes) == 3 + 1
    assert len(model.calibrator_.maps) == 3
    with pytest.raises(DataError, match="There is 1 of 'c'"):
        PriorCorrectedClassifier(GaussianNB(), calibration="platt").fit(X[:40], y[:40])
    with pytest.raises(DataError, match="none of \\['b', 'c'\\]"):
        PriorCorrectedClassifier(GaussianNB(), calibration="platt", cv=TimeSeriesSplit(4)).fit(X, y)


@pytest.mark.parametrize("container", [pd.DataFrame, pl.DataFrame])
def test_a_calibrated_model_takes_tables_as_they_come(container, rng):
    X = container({"color": rng.choice(["red", "blue"], 80).tolist(), "size": rng.normal(size=80).tolist()})
    y = np.repeat(["no", "yes"], [60, 20])
    encoder = OneHotEncoder(sparse_output=False)  # beside a sparse one, scikit-learn 1.7 takes no columns of polars
    inner = make_pipeline(make_column_transformer((encoder, ["color"]), remainder="passthrough"), GaussianNB())
    model = PriorCorrectedClassifier(inner, sample_weight="balanced", calibration="beta").fit(X, y)
    assert model.predict_proba(X)[:, 1].mean() == pytest.approx(0.25, abs=0.05)
