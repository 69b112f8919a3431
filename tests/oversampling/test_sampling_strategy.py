"""How many rows are generated: ratios mean the decimal number that is written, at every entry point."""

from collections import Counter
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from imblearn.over_sampling import RandomOverSampler

from imbgan import DataError, GANOverSampler, ParameterError
from imbgan.ensemble import TableSampler, TableSMOTE
from imbgan.oversampling.sampling_strategy import rows_at_ratio, rows_to_generate
from imbgan.tabular.labels import read_labels


@given(n=st.integers(0, 10**6), digits=st.integers(1, 4), data=st.data())
def test_a_ratio_is_the_decimal_number_that_is_written(n, digits, data):
    numerator = data.draw(st.integers(1, 10**digits))
    expected = numerator * n // 10**digits
    text = f"{numerator / 10**digits:.{digits}f}"
    for ratio in (float(text), np.float64(text), Decimal(text), Fraction(text)):
        assert rows_at_ratio(ratio, n) == expected


@given(n=st.integers(0, 10**6), numerator=st.integers(1, 10**4))
def test_single_precision_means_the_same_number(n, numerator):
    assert rows_at_ratio(np.float32(numerator / 10**4), n) == numerator * n // 10**4


def labels(n_common, n_rare):
    return np.repeat([0, 1], [n_common, n_rare])


@pytest.mark.parametrize("ratio", [0.29, np.float64(0.29), np.float32(0.29), Decimal("0.29"), Fraction(29, 100)])
@pytest.mark.parametrize("n_rare", [10, 28])
def test_every_entry_point_reaches_the_count(ratio, n_rare):
    y = labels(100, n_rare)
    X = np.random.default_rng(0).normal(size=(len(y), 2))
    assert GANOverSampler(sampling_strategy=ratio).fit(X, y).sampling_strategy_ == {1: 29 - n_rare}
    assert GANOverSampler(sampling_strategy=lambda _: ratio).fit(X, y).sampling_strategy_ == {1: 29 - n_rare}
    for sampler in (
        TableSMOTE(sampling_strategy=ratio, random_state=0),
        TableSampler(RandomOverSampler(random_state=0), sampling_strategy=ratio),
    ):
        assert Counter(sampler.fit_resample(X, y)[1].tolist()) == {0: 100, 1: 29}


@pytest.mark.parametrize("ratio", [0, -0.1, 1.1, float("nan"), float("inf"), True, np.True_, "0.5", None])
def test_other_ratios_are_refused(ratio):
    with pytest.raises(ParameterError, match="above 0 and at most 1"):
        rows_at_ratio(ratio, 100)


def test_balanced_classes_lack_nothing_and_a_ratio_says_so():
    with pytest.raises(ParameterError, match="above the present ratio"):
        rows_to_generate(1.0, read_labels(labels(5, 5)))
    assert rows_to_generate("auto", read_labels(labels(5, 5))) == {1: 0}


def test_dates_are_raised_by_name():
    days = read_labels(np.array(["2024-01-01", "2024-01-02"], "datetime64[D]")[labels(10, 4)])
    assert rows_to_generate({days.classes[1].item(): 9}, days) == {1: 5}


def test_one_class_has_nothing_to_be_balanced_with():
    with pytest.raises(DataError, match="at least 2 classes"):
        GANOverSampler(sampling_strategy=0.5).fit(np.ones((5, 1)), np.zeros(5))
