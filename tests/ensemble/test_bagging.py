"""Bags of natural rows and bags with generated rows: what they hold, and how they speak together."""

from collections import Counter

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from imblearn.combine import SMOTEENN
from imblearn.over_sampling import SMOTE, RandomOverSampler
from imblearn.over_sampling.base import BaseOverSampler
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.compose import make_column_transformer
from sklearn.datasets import make_classification
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, log_loss
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder
from sklearn.tree import DecisionTreeClassifier
from sklearn.utils.estimator_checks import parametrize_with_checks

from imbgan import GANBaggingClassifier, GANOverSampler
from imbgan.ensemble.bagging import DOUBT, log_probabilities, normalize_logs
from imbgan.ensemble.samplers import LocalGaussianSampler, TableSampler, TableSMOTE
from imbgan.exceptions import ParameterError

QUICK_GAN = GANOverSampler(max_iter=40, n_generators=1, train_options={"chunk_size": 20})


# As scikit-learn's own BaggingClassifier: a weight is a chance of being drawn, so the draws are others.
DRAWN = {f"check_sample_weight_equivalence_on_{kind}_data": "rows are drawn by weight" for kind in ("dense", "sparse")}


@pytest.mark.global_random
@parametrize_with_checks(
    [
        GANBaggingClassifier(LogisticRegression(), RandomOverSampler(), n_estimators=6, ratio=1.0),
        GANBaggingClassifier(LogisticRegression(), generated=0.0, under_sampling=2.0, oob_score=True),
    ],
    expected_failed_checks=lambda _: DRAWN,
)
def test_scikit_learns_checks(estimator, check):
    check(estimator)


@pytest.mark.slow
@pytest.mark.global_random
@pytest.mark.filterwarnings("ignore::imbgan.GenerationQualityWarning")
@pytest.mark.filterwarnings("ignore::imbgan.TargetLeakWarning")  # some tables of the suite hold the labels
@parametrize_with_checks(
    [GANBaggingClassifier(LogisticRegression(), QUICK_GAN, n_estimators=6, ratio=1.0)],
    expected_failed_checks=lambda _: DRAWN,
)
def test_scikit_learns_checks_with_generated_rows(estimator, check):
    check(estimator)


class Recorder(ClassifierMixin, BaseEstimator):
    """Remembers what it was given, and says the class shares of it."""

    def __init__(self, random_state=None):
        self.random_state = random_state

    def fit(self, X, y):
        self.X_, self.y_ = X, np.asarray(y)
        self.classes_, counts = np.unique(self.y_, return_counts=True)
        self.shares_ = counts / counts.sum()
        return self

    def predict_proba(self, X):
        return np.tile(self.shares_, (len(X), 1))


class Shifted(BaseOverSampler):
    """New rows of a class: its real rows, moved by 100, so that they can be told from real ones; each is numbered."""

    def __init__(self, *, sampling_strategy="auto"):
        super().__init__(sampling_strategy=sampling_strategy)

    def _fit_resample(self, X, y, **params):
        X_new = [np.resize(X[y == label], (n, X.shape[1])) + 100 for label, n in self.sampling_strategy_.items()]
        for rows in X_new:
            rows[:, 0] = 1000 + np.arange(len(rows))
        y_new = [np.full(n, label) for label, n in self.sampling_strategy_.items()]
        return np.concatenate([X, *X_new]), np.concatenate([y, *y_new])


@pytest.fixture
def table():
    return make_classification(n_samples=600, weights=[0.9], class_sep=0.7, random_state=0)


@pytest.fixture
def classes(rng):
    """Return a table whose first column numbers its rows, and labels of three classes."""
    y = np.repeat(["common", "rare", "some"], [200, 10, 50])
    return np.column_stack([np.arange(260.0), rng.normal(size=260)]), y


def test_bags_with_generated_rows_reach_the_ratio_each_with_rows_of_its_own(classes):
    X, y = classes
    settings = {"n_estimators": 5, "ratio": 0.4, "generated": 0.6, "under_sampling": None}
    model = GANBaggingClassifier(Recorder(), Shifted(), **settings, random_state=0).fit(X, y)
    assert model.classes_.tolist() == ["common", "rare", "some"]
    assert model.class_counts_.tolist() == [200, 10, 50]
    assert model.bag_counts_.tolist() == [[200, 10, 50]] * 2 + [[200, 80, 80]] * 3
    np.testing.assert_allclose(model.training_counts_, [200, 52, 68])
    given_rows: dict[str, list[float]] = {"rare": [], "some": []}
    for i, estimator in enumerate(model.estimators_):
        assert Counter(estimator.y_.tolist()) == dict(zip(model.classes_, model.bag_counts_[i], strict=True))
        generated = estimator.X_[:, 1] > 50
        assert generated.any() == (i >= 2)
        real = estimator.X_[~generated, 0].astype(int)
        assert (y[real] == estimator.y_[~generated]).all()
        assert len(set(real)) < len(real)
        for label, numbers in given_rows.items():
            numbers += estimator.X_[generated & (estimator.y_ == label), 0].tolist()
    assert given_rows == {"rare": [*range(1000, 1210)], "some": [*range(1000, 1090)]}


def test_common_classes_are_cut_in_natural_bags(classes):
    X, y = classes
    model = GANBaggingClassifier(Recorder(), Shifted(), n_estimators=2, ratio=0.5, under_sampling=2.5, random_state=0)
    # 150 = 2.5 * (10 + 50).
    assert model.fit(X, y).bag_counts_.tolist() == [[150, 10, 50], [200, 100, 100]]
    model.set_params(under_sampling=100.0)
    assert model.fit(X, y).bag_counts_.tolist() == [[200, 10, 50], [200, 100, 100]]


def test_no_sampler_is_fitted_where_no_row_is_needed(classes):
    class Refusing(Shifted):
        def fit_resample(self, X, y):
            raise AssertionError

    X, y = classes
    for settings in ({"generated": 0.0}, {"ratio": 0.05}):
        model = GANBaggingClassifier(Recorder(), Refusing(), n_estimators=2, under_sampling=None, **settings).fit(X, y)
        assert model.sampler_ is None
        assert model.bag_counts_.tolist() == [[200, 10, 50]] * 2


def test_a_class_of_one_row_is_kept_and_not_raised(classes):
    X, y = classes
    y = y.copy()
    y[np.flatnonzero(y == "rare")[1:]] = "some"
    settings = {"n_estimators": 2, "ratio": 0.5, "under_sampling": None}
    model = GANBaggingClassifier(Recorder(), Shifted(), **settings, random_state=0).fit(X, y)
    assert model.bag_counts_.tolist() == [[200, 1, 59], [200, 1, 100]]


@given(
    st.lists(st.lists(st.floats(0.0, 1.0), min_size=3, max_size=3), min_size=1, max_size=4),
    st.lists(st.integers(1, 1000), min_size=3, max_size=3),
    st.lists(st.integers(1, 1000), min_size=3, max_size=3),
)
def test_bags_are_averaged_as_geometric_means_at_the_natural_prior(said, learned, natural):
    said = np.array(said) + 1e-9
    said /= said.sum(axis=1, keepdims=True)
    product = np.ones(3)
    for p in said:
        ratios = (1 - DOUBT) * p / (np.array(learned) / sum(learned)) + DOUBT
        product *= (ratios * natural / np.sum(ratios * natural)) ** (1 / len(said))
    logs = np.mean([log_probabilities(p[None], learned, natural) for p in said], axis=0)
    np.testing.assert_allclose(normalize_logs(logs)[0], product / product.sum())


def test_probabilities_are_those_of_the_bags_averaged_by_hand(table):
    X, y = table
    model = GANBaggingClassifier(GaussianNB(), SMOTE(random_state=1), n_estimators=4, random_state=0).fit(X, y)
    log_odds = []
    for estimator, (n_common, n_rare) in zip(model.estimators_, model.bag_counts_, strict=True):
        p = 0.95 * estimator.predict_proba(X)[:, 1] + 0.05 * n_rare / (n_common + n_rare)
        log_odds.append(np.log(p / (1 - p) * (n_common / n_rare) * (y.sum() / (y == 0).sum())))
    expected = 1 / (1 + np.exp(-np.mean(log_odds, axis=0)))
    np.testing.assert_allclose(model.predict_proba(X)[:, 1], expected)
    np.testing.assert_allclose(model.predict_log_proba(X), np.log(model.predict_proba(X)))
    np.testing.assert_array_equal(model.predict(X), (expected > 0.5).astype(int))


def test_a_classifier_that_knows_shares_only_says_the_natural_ones(classes):
    X, y = classes
    model = GANBaggingClassifier(
        DummyClassifier(), Shifted(), n_estimators=4, ratio=0.8, under_sampling=1.5, random_state=0
    ).fit(X, y)
    np.testing.assert_allclose(model.predict_proba(X[:2]), [np.array([200, 10, 50]) / 260] * 2)


def test_a_mix_is_better_than_one_tree_and_holds_the_natural_shares():
    X, y = make_classification(n_samples=4000, weights=[0.93], class_sep=0.6, random_state=3)
    X, y, X_test, y_test = X[:1500], y[:1500], X[1500:], y[1500:]
    tree = DecisionTreeClassifier(random_state=0).fit(X, y).predict_proba(X_test)[:, 1]
    model = GANBaggingClassifier(DecisionTreeClassifier(), SMOTE(), random_state=0).fit(X, y)
    mix = model.predict_proba(X_test)[:, 1]
    assert average_precision_score(y_test, mix) > average_precision_score(y_test, tree) + 0.1
    assert log_loss(y_test, mix) < log_loss(y_test, tree) / 2


@pytest.mark.parametrize("container", [pd.DataFrame, pl.DataFrame])
@pytest.mark.parametrize("make", [TableSMOTE, lambda: TableSampler(LocalGaussianSampler())])
def test_a_table_reaches_the_estimator_as_it_came(container, make, rng):
    X = container(
        {"color": rng.choice(["red", "blue"], 80).tolist(), "size": rng.normal(size=80).tolist(), "n": [1, 2] * 40}
    )
    y = np.repeat(["no", "yes"], [72, 8])
    encoder = make_column_transformer((OneHotEncoder(), ["color"]), remainder="passthrough")
    model = GANBaggingClassifier(
        make_pipeline(encoder, LogisticRegression()), make(), n_estimators=4, oob_score=True, random_state=0
    ).fit(X, y)
    assert model.feature_names_in_.tolist() == ["color", "size", "n"]
    assert model.bag_counts_.tolist() == [[32, 8]] * 2 + [[72, 22]] * 2
    assert set(model.predict(X)) <= {"no", "yes"}
    recorded = GANBaggingClassifier(Recorder(), make(), n_estimators=2, random_state=0).fit(X, y).estimators_
    for estimator in recorded:
        assert type(estimator.X_) is container
        assert list(estimator.X_.dtypes) == list(X.dtypes)


@pytest.mark.filterwarnings("ignore::imbgan.GenerationQualityWarning")
def test_a_gan_makes_the_rows_unless_told_otherwise(table):
    X, y = table
    options = {"n_generators": 1, "n_estimators": 2, "random_state": 7}
    quick = GANOverSampler(max_iter=40, train_options={"chunk_size": 20}, n_generators=1)
    model = GANBaggingClassifier(Recorder(), quick, **options).fit(X, y)
    again = GANBaggingClassifier(Recorder(), quick, **options).fit(X, y)
    assert model.bag_counts_.tolist() == [[244, 61], [539, 162]]
    new = model.estimators_[1].X_[600:]
    assert not (new[:, None] == X[None]).all(axis=2).any()
    np.testing.assert_array_equal(again.estimators_[1].X_, model.estimators_[1].X_)


def test_the_seed_and_nothing_else_decides(table):
    X, y = table

    def fit(seed, n_jobs=None):
        model = GANBaggingClassifier(
            DecisionTreeClassifier(max_features=2),
            SMOTE(),
            n_estimators=4,
            random_state=seed,
            n_jobs=n_jobs,
            oob_score=True,
        ).fit(X, y)
        return model.predict_proba(X), model.oob_decision_function_

    for alone, together in zip(fit(3), fit(3, n_jobs=2), strict=True):
        np.testing.assert_array_equal(alone, together)
    assert not np.array_equal(fit(3)[0], fit(4)[0])
    states = {
        e.random_state for e in GANBaggingClassifier(Recorder(), generated=0.0, random_state=0).fit(X, y).estimators_
    }
    assert len(states) == 16


def test_rows_are_judged_by_bags_that_they_are_not_in(classes):
    X, y = classes

    class Seen(Recorder):
        """Is all but certain of the class "rare" for rows that it has seen."""

        def predict_proba(self, X):
            seen = np.isin(X[:, 0], self.X_[:, 0])
            return np.where(seen[:, None], [0.0, 1.0, 0.0], self.shares_)

    model = GANBaggingClassifier(Seen(), Shifted(), n_estimators=6, oob_score=True, random_state=0).fit(X, y)
    judged = model.oob_decision_function_
    in_all = np.isnan(judged).any(axis=1)
    assert in_all.sum() < 30
    # Nobody has seen them, so that only the natural shares are known.
    np.testing.assert_allclose(judged[~in_all], np.tile(np.array([200, 10, 50]) / 260, ((~in_all).sum(), 1)))
    for row in np.flatnonzero(in_all):
        assert all(row in estimator.X_[:, 0] for estimator in model.estimators_)


def test_out_of_bag_scores_are_mean_average_precisions_and_honest(rng):
    # Labels that have nothing to do with the features, and a classifier that learns rows by heart.
    X, y = rng.normal(size=(900, 3)), np.repeat([0, 1, 2], [600, 200, 100])
    model = GANBaggingClassifier(
        KNeighborsClassifier(1), RandomOverSampler(), n_estimators=20, oob_score=True, random_state=0
    ).fit(X, y)
    p = model.oob_decision_function_
    expected = np.mean([average_precision_score(y == code, p[:, code]) for code in (1, 2)])
    assert model.oob_score_ == pytest.approx(expected)
    assert model.oob_score_ < 0.25
    assert average_precision_score(y == 2, model.predict_proba(X)[:, 2]) > 0.9


def test_out_of_bag_scores_of_a_table_that_is_in_all_bags_are_unknown():
    X, y = np.array([[0.0], [1.0]]), np.array([0, 1])
    model = GANBaggingClassifier(GaussianNB(), n_estimators=2, oob_score=True).fit(X, y)
    assert np.isnan(model.oob_score_)
    assert np.isnan(model.oob_decision_function_).all()


def test_a_sampler_that_removes_rows_is_refused(table):
    with pytest.raises(ParameterError, match="SMOTEENN does not; use an over-sampler"):
        GANBaggingClassifier(GaussianNB(), SMOTEENN(), random_state=0).fit(*table)


def test_a_sampler_that_cannot_be_asked_is_refused(table):
    class Fixed(BaseEstimator):
        def fit_resample(self, X, y):
            return X, y

    with pytest.raises(ParameterError, match="Fixed has none"):
        GANBaggingClassifier(GaussianNB(), Fixed()).fit(*table)


@pytest.mark.parametrize(
    ("name", "value"),
    [("sampler", DummyClassifier()), ("ratio", 0.0), ("generated", 1.1), ("under_sampling", 0.5), ("n_estimators", 0)],
)
def test_settings_out_of_range_are_refused(table, name, value):
    with pytest.raises(ValueError, match=name):
        GANBaggingClassifier(GaussianNB(), **{name: value}).fit(*table)
