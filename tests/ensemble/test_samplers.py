"""Samplers of matrices on tables: the same rows as imbalanced-learn's own classes, whatever the table holds."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from imblearn.combine import SMOTEENN, SMOTETomek
from imblearn.over_sampling import SMOTE, RandomOverSampler
from imblearn.pipeline import Pipeline
from imblearn.under_sampling import EditedNearestNeighbours, RandomUnderSampler, TomekLinks

from imbgan.ensemble.samplers import LocalGaussianSampler, TableSampler, TableSMOTE
from imbgan.exceptions import DataError, ParameterError

LEVELS = ["red", "green", "blue"]


@pytest.fixture
def numbers(rng):
    X = rng.normal(size=(120, 4))
    X[100:] += 1.0
    return (X - X.mean(axis=0)) / X.std(axis=0), np.repeat([0, 1], [100, 20])


@pytest.fixture
def mixed(rng):
    X = pd.DataFrame(
        {
            "amount": rng.gamma(2.0, size=150).round(2),
            "visits": rng.integers(0, 9, size=150),
            "color": rng.choice(LEVELS, size=150),
            "since": pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 900, size=150), unit="D"),
        }
    )
    X.loc[::7, "amount"] = np.nan
    X.loc[::11, "color"] = None
    return X, np.repeat(["no", "yes"], [130, 20])


def rows(X):
    return sorted(map(tuple, np.round(np.asarray(X, float), 4).tolist()))


def test_smote_of_numbers_is_imbalanced_learns_smote(numbers):
    X, y = numbers
    expected, expected_y = SMOTE(random_state=3).fit_resample(X, y)
    found, found_y = TableSMOTE(random_state=3).fit_resample(X, y)
    np.testing.assert_array_equal(found[:120], X)
    np.testing.assert_allclose(found, expected, atol=1e-4)
    np.testing.assert_array_equal(found_y, expected_y)


@pytest.mark.parametrize(
    ("cleaner", "expected"),
    [
        (TomekLinks(sampling_strategy="all"), SMOTETomek(random_state=3)),
        (EditedNearestNeighbours(sampling_strategy="all"), SMOTEENN(random_state=3)),
    ],
)
def test_smote_then_cleaning_is_imbalanced_learns_combination(numbers, cleaner, expected):
    X, y = numbers
    # Standardized with the generated rows, distances may tie otherwise; so the rows after cleaning nearly agree.
    chain = Pipeline([("smote", TableSMOTE(random_state=3)), ("cleaner", TableSampler(cleaner))])
    found, _ = chain.fit_resample(X, y)
    reference, _ = expected.fit_resample(X, y)
    shared = len(set(rows(found)) & set(rows(reference)))
    assert shared >= 0.9 * max(len(found), len(reference))
    assert len(found) < 200


@pytest.mark.parametrize("sampler", [RandomOverSampler(random_state=0), RandomUnderSampler(random_state=0)])
def test_samplers_that_choose_rows_return_them_as_they_were(mixed, sampler):
    X, y = mixed
    found, labels = TableSampler(sampler).fit_resample(X, y)
    assert found.dtypes.equals(X.dtypes)
    known = {tuple(row) for row in X.astype(str).itertuples(index=False)}
    assert all(tuple(row) in known for row in found.astype(str).itertuples(index=False))
    assert len({int((labels == label).sum()) for label in ("no", "yes")}) == 1


@pytest.mark.parametrize("make", [TableSMOTE, lambda: TableSampler(LocalGaussianSampler())])
@pytest.mark.parametrize("container", ["pandas", "polars"])
def test_new_rows_of_a_mixed_table_keep_types_bounds_and_levels(mixed, make, container):
    X, y = mixed
    given = pl.from_pandas(X) if container == "polars" else X
    found, labels = make().fit_resample(given, y)
    assert (labels == "yes").sum() == (labels == "no").sum() == 130
    table = found.to_pandas() if container == "polars" else found
    if container == "pandas":
        assert found.dtypes.equals(X.dtypes)
        pd.testing.assert_frame_equal(found.iloc[:150], X)
    new = table.iloc[150:]
    assert set(new["color"].dropna()) <= set(LEVELS)
    assert new["visits"].between(0, 8).all()
    assert (new["visits"] % 1 == 0).all()
    assert new["since"].between(X["since"].min(), X["since"].max()).all()
    # Missing values may be generated again: by interpolation as neighbors vote, by the Gaussian in their shares.
    assert new["amount"].isna().mean() < 0.5


def test_smote_of_categories_only_invents_no_level(rng):
    X = pd.DataFrame({"a": rng.choice(LEVELS, 60), "b": rng.choice(["x", "y"], 60)})
    found, _ = TableSMOTE().fit_resample(X, np.repeat([0, 1], [45, 15]))
    assert len(found) == 90
    assert set(found["a"]) <= set(LEVELS)
    assert set(found["b"]) <= {"x", "y"}


def test_local_gaussian_follows_the_rare_class(rng):
    common, rare = rng.normal(size=(500, 2)), rng.normal([6.0, -3.0], 0.5, size=(60, 2))
    X, y = np.concatenate([common, rare]), np.repeat([0, 1], [500, 60])
    found, labels = LocalGaussianSampler(random_state=1).fit_resample(X, y)
    new = found[560:]
    assert labels[560:].tolist() == [1] * 440
    np.testing.assert_allclose(new.mean(axis=0), rare.mean(axis=0), atol=0.2)
    np.testing.assert_allclose(new.std(axis=0), rare.std(axis=0), rtol=0.35)


def test_a_class_of_one_row_is_refused_and_of_two_is_not(rng):
    X = rng.normal(size=(30, 2))
    with pytest.raises(DataError, match="at least 2 rows of each class"):
        TableSMOTE().fit_resample(X, np.repeat([0, 1], [29, 1]))
    assert len(TableSMOTE().fit_resample(X, np.repeat([0, 1], [28, 2]))[0]) == 56


@pytest.mark.parametrize("make", [TableSMOTE, lambda **given: TableSampler(LocalGaussianSampler(), **given)])
@pytest.mark.parametrize("strategy", [{"yes": 50}, lambda y: {"yes": 30 + int((y == "yes").sum())}])
def test_rows_are_asked_for_by_label(mixed, make, strategy):
    X, y = mixed
    _, labels = make(sampling_strategy=strategy).fit_resample(X, y)
    assert [int((labels == label).sum()) for label in ("no", "yes")] == [130, 50]


def test_an_unknown_label_is_refused(mixed):
    with pytest.raises(ParameterError, match="Did you mean 'yes'"):
        TableSMOTE(sampling_strategy={"yess": 50}).fit_resample(*mixed)


def test_text_beside_numbers_stays_what_it_is(rng):
    X = pd.DataFrame({"x": rng.normal(size=60), "weight": pd.Series(["a", 1, 2.5, None] * 15, dtype=object)})
    y = np.repeat([0, 1], [50, 10])
    made, _ = TableSMOTE().fit_resample(X, y)
    assert set(map(type, made["weight"])) <= {str, int, float, type(None)}
    assert len(made) == 100
