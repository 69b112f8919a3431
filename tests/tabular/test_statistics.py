"""Statistics of parts, merged, are those of the whole."""

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from imbgan.exceptions import DataError, DataTypeError, ParameterError
from imbgan.tabular import TableEncoder, TableStatistics
from imbgan.tabular.statistics.sketch import SKETCH_CAP, Sketch

pytestmark = pytest.mark.filterwarnings("ignore::imbgan.exceptions.IdentifierColumnWarning")


def fingerprint(encoder: TableEncoder) -> tuple[str, dict[str, list]]:
    """Return everything an encoder knows as comparable text."""
    document, arrays = encoder.to_document()
    return json.dumps(document), {name: array.tolist() for name, array in arrays.items()}


cells = st.tuples(
    st.one_of(st.none(), st.floats(-1e6, 1e6), st.integers(0, 3).map(float)),
    st.one_of(st.none(), st.integers(-5, 5)),
    st.one_of(st.none(), st.sampled_from(["a", "b", "c"])),
    st.one_of(st.none(), st.booleans()),
    st.one_of(st.none(), st.datetimes()),
    st.integers(0, 2),
)


@given(st.lists(cells, min_size=1, max_size=40), st.lists(st.integers(1, 39), max_size=4), st.booleans())
def test_merged_parts_give_the_encoder_of_the_whole(rows: list, cuts: list[int], merge: bool) -> None:
    X, y = [list(row[:-1]) for row in rows], np.array([row[-1] for row in rows])
    whole = TableStatistics(3).update(X, y)
    parts = np.split(np.arange(len(X)), sorted({cut for cut in cuts if cut < len(X)}))
    total = TableStatistics(3)
    for part in parts:
        chunk = [X[i] for i in part]
        if merge:
            total.merge(TableStatistics(3).update(chunk, y[part]))
        else:
            total.update(chunk, y[part])
    assert total.n_rows == len(X)
    assert fingerprint(TableEncoder.from_statistics(total)) == fingerprint(TableEncoder.from_statistics(whole))
    assert fingerprint(TableEncoder().fit(X, y, n_classes=3)) == fingerprint(TableEncoder.from_statistics(whole))


def rank_error(sketch: Sketch, values: np.ndarray) -> float:
    """Return the greatest error of the sketch's cumulative distribution at its own points."""
    true = np.searchsorted(np.sort(values), sketch.values, side="right") / len(values)
    return float(np.abs(np.cumsum(sketch.weights) / sketch.total - true).max())


@pytest.mark.parametrize("n_parts", [1, 10])
def test_beyond_the_cap_ranks_are_kept_within_error(n_parts: int) -> None:
    rng = np.random.default_rng(0)
    values = np.concatenate([rng.standard_cauchy(60_000), np.full(20_000, 1.25)])
    rng.shuffle(values)
    sketch = None
    for part in np.array_split(values, n_parts):
        sketch = sketch.merge(Sketch.of(part)) if sketch else Sketch.of(part)
    assert len(sketch.values) <= SKETCH_CAP + 2
    assert not sketch.exact
    assert sketch.total == len(values)
    assert sketch.values[0] == values.min()
    assert sketch.values[-1] == values.max()
    assert sketch.ties[np.searchsorted(sketch.values, 1.25)] == 20_000
    assert np.isin(sketch.values, values).all()
    assert rank_error(sketch, values) < 0.002
    # The tails are finer than the middle.
    ranks = np.cumsum(sketch.weights) / sketch.total
    tail = sketch.weights[ranks < 0.001].max()
    assert tail < 0.2 * sketch.weights[(ranks > 0.2) & (sketch.ties < 100)].max()


def test_a_compressed_column_still_brings_back_integers_and_decimals() -> None:
    rng = np.random.default_rng(1)
    X = pd.DataFrame({"id": rng.integers(0, 10**6, 40_000), "price": np.round(rng.lognormal(3, 1, 40_000), 2)})
    y = (rng.random(40_000) < 0.02).astype(int)
    encoder = TableEncoder().fit(X, y, n_classes=2)
    pd.testing.assert_frame_equal(encoder.inverse_transform(encoder.transform(X, 0)), X)


def test_parts_that_do_not_fit_together_are_refused() -> None:
    y = np.array([0, 1])
    first = TableStatistics(2).update(pd.DataFrame({"a": [1, 2], "b": [1, 2]}), y)
    with pytest.raises(DataError, match="got 'c' where 'b' was"):
        first.merge(TableStatistics(2).update(pd.DataFrame({"a": [1, 2], "c": [1, 2]}), y))
    with pytest.raises(DataError, match="got 1 columns and 2 classes where 2 and 2"):
        first.merge(TableStatistics(2).update(pd.DataFrame({"a": [1, 2]}), y))
    with pytest.raises(DataError, match="missing 'b'"):
        first.update(pd.DataFrame({"a": [1, 2]}), y)
    with pytest.raises(DataTypeError, match="'b' holds int values in one part and level values in another"):
        first.update(pd.DataFrame({"a": [1, 2], "b": ["x", "y"]}), y)
    with pytest.raises(DataError, match="0 sample"):
        TableEncoder.from_statistics(TableStatistics(2))


def test_categories_of_parts_are_united() -> None:
    y = np.array([0, 1])
    first = TableStatistics(2).update(pd.DataFrame({"a": pd.Categorical(["x", "y"])}), y)
    first.merge(TableStatistics(2).update(pd.DataFrame({"a": pd.Categorical(["z", "y"])}), y))
    assert TableEncoder.from_statistics(first).schema_.columns[0].dtype.categories == ("x", "y", "z")


def test_class_codes_are_checked() -> None:
    X = [[1.0], [2.0]]
    with pytest.raises(DataError, match=r"shape \(2,\).*got int64 of shape \(3,\)"):
        TableStatistics(2).update(X, np.array([0, 1, 0]))
    with pytest.raises(ParameterError, match="from 0 to 1, got 0 to 2"):
        TableStatistics(2).update(X, np.array([0, 2]))
    with pytest.raises(DataError, match="integer class codes"):
        TableStatistics(2).update(X, np.array([0.0, 1.0]))
