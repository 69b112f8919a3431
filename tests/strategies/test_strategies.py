"""Strategies by name: what they train on."""

from collections import Counter

import numpy as np
import pytest
from sklearn.datasets import make_classification
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB

from imbgan.exceptions import ParameterError
from imbgan.strategies import STRATEGIES, Sharing, Strategy, resolve_strategies
from imbgan.strategies.candidates import CANDIDATES, ReachRatio


@pytest.fixture(scope="module")
def table():
    return make_classification(n_samples=400, n_features=6, weights=[0.9], class_sep=0.6, random_state=1)


@pytest.mark.parametrize("name", [name for name, strategy in CANDIDATES.items() if strategy.family != "gan"])
def test_every_strategy_without_gan_gives_probabilities_at_the_natural_shares(table, name):
    X, y = table
    model = CANDIDATES[name].make(LogisticRegression(), 0).fit(X, y)
    p = model.predict_proba(X)[:, 1]
    assert p.mean() == pytest.approx(y.mean(), abs=0.05)
    assert ((p > 0.5) == y).mean() > 0.9


@pytest.mark.parametrize(
    ("name", "counts"),
    [
        ("class_weight", [200, 200]),
        ("random_over", [359, 359]),
        ("random_under", [41, 41]),
        ("smote", [359, 359]),
        ("borderline_smote", [359, 359]),
        ("local_gaussian", [359, 359]),
    ],
)
def test_strategies_train_on_balanced_rows(table, name, counts):
    X, y = table
    assert Counter(y.tolist()) == {0: 359, 1: 41}
    model = CANDIDATES[name].make(GaussianNB(), 0).fit(X, y)
    np.testing.assert_allclose(model.training_counts_, counts)


def test_cleaning_strategies_remove_rows(table):
    X, y = table
    smote = CANDIDATES["smote"].make(GaussianNB(), 0).fit(X, y).training_counts_
    for name in ("smote_tomek", "smote_enn"):
        cleaned = CANDIDATES[name].make(GaussianNB(), 0).fit(X, y).training_counts_
        assert (cleaned <= smote).all()
        assert cleaned.sum() < smote.sum()


def test_ratio_is_reached_where_a_class_has_fewer():
    y = np.repeat(["a", "b", "c"], [100, 50, 5])
    assert ReachRatio(0.3)(y) == {"c": 30}
    assert ReachRatio(0.8)(y) == {"b": 80, "c": 80}
    with pytest.raises(ParameterError, match="has 5 of 100 rows already"):
        ReachRatio(0.05)(y)


def test_strategies_are_found_by_name_and_own_ones_join():
    def doubled(estimator, seed):
        """Rare rows twice."""
        return estimator

    assert list(resolve_strategies("default", CANDIDATES, ["none", "gan"])) == ["none", "gan"]
    assert list(resolve_strategies("all", CANDIDATES)) == list(CANDIDATES)
    assert list(resolve_strategies("smote", CANDIDATES)) == ["smote"]
    found = resolve_strategies({"mine": doubled, "s": "smote"}, CANDIDATES)
    assert found["mine"].summary == "Rare rows twice."
    assert found["s"].make is CANDIDATES["smote"].make
    own = Strategy("own", "does nothing", lambda estimator, seed: estimator)
    assert own.build("estimator", 0, Sharing()) == "estimator"  # two arguments are enough
    assert resolve_strategies(["none", own], CANDIDATES)["own"] == own


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("smoot", "Did you mean 'smote'"),
        (["none", "gann"], "Did you mean 'gan'"),
        (["none", "none"], "more than once"),
        (3, "must be 'default'"),
    ],
)
def test_unknown_strategies_are_refused(given, message):
    with pytest.raises(ParameterError, match=message):
        resolve_strategies(given, CANDIDATES)


def test_every_strategy_has_a_plain_title_of_its_own():
    titles = [strategy.title for strategy in STRATEGIES.values()]
    assert len(set(titles)) == len(titles)
    assert [title for title in titles if "_" in title] == []


def test_a_name_of_the_caller_is_also_the_title():
    own = Strategy("own", "", lambda estimator, seed: estimator, title="our rule")
    known = resolve_strategies({"gan": "gan", "again": "gan", "own": own, "mine": own}, STRATEGIES)
    assert [strategy.title for strategy in known.values()] == [STRATEGIES["gan"].title, "again", "our rule", "mine"]
