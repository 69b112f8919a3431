"""The index of a pandas table stays, and generated rows get fresh labels."""

import numpy as np
import pandas as pd
import pytest

from imbgan.tabular import concat

DATES = pd.date_range("2024-01-01", periods=3, name="day")
INDEXES = {
    "range": (pd.RangeIndex(3), [3, 4]),
    "steps": (pd.RangeIndex(10, 16, 2, name="id"), [16, 18]),
    "numbers": (pd.Index([7, 3, 5], name="id"), [8, 9]),
    "unsigned": (pd.Index([7, 3, 5], dtype="uint8"), [8, 9]),
    "falling": (pd.RangeIndex(9, 3, -2), [10, 11]),
    "arrow": (pd.Index([7, 3, 5], dtype="int64[pyarrow]"), [8, 9]),
    "nullable": (pd.Index([7, 3, 5], dtype="Int64"), [8, 9]),
    "texts": (pd.Index(["a", "b", "generated 1"], name="id"), ["generated' 0", "generated' 1"]),
    "dates": (DATES, [pd.NaT, pd.NaT]),
    "zones": (DATES.tz_localize("Europe/Zurich"), [pd.NaT, pd.NaT]),
    "floats": (pd.Index([0.5, 1.5, 2.5]), [np.nan, np.nan]),
    "categories": (pd.CategoricalIndex(["a", "b", "a"]), [np.nan, np.nan]),
    "levels": (pd.MultiIndex.from_product([["a"], [1, 2, 3]], names=["k", "i"]), [(np.nan, np.nan)] * 2),
}


@pytest.mark.parametrize(("index", "fresh"), INDEXES.values(), ids=INDEXES)
def test_an_index_is_continued(index, fresh):
    first, second = pd.DataFrame({"x": [1, 2, 3]}, index=index), pd.DataFrame({"x": [4, 5]})
    for top, bottom in ((first, second), (first["x"], second["x"])):
        whole = concat(top, bottom)
        assert whole.index[:3].equals(index)
        assert whole.index.names == index.names
        assert isinstance(whole.index, type(index)) or isinstance(index, pd.RangeIndex)
        if not isinstance(index, pd.MultiIndex):
            assert whole.index.dtype == index.dtype
        for found, wanted in zip(whole.index[3:], fresh, strict=True):
            assert found == wanted or np.all(pd.isna(list(found) if isinstance(found, tuple) else found))
        assert np.asarray(whole["x"] if whole.ndim == 2 else whole).tolist() == [1, 2, 3, 4, 5]


def test_numbers_at_the_end_of_their_type_start_again():
    index = pd.Index([250, 255], dtype="uint8", name="id")
    whole = concat(pd.DataFrame({"x": [1, 2]}, index=index), pd.DataFrame({"x": [3]}))
    assert whole.index.equals(pd.RangeIndex(3))
    assert whole.index.name == "id"
