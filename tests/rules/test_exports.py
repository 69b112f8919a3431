"""The exports predict what the pipeline predicts, for any row, with any names, levels and missing cells."""

import sqlite3
import subprocess
import sys
from datetime import date, datetime, time, timedelta
from decimal import Decimal

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.pipeline import make_pipeline
from sklearn.tree import DecisionTreeClassifier
from tests.rules.tables import NAMES, NASTY, fitted, rows_near_bounds, rules_of

from imbgan.exceptions import DataError, ParameterError
from imbgan.learners import TablePreprocessor
from imbgan.rules import RuleSet, read_rules

SEEDS = st.integers(0, 2**32 - 1)


def by_python(rules, rows):
    module = {}
    exec(compile(rules.as_python(), "rules", "exec"), module)
    answers = [module["predict"](row) for row in rows]
    assert all(list(answer) == list(rules.labels) for answer in answers)
    return [list(answer.values()) for answer in answers]


SQL_TYPES = {"int": "INTEGER", "float": "REAL", "bool": "BOOLEAN", "timedelta": "INTEGER"}


def sql_cell(cell, column):
    if cell is None or cell != cell:
        return None
    if isinstance(cell, datetime | time):
        return str(cell)
    if isinstance(cell, timedelta):
        return cell // timedelta(microseconds=1)
    return str(cell) if isinstance(cell, date) else cell


def by_sql(rules, frame):
    base = sqlite3.connect(":memory:")
    quoted = ['"' + column.name.replace('"', '""') + '"' for column in rules.columns]
    types = [SQL_TYPES.get(column.type, "TEXT") for column in rules.columns]
    base.execute(f"CREATE TABLE t ({', '.join(map(' '.join, zip(quoted, types, strict=True)))})")
    rows = [
        [sql_cell(cell, column) for cell, column in zip(row, rules.columns, strict=True)]
        for row in frame.itertuples(index=False, name=None)
    ]
    base.executemany(f"INSERT INTO t VALUES ({', '.join('?' * len(quoted))})", rows)
    found = base.execute(f"SELECT {rules.as_sql()} FROM t ORDER BY rowid")
    assert [each[0] for each in found.description] == [f"probability of {label}" for label in rules.labels]
    answers = found.fetchall()
    assert len(answers) == len(frame)
    return answers


@given(SEEDS)
@settings(max_examples=10)
def test_python_and_sql_predict_as_the_pipeline_does(seed):
    rules, pipeline, X = rules_of(seed)
    rules = RuleSet.from_json(rules.as_json())
    for table in (X.head(100), rows_near_bounds(np.random.default_rng(seed), rules)):
        expected = pipeline.predict_proba(table)
        np.testing.assert_array_equal(by_python(rules, table.to_dict("records")), expected)
        np.testing.assert_array_equal(by_sql(rules, table), expected)


@pytest.mark.parametrize("column", NAMES.values())
def test_each_kind_of_column_alone(column):
    for seed in range(3):
        rules, pipeline, _ = rules_of(seed, columns=[column])
        table = rows_near_bounds(np.random.default_rng(seed), rules)
        expected = pipeline.predict_proba(table)
        np.testing.assert_array_equal(by_python(rules, table.to_dict("records")), expected)
        np.testing.assert_array_equal(by_sql(rules, table), expected)


ONE_COLUMN = {
    "datetime64[ns]": (pd.date_range("2024-01-01", periods=40, freq="7h").as_unit("ns"), {}),
    "datetime64[s]": (pd.date_range("2024-01-01", periods=40, freq="7h").as_unit("s"), {}),
    "midnights": (pd.date_range("2024-01-01", periods=40, freq="D").as_unit("ns"), {}),
    "zones": (pd.date_range("2024-01-01", periods=40, freq="7h", tz="Asia/Shanghai"), {}),
    "timedelta64[ns]": (pd.to_timedelta(np.arange(40) * 977, unit="s").as_unit("ns"), {}),
    "float32": (np.linspace(0, 1, 40, dtype="float32"), {}),
    "uint64": (np.arange(40, dtype="uint64") + np.uint64(2**64 - 2**44) + np.arange(40, dtype="uint64") * 2**38, {}),
    "Int64": (pd.array([None, *range(39)], "Int64"), {}),
    "boolean": (pd.array([None, True, False, True] * 10, "boolean"), {}),
    "category": (pd.Categorical(["a", "b", None, "c"] * 10), {}),
    "decimals": (pd.Series([Decimal(i) / 4 for i in range(40)], dtype=object), {}),
    "whole floats as codes": (pd.Series([1.0, 2.0, 2.5, None] * 10), {"x": "categorical"}),
    "booleans as codes": (pd.Series([True, False] * 20), {"x": "categorical"}),
    "decimals as codes": (pd.Series([Decimal(1), Decimal("2.5")] * 20, dtype=object), {"x": "categorical"}),
    "dates as codes": (pd.Series([date(2024, 1, 1 + i % 3) for i in range(40)], dtype=object), {"x": "categorical"}),
    "moments as codes": (
        pd.to_datetime(["2024-01-01 00:00:00", "2024-01-02 03:04:05"] * 20).as_unit("ns"),
        {"x": "categorical"},
    ),
    "spans as codes": (pd.to_timedelta([1, 2] * 20, unit="h").as_unit("us"), {"x": "categorical"}),
    "times as codes": (pd.Series([time(1), time(2, 30)] * 20, dtype=object), {"x": "categorical"}),
    "text beside numbers": (pd.Series(["a", 1, 2.5, True] * 10, dtype=object), {"x": "categorical"}),
}


@pytest.mark.parametrize("name", ONE_COLUMN)
def test_python_reads_the_cells_of_every_type(name):
    cells, kinds = ONE_COLUMN[name]
    X = pd.DataFrame({"x": cells})
    y = np.random.default_rng(1).permutation(np.arange(40) % 2)
    pipeline = make_pipeline(TablePreprocessor(numbers="raw", kinds=kinds), DecisionTreeClassifier(random_state=0))
    rules = read_rules(pipeline.fit(X, y), X, y)
    expected = pipeline.predict_proba(X)
    np.testing.assert_array_equal(by_python(rules, X.to_dict("records")), expected)
    np.testing.assert_array_equal(by_python(rules, [{"x": cell} for cell in X["x"].array]), expected)


def test_cells_of_another_type_are_what_the_pipeline_takes_them_for():
    cells = [
        None,
        "text",
        "1",
        1,
        2.5,
        True,
        Decimal(2),
        date(2024, 5, 5),
        datetime(2024, 5, 5, 3),
        timedelta(3),
        time(3),
    ]
    for column in NAMES.values():
        rules, pipeline, _ = rules_of(5, columns=[column])
        for cell in cells:
            frame = pd.DataFrame({column: pd.Series([cell], dtype=object)})
            answer = by_python(rules, [{column: cell}])
            np.testing.assert_array_equal(answer, pipeline.predict_proba(frame), err_msg=f"{column} {cell!r}")


def test_the_module_runs_without_our_packages(tmp_path):
    rules, _, _ = rules_of(0)
    (tmp_path / "rules.py").write_text(rules.as_python(), encoding="utf-8")
    code = "import sys; sys.path.insert(0, '.'); import rules; print({*sys.modules} & {'numpy', 'imbgan', 'pandas'})"
    run = subprocess.run([sys.executable, "-I", "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "set()"


def test_a_column_that_no_rule_needs_may_be_absent():
    X = pd.DataFrame({"a": np.arange(10.0), "b": np.zeros(10)})
    tree = DecisionTreeClassifier(random_state=0).fit(X, X["a"] > 4)
    rules = read_rules(tree, X, X["a"] > 4)
    assert by_python(rules, [{"a": 9}]) == [[0.0, 1.0]]
    with pytest.raises(KeyError):
        by_python(rules, [{"b": 9}])


def test_positions_stand_for_names_where_there_are_none():
    X = np.arange(20.0).reshape(10, 2)
    y = (X[:, 1] > 9).astype(int)
    rules = read_rules(DecisionTreeClassifier(random_state=0).fit(X, y), X, y)
    assert by_python(rules, [dict(enumerate(row)) for row in X.tolist()]) == [[1.0 - each, each] for each in y]


def test_a_tree_without_a_split():
    X = pl.DataFrame({"a": [1.0, 2.0]})
    rules = read_rules(DecisionTreeClassifier(random_state=0).fit(X, ["x", "x"]), X, ["x", "x"])
    assert by_python(rules, [{}]) == [[1.0]]
    assert rules.as_sql() == '1.0 AS "probability of x"'


def test_sql_of_one_class_and_of_an_unknown_one():
    rules, _, _ = rules_of(0)
    assert rules.as_sql("third") in rules.as_sql()
    assert rules.as_sql("third").count("CASE") == 1
    with pytest.raises(ParameterError, match="Did you mean 'third'"):
        rules.as_sql("thirt")


def test_what_sql_cannot_hold_is_refused():
    X = pd.DataFrame({1: [0.0, 1.0], "1": [0.0, 1.0]})
    pipeline = make_pipeline(TablePreprocessor(numbers="raw"), DecisionTreeClassifier(random_state=0))
    with pytest.raises(DataError, match="rename one"):
        read_rules(pipeline.fit(X, [0, 1]), X, [0, 1]).as_sql()
    X = pd.DataFrame({"a\0": ["x\0y", "z"]})
    rules = read_rules(pipeline.fit(X, [0, 1]), X, [0, 1])
    with pytest.raises(DataError, match="NUL"):
        rules.as_sql()
    assert by_python(rules, [{"a\0": "x\0y"}, {"a\0": "z"}]) == [[1.0, 0.0], [0.0, 1.0]]


@given(st.lists(st.text(max_size=6), min_size=2, max_size=8, unique=True), st.text(min_size=1, max_size=8))
def test_any_text_is_a_name_and_a_level(levels, name):
    X = pd.DataFrame({name: pd.Series(levels * 3, dtype=object)})
    y = np.arange(len(X)) % len(levels) % 3
    pipeline = make_pipeline(TablePreprocessor(numbers="raw"), DecisionTreeClassifier(random_state=0)).fit(X, y)
    rules = RuleSet.from_json(read_rules(pipeline, X, y).as_json())
    expected = pipeline.predict_proba(X)
    np.testing.assert_array_equal(by_python(rules, X.to_dict("records")), expected)
    if "\0" not in "".join([name, *levels]):
        np.testing.assert_array_equal(by_sql(rules, X), expected)


def test_hostile_names_are_in_every_export():
    _, X, _ = fitted(0)
    assert {"missing", "=missing", "'); DROP TABLE rows; --"} <= set(NASTY) & set(X["job"])
    rules, _, _ = rules_of(0, columns=["job", "job "])
    assert "''); DROP TABLE rows; --'" in rules.as_sql()


@pytest.mark.data
@pytest.mark.parametrize("name", ["stroke", "credit_default"])
def test_real_tables(name, data_set):
    X, y, _ = data_set(name)
    pipeline = make_pipeline(
        TablePreprocessor(numbers="raw"),
        DecisionTreeClassifier(max_leaf_nodes=32, class_weight="balanced", random_state=0),
    ).fit(X, y)
    rules = read_rules(pipeline, X, y)
    expected = pipeline.predict_proba(X)
    np.testing.assert_array_equal(by_python(rules, X.to_dict("records")), expected)
    np.testing.assert_array_equal(by_sql(rules, X.astype(object)), expected)
