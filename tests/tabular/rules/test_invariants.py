"""Tables that obey their rules come back, and whatever a generator returns obeys them as well."""

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imbgan.tabular import TableEncoder
from imbgan.tabular.rules import OnlyTogether, Rule, RuledEncoder, adds_up, between, less, only_together, unique

RULES: list[Rule] = [
    less("start", "end"),
    less("low", "mid", strict=True),
    less("mid", "high"),
    less("floor", "high"),
    adds_up(["net", "tax"], "gross"),
    adds_up(["gross", "tip"], "paid"),
    between("age", 0, 120),
    unique(["id"]),
    only_together("city", "country"),
    only_together("country", "coast"),
]


def orders(n: int, seed: int, *, missing: float) -> pd.DataFrame:
    """Return a table that obeys ``RULES``, with chains, sums of sums, dates and missing cells."""
    rng = np.random.default_rng(seed)
    start = pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 300, n), unit="D")
    place = rng.integers(0, 4, n)
    net, tip = np.round(rng.gamma(2.0, 50.0, n), 2), rng.integers(0, 9, n)
    tax = np.round(0.2 * net, 2)
    gross = np.round(net + tax, 2)
    low = rng.normal(0.0, 3.0, n)
    mid = low + rng.exponential(1.0, n)
    floor = np.round(rng.normal(0.0, 1.0, n), 1)
    table = pd.DataFrame(
        {
            "id": rng.permutation(n) + 1000,
            "start": start,
            "end": start + pd.to_timedelta(rng.integers(0, 9, n), unit="D"),
            "low": low,
            "mid": np.where(mid > low, mid, low + 1.0),
            "high": np.maximum(mid, floor) + rng.exponential(1.0, n),
            "floor": floor,
            "net": net,
            "tax": tax,
            "gross": gross,
            "tip": tip,
            "paid": np.round(gross + tip, 2),
            "age": rng.integers(18, 90, n),
            "city": np.array(["Paris", "Rome", "Lyon", "Milan"])[place],
            "country": np.array(["F", "I", "F", "I"])[place],
            "coast": place % 2 == 1,
        }
    )
    for name in ("end", "mid", "low", "tax", "gross", "city") if missing else ():
        table.loc[rng.random(n) < missing, name] = None
    return table


def fitted(table: object, n: int, rules: Sequence[Rule]) -> RuledEncoder:
    """Return the encoder of a table of two classes."""
    return RuledEncoder(TableEncoder(identifiers="fresh"), rules).fit(table, np.arange(n) % 2, n_classes=2)


def decoded(encoder: RuledEncoder, matrix: np.ndarray) -> Any:
    """Return the rows of a matrix."""
    return encoder.inverse_transform(matrix)


def any_matrix(encoder: RuledEncoder, seed: int, n: int = 300) -> np.ndarray:
    """Return cells as a generator that learned nothing returns them, far outside of the real ones as well."""
    return np.random.default_rng(seed).normal(0.0, 3.0, (n, encoder.width)).astype(np.float32)


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10**6), n=st.integers(8, 80), missing=st.sampled_from([0.0, 0.2]))
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_tables_come_back_and_any_matrix_obeys(seed: int, n: int, missing: float) -> None:
    table = orders(n, seed, missing=missing)
    encoder = fitted(table, n, RULES)
    back = decoded(encoder, encoder.transform(table, seed=0))
    expected: Any = table
    learned = [name for name in table.columns if name != "id"]
    for name in learned:
        pd.testing.assert_series_equal(back[name], expected[name], rtol=1e-6)
    generated = decoded(encoder, any_matrix(encoder, seed))
    for rule in RULES:
        judge = rule.like(table) if isinstance(rule, OnlyTogether) else rule
        assert not judge.broken(generated).any(), rule
        assert not judge.broken(table).any(), rule
    assert not set(generated["id"]) & set(table["id"])
    assert (generated.dtypes == table.dtypes).all()


@pytest.mark.parametrize("container", ["polars", "numpy", "list", "float32"])
def test_any_container_obeys(container: str) -> None:
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(2, 60))
    values = np.stack([a, a + np.abs(b), np.round(b, 2), np.round(2 * a, 2)], axis=1)
    values = np.column_stack([values, np.round(values[:, 2] + values[:, 3], 2)])
    names = list("abcde") if container == "polars" else list(range(5))
    table = {
        "polars": lambda: pl.DataFrame(dict(zip(names, values.T, strict=True))),
        "numpy": lambda: values,
        "list": lambda: values.tolist(),
        "float32": lambda: values.astype(np.float32),
    }[container]()
    rules: list[Rule] = [less(names[0], names[1]), adds_up(names[2:4], names[4]), between(names[0], -9, 9)]
    encoder = fitted(table, 60, rules)
    generated = encoder.inverse_transform(any_matrix(encoder, 1))
    assert type(generated) is type(table)
    assert not any(rule.broken(generated).any() for rule in rules)


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.tuples(st.integers(-(2**40), 2**40), st.integers(0, 1000)), min_size=4, max_size=30),
    st.booleans(),
    st.sampled_from(["int64", "int32", "uint64", "float32", "float64"]),
)
def test_orders_of_any_type_are_kept(pairs: list[tuple[int, int]], strict: bool, dtype: str) -> None:
    low = np.array([first % 2**20 for first, _ in pairs])
    table = pd.DataFrame({"low": low, "high": low + [second + strict for _, second in pairs]}).astype({"high": dtype})
    rule = less("low", "high", strict=strict)
    encoder = fitted(table, len(table), [rule])
    pd.testing.assert_frame_equal(decoded(encoder, encoder.transform(table, seed=0)), table)
    assert not rule.broken(encoder.inverse_transform(any_matrix(encoder, 0))).any()


@settings(max_examples=30, deadline=None)
@given(
    seed=st.integers(0, 10**6),
    n_parts=st.integers(2, 4),
    decimals=st.sampled_from([0, 2, None]),
    missing=st.sampled_from([0.0, 0.2]),
    is_coarse=st.booleans(),
    dtype=st.sampled_from(["float64", "float32"]),
)
def test_totals_stay_within_bounds(
    seed: int, n_parts: int, decimals: int | None, missing: float, is_coarse: bool, dtype: str
) -> None:
    rng = np.random.default_rng(seed)
    values = rng.choice([0.0, 50.0, 70.5], (200, n_parts)) if is_coarse else rng.normal(20.0, 40.0, (200, n_parts))
    values = values if decimals is None else np.round(values, decimals)
    parts = [f"part {i}" for i in range(n_parts)]
    table = pd.DataFrame(values, columns=parts).astype(dtype).assign(total=values.sum(axis=1).astype(dtype))
    low, high = np.quantile(table["total"], [0.2, 0.7]).tolist()
    table = table[table["total"].between(low, high)].reset_index(drop=True)
    table["after"] = table["total"] + 3
    table.loc[rng.random(len(table)) < missing, "part 0"] = None
    table.loc[rng.random(len(table)) < missing, "total"] = None
    rules = [
        adds_up([f"part {i}" for i in range(n_parts)], "total"),
        between("total", low, high),
        less("total", "after"),
    ]
    encoder = fitted(table, len(table), rules)
    pd.testing.assert_frame_equal(decoded(encoder, encoder.transform(table, seed=0)), table, rtol=1e-6, atol=1e-4)
    matrix = any_matrix(encoder, seed)
    generated = decoded(encoder, matrix)
    assert not any(rule.broken(generated).any() for rule in rules)
    for name in parts:
        assert generated[name].dropna().between(table[name].min(), table[name].max()).all()
        if is_coarse:
            assert generated[name].dropna().isin(table[name]).all()
    document, arrays = encoder.to_document()
    again = RuledEncoder.from_document(json.loads(json.dumps(document)), arrays)
    pd.testing.assert_frame_equal(decoded(again, matrix), generated)


def test_bounds_change_no_row_that_keeps_them() -> None:
    rng = np.random.default_rng(0)
    table = pd.DataFrame(rng.integers(0, 100, (400, 2)), columns=["a", "b"]).assign(c=lambda X: X.a + X.b)
    table = table[table.c <= 120].reset_index(drop=True)
    free, bounded = (
        fitted(table, len(table), [adds_up(["a", "b"], "c"), *more]) for more in ([], [between("c", None, 120)])
    )
    matrix = any_matrix(free, 0)
    before, after = decoded(free, matrix), decoded(bounded, matrix)
    within = before.c <= 120
    pd.testing.assert_frame_equal(after[within], before[within])
    # Those that do not are moved to the bound, not below it.
    assert after.c[~within].between(119, 120).all()
    assert (after[["a", "b"]] <= before[["a", "b"]]).all().all()


def test_nested_sums_of_money_and_durations_stay_within_bounds() -> None:
    table = orders(300, 0, missing=0.0)
    table = table[table.paid <= 120].assign(lasts=lambda X: pd.to_timedelta(X.age % 7, unit="D"))
    table = table.assign(pause=lambda X: pd.to_timedelta(X.age % 3, unit="D")).reset_index(drop=True)
    table["whole"] = table.lasts + table.pause
    rules = [*RULES, between("paid", 0, 120), adds_up(["lasts", "pause"], "whole"), between("whole", "0 s", "8 days")]
    encoder = fitted(table, len(table), rules)
    generated = decoded(encoder, any_matrix(encoder, 0))
    for rule in rules:
        assert not (rule.like(table) if isinstance(rule, OnlyTogether) else rule).broken(generated).any(), rule


@pytest.mark.parametrize("missing", [0.0, 0.2])
@pytest.mark.parametrize("unit", ["s", "us", "ns"])
@pytest.mark.parametrize("zone", [None, "Europe/Berlin"])
def test_a_date_is_a_date_and_durations_later(missing: float, unit: Any, zone: str | None) -> None:
    rng = np.random.default_rng(0)
    start = pd.Series(pd.Timestamp("2023-12-01", tz=zone) + pd.to_timedelta(rng.integers(0, 9000, 150), unit="h"))
    table = pd.DataFrame({"start": start.dt.as_unit(unit)})
    for name in ("lasts", "pause"):
        table[name] = pd.to_timedelta(rng.integers(0, 90, 150), unit="min").as_unit(unit)
    table["end"] = table.start + table.lasts + table.pause
    latest = table["end"].quantile(0.8)
    table = table[table["end"] <= latest].reset_index(drop=True)
    for name in ("start", "pause", "end"):
        table.loc[rng.random(len(table)) < missing, name] = pd.NaT
    rules = [adds_up(["start", "lasts", "pause"], "end"), between("end", None, latest)]
    encoder = fitted(table, len(table), rules)
    pd.testing.assert_frame_equal(decoded(encoder, encoder.transform(table, seed=0)), table)
    generated = decoded(encoder, any_matrix(encoder, 0))
    assert not any(rule.broken(generated).any() for rule in rules)
    moved = table.assign(end=(table["end"] + pd.Timedelta(1, unit=unit)).dt.as_unit(unit))
    assert rules[0].broken(moved).sum() == table.notna().all(axis=1).sum()


@pytest.mark.parametrize("missing", [0.0, 0.2])
def test_copies_stay_copies(missing: float) -> None:
    table = orders(100, 0, missing=missing)[["start", "low", "age"]]
    table = table.assign(begins=table.start, base=table.low, years=table.age.astype("int32"))
    table.loc[np.random.default_rng(0).random(100) < missing, "begins"] = pd.NaT
    rules = [adds_up([first], second) for first, second in (("start", "begins"), ("low", "base"), ("age", "years"))]
    encoder = fitted(table, 100, rules)
    pd.testing.assert_frame_equal(decoded(encoder, encoder.transform(table, seed=0)), table, rtol=1e-6)
    generated = decoded(encoder, any_matrix(encoder, 0))
    assert not any(rule.broken(generated).any() for rule in rules)
    for rule in rules:
        first, second = (generated[name] for name in rule.columns)
        both = first.notna() & second.notna()
        assert (first[both] == second[both]).all()


@pytest.mark.parametrize("years", [("1850-01-01", "2110-12-31"), ("1990-01-01", "2099-12-31")])
def test_dates_far_apart_are_kept(years: tuple[str, str]) -> None:
    first, last = (pd.Timestamp(year).value for year in years)
    days = pd.Series(np.random.default_rng(0).integers(first, last, (100, 2)).tolist())
    table = pd.DataFrame([sorted(pair) for pair in days], columns=["start", "end"]).astype("datetime64[ns]")
    table.loc[:1, "end"] = pd.Timestamp(years[1])
    encoder = fitted(table, 100, [less("start", "end")])
    pd.testing.assert_frame_equal(decoded(encoder, encoder.transform(table, seed=0)), table)
    generated = decoded(encoder, any_matrix(encoder, 0))
    assert not less("start", "end").broken(generated).any()
    assert generated.end.between(*years).all()


def test_a_saved_encoder_is_the_same() -> None:
    table = orders(40, 0, missing=0.2)
    encoder = fitted(table, 40, RULES)
    again = RuledEncoder.from_document(*encoder.to_document())
    matrix = any_matrix(encoder, 3)
    pd.testing.assert_frame_equal(decoded(again, matrix), decoded(encoder, matrix))
    assert again.rules == tuple(RULES)
