"""A classifier to take away: what it learns, decides and tells."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.base import clone
from sklearn.datasets import make_classification
from sklearn.inspection import permutation_importance
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, f1_score
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.tree import DecisionTreeClassifier
from sklearn.utils.estimator_checks import parametrize_with_checks

from imbgan import DeployableClassifier
from imbgan.exceptions import DataError, DataTypeError, NewDataWarning
from imbgan.strategies import Strategy

OWN_SPLITS = {f"check_sample_weight_equivalence_on_{kind}_data": "cv must be a number" for kind in ("dense", "sparse")}


@pytest.mark.global_random
@pytest.mark.filterwarnings("ignore::imbgan.NewDataWarning")  # some tables of the suite are tiny
@parametrize_with_checks(
    [DeployableClassifier(LogisticRegression(), "class_weight", metric=None, cv=2, random_state=0)],
    expected_failed_checks=lambda _: OWN_SPLITS,
)
def test_scikit_learns_checks(estimator, check):
    check(estimator)


def test_permutation_importance_finds_the_column_that_matters(table):
    X, y = table
    frame, labels = X.to_pandas(), y.to_pandas()
    model = DeployableClassifier("decision_tree", "none", cv=2, random_state=0).fit(frame, labels)
    found = permutation_importance(model, frame, labels, n_repeats=3, random_state=0, scoring="roc_auc")
    assert frame.columns[found.importances_mean.argmax()] == "amount"
    matrix, codes = X.select("age", "amount").fill_null(0).to_numpy(), (y == "yes").to_numpy()
    model = clone(model).fit(matrix, codes)
    assert permutation_importance(model, matrix, codes, n_repeats=2, random_state=0).importances_mean.argmax() == 1


def test_threshold_decides_for_the_rarer_class_and_changes_no_probability(model, table):
    X, y = table
    p = model.predict_proba(X)
    assert model.classes_.tolist() == ["no", "yes"]
    np.testing.assert_array_equal(model.predict(X), np.where(p[:, 1] >= model.threshold_, "yes", "no"))
    assert 0.0 < model.threshold_ < 0.5  # the most probable class is seldom the rare one
    assert p[:, 1].mean() == pytest.approx((y == "yes").mean(), abs=0.05)


def test_expected_figures_are_those_of_fresh_rows():
    X, y = make_classification(4000, weights=[0.9], flip_y=0.05, random_state=1)
    model = DeployableClassifier(GaussianNB(), "none", random_state=0).fit(X[:800], y[:800])
    figures = {figure.metric: figure for figure in model.expected_}
    fresh = {
        "f1": f1_score(y[800:], model.predict(X[800:])),
        "average_precision": average_precision_score(y[800:], model.predict_proba(X[800:])[:, 1]),
        "recall": model.predict(X[800:])[y[800:] == 1].mean(),
    }
    for metric, value in fresh.items():
        assert figures[metric].low < value < figures[metric].high, metric
        assert figures[metric].n_folds == 5


def test_noise_is_not_said_to_be_predictable(rng):
    # A threshold that is judged on the rows on which it was tuned finds an F1 of its own in noise.
    means = []
    for seed in range(10):
        X, y = rng.normal(size=(120, 2)), rng.random(120) < 0.2
        model = DeployableClassifier(GaussianNB(), "none", metric="mcc", random_state=seed).fit(X, y)
        means.append(next(figure.mean for figure in model.expected_ if figure.metric == "mcc"))
    assert abs(np.mean(means)) < 0.08


@pytest.mark.parametrize("alerts", [24, (100, 1000)])
def test_alerts_set_the_share_that_is_predicted(table, alerts):
    X, y = table
    model = DeployableClassifier("logistic_regression", "none", alerts=alerts, random_state=0).fit(X, y)
    assert (model.predict(X) == "yes").mean() == pytest.approx(0.1, abs=0.03)
    predicted = next(figure for figure in model.expected_ if figure.metric == "predicted")
    assert predicted.mean == pytest.approx(0.1, abs=0.03)
    assert {"recall_at_alerts", "precision_at_alerts"} <= {figure.metric for figure in model.expected_}


def test_costs_decide(table):
    X, y = table
    by_cost = {
        missed: DeployableClassifier(
            "logistic_regression", "none", costs={"missed": missed, "false_alarm": 1}, random_state=0
        ).fit(X, y)
        for missed in (1, 100)
    }
    assert (by_cost[100].predict(X) == "yes").sum() > (by_cost[1].predict(X) == "yes").sum()
    assert "cost" in {figure.metric for figure in by_cost[1].expected_}


def test_more_than_two_classes_are_decided_by_probability_or_costs(rng):
    X = rng.normal(size=(150, 2))
    y = np.array(["a", "b", "c"])[np.digitize(X[:, 0], [0.0, 1.0])]
    model = DeployableClassifier(GaussianNB(), "none", random_state=0).fit(X, y)
    assert model.threshold_ is None
    np.testing.assert_array_equal(model.predict(X), model.classes_[model.predict_proba(X).argmax(axis=1)])
    assert {figure.label for figure in model.expected_} == {"a", "b", "c"}
    costs = [[0, 1, 1], [1, 0, 1], [50, 50, 0]]
    careful = DeployableClassifier(GaussianNB(), "none", costs=costs, random_state=0).fit(X, y)
    assert (careful.predict(X) == "c").sum() > (model.predict(X) == "c").sum()


def test_auto_says_why(table):
    X, y = table
    model = DeployableClassifier(DecisionTreeClassifier(max_depth=2), Strategy("mine", "", _doing_nothing), cv=2)
    assert model.fit(X, y).strategy_ == "mine"
    assert model.verdict_ == ""


def _doing_nothing(estimator, seed):
    return estimator


def test_auto_is_what_the_auto_classifier_chooses(table, monkeypatch):
    monkeypatch.setattr("imbgan.strategies.auto.DEFAULT_CANDIDATES", ("none", "class_weight"))
    X, y = table
    model = DeployableClassifier(LogisticRegression(), cv=2, random_state=0).fit(X, y)
    assert model.strategy_ in ("none", "class_weight")
    assert model.verdict_.startswith(f"Use '{model.strategy_}'")


def test_weights_and_groups_go_with_their_rows(table):
    X, y = table
    weights = np.where(y == "yes", 3.0, 1.0)
    weights[:30] = 0.0
    groups = np.arange(240) // 4
    model = DeployableClassifier("logistic_regression", "none", random_state=0)
    model.fit(X, y, sample_weight=weights, groups=groups)
    assert model.training_.n_rows == 210
    assert model.training_.has_weights
    share = 3.0 * 35 / (3.0 * 35 + 175)
    assert np.average(model.predict_proba(X)[:, 1], weights=weights) == pytest.approx(share, abs=0.02)


def test_equal_rows_never_lie_on_both_sides(rng):
    # Five copies of each row: a tree that has seen a copy knows the label.
    X = np.repeat(rng.normal(size=(60, 2)), 5, axis=0)
    y = np.repeat(rng.random(60) < 0.3, 5)
    model = DeployableClassifier(DecisionTreeClassifier(), "none", random_state=0).fit(X, y)
    auc = next(figure for figure in model.expected_ if figure.metric == "roc_auc")
    assert auc.low < 0.6


def test_too_few_rows_for_folds_are_said(table):
    X, _ = table
    y = np.where(np.arange(240) == 5, "rare", "common")
    with pytest.warns(NewDataWarning, match="'rare' has too few different rows"):
        model = DeployableClassifier("logistic_regression", "none").fit(X, y)
    assert model.expected_ == ()
    assert model.threshold_ == 0.5


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"estimator": "lightgmb"}, "lightgbm"),
        ({"strategy": "gan_baging"}, "gan_bagging"),
        ({"costs": {"missed": -1, "false_alarm": 1}}, "cost"),
        ({"alerts": 1000}, "at most the number of rows"),
        ({"estimator": KNeighborsClassifier}, "class KNeighborsClassifier"),
    ],
)
def test_wrong_parameters_are_refused(table, parameters, message):
    with pytest.raises(ValueError, match=message):
        DeployableClassifier(**{"strategy": "none", **parameters}).fit(*table)


def as_pandas(X):
    return X.to_pandas()


def as_arrow(X):
    return X.to_arrow()


@pytest.mark.parametrize("convert", [as_pandas, as_arrow, lambda X: X.lazy()], ids=["pandas", "arrow", "lazy"])
@pytest.mark.filterwarnings("ignore::imbgan.CollectedFrameWarning")
def test_any_container_is_scored_alike(model, table, convert):
    X, _ = table
    np.testing.assert_allclose(model.predict_proba(convert(X)), model.predict_proba(X), rtol=1e-12)


def test_columns_are_found_by_name(model, table):
    X, _ = table
    expected = model.predict_proba(X)
    np.testing.assert_array_equal(model.predict_proba(X.select(X.columns[::-1])), expected)
    with pytest.warns(NewDataWarning, match="ignored: 'id'"):
        found = model.predict_proba(X.with_columns(id=pl.int_range(pl.len())))
    np.testing.assert_array_equal(found, expected)
    with pytest.raises(DataError, match=r"lacks the column 'amount'.* Did you mean 'Amount'"):
        model.predict(X.rename({"amount": "Amount"}))
    with pytest.raises(DataError, match="Further missing columns: 'age'"):
        model.predict(X.drop("amount", "age"))


def test_unknown_levels_and_new_gaps_are_told_once_with_counts(model, table):
    X, _ = table
    new = X.with_columns(city=pl.Series(["Rome", "rome", "Rome", None] * 60), amount=pl.lit(None, pl.Float64))
    with pytest.warns(NewDataWarning) as caught:
        p = model.predict_proba(new)
    texts = " ".join(str(warning.message) for warning in caught)
    assert "'city' holds 180 cells with levels that did not occur in training: 'Rome' (120), 'rome' (60)" in texts
    assert "'amount' has 240 missing cells; in training it had none" in texts
    assert "'age'" not in texts
    assert np.isfinite(p).all()


@pytest.mark.parametrize(
    ("column", "message"),
    [
        (
            pl.Series("amount", ["1.5"] * 239 + ["x\n"]),
            r"held numbers in training, and holds categories.*'x\\n' in row 239",
        ),
        (pl.Series("amount", [pd.Timestamp("2024-01-01")] * 240), "holds dates here"),
        (pl.Series("opened", range(240)), "held dates in training, and holds numbers"),
    ],
)
def test_columns_of_another_kind_are_refused(model, table, column, message):
    with pytest.raises(DataTypeError, match=message):
        model.predict(table[0].with_columns(column))


def test_whole_numbers_and_booleans_stand_for_numbers(model, table):
    X, _ = table
    new = X.with_columns(amount=pl.Series([1] * 240, dtype=pl.Int8), age=pl.Series([True] * 240))
    assert np.isfinite(model.predict_proba(new)).all()


def test_codes_that_are_numbers_in_one_file_are_the_same_levels_in_another(table):
    X, y = table
    X = X.with_columns(code=pl.Series([str(i % 4) for i in range(240)]))
    model = DeployableClassifier("logistic_regression", "none", cv=2, random_state=0).fit(X, y)
    as_numbers = X.with_columns(pl.col("code").cast(pl.Int64))
    np.testing.assert_array_equal(model.predict_proba(as_numbers), model.predict_proba(X))


def test_infinite_cells_are_refused_by_name(model, table):
    X, _ = table
    with pytest.raises(DataError, match="'amount' holds 240 infinite"):
        model.predict(X.with_columns(amount=pl.lit(float("inf"))))


def test_rows_are_not_mixed_up_by_an_unknown_position(table):
    X, y = table
    matrix = X.select("amount", "age").to_numpy()
    model = DeployableClassifier("decision_tree", "none", cv=2).fit(matrix, y)
    with pytest.raises(ValueError, match="3 features"):
        model.predict(np.hstack([matrix, matrix[:, :1]]))
