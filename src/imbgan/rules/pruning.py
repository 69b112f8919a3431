"""Remove the branches of a decision tree that no real row reaches."""

from copy import deepcopy
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.pipeline import Pipeline
from sklearn.tree import DecisionTreeClassifier
from sklearn.utils.validation import check_is_fitted

from imbgan.exceptions import DataError

#: How scikit-learn marks a node without children.
LEAF = -1
_NO_COLUMN = -2


def prune_without_rows(tree: DecisionTreeClassifier, matrix: ArrayLike) -> DecisionTreeClassifier:
    """Return a copy of a fitted tree in which every leaf holds one of the given rows.

    A tree that was taught on generated rows can have leaves that no real row reaches, so that nothing real supports
    their probabilities. A split that leaves one side without a row becomes a leaf with the value of its own node,
    whatever stands below. All other leaves keep their probabilities.

    Parameters
    ----------
    tree : DecisionTreeClassifier
        A fitted tree; it is not changed.
    matrix : array-like of shape (n_samples, n_features)
        Real rows, as the tree takes them; NaN is a missing value.

    Returns
    -------
    DecisionTreeClassifier
        A tree with at most as many nodes. Its numbers of rows and impurities are those of the original.

    Raises
    ------
    DataError
        If there are no rows.

    Examples
    --------
    >>> tree = DecisionTreeClassifier(random_state=0).fit([[1.0], [2.0], [3.0], [4.0]], [0, 0, 1, 0])
    >>> print(tree.get_n_leaves(), prune_without_rows(tree, [[1.0], [3.5], [3.0]]).get_n_leaves())
    3 2
    """
    check_is_fitted(tree)
    rows = np.asarray(matrix)
    if rows.ndim == 2 and len(rows) == 0:
        raise DataError("Every leaf of a pruned tree holds a real row, so at least one row is needed. Got none.")
    grown: Any = tree.tree_
    is_reached = rows_per_node(grown, tree.apply(rows))[:, 0] > 0
    left, right = np.asarray(grown.children_left), np.asarray(grown.children_right)
    is_split = (left != LEAF) & is_reached[left] & is_reached[right]
    kept, sides, depth = _walk(left, right, is_split)
    state = grown.__getstate__()
    nodes = state["nodes"][kept].copy()
    nodes["left_child"], nodes["right_child"] = sides
    leaves = (sides[0] == LEAF) & (left[kept] != LEAF)
    nodes["feature"][leaves] = _NO_COLUMN
    nodes["threshold"][leaves] = _NO_COLUMN
    nodes["missing_go_to_left"][leaves] = 0
    pruned: Any = deepcopy(tree)
    # As pickle does it: an empty tree of the same columns and classes, and then its state.
    cls, arguments, _ = grown.__reduce__()
    pruned.tree_ = cls(*arguments)
    pruned.tree_.__setstate__(
        {**state, "max_depth": depth, "node_count": len(kept), "nodes": nodes, "values": state["values"][kept].copy()}
    )
    return pruned


def rows_per_node(
    grown: Any,  # noqa: ANN401 - of Cython
    leaves: NDArray[np.intp],
    codes: NDArray[np.intp] | None = None,
    n_classes: int = 1,
) -> NDArray[np.intp]:
    """Return how many rows of each class pass each node of a tree, shape (n_nodes, n_classes).

    The paths that scikit-learn before version 1.8 gives take missing values to the wrong side; its leaves are right.

    Parameters
    ----------
    grown : Tree
        The ``tree_`` of a fitted tree.
    leaves : ndarray of shape (n_samples,)
        The leaf of each row, as ``apply`` gives it.
    codes : ndarray of shape (n_samples,), default=None
        The class of each row; without it, all rows are of one.
    n_classes : int, default=1
        Number of classes.
    """
    cells = leaves * n_classes + (0 if codes is None else codes)
    counts = np.bincount(cells, minlength=grown.node_count * n_classes).reshape(-1, n_classes)
    # Children have greater numbers than their parents.
    for node in range(grown.node_count - 1, -1, -1):
        left, right = grown.children_left[node], grown.children_right[node]
        if left != LEAF:
            counts[node] = counts[left] + counts[right]
    return counts


def _walk(
    left: NDArray[np.intp], right: NDArray[np.intp], is_split: NDArray[np.bool_]
) -> tuple[NDArray[np.intp], NDArray[np.intp], int]:
    """Return the nodes that remain, in their order, their new children (2, n_kept), and the depth."""
    depths = {0: 0}
    # Children have greater numbers than their parents.
    for node in range(len(left)):
        if node in depths and is_split[node]:
            depths[int(left[node])] = depths[int(right[node])] = depths[node] + 1
    kept = np.array(sorted(depths), np.intp)
    sides = [np.where(is_split[kept], np.searchsorted(kept, side[kept]), LEAF) for side in (left, right)]
    return kept, np.array(sides), max(depths.values())


def prune_pipeline(classifier: object, X: object) -> None:
    """Remove the leaves that no row of a table reaches from the tree that ends a fitted pipeline, if it is one."""
    if isinstance(classifier, Pipeline):
        name, tree = classifier.steps[-1]
        classifier.steps[-1] = (name, prune_without_rows(tree, classifier[:-1].transform(X)))
