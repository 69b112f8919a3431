"""Any table becomes the matrix that a classifier takes."""

from datetime import date, datetime, timedelta

import numpy as np
import pandas as pd
import polars as pl
import pytest
from imblearn.over_sampling import RandomOverSampler
from sklearn.base import clone
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from imbgan import DistilledClassifier, GANBaggingClassifier, PriorCorrectedClassifier
from imbgan.exceptions import DataError, ParameterError
from imbgan.learners.estimators import ESTIMATORS, make_estimator
from imbgan.learners.preparation import MAX_LEVELS, TablePreprocessor, prepared
from imbgan.tabular import read_table


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


def objects(cells):
    return pd.DataFrame({"x": np.arange(len(cells)) * 1.0, "weight": pd.Series(cells, dtype=object)})


# What a part of the table shows of a column, and what later rows hold: text, numbers, booleans, dates, nothing.
PARTS = {
    "nothing": [None] * 6,
    "text": ["a", "b", None, "a", "b", "b"],
    "whole numbers": [3, 1, 2, 3, 1, 1],
    "numbers": [0.5, None, 2.0, 3.0, 1.0, 1.0],
    "truth values": [True, False, True, True, False, None],
    "text beside numbers": ["a", 1, 2.5, True, "b", 1],
    "dates": [date(2024, 1, day) for day in range(1, 7)],
    "times": [datetime(2024, 1, day, 3) for day in range(1, 7)],
    "durations": [timedelta(days=day) for day in range(1, 7)],
}


@pytest.mark.parametrize("numbers", ["standardize", "raw"])
@pytest.mark.parametrize("later", list(PARTS))
@pytest.mark.parametrize("part", list(PARTS))
def test_cells_of_another_kind_are_unknown_levels_or_missing(part, later, numbers):
    preprocessor = TablePreprocessor(numbers=numbers)
    learned = preprocessor.fit_transform(objects(PARTS[part]))
    for table in (objects(PARTS[later]), objects(PARTS[later]).to_numpy(object)):
        matrix = preprocessor.transform(table)
        assert matrix.shape == learned.shape
        assert numbers == "raw" or np.isfinite(matrix).all()
    np.testing.assert_array_equal(preprocessor.transform(objects(PARTS[part])), learned)


def test_later_text_in_a_column_of_nothing_is_an_unknown_level():
    preprocessor = TablePreprocessor().fit(objects(PARTS["nothing"]))
    known, unknown = (preprocessor.transform(objects(PARTS[name]))[:, 1:] for name in ("nothing", "text"))
    assert known.tolist() == [[1.0]] * 6
    assert unknown.tolist() == [[0.0], [0.0], [1.0], [0.0], [0.0], [0.0]]


@pytest.mark.parametrize("string", ["object", "str", "string", "category"])
def test_a_declared_type_decides_and_not_the_rows(string):
    frame = pd.DataFrame({"x": np.arange(6.0), "weight": pd.Series([None] * 6, dtype=string)})
    later = frame.assign(weight=pd.Series(["75", "100", None] * 2, dtype=string))
    assert np.isfinite(TablePreprocessor().fit(frame).transform(later)).all()
    empty = frame.assign(weight=np.nan)
    matrix = TablePreprocessor(numbers="raw").fit(empty).transform(frame.assign(weight=2.5))
    assert (matrix[:, 1] == 2.5).all()


def test_text_beside_numbers_is_a_category_whatever_a_part_shows():
    table = read_table(objects(PARTS["text beside numbers"]))
    logistic = LogisticRegression()
    numbers = objects([1, 1, 2, 2, 2.0, 2])
    for estimator in (logistic, make_pipeline(TablePreprocessor(), logistic)):
        preprocessor = clone(prepared(estimator, table)[0])
        assert preprocessor.fit_transform(numbers)[:, 1:].tolist() == [[1, 0]] * 2 + [[0, 1]] * 4
        assert preprocessor.transform(objects(["2", 1.0, "a", None, 2, 3]))[:, 1:].tolist() == [
            [0, 1], [1, 0], [0, 0], [0, 0], [0, 1], [0, 0],
        ]  # fmt: skip
        truths = preprocessor.fit(objects([True, False] * 3)).transform(objects(["a", True, False] * 2))
        assert truths[:3, 1:].tolist() == [[0, 0], [0, 1], [1, 0]]


def test_kinds_say_that_numbers_are_codes():
    X = pd.DataFrame({"code": [10, 20, 10], "day": pd.to_datetime(["2024-01-01", "2024-01-02", "2024-01-01"])})
    preprocessor = TablePreprocessor(kinds={"code": "categorical", "day": "categorical"})
    assert preprocessor.fit_transform(X).tolist() == [[1, 0, 1, 0], [0, 1, 0, 1], [1, 0, 1, 0]]
    assert preprocessor.transform(X.assign(code=[10.0, 20.0, 30.0])).tolist() == [
        [1, 0, 1, 0],
        [0, 1, 0, 1],
        [0, 0, 1, 0],
    ]
    with pytest.raises(ParameterError, match="Did you mean 'code'"):
        TablePreprocessor(kinds={"cod": "categorical"}).fit(X)


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_dates_keep_their_place_whatever_the_unit(unit):
    days = pd.date_range("2024-01-01", periods=6).as_unit("us")
    preprocessor = TablePreprocessor().fit(pd.DataFrame({"day": days}))
    expected = preprocessor.transform(pd.DataFrame({"day": days}))
    np.testing.assert_allclose(preprocessor.transform(pd.DataFrame({"day": days.as_unit(unit)})), expected)
    np.testing.assert_allclose(preprocessor.transform(pl.DataFrame({"day": days.to_pydatetime()})), expected)


def test_other_columns_are_refused(frame):
    preprocessor = TablePreprocessor().fit(frame)
    with pytest.raises(DataError, match="reordered"):
        preprocessor.transform(frame[["color", "amount", "flag", "since"]])
    with pytest.raises(DataError, match="missing 'flag'"):
        preprocessor.transform(frame.drop(columns="flag"))
    with pytest.raises(DataError, match="2 features"):
        preprocessor.transform([[1.0, "red"]])


def test_numbers_that_numpy_lacks_are_prepared(rng):
    X = pl.DataFrame({"n": rng.normal(size=20)})
    tree = HistGradientBoostingClassifier()
    assert prepared(tree, X) is tree
    for dtype in (pl.Decimal(10, 2), pl.Int128):
        wide = X.with_columns(n=pl.col("n").round(0).cast(dtype))
        assert isinstance(prepared(tree, wide), Pipeline)
        np.testing.assert_array_equal(TablePreprocessor(numbers="raw").fit_transform(wide), X.to_numpy().round(0))


def test_what_takes_tables_itself_stays_in_front_and_what_it_wraps_is_prepared():
    X = pd.DataFrame({"a": [1.0, np.nan, 3.0], "c": ["x", "y", None]})
    bags = prepared(GANBaggingClassifier([LogisticRegression(), "random_forest"], RandomOverSampler()), X)
    assert isinstance(bags, GANBaggingClassifier)
    assert isinstance(bags.estimator[0][0], TablePreprocessor)
    assert bags.estimator[1] == "random_forest"
    taught = prepared(DistilledClassifier(teacher=PriorCorrectedClassifier(LogisticRegression())), X)
    assert taught.estimator is None
    assert isinstance(taught.teacher, PriorCorrectedClassifier)
    assert isinstance(taught.teacher.estimator[0], TablePreprocessor)
    numbers = prepared(GANBaggingClassifier(LogisticRegression()), X[["a"]].fillna(0.0))
    assert isinstance(numbers.estimator, LogisticRegression)
