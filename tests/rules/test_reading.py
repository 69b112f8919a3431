"""Rules say what the tree says, for every row: conditions, cuts, counts and the JSON that they are kept in."""

import json
import math
from datetime import date, datetime, time, timedelta
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.ensemble import RandomForestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.tree import DecisionTreeClassifier
from tests.rules.tables import NAMES, fitted, rows_near_bounds, rules_of

from imbgan.exceptions import DataError, ModelFileError, ParameterError
from imbgan.learners import TablePreprocessor
from imbgan.rules import RuleSet, leaf_probabilities, prune_without_rows, read_rules
from imbgan.rules.conditions import Condition
from imbgan.rules.cuts import exact_cut, simple_cut, whole_cut
from imbgan.rules.reading import jeffreys_interval

SEEDS = st.integers(0, 2**32 - 1)
FINITE = st.floats(-1e38, 1e38, allow_nan=False)


@given(FINITE, st.integers(-3, 3))
def test_the_exact_cut_divides_doubles_as_single_precision_does(threshold, steps):
    cut = exact_cut(threshold)
    x = cut
    for _ in range(abs(steps)):
        x = math.nextafter(x, math.copysign(math.inf, steps))
    for value in (x, threshold, float(np.float32(x)), -x, x * (1 + steps * 1e-8)):
        assert (float(np.float32(value)) <= threshold) == (value <= cut)


@given(st.one_of(FINITE, st.integers(-(2**63), 2**63).map(float)), st.integers(-3000, 3000))
def test_the_whole_cut_divides_whole_numbers_as_double_precision_does(cut, shift):
    whole = whole_cut(cut)
    for value in (whole, whole + 1, whole - 1, whole + shift):
        assert (float(value) <= cut) == (value <= whole)


@given(st.lists(st.floats(-1e6, 1e6).map(lambda x: round(x, 3)), min_size=2, unique=True), st.data())
def test_a_simple_cut_divides_the_values_as_the_cut_does(cells, data):
    values = np.sort(np.array(cells) + 0.0)
    place = data.draw(st.integers(0, len(values) - 2))
    cut = (values[place] + values[place + 1]) / 2
    shown = simple_cut(cut, values)
    np.testing.assert_array_equal(values <= shown, values <= cut)
    n_digits = [len(Decimal(repr(float(x))).normalize().as_tuple().digits) for x in (shown, cut)]
    assert n_digits[0] <= n_digits[1]


LEVELS = st.sampled_from(["a", "b", "c", "unknown", None])
ON_LEVELS = st.builds(
    Condition,
    st.just(0),
    levels=st.lists(st.sampled_from("abc"), unique=True).map(tuple),
    inverted=st.booleans(),
    missing=st.booleans(),
)
BOUND = st.none() | st.integers(0, 4).map(float)
ON_NUMBERS = st.builds(Condition, st.just(0), BOUND, BOUND, missing=st.booleans(), present=st.booleans())


@given(ON_LEVELS, ON_LEVELS, LEVELS)
def test_both_conditions_on_levels_are_met_where_each_is_met(one, other, cell):
    assert one.both(other).meets(cell) == (one.meets(cell) and other.meets(cell))


@given(ON_NUMBERS, ON_NUMBERS, st.none() | st.sampled_from([-1.0, 0.0, 0.5, 1.0, 2.5, 3.0, 4.0, 9.0]))
def test_both_conditions_on_numbers_are_met_where_each_is_met(one, other, cell):
    merged = one.both(other)
    assert merged.meets(cell) == (one.meets(cell) and other.meets(cell))
    if not merged.is_met_by_values and cell is not None:
        assert not merged.meets(cell)


def cell_of(column, cell):
    """Return a cell of Python as the JSON of rules holds it: a number, ticks of the unit, or the text of a level."""
    if cell is None or cell != cell:
        return None
    if column["kind"] == "category":
        return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)
    if isinstance(cell, datetime):
        return (cell - datetime(1970, 1, 1)) // timedelta(microseconds=1)
    if isinstance(cell, date):
        return (cell - date(1970, 1, 1)).days
    if isinstance(cell, time):
        return ((cell.hour * 60 + cell.minute) * 60 + cell.second) * 10**6 + cell.microsecond
    return cell // timedelta(microseconds=1) if isinstance(cell, timedelta) else float(cell)


def is_met(condition, cell):
    if cell is None:
        return condition["missing"]
    if condition["levels"] is not None:
        return (cell in condition["levels"]) != condition["inverted"]
    low, high = condition["low"], condition["high"]
    return condition["present"] and (low is None or cell > low) and (high is None or cell <= high)


def walk(document, row):
    """Go down the tree of the JSON, independently of the package."""
    cells = [cell_of(column, cell) for column, cell in zip(document["columns"], row, strict=True)]
    node = document["nodes"][0]
    while node["rule"] < 0:
        left, right = (document["nodes"][node[side]] for side in ("left", "right"))
        goes_left, goes_right = (is_met(n["condition"], cells[n["condition"]["column"]]) for n in (left, right))
        assert goes_left != goes_right
        node = left if goes_left else right
    met = [
        place
        for place, rule in enumerate(document["rules"])
        if all(is_met(each, cells[each["column"]]) for each in rule["conditions"])
    ]
    assert met == [node["rule"]]
    return document["rules"][node["rule"]]["probabilities"]


@given(SEEDS)
@settings(max_examples=10)
def test_walking_the_json_predicts_as_the_pipeline_does(seed):
    rng = np.random.default_rng(seed)
    rules, pipeline, X = rules_of(seed)
    document = json.loads(rules.as_json())
    for table in (X.head(100), rows_near_bounds(rng, rules)):
        walked = [walk(document, row) for row in table.itertuples(index=False, name=None)]
        np.testing.assert_array_equal(walked, pipeline.predict_proba(table))
    assert RuleSet.from_json(rules.as_json()) == rules


@pytest.mark.parametrize("column", NAMES.values())
def test_each_kind_of_column_alone(column):
    for seed in range(3):
        rules, pipeline, _ = rules_of(seed, columns=[column])
        table = rows_near_bounds(np.random.default_rng(seed), rules)
        document = json.loads(rules.as_json())
        walked = [walk(document, row) for row in table.itertuples(index=False, name=None)]
        np.testing.assert_array_equal(walked, pipeline.predict_proba(table))


def test_a_tree_of_numbers_without_a_pipeline(rng):
    X = pd.DataFrame(np.where(rng.random((200, 3)) < 0.1, np.nan, rng.normal(size=(200, 3))), columns=list("abc"))
    y = (X["a"].fillna(1) + X["b"].fillna(0) > 0).to_numpy().astype(int)
    tree = DecisionTreeClassifier(max_leaf_nodes=8, random_state=0).fit(X, y)
    document = json.loads(read_rules(tree, X, y).as_json())
    walked = [walk(document, row) for row in X.itertuples(index=False, name=None)]
    np.testing.assert_array_equal(walked, tree.predict_proba(X))
    with pytest.raises(DataError, match="in their order"):
        read_rules(tree, X[["b", "a", "c"]], y)
    with pytest.raises(DataError, match="numbers alone"):
        read_rules(DecisionTreeClassifier(random_state=0).fit([[0.0], [1.0]], [0, 1]), [["x"], ["y"]], [0, 1])


def test_missing_cells_alone_on_one_side():
    X = np.array([[np.nan]] * 5 + [[1.0], [2.0], [3.0]])
    y = [1] * 5 + [0] * 3
    tree = DecisionTreeClassifier(random_state=0).fit(X, y)
    rules = read_rules(tree, X, y, label=1)
    assert [rule.probabilities for rule in rules.rules] == [(0.0, 1.0), (1.0, 0.0)]
    assert [rule.conditions[0].meets(None) for rule in rules.rules] == [True, False]
    assert [rule.conditions[0].meets(7.0) for rule in rules.rules] == [False, True]


def test_counts_are_those_of_the_rows_and_rules_are_in_order():
    pipeline, X, y = fitted(1)
    X_new, y_new = X.head(150), y[:150]
    rules = read_rules(pipeline, X, y, X_held_out=X_new, y_held_out=y_new, label="third")
    labels = list(rules.labels)
    given_by_tree = [rule.probabilities[labels.index("third")] for rule in rules.rules]
    assert given_by_tree == sorted(given_by_tree, reverse=True)
    assert sum(rule.n_rows for rule in rules.rules) == len(X)
    document = json.loads(rules.as_json())
    of_rule = {rule.probabilities: np.zeros(3, int) for rule in rules.rules}
    for row, label in zip(X_new.itertuples(index=False, name=None), y_new, strict=True):
        of_rule[tuple(walk(document, row))][labels.index(label)] += 1
    for probabilities, counts in of_rule.items():
        own = [rule.held_out_counts for rule in rules.rules if rule.probabilities == probabilities]
        assert counts.tolist() == np.sum(own, axis=0).tolist()
    assert rules.nodes[0].class_counts == tuple(np.unique(y, return_counts=True)[1].tolist())


def test_probabilities_of_the_caller_go_to_their_leaves():
    pipeline, X, y = fitted(2)
    halved = leaf_probabilities(pipeline) * [0.5, 1.0, 1.0]
    rules = read_rules(pipeline, X, y, probabilities=halved)
    document = json.loads(rules.as_json())
    for row, expected in zip(X.itertuples(index=False, name=None), pipeline.predict_proba(X), strict=True):
        np.testing.assert_allclose(walk(document, row), expected * [0.5, 1.0, 1.0])


def test_a_tree_of_codes_gets_its_labels_and_a_pruned_tree_has_rows_in_every_rule():
    pipeline, X, y = fitted(3)
    classes, codes = np.unique(y, return_inverse=True)
    of_codes = make_pipeline(pipeline[0], DecisionTreeClassifier(max_leaf_nodes=32, random_state=0)).fit(X, codes)
    assert read_rules(of_codes, X, y, classes=classes).labels == tuple(classes)
    few = X.head(40)
    pruned = make_pipeline(pipeline[0], prune_without_rows(pipeline[-1], pipeline[0].transform(few)))
    assert all(rule.n_rows for rule in read_rules(pruned, few, y[:40]).rules)


@pytest.mark.parametrize("n", [7, 20, 80])
def test_jeffreys_intervals_cover_about_as_often_as_they_say(n):
    # Brown, Cai and DasGupta (2001): the mean coverage over all shares is near 95 %.
    shares = np.linspace(0.005, 0.995, 199)
    ends = [jeffreys_interval(k, n) for k in range(n + 1)]
    chances = [[math.comb(n, k) * p**k * (1 - p) ** (n - k) for k in range(n + 1)] for p in shares]
    covered = [[low <= p <= high for low, high in ends] for p in shares]
    assert 0.94 < float((np.array(chances) * np.array(covered)).sum(axis=1).mean()) < 0.97
    assert jeffreys_interval(0, 0) is None


def test_what_is_no_such_tree_is_refused_by_name(rng):
    pipeline, X, y = fitted(0, n=100)
    forest = RandomForestClassifier(3, random_state=0).fit(rng.normal(size=(10, 2)), [0, 1] * 5)
    with pytest.raises(ParameterError, match="Got RandomForestClassifier"):
        read_rules(forest, X, y)
    scaled = make_pipeline(TablePreprocessor(), DecisionTreeClassifier(random_state=0)).fit(X, y)
    with pytest.raises(ParameterError, match="numbers='raw'"):
        read_rules(scaled, X, y)
    with pytest.raises(ParameterError, match="one row per leaf"):
        read_rules(pipeline, X, y, probabilities=[[0.5, 0.5]])
    with pytest.raises(ParameterError, match="Did you mean 'third'"):
        read_rules(pipeline, X, y, label="thrid")
    with pytest.raises(DataError, match="labels that the tree knows"):
        read_rules(pipeline, X, ["other"] * 100)
    with pytest.raises(ModelFileError, match="as_json"):
        RuleSet.from_json('{"columns": []}')
