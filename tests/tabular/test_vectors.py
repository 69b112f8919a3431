"""Columns of vectors: read as one column per number, learned as one block, written as they came."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from imbgan import GANOverSampler
from imbgan.exceptions import DataError, DataTypeError, ParameterError
from imbgan.tabular import TableEncoder, concat, read_table
from imbgan.tabular.vectors import Element

pd = pytest.importorskip("pandas")
pl = pytest.importorskip("polars")
pa = pytest.importorskip("pyarrow")

N, SIZE = 40, 8
RNG = np.random.default_rng(0)
VECTORS = RNG.normal(size=(N, SIZE)).astype(np.float32)
COUNTS = RNG.integers(0, 9, size=(N, SIZE))
CITIES = ["a", "b"] * (N // 2)


def arrow(kind):
    return pa.table({"city": CITIES, "note": pa.array(VECTORS.tolist(), type=kind)})


TABLES = {
    "pandas lists": pd.DataFrame({"city": CITIES, "note": VECTORS.astype(float).tolist()}),
    "pandas tuples": pd.DataFrame({"city": CITIES, "note": [tuple(row) for row in VECTORS.astype(float).tolist()]}),
    "pandas arrays": pd.DataFrame({"city": CITIES, "note": list(VECTORS)}),
    "pandas whole numbers": pd.DataFrame({"city": CITIES, "note": COUNTS.tolist()}),
    "pandas arrow": pd.DataFrame(
        {"city": CITIES, "note": pd.Series(list(VECTORS), dtype=pd.ArrowDtype(pa.list_(pa.float32())))}
    ),
    "polars list": pl.DataFrame({"city": CITIES, "note": pl.Series(VECTORS.tolist(), dtype=pl.List(pl.Float32))}),
    "polars array": pl.DataFrame({"city": CITIES, "note": pl.Series(VECTORS, dtype=pl.Array(pl.Float32, SIZE))}),
    "polars bytes": pl.DataFrame({"city": CITIES, "note": pl.Series(COUNTS.tolist(), dtype=pl.List(pl.UInt8))}),
    "arrow list": arrow(pa.list_(pa.float32())),
    "arrow large list": arrow(pa.large_list(pa.float64())),
    "arrow fixed size list": arrow(pa.list_(pa.float32(), SIZE)),
    "rows": [[city, row] for city, row in zip(CITIES, VECTORS.astype(float).tolist(), strict=True)],
}


def fitted(X, **parameters):
    return TableEncoder(**parameters).fit(X, np.arange(N) % 2, n_classes=2)


def same(a, b):
    if isinstance(a, pd.DataFrame):
        pd.testing.assert_frame_equal(a, b)
    elif isinstance(a, pl.DataFrame):
        assert a.equals(b)
        assert a.schema == b.schema
    else:
        assert a == b


@pytest.mark.parametrize("name", TABLES)
def test_vectors_come_back_in_the_type_that_held_them(name):
    X = TABLES[name]
    encoder = fitted(X)
    same(encoder.inverse_transform(encoder.transform(X, seed=0)), X)
    assert encoder.spans[0] == ("number", 1)
    assert [column.kind for column in encoder.schema_.columns] == ["categorical", *["vector"] * SIZE]


@pytest.mark.parametrize("name", TABLES)
def test_a_saved_encoder_writes_the_same_vectors(name):
    X = TABLES[name]
    encoder = fitted(X)
    again = TableEncoder.from_document(*encoder.to_document())
    rows = np.random.default_rng(1).normal(size=(20, encoder.width))
    same(again.inverse_transform(rows), encoder.inverse_transform(rows))
    assert again.transform(X, seed=3).tolist() == encoder.transform(X, seed=3).tolist()


@pytest.mark.parametrize("name", TABLES)
def test_generated_vectors_are_appended_to_real_ones(name):
    X = TABLES[name]
    encoder = fitted(X)
    both = concat(X, encoder.inverse_transform(np.random.default_rng(1).normal(size=(20, encoder.width))))
    table = read_table(both)
    assert table.n_rows == N + 20
    assert table.names == read_table(X).names


@given(size=st.integers(1, 30), length=st.sampled_from([0.5, 1.0, 40.0]), seed=st.integers(0, 2**31))
def test_each_column_of_vectors_keeps_its_own_length(size, length, seed):
    rng = np.random.default_rng(seed)
    rows = rng.normal(size=(N, size + 3))
    rows *= length / np.linalg.norm(rows, axis=1, keepdims=True)
    # The numbers beside it have any length, and so has the other vector.
    X = pd.DataFrame({"note": rows.tolist(), "other": rng.normal(size=(N, 20)).tolist(), "amount": rng.normal(size=N)})
    encoder = fitted(X)
    back = encoder.inverse_transform(rng.normal(size=(60, encoder.width)))
    norms = np.linalg.norm(np.stack(back["note"]), axis=1)
    assert np.median(norms) == pytest.approx(length, rel=0.02)
    assert np.linalg.norm(np.stack(back["other"]), axis=1).std() > 0


def test_columns_that_a_pattern_chooses_are_one_vector():
    rows = VECTORS / np.linalg.norm(VECTORS, axis=1, keepdims=True)
    X = pd.DataFrame(rows, columns=[f"emb_{i}" for i in range(SIZE)]).assign(amount=RNG.normal(size=N))
    encoder = TableEncoder().fit(X, np.arange(N) % 2, n_classes=2, kinds={"emb_*": "vector"})
    back = encoder.inverse_transform(np.random.default_rng(1).normal(size=(60, encoder.width)))
    norms = np.linalg.norm(back.drop(columns="amount"), axis=1)
    assert np.median(norms) == pytest.approx(1.0, rel=0.02)
    again = TableEncoder.from_document(*encoder.to_document())
    assert again.transform(X, seed=0).tolist() == encoder.transform(X, seed=0).tolist()


def test_a_name_that_is_a_pattern_itself_is_that_column():
    table = read_table(pd.DataFrame({"a*": [1.5, 2.5], "ab": [1.0, 2.0]}), {"a*": "categorical"})
    assert dict(table.kinds) == {"a*": "categorical"}


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ([[1.0, 2.0], [1.0]], "row 0 has 2 numbers and row 1 has 1"),
        ([[1.0, 2.0], None], "row 1 holds None"),
        ([None, [1.0, 2.0]], "row 0 holds None"),
        ([[1.0, 2.0], [1.0, float("nan")]], "row 1 holds NaN"),
        ([[1.0, 2.0], [[1.0], [2.0]]], "no vector of numbers"),
        ([[1.0, 2.0], ["a", "b"]], "no vector of numbers"),
        ([[1.0, 2.0], [1.0, float("inf")]], "infinite"),
        ([[], []], "without numbers"),
    ],
)
def test_vectors_that_cannot_be_read_are_named(cells, message):
    with pytest.raises(DataError, match=message):
        read_table(pd.DataFrame({"note": cells, "city": ["a", "b"]}))


@pytest.mark.parametrize("table", [pl.DataFrame, lambda data: pa.table(data)])
def test_vectors_of_several_lengths_or_none_are_named_in_other_containers(table):
    with pytest.raises(DataError, match="row 0 has 2 numbers and row 1 has 1"):
        read_table(table({"note": [[1.0, 2.0], [1.0]]}))
    with pytest.raises(DataError, match="row 1 holds None"):
        read_table(table({"note": [[1.0, 2.0], None]}))


def test_lists_of_texts_are_no_vectors():
    with pytest.raises(DataTypeError, match="list"):
        read_table(pd.DataFrame({"note": [["a"], ["b"]]}))


def test_vectors_of_another_length_later_are_named():
    encoder = fitted(TABLES["pandas arrays"])
    with pytest.raises(DataError, match="vectors of 5 numbers, but of 8 when fitted"):
        encoder.transform(TABLES["pandas arrays"].assign(note=list(VECTORS[:, :5])), seed=0)


@pytest.mark.parametrize(
    ("kinds", "message"),
    [
        ({"note": "continuous"}, "must be 'vector'"),
        ({"city": "vector"}, "cannot be of kind 'vector'"),
        ({"emb_*": "vector"}, "lacks"),
        ({"c*": "categorical", "city": "identifier"}, "as 'categorical' and as 'identifier'"),
    ],
)
def test_kinds_that_do_not_fit_are_refused(kinds, message):
    with pytest.raises((ParameterError, DataTypeError), match=message):
        read_table(TABLES["pandas arrays"], kinds)


def test_names_of_elements_show_the_vector_and_the_place():
    assert str(Element("note", 3, 8)) == "note[3]"
    assert repr(Element("note", 3, 8)) == "'note[3]'"


@pytest.mark.parametrize("name", ["pandas arrays", "polars array", "arrow fixed size list", "rows"])
def test_the_sampler_generates_vectors(name):
    y = np.array([0] * 30 + [1] * 10)
    X, labels = GANOverSampler(random_state=0, max_iter=20).fit_resample(TABLES[name], y)
    table = read_table(X)
    assert table.n_rows == len(labels) == 60
    assert table.names == read_table(TABLES[name]).names
