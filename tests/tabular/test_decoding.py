"""Decoding in parts: the same cells as row by row, each level converted once."""

import datetime as dt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from imbgan.tabular import TableEncoder
from imbgan.tabular.codecs.base import highest
from imbgan.tabular.containers import pandas as pandas_container
from imbgan.tabular.parts import Parts
from imbgan.tabular.schema import Coded, plain_part

pd = pytest.importorskip("pandas")
pl = pytest.importorskip("polars")
pa = pytest.importorskip("pyarrow")
N = 300


@given(
    arrays(
        np.float32,
        array_shapes(min_dims=2, max_dims=2, max_side=9),
        elements=st.sampled_from([-1.0, -0.0, 0.0, 0.5, 1.0]),
    )
)
def test_the_highest_score_is_the_first_of_equal_ones(scores):
    np.testing.assert_array_equal(highest(scores), scores.argmax(axis=1))


def cells(rng: np.random.Generator) -> dict[str, list[object]]:
    texts = rng.choice(["a", "b", "ç"], N).tolist()
    return {
        "number": rng.normal(size=N).tolist(),
        "text": texts,
        "gaps": [None if i % 7 == 0 else text for i, text in enumerate(texts)],
        "flag": (rng.random(N) < 0.5).tolist(),
        "many": [f"city {i}" for i in rng.integers(90, size=N)],
        "day": [dt.date(2024, 1, 1 + i) for i in rng.integers(28, size=N).tolist()],
    }


def tables(rng: np.random.Generator) -> dict[str, object]:
    columns = cells(rng)
    frame = pd.DataFrame(columns)
    return {
        "pandas": frame,
        "pandas of other types": frame.astype({"text": "category", "gaps": object, "many": "string"}).convert_dtypes(),
        "polars": pl.DataFrame(columns).with_columns(pl.col("text").cast(pl.Categorical)),
        "arrow": pa.table(columns),
        "arrow of dictionaries": pa.table({**columns, "gaps": pa.array(columns["gaps"]).dictionary_encode()}),
        "objects": frame.astype(object).to_numpy(),
        "lists": frame.astype(object).to_numpy().tolist(),
    }


def plain(table: object) -> list[list[object]]:
    """Return the cells as Python objects, by which tables of dictionaries can be compared."""
    if isinstance(table, pa.Table):
        return [column.to_pylist() for column in table.columns]
    if isinstance(table, pl.DataFrame):
        return [column.to_list() for column in table.get_columns()]
    return pd.DataFrame(table).astype(object).where(pd.DataFrame(table).notna(), None).T.to_numpy().tolist()


@pytest.mark.parametrize("name", tables(np.random.default_rng(0)))
def test_levels_that_are_converted_once_make_the_table_of_levels_converted_in_each_row(name, rng):
    table = tables(rng)[name]
    y = (np.arange(N) % 10 == 0).astype(int)
    encoder = TableEncoder().fit(table, y, n_classes=2)
    matrix = encoder.transform(table, seed=0)
    parts = encoder.decode(matrix)
    assert any(isinstance(part, Coded) for part in parts)
    once, each = encoder.write(parts, N), encoder.write([plain_part(part) for part in parts], N)
    assert type(once) is type(each)
    assert plain(once) == plain(each)
    types = [getattr(made, "dtypes", getattr(made, "schema", None)) for made in (once, each)]
    assert str(types[0]) == str(types[1])


@pytest.mark.parametrize("name", ["pandas", "polars", "arrow", "lists"])
def test_chunks_in_any_order_make_the_whole_table(name, rng):
    table = tables(rng)[name]
    encoder = TableEncoder().fit(table, (np.arange(N) % 10 == 0).astype(int), n_classes=2)
    matrix = encoder.transform(table, seed=0)
    parts = Parts(N)
    for start, stop in ((100, 250), (0, 100), (250, N)):
        parts.put(start, encoder.decode(matrix[start:stop], rows=np.arange(start, stop)))
    assert plain(encoder.write(parts.columns, N)) == plain(encoder.inverse_transform(matrix))


def test_a_level_is_converted_once_however_many_rows_hold_it(monkeypatch, rng):
    converted: list[int] = []
    write = pandas_container.write_column

    def counted(dtype, values, missing):
        converted.append(len(values))
        return write(dtype, values, missing)

    monkeypatch.setattr(pandas_container, "write_column", counted)
    table = pd.DataFrame({"text": rng.choice(["a", "b", "c"], N), "many": [f"city {i % 90}" for i in range(N)]})
    encoder = TableEncoder().fit(table, (np.arange(N) % 10 == 0).astype(int), n_classes=2)
    encoder.inverse_transform(encoder.transform(table, seed=0))
    assert converted == [3, 90]
