"""Weights of rows: a weight of k is k rows, wherever that can be exact."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from imblearn.over_sampling import SMOTE, RandomOverSampler
from imblearn.pipeline import make_pipeline as make_sampler_pipeline
from imblearn.under_sampling import RandomUnderSampler, TomekLinks
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.datasets import make_classification
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.tree import DecisionTreeClassifier

from imbgan import AutoBalancedClassifier, GANBaggingClassifier, PriorCorrectedClassifier
from imbgan.ensemble.calibration import METHODS, learn_calibrator
from imbgan.ensemble.samplers import TableSampler
from imbgan.ensemble.weights import resample_weighted
from imbgan.exceptions import DataError, ParameterError

X, Y = make_classification(n_samples=60, weights=[0.8], random_state=0)


@settings(max_examples=20)
@given(st.lists(st.integers(0, 3), min_size=60, max_size=60), st.sampled_from([None, "balanced"]))
def test_a_weight_of_k_is_k_rows(weights, sample_weight):
    repeats = np.maximum(weights, [1] * 2 + [0] * 58) + (np.arange(60) == Y.argmax())
    model = PriorCorrectedClassifier(GaussianNB(), sample_weight=sample_weight)
    weighted = model.fit(X, Y, sample_weight=repeats).predict_proba(X)
    repeated = model.fit(np.repeat(X, repeats, axis=0), np.repeat(Y, repeats)).predict_proba(X)
    np.testing.assert_allclose(weighted, repeated, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("method", METHODS)
def test_calibration_counts_a_weight_of_k_as_k_rows(method, rng):
    probabilities = rng.uniform(0.01, 0.99, size=80)
    codes = (rng.random(80) < probabilities**2).astype(int)
    both = np.column_stack([1 - probabilities, probabilities])
    repeats = rng.integers(1, 4, size=80)
    weighted = learn_calibrator(method, both, codes, repeats.astype(float))
    repeated = learn_calibrator(method, np.repeat(both, repeats, axis=0), np.repeat(codes, repeats))
    np.testing.assert_allclose(weighted(both), repeated(both), atol=1e-5)


CLASSIFIERS = [
    PriorCorrectedClassifier(LogisticRegression()),
    PriorCorrectedClassifier(LogisticRegression(), SMOTE(k_neighbors=2, random_state=0), calibration="platt", cv=2),
    GANBaggingClassifier(DecisionTreeClassifier(), SMOTE(), n_estimators=4, random_state=0),
    AutoBalancedClassifier(LogisticRegression(), ["class_weight"], cv=2, n_repeats=1, random_state=0),
]


@pytest.mark.parametrize("model", CLASSIFIERS, ids=lambda model: type(model).__name__)
def test_weights_of_one_change_nothing_and_weights_of_zero_drop_rows(model):
    plain = model.fit(X, Y).predict_proba(X)
    np.testing.assert_array_equal(model.fit(X, Y, sample_weight=np.ones(60)).predict_proba(X), plain)
    kept = np.arange(60) % 3 > 0
    of_part = model.fit(X[kept], Y[kept]).predict_proba(X)
    np.testing.assert_array_equal(model.fit(X, Y, sample_weight=kept.astype(float)).predict_proba(X), of_part)


@pytest.mark.parametrize("model", CLASSIFIERS, ids=lambda model: type(model).__name__)
def test_probabilities_are_at_the_weighted_class_shares(model):
    weights = np.where(Y == 1, 4.0, 1.0)
    model.fit(X, Y, sample_weight=weights)
    np.testing.assert_array_equal(model.natural_counts_, [(Y == 0).sum(), 4.0 * (Y == 1).sum()])
    share = model.natural_counts_[1] / model.natural_counts_.sum()
    assert np.average(model.predict_proba(X)[:, 1], weights=weights) == pytest.approx(share, abs=0.1)


class Recorder(ClassifierMixin, BaseEstimator):
    """Remembers rows and weights."""

    def fit(self, X, y, sample_weight=None):
        self.X_, self.y_, self.weights_ = X, np.asarray(y), sample_weight
        self.classes_ = np.unique(y)
        return self

    def predict_proba(self, X):
        return np.full((len(X), len(self.classes_)), 1.0 / len(self.classes_))


def test_a_generated_row_has_the_mean_weight_of_its_class():
    weights = np.arange(1.0, 61.0)
    model = PriorCorrectedClassifier(Recorder(), SMOTE(random_state=0)).fit(X, Y, sample_weight=weights)
    found = model.estimator_.weights_
    np.testing.assert_array_equal(found[:60], weights)
    np.testing.assert_allclose(found[60:], weights[Y == 1].mean())
    assert model.training_counts_[1] == pytest.approx(found[model.estimator_.y_ == 1].sum())


class Weighing(RandomOverSampler):
    """Weighs the rows that it returns, as GANOverSampler does."""

    def fit_resample(self, X, y):
        table, labels = super().fit_resample(X, y)
        self.sample_weight_ = np.linspace(0.1, 1.0, len(labels))
        return table, labels


def test_the_weight_of_the_sampler_is_multiplied():
    weights = np.linspace(0.5, 2.0, 60)
    model = PriorCorrectedClassifier(Recorder(), Weighing(random_state=0), sample_weight="sampler")
    model.fit(X, Y, sample_weight=weights)
    of_sampler = model.sampler_.sample_weight_
    np.testing.assert_allclose(model.estimator_.weights_, weights[model.sampler_.sample_indices_] * of_sampler)


@pytest.mark.parametrize(
    "sampler",
    [
        RandomOverSampler(random_state=0),
        RandomUnderSampler(random_state=0),
        TableSampler(RandomUnderSampler(random_state=0)),
        make_sampler_pipeline(FunctionTransformer(), RandomOverSampler(random_state=0), TomekLinks()),
    ],
    ids=lambda sampler: type(sampler).__name__,
)
def test_real_rows_keep_their_weight_through_any_sampler(sampler):
    weights = X[:, 0] - X[:, 0].min() + 1.0  # a weight tells its row
    table, labels, found = resample_weighted(sampler, X, Y, weights)
    np.testing.assert_allclose(found, np.asarray(table)[:, 0] - X[:, 0].min() + 1.0)
    assert len(found) == len(labels)


def test_bags_draw_by_weight_and_know_no_scale():
    weights = np.where(np.arange(60) % 2, 9.0, 1.0)
    model = GANBaggingClassifier(Recorder(), n_estimators=8, generated=0.0, under_sampling=None, random_state=0)
    drawn = np.concatenate([e.X_[:, 0] for e in model.fit(X, Y, sample_weight=weights).estimators_])
    is_heavy = np.isin(drawn, X[weights == 9.0, 0])
    assert 0.8 < is_heavy.mean() < 0.97  # 90 % of the weight
    again = np.concatenate([e.X_[:, 0] for e in model.fit(X, Y, sample_weight=weights / 1e6).estimators_])
    np.testing.assert_array_equal(again, drawn)


def test_weights_reach_the_last_step_of_a_pipeline():
    model = PriorCorrectedClassifier(make_pipeline(FunctionTransformer(), LogisticRegression()))
    by_weight = model.fit(X, Y, sample_weight=np.where(X[:, 0] > 0, 5.0, 1.0)).predict_proba(X)
    assert np.abs(by_weight - model.fit(X, Y).predict_proba(X)).max() > 0.01


def test_bags_need_no_weights_of_the_estimator_and_others_say_so():
    weights = np.linspace(0.1, 1.0, 60)
    GANBaggingClassifier(KNeighborsClassifier(), n_estimators=2, generated=0.0).fit(X, Y, sample_weight=weights)
    with pytest.raises(ParameterError, match="KNeighborsClassifier does not"):
        PriorCorrectedClassifier(KNeighborsClassifier()).fit(X, Y, sample_weight=weights)


def test_rows_of_a_frame_are_dropped_by_weight():
    frame = pl.DataFrame(X).with_columns(pl.Series("c", ["a", "b"] * 30))
    weights = np.arange(60) % 2
    model = PriorCorrectedClassifier(Recorder()).fit(frame, Y, sample_weight=weights)
    assert model.estimator_.X_["c"].unique().to_list() == ["b"]


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        (np.ones(59), "one number per row of X, 60"),
        (np.ones((60, 1)), "one number per row"),
        (np.r_[np.ones(59), -1.0], "at least 0. Got -1 in row 59"),
        (np.r_[np.nan, np.ones(59)], "finite"),
        (np.r_[np.inf, np.ones(59)], "finite"),
        (np.zeros(60), "non-zero"),
        (["a"] * 60, "numbers"),
        ((Y == 0).astype(float), "2 classes"),
    ],
)
@pytest.mark.parametrize("model", CLASSIFIERS[2:], ids=lambda model: type(model).__name__)
def test_wrong_weights_are_refused(model, weights, message):
    with pytest.raises(DataError, match=message):
        model.fit(X, Y, sample_weight=weights)


def test_a_sampler_that_hides_the_real_rows_is_refused_with_weights():
    class Shuffled(BaseEstimator):
        def fit_resample(self, X, y):
            return X[::-1], y[::-1]

    with pytest.raises(ParameterError, match="sample_indices_"):
        PriorCorrectedClassifier(GaussianNB(), Shuffled()).fit(X, Y, sample_weight=np.linspace(1, 2, 60))


def test_folds_of_a_calibration_take_their_weights():
    weights = np.where(Y == 1, 3.0, 1.0)
    folds = StratifiedKFold(3, shuffle=True, random_state=0)
    model = PriorCorrectedClassifier(LogisticRegression(), calibration="platt", cv=folds)
    mean = np.average(model.fit(X, Y, sample_weight=weights).predict_proba(X)[:, 1], weights=weights)
    assert mean == pytest.approx(np.average(Y, weights=weights), abs=0.05)
