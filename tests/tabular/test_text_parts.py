"""The columns that can hold text are found without reading values, and none that holds some is missed."""

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from imbgan.tabular import read_table
from imbgan.tabular.containers import part_with_text
from imbgan.tabular.identifiers.evidence import FREE_TEXT, identifiers_of, may_be_free_text
from imbgan.tabular.reading import read_names

TEXTS = ["a", None, "two words", "a"]
PANDAS = {
    "str": "str",
    "object": object,
    "string": "string",
    "python": pd.StringDtype("python"),
    "category": "category",
    "arrow": pd.ArrowDtype(pa.string()),
    "dictionary": pd.ArrowDtype(pa.dictionary(pa.int32(), pa.string())),
}
NUMBERS = pd.DataFrame(
    {
        "int": [1, 2, 3, 4],
        "float": [0.5, None, 1.0, 2.0],
        "Int64": pd.array([1, None, 2, 3], "Int64"),
        "bool": [True, False, True, True],
        "time": pd.to_datetime(["2020-01-01"] * 4),
        "zone": pd.to_datetime(["2020-01-01"] * 4).tz_localize("UTC"),
        "sparse": pd.array([0.0, 0.0, 1.0, 0.0], "Sparse[float]"),
        "arrow": pd.array([1, 2, 3, None], pd.ArrowDtype(pa.int64())),
    }
)
POLARS = pl.DataFrame(
    {
        "text": TEXTS,
        "category": pl.Series(TEXTS, dtype=pl.Categorical),
        "enum": pl.Series(TEXTS, dtype=pl.Enum(["a", "two words"])),
        "object": pl.Series(TEXTS, dtype=pl.Object),
        "number": [1, 2, 3, 4],
        "time": pl.Series([0, 1, 2, 3]).cast(pl.Datetime("us")),
        "vector": pl.Series(np.ones((4, 2))),
    }
)


def names(X):
    part = part_with_text(X)
    return () if part is None else read_names(part)


@pytest.mark.parametrize("name", PANDAS)
def test_every_type_of_text_of_pandas_is_found(name):
    frame = NUMBERS.assign(note=pd.Series(TEXTS, dtype=PANDAS[name]))
    assert names(frame) == ("note",)
    part = part_with_text(frame)
    assert [column.family for column in read_table(part).columns] == ["level"]


def test_numbers_and_times_hold_none():
    for X in (
        NUMBERS,
        POLARS.select("number", "time", "vector"),
        POLARS.lazy().select("number"),
        POLARS.select("number", "time").to_arrow(),
        NUMBERS[["int", "float"]].to_numpy(),
        sparse.csr_array(np.eye(3)),
        np.ma.MaskedArray(np.eye(3)),
    ):
        assert part_with_text(X) is None


def test_types_of_polars_and_arrow():
    assert names(POLARS) == ("text", "category", "enum", "object")
    assert names(POLARS.drop("object").to_arrow()) == ("text", "category", "enum")
    assert names(POLARS.drop("object").to_arrow().to_batches()[0]) == ("text", "category", "enum")
    large = pa.table({"note": pa.array(TEXTS, pa.large_string()), "number": pa.array([1, 2, 3, 4])})
    assert names(large) == ("note",)


def test_a_container_without_names_is_looked_at_whole():
    for X in ([["a", 1.0]], np.array([["a", 1.0]], object), np.array([["a", "b"]])):
        assert part_with_text(X) is X


@given(
    st.lists(
        st.one_of(st.none(), st.integers(0, 3), st.text(alphabet="ab 文字", max_size=14)), min_size=1, max_size=130
    ),
    st.booleans(),
)
def test_no_free_text_is_missed_by_the_quick_look(cells, all_different):
    if all_different:
        cells = [f"{cell} {i}" if isinstance(cell, str) else cell for i, cell in enumerate(cells)]
    [column] = (table := read_table([[cell] for cell in cells])).columns
    is_free = identifiers_of(table).get(0) == FREE_TEXT
    assert may_be_free_text(column) or not is_free
