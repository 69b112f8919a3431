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
from imbgan.ensemble.mixing import DOUBT, log_probabilities, normalize_logs
from imbgan.ensemble.samplers import LocalGaussianSampler, TableSampler, TableSMOTE
from imbgan.exceptions import ParameterError

QUICK_GAN = GANOverSampler(max_iter=40, n_generators=1, train_options={"chunk_size": 20})


# As scikit-learn's own BaggingClassifier: a weight is a chance of being drawn, so the draws are others.
DRAWN = {f"check_sample_weight_equivalence_on_{kind}_data": "rows are drawn by weight" for kind in ("dense", "sparse")}


# With a seed: one check fits a table with a single wrong cell, which the bags of one seed in some hundred leave out.
@pytest.mark.global_random
@parametrize_with_checks(
    [
        GANBaggingClassifier(LogisticRegression(), RandomOverSampler(), n_estimators=6, ratio=1.0, random_state=0),
        GANBaggingClassifier(
            LogisticRegression(), generated=0.0, under_sampling=2.0, oob_score=True, n_estimators=4, random_state=0
        ),
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
    [GANBaggingClassifier(LogisticRegression(), QUICK_GAN, n_estimators=6, ratio=1.0, random_state=0)],
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
    encoder = make_column_transformer((OneHotEncoder(sparse_output=False), ["color"]), remainder="passthrough")
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
    assert in_all.sum() < 100
    # Nobody has seen them, so that only the natural shares are known.
    np.testing.assert_allclose(judged[~in_all], np.tile(np.array([200, 10, 50]) / 260, ((~in_all).sum(), 1)))
    for row in np.flatnonzero(in_all):
        assert all(row in estimator.X_[:, 0] for estimator in model.estimators_[:3])


def test_out_of_bag_scores_are_mean_average_precisions_and_honest(rng):
    # Labels that have nothing to do with the features, and a classifier that learns rows by heart.
    X, y = rng.normal(size=(900, 3)), np.repeat([0, 1, 2], [600, 200, 100])
    model = GANBaggingClassifier(
        KNeighborsClassifier(1), RandomOverSampler(), n_estimators=20, oob_score=True, random_state=0
    ).fit(X, y)
    known = np.isfinite(model.oob_decision_function_).all(axis=1)
    p = model.oob_decision_function_[known]
    expected = np.mean([average_precision_score(y[known] == code, p[:, code]) for code in (1, 2)])
    assert model.oob_score_ == pytest.approx(expected)
    assert model.oob_score_ < 0.25
    assert average_precision_score(y == 2, model.predict_proba(X)[:, 2]) > 0.9


def test_bags_that_hold_copies_of_a_row_do_not_judge_it(rng):
    # Labels that have nothing to do with the features; the sampler repeats rows, so that bags know rows out of bag.
    X, y = rng.normal(size=(600, 3)), np.repeat([0, 1], [540, 60])
    scores = [
        GANBaggingClassifier(
            KNeighborsClassifier(1), RandomOverSampler(), ratio=1.0, generated=share, oob_score=True, random_state=0
        )
        .fit(X, y)
        .oob_score_
        for share in (0.5, 1.0)
    ]
    assert scores[0] < 0.25
    assert scores[1] > 0.4  # with such bags alone there is no other judge, as the docstring says


def test_each_learner_of_a_mixture_sees_the_same_bags_and_the_untouched_table_once(table):
    X, y = table
    learners = [Recorder(), Recorder(), Recorder()]
    model = GANBaggingClassifier(learners, Shifted(), n_estimators=4, untouched=True, random_state=0).fit(X, y)
    assert len(model.estimators_) == 3 * 5
    for member in model.estimators_[::5]:
        np.testing.assert_array_equal(member.X_, X)
    first, second, third = (model.estimators_[start + 1 : start + 5] for start in (0, 5, 10))
    for a, b, c in zip(first, second, third, strict=True):
        np.testing.assert_array_equal(a.X_, b.X_)
        np.testing.assert_array_equal(a.X_, c.X_)
    seeds = [member.random_state for member in model.estimators_]
    assert len(set(seeds)) == len(seeds)
    alone = GANBaggingClassifier(Recorder(), Shifted(), n_estimators=4, random_state=0).fit(X, y)
    for a, b in zip(first, alone.estimators_, strict=True):
        np.testing.assert_array_equal(a.X_, b.X_)
        assert a.random_state == b.random_state


def test_a_mixture_averages_the_logarithms_of_all_members(table):
    X, y = table
    learners = [LogisticRegression(), GaussianNB()]
    model = GANBaggingClassifier(learners, n_estimators=0, untouched=True, random_state=0).fit(X, y)
    counts = np.bincount(y)
    logs = [log_probabilities(learner.fit(X, y).predict_proba(X), counts, counts) for learner in learners]
    np.testing.assert_allclose(model.predict_proba(X), normalize_logs(np.mean(logs, axis=0)))


def test_untouched_members_count_weights(table):
    X, y = table
    weights = np.where(y == 1, 3.0, 1.0)
    models = [
        GANBaggingClassifier([LogisticRegression()], n_estimators=0, untouched=True).fit(*rows)
        for rows in ((X, y, weights), (np.vstack([X, *[X[y == 1]] * 2]), np.append(y, [1] * 2 * int(y.sum()))))
    ]
    np.testing.assert_allclose(*(model.predict_proba(X) for model in models), rtol=1e-3)
    np.testing.assert_allclose(models[0].bag_counts_, models[1].bag_counts_)


def test_names_and_none_stand_for_learners(table):
    X, y = table
    named = GANBaggingClassifier(["logistic_regression", GaussianNB()], generated=0.0, n_estimators=2).fit(X, y)
    assert [type(e).__name__ for e in named.estimators_] == ["Pipeline"] * 2 + ["GaussianNB"] * 2
    mixture = GANBaggingClassifier(n_estimators=0, untouched=True, random_state=0).fit(X, y)
    assert len(mixture.estimators_) == 4
    assert np.isfinite(mixture.predict_proba(X)).all()


@pytest.mark.parametrize(
    ("parameters", "match"),
    [
        ({"estimator": []}, "a list of at least one"),
        ({"estimator": [LogisticRegression(), 3]}, "a list of at least one such classifier or name. Got 3"),
        ({"estimator": ["logistic_regresion"]}, "Did you mean 'logistic_regression'"),
        ({"estimator": LogisticRegression(), "n_estimators": 0}, "unless 'untouched' is True"),
    ],
)
def test_what_is_no_mixture_is_refused(table, parameters, match):
    with pytest.raises(ParameterError, match=match):
        GANBaggingClassifier(**parameters).fit(*table)


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
