"""Read the rules of a fitted tree in the columns of its table."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, TypeGuard

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import beta
from sklearn.pipeline import Pipeline
from sklearn.tree import DecisionTreeClassifier
from sklearn.utils.validation import check_is_fitted

from imbgan._text import listed
from imbgan.exceptions import DataError, ParameterError
from imbgan.learners import TablePreprocessor
from imbgan.rules.branches import MatrixColumn, matrix_columns
from imbgan.rules.conditions import Condition
from imbgan.rules.pruning import LEAF, rows_per_node
from imbgan.rules.results import Node, Rule, RuleSet
from imbgan.tabular import read_table
from imbgan.tabular.labels import code_of, label_text, rarer_class, read_labels
from imbgan.tabular.reading import is_named
from imbgan.tabular.schema import Table

#: Probability that an interval does not hold the share.
_ERROR = 0.05


def leaf_probabilities(classifier: DecisionTreeClassifier | Pipeline) -> NDArray[np.float64]:
    """Return the class probabilities of the leaves of a fitted tree, in the order of its nodes.

    Parameters
    ----------
    classifier : DecisionTreeClassifier or Pipeline
        As for :func:`read_rules`.

    Returns
    -------
    ndarray of shape (n_leaves, n_classes)
        Rows sum to 1.
    """
    _, tree = _parts(classifier)
    grown: Any = tree.tree_
    return np.asarray(grown.value)[np.asarray(grown.children_left) == LEAF, 0]


def read_rules(
    classifier: DecisionTreeClassifier | Pipeline,
    X: object,
    y: object,
    *,
    probabilities: ArrayLike | None = None,
    X_held_out: object = None,
    y_held_out: object = None,
    classes: ArrayLike | None = None,
    label: object = None,
    target: str | None = None,
) -> RuleSet:
    """Read a fitted tree as rules in the columns, units and levels of its table.

    Parameters
    ----------
    classifier : DecisionTreeClassifier or Pipeline
        A fitted tree on a table of numbers, or a pipeline of ``TablePreprocessor(numbers="raw")`` and such a tree.
    X : table of shape (n_samples, n_features)
        Real rows in any container, at least one. They decide how numbers are shown: a bound is the number of the
        fewest digits that divides these rows as the tree does.
    y : array-like of shape (n_samples,)
        Their labels.
    probabilities : array-like of shape (n_leaves, n_classes), default=None
        Probabilities of the leaves in the order of :func:`leaf_probabilities`, for example corrected to the natural
        class shares; None takes those of the tree.
    X_held_out, y_held_out : table and labels, default=None
        Rows that the tree was not fitted on. They tell how often a rule is right.
    classes : array-like of shape (n_classes,), default=None
        The labels, for a tree that was fitted on their codes; None takes those of the classifier.
    label : label, default=None
        The class that the rules are about; None takes the class of the fewest rows in ``y``, of two equally frequent
        ones the second.
    target : str, default=None
        Name of the target, for sentences.

    Returns
    -------
    RuleSet
        One rule per leaf, those of the greatest probability of the class first.

    Raises
    ------
    DataError
        If ``X`` has other columns than in fit, or if labels are unknown to the tree.
    ParameterError
        If the classifier is no such tree, if ``probabilities`` has another shape, or if ``label`` is unknown.

    Notes
    -----
    Among k of n held-out rows in a leaf, the interval of the share of the class is that of Jeffreys: the 2.5 % and
    97.5 % quantiles of the beta distribution with the parameters k + 1/2 and n - k + 1/2, from 0 if k = 0 and up to 1
    if k = n (Brown, Cai and DasGupta, "Interval Estimation for a Binomial Proportion", Statistical Science 16(2),
    2001, section 4.3).

    Examples
    --------
    >>> import polars as pl
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> table = pl.DataFrame({"age": [30, 40, 50, 60, 70, 80]})
    >>> tree = DecisionTreeClassifier(random_state=0).fit(table, ["no", "no", "no", "no", "no", "yes"])
    >>> rules = read_rules(tree, table, ["no", "no", "no", "no", "no", "yes"], target="stroke")
    >>> [(rule.probabilities, rule.n_rows) for rule in rules.rules]
    [((0.0, 1.0), 1), ((1.0, 0.0), 5)]
    """
    preprocessor, tree = _parts(classifier)
    known = [_plain_label(each) for each in np.asarray(tree.classes_ if classes is None else classes).tolist()]
    table = read_table(X)
    counts = _counts(tree, preprocessor, table, y, known)
    columns = matrix_columns(table, preprocessor)
    shares = leaf_probabilities(tree) if probabilities is None else np.asarray(probabilities, np.float64)
    if shares.shape != (tree.get_n_leaves(), len(known)):
        raise ParameterError(
            "probabilities must have one row per leaf and one column per class, the shape "
            f"{(int(tree.get_n_leaves()), len(known))}. Got {shares.shape}; correct what leaf_probabilities returns."
        )
    paths = _paths(tree, columns)
    held_out = None
    if X_held_out is not None:
        held_out = _counts(tree, preprocessor, read_table(X_held_out), y_held_out, known)
    rare = _rarest(counts[0]) if label is None else code_of(label, known)
    rules, nodes = _rules(tree, paths, shares, counts, held_out, rare)
    by_place = {column.place: column.column for column in columns}
    described = tuple(by_place[place] for place in range(len(table.columns)))
    return RuleSet(described, tuple(known), rare, target, nodes, rules)


def judge_rules(rules: RuleSet, classifier: DecisionTreeClassifier | Pipeline, X: object, y: object) -> RuleSet:
    """Return the same rules with the figures of rows that the tree was not fitted on.

    Parameters
    ----------
    rules : RuleSet
        What :func:`read_rules` returned for ``classifier``.
    classifier : DecisionTreeClassifier or Pipeline
    X, y : table and labels
        The held-out rows.

    Returns
    -------
    RuleSet

    Raises
    ------
    DataError
        If ``X`` has other columns than in fit, or if labels are unknown to the tree.
    """
    preprocessor, tree = _parts(classifier)
    counts = _counts(tree, preprocessor, read_table(X), y, rules.labels)
    judged = list(rules.rules)
    for node, passed in zip(rules.nodes, counts, strict=True):
        if node.rule >= 0:
            interval = jeffreys_interval(passed[rules.rare], passed.sum())
            judged[node.rule] = replace(
                rules.rules[node.rule], held_out_counts=tuple(passed.tolist()), interval=interval
            )
    return replace(rules, rules=tuple(judged))


def is_readable(classifier: object) -> TypeGuard[DecisionTreeClassifier | Pipeline]:
    """Return whether :func:`read_rules` can read a classifier."""
    try:
        _parts(classifier)
    except ParameterError:
        return False
    return True


def _parts(classifier: object) -> tuple[TablePreprocessor | None, Any]:
    """Return the preprocessor, if there is one, and the fitted tree."""
    steps: list[Any] = [step for _, step in classifier.steps] if isinstance(classifier, Pipeline) else [classifier]
    tree = steps[-1]
    heads = steps[:-1]
    are_known = len(heads) <= 1 and all(isinstance(head, TablePreprocessor) for head in heads)
    if not isinstance(tree, DecisionTreeClassifier) or not are_known:
        names = " and ".join(type(step).__name__ for step in steps)
        raise ParameterError(
            "Rules are read from a DecisionTreeClassifier, or from a pipeline of a TablePreprocessor and one. Got "
            f"{names}; fit such a classifier."
        )
    if heads and heads[0].numbers != "raw":
        raise ParameterError(
            "Rules in the units of the table need TablePreprocessor(numbers='raw'). Got "
            f"numbers={heads[0].numbers!r}; fit the pipeline with raw numbers."
        )
    check_is_fitted(tree)
    if tree.n_outputs_ != 1:
        raise ParameterError(f"Rules are read from a tree of one target. Got {tree.n_outputs_}; fit one tree for each.")
    return (heads[0] if heads else None), tree


def _plain_label(label: object) -> str | int | bool:
    plain = int(label) if isinstance(label, float) and label.is_integer() else label
    return plain if isinstance(plain, str | int | bool) else label_text(label)


def _counts(
    tree: Any,  # noqa: ANN401 - of Cython
    preprocessor: TablePreprocessor | None,
    table: Table,
    y: object,
    known: Sequence[object],
) -> NDArray[np.intp]:
    """Return how many rows of each class reach each node, shape (n_nodes, n_classes)."""
    labels = read_labels(y)
    labels.check_rows(table.n_rows)
    codes = {label_text(each): code for code, each in enumerate(known)}
    unknown = [text for text in labels.texts if text not in codes]
    if unknown:
        raise DataError(f"y must hold labels that the tree knows: {listed(known)}. Got {listed(unknown)}.")
    own = np.array([codes[text] for text in labels.texts], np.intp)[labels.codes]
    matrix = _numbers_of(table, tree) if preprocessor is None else preprocessor.transform(table)
    return rows_per_node(tree.tree_, tree.tree_.apply(matrix.astype(np.float32)), own, len(known))


def _numbers_of(table: Table, tree: Any) -> NDArray[np.float64]:  # noqa: ANN401 - of Cython
    names = getattr(tree, "feature_names_in_", None)
    is_other = len(table.columns) != tree.n_features_in_
    if is_other or (names is not None and is_named(table) and tuple(names.tolist()) != table.names):
        known = tree.n_features_in_ if names is None else listed(names.tolist())
        raise DataError(f"X must have the columns of fit, in their order: {known}. Got {listed(table.names)}.")
    wrong = [column.name for column in table.columns if column.family not in ("float", "int", "bool", "none")]
    if wrong:
        raise DataError(
            f"A tree without a TablePreprocessor takes numbers alone. {listed(wrong)} hold others; fit a pipeline."
        )
    return np.column_stack([column.as_float64() for column in table.columns])


def _paths(tree: Any, columns: Sequence[MatrixColumn]) -> list[tuple[Condition, ...]]:  # noqa: ANN401 - of Cython
    """Return the conditions from the root to each node, in their order, not merged."""
    grown = tree.tree_
    paths: list[tuple[Condition, ...]] = [()] * grown.node_count
    for node in range(grown.node_count):
        left, right = int(grown.children_left[node]), int(grown.children_right[node])
        if left == LEAF:
            continue
        column = columns[int(grown.feature[node])]
        sides = column.sides(float(grown.threshold[node]), bool(grown.missing_go_to_left[node]))
        paths[left], paths[right] = (*paths[node], sides[0]), (*paths[node], sides[1])
    return paths


def _merged(path: Sequence[Condition]) -> tuple[Condition, ...]:
    """Return one condition per column, in the order in which columns first occur."""
    merged: dict[int, Condition] = {}
    for condition in path:
        known = merged.get(condition.column)
        merged[condition.column] = condition if known is None else known.both(condition)
    return tuple(merged.values())


def _rarest(counts: NDArray[np.intp]) -> int:
    """Return the class of the fewest rows; of two equally frequent classes, the second one."""
    return rarer_class(counts) if len(counts) == 2 else int(np.argmin(counts))


def _rules(
    tree: Any,  # noqa: ANN401 - of Cython
    paths: Sequence[tuple[Condition, ...]],
    shares: NDArray[np.float64],
    counts: NDArray[np.intp],
    held_out: NDArray[np.intp] | None,
    rare: int,
) -> tuple[tuple[Rule, ...], tuple[Node, ...]]:
    grown = tree.tree_
    leaves: list[int] = np.flatnonzero(np.asarray(grown.children_left) == LEAF).tolist()
    order = np.argsort(-shares[:, rare], kind="stable")
    rules = [
        Rule(
            _merged(paths[leaves[place]]),
            tuple(shares[place].tolist()),
            tuple(counts[leaves[place]].tolist()),
            None if held_out is None else tuple(held_out[leaves[place]].tolist()),
            None
            if held_out is None
            else jeffreys_interval(held_out[leaves[place], rare], held_out[leaves[place]].sum()),
        )
        for place in order.tolist()
    ]
    position = {leaves[place]: rule for rule, place in enumerate(order.tolist())}
    nodes = [
        Node(
            paths[node][-1] if paths[node] else None,
            int(grown.children_left[node]),
            int(grown.children_right[node]),
            position.get(node, -1),
            tuple(counts[node].tolist()),
        )
        for node in range(grown.node_count)
    ]
    return tuple(rules), tuple(nodes)


def jeffreys_interval(k: int, n: int) -> tuple[float, float] | None:
    """Return the interval of 95 % of a share of which ``k`` of ``n`` were seen; None if ``n`` is 0.

    Examples
    --------
    >>> [round(end, 3) for end in jeffreys_interval(0, 10)]
    [0.0, 0.217]
    """
    if not n:
        return None
    low = 0.0 if k == 0 else float(beta.ppf(_ERROR / 2, k + 0.5, n - k + 0.5))
    high = 1.0 if k == n else float(beta.ppf(1 - _ERROR / 2, k + 0.5, n - k + 0.5))
    return low, high
