"""Class labels: every container and type gives the same classes, or one clear error."""

import array
import datetime as dt
import enum
from collections import deque
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from imbgan.exceptions import DataError, DataTypeError, ImbganError
from imbgan.tabular.labels import label_text, read_labels, take_labels

CODES = [0, 1, 0, 2, 1]
TEXTS = ["a", "b", "a", "c", "b"]
DAYS = [dt.date(2024, 1, 1 + code) for code in CODES]
MOMENTS = [dt.datetime(2024, 1, 1 + code) for code in CODES]
TOKYO = dt.timezone(dt.timedelta(hours=9))


class Color(str, enum.Enum):  # noqa: UP042 - text enumerations of the older kind
    RED = "red"
    BLUE = "blue"
    GREEN = "green"


class Level(enum.IntEnum):
    LOW = 0
    MIDDLE = 1
    HIGH = 2


ACCEPTED = {
    "ints": (CODES, [0, 1, 2]),
    "tuple": (tuple(CODES), [0, 1, 2]),
    "range": (range(5), [0, 1, 2, 3, 4]),
    "deque": (deque(CODES), [0, 1, 2]),
    "array module": (array.array("i", CODES), [0, 1, 2]),
    "object ints": (np.array(CODES, dtype=object), [0, 1, 2]),
    "object NumPy ints": (np.array([np.int16(code) for code in CODES], dtype=object), [0, 1, 2]),
    "ints and whole floats": ([0, 1.0, 0, 2, 1.0], [0, 1, 2]),
    "whole floats": ([0.0, 1.0, 0.0, 2.0, 1.0], [0.0, 1.0, 2.0]),
    "float16": (np.array(CODES, np.float16), [0.0, 1.0, 2.0]),
    "beyond int64": ([2**63 + code for code in CODES], [2**63, 2**63 + 1, 2**63 + 2]),
    "object floats": (np.array([float(code) for code in CODES], dtype=object), [0.0, 1.0, 2.0]),
    "int enumeration": ([Level(code) for code in CODES], [0, 1, 2]),
    "decimals": ([Decimal(code) for code in CODES], [0, 1, 2]),
    "fractions": ([Fraction(code) for code in CODES], [0, 1, 2]),
    "rows of one cell": ([[code] for code in CODES], [0, 1, 2]),
    "rows of one text": ([[text] for text in TEXTS], ["a", "b", "c"]),
    "column": (np.array(CODES)[:, None], [0, 1, 2]),
    "unmasked": (np.ma.array(CODES, mask=False), [0, 1, 2]),
    "texts": (TEXTS, ["a", "b", "c"]),
    "bytes of text": (np.array(TEXTS, dtype=np.dtypes.StringDType()), ["a", "b", "c"]),
    "object texts": (np.array(TEXTS, dtype=object), ["a", "b", "c"]),
    "NumPy texts": (list(np.array(TEXTS)), ["a", "b", "c"]),
    "text enumeration": ([list(Color)[code] for code in CODES], ["blue", "green", "red"]),
    "bools": ([True, False, True], [False, True]),
    "object bools": (np.array([True, False, np.True_], dtype=object), [False, True]),
    "days": (DAYS, [dt.date(2024, 1, day) for day in (1, 2, 3)]),
    "moments": (MOMENTS, [dt.datetime(2024, 1, day) for day in (1, 2, 3)]),
    "datetime64": (np.array(MOMENTS, "datetime64[ns]"), [dt.datetime(2024, 1, day) for day in (1, 2, 3)]),
    "timestamps": ([pd.Timestamp(moment) for moment in MOMENTS], [dt.datetime(2024, 1, day) for day in (1, 2, 3)]),
    "moments of a zone": (
        [moment.replace(tzinfo=TOKYO) for moment in MOMENTS],
        [dt.datetime(2023, 12, 31, 15), dt.datetime(2024, 1, 1, 15), dt.datetime(2024, 1, 2, 15)],
    ),
    "durations": ([dt.timedelta(days=code) for code in CODES], [dt.timedelta(days=code) for code in (0, 1, 2)]),
    "timedeltas": (pd.to_timedelta(CODES, unit="D"), [dt.timedelta(days=code) for code in (0, 1, 2)]),
    "pandas Categorical": (pd.Categorical(TEXTS, ["c", "b", "a", "unseen"]), ["a", "b", "c"]),
    "Categorical of ints": (pd.Categorical(CODES), [0, 1, 2]),
    "pandas array": (pd.array(CODES), [0, 1, 2]),
    "pandas nullable bools": (pd.array([True, False, True]), [False, True]),
    "pandas Index": (pd.Index(TEXTS), ["a", "b", "c"]),
    "pandas Series of objects": (pd.Series([True, False, True], dtype=object), [False, True]),
    "pandas sparse": (pd.Series(CODES, dtype="Sparse[int]"), [0, 1, 2]),
    "pandas zone": (pd.Series(MOMENTS).dt.tz_localize("UTC"), [dt.datetime(2024, 1, day) for day in (1, 2, 3)]),
    "pandas frame": (pd.DataFrame({"label": TEXTS}), ["a", "b", "c"]),
    "polars": (pl.Series(TEXTS), ["a", "b", "c"]),
    "polars categories": (pl.Series(TEXTS, dtype=pl.Categorical), ["a", "b", "c"]),
    "polars enumeration": (pl.Series(TEXTS, dtype=pl.Enum(["c", "b", "a"])), ["a", "b", "c"]),
    "polars decimals": (pl.Series([Decimal(code) for code in CODES]), [0, 1, 2]),
    "polars 128 bits": (pl.Series(CODES, dtype=pl.Int128), [0, 1, 2]),
    "polars days": (pl.Series(DAYS), [dt.date(2024, 1, day) for day in (1, 2, 3)]),
    "polars frame": (pl.DataFrame({"label": CODES}), [0, 1, 2]),
}


@pytest.mark.parametrize("name", ACCEPTED)
def test_labels_are_read(name):
    y, classes = ACCEPTED[name]
    labels = read_labels(y)
    assert labels.classes.tolist() == classes
    assert [type(label) for label in labels.classes.tolist()] == [type(label) for label in classes]
    np.testing.assert_array_equal(labels.classes[labels.codes], labels.values)
    assert labels.counts.sum() == len(labels)
    assert read_labels(labels) is labels


@pytest.mark.parametrize("name", ACCEPTED)
def test_labels_are_taken_in_their_container(name):
    y, _ = ACCEPTED[name]
    rows = np.array([2, 0, 0])
    taken = take_labels(y, rows)
    np.testing.assert_array_equal(read_labels(taken).values, read_labels(y).values[rows])
    if not isinstance(y, tuple | range | deque | array.array):
        assert type(taken) is type(y)
        assert getattr(taken, "dtype", None) == getattr(y, "dtype", None)


def test_arrow_columns():
    pa = pytest.importorskip("pyarrow")
    for column in (pa.array(TEXTS), pa.chunked_array([TEXTS[:2], TEXTS[2:]]), pa.array(TEXTS).dictionary_encode()):
        assert read_labels(column).classes.tolist() == ["a", "b", "c"]
        taken = take_labels(column, np.array([3, 0]))
        assert type(taken) is type(column)
        assert taken.to_pylist() == ["c", "a"]
    with pytest.raises(DataError, match="1 missing in y"):
        read_labels(pa.array(["a", None]))


MISSING = {
    "None": ["a", None, "b"],
    "NaN": [0.0, float("nan"), 1.0],
    "NaN among texts": ["a", float("nan"), "b"],
    "NumPy NaN": np.array(["a", np.float32("nan"), "b"], dtype=object),
    "NaT": [dt.date(2024, 1, 1), pd.NaT, dt.date(2024, 1, 2)],
    "NumPy NaT": [dt.date(2024, 1, 1), np.datetime64("NaT"), dt.date(2024, 1, 2)],
    "NA": pd.array([1, None, 0]),
    "decimal NaN": [Decimal(1), Decimal("NaN"), Decimal(0)],
    "signaling NaN": [Decimal(1), Decimal("sNaN"), Decimal(0)],
    "masked": np.ma.array([1, -999, 0], mask=[False, True, False]),
    "masked text": np.ma.array(["a", "b", "c"], mask=[False, True, False]),
    "masked cell": [1, np.ma.masked, 0],
    "category": pd.Categorical(["a", None, "b"]),
    "StringDType": np.array(["a", np.nan, "b"], dtype=np.dtypes.StringDType(na_object=np.nan)),
    "polars bools": pl.Series([True, None, False]),
    "polars categories": pl.Series(["a", None, "b"], dtype=pl.Categorical),
    "polars decimals": pl.Series([Decimal(1), None, Decimal(0)]),
    "no class": np.array([[1, 0], [0, 0], [0, 1]]),
}


@pytest.mark.parametrize("name", MISSING)
def test_missing_labels_are_counted_and_placed(name):
    with pytest.raises(DataError, match=r"must have a label. Got 1 missing in y \(NaN; first at row 1\)"):
        read_labels(MISSING[name], one_vs_rest=True)


class Shape(enum.Enum):
    ROUND = 1


REFUSED = {
    "nothing": (None, DataError, "requires y to be passed"),
    "number": (3, DataTypeError, "one label per row: .* Got int"),
    "0-d": (np.array(3), DataError, r"shape \(\)"),
    "text": ("labels", DataTypeError, "Got str"),
    "set": ({0, 1}, DataTypeError, "Got set; pass a list"),
    "dict": ({0: 1}, DataTypeError, "Got dict"),
    "generator": ((code for code in CODES), DataTypeError, "Got generator"),
    "lazy": (pl.LazyFrame({"y": CODES}), DataTypeError, "Got LazyFrame"),
    "sparse": (sparse.csr_array(np.eye(3)), DataTypeError, r"must not be sparse.*toarray"),
    "empty": ([], DataError, r"0 sample\(s\)"),
    "two columns": (np.eye(3), DataError, r"one label per row. Got an array of shape \(3, 3\).*argmax"),
    "frame of two": (pd.DataFrame({"a": CODES, "b": CODES}), DataError, r"shape \(5, 2\)"),
    "three dimensions": (np.zeros((2, 1, 1)), DataError, r"shape \(2, 1, 1\)"),
    "ragged": ([[0], [1, 2]], DataTypeError, "Got list in y"),
    "int and text": ([0, "1", 0], DataTypeError, "one type. Got in y: 2 number.*1 text .first at row 1"),
    "bool and int": ([True, 1, 0], DataTypeError, "1 boolean .* 2 number"),
    "objects of both": (np.array([0, "1"], dtype=object), DataTypeError, "1 number.*1 text"),
    "day and moment": ([DAYS[0], MOMENTS[0]], DataTypeError, "1 date .* 1 time "),
    "with and without zone": ([MOMENTS[0], MOMENTS[0].replace(tzinfo=TOKYO)], DataTypeError, "time with a zone"),
    "tuples": ([("a", 1), ("b", 2)], DataTypeError, "Got tuple in y"),
    "MultiIndex": (pd.MultiIndex.from_tuples([("a", 1)]), DataTypeError, "Got tuple"),
    "enumeration": ([Shape.ROUND], DataTypeError, "Got Shape"),
    "periods": (pd.period_range("2024", periods=3, freq="D"), DataTypeError, "Got Period"),
    "intervals": (pd.cut([1, 2, 3], 2), DataTypeError, "Got Interval"),
    "bytes": (np.array([b"a", b"b"]), DataTypeError, "Got bytes"),
    "structured": (np.zeros(3, dtype=[("a", int)]), DataTypeError, "Got void"),
    "times of day": ([dt.time(1), dt.time(2)], DataTypeError, "Got time"),
    "polars lists": (pl.Series([[1], [2]]), DataTypeError, "Got ndarray"),
    "complex": (np.array([1j, 0]), DataError, "Complex data not supported"),
    "measurements": ([0.0, 0.5], DataError, r"Unknown label type: continuous.*0\.5 \(first at row 1\)"),
    "decimal measurements": ([Decimal("0.5")], DataError, "Unknown label type: continuous"),
    "infinite": ([1.0, float("inf")], DataError, r"contains infinity \(first at row 1\)"),
    "infinite decimal": ([Decimal(1), Decimal("-inf")], DataError, r"contains infinity \(first at row 1\)"),
    "huge": ([2**70, 0], DataError, "64 bits"),
    "huge and negative": ([2**63, -1], DataError, "64 bits"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_other_labels_are_refused_with_advice(name):
    y, error, message = REFUSED[name]
    with pytest.raises(error, match=message) as caught:
        read_labels(y)
    assert "X must" not in str(caught.value)


def test_an_array_that_cannot_be_read_is_named():
    class Remote:
        def __array__(self, dtype=None, copy=None):
            raise RuntimeError("lives on another machine")

    with pytest.raises(DataTypeError, match="Got Remote, and reading it failed: lives on another machine"):
        read_labels(Remote())


def test_one_vs_rest_coding():
    coded = np.array([[0, 1], [1, 0], [0, 1]])
    assert read_labels(coded, one_vs_rest=True).values.tolist() == [1, 0, 1]
    for wrong in ([[1, 1], [0, 1]], [[0, 2], [1, 0]], [[0.5, 0.5], [1, 0]], [["a", "b"], ["c", "d"]]):
        with pytest.raises(DataError, match="Multilabel and multioutput targets are not supported"):
            read_labels(np.array(wrong), one_vs_rest=True)


def test_numbers_of_rows_that_differ_have_one_wording():
    labels = read_labels(CODES)
    labels.check_rows(5)
    with pytest.raises(DataError, match=r"^X and y must have the same number of rows. Got 6 and 5\.$"):
        labels.check_rows(6)


def test_one_class_is_refused():
    with pytest.raises(DataError, match=r"at least 2 classes.*'a'"):
        read_labels(["a", "a"]).check_two_classes()


@pytest.mark.parametrize(
    ("label", "text"),
    [
        (1, "1"),
        (1.0, "1"),
        (np.float32(1), "1"),
        (-0.0, "0"),
        (1.5, "1.5"),
        (True, "True"),
        (np.True_, "True"),
        ("1.0", "1.0"),
        (np.str_("x"), "x"),
        (dt.date(2024, 1, 2), "2024-01-02"),
        (np.datetime64("2024-01-02"), "2024-01-02"),
        (np.datetime64("2024-01-02T00:00:00.000000001"), "2024-01-02T00:00:00.000000001"),
    ],
)
def test_label_as_text(label, text):
    assert label_text(label) == text


def test_moments_that_differ_by_nanoseconds_stay_apart():
    moments = np.array(["2024-01-01T00:00:00.000000001", "2024-01-01T00:00:00.000000002"], "datetime64[ns]")
    labels = read_labels(moments)
    assert len(set(labels.texts)) == 2


@given(
    st.one_of(
        st.lists(st.integers(-(2**63), 2**63 - 1), min_size=1),
        st.lists(st.text(st.characters(exclude_characters="\0", codec="utf-8")), min_size=1),
        st.lists(st.booleans(), min_size=1),
        st.lists(st.datetimes(), min_size=1),
        st.lists(st.dates(), min_size=1),
    )
)
def test_every_label_is_found_again(y):
    labels = read_labels(y)
    assert labels.classes[labels.codes].tolist() == y
    assert labels.classes.tolist() == sorted(set(y))
    objects = np.empty(len(y), dtype=object)
    objects[:] = y
    np.testing.assert_array_equal(read_labels(objects).codes, labels.codes)


@given(st.lists(st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.binary(), st.tuples())))
def test_any_list_is_read_or_refused_by_an_error_of_ours(y):
    try:
        labels = read_labels(y)
    except ImbganError:
        return
    assert labels.classes[labels.codes].tolist() == y
