"""The choice of a strategy by inner cross-validation, doing nothing being the one to beat."""

import warnings

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.base import clone
from sklearn.compose import make_column_transformer
from sklearn.datasets import make_classification
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, f1_score, log_loss, matthews_corrcoef
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder
from sklearn.tree import DecisionTreeClassifier
from sklearn.utils.estimator_checks import parametrize_with_checks

from imbgan import GANOverSampler
from imbgan.ensemble.scoring import score_probabilities
from imbgan.exceptions import DataError, ImbganWarning, ParameterError
from imbgan.strategies import Strategy
from imbgan.strategies.auto import DEFAULT_CANDIDATES, AutoBalancedClassifier
from imbgan.strategies.search import better_half, choose, n_inner_splits, paired_gain, seeded

CHEAP = ["none", "class_weight", "random_over"]


# These checks pass positions of rows as "cv", which the class does not take.
OWN_SPLITS = {f"check_sample_weight_equivalence_on_{kind}_data": "cv must be a number" for kind in ("dense", "sparse")}


@pytest.mark.global_random
@parametrize_with_checks(
    [AutoBalancedClassifier(LogisticRegression(), ["none", "random_over"], cv=2, n_repeats=1, random_state=0)],
    expected_failed_checks=lambda _: OWN_SPLITS,
)
def test_scikit_learns_checks(estimator, check):
    with warnings.catch_warnings():
        # scikit-learn's tables have no rare class to repeat: the candidate is left out.
        warnings.simplefilter("ignore", ImbganWarning)
        check(estimator)


class Fixed:
    """A strategy whose scores are known: the probability of the class "rare" is right or wrong by a given amount."""

    def __init__(self, noise):
        self.noise = noise

    def __call__(self, estimator, seed):
        return Known(self.noise, seed)


class Known(DummyClassifier):
    """The first column of X tells the class; noise is put on it."""

    def __init__(self, noise=0.0, seed=0):
        super().__init__()
        self.noise = noise
        self.seed = seed

    def predict_proba(self, X):
        blurred = X[:, 0] + np.random.default_rng(self.seed).normal(size=len(X)) * self.noise
        p = 1 / (1 + np.exp(-blurred))
        return np.column_stack([1 - p, p])


@pytest.fixture
def table(rng):
    codes = np.repeat([0, 1], [270, 30])
    return np.column_stack([4.0 * codes - 2.0, rng.normal(size=300)]), np.array(["common", "rare"])[codes]


@pytest.fixture
def hard_table():
    return make_classification(600, weights=[0.9], class_sep=0.7, random_state=0)


def test_a_strategy_that_is_ahead_is_chosen_and_said_so(table):
    X, y = table
    asked = {"none": Fixed(4.0), "worse": Fixed(20.0), "better": Fixed(1.0)}
    model = AutoBalancedClassifier(LogisticRegression(), asked, random_state=0).fit(X, y)
    assert model.strategy_ == "better"
    assert isinstance(model.estimator_, Known)
    assert model.estimator_.noise == 1.0
    found = dict(zip(model.cv_results_["strategy"], model.cv_results_["mean_test_score"], strict=True))
    assert f"Use 'better': average precision {found['better']:.3f} instead of {found['none']:.3f}" in model.verdict_
    assert model.cv_results_["rank_test_score"].tolist() == [2, 3, 1]


def test_the_rows_that_the_choice_was_fitted_on_are_told(table):
    X, y = table
    balanced = {"none": Fixed(20.0), "random_over": "random_over"}
    for asked, counts in ((balanced, [270, 270]), ({"none": Fixed(1.0), "worse": Fixed(20.0)}, [270, 30])):
        model = AutoBalancedClassifier(GaussianNB(), asked, random_state=0).fit(X, y)
        np.testing.assert_allclose(model.training_counts_, counts)


def test_nothing_is_done_where_nothing_helps(table):
    X, y = table
    asked = {"worse": Fixed(20.0), "equal": Fixed(2.0), "none": Fixed(2.0)}
    model = AutoBalancedClassifier(LogisticRegression(), asked, random_state=0).fit(X, y)
    assert model.strategy_ == "none"
    assert model.cv_results_["strategy"].tolist() == ["none", "worse", "equal"]
    assert (
        "no strategy is ahead of it by more than one standard error (the best: 'equal', average precision +0.000"
        in (model.verdict_)
    )


def test_doing_nothing_is_always_a_candidate_and_is_the_estimator_itself(hard_table):
    X, y = hard_table
    model = AutoBalancedClassifier(LogisticRegression(), ["random_under"], random_state=0).fit(X, y)
    assert model.cv_results_["strategy"].tolist() == ["none", "random_under"]
    assert model.strategy_ == "none"
    np.testing.assert_array_equal(model.predict_proba(X), LogisticRegression().fit(X, y).predict_proba(X))
    alone = AutoBalancedClassifier(LogisticRegression(), [], random_state=0).fit(X, y)
    assert alone.verdict_ == "Use 'none': no other strategy could be compared with it."


def test_candidates_meet_on_the_same_folds_and_the_worse_half_leaves(table):
    X, y = table
    seen = {}

    def noted(name, noise):
        def make(estimator, seed):
            seen.setdefault(name, []).append(seed)
            return Known(noise, seed)

        return Strategy(name, name, make)

    asked = [noted(name, noise) for name, noise in [("none", 9.0), ("a", 8.0), ("b", 1.0), ("c", 30.0), ("d", 2.0)]]
    settings = {"cv": 2, "n_repeats": 3, "random_state": 0}
    model = AutoBalancedClassifier(LogisticRegression(), asked, **settings).fit(X, y)
    assert model.cv_results_["n_folds"].tolist() == [6, 2, 6, 2, 4]
    assert seen["b"][:6] == seen["none"]  # and once more for the final fit
    assert len(set(seen["none"])) == 6
    whole = AutoBalancedClassifier(LogisticRegression(), asked, halving=False, **settings).fit(X, y)
    assert whole.cv_results_["n_folds"].tolist() == [6] * 5
    for i in range(2):
        name = f"split{i}_test_score"
        np.testing.assert_array_equal(model.cv_results_[name], whole.cv_results_[name])
    assert np.isnan(model.cv_results_["split5_test_score"]).tolist() == [False, True, False, True, True]


def test_scores_are_those_of_fits_on_the_other_folds(table):
    X, y = table
    folds = []

    class Spy(GaussianNB):
        def fit(self, X, y):
            folds.append(set(X[:, 1]))
            return super().fit(X, y)

    def score(classifier, X, y):
        folds.append(set(X[:, 1]))
        return 0.5

    AutoBalancedClassifier(Spy(), [], scoring=score, cv=3, random_state=0).fit(X, y)
    *inner, last = folds
    assert len(inner) == 6
    assert len(last) == 300
    for train, test in zip(inner[::2], inner[1::2], strict=True):
        assert not train & test
        assert train | test == last
    assert set.union(*inner[1::2]) == last


@pytest.mark.parametrize("metric", [("f1", f1_score), ("mcc", matthews_corrcoef)])
def test_the_threshold_suits_its_metric_on_other_rows(hard_table, metric):
    name, value = metric
    X, y = make_classification(2000, weights=[0.93], class_sep=0.8, random_state=1)
    learn, judge = slice(0, 1000), slice(1000, None)
    labels = np.array(["fine", "bad"])[y]  # the rarer class comes first
    plain, tuned = (
        AutoBalancedClassifier(LogisticRegression(), [], threshold=each, random_state=0).fit(X[learn], labels[learn])
        for each in (None, name)
    )
    scores = [value(y[judge] == 1, model.predict(X[judge]) == "bad") for model in (plain, tuned)]
    assert scores[1] > scores[0]
    said = tuned.predict_proba(X)
    np.testing.assert_array_equal(tuned.predict(X) == "bad", said[:, 0] >= tuned.threshold_)
    np.testing.assert_array_equal(plain.predict(X), plain.classes_[said.argmax(axis=1)])
    assert plain.threshold_ is None


def test_several_classes_take_the_most_probable_one(rng):
    codes = np.repeat([0, 1, 2], [150, 30, 20])
    X = rng.normal(size=(200, 3)) + 2.0 * np.eye(3)[codes]
    model = AutoBalancedClassifier(GaussianNB(), ["class_weight"], threshold="f1", random_state=0).fit(X, codes)
    assert model.threshold_ is None
    np.testing.assert_array_equal(model.predict(X), model.predict_proba(X).argmax(axis=1))
    assert model.predict_proba(X).shape == (200, 3)


def test_the_result_depends_on_the_seed_alone(hard_table):
    X, y = hard_table
    asked = ["class_weight", "random_over", "smote"]
    model = AutoBalancedClassifier(DecisionTreeClassifier(), asked, threshold="mcc", random_state=3, n_repeats=2)
    first, second = clone(model).fit(X, y), clone(model).set_params(n_jobs=2).fit(X, y)
    np.testing.assert_array_equal(first.predict_proba(X), second.predict_proba(X))
    assert (first.strategy_, first.threshold_, first.verdict_) == (second.strategy_, second.threshold_, second.verdict_)
    for name in first.cv_results_.keys() - {"mean_fit_time"}:
        np.testing.assert_array_equal(first.cv_results_[name], second.cv_results_[name])
    other = clone(model).set_params(random_state=4).fit(X, y)
    assert (other.cv_results_["mean_test_score"] != first.cv_results_["mean_test_score"]).any()


@pytest.mark.parametrize("container", [pd.DataFrame, pl.DataFrame])
def test_tables_reach_strategies_and_estimator_as_they_come(container, rng):
    X = container({"color": rng.choice(["red", "blue"], 90).tolist(), "size": rng.normal(size=90).tolist()})
    y = np.repeat(["no", "yes"], [70, 20])
    encoder = OneHotEncoder(sparse_output=False)  # beside a sparse one, scikit-learn 1.7 takes no columns of polars
    inner = make_pipeline(make_column_transformer((encoder, ["color"]), remainder="passthrough"), GaussianNB())
    model = AutoBalancedClassifier(inner, ["class_weight", "smote"], n_repeats=1, random_state=0).fit(X, y)
    assert model.feature_names_in_.tolist() == ["color", "size"]
    assert not any(model.cv_results_["reason"])
    assert set(model.predict(X)) <= {"no", "yes"}


def test_a_candidate_that_cannot_take_the_table_is_left_out(hard_table):
    X, y = hard_table
    model = AutoBalancedClassifier(KNeighborsClassifier(), ["class_weight", "random_over"], random_state=0)
    with pytest.warns(ImbganWarning, match="'class_weight' is left out, .* KNeighborsClassifier does not"):
        model.fit(X, y)
    results = model.cv_results_
    assert np.isnan(results["mean_test_score"]).tolist() == [False, True, False]
    assert results["rank_test_score"][1] == 3
    assert "sample_weight" in results["reason"][1]
    # What fails where nothing is done is no matter of strategies.
    X_missing = np.where(X > 2.0, np.nan, X)
    with pytest.raises(ValueError, match="contains NaN"):
        model.fit(X_missing, y)


def test_programming_errors_are_not_swallowed(hard_table):
    def broken(estimator, seed):
        raise TypeError("broken")

    with pytest.raises(TypeError, match="broken"):
        AutoBalancedClassifier(GaussianNB(), {"broken": broken}).fit(*hard_table)


def test_a_class_too_small_for_folds_means_doing_nothing(rng):
    X, y = rng.normal(size=(62, 2)), np.repeat(["a", "b"], [60, 2])
    model = AutoBalancedClassifier(GaussianNB(), CHEAP, threshold="f1", random_state=0).fit(X, y)
    assert model.strategy_ == "none"
    assert model.verdict_.startswith("Use 'none': class 'b' has too few rows (2)")
    assert model.threshold_ == 0.5
    assert np.isnan(model.cv_results_["mean_test_score"]).all()
    assert set(model.predict(X)) <= {"a", "b"}


@given(st.integers(1, 60), st.integers(2, 10))
def test_every_fold_has_a_row_to_judge_and_two_to_learn_from(rarest, wanted):
    n_splits = n_inner_splits(np.array([100, rarest]), wanted)
    if n_splits:
        sizes = [len(part) for part in np.array_split(np.arange(rarest), n_splits)]
        assert 2 <= n_splits <= wanted
        assert min(sizes) >= 1
        assert rarest - max(sizes) >= 2
    else:
        assert rarest < (3 if wanted > 2 else 4)


def test_unknown_names_are_refused_with_a_near_miss(hard_table):
    with pytest.raises(ParameterError, match="Did you mean 'average_precision'"):
        AutoBalancedClassifier(GaussianNB(), [], scoring="average_precison").fit(*hard_table)
    with pytest.raises(ParameterError, match="Did you mean 'gan_bagging'"):
        AutoBalancedClassifier(GaussianNB(), ["gan_baging"]).fit(*hard_table)
    with pytest.raises(DataError, match="one class"):
        AutoBalancedClassifier(GaussianNB(), []).fit(hard_table[0], np.zeros(600))


def test_scores_by_name_take_the_rarer_class_for_the_positive_one(rng):
    codes = (rng.random(200) < 0.85).astype(int)
    p = rng.random(200)
    said, counts = np.column_stack([p, 1 - p]), np.bincount(codes)
    assert score_probabilities("average_precision", codes, said, counts) == average_precision_score(codes == 0, p)
    assert score_probabilities("f1", codes, said, counts) == f1_score(codes == 0, p > 0.5)
    assert score_probabilities("neg_log_loss", codes, said, counts) == pytest.approx(-log_loss(codes == 0, p))


def test_ranking_scores_of_several_classes_are_means_over_all_but_the_largest(rng):
    codes = np.repeat([0, 1, 2], [10, 80, 20])
    said = rng.dirichlet([1.0, 1.0, 1.0], size=110)
    expected = np.mean([average_precision_score(codes == code, said[:, code]) for code in (0, 2)])
    assert score_probabilities("average_precision", codes, said, np.bincount(codes)) == expected


def test_only_a_random_state_of_none_is_set():
    pipeline = make_pipeline(DecisionTreeClassifier(), LogisticRegression(random_state=5))
    parameters = seeded(pipeline, 9).get_params()
    assert parameters["decisiontreeclassifier__random_state"] == 9
    assert parameters["logisticregression__random_state"] == 5
    assert pipeline[0].random_state is None


SCORES = st.lists(st.floats(0.0, 1.0), min_size=4, max_size=4)


@given(SCORES, SCORES, SCORES)
def test_what_is_chosen_is_ahead_of_doing_nothing_by_a_standard_error(none, simple, rich):
    scores = {"none": none, "simple": simple, "rich": rich}
    chosen = choose(scores, list(scores))
    if chosen != "none":
        differences = np.array(scores[chosen]) - none
        assert differences.mean() > differences.std(ddof=1) / 2.0 - 1e-12
    if all(np.mean(scores[name]) <= np.mean(none) for name in ("simple", "rich")):
        assert chosen == "none"


def test_of_about_equal_candidates_the_first_is_taken():
    none, simple = [0.1, 0.2, 0.3, 0.2], [0.3, 0.4, 0.5, 0.4]
    about = [0.33, 0.38, 0.52, 0.38]
    ahead = [0.4, 0.5, 0.62, 0.5]
    scores = {"none": none, "simple": simple, "rich": about}
    assert choose(scores, ["none", "simple", "rich"]) == "simple"
    assert choose(scores, ["none", "rich", "simple"]) == "rich"
    assert choose({**scores, "rich": ahead}, ["none", "simple", "rich"]) == "rich"
    # Who went through fewer rounds is out, whatever the scores; so is who has none.
    assert choose({**scores, "rich": [0.9, 0.9]}, ["none", "simple", "rich"]) == "simple"
    assert choose({**scores, "simple": [np.nan] * 4}, ["none", "simple", "rich"]) == "rich"


def test_the_standard_error_is_that_of_paired_differences():
    gain = paired_gain([0.3, 0.5, 0.4], [0.2, 0.3, 0.1])
    assert gain.mean == pytest.approx(0.2)
    assert gain.standard_error == pytest.approx(0.1 / np.sqrt(3))


def test_the_better_half_keeps_the_control_and_the_order():
    scores = {"none": [0.0], "a": [0.3], "b": [0.1], "c": [0.2], "d": [0.3], "e": [0.05]}
    assert better_half(scores) == ["none", "a", "c", "d"]
    assert better_half({"none": [0.5]}) == ["none"]


def test_defaults_begin_with_doing_nothing_and_train_one_generator_a_fold(imbalanced_matrix, monkeypatch):
    assert DEFAULT_CANDIDATES[0] == "none"
    trained = []
    learn = GANOverSampler._learn

    def counted(self, X, labels, classes):
        trained.append(len(labels))
        self.set_params(max_iter=2, n_generators=1)
        return learn(self, X, labels, classes)

    monkeypatch.setattr(GANOverSampler, "_learn", counted)
    X, y = imbalanced_matrix
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        model = AutoBalancedClassifier(GaussianNB(), cv=2, n_repeats=1, random_state=0).fit(X, y)
    assert not any(model.cv_results_["reason"][[0, 1, 2, 3, 4, 5, 6]])
    # In each of two folds once, and at most once more for what is chosen.
    assert trained[:2] == [60, 60]
    assert len(trained) <= 3
