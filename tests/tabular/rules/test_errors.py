"""Rules that cannot be, or that a table breaks itself, are errors before anything is learned."""

import json
from typing import Any

import numpy as np
import pandas as pd
import pytest

from imbgan import GANOverSampler, TabularGAN
from imbgan.exceptions import DataError, DataTypeError, ParameterError
from imbgan.tabular.rules import adds_up, between, check_rules, less, only_together, rule_from_document, unique

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


def test_bounds_that_a_sum_can_leave_are_refused() -> None:
    table = X.assign(b=[9, 3, 2, 1], c=[10, 5, 5, 5])  # 4 and 9 could add up to 13
    with pytest.raises(ParameterError, match=r"between\('c', 0, 12\) cannot be kept.* from 2 to 13"):
        TabularGAN(rules=[between("c", 0, 12), adds_up(["a", "b"], "c")]).fit(table, Y)


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


@pytest.mark.parametrize("dtype", [np.uint8, np.uint64])
def test_a_total_without_a_sign_must_hold_all_sums(dtype: Any) -> None:
    table = pd.DataFrame({"a": [-1, -9, -2, -8], "b": [9, 20, 8, 9]})
    table["c"] = (table["a"] + table["b"]).astype(dtype)
    with pytest.raises(DataTypeError, match=r"add up to -9, .* cannot hold"):  # and 0 for a part that is missing
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
        ({"rule": "between"}, "must have the fields"),
        (["less"], "must be an object"),
    ]:
        with pytest.raises(ParameterError, match=said):
            rule_from_document(wrong)
