"""The same container comes out: columns, order, dtypes, categories, missing values."""

import datetime as dt
import importlib.util
from decimal import Decimal

import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy import sparse

from imbgan import CollectedFrameWarning, GANOverSampler

pytestmark = pytest.mark.filterwarnings("ignore::imbgan.GenerationQualityWarning")
needs_arrow = pytest.mark.skipif(importlib.util.find_spec("pyarrow") is None, reason="needs pyarrow")

Y = np.repeat(["common", "rare"], [65, 15])


def resampled(sampler, X):
    X_new, y_new = sampler.fit_resample(X, Y)
    assert len(y_new) == 130
    return X_new


def levels_within(new, old):
    return set(new.dropna().unique()) <= set(old.dropna().unique())


def test_pandas_table_of_every_kind(quick_sampler, mixed_table):
    X, _ = mixed_table
    X_new = resampled(quick_sampler(), X)
    pd.testing.assert_frame_equal(X_new.iloc[:80], X)
    assert X_new.dtypes.equals(X.dtypes)
    assert levels_within(X_new["city"], X["city"])
    assert X_new["grade"].cat.categories.equals(X["grade"].cat.categories)
    assert X_new["grade"].cat.ordered
    assert levels_within(X_new["country"], X["country"])
    made = X_new.iloc[80:]
    assert made["visits"].between(X["visits"].min(), X["visits"].max()).all()
    assert (made["opened"] == made["opened"].dt.normalize()).all()
    assert (made["stay"] % pd.Timedelta(hours=1) == pd.Timedelta(0)).all()
    assert X_new["amount"].isna().sum() >= X["amount"].isna().sum()


@needs_arrow
@pytest.mark.parametrize("backend", ["numpy_nullable", "pyarrow"])
def test_nullable_and_arrow_dtypes(backend, quick_sampler, mixed_table):
    X = mixed_table[0].convert_dtypes(dtype_backend=backend)
    X_new = resampled(quick_sampler(), X)
    assert X_new.dtypes.equals(X.dtypes)
    pd.testing.assert_frame_equal(X_new.iloc[:80], X)


@needs_arrow
def test_polars_table(quick_sampler, mixed_table):
    frame = mixed_table[0]
    X = pl.from_pandas(frame.assign(grade=frame["grade"].astype(str))).with_columns(
        grade=pl.col("grade").cast(pl.Enum(["low", "mid", "high"]))
    )
    X_new = resampled(quick_sampler(), X)
    assert X_new.schema == X.schema
    assert X_new[:80].equals(X)


def test_every_container_of_numbers_gives_the_same_rows(quick_sampler, rng):
    X = np.round(rng.normal(size=(80, 4)), 2)
    rows = resampled(quick_sampler(), X)
    tables = [
        pd.DataFrame(X, columns=list("abcd")),
        pl.DataFrame(X, schema=list("abcd")),
        X.tolist(),
        sparse.csr_matrix(X),
        sparse.csc_array(X),
        sparse.coo_array(X),
    ]
    for table in tables:
        new = resampled(quick_sampler(), table)
        assert type(new) is type(table)
        np.testing.assert_array_equal(new.toarray() if sparse.issparse(new) else np.asarray(new), rows)


@pytest.mark.parametrize("dtype", [np.float32, np.int16, np.int64, np.uint64, bool])
def test_numpy_dtypes(dtype, quick_sampler, rng):
    X = rng.integers(0, 7, size=(80, 4)).astype(dtype)
    X_new = resampled(quick_sampler(), X)
    assert X_new.dtype == dtype
    np.testing.assert_array_equal(X_new[:80], X)
    assert set(np.unique(X_new)) <= set(np.unique(X))


def test_lists_keep_the_types_of_their_cells(quick_sampler, rng):
    X = [[float(a), int(b), "xyz"[c]] for a, b, c in zip(rng.random(80), *rng.integers(0, 3, (2, 80)), strict=True)]
    X_new = resampled(quick_sampler(), X)
    assert isinstance(X_new, list)
    assert X_new[:80] == X
    assert {tuple(map(type, row)) for row in X_new} == {(float, int, str)}


def test_sparse_tables_stay_sparse(quick_sampler, rng):
    X = sparse.random(80, 4, density=0.3, format="csr", random_state=rng)
    X_new = resampled(quick_sampler(max_iter=50), X)
    assert (X_new.format, X_new.shape) == ("csr", (130, 4))
    assert (X_new[:80] != X).nnz == 0
    share = X_new[80:].nnz / (50 * 4)
    assert 0 < share < 0.7


@pytest.mark.parametrize("names", [["z", "a b", "<b>", ""], [3, 1, 0, 2]])
def test_columns_keep_their_order_and_names(names, quick_sampler, rng):
    X = pd.DataFrame(rng.normal(size=(80, 4)), columns=names)
    X_new = resampled(quick_sampler(), X)
    assert list(X_new.columns) == names
    pd.testing.assert_frame_equal(X_new.iloc[:80], X)


@needs_arrow
def test_arrow_and_lazy_tables_of_every_kind(quick_sampler, mixed_table, rng):
    import pyarrow as pa

    clock = [dt.time(int(hour), 30) for hour in rng.integers(0, 24, 80)]
    prices = [Decimal(int(cents)) / 100 for cents in rng.integers(0, 900, 80)]
    frame = pl.from_pandas(mixed_table[0].assign(grade=mixed_table[0]["grade"].astype(str))).with_columns(
        clock=pl.Series(clock),
        price=pl.Series(prices, dtype=pl.Decimal(8, 2)),
        opened=pl.col("opened").dt.replace_time_zone("America/New_York"),
    )
    table = frame.to_arrow()
    (batch,) = table.combine_chunks().to_batches()
    from_frame = resampled(quick_sampler(), frame)
    assert from_frame.schema == frame.schema
    with pytest.warns(CollectedFrameWarning) as caught:
        from_lazy = resampled(quick_sampler(), frame.lazy())
    assert [warning.category for warning in caught].count(CollectedFrameWarning) == 1
    assert isinstance(from_lazy, pl.LazyFrame)
    assert from_lazy.collect().equals(from_frame)
    for X in (table, batch):
        X_new, y_new = quick_sampler().fit_resample(X, pa.array(Y))
        assert (type(X_new), X_new.schema) == (type(X), X.schema)
        assert X_new.slice(0, 80).equals(X)
        assert isinstance(y_new, pa.Array)
        assert X_new.to_pylist() == from_frame.to_dicts()
    made = from_frame[80:]
    assert set(made["clock"].dt.minute()) == {30}
    assert made["price"].is_between(min(prices), max(prices)).all()


def test_masked_cells_are_missing_and_never_generated(quick_sampler, rng):
    X = np.ma.masked_equal(np.where(rng.random((80, 3)) < 0.25, -999, rng.integers(0, 7, (80, 3))), -999)
    X_new = resampled(quick_sampler(), X)
    assert isinstance(X_new, np.ma.MaskedArray)
    assert (X_new.dtype, X_new.fill_value) == (X.dtype, -999)
    np.testing.assert_array_equal(X_new[:80].filled(), X.filled())
    assert X_new[80:].min() >= 0
    assert X_new[80:].mask.any()


@pytest.mark.slow
def test_outcome_at_the_defaults():
    """Missing values, categories and numbers come at the rates that they have in the class."""
    rng = np.random.default_rng(0)
    y = np.repeat([0, 1], [2000, 300])
    amount = rng.lognormal(size=2300) * (1 + y)
    amount[rng.random(2300) < np.where(y, 0.4, 0.05)] = np.nan
    city = np.where(rng.random(2300) < np.where(y, 0.8, 0.2), "Lima", "Bern")
    X = pd.DataFrame({"amount": amount, "city": city, "visits": rng.poisson(2 + 3 * y)})
    X_new, _ = GANOverSampler(random_state=0).fit_resample(X, y)
    real, made = X[y == 1], X_new.iloc[2300:]
    # Margins set beforehand: three standard errors of 300 rows, and as much again for the model.
    assert abs(made["amount"].isna().mean() - real["amount"].isna().mean()) < 0.17
    assert abs((made["city"] == "Lima").mean() - (real["city"] == "Lima").mean()) < 0.14
    assert abs(made["visits"].mean() - real["visits"].mean()) < 0.8
    assert 0.6 < made["amount"].median() / real["amount"].median() < 1.6


def test_lazy_frames_are_collected_once_and_come_back_lazy(quick_sampler, rng):
    X = pl.DataFrame(rng.normal(size=(80, 4)), schema=list("abcd"))
    with pytest.warns(CollectedFrameWarning) as caught:
        X_new = resampled(quick_sampler(), X.lazy())
    assert [warning.category for warning in caught].count(CollectedFrameWarning) == 1
    assert isinstance(X_new, pl.LazyFrame)
    assert X_new.collect().equals(resampled(quick_sampler(), X))


@needs_arrow
def test_arrow_tables_and_labels(quick_sampler, rng):
    import pyarrow as pa

    frame = pd.DataFrame(rng.normal(size=(80, 4)), columns=list("abcd"))
    X_new, y_new = quick_sampler().fit_resample(pa.Table.from_pandas(frame), pa.array(Y))
    assert isinstance(X_new, pa.Table)
    assert isinstance(y_new, pa.StringArray)
    assert y_new.to_pylist() == ["common"] * 65 + ["rare"] * 65
