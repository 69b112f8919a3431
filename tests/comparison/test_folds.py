"""Nothing leaks across a split: copies and groups stay together, classes are dealt out evenly."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.model_selection import KFold, StratifiedKFold

from imbgan.comparison.folds import find_blocks, make_folds, same_rows, split
from imbgan.exceptions import DataError, ParameterError
from imbgan.random import Streams


def folds_of(X, y, *, groups=None, cv=None):
    blocks = find_blocks(X, groups)
    return blocks, make_folds(np.asarray(y), blocks, cv, Streams(0))


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=40))
def test_same_rows_agrees_with_counting_rows(rows):
    ids = same_rows(np.array(rows, float))
    for i, first in enumerate(rows):
        for j, second in enumerate(rows):
            assert (ids[i] == ids[j]) == (first == second)


def test_same_rows_reads_categories_and_missing_values():
    rows = [["a", None], ["a", None], ["a", 1.0], [None, 1.0], ["b", None], [None, 1.0]]
    assert same_rows(rows).tolist() == [same_rows(rows)[i] for i in (0, 0, 2, 3, 4, 3)]
    assert len(set(same_rows(rows).tolist())) == 4


@given(seed=st.integers(0, 50), n_splits=st.integers(2, 5), has_groups=st.booleans())
def test_split_parts_no_block_and_tests_each_row_once(seed, n_splits, has_groups):
    rng = np.random.default_rng(seed)
    codes = rng.permutation(np.repeat([0, 1], [80, 20]))
    blocks = rng.integers(0, 70, size=100)
    tested = np.zeros(100, int)
    for train, test in split(codes, blocks, n_splits=n_splits, seed=seed, has_groups=has_groups):
        assert not set(blocks[train]) & set(blocks[test])
        assert len(train) + len(test) == 100
        tested[test] += 1
    assert (tested == 1).all()


def test_without_copies_folds_have_the_natural_class_shares(rng):
    y = rng.permutation(np.repeat([0, 1], [950, 50]))
    _, folds = folds_of(rng.normal(size=(1000, 3)), y)
    assert len(folds) == 10
    assert {int(y[fold.test].sum()) for fold in folds} == {10}
    assert [fold.repeat for fold in folds] == [0] * 5 + [1] * 5
    assert not np.array_equal(folds[0].test, folds[5].test)


def test_copies_stay_in_one_fold_and_are_counted(rng):
    X = rng.normal(size=(200, 2))
    X[100:150] = X[:50]
    blocks, folds = folds_of(X, np.repeat([0, 1], 100))
    assert blocks.n_duplicates == 50
    for fold in folds:
        assert not {tuple(row) for row in X[fold.train]} & {tuple(row) for row in X[fold.test]}


def test_a_common_value_is_dealt_out(rng):
    X = np.concatenate([np.zeros((300, 2)), rng.normal(size=(700, 2))])
    y = rng.permutation(np.repeat([0, 1], [900, 100]))
    _, folds = folds_of(X, y)
    assert all(190 <= len(fold.test) <= 210 for fold in folds)


def test_groups_and_copies_are_joined(rng):
    X = rng.normal(size=(120, 2))
    X[0] = X[119]  # ties the first group to the last one
    groups = np.repeat([f"patient {i}" for i in range(40)], 3)
    blocks, folds = folds_of(X, rng.permutation(np.repeat([0, 1], [80, 40])), groups=groups)
    assert blocks.ids[0] == blocks.ids[2] == blocks.ids[117] == blocks.ids[119]
    for fold in folds:
        assert not set(groups[fold.train]) & set(groups[fold.test])


def test_own_splitter_loses_training_copies_of_test_rows(rng):
    X = np.repeat(rng.normal(size=(50, 2)), 2, axis=0)
    y = np.repeat([0, 1], 50)
    splitter = StratifiedKFold(5, shuffle=True, random_state=0)
    blocks, folds = folds_of(X, y, cv=splitter)
    assert [fold.test.tolist() for fold in folds] == [test.tolist() for _, test in splitter.split(X, y)]
    for fold in folds:
        assert not set(blocks.ids[fold.train]) & set(blocks.ids[fold.test])
        assert len(fold.train) > 0


def test_own_folds_that_part_a_group_are_refused(rng):
    X, y, groups = rng.normal(size=(40, 2)), np.tile([0, 1], 20), np.repeat(np.arange(10), 4)
    with pytest.raises(ParameterError, match=r"share .* groups"):
        folds_of(X, y, groups=groups, cv=KFold(4, shuffle=True, random_state=0))
    with pytest.raises(ParameterError, match="share 1 rows"):
        folds_of(X, y, cv=[(np.arange(30), np.arange(29, 40))])


@pytest.mark.parametrize("cv", ["five", 1, (5, 0), 3.5, []])
def test_nonsense_cv_is_refused(rng, cv):
    with pytest.raises(ParameterError, match="'cv' must"):
        folds_of(rng.normal(size=(40, 2)), np.tile([0, 1], 20), cv=cv)


def test_few_rare_rows_take_fewer_folds_or_are_refused(rng):
    X, y = rng.normal(size=(40, 2)), np.repeat([0, 1], [37, 3])
    assert len(folds_of(X, y)[1]) == 6
    with pytest.raises(ParameterError, match="at most as many folds as the rarest class has"):
        folds_of(X, y, cv=5)
    with pytest.raises(DataError, match="at least 2 different rows"):
        folds_of(X, np.repeat([0, 1], [39, 1]))


def test_groups_of_another_length_are_refused(rng):
    with pytest.raises(DataError, match="one entry per row"):
        folds_of(rng.normal(size=(40, 2)), np.tile([0, 1], 20), groups=np.zeros(39))
