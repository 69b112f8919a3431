"""Any table becomes the matrix that a classifier takes."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from imbgan.comparison.estimators import ESTIMATORS, make_estimator
from imbgan.comparison.preparation import MAX_LEVELS, TablePreprocessor, prepared
from imbgan.exceptions import ParameterError


@pytest.fixture
def frame(rng):
    return pd.DataFrame(
        {
            "amount": np.where(rng.random(60) < 0.2, np.nan, rng.normal(size=60)),
            "color": rng.choice(["red", "green"], 60),
            "flag": rng.random(60) < 0.5,
            "since": pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 900, size=60), unit="D"),
        }
    )


def test_numbers_and_categories_agree_with_scikit_learns_transformers(frame):
    X = frame[["amount", "color"]]
    reference = ColumnTransformer(
        [
            ("n", make_pipeline(SimpleImputer(strategy="median", add_indicator=True), StandardScaler()), ["amount"]),
            ("c", OneHotEncoder(sparse_output=False), ["color"]),
        ]
    )
    np.testing.assert_allclose(TablePreprocessor().fit_transform(X), reference.fit_transform(X))


def test_all_containers_give_the_same_matrix(frame):
    expected = TablePreprocessor().fit_transform(frame)
    assert np.isfinite(expected).all()
    np.testing.assert_allclose(TablePreprocessor().fit_transform(pl.from_pandas(frame)), expected)
    rows = [[None if cell != cell else cell for cell in row] for row in frame.drop(columns="since").to_numpy().tolist()]
    assert TablePreprocessor().fit_transform(rows).shape == (60, 5)


def test_raw_numbers_keep_missing_values(frame):
    matrix = TablePreprocessor(numbers="raw").fit_transform(frame)
    np.testing.assert_array_equal(matrix[:, 0], frame["amount"])


def test_unseen_levels_and_values_missing_only_later_are_no_error(frame):
    preprocessor = TablePreprocessor().fit(frame)
    later = frame.head(3).assign(color=["violet", None, "red"], flag=pd.array([None, True, False], "boolean"))
    assert np.isfinite(preprocessor.transform(later)).all()


def test_many_levels_share_a_column(rng):
    X = pd.DataFrame({"code": [f"{i:04d}" for i in rng.integers(0, 400, 1000)]})
    assert TablePreprocessor().fit_transform(X).shape[1] == MAX_LEVELS


def test_a_classifier_is_prepared_only_where_it_has_to_be(frame):
    logistic, boosting = LogisticRegression(), HistGradientBoostingClassifier()
    pipeline = make_pipeline(StandardScaler(), logistic)
    numbers = frame[["amount"]]
    assert prepared(pipeline, frame) is pipeline
    assert isinstance(prepared(logistic, frame), Pipeline)
    assert isinstance(prepared(logistic, numbers), Pipeline)
    assert prepared(boosting, numbers) is boosting
    assert prepared(logistic, numbers.fillna(0.0)) is logistic


@pytest.mark.parametrize("name", sorted(ESTIMATORS))
def test_every_named_estimator_learns_a_mixed_table(frame, name):
    y = np.where(frame["color"] == "red", "a", "b")
    try:
        estimator = make_estimator(name, 0).fit(frame, y)
    except ImportError as error:  # of an extra
        pytest.skip(str(error))
    assert estimator.predict_proba(frame).shape == (60, 2)


def test_an_unknown_name_is_refused_with_a_near_miss():
    with pytest.raises(ParameterError, match="Did you mean 'random_forest'"):
        make_estimator("random_forrest")
