"""``describe``: a table before anything is learned from it, and what to expect of generated rows."""

import warnings
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from imbgan._plain import to_plain
from imbgan.exceptions import IdentifierColumnWarning
from imbgan.quality.description.columns import ColumnDescription, as_vectors, describe_column
from imbgan.quality.description.drift import find_drift
from imbgan.quality.description.expectations import expectations, training_seconds
from imbgan.quality.description.facts import Counts, Facts, TableFinding
from imbgan.quality.description.leaks import find_constant_in_class, find_leaks
from imbgan.quality.description.rows import (
    count_equal_rows,
    find_empty,
    find_equal_rows,
    find_identifiers,
    find_infinite,
)
from imbgan.quality.description.texts import describe_texts, find_odd_texts, find_texts
from imbgan.quality.description.views import html_view, text_view
from imbgan.quality.results import Severity
from imbgan.tabular import TableEncoder, read_table
from imbgan.tabular.equality import row_codes
from imbgan.tabular.labels import read_labels
from imbgan.tabular.leaks import name_of
from imbgan.tabular.rules import Rule, find_rules
from imbgan.tabular.survey import Surveyed

#: Findings whose columns should be dropped before a comparison.
DROPPED = ("leak", "identifiers", "constant columns")


@dataclass(frozen=True)
class Description:
    """The description of a table, and what to expect of generated rows.

    Parameters
    ----------
    n_rows : int
    columns : tuple of ColumnDescription
    class_counts : dict of str to int
        Number of rows of each class, the largest first.
    imbalance_ratio : float
        Number of rows of the largest class per row of the smallest.
    n_duplicates : int
        Number of rows whose features equal those of an earlier row, apart from identifiers.
    n_contradictions : int
        Rows with equal features can carry different classes. This counts the classes beyond the first in each group of
        equal rows, which no learner can predict.
    seconds : float
        Approximate time to train a generator with default settings, on two CPU cores.
    findings : tuple of TableFinding
        What ruins projects, the worst first.
    to_drop : tuple of str
        Columns that should not be used: leaks, identifiers and constants, in their order in the table.
    expectations : tuple of str
        Sentences, the most important first.
    sampled_counts : dict of str to int, or None
        Where only a sample was looked at beyond the first walk through the table (:func:`describe_survey`), its rows of
        each class; ``n_duplicates``, ``n_contradictions`` and most findings are about these rows.
    rules : tuple of rules
        What holds in every row and is hardly chance: categories that determine others, sums of 2 to 4 columns, orders
        of two columns. ``TabularGAN(rules=...)`` takes them. Not sought in tables of which only a sample was looked at.
    """

    n_rows: int
    columns: tuple[ColumnDescription, ...]
    class_counts: dict[str, int]
    imbalance_ratio: float
    n_duplicates: int
    n_contradictions: int
    seconds: float
    findings: tuple[TableFinding, ...]
    to_drop: tuple[str, ...]
    expectations: tuple[str, ...]
    sampled_counts: dict[str, int] | None = None
    rules: tuple[Rule, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON; rules are documents, as a file of rules holds them."""
        return {**to_plain(replace(self, rules=())), "rules": [rule.to_document() for rule in self.rules]}

    def __str__(self) -> str:
        return text_view(self)

    def _repr_html_(self) -> str:
        return html_view(self)


def describe(X: object, y: object) -> Description:
    """Describe a table: columns as inferred, class counts, what ruins projects, and what to expect.

    Nothing is trained. Findings are columns that tell the class, identifiers and free text, infinite values,
    duplicates, equal rows of different classes, changes along the order of rows, and columns without information;
    those that chance can explain are left out. The expectations are rules of thumb: with fewer than 10 rows of a class,
    none can be held out; with fewer than 50, differences between strategies are mostly noise; strong learners rarely
    gain from resampling [1]_. ``imbgan.compare`` measures these effects.

    Parameters
    ----------
    X : DataFrame, array-like or sparse matrix of shape (n_samples, n_features)
        Features. Infinite values, which other functions refuse, are reported.
    y : array-like of shape (n_samples,)
        Class labels.

    Returns
    -------
    Description

    Raises
    ------
    DataError, DataTypeError
        If labels are missing, if there are fewer than two classes, if X and y have different numbers of rows, or if the
        table cannot be read.

    References
    ----------
    .. [1] Elor and Averbuch-Elor, "To SMOTE, or not to SMOTE?", arXiv:2201.08528, 2022.

    Examples
    --------
    >>> from imbgan.quality import describe
    >>> print(describe([[1.5, "a"], [2.0, "b"], [0.5, "a"]], ["no", "no", "yes"]).class_counts)
    {'no': 2, 'yes': 1}
    """
    labels = read_labels(y)
    table = read_table(X, may_be_infinite=True)
    labels.check_rows(table.n_rows)
    labels.check_two_classes()
    return _described(Facts.of(table, labels), name_of(y))


def describe_survey(found: Surveyed, target: str | None = None) -> Description:
    """Describe a table that is larger than memory, from a survey of its rows.

    Counts of classes, kinds, ranges, missing cells and identifiers are those of all rows. Everything else, such as
    leaks and duplicates, is sought in the rows of the reservoir, which is said where it matters.

    Parameters
    ----------
    found : Surveyed
        What :class:`imbgan.tabular.survey.Survey` found.
    target : str, default=None
        Name of the target, for columns that are called like it.

    Returns
    -------
    Description

    Raises
    ------
    DataError
        If there are fewer than two classes.
    """
    found.labels.check_two_classes()
    table = read_table(found.X, found.statistics.kinds, may_be_infinite=True)
    return _described(Facts.of(table, found.labels, None if found.is_whole else found), target)


def _described(facts: Facts, target: Hashable | None) -> Description:
    table, labels = facts.table, facts.labels
    groups, n_groups = count_equal_rows(facts)
    n_contradictions = int(row_codes([groups, labels.codes], table.n_rows).max()) + 1 - n_groups
    findings = _findings(facts, target, groups, n_contradictions)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", IdentifierColumnWarning)  # becomes a finding
        encoder = TableEncoder.from_statistics(facts.statistics)
    leaks = {name for each in findings if each.name == "leak" for name in each.columns}
    texts = describe_texts(facts)
    columns = tuple(
        describe_column(
            column,
            fitted.kind,
            facts.values[column.name],
            facts.identifiers.get(column.name),
            text=texts.get(column.name),
            is_leak=str(column.name) in leaks,
            whole=None if facts.whole is None else (statistics, facts.whole.n_rows),
        )
        for column, fitted, statistics in zip(
            facts.table.columns, encoder.schema_.columns, facts.statistics.columns, strict=True
        )
    )
    columns = as_vectors(columns, table.names)
    counts = facts.class_counts
    order = np.argsort(-counts, kind="stable").tolist()
    class_counts = {labels.texts[code]: int(counts[code]) for code in order}
    ratio = float(counts.max() / counts.min())
    seconds = training_seconds(encoder.width, int(counts.min()))
    dropped = {name for each in findings if each.name in DROPPED for name in each.columns}
    return Description(
        int(counts.sum()),
        columns,
        class_counts,
        ratio,
        table.n_rows - n_groups,
        n_contradictions,
        seconds,
        tuple(findings),
        tuple(column.name for column in columns if column.name in dropped),
        expectations(class_counts, ratio, columns, seconds),
        None if facts.whole is None else {labels.texts[code]: int(labels.counts[code]) for code in order},
        find_rules(table, without={*dropped, *facts.identifiers, *texts}) if facts.whole is None else (),
    )


def _findings(facts: Facts, target: Hashable | None, groups: Counts, n_contradictions: int) -> Sequence[TableFinding]:
    """Return all findings, the worst first."""
    leaks = list(find_leaks(facts, target))
    found = [
        *leaks,
        *find_infinite(facts),
        *find_identifiers(facts),
        *find_texts(facts),
        *find_odd_texts(facts),
        *find_equal_rows(facts, groups, n_contradictions),
        *find_drift(facts),
        *find_constant_in_class(facts, {name for leak in leaks for name in leak.columns}),
        *find_empty(facts),
    ]
    if facts.whole is not None:
        found = [replace(finding, rows=()) for finding in found]
    order: list[Severity] = ["error", "warning", "info"]
    return sorted(found, key=lambda finding: order.index(finding.severity))
