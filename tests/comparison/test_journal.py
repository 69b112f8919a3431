"""A results file survives crashes and refuses rows of another comparison."""

import pandas as pd
import pytest

from imbgan.comparison.fold_results import FoldCurve, FoldResult
from imbgan.comparison.journal import Journal, table_hash
from imbgan.exceptions import DataError, ParameterError

HEAD = {"seed": 3, "data": "abc"}
ROWS = [
    FoldResult(
        i,
        0,
        "µ\n<b>",
        "tree",
        "ok",
        n_train=8,
        n_test=2,
        seconds=0.5,
        class_counts={"a": 6.0, "b": 2.0},
        scores={"mcc": {"b": 0.1 * i}, "f1": {"b": None}},
        curves={"a": None, "b": FoldCurve((1.0,), (0.1 * i,), (2,), (0.5,), (1.0,))},
        warnings=("UserWarning: look",),
    )
    for i in range(3)
]


@pytest.fixture
def journal(tmp_path):
    journal = Journal(tmp_path / "results.jsonl")
    journal.begin(HEAD)
    journal.append(ROWS)
    return journal


def test_rows_come_back(journal):
    head, rows = journal.read()
    assert rows == ROWS
    journal.check(head, HEAD)


def test_no_file_and_an_empty_file_hold_nothing(tmp_path):
    (tmp_path / "empty").touch()
    assert Journal(tmp_path / "none").read() == (None, [])
    assert Journal(tmp_path / "empty").read() == (None, [])


@pytest.mark.parametrize("n_lost", [1, 5, 20])
def test_a_line_cut_by_a_crash_is_left_out_and_the_next_rows_are_whole(journal, n_lost):
    text = journal.path.read_text(encoding="utf-8")
    journal.path.write_text(text[:-n_lost], encoding="utf-8")
    assert journal.read()[1] == ROWS[:2]
    journal.append(ROWS[2:])
    assert journal.read()[1] == ROWS


def test_another_comparison_is_refused_and_what_differs_is_named(journal):
    with pytest.raises(ParameterError, match="another comparison: seed differ"):
        journal.check(journal.read()[0], {**HEAD, "seed": 4})


@pytest.mark.parametrize("text", ["a,b\n1,2\n", '{"format": "other", "version": 1}\n', "[]\n", "\x00\x01\n"])
def test_a_foreign_file_is_refused_and_left_alone(tmp_path, text):
    path = tmp_path / "foreign"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match="not a results file"):
        Journal(path).read()
    assert path.read_text(encoding="utf-8") == text


def test_a_file_of_an_earlier_version_is_refused_with_what_to_do(journal):
    text = journal.path.read_text(encoding="utf-8").replace('"version": 3', '"version": 1', 1)
    journal.path.write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=r"another version of imbgan \(format 1, this one reads 3\).*Delete it"):
        journal.read()
    assert journal.path.read_text(encoding="utf-8") == text


def test_rows_that_lack_a_field_are_refused(journal):
    text = journal.path.read_text(encoding="utf-8").replace('"n_test": 2, ', "")
    journal.path.write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match="not a results file"):
        journal.read()


def test_table_hash_depends_on_values_only():
    X = pd.DataFrame({"a": [1.5, None, 3.0], "b": ["x", "y", None], "c": [1, 2, 3]})
    built = pd.concat([X[["a"]], X[["b", "c"]].copy()], axis=1).copy()
    assert table_hash(built) == table_hash(X)
    for changed in (
        X.assign(c=[1, 2, 4]),
        X.assign(b=["x", None, "y"]),
        X.rename(columns={"a": "z"}),
        X[["b", "a", "c"]],
    ):
        assert table_hash(changed) != table_hash(X)
