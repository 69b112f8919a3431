"""What describe says of a table, and that what it expects follows from what it counted."""

import json
import subprocess
import sys
from datetime import timedelta

import numpy as np
import polars as pl
import pytest

from imbgan._plain import from_plain
from imbgan.exceptions import DataError
from imbgan.quality.description import Description, describe


def labels(*counts):
    """Return labels "a", "b", ... with these numbers of rows."""
    return np.repeat([chr(97 + i) for i in range(len(counts))], counts)


def columns_of(description):
    return {column.name: column for column in description.columns}


def test_columns_are_described_as_they_will_be_learned(mixed_table):
    X, y = mixed_table
    found = columns_of(describe(X, y))
    kinds = {name: column.kind for name, column in found.items()}
    assert kinds == {
        "amount": "continuous",
        "visits": "integer",
        "member": "boolean",
        "city": "categorical",
        "grade": "categorical",
        "opened": "datetime",
        "stay": "timedelta",
        "country": "constant",
    }
    for name, column in found.items():
        assert column.n_distinct == X[name].nunique()
        assert column.missing == pytest.approx(X[name].isna().mean())
    assert (found["visits"].low, found["visits"].high) == (X["visits"].min(), X["visits"].max())
    assert found["amount"].high == X["amount"].max()
    assert found["opened"].low.startswith(str(X["opened"].min().date()))
    shares = X["city"].value_counts(normalize=True)
    assert found["city"].levels == pytest.approx(shares.to_dict())
    assert list(found["city"].levels) == shares.index.tolist()


@pytest.mark.parametrize("library", ["pandas", "polars", "numpy", "list"])
def test_containers_agree(library):
    pd = pytest.importorskip("pandas")
    rows = [[float(i % 7), float(i)] for i in range(30)]
    table = {"pandas": pd.DataFrame, "polars": lambda rows: pl.DataFrame(rows, orient="row"), "numpy": np.array}
    described = describe(table.get(library, list)(rows), labels(20, 10))
    assert [(c.low, c.high, c.n_distinct) for c in described.columns] == [(0, 6, 7), (0, 29, 30)]
    assert described.class_counts == {"a": 20, "b": 10}


def test_big_unsigned_and_polars_durations_keep_their_values():
    X = pl.DataFrame(
        {
            "u": pl.Series([0, 2**64 - 1, 5], dtype=pl.UInt64),
            "t": [timedelta(seconds=2), timedelta(seconds=5), None],
        }
    )
    found = columns_of(describe(X, labels(2, 1)))
    assert (found["u"].low, found["u"].high) == (0, 2**64 - 1)
    assert found["t"].low == "2000000 microseconds"


def test_classes_are_counted_largest_first():
    described = describe(np.arange(80.0).reshape(-1, 1) ** 2, labels(5, 60, 15))
    assert list(described.class_counts.items()) == [("b", 60), ("c", 15), ("a", 5)]
    assert described.imbalance_ratio == 12.0


def test_repeated_rows_are_counted_exactly():
    X = [[1, "x"], [1, "x"], [1, "y"], [None, "x"], [None, "x"], [1, "x"]]
    described = describe(X, [0, 0, 1, 0, 1, 0])
    # Row 1 and 5 repeat row 0; row 4 repeats row 3, and contradicts it.
    assert described.n_duplicates == 3
    assert described.n_contradictions == 1
    contradictions, duplicates = described.findings
    assert contradictions.evidence == "Equal features carry different classes 1 time (rows 3 and 4)."
    assert "In 3 rows the features equal" in duplicates.evidence
    assert duplicates.rows == (1, 4, 5)


def test_equal_values_of_other_types_are_other_levels():
    assert describe([["1"], [1], ["a"]], [0, 0, 1]).n_duplicates == 0


@pytest.mark.parametrize(
    ("counts", "expected", "absent"),
    [
        ((100, 1), "b has a single row", None),
        ((100, 9), "b (9 rows): with fewer than 10 rows, none can be held out", "most differences"),
        ((100, 10), "b (10 rows): with fewer than 50 rows, most differences", "held out"),
        ((100, 49), "most differences", "held out"),
        ((300, 50), "Strong learners", "rows most differences"),
        ((100, 60), "only 1.7 times the rows", None),
        ((100, 20), "rarely gain", "little to balance"),
    ],
)
def test_expectations_follow_the_counts(rng, counts, expected, absent):
    sentences = " ".join(describe(rng.normal(size=(sum(counts), 2)), labels(*counts)).expectations)
    assert expected in sentences
    assert absent is None or absent not in sentences


def test_columns_to_drop_and_gaps_are_named(rng):
    n = 200
    X = pl.DataFrame(
        {
            "id": range(n),
            "key": [f"k{i}" for i in range(n)],
            "same": [1] * n,
            "x": [None if i % 4 == 0 else float(i % 13) for i in range(n)],
            "many": [f"level {i // 2}" for i in rng.permutation(n)],
        }
    )
    described = describe(X, rng.permutation(labels(150, 50)))
    found = {finding.name: finding for finding in described.findings}
    assert found["identifiers"].columns == ("id", "key")
    assert "id (row numbers), key (texts, all different)" in found["identifiers"].evidence
    assert found["constant columns"].columns == ("same",)
    sentences = " ".join(described.expectations)
    assert "Values are missing in 1 column (most: x, 25%)" in sentences
    assert "many has more than 64 levels" in sentences
    assert [c.name for c in described.columns if c.is_identifier] == ["id", "key"]
    assert described.to_drop == ("id", "key", "same")
    assert "X = X.drop(columns=['id', 'key', 'same'])" in str(described)


def test_identifiers_do_not_warn_as_well():
    describe(np.arange(60).reshape(-1, 1), labels(40, 20))  # warnings are errors


def test_more_work_takes_longer(rng):
    def seconds(n_columns, n_rare):
        return describe(rng.normal(size=(900, n_columns)), labels(900 - n_rare, n_rare)).seconds

    assert 0 < seconds(3, 400) < seconds(60, 400) < seconds(60, 30)


def test_plain_values_make_the_description_again(mixed_table):
    described = describe(*mixed_table)
    plain = json.loads(json.dumps(described.to_dict(), allow_nan=False))
    assert from_plain(Description, plain) == described


def test_text_fits_80_columns_and_holds_no_control_characters(rng):
    names = ["\x1b[31mred", "a\nb", "x" * 200, "[bold]"]
    X = pl.DataFrame({name: rng.choice(["\x1b]0;title\x07", "y" * 99], size=40) for name in names})
    text = str(describe(X, np.repeat(["no\r", "yes" * 99], [30, 10])))
    assert all(char.isprintable() or char == "\n" for char in text)
    text, next_step = text.split("\nNext:\n")
    assert max(map(len, text.splitlines())) <= 80
    assert next_step.startswith("from imbgan import compare")
    for shown in (r"\x1b[31mred", r"a\nb", "[bold]", r"no\r"):
        assert shown in text


def test_wide_table_is_cut_in_the_text_only(rng):
    described = describe(rng.normal(size=(50, 100)), labels(40, 10))
    assert len(described.columns) == 100
    assert "... and 40 more" in str(described)


@pytest.mark.parametrize(
    ("y", "message"),
    [
        ([0, 0, 0], "at least 2 classes"),
        ([0, None, 1], "1 missing in y"),
        ([0.0, float("nan"), 1.0], "1 missing in y"),
        ([0, 1], "same number of rows. Got 3 and 2"),
        ([[0, 1], [1, 0], [0, 1]], "one label per row"),
    ],
)
def test_unfit_labels_are_refused(y, message):
    with pytest.raises(DataError, match=message):
        describe([[1.0], [2.0], [3.0]], y)


def test_describing_needs_no_array_framework():
    code = (
        "import sys, imbgan.quality.description; assert not {'jax', 'sklearn', 'polars', 'pandas'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
