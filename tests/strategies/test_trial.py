"""The trial of one strategy: what it tells of a fit, and of one that failed."""

import warnings
from dataclasses import replace

import numpy as np
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.datasets import make_classification
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier

from imbgan import GANBaggingClassifier
from imbgan.exceptions import DataError
from imbgan.strategies import CANDIDATES, Sharing, Split, Strategy, run_trial


@pytest.fixture(scope="module")
def split():
    X, y = make_classification(n_samples=200, weights=[0.9], random_state=0)
    return Split(X[:150], y[:150], X[150:], np.unique(y))


def trial_of(make, split, estimator=None):
    return run_trial(Strategy("mine", "", make), estimator, split, seed=3, sharing=Sharing())


def test_a_trial_is_a_fit_and_its_probabilities(split):
    trial = run_trial(CANDIDATES["random_over"], GaussianNB(), split, seed=3, sharing=Sharing())
    expected = CANDIDATES["random_over"].build(GaussianNB(), 3).fit(split.X_train, split.y_train)
    np.testing.assert_array_equal(trial.probabilities, expected.predict_proba(split.X_test))
    np.testing.assert_array_equal(trial.counts, [(split.y_train == 0).sum()] * 2)
    assert (trial.status, trial.reason, trial.error, trial.warnings) == ("ok", "", None, ())
    assert trial.seconds > 0
    np.testing.assert_array_equal(trial.classifier.predict_proba(split.X_test), trial.probabilities)


def test_a_class_without_training_rows_has_a_probability_of_zero(split):
    three = Split(split.X_train, np.where(split.y_train == 1, "z", "b"), split.X_test, np.array(["a", "b", "z"]))
    trial = trial_of(lambda estimator, seed: estimator, three, GaussianNB())
    assert trial.probabilities.shape == (50, 3)
    assert (trial.probabilities[:, 0] == 0).all()
    np.testing.assert_allclose(trial.probabilities.sum(axis=1), 1)
    assert trial.counts.tolist() == [0, *np.bincount(split.y_train)]


@pytest.mark.parametrize(
    ("error", "status", "reason"),
    [
        (DataError("too\nfew"), "not applicable", "too few"),
        (ValueError("no"), "not applicable", "no"),
        (ImportError("lacks"), "not applicable", "lacks"),
        (RuntimeError("broke"), "failed", "RuntimeError: broke"),
        (ZeroDivisionError("x" * 500), "failed", f"ZeroDivisionError: {'x' * 300}"),
    ],
)
@pytest.mark.parametrize("where", ["make", "fit", "predict"])
def test_a_failure_anywhere_is_told(split, error, status, reason, where):
    class Failing(ClassifierMixin, BaseEstimator):
        def fit(self, X, y):
            self.classes_ = np.unique(y)
            if where == "fit":
                raise error
            return self

        def predict_proba(self, X):
            raise error

    def make(estimator, seed):
        if where == "make":
            raise error
        return Failing()

    trial = trial_of(make, split)
    assert (trial.status, trial.reason, trial.error) == (status, reason, error)
    assert trial.classifier is None
    assert trial.probabilities.shape == (0, 2)


def test_a_strategy_that_needs_weights_is_not_applicable_to_neighbors(split):
    trial = run_trial(CANDIDATES["class_weight"], KNeighborsClassifier(), split, seed=0, sharing=Sharing())
    assert trial.status == "not applicable"
    assert "takes sample_weight" in trial.reason


def test_warnings_are_told_once_and_not_shown(split):
    class Warning_(GaussianNB):
        def fit(self, X, y):
            for _ in range(2):
                warnings.warn("look", UserWarning, stacklevel=2)
            return super().fit(X, y)

    assert trial_of(lambda estimator, seed: Warning_(), split).warnings == ("UserWarning: look",)


def test_seed_and_sharing_reach_the_strategy(split):
    sharing, seen = Sharing(), []

    def make(estimator, seed, sharing=None):
        seen.append((seed, sharing))
        return estimator

    run_trial(Strategy("mine", "", make), GaussianNB(), split, seed=7, sharing=sharing)
    assert seen == [(7, sharing)]


def test_seconds_are_those_of_a_strategy_alone(split):
    class Slow(GaussianNB):
        def fit(self, X, y):
            sharing.once("costly", lambda: None)
            return super().fit(X, y)

    sharing = Sharing()
    sharing._made["costly"] = (None, 1000.0)
    trial = run_trial(Strategy("mine", "", lambda estimator, seed: Slow()), None, split, seed=0, sharing=sharing)
    assert 1000.0 < trial.seconds < 2000.0


@pytest.fixture
def mixture_of_two(monkeypatch):
    monkeypatch.setattr("imbgan.ensemble.bagging.mixture_names", lambda: ("logistic_regression", "decision_tree"))


def test_a_mixture_is_fitted_once_for_all_classifiers_and_each_is_told_its_price(split, mixture_of_two, monkeypatch):
    sharing, fits, fit = Sharing(), [], GANBaggingClassifier.fit
    monkeypatch.setattr(GANBaggingClassifier, "fit", lambda self, *args: fits.append(self) or fit(self, *args))
    first, second = (
        run_trial(CANDIDATES["mixture"], classifier, split, seed=3, sharing=sharing)
        for classifier in (GaussianNB(), KNeighborsClassifier())
    )
    assert len(fits) == 1
    alone = run_trial(CANDIDATES["mixture"], KNeighborsClassifier(), split, seed=3, sharing=Sharing())
    np.testing.assert_array_equal(second.probabilities, alone.probabilities)
    np.testing.assert_array_equal(second.counts, alone.counts)
    assert second.warnings == alone.warnings
    assert (second.seconds, second.spent) == (first.seconds, 0.0)
    assert first.seconds == first.spent > 0.0


@pytest.mark.parametrize("change", ["seed", "rows", "weights"])
def test_no_trial_is_shared_across_seeds_rows_or_weights(split, change):
    sharing, fits = Sharing(), []
    own = Strategy("own", "", lambda estimator, seed: fits.append(seed) or GaussianNB(), own_learners=True)
    other, seed = split, 3 + (change == "seed")
    if change == "rows":
        other = replace(split, X_test=split.X_test[:20])
    if change == "weights":
        other = replace(split, weights=np.linspace(1.0, 2.0, len(split.y_train)))
    run_trial(own, None, split, seed=3, sharing=sharing)
    trial = run_trial(own, None, other, seed=seed, sharing=sharing)
    assert len(fits) == 2
    assert len(trial.probabilities) == len(other.X_test)
    assert trial.spent > 0.0
