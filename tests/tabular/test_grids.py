"""Numbers that come in steps: which steps are found, and that decoded numbers keep them."""

import datetime as dt
import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from imbgan.exceptions import ModelFileError
from imbgan.tabular import TableEncoder, TableStatistics
from imbgan.tabular.codecs.grid import grid_of
from imbgan.tabular.grids import Grid
from imbgan.tabular.rules import RuledEncoder, adds_up, less

RNG = np.random.default_rng(0)
N = 400
Y = np.arange(N) % 4 // 3


def skewed(n_steps: int) -> np.ndarray:
    return np.minimum(RNG.lognormal(3, 1, N).astype(int), n_steps)


def grid(values: object, y: np.ndarray = Y) -> Grid:
    column = TableStatistics(int(y.max()) + 1).update(pd.DataFrame({"x": values}), y).columns[0]
    return grid_of(column.data, column.dtype)


def decoded(values: object, y: np.ndarray = Y) -> pd.Series:
    encoder = TableEncoder().fit(pd.DataFrame({"x": values}), y, n_classes=int(y.max()) + 1)
    return encoder.inverse_transform(np.random.default_rng(1).normal(size=(3000, encoder.width)))["x"]


STEPS = {
    "wages": (50 * skewed(90), Grid(0, 50)),
    "ages in fives from 2": (5 * skewed(20) + 2, Grid(0, 5, 2)),
    "prices in .99": (skewed(400) + 0.99, Grid(2, 100, 99)),
    "quarters": (skewed(400) * 0.25, Grid(2, 25)),
    "tenths": (skewed(400) / 10, Grid(1)),
    "tenths of float32": ((skewed(400) / 10).astype(np.float32), Grid(1)),
    "wages, missing cells": (pd.Series(50.0 * skewed(90)).where(RNG.random(N) < 0.8), Grid(0, 50)),
    "below zero": (50 * (skewed(90) - 20), Grid(0, 50)),
    "huge": (2**62 + 1000 * skewed(90), Grid(0, 1000, 2**62 % 1000)),
    "unsigned": ((2**63 + 1000 * skewed(90).astype(np.uint64)).astype(np.uint64), Grid(0, 1000, 0)),
}


@pytest.mark.parametrize("name", STEPS)
def test_steps_are_found_and_kept(name: str) -> None:
    values, wanted = STEPS[name]
    assert grid(values) == wanted
    found = decoded(values).dropna().to_numpy()
    real = pd.Series(values).dropna().to_numpy()
    assert real.min() <= found.min()
    assert found.max() <= real.max()
    # Unsigned numbers lie shifted in memory, and so do their grids.
    rests = [{round(value * 10**wanted.decimals) % wanted.step for value in each.tolist()} for each in (real, found)]
    assert rests[0] == rests[1]
    assert len(rests[0]) == 1


@pytest.mark.parametrize(
    ("values", "step"),
    [
        (pd.Timestamp("2020-01-06") + pd.to_timedelta(7 * skewed(100), "D"), pd.Timedelta(days=7)),
        (pd.Timestamp("2020-01-01") + pd.to_timedelta(15 * skewed(5000), "min"), pd.Timedelta(minutes=15)),
        (pd.to_timedelta(15 * skewed(5000), "min"), pd.Timedelta(minutes=15)),
    ],
)
def test_steps_of_times_are_kept(values: pd.Index, step: pd.Timedelta) -> None:
    found = decoded(values)
    assert not ((found - values[0]) % step).any()
    assert found.nunique() > 20


def test_python_dates_and_times_of_day_keep_their_steps() -> None:
    days = [dt.date(2020, 1, 6) + dt.timedelta(days=7 * int(k)) for k in skewed(100)]
    assert {day.weekday() for day in decoded(days)} == {0}
    hours = [dt.time(int(k) % 24, 15 * int(k) % 60) for k in skewed(96)]
    assert {moment.minute for moment in decoded(hours)} == {0, 15, 30, 45}


@pytest.mark.parametrize(
    ("values", "decimals"),
    [
        (np.arange(N), 0),
        (RNG.normal(size=N), None),
        (np.where(Y == 1, RNG.integers(0, 500, N), 10 * RNG.integers(0, 50, N)), 0),  # one class has no steps
        (np.where(RNG.random(N) < 0.998, 0, RNG.integers(0, 500, N)), 0),  # zeros say nothing about steps
        (np.where(RNG.random(N) < 0.5, 10 * RNG.integers(0, 50, N), RNG.integers(0, 500, N)), 0),
        (np.where(np.arange(N) == 0, 1e300, 0.5 * np.arange(N)), 1),
    ],
)
def test_columns_without_steps_have_none(values: np.ndarray, decimals: int | None) -> None:
    assert grid(values) == Grid(decimals)


def test_few_values_say_nothing() -> None:
    y = np.zeros(5, int)
    assert grid([2, 8, 10, 34, 12], y) == Grid(0)
    assert grid([20_000, 80_000, 100_000, 340_000, 120_000], y).step == 20_000


@given(st.lists(st.integers(0, 10**6), min_size=20, max_size=40, unique=True), st.integers(0, 3))
def test_random_numbers_have_no_steps(values: list[int], decimals: int) -> None:
    # By chance, a list may have steps; then all of it has.
    found = grid([value / 10**decimals for value in values], np.zeros(len(values), int))
    assert found.step == 1 or found.holds(np.array(values) / 10**decimals).mean() > 0.9


def test_few_rows_off_the_steps_do_not_hide_them() -> None:
    limits = 10_000 * skewed(80)
    limits[0] = 16_000
    assert grid(limits) == Grid(0, 10_000)
    assert set((decoded(limits) % 10_000).tolist()) == {0}


def test_numbers_between_real_ones_are_still_made() -> None:
    limits = np.unique(RNG.integers(10, 4000, 300)) * 50
    found = decoded(limits, np.arange(len(limits)) % 2)
    assert not (found % 50).any()
    assert np.isin(found, limits).mean() < 0.5


def test_numbers_between_zero_and_one_come_back_exactly() -> None:
    limits = pd.DataFrame({"x": 10_000 * skewed(80)})
    limits.loc[0, "x"] = 16_000
    encoder = TableEncoder(numbers="minmax").fit(limits, Y, n_classes=2)
    pd.testing.assert_frame_equal(encoder.inverse_transform(encoder.transform(limits, 0)), limits)


def test_a_heap_off_the_steps_comes_back_exactly() -> None:
    prices = skewed(400) + 0.99
    prices[::3] = 0.0
    assert grid(prices) == Grid(2, 100, 99)
    found = decoded(prices)
    assert 0.25 < (found == 0).mean() < 0.42
    assert set(found[found > 0].mul(100).round().mod(100)) == {99}


def test_parts_find_the_grid_of_the_whole() -> None:
    values = 50 * skewed(90)
    frame = pd.DataFrame({"x": values})
    parts = [TableStatistics(2).update(frame[i::3], Y[i::3]) for i in range(3)]
    for order in ([0, 1, 2], [2, 0, 1]):
        merged = TableStatistics(2)
        for i in order:
            merged = merged.merge(parts[i])
        assert grid_of(merged.columns[0].data, merged.columns[0].dtype) == grid(values)


@given(
    st.integers(-(2**63), 2**63 - 1),
    st.integers(-(2**63), 2**63 - 1),
    st.integers(2, 2**62),
    st.lists(st.integers(-(2**63), 2**63 - 1), min_size=1),
    st.integers(0),
)
@example(-(2**63), 2**63 - 1, 86_400, [2**63 - 1], 5)
def test_any_whole_number_goes_to_the_nearest_of_the_grid(
    one: int, other: int, step: int, values: list[int], shift: int
) -> None:
    low, high = min(one, other), max(one, other)
    own = Grid(0, step, shift % step)
    found = own.snap(np.array(values, np.int64), low, high)
    first = low + (own.offset - low) % step
    for value, snapped in zip(values, found.tolist(), strict=True):
        inside = min(max(value, low), high)
        if first > high:
            assert snapped == inside
            continue
        last = high - (high - own.offset) % step
        assert first <= snapped <= last
        assert snapped % step == own.offset
        assert abs(snapped - inside) <= step // 2 or snapped in (first, last)


def test_a_saved_encoder_keeps_the_grid() -> None:
    frame = pd.DataFrame({"price": skewed(400) + 0.99, "wage": 50 * skewed(90)})
    encoder = TableEncoder().fit(frame, Y, n_classes=2)
    document, arrays = encoder.to_document()
    again = TableEncoder.from_document(json.loads(json.dumps(document)), arrays)
    z = RNG.normal(size=(500, encoder.width))
    pd.testing.assert_frame_equal(again.inverse_transform(z), encoder.inverse_transform(z))


def test_a_document_of_an_earlier_version_is_read() -> None:
    frame = pd.DataFrame({"day": pd.Timestamp("2020-01-01") + pd.to_timedelta(skewed(900), "D")})
    document, arrays = TableEncoder().fit(frame, Y, n_classes=2).to_document()
    document = json.loads(json.dumps(document))
    rounding = document["columns"][0]["codec"]["rounding"]
    # Whole numbers and times had no decimals.
    rounding[2] = None
    again = TableEncoder.from_document(document, arrays)
    found = again.inverse_transform(RNG.normal(size=(500, 1)))["day"]
    assert (found == found.dt.normalize()).all()
    rounding[3] = 0
    with pytest.raises(ModelFileError, match="a grid cannot have the step 0"):
        TableEncoder.from_document(document, arrays)


def test_rules_keep_the_steps() -> None:
    low, parts = RNG.integers(1, 4000, N), 50 * RNG.integers(1, 90, (2, N))
    high = 50 * (low // 50 + RNG.integers(1, 60, N))
    frame = pd.DataFrame({"low": low, "high": high, "a": parts[0], "b": parts[1], "all": parts.sum(axis=0)})
    rules = [less("low", "high"), adds_up(["a", "b"], "all")]
    encoder = RuledEncoder(TableEncoder(), rules).fit(frame, Y, n_classes=2)
    found = encoder.inverse_transform(RNG.normal(size=(2000, encoder.width)))
    assert not any(rule.broken(found).any() for rule in rules)
    assert not (found[["high", "a", "b", "all"]] % 50).to_numpy().any()
    assert (found["low"] % 50).nunique() == 50
