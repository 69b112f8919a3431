"""Rules that cannot be, or that a table breaks itself, are errors before anything is learned."""

import json
from datetime import time
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

from imbgan import GANOverSampler, TabularGAN
from imbgan.exceptions import DataError, DataTypeError, ParameterError
from imbgan.tabular import TableEncoder
from imbgan.tabular.rules import (
    RuledEncoder,
    adds_up,
    between,
    check_rules,
    less,
    only_together,
    rule_from_document,
    unique,
)

X = pd.DataFrame({"a": [1, 2, 3, 4], "b": [2, 3, 3, 9], "c": [3, 5, 6, 14], "city": list("xyxy")})
Y = [0, 0, 1, 1]


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ([less("a", "b"), less("b", "a")], "in a circle"),
        ([less("a", "c"), adds_up(["a", "b"], "c")], "one rule only"),
        ([adds_up(["a", "b"], "c"), adds_up(["b", "a"], "c")], "one rule only"),
        ([less("a", "a")], "twice"),
        ([less("a", "bb")], "Did you mean 'b'"),
        ([less("a", "fraud")], "Labels are no column"),
        ([less(["a"], "b")], "by names or positions"),
        ([between("a", np.nan, 9)], "use None for an open end"),
        ([between("a", "0", 9)], "must be a number"),
        ([between("a", False, 9)], "must be a number"),
        (["a < b"], "made by less"),
        (less("a", "b"), "must be a list"),
        ([between("a", 9, 1)], "low must be at most high"),
        ([unique(["a"]), less("a", "b")], "one of its columns must get fresh values"),
    ],
)
def test_contradictions_are_named(rules: Any, said: str) -> None:
    with pytest.raises(ParameterError, match=said):
        TabularGAN(rules=rules).fit(X, Y)
    with pytest.raises(ParameterError, match=said):
        GANOverSampler(rules=rules, sampling_strategy={0: 3, 1: 3}).fit_resample(X, Y)


def test_bounds_of_any_type() -> None:
    start = pd.date_range("2024-01-01", periods=4, tz="Asia/Tokyo")
    table = pd.DataFrame(
        {"at": start, "clock": start.time, "lasts": start - start[0], "x": np.array([0.1, 0.2, 0, 0], np.float32)}
    )
    kept = [
        between("at", "2024-01-01", "2024"),
        between("at", pd.Timestamp("2023-12-31T15:00Z"), None),
        between("clock", "00:00", "12:00"),
        between("lasts", "0 s", pd.Timedelta("3D")),
        between("x", -np.inf, 0.2),
    ]
    assert not any(rule.broken(table).any() for rule in kept)
    assert between("at", "2024-01-02", "2024-01-03 00:00").broken(table).tolist() == [True, False, False, True]
    for wrong in (between("lasts", 0, 5), between("at", pd.NaT, None), between("clock", 0, None)):
        with pytest.raises(ParameterError, match="Each bound of between"):
            wrong.broken(table)


PAIRS = X.assign(b=[9, 3, 2, 1], c=[10, 5, 5, 5], d=[10, 6, 5, 7], e=[4, 2, 3, 4], f=[8, 4, 6, 8])


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ([less("e", "f"), adds_up(["b", "f"], "g"), between("g", 6, 17)], "other rules determine 'f'"),
        ([between("c", 0, 12), between("d", 0, 12), adds_up(["a", "b"], "c"), adds_up(["a", "e"], "h")], None),
        (
            [between("c", 0, 12), between("i", 5, 13), adds_up(["a", "b"], "c"), adds_up(["b", "e"], "i")],
            "another bounded",
        ),
        ([adds_up(["a", "b"], "c"), adds_up(["c", "a"], "j"), between("j", 0, 15)], "'a' counts in"),
        ([adds_up(["a", "b"], "c"), less("c", "d"), between("d", 0, 12)], "bound 'c' by a rule as well"),
        ([adds_up(["a", "b"], "c"), less("c", "d"), between("d", 0, 12), between("c", 0, 12)], None),
        ([unique(["a"]), between("a", 0, 9)], "gets fresh values"),
        ([adds_up(["e", "k"], "f"), adds_up(["f", "a"], "m"), between("m", 4, 12)], "lack a part"),
    ],
)
def test_bounds_of_computed_columns_are_kept_or_refused(rules: Any, said: str | None) -> None:
    table = PAIRS.assign(g=PAIRS.b + PAIRS.f, h=PAIRS.a + PAIRS.e, i=PAIRS.b + PAIRS.e, j=PAIRS.c + PAIRS.a)
    table = table.assign(k=[4, 2, None, 4], m=table.f + table.a)
    encoder = RuledEncoder(TableEncoder(identifiers="fresh"), rules)
    if said is None:
        encoder.fit(table, np.array(Y), n_classes=2)
    else:
        with pytest.raises(ParameterError, match=said):
            encoder.fit(table, np.array(Y), n_classes=2)


def test_broken_rows_are_counted_and_the_first_is_shown() -> None:
    with pytest.raises(DataError, match=r"2 of 4 rows break less\('c', 'b'\).* row 0|4 of 4 rows.*row 0") as error:
        TabularGAN(rules=[less("c", "b")]).fit(X, Y)
    assert "'c': 3, 'b': 2" in str(error.value)


def test_types_must_fit() -> None:
    with pytest.raises(DataTypeError, match="must hold numbers"):
        TabularGAN(rules=[less("a", "city")]).fit(X, Y)
    dates = X.assign(day=pd.to_datetime(["2024-01-01"] * 4))
    with pytest.raises(DataTypeError, match="of one type"):
        TabularGAN(rules=[less("a", "day")]).fit(dates, Y)


def test_a_total_of_a_narrow_type_must_hold_all_sums() -> None:
    table = pd.DataFrame({"a": [1, 90, 2, 80], "b": [90, 1, 80, 2], "c": np.array([91, 91, 82, 82], np.int8)})
    with pytest.raises(DataTypeError, match="cannot hold"):
        TabularGAN(rules=[adds_up(["a", "b"], "c")]).fit(table, Y)


@pytest.mark.parametrize("high", [np.int8, "Int8", "float16", "int8[pyarrow]"])
def test_what_an_order_computes_must_fit_its_type(high: Any) -> None:
    table = pd.DataFrame({"a": [1, 90, 2, 80], "b": [90, 1, 80, 2]})
    table["c"] = table["a"] + table["b"]
    table["d"] = (table["c"] + 3).astype(high)
    rules = [adds_up(["a", "b"], "c"), less("c", "d")]
    if high == "float16":
        table[["a", "b", "c"]] *= 400
        table["d"] = (table["c"] + 300).astype(high)
    with pytest.raises(DataTypeError, match=r"'d' is computed from 'c', and can become .* cannot hold"):
        RuledEncoder(TableEncoder(), rules).fit(table, np.array(Y), n_classes=2)


def test_decimals_and_times_of_day_must_hold_all_sums() -> None:
    parts = {"a": [1, 90, 2, 80], "b": [90, 1, 80, 2], "c": [91, 91, 82, 82]}
    cells = {name: [Decimal(value) for value in values] for name, values in parts.items()}
    short = pl.DataFrame(cells, schema=dict.fromkeys("abc", pl.Decimal(4, 2)))
    late = pd.DataFrame({"a": [time(1), time(20)] * 2, "b": [time(20), time(1)] * 2, "c": [time(21)] * 4})
    for table, said in ((short, "become 180, which its data type Decimal"), (late, "become 1 day 16 h")):
        with pytest.raises(DataTypeError, match=said):
            RuledEncoder(TableEncoder(), [adds_up(["a", "b"], "c")]).fit(table, np.array(Y), n_classes=2)


def test_what_has_no_sum_is_said() -> None:
    day = pd.Series(pd.date_range("2024-01-01", periods=4, unit="us"))
    table = pd.DataFrame({"s": day, "t": day, "u": day, "d": pd.to_timedelta([1] * 4, unit="D").as_unit("s"), "n": 1})
    for parts in (["s", "t"], ["s", "d"], ["s", "n"]):
        with pytest.raises(DataTypeError, match=r"one column of dates and others of durations.* Convert them"):
            adds_up(parts, "u").broken(table)
    with pytest.raises(DataTypeError, match="of one type"):
        adds_up(["s", "t"], "d").broken(table)


def test_names_in_other_forms() -> None:
    assert adds_up(np.array(["a", "b"]), "c") == adds_up({"b", "a"}, "c") == adds_up(("a", "b"), "c")
    wrong: Any
    for wrong in (lambda: adds_up(5, "c"), lambda: adds_up("ab", "c"), lambda: unique(7), lambda: unique("id")):
        with pytest.raises(ParameterError, match="must have a list of"):
            wrong()
    with pytest.raises(ParameterError, match="must be True or False"):
        less("a", "b", strict=Y)
    with pytest.raises(ParameterError, match="each by itself"):
        only_together(["a", "b"])


@pytest.mark.parametrize("dtype", [np.uint8, np.uint64])
def test_a_total_without_a_sign_must_hold_all_sums(dtype: Any) -> None:
    table = pd.DataFrame({"a": [-1, -9, -2, -8], "b": [9, 20, 8, 9]})
    table["c"] = (table["a"] + table["b"]).astype(dtype)
    with pytest.raises(DataTypeError, match=r"can become -1, .* cannot hold"):
        TabularGAN(rules=[adds_up(["a", "b"], "c")]).fit(table, Y)


def test_documents_come_back_and_others_are_refused() -> None:
    day = np.datetime64("2024-01-01").item()
    rules = [less("a", "b", strict=True), adds_up(["a", "b"], "c"), between(0, None, day), unique(["a", "b"]),
             only_together("a", ("x", 1))]  # fmt: skip
    texts = json.loads(json.dumps([rule.to_document() for rule in rules]))
    assert [rule_from_document(text) for text in texts] == rules == list(check_rules(rules))
    wrong: Any
    for wrong, said in [
        ({"rule": "les", "columns": ["a", "b"]}, "Did you mean 'less'"),
        ({"rule": "less", "columns": ["a"]}, "cannot be read"),
        ({"rule": "less", "columns": "ab"}, "in a list"),
        ({"rule": "less", "columns": ["a", "b"], "strict": "no"}, "must be True or False"),
        ({"rule": "between"}, "must have the fields"),
        (["less"], "must be an object"),
    ]:
        with pytest.raises(ParameterError, match=said):
            rule_from_document(wrong)
