"""Tables that obey their rules come back, and whatever a generator returns obeys them as well."""

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


def test_a_saved_encoder_is_the_same() -> None:
    table = orders(40, 0, missing=0.2)
    encoder = fitted(table, 40, RULES)
    again = RuledEncoder.from_document(*encoder.to_document())
    matrix = any_matrix(encoder, 3)
    pd.testing.assert_frame_equal(decoded(again, matrix), decoded(encoder, matrix))
    assert again.rules == tuple(RULES)
