"""A survey depends on the rows and the seed alone: neither on batches nor on who reads them in which order."""

import itertools
import pickle

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imbgan.exceptions import DataError, DataTypeError, ParameterError
from imbgan.tabular import TableEncoder, TableStatistics
from imbgan.tabular import survey as survey_module
from imbgan.tabular.labels import read_labels
from imbgan.tabular.reservoir import Address, ReservoirSize, priorities_of
from imbgan.tabular.statistics import LevelStatistics
from imbgan.tabular.survey import Survey

SMALL = ReservoirSize(per_class=40, of_largest=25, in_all=90)


def table(n: int = 400) -> tuple[pl.DataFrame, list[str]]:
    rng = np.random.default_rng(0)
    y = rng.choice(["common", "rare", "rarest"], size=n, p=[0.8, 0.17, 0.03]).tolist()
    y[-1] = "last"  # first seen in the last row
    X = pl.DataFrame(
        {
            "number": rng.normal(size=n),
            "count": rng.poisson(2.0, size=n),
            "level": rng.choice(["a", "b", "c"], size=n),
            "some": [None if i % 9 == 0 else f"v{i % 4}" for i in range(n)],
            "row": np.arange(n) + 0.5,
        }
    )
    return X, y


def walked(cuts, files=None, order=None) -> Survey:
    """Return the survey of parts; of files, each part by a survey of its own, merged in the order that is given."""
    X, y = table()
    ends = [0, *sorted(cuts), len(y)]
    parts = [(X[a:b], y[a:b], a) for a, b in itertools.pairwise(ends) if b > a]
    if order is None:
        whole = Survey(seed=7, size=SMALL)
        for rows, labels, start in parts:
            whole.update(rows, labels, rows=np.arange(start, start + len(labels)))
        return whole
    rng = np.random.default_rng(order)
    surveys = []
    for rows, labels, start in parts:
        one = Survey(seed=7, size=SMALL)
        one.update(rows, labels, rows=np.arange(start, start + len(labels)))
        surveys.append(pickle.loads(pickle.dumps(one)))  # as it comes from another process
    while len(surveys) > 1:
        i, j = rng.choice(len(surveys), size=2, replace=False)
        surveys[i].merge(surveys[j])
        del surveys[j]
    return surveys[0]


def assert_same(one: Survey, other: Survey) -> None:
    a, b = one.result(), other.result()
    assert a.X.equals(b.X)
    assert a.labels.values.tolist() == b.labels.values.tolist()
    assert a.class_counts.tolist() == b.class_counts.tolist()
    first, second = (TableEncoder.from_statistics(each.statistics) for each in (a, b))
    assert np.array_equal(first.transform(table()[0], seed=0), second.transform(table()[0], seed=0))


@settings(max_examples=20)
@given(st.sets(st.integers(1, 399), max_size=8), st.one_of(st.none(), st.integers(0, 99)))
def test_batches_and_workers_change_nothing(cuts, order):
    assert_same(walked([]), walked(cuts, order=order))


def test_the_reservoir_keeps_every_rare_row_and_its_quota_of_others():
    X, y = table()
    found = walked([100, 250]).result()
    labels = read_labels(y)
    assert found.labels.classes.tolist() == labels.classes.tolist() == ["common", "last", "rare", "rarest"]
    assert found.class_counts.tolist() == labels.counts.tolist()
    n_rare, n_rarest = labels.counts[2:].tolist()
    # 90 rows in all: the small classes whole, the others the same level, and 25 of the largest one.
    level = (90 - 1 - n_rarest) // 2
    assert found.labels.counts.tolist() == [25, 1, min(n_rare, level, 40), n_rarest]
    rows = found.X["row"].cast(int).to_list()
    assert rows == sorted(rows)
    assert X[rows].equals(found.X)
    assert [y[row] for row in rows] == found.labels.values.tolist()


def test_statistics_are_those_of_all_rows():
    X, y = table()
    labels = read_labels(y)
    whole = TableStatistics(len(labels.classes)).update(X, labels.codes)
    one, other = (TableEncoder.from_statistics(each) for each in (whole, walked([17, 200]).result().statistics))
    assert one.to_document()[0] == other.to_document()[0]
    assert np.array_equal(one.transform(X, seed=1), other.transform(X, seed=1))


def test_each_row_is_equally_probable():
    """With 500 seeds, the rows of a class are kept equally often, within five deviations."""
    n, k, n_seeds = 300, 30, 500
    kept = np.zeros(n)
    for seed in range(n_seeds):
        one = Survey(seed=seed, size=ReservoirSize(per_class=k, of_largest=k))
        one.update(np.arange(n).reshape(-1, 1).astype(float), [0] * n)
        kept[one.result().X[:, 0].astype(int)] += 1
    share = k / n
    assert kept.sum() == k * n_seeds
    assert np.abs(kept / n_seeds - share).max() < 5 * np.sqrt(share * (1 - share) / n_seeds)


def test_memory_of_the_reservoir_does_not_grow_with_rows():
    one = Survey(seed=0, size=ReservoirSize(per_class=100, of_largest=100))
    held = []
    for start in range(0, 2_000_000, 100_000):
        one.update(np.zeros((100_000, 1)), np.arange(100_000) % 2, rows=np.arange(start, start + 100_000))
        held.append(one.reservoir._n_held)
    assert max(held) <= 200 + 2**16 + 100_000
    assert one.result().labels.counts.tolist() == [100, 100]


def test_300_classes_share_the_rows():
    y = np.repeat(np.arange(300), np.arange(1, 301))
    one = Survey(size=ReservoirSize(per_class=1000, of_largest=10, in_all=9000))
    for part in np.array_split(np.random.default_rng(0).permutation(len(y)), 7):
        one.update(part.reshape(-1, 1).astype(float), y[part])
    found = one.result()
    counts = found.labels.counts
    assert counts.sum() <= 9000
    assert counts[:20].tolist() == list(range(1, 21))
    assert counts[-1] == 10
    assert counts[-2] == max(counts)


@pytest.mark.parametrize("container", [pd.DataFrame, list, np.asarray, pl.DataFrame])
def test_any_container_comes_back_as_it_is_joined(container):
    X, y = table(60)
    frame = X.select("number", "count").to_pandas()
    make = {list: lambda f: f.to_numpy().tolist(), np.asarray: lambda f: f.to_numpy(), pl.DataFrame: pl.from_pandas}
    one = Survey()
    for start in range(0, 60, 13):
        part = frame.iloc[start : start + 13]
        one.update(make.get(container, lambda f: f)(part), y[start : start + 13])
    found, wanted = one.result(), make.get(container, lambda f: f)(frame)
    assert type(found.X) is type(wanted)
    assert found.is_whole
    equal = {pd.DataFrame: lambda a, b: a.equals(b), pl.DataFrame: lambda a, b: a.equals(b)}
    assert equal.get(container, lambda a, b: np.array_equal(a, b))(found.X, wanted)


@pytest.mark.parametrize(
    "labels",
    [
        ([1, 2, 1], [2, 1, 1]),
        ([True, False, True], [True, True, True]),
        (["a", "ccc", "a"], ["bbbbb", "a", "a"]),
        (np.array(["a", "b", "a"], object), np.array(["c", "c", "c"], object)),
        (np.array([1.0, 2.0, 1.0]), np.array([3, 1, 1])),
        (np.array(["2024-01-01", "2024-01-02", "2024-01-01"], "M8[D]"), np.array(["2023-01-01"] * 3, "M8[D]")),
    ],
)
def test_labels_of_all_types(labels):
    one, other = Survey(), Survey()
    one.update(np.zeros((3, 1)), labels[0], rows=np.arange(3))
    other.update(np.ones((3, 1)), labels[1], rows=np.arange(3, 6))
    one.merge(other)
    found, wanted = one.result().labels, read_labels(np.concatenate([np.asarray(each) for each in labels]))
    assert found.values.tolist() == wanted.values.tolist()
    assert found.classes.tolist() == wanted.classes.tolist()


def test_errors_say_which_rows_they_are_about():
    one = Survey()
    one.update([[1.0], [2.0]], ["a", "b"])
    for X, y, error, message in (
        ([[1.0], [2.0]], [1, 2], DataTypeError, "numbers here, such as 1, and text before"),
        ([[1.0], [2.0]], ["a", None], DataError, "1 missing"),
        ([[1.0, 2.0]], ["a"], DataError, "2 features"),
        ([["x"]], ["a"], DataTypeError, "float values in one part and level values in another"),
    ):
        with pytest.raises(error, match=rf"^The rows from 2 \(from 0\): .*{message}"):
            one.update(X, y)
    with pytest.raises(DataError, match="holds no rows"):
        Survey().result()
    other = Survey(seed=1)
    other.update([[1.0]], ["a"])
    with pytest.raises(ParameterError, match="same seed"):
        one.merge(other)
    with pytest.raises(ParameterError, match="per_class must be a whole number of at least 2"):
        ReservoirSize(per_class=1)


def test_priorities_are_a_pure_function_of_seed_file_and_row():
    file, row = np.repeat([0, 1, 2], 1000), np.tile(np.arange(1000), 3)
    whole = priorities_of(3, Address(file, row))
    assert len(set(whole.tolist())) == 3000
    assert np.array_equal(whole[1500:1700], priorities_of(3, Address(file[1500:1700], row[1500:1700])))
    assert not np.array_equal(whole, priorities_of(4, Address(file, row)))
    # Uniform: the mean of 3,000 uniform numbers, within five deviations.
    assert abs(whole.astype(float).mean() / 2**64 - 0.5) < 5 * np.sqrt(1 / 12 / 3000)


def levels_of(order, most=50, n=2000) -> LevelStatistics:
    """Return the statistics of 2,000 levels, of which level i has i % 5 + 1 rows, read in parts in some order."""
    levels = np.repeat(np.array([f"level {i}" for i in range(n)], object), [i % 5 + 1 for i in range(n)])
    levels = np.random.default_rng(order).permutation(levels)
    halves = []
    for half in np.array_split(levels, 2):
        one = LevelStatistics(1, most)
        for part in np.array_split(half, 5):
            one.update(part, np.zeros(len(part), bool), np.zeros(len(part), int))
        halves.append(one)
    halves[0].merge(halves[1]).settle()
    return halves[0]


def test_of_many_levels_a_sample_with_exact_counts_is_kept():
    one = levels_of(0)
    assert one.is_sampled
    assert len(one.counts) == 50
    assert one.longest == len("level 1999")
    assert all(int(count[0]) == int(key.split()[1]) % 5 + 1 for key, count in one.counts.items())
    for order in (1, 2, 3):
        assert levels_of(order).counts.keys() == one.counts.keys()
    assert not levels_of(0, most=2000).is_sampled


def test_a_column_of_all_different_texts_is_known_as_such_with_few_of_them(monkeypatch):
    monkeypatch.setattr(survey_module, "MOST_LEVELS", 200)
    one = Survey()
    codes = [f"K-{i:05d}" for i in range(5000)]
    for start in range(0, 5000, 500):
        X = pl.DataFrame({"code": codes[start : start + 500], "x": np.arange(500) / 3})
        one.update(X, ["a", "b"] * 250)
    statistics = one.result().statistics
    assert len(statistics.columns[0].data.counts) == 200
    with pytest.warns(UserWarning, match="'code'"):
        encoder = TableEncoder.from_statistics(statistics, identifiers="fresh")
    fresh = encoder.inverse_transform(np.zeros((3, encoder.width), np.float32))
    # Longer than every code of the table, so that none of them can be one.
    assert not set(fresh["code"]) & set(codes)
    assert all(text.startswith("K-") and len(text) > len(codes[0]) for text in fresh["code"])


def test_memory_of_a_column_of_all_different_texts_does_not_grow_with_rows():
    statistics = LevelStatistics(2, most=64)
    for start in range(0, 60_000, 2000):
        texts = np.array([f"K-{i:07d}" for i in range(start, start + 2000)], dtype=object)
        statistics.update(texts, np.zeros(2000, dtype=bool), np.arange(2000) % 2)
    held = {id(count.base): count.base.nbytes for count in statistics.counts.values() if count.base is not None}
    assert sum(held.values()) <= 2 * 2000 * 2 * 8  # counts of two parts, not of thirty
