"""A saved encoder is JSON and arrays; it comes back exactly, or not at all."""

import copy
import datetime as dt
import enum
import json

import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy import sparse

from imbgan.exceptions import DataTypeError, ModelFileError
from imbgan.tabular import TableEncoder

N = 24
RNG = np.random.default_rng(0)
FRAME = pd.DataFrame(
    {
        "number": [None if i == 3 else value for i, value in enumerate(RNG.normal(size=N))],
        "count": RNG.integers(0, 5, N),
        "nullable": pd.Series([None, *range(2, 2 * N, 2)], dtype="Int64"),
        "unsigned": pd.Series(RNG.integers(0, 2**64 - 1, N, dtype="uint64")),
        "ordered": pd.Categorical(["lo", "hi"] * 12, categories=["lo", "mid", "hi"], ordered=True),
        "bins": pd.cut(RNG.normal(size=N), 3),
        "stamps": pd.Series(pd.to_datetime(["2020-01-01", None] * 12)).astype("category"),
        "mixed": pd.Series([1, "1", True, None] * 6, dtype="object"),
        "dates": pd.Series([dt.date(2020, 1, 1 + i) for i in range(N)], dtype="object"),
        "when": pd.date_range("2020-03-01", periods=N, freq="h", tz="Europe/Berlin"),
        "sparse": pd.arrays.SparseArray([0.0, 2.5] * 12, fill_value=0.0),
        "sparse nan": pd.arrays.SparseArray([np.nan, 2.5] * 12),
        "flag": pd.Series([True, None] * 12, dtype="boolean"),
        "arrow": pd.Series(["x", None] * 12, dtype="string[pyarrow]"),
        "constant": [dt.timedelta(hours=3)] * N,
        "empty": [np.nan] * N,
        ("a", 1): RNG.normal(size=N),
        7: [f"level {i % 9}" for i in range(N)],
    }
)
FRAME.columns = pd.Index(list(FRAME.columns), tupleize_cols=False)

TABLES = {
    "pandas": FRAME,
    "polars": pl.DataFrame(
        {
            "e": pl.Series(["a", "b", None] * 8, dtype=pl.Enum(["z", "a", "b"])),
            "t": pl.Series([dt.datetime(2020, 1, 1), dt.datetime(2021, 1, 1, 3)] * 12).dt.replace_time_zone("UTC"),
            "f": pl.Series(RNG.normal(size=N), dtype=pl.Float32),
        }
    ),
    "numpy": RNG.normal(size=(N, 2)).astype(np.float32),
    "list": [[value, str(value % 3), value / 7] for value in [5, 3, 1] * 8],
    "csc_array": sparse.csc_array(RNG.integers(0, 3, (N, 3))),
}


def fitted(name: str, **parameters: object) -> TableEncoder:
    return TableEncoder(**parameters).fit(TABLES[name], np.arange(N) % 2, n_classes=2)


def through_json(encoder: TableEncoder) -> TableEncoder:
    document, arrays = encoder.to_document()
    return TableEncoder.from_document(json.loads(json.dumps(document, allow_nan=False)), arrays)


@pytest.mark.filterwarnings("ignore::imbgan.exceptions.IdentifierColumnWarning")
@pytest.mark.parametrize("numbers", ["quantile", "minmax"])
@pytest.mark.parametrize("name", TABLES)
def test_a_saved_encoder_does_what_the_fitted_one_does(name: str, numbers: str) -> None:
    encoder = fitted(name, numbers=numbers, max_levels=6)
    loaded = through_json(encoder)
    assert loaded.schema_ == encoder.schema_ or name == "pandas"  # a NaN fill value equals nothing
    assert repr(loaded.schema_) == repr(encoder.schema_)
    assert loaded.spans == encoder.spans
    matrix = encoder.transform(TABLES[name], 1)
    np.testing.assert_array_equal(loaded.transform(TABLES[name], 1), matrix)
    first, second = encoder.inverse_transform(matrix), loaded.inverse_transform(matrix)
    if name == "pandas":
        pd.testing.assert_frame_equal(first, second)
        pd.testing.assert_frame_equal(first[["mixed", "bins", "stamps"]], FRAME[["mixed", "bins", "stamps"]])
    else:
        assert type(first) is type(second)
        assert str(getattr(first, "schema", "")) == str(getattr(second, "schema", ""))
    assert json.dumps(loaded.to_document()[0]) == json.dumps(encoder.to_document()[0])


def test_overrides_are_saved() -> None:
    X = [[value, "a" if value else "b"] for value in [0, 1, 2] * 4]
    encoder = TableEncoder().fit(X, np.arange(12) % 2, n_classes=2, kinds={0: "categorical"})
    matrix = through_json(encoder).transform(X, 0)
    assert through_json(encoder).inverse_transform(matrix) == X


def break_document(document: dict, arrays: dict, how: str) -> object:
    columns = document["columns"]
    if how == "not a document":
        return ["foreign"]
    if how == "empty":
        return {}
    if how == "format":
        document["format"] = 99
    if how == "container":
        document["container"] = "os.system"
    if how == "numbers":
        document["numbers"] = "magic"
    if how == "kind":
        columns[0]["kind"] = "evil"
    if how == "codec":
        columns[0]["codec"]["type"] = "pickle"
    if how == "no dtype":
        del columns[0]["dtype"]
    if how == "dtype field":
        columns[0]["dtype"]["surprise"] = 1
    if how == "zone":
        columns[0]["dtype"]["zone"] = "Mars/Olympus"
    if how == "dtype type":
        columns[0]["dtype"]["text"] = 5
    if how == "level type":
        columns[1]["codec"]["levels"] = [["os.system", "true"]]
    if how == "storage":
        columns[1]["codec"]["storage"] = "no such type"
    if how == "array lost":
        arrays.pop("0.edges")
    if how == "array cut":
        arrays["0.edges"] = arrays["0.edges"][:-2]
    if how == "array shuffled":
        arrays["0.edges"] = arrays["0.edges"][::-1]
    if how == "columns":
        document["columns"] = 3
    return document


@pytest.mark.parametrize(
    "how",
    [
        "not a document", "empty", "format", "container", "numbers", "kind", "codec", "no dtype",
        "dtype field", "zone",
        "dtype type", "level type", "storage", "array lost", "array cut", "array shuffled", "columns",
    ],
)  # fmt: skip
def test_a_malformed_document_is_refused(how: str) -> None:
    document, arrays = fitted("list").to_document()
    broken = break_document(copy.deepcopy(document), arrays, how)
    with pytest.raises(ModelFileError, match=r"must be a document that imbgan wrote, but .+\. Save the model again"):
        TableEncoder.from_document(broken, arrays)


class Grade(enum.StrEnum):
    GOOD = "good"
    BAD = "bad"


@pytest.mark.parametrize(
    "levels", [[b"a", b"\xff"], [1j, 2.5 - 1j], [Grade.GOOD, Grade.BAD], [dt.timedelta(1), dt.timedelta(2)]]
)
def test_levels_of_any_plain_type_are_saved(levels: list[object]) -> None:
    X = pd.DataFrame({"x": pd.Categorical(levels * 6), "z": range(12)})
    encoder = TableEncoder().fit(X, np.zeros(12, dtype=int), n_classes=1)
    matrix = encoder.transform(X, 0)
    assert through_json(encoder).inverse_transform(matrix)["x"].tolist() == levels * 6


def test_a_level_without_a_json_form_is_named() -> None:
    X = pd.DataFrame({"x": pd.Categorical([frozenset([1]), frozenset([2])] * 2)})
    encoder = TableEncoder().fit(X, np.zeros(4, dtype=int), n_classes=1)
    with pytest.raises(DataTypeError, match=r"frozenset.*cannot be saved.*before fit"):
        encoder.to_document()
