"""Rules are sentences of 80 columns that say what is true, whatever columns and levels are called."""

import re
from string import Formatter

import numpy as np
import pandas as pd
import pytest
from rich.cells import cell_len
from sklearn.pipeline import make_pipeline
from sklearn.tree import DecisionTreeClassifier
from tests.rules.tables import fitted

from imbgan.learners import TablePreprocessor
from imbgan.rules import read_rules
from imbgan.rules.conditions import Condition
from imbgan.rules.results import RuleColumn
from imbgan.rules.sentences import condition_text
from imbgan.rules.words import CHINESE, ENGLISH, LANGUAGES


def text(column, **condition):
    return condition_text(Condition(0, **condition), column, ENGLISH)


AGE = RuleColumn("age", "age", "whole", "float", has_missing=True, lowest=0, highest=99)
DAY_NS = 86_400 * 10**9


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({"low": 54.5, "high": 67.5}, "age is from 55 to 67"),
        ({"low": 54.5, "missing": True}, "age is at least 55 or missing"),
        ({"high": 0.5}, "age is 0"),
        ({"low": 98.2}, "age is 99"),
        ({"missing": True, "present": False}, "age is missing"),
        ({}, "age is not missing"),
        ({"missing": True}, ""),
    ],
)
def test_whole_numbers(condition, expected):
    assert text(AGE, **condition) == expected


@pytest.mark.parametrize(
    ("kind", "unit", "condition", "expected"),
    [
        ("number", "", {"low": 54.5, "high": 67.0}, "54.5 < x ≤ 67"),
        ("number", "", {"low": 54.5, "high": 67.0, "missing": True}, "(54.5 < x ≤ 67 or missing)"),
        ("number", "", {"low": 22_600.0}, "x is more than 22,600"),
        ("number", "", {"high": 1e-7}, "x is at most 1e-07"),
        ("whole", "", {"low": 22_584.5}, "x is more than 22,584"),
        ("boolean", "", {"low": 0.5}, "x is true"),
        ("boolean", "", {"high": 0.5, "missing": True}, "x is false or missing"),
        ("date", "D", {"low": 19_782.5, "high": 19_789.2}, "x is from 2024-03-01 to 2024-03-07"),
        ("date", "ns", {"low": 19_782.5 * DAY_NS}, "x is 2024-03-01 or later"),
        ("datetime", "s", {"high": 1_709_290_800.0}, "x is 2024-03-01 11:00:00 or earlier"),
        ("datetime", "us", {"low": 1_709_251_200e6}, "x is after 2024-03-01"),
        ("duration", "s", {"low": 129_600.0}, "x is more than 1 d 12 h"),
        ("duration", "ms", {"high": 1500.0}, "x is at most 1.5 s"),
        ("time", "us", {"high": 34_200e6}, "x is at most 09:30:00"),
    ],
)
def test_other_numbers(kind, unit, condition, expected):
    shown = {f"{side}_shown": condition[side] for side in ("low", "high") if side in condition}
    column = RuleColumn("x", "x", kind, "float", unit, has_missing=True)
    assert text(column, **condition, **shown) == expected


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({"levels": ("student",)}, "job is student"),
        ({"levels": ("student",), "inverted": True}, "job is not student"),
        ({"levels": ("a", "b"), "missing": True}, "(job is a or b or missing)"),
        ({"levels": ("a", "b"), "inverted": True}, "job is neither a nor b"),
        ({"levels": ("a", "b", "c")}, "job is one of a, b, c"),
        ({"levels": tuple("abcdefgh"), "inverted": True}, "job is none of a, b, c, d, e, 3 more"),
        ({"levels": (), "missing": True}, "job is missing"),
        ({"levels": ("x\ny", "")}, r"job is x\ny or ''"),
    ],
)
def test_levels(condition, expected):
    assert text(RuleColumn("job", "job", "category", "text", has_missing=True), **condition) == expected


def test_levels_that_share_a_mark():
    column = RuleColumn("city", "city", "category", "text", levels=("a", "b"), has_others=True)
    assert text(column, levels=("a", "b"), inverted=True) == "city is none of its 2 most frequent levels"
    assert text(column, levels=("a", "b")) == "city is one of its 2 most frequent levels"


def test_a_planted_rule_is_found_and_told_with_its_held_out_share():
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"age": rng.integers(20, 90, 4000), "heart_disease": rng.random(4000) < 0.3})
    y = ((frame["age"] >= 68) & frame["heart_disease"] & (rng.random(4000) < 0.5)).astype(int)
    tree = make_pipeline(TablePreprocessor(numbers="raw"), DecisionTreeClassifier(max_leaf_nodes=3, random_state=0))
    tree.fit(frame[:3000], y[:3000])
    rules = read_rules(tree, frame[:3000], y[:3000], X_held_out=frame[3000:], y_held_out=y[3000:], target="stroke")
    block = str(rules).split("\n\n")[1]
    assert "age is at least 68" in block
    assert "heart_disease is true" in block
    applies = (frame["age"][3000:] >= 68) & frame["heart_disease"][3000:]
    n, k = int(applies.sum()), int(y[3000:][applies].sum())
    assert f"stroke is 1 in {100 * k / n:.0f} % of {n} held-out rows" in block
    low, high = rules.rules[0].interval
    assert low < k / n < high
    assert "held-out" not in str(read_rules(tree, frame, y))


@pytest.mark.parametrize(("words", "detail"), [(ENGLISH, "Probability "), (CHINESE, "概率 ")])
def test_text_fits_a_terminal_and_names_stay_on_their_lines(words, detail):
    pipeline, X, y = fitted(4)
    rules = read_rules(pipeline, X, y, target="a\nb\x1b[31m", X_held_out=X, y_held_out=y)
    lines = rules.as_text(words).splitlines()
    assert max(map(cell_len, lines)) <= 80
    assert all(line.isprintable() for line in lines)
    assert sum(line.lstrip().startswith(detail) for line in lines) == 32


@pytest.mark.parametrize("words", LANGUAGES.values(), ids=LANGUAGES)
def test_the_first_rules_are_told_and_the_others_counted(words):
    pipeline, X, y = fitted(4)
    rules = read_rules(pipeline, X, y)
    whole, first = rules.as_text(words).split("\n\n"), rules.as_text(words, most=5).split("\n\n")
    assert first[:-1] == whole[:6]
    assert re.findall(r"\d+", first[-1]) == ["27"]
    assert rules.as_text(words, most=32) == rules.as_text(words, most=99) == rules.as_text(words)


@pytest.mark.parametrize("key", ENGLISH)
def test_languages_have_the_same_keys_and_fields(key):
    for words in LANGUAGES.values():
        assert words.keys() == ENGLISH.keys()
        told, asked = ({field for _, field, _, _ in Formatter().parse(each[key])} - {None} for each in (words, ENGLISH))
        assert told == asked


def test_chinese_words_hold_no_latin_letter():
    assert re.findall("[A-Za-z]", re.sub(r"{\w+}", "", "".join(CHINESE.values()))) == []


def test_a_tree_without_a_split_has_one_rule_for_all_rows():
    tree = DecisionTreeClassifier(random_state=0).fit([[0.0], [1.0]], [1, 1])
    assert "In all rows:" in str(read_rules(tree, [[0.0], [1.0]], [1, 1]))
