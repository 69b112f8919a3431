"""Texts of any container are read alike, and what is no text is refused with advice."""

import unicodedata

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from imbgan.exceptions import DataError, DataTypeError, ImbganError
from imbgan.text import Texts, read_texts
from imbgan.text.reading import MAX_CHARACTERS

WORDS = ["win a prize", "see you", "שלום", "é"]
# All code points, halves of surrogate pairs among them.
ANY_TEXT = st.text(st.characters(codec=None), max_size=30)
CONTAINERS = {
    "list": list,
    "tuple": tuple,
    "object array": lambda texts: np.array(texts, object),
    "string array": np.array,
    "variable-width strings": lambda texts: np.array(texts, np.dtypes.StringDType()),
    "pandas": pd.Series,
    "pandas category": lambda texts: pd.Series(texts, dtype="category"),
    "pandas index": pd.Index,
    "polars": pl.Series,
    "pyarrow": pa.array,
    "pyarrow chunks": lambda texts: pa.chunked_array([texts[:1], texts[1:]]),
}


@pytest.mark.parametrize("name", CONTAINERS)
def test_every_container_gives_the_same_texts(name):
    found = read_texts(CONTAINERS[name](WORDS))
    assert found.values.tolist() == WORDS
    assert {type(text) for text in found.values} == {str}
    assert not found.missing.any()
    assert found.remarks == ()


@pytest.mark.parametrize(
    "texts",
    [
        ["a", None],
        ["a", float("nan")],
        np.array(["a", np.nan], object),
        ["a", pd.NA],
        ["a", pd.NaT],
        pd.Series(["a", None], dtype="string"),
        pl.Series(["a", None]),
        pa.array(["a", None]),
        np.ma.array(["a", "b"], mask=[False, True]),
    ],
    ids=str,
)
def test_a_missing_text_is_an_empty_one_and_told(texts):
    found = read_texts(texts)
    assert found.values.tolist() == ["a", ""]
    assert found.missing.tolist() == [False, True]
    assert found.remarks == ("1 of 2 texts is missing and is taken for an empty one.",)


@given(st.lists(ANY_TEXT | st.none(), max_size=8))
def test_any_strings_are_read_or_refused(texts):
    try:
        found = read_texts(texts)
    except ImbganError:
        assert not any((text or "").strip() for text in texts)
        return
    assert len(found) == len(texts)
    assert found.missing.tolist() == [text is None for text in texts]
    for before, after in zip(texts, found.values, strict=True):
        after.encode()  # no half of a surrogate pair is left
        whole = before is not None and not any(unicodedata.category(char) == "Cs" for char in before)
        assert after == before or not whole
    assert read_texts(found) is found


def test_marks_of_direction_and_combining_characters_pass_unchanged():
    texts = ["\u202eabc\u202c", "e\u0301", "\u200fשלום", "नमस्ते", "👩\u200d👩\u200d👧"]
    assert read_texts(texts).values.tolist() == texts


def test_lone_halves_are_replaced_and_pairs_are_joined():
    found = read_texts(["a\ud800b", "\ud83d\ude00", "fine"])
    assert found.values.tolist() == ["a\ufffdb", "😀", "fine"]
    assert found.remarks == ("Halves of surrogate pairs in 2 texts became U+FFFD, since they stand for no character.",)


def test_a_very_long_text_is_cut_and_told():
    found = read_texts(["x" * 1_000_000, "y"])
    assert [len(text) for text in found.values] == [MAX_CHARACTERS, 1]
    assert found.remarks == ("1 text cut after 100,000 characters.",)


def test_blank_and_repeated_texts_are_told():
    assert read_texts(["a", " \t\n", ""]).remarks == ("2 of 3 texts are blank and tell nothing.",)
    assert read_texts(["a", "a"]).remarks == ("All 2 texts are equal, so that they tell no class from another.",)
    assert read_texts(["a", "a"], is_training=False).remarks == ()
    assert read_texts([""], is_training=False).values.tolist() == [""]


@pytest.mark.parametrize(
    ("texts", "error", "message"),
    [
        ([], DataError, "at least one text. Got none"),
        (np.array([], object), DataError, "at least one text"),
        (["", None, "  "], DataError, "Got 3 texts that are all blank or missing"),
        (b"bytes", DataTypeError, r"Got a single bytes; pass \[text\]"),
        ("a text", DataTypeError, r"Got a single str; pass \[text\]"),
        (["a", b"b"], DataTypeError, r"Number 1 is bytes; decode them first"),
        (["a", 7], DataTypeError, "Number 1 is 7 of type int"),
        (["a", True], DataTypeError, "Number 1 is True of type bool"),
        (np.array([1.5, 2.0]), DataTypeError, r"Number 0 is 1\.5 of type float"),
        (pd.Series(["a", pd.Timestamp("2024-01-01")]), DataTypeError, "Number 1 is Timestamp"),
        (np.array([["a"], ["b"]]), DataError, "Got a ndarray with 2 axes; pass one column"),
        (pd.DataFrame({"text": ["a"]}), DataError, "Got a DataFrame with 2 axes"),
        (pl.DataFrame({"text": ["a"]}), DataError, "with 2 axes"),
        (pl.LazyFrame({"text": ["a"]}), DataError, "with 2 axes"),
        (pa.table({"text": ["a"]}), DataError, "Got a Table with 2 axes"),
        ([["a", "b"]], DataError, "Number 0 is a list; join its parts"),
        ({"a": 1}, DataTypeError, "Got dict"),
        (None, DataTypeError, "Got NoneType"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_what_is_no_list_of_texts_is_refused_with_advice(texts, error, message):
    with pytest.raises(error, match=message):
        read_texts(texts)


def test_messages_call_texts_by_their_name():
    with pytest.raises(DataTypeError, match="'note' must be texts"):
        read_texts([1], name="note")


def test_texts_cannot_be_changed_by_accident():
    with pytest.raises(AttributeError):
        read_texts(["a"]).remarks = ()
    assert isinstance(read_texts(["a"]), Texts)
