"""A target among the columns is named; agreement that may be chance is not."""

import warnings

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression

from imbgan import GANOverSampler, TabularGAN, TargetLeakWarning, compare, describe
from imbgan.tabular import read_table
from imbgan.tabular.labels import read_labels
from imbgan.tabular.leaks import target_leaks

CODES = np.repeat([0, 1, 2], [1200, 60, 40])
FRAME = pd.DataFrame({"noise": np.random.default_rng(0).normal(size=1300)})
LEAKS = {
    "codes": CODES,
    "other codes": 7 - 3 * CODES,
    "texts": np.array(["x", "y", "z"])[CODES],
    "missing in one class": np.where(CODES == 1, np.nan, CODES),
    "booleans and missing": pd.array(np.array([True, False, None], dtype=object)[CODES], dtype="boolean"),
    "days": pd.to_datetime(["2024-01-01", "2024-01-02", "2024-01-03"])[CODES],
    "categories": pd.Categorical(np.array(["x", "y", "z"])[CODES]),
}


def leaks_of(values, y=CODES, target=None):
    return target_leaks(read_table(FRAME.head(len(y)).assign(column=values)), read_labels(y), target)


@pytest.mark.parametrize("name", LEAKS)
def test_a_column_that_equals_the_target_one_to_one_is_named(name):
    assert leaks_of(LEAKS[name]) == ("column",)


def late_difference():
    values = CODES.copy()
    values[-1] = 0
    return values


NO_LEAKS = {
    "noise": FRAME["noise"].to_numpy(),
    "one row differs, late": late_difference(),
    "one value for two classes": np.minimum(CODES, 1),
    "two values for one class": np.where(np.arange(1300) % 2, CODES, 5 + CODES),
    "missing in two classes": np.where(CODES > 0, np.nan, 1.0),
    "missing in half of a class": np.where(np.arange(1300) == 1299, np.nan, CODES),
    "constant": np.zeros(1300),
    "identifiers": np.arange(1300),
}


@pytest.mark.parametrize("name", NO_LEAKS)
def test_other_columns_are_not(name):
    assert leaks_of(NO_LEAKS[name]) == ()


def test_chance_agreement_is_no_leak():
    # 3 of 10 rows: one shuffled column in 60 agrees.
    assert leaks_of(np.repeat([0, 1], [7, 3]), np.repeat([0, 1], [7, 3])) == ()
    # One row alone, of 1,300.
    assert leaks_of(np.arange(1300) == 9, np.arange(1300) == 9) == ()
    # As many classes as rows: every identifier agrees.
    assert leaks_of(np.arange(30), np.array([f"c{i}" for i in range(30)])) == ()


def test_a_small_table_that_holds_the_target_by_name_is_named():
    y = np.repeat([0, 1], [7, 3])
    assert leaks_of(y, y, "column") == ("column",)
    assert leaks_of(y[::-1], y, "column") == ()


@given(st.lists(st.integers(0, 3), min_size=2, max_size=60), st.permutations(range(4)))
def test_renaming_classes_hides_no_leak(codes, names):
    y = np.array(codes)
    found = leaks_of(np.array(names)[y], y)
    assert found == leaks_of(y, y)


@pytest.fixture(scope="module")
def small():
    y = pd.Series(np.repeat([0, 1], [60, 20]), name="label")
    X = pd.DataFrame(np.random.default_rng(0).normal(size=(80, 2)), columns=["a", "b"]).assign(code=y * 5 + 1)
    return X, y


QUICK = {
    "max_iter": 10,
    "n_generators": 1,
    "random_state": 0,
    "train_options": {"chunk_size": 10, "generator_hidden": (16,), "discriminator_hidden": (16,), "latent_dim": 8},
}


def compared(X, y):
    return compare(X, y, estimator=LogisticRegression(), strategies=["smote"], cv=3, tune_threshold=False)


ENTRIES = {
    "fit": lambda X, y: GANOverSampler().fit(X, y),
    "fit_resample": lambda X, y: GANOverSampler(**QUICK).fit_resample(X, y),
    "TabularGAN": lambda X, y: TabularGAN(**QUICK).fit(X, y),
    "compare": compared,
}


@pytest.mark.filterwarnings("ignore::imbgan.GenerationQualityWarning")
@pytest.mark.parametrize("entry", ENTRIES)
def test_every_entry_warns_once_and_points_at_the_caller(entry, small):
    X, y = small
    with pytest.warns(TargetLeakWarning, match="read off 'code'") as caught:
        ENTRIES[entry](X, y)
    found = [warning for warning in caught if issubclass(warning.category, TargetLeakWarning)]
    assert [warning.filename for warning in found] == [__file__]
    with warnings.catch_warnings():
        warnings.simplefilter("error", TargetLeakWarning)
        ENTRIES[entry](X.drop(columns="code"), y)


def test_describe_advises(small):
    X, y = small
    description = describe(X, y)
    assert [column.name for column in description.columns if column.is_leak] == ["code"]
    assert any(finding.name == "leak" and finding.columns == ("code",) for finding in description.findings)
    assert not any(finding.name == "leak" for finding in describe(X[["a", "b"]], y).findings)


def test_the_target_left_in_the_table(small):
    X, y = small
    for table, labels in ((X.assign(label=y)[["a", "label"]], y), (pl.DataFrame({"label": y.to_list()}), y)):
        assert target_leaks(read_table(table), read_labels(labels)) == ("label",)
