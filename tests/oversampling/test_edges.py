"""The edge suite: tables at the border of what can be learned, for every public sampler."""

import warnings
from collections import Counter

import numpy as np
import pandas as pd
import pytest

from imbgan import DataError, GenerationQualityWarning

pytestmark = pytest.mark.filterwarnings("ignore::imbgan.GenerationQualityWarning")


# One network per class compiles anew for each number of rows, hence the marker.
@pytest.fixture(params=["all", pytest.param("minority", marks=pytest.mark.slow)])
def sampler(request, quick_sampler):
    """Every public sampler, in both ways of conditioning."""
    return quick_sampler(condition=request.param)


def balanced(sampler, X, y):
    """Resample, and check what holds whatever the table is."""
    X_new, y_new = sampler.fit_resample(X, y)
    counts = Counter(np.asarray(y).tolist())
    expected = {label: max(counts.values()) for label in counts}
    assert Counter(np.asarray(y_new).tolist()) == expected
    assert len(X_new) == len(y_new)
    assert ((sampler.sample_weight_ > 0) & (sampler.sample_weight_ <= 1)).all()
    if isinstance(X, np.ndarray):
        np.testing.assert_array_equal(X_new[: len(X)], X)
        # No number leaves the range of the table, and none is NaN.
        assert (X_new >= X.min(axis=0)).all()
        assert (X_new <= X.max(axis=0)).all()
        return X_new[len(X) :]
    return X_new.iloc[len(X) :]


@pytest.mark.parametrize("n_rare", [2, 3, 4, 5])
def test_few_rare_rows(n_rare, sampler, rng):
    y = np.repeat([0, 1], [60 - n_rare, n_rare])
    balanced(sampler, rng.normal(size=(60, 4)) + y[:, None], y)


@pytest.mark.parametrize("n_rare", [2, 5, 9])
def test_rows_too_few_to_hold_out_raise_no_alarm(n_rare, quick_sampler, rng):
    y = np.repeat([0, 1], [60 - n_rare, n_rare])
    with warnings.catch_warnings():
        warnings.simplefilter("error", GenerationQualityWarning)
        quick_sampler().fit_resample(rng.normal(size=(60, 4)), y)


def test_several_generators_with_two_rare_rows(quick_sampler, rng):
    y = np.repeat([0, 1], [58, 2])
    balanced(quick_sampler(n_generators="auto"), rng.normal(size=(60, 4)), y)


def test_one_feature(sampler, rng):
    y = np.repeat([0, 1], [45, 15])
    balanced(sampler, rng.normal(size=(60, 1)) - 3.0 * y[:, None], y)


def test_more_features_than_rows(sampler, rng):
    y = np.repeat([0, 1], [45, 15])
    balanced(sampler, rng.normal(size=(60, 500)), y)


def test_collinear_repeated_and_constant_columns(sampler, rng):
    a, y = rng.normal(size=60), np.repeat([0, 1], [45, 15])
    made = balanced(sampler, np.column_stack([a, 2 * a, a, np.full(60, 7.0), np.zeros(60), -a]), y)
    assert (made[:, 3] == 7.0).all()
    assert (made[:, 4] == 0.0).all()


@pytest.mark.filterwarnings("ignore::imbgan.TargetLeakWarning")
def test_repeated_rows(sampler, rng):
    y = np.repeat([0, 1], [45, 15])
    made = balanced(sampler, np.tile(np.array([[1.0, 2.0, 3.0, 4.0]]), (60, 1)) + y[:, None], y)
    assert (np.isin(made - [[1.0, 2.0, 3.0, 4.0]], [0.0, 1.0])).all()


def test_only_constant_columns(sampler, no_training):
    made = balanced(sampler, np.full((60, 4), 3.5), np.repeat([0, 1], [45, 15]))
    assert (made == 3.5).all()
    assert (sampler.sample_weight_ == 1).all()
    assert sampler.events_ == []
    assert sampler.n_iter_ == 0


def test_only_constant_columns_are_drawn_and_judged(quick_gan):
    X, y = np.full((10, 2), 3.5), np.repeat([0, 1], 5)
    gan = quick_gan().fit(X, y)
    assert gan.sample(3, label=1).tolist() == [[3.5, 3.5]] * 3
    logit, probability = gan.discriminate(X, y)
    assert (logit == 0).all()
    assert (probability == 0.5).all()


def test_only_categories(sampler, rng):
    X = pd.DataFrame({name: rng.choice(list("abcd"), size=60) for name in ("p", "q", "r")})
    made = balanced(sampler, X, np.repeat([0, 1], [45, 15]))
    assert set(np.unique(made.to_numpy())) <= set("abcd")


def test_only_missing_values_in_a_column(sampler, rng):
    X = pd.DataFrame({"a": rng.normal(size=60), "b": np.full(60, np.nan)})
    made = balanced(sampler, X, np.repeat([0, 1], [45, 15]))
    assert made["b"].isna().all()


def test_column_that_only_the_common_class_has(sampler, rng):
    y = np.repeat([0, 1], [45, 15])
    X = pd.DataFrame({"a": rng.normal(size=60), "b": np.where(y, np.nan, rng.normal(size=60))})
    balanced(sampler, X, y)


def test_ten_classes(sampler, rng):
    y = np.repeat(np.arange(10), [12, 6, 6, 6, 5, 5, 5, 5, 5, 5])
    balanced(sampler, rng.normal(size=(60, 4)) + y[:, None], y)


def test_equal_class_counts(sampler, rng, no_training):
    X, y = rng.normal(size=(60, 4)), np.repeat([0, 1, 2], 20)
    assert len(balanced(sampler, X, y)) == 0


def test_rare_rows_that_are_noise(sampler, rng):
    y = np.repeat([0, 1], [45, 15])
    X = rng.normal(size=(60, 4))
    X[45:] = rng.uniform(X.min(axis=0), X.max(axis=0), size=(15, 4))
    balanced(sampler, X, y)


def test_one_row_of_a_class_that_is_not_asked_for(quick_sampler, rng):
    y = np.repeat([0, 1, 2], [44, 15, 1])
    X = rng.normal(size=(60, 4))
    _, y_new = quick_sampler(sampling_strategy={1: 44}).fit_resample(X, y)
    assert Counter(y_new.tolist()) == {0: 44, 1: 44, 2: 1}


@pytest.mark.parametrize("condition", ["all", "minority"])
def test_one_row_of_a_class_that_is_asked_for(condition, quick_sampler, rng, no_training):
    y = np.repeat([0, 1, 2], [44, 15, 1])
    with pytest.raises(DataError, match="Class 2 has 1 sample"):
        quick_sampler(condition=condition).fit_resample(rng.normal(size=(60, 4)), y)


def test_huge_and_tiny_numbers(sampler, rng):
    y = np.repeat([0, 1], [45, 15])
    X = rng.normal(size=(60, 4)) * np.array([1e-300, 1e-8, 1e8, 1e300])
    assert np.isfinite(balanced(sampler, X, y)).all()


def test_numbers_that_float32_cannot_hold(sampler, rng):
    y = np.repeat([0, 1], [45, 15])
    X = 2**53 + rng.integers(-40, 40, size=(60, 4))
    made = balanced(sampler, X, y)
    assert made.dtype == X.dtype
