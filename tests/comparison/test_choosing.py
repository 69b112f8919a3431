"""The automatic choice in a comparison is that of the other folds, costs no fit, and is not optimistic."""

import numpy as np
import pytest
from sklearn.datasets import make_classification
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.tree import DecisionTreeClassifier

from imbgan.comparison import Strategy, compare
from imbgan.strategies.search import choose

CANDIDATES = ("none", "weighted", "tree")


def automatic(fits=None):
    def unfitted(estimator, seed):
        if fits is not None:
            fits.append(seed)
        return estimator

    def of_trees(estimator, seed):
        return DecisionTreeClassifier(max_depth=3, random_state=seed)

    return {
        "none": "none",
        "weighted": "class_weight",
        "tree": of_trees,
        "auto": Strategy("auto", "chooses", unfitted, candidates=CANDIDATES),
    }


@pytest.fixture(scope="module")
def found():
    X, y = make_classification(600, weights=[0.85], n_informative=6, class_sep=0.6, random_state=1)
    fits = []
    found = compare(X, y, estimator=GaussianNB(), strategies=automatic(fits), cv=(4, 2), random_state=0)
    return found, fits


def test_the_choice_for_a_fold_is_made_by_the_scores_of_the_others(found):
    comparison, _ = found
    by_key = {(row.strategy, row.fold): row for row in comparison.rows}
    assert comparison.settings["cv"] == {"n_splits": 4, "n_repeats": 2, "source": "stratified"}
    for fold in range(8):
        peers = [i for i in range(8) if i != fold and i // 4 == fold // 4]
        scores = {name: [by_key[name, i].scores["average_precision"]["1"] for i in peers] for name in CANDIDATES}
        row = by_key["auto", fold]
        assert row.chosen == choose(scores, CANDIDATES)
        assert row.scores == by_key[row.chosen, fold].scores
        assert row.seconds > by_key[row.chosen, fold].seconds  # alone, it would have to try all of them


class TooSmall(GaussianNB):
    """The right order of rows, with probabilities that are far too small."""

    def predict_proba(self, X):
        p = 1e-6 * super().predict_proba(X)[:, 1]
        return np.column_stack([1 - p, p])


def test_with_costs_candidates_are_judged_at_tuned_thresholds():
    X, y = make_classification(400, weights=[0.85], n_informative=6, class_sep=1.5, random_state=1)
    strategies = {
        "none": lambda estimator, seed: DummyClassifier(),
        "small": lambda estimator, seed: TooSmall(),
        "auto": Strategy("auto", "chooses", lambda e, seed: e, candidates=("none", "small")),
    }
    costs = {"missed": 20, "false_alarm": 2}
    found = compare(X, y, estimator=GaussianNB(), strategies=strategies, cv=(4, 1), costs=costs, random_state=0)
    assert {row.chosen for row in found.rows if row.strategy == "auto"} == {"small"}


def test_the_choice_is_not_fitted_and_is_explained(found):
    comparison, fits = found
    assert len(fits) <= 1  # the first look at what strategies are
    note = next(note for note in comparison.verdict.notes if note.startswith("auto chose"))
    assert "more than one standard error" in note


def test_without_folds_to_choose_by_the_strategy_is_fitted():
    X, y = make_classification(200, weights=[0.8], random_state=1)
    fits = []
    found = compare(X, y, estimator=GaussianNB(), strategies=automatic(fits), cv=2, random_state=0)
    assert {row.chosen for row in found.rows} == {""}
    assert len(fits) >= 2
    assert {run.strategy: run.status for run in found.runs} == dict.fromkeys(automatic(), "ok")


def test_candidates_that_were_not_asked_for_are_run_and_not_reported():
    X, y = make_classification(300, weights=[0.8], random_state=1)
    strategies = {"auto": Strategy("auto", "chooses", lambda e, seed: e, candidates=("none", "class_weight"))}
    found = compare(X, y, estimator=GaussianNB(), strategies=strategies, cv=3, random_state=0)
    assert {row.strategy for row in found.rows} == {"none", "auto"}
    assert all(row.chosen in ("none", "class_weight") for row in found.rows if row.strategy == "auto")
    budgeted = compare(X, y, estimator=GaussianNB(), strategies=strategies, cv=3, budget=1000, random_state=0)
    record = budgeted.settings["budget"]
    again = compare(X, y, estimator=GaussianNB(), strategies=strategies, cv=3, budget=record, random_state=0)
    assert set(record["folds"]) == {"none", "class_weight"}
    assert again.scores == budgeted.scores


def test_the_choice_among_many_guesses_gains_nothing():
    # Each candidate sees other columns of noise: whatever leads on some rows leads by luck.
    def of_column(i):
        class OfColumn(LogisticRegression):
            def fit(self, X, y):
                return super().fit(X[:, [i]], y)

            def predict_proba(self, X):
                return super().predict_proba(X[:, [i]])

        return lambda estimator, seed: OfColumn()

    names = [f"column {i}" for i in range(6)]
    strategies = {"none": of_column(0), **{name: of_column(i + 1) for i, name in enumerate(names)}}
    strategies["auto"] = Strategy("auto", "chooses", lambda e, seed: e, candidates=("none", *names))
    gains = []
    for seed in range(4):
        rng = np.random.default_rng(seed)
        X, y = rng.normal(size=(300, 7)), rng.permutation(np.repeat([0, 1], [240, 60]))
        found = compare(
            *(X, y),
            estimator=LogisticRegression(),
            strategies=strategies,
            metrics=["roc_auc"],
            cv=5,
            tune_threshold=False,
            random_state=seed,
        )
        gains.append(next(score.mean - 0.5 for score in found.scores if score.strategy == "auto"))
    assert abs(np.mean(gains)) < 0.05
