"""Thresholds come from rows that the judged model may know, and cost no fit; they are not optimistic."""

import numpy as np
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.datasets import make_classification
from sklearn.metrics import matthews_corrcoef
from sklearn.model_selection import ShuffleSplit, StratifiedKFold, TimeSeriesSplit
from sklearn.naive_bayes import GaussianNB
from sklearn.tree import DecisionTreeClassifier

from imbgan.comparison import compare
from imbgan.comparison.fold_results import pack, unpack
from imbgan.comparison.folds import find_blocks, make_folds
from imbgan.random import Streams
from imbgan.strategies.thresholds import thresholds


@pytest.fixture(scope="module")
def table():
    return make_classification(n_samples=400, weights=[0.85], class_sep=0.7, random_state=3)


def folds_of(cv, n=60):
    X, y = np.arange(2.0 * n).reshape(n, 2), np.tile([0, 0, 1], n // 3)
    return make_folds(y, find_blocks(X, None), cv, Streams(0))


def test_peers_test_on_rows_that_the_fold_trains_on():
    for cv in (5, (3, 2), StratifiedKFold(4), TimeSeriesSplit(4), ShuffleSplit(4, random_state=0)):
        folds = folds_of(cv)
        for fold in folds:
            inside = {other.index for other in folds if set(other.test.tolist()) <= set(fold.train.tolist())}
            assert set(fold.peers) == inside
    assert [len(fold.peers) for fold in folds_of((3, 2))] == [2] * 6
    assert [fold.peers for fold in folds_of(TimeSeriesSplit(3))] == [(), (0,), (0, 1)]
    assert [fold.peers for fold in folds_of(ShuffleSplit(3, random_state=0))] == [(), (), ()]


def test_the_threshold_of_a_fold_is_best_on_the_predictions_of_the_others(table):
    X, y = table
    folds = list(StratifiedKFold(4, shuffle=True, random_state=1).split(X, y))
    found = compare(X, y, estimator=GaussianNB(), strategies=["none"], metrics=["mcc"], cv=folds, random_state=0)
    p = [GaussianNB().fit(X[train], y[train]).predict_proba(X[test])[:, 1].astype("f4") for train, test in folds]
    for i, row in enumerate(found.rows):
        others = [j for j in range(4) if j != i]
        truth = np.concatenate([y[folds[j][1]] for j in others])
        cut = thresholds(truth == 1, np.concatenate([p[j] for j in others]), ["mcc"])["mcc"]
        assert row.scores["mcc"]["1"] == pytest.approx(matthews_corrcoef(y[folds[i][1]], p[i] >= cut))


def test_thresholds_are_not_optimistic_on_noise():
    # The true MCC of any model of noise is 0. Tuned on the very rows that it is judged on, a tree reaches over .1.
    def mean_mcc(cv_of):
        values = []
        for seed in range(12):
            rng = np.random.default_rng(seed)
            X, y = rng.normal(size=(300, 3)), rng.permutation(np.repeat([0, 1], [240, 60]))
            tree = DecisionTreeClassifier(max_leaf_nodes=8, random_state=0)
            values.append(cv_of(tree, X, y, seed))
        return np.mean(values)

    def by_compare(tree, X, y, seed):
        found = compare(X, y, estimator=tree, strategies=["none"], metrics=["mcc"], cv=5, random_state=seed)
        return found.scores[0].mean

    def on_the_same_rows(tree, X, y, seed):
        folds = StratifiedKFold(5, shuffle=True, random_state=seed).split(X, y)
        scores = []
        for train, test in folds:
            p = tree.fit(X[train], y[train]).predict_proba(X[test])[:, 1]
            scores.append(matthews_corrcoef(y[test], p >= thresholds(y[test] == 1, p, ["mcc"])["mcc"]))
        return np.mean(scores)

    assert mean_mcc(by_compare) < 0.06
    assert mean_mcc(on_the_same_rows) > 0.1


class Fits(ClassifierMixin, BaseEstimator):
    """Remembers how many rows each fit had; predicts the first column."""

    seen: list = []  # noqa: RUF012 - shared by all clones on purpose

    def fit(self, X, y):
        Fits.seen.append(len(X))
        self.classes_ = np.unique(y)
        return self

    def predict_proba(self, X):
        p = 1.0 / (1.0 + np.exp(-X[:, 0]))
        return np.column_stack([1.0 - p, p])


def test_a_single_split_holds_out_a_third_of_its_training_part(table):
    X, y = table
    Fits.seen.clear()
    split = [(np.arange(300), np.arange(300, 400))]
    found = compare(X, y, estimator=Fits(), strategies=["none"], cv=split, random_state=0)
    assert Fits.seen == [300, 200, 300]  # the first look, the fit for thresholds, the fold itself
    assert found.rows[0].scores["mcc"]["1"] is not None
    Fits.seen.clear()
    compare(X, y, estimator=Fits(), strategies=["none"], cv=split, tune_threshold=False, random_state=0)
    assert Fits.seen == [300, 300]


def test_all_classes_get_thresholds_from_the_other_folds():
    X, y = make_classification(300, n_classes=3, n_informative=4, weights=[0.7, 0.2], flip_y=0.0, random_state=0)
    found = compare(X, y, estimator=GaussianNB(), strategies=["none"], cv=3, random_state=0)
    assert all(set(row.scores["f1"]) == {"0", "1", "2"} for row in found.rows)
    assert all(value is not None for row in found.rows for value in row.scores["f1"].values())


def test_predictions_come_back_and_do_not_stay_in_the_result(table):
    p = np.random.default_rng(0).random((7, 2))
    assert np.array_equal(unpack(pack(p), 2), p.astype("f4"))
    found = compare(*table, estimator=GaussianNB(), strategies=["none"], cv=2, random_state=0)
    assert {row.predictions for row in found.rows} == {""}
