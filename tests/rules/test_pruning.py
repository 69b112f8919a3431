"""A pruned tree has a real row in every leaf, and is the old tree wherever both sides of the splits have rows."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from sklearn.base import clone
from sklearn.tree import DecisionTreeClassifier

from imbgan.deployment.archive import read_archive, write_archive
from imbgan.exceptions import DataError
from imbgan.rules import prune_without_rows

SEEDS = st.integers(0, 2**32 - 1)


def grown(seed, n_classes=3, **settings):
    rng = np.random.default_rng(seed)
    X = np.where(rng.random((300, 4)) < 0.1, np.nan, rng.normal(size=(300, 4)))
    y = rng.integers(0, n_classes, 300)
    return DecisionTreeClassifier(max_leaf_nodes=32, random_state=0, **settings).fit(X, y), X, rng


def leaves_of(tree):
    return set(np.flatnonzero(tree.tree_.children_left == -1).tolist())


def path_of(tree, row):
    """Walk one row by hand: all nodes that it passes."""
    grown, nodes = tree.tree_, [0]
    while grown.children_left[nodes[-1]] != -1:
        node = nodes[-1]
        value = np.float32(row[grown.feature[node]])
        goes_left = grown.missing_go_to_left[node] if np.isnan(value) else value <= grown.threshold[node]
        nodes.append(int((grown.children_left if goes_left else grown.children_right)[node]))
    return nodes


def expected(tree, passed, row):
    """Stop where a side is empty."""
    for node in path_of(tree, row):
        left, right = tree.tree_.children_left[node], tree.tree_.children_right[node]
        if left == -1 or not {left, right} <= passed:
            return tree.tree_.value[node][0]
    raise AssertionError("A path ends in a leaf.")


@given(SEEDS, st.integers(1, 60))
def test_every_leaf_holds_a_row_and_rows_are_where_a_walk_by_hand_stops(seed, n_rows):
    tree, X, rng = grown(seed)
    rows = X[rng.choice(300, n_rows, replace=False)]
    pruned = prune_without_rows(tree, rows)
    assert set(pruned.apply(rows).tolist()) == leaves_of(pruned)
    new = np.where(rng.random((50, 4)) < 0.1, np.nan, rng.normal(size=(50, 4)))
    passed = {node for row in rows for node in path_of(tree, row)}
    np.testing.assert_array_equal(pruned.predict_proba(new), [expected(tree, passed, row) for row in new])


@given(SEEDS)
def test_a_tree_with_a_row_in_every_leaf_stays_as_it_is(seed):
    tree, X, _ = grown(seed)
    # Before version 1.8, scikit-learn could grow a leaf that no row reaches when its values are missing.
    assume(set(tree.apply(X).tolist()) == leaves_of(tree))
    pruned = prune_without_rows(tree, X)
    for name in ("children_left", "children_right", "feature", "threshold", "value", "missing_go_to_left"):
        np.testing.assert_array_equal(getattr(pruned.tree_, name), getattr(tree.tree_, name), name)
    np.testing.assert_array_equal(pruned.predict_proba(X), tree.predict_proba(X))
    assert pruned.get_depth() == tree.get_depth()


def test_only_the_branch_without_rows_changes():
    X = np.array([[0.0], [1.0], [2.0], [3.0], [4.0], [5.0]])
    tree = DecisionTreeClassifier(random_state=0).fit(X, [0, 0, 1, 1, 0, 1])
    assert tree.get_n_leaves() == 4
    pruned = prune_without_rows(tree, [[0.0], [2.0], [5.0]])
    assert pruned.get_n_leaves() == 3
    np.testing.assert_array_equal(pruned.predict_proba(X[:4]), tree.predict_proba(X[:4]))
    assert pruned.predict_proba(X[4:]).tolist() == [[0.5, 0.5]] * 2


def test_the_original_is_not_touched_and_one_row_leaves_one_leaf():
    tree, X, _ = grown(0)
    before = tree.predict_proba(X)
    pruned = prune_without_rows(tree, X[:1])
    assert (pruned.get_n_leaves(), pruned.get_depth(), pruned.tree_.node_count) == (1, 0, 1)
    np.testing.assert_array_equal(tree.predict_proba(X), before)
    pruned.tree_.value[:] = 0.0
    np.testing.assert_array_equal(tree.predict_proba(X), before)


def test_a_pruned_tree_is_a_tree_of_scikit_learn_in_all_respects():
    tree, X, rng = grown(1)
    rows = X[:20]
    pruned = prune_without_rows(tree, rows)
    assert 1 < pruned.get_n_leaves() < tree.get_n_leaves()
    assert pruned.get_n_leaves() == len(leaves_of(pruned)) == pruned.tree_.n_leaves
    assert pruned.tree_.n_classes.tolist() == [3]
    assert pruned.get_depth() == max(len(path_of(pruned, row)) for row in rows) - 1
    again = read_archive(write_archive(pruned), "here")
    new = rng.normal(size=(200, 4))
    np.testing.assert_array_equal(again.predict_proba(new), pruned.predict_proba(new))
    assert clone(pruned).get_params() == tree.get_params()
    np.testing.assert_array_equal(prune_without_rows(pruned, rows).apply(rows), pruned.apply(rows))


def test_no_rows_are_refused():
    tree, X, _ = grown(2)
    with pytest.raises(DataError, match="at least one row"):
        prune_without_rows(tree, X[:0])
