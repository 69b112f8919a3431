"""Classifiers by name: any labels, one thread, quiet, the same for the same seed."""

import sys
import types

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from imbgan.comparison import make_estimator
from imbgan.learners.coded import CodedClassifier


@pytest.fixture
def table(rng):
    X = pd.DataFrame({"a": rng.normal(size=120), "c": rng.choice(list("xyz"), 120)})
    X.loc[3, "a"] = np.nan
    return X, np.where(X["a"].fillna(0) > 0.8, "yes", "no")


def test_xgboost_takes_labels_missing_cells_and_weights(table, capfd):
    pytest.importorskip("xgboost")
    X, y = table
    model = clone(make_estimator("xgboost", 3)).fit(X, y)
    assert model.classes_.tolist() == ["no", "yes"]
    assert np.mean(model.predict(X) == y) > 0.95
    np.testing.assert_array_equal(model.predict_proba(X), make_estimator("xgboost", 3).fit(X, y).predict_proba(X))
    weights = np.where(y == "yes", 0.01, 1.0)
    weighted = clone(model).fit(X, y, codedclassifier__sample_weight=weights)
    assert weighted.predict_proba(X)[:, 1].mean() < 0.5 * model.predict_proba(X)[:, 1].mean()
    assert model[-1].estimator.n_jobs == 1
    assert capfd.readouterr() == ("", "")


class CatBoostClassifier(ClassifierMixin, BaseEstimator):
    """It keeps what it is given; the real package takes 290 MB."""

    def __init__(self, random_seed=None, thread_count=-1, verbose=True, allow_writing_files=True):
        self.random_seed = random_seed
        self.thread_count = thread_count
        self.verbose = verbose
        self.allow_writing_files = allow_writing_files


def test_catboost_is_quiet_and_writes_no_folder(monkeypatch):
    module = types.ModuleType("catboost")
    module.CatBoostClassifier = CatBoostClassifier
    monkeypatch.setitem(sys.modules, "catboost", module)
    inner = make_estimator("catboost", 3)[-1].estimator
    assert isinstance(inner, CatBoostClassifier)
    assert inner.get_params() == {
        "random_seed": 3,
        "thread_count": 1,
        "verbose": False,
        "allow_writing_files": False,
    }


@pytest.mark.parametrize("name", ["xgboost", "catboost"])
def test_a_package_that_is_not_installed_is_named_with_the_command(monkeypatch, name):
    monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(ImportError, match=rf"pip install 'imbgan\[{name}\]'"):
        make_estimator(name)


@pytest.mark.parametrize("labels", [["a", "b", "c"], [True, False], [7, 5, 9]])
def test_coded_labels_come_back(rng, labels):
    codes = rng.integers(0, len(labels), size=90)
    X, y = rng.normal(size=(90, 2)) + codes[:, None], np.array(labels)[codes]
    coded, plain = CodedClassifier(LogisticRegression()).fit(X, y), LogisticRegression().fit(X, y)
    np.testing.assert_array_equal(coded.predict(X), plain.predict(X))
    np.testing.assert_allclose(coded.predict_proba(X), plain.predict_proba(X))
    assert coded.predict(X).dtype == y.dtype
    assert make_pipeline(coded).classes_.tolist() == sorted(labels)
