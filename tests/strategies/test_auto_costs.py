"""AutoBalancedClassifier with costs: the choice and the predictions are the cheapest ones."""

import numpy as np
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.datasets import make_classification
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB

from imbgan import AutoBalancedClassifier
from imbgan.exceptions import ParameterError

COSTS = {"missed": 40, "false_alarm": 2}
CHEAP = ["none", "class_weight"]


@pytest.fixture(scope="module")
def parts():
    X, y = make_classification(2000, weights=[0.9], class_sep=0.7, random_state=0)
    return X[:800], y[:800], X[800:], y[800:]


@pytest.fixture(scope="module")
def model(parts):
    return AutoBalancedClassifier(LogisticRegression(), CHEAP, costs=COSTS, random_state=0).fit(*parts[:2])


def spent(y, predicted):
    return 40 * np.sum((y == 1) & (predicted == 0)) + 2 * np.sum((y == 0) & (predicted == 1))


def test_predictions_on_new_rows_are_cheaper_than_any_rule_without_costs(parts, model):
    X_train, y_train, X, y = parts
    usual = LogisticRegression().fit(X_train, y_train).predict(X)
    trivial = min(spent(y, np.zeros(len(y))), spent(y, np.ones(len(y))))
    assert spent(y, model.predict(X)) < 0.8 * min(spent(y, usual), trivial)
    assert model.cost_matrix_.tolist() == [[0.0, 2.0], [40.0, 0.0]]
    assert 0.0 < model.threshold_ < 0.2  # Bayes' threshold is 2 / 42


def test_the_verdict_speaks_of_money(model):
    assert "cost per 1,000 rows" in model.verdict_
    assert all(score < 0 for score in model.cv_results_["mean_test_score"])


class TooSmall(ClassifierMixin, BaseEstimator):
    """The right order of rows, with probabilities that are far too small."""

    def fit(self, X, y):
        self.classes_ = np.unique(y)
        return self

    def predict_proba(self, X):
        p = 1e-6 / (1 + np.exp(-X[:, 0]))
        return np.column_stack([1 - p, p])


def test_candidates_are_judged_at_tuned_thresholds_not_by_their_probabilities(rng):
    codes = np.repeat([0, 1], [270, 30])
    X = np.column_stack([8.0 * codes - 4.0, rng.normal(size=300)]) + rng.normal(size=(300, 2))
    asked = {"none": lambda estimator, seed: DummyClassifier(), "small": lambda estimator, seed: TooSmall()}
    model = AutoBalancedClassifier(GaussianNB(), asked, costs=COSTS, random_state=0).fit(X, codes)
    assert model.strategy_ == "small"
    assert model.threshold_ < 1e-6
    assert spent(codes, model.predict(X)) < 40 * 3


def test_a_scoring_that_is_named_chooses_and_costs_still_decide(parts):
    named = AutoBalancedClassifier(
        LogisticRegression(), CHEAP, scoring="roc_auc", costs=COSTS, cv=2, n_repeats=1, random_state=0
    ).fit(*parts[:2])
    assert "roc auc" in named.verdict_
    assert named.threshold_ < 0.5


def test_several_classes_are_predicted_at_least_expected_cost(rng):
    codes = np.repeat([0, 1, 2], [200, 60, 40])
    X, y = rng.normal(size=(300, 2)) + codes[:, None], np.array(["a", "b", "c"])[codes]
    costs = {"a": {"b": 1, "c": 2}, "b": {"a": 5, "c": 1}, "c": {"a": 20, "b": 10}}
    model = AutoBalancedClassifier(GaussianNB(), CHEAP, costs=costs, cv=2, n_repeats=1, random_state=0).fit(X, y)
    matrix = np.array([[0, 1, 2], [5, 0, 1], [20, 10, 0]])
    expected = model.predict_proba(X) @ matrix
    assert model.threshold_ is None
    assert model.predict(X).tolist() == [["a", "b", "c"][k] for k in expected.argmin(axis=1)]
    assert not np.array_equal(model.predict(X), model.classes_[model.predict_proba(X).argmax(axis=1)])


def test_a_class_too_small_for_folds_gets_bayes_threshold(rng):
    X, y = rng.normal(size=(40, 2)), np.repeat([0, 1], [38, 2])
    model = AutoBalancedClassifier(LogisticRegression(), CHEAP, costs=COSTS, random_state=0).fit(X, y)
    assert model.threshold_ == pytest.approx(2 / 42)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"costs": COSTS, "threshold": "f1"}, "either 'threshold' or 'costs'"),
        ({"costs": {"missed": 0, "false_alarm": 1}}, "must be greater than 0"),
        ({"costs": {"mised": 5, "false_alarm": 1}}, "Did you mean 'missed'"),
    ],
)
def test_bad_costs_are_refused_before_the_fit(parts, parameters, message):
    model = AutoBalancedClassifier(LogisticRegression(), [object()], **parameters)
    with pytest.raises(ParameterError, match=message):
        clone(model).set_params(strategies=CHEAP).fit(*parts[:2])
