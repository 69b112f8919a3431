"""Describe a table before anything is learned from it, and what to expect of generated rows."""

import math
import re
import textwrap
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from imbgan._plain import to_plain
from imbgan._text import aligned, shown
from imbgan.exceptions import IdentifierColumnWarning
from imbgan.tabular import TableEncoder, TableStatistics, read_table
from imbgan.tabular.equality import row_codes, value_codes
from imbgan.tabular.identifiers.evidence import what_identifies
from imbgan.tabular.labels import read_labels
from imbgan.tabular.leaks import name_of, target_leaks
from imbgan.tabular.schema import NUMBER_FAMILIES, Kind, RawColumn
from imbgan.tabular.ticks import text_of_time

#: With fewer rows of a class, none can be held out.
FEW_ROWS = 10
#: With fewer rows of a class, a single row changes the score of a fold by whole points.
NOISY_ROWS = 50
#: A class this many times rarer than the largest counts as rare.
RARE_RATIO = 3.0
#: Categories of more levels are encoded in one matrix column (the default of ``max_levels``).
MANY_LEVELS = 64
#: With fewer rows of the rarest class, three generators are trained (``n_generators="auto"``).
ENSEMBLE_ROWS = 400
#: The default number of training steps; early stopping usually needs fewer.
STEPS = 1500
#: Number of levels that a description names, the most frequent first.
SHOWN_LEVELS = 5
#: Number of classes, and of columns, that the text of a description lists.
SHOWN_ROWS = 60
WIDTH = 80
VALUES_WIDTH = 26


@dataclass(frozen=True)
class ColumnDescription:
    """One column, as inferred.

    Parameters
    ----------
    name : str
    kind : str
        As :class:`imbgan.TabularGAN` will learn it: "continuous", "integer", "boolean", "categorical", "datetime",
        "timedelta", "time" or "constant".
    dtype : str
        Data type in the container.
    n_distinct : int
        Number of distinct values, without missing ones.
    missing : float
        Share of rows without a value.
    low, high : int, float, str or None
        Range of a number, date or duration.
    levels : dict of str to float
        The most frequent levels of a category and their shares of the present values.
    is_identifier : bool
        Whether its values identify persons or rows; see :class:`imbgan.IdentifierColumnWarning`.
    is_leak : bool
        Whether it equals the target one to one; see :class:`imbgan.TargetLeakWarning`.
    """

    name: str
    kind: Kind
    dtype: str
    n_distinct: int
    missing: float
    low: int | float | str | None
    high: int | float | str | None
    levels: dict[str, float]
    is_identifier: bool
    is_leak: bool


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
        Number of rows whose features equal those of an earlier row.
    n_contradictions : int
        Rows with equal features can carry different classes. This counts the classes beyond the first in each group of
        equal rows, which no learner can predict.
    seconds : float
        Approximate time to train a generator with default settings, on two CPU cores.
    expectations : tuple of str
        Sentences, the most important first.
    """

    n_rows: int
    columns: tuple[ColumnDescription, ...]
    class_counts: dict[str, int]
    imbalance_ratio: float
    n_duplicates: int
    n_contradictions: int
    seconds: float
    expectations: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return to_plain(self)

    def __str__(self) -> str:
        title = f"{self.n_rows} rows, {len(self.columns)} columns, {len(self.class_counts)} classes"
        wrap = textwrap.TextWrapper(WIDTH, initial_indent="- ", subsequent_indent="  ").fill
        sentences = map(wrap, self.expectations)
        expected = "\n".join(["What to expect", *sentences])
        return "\n\n".join([title, _class_table(self), _column_table(self.columns), expected])


def describe(X: object, y: object) -> Description:
    """Describe a table: columns as inferred, class counts, and what to expect of generated rows.

    Nothing is trained. The expectations are rules of thumb with the thresholds of this module: with fewer than 10 rows
    of a class, none can be held out; with fewer than 50, differences between strategies are mostly noise; strong
    learners rarely gain from resampling [1]_. ``imbgan.compare`` measures these effects.

    Parameters
    ----------
    X : DataFrame, array-like or sparse matrix of shape (n_samples, n_features)
        Features.
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
    codes, counts = labels.codes, labels.counts
    table = read_table(X)
    labels.check_rows(table.n_rows)
    labels.check_two_classes()
    statistics = TableStatistics(len(labels.classes)).update(table, codes)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", IdentifierColumnWarning)  # becomes an expectation
        encoder = TableEncoder.from_statistics(statistics)
    leaks = target_leaks(table, labels, name_of(y))
    values = [value_codes(column) for column in table.columns]
    parts = zip(table.columns, encoder.schema_.columns, values, statistics.columns, strict=True)
    columns = tuple(
        _describe_column(
            column,
            fitted.kind,
            codes_,
            is_identifier=what_identifies(summary) is not None,
            is_leak=column.name in leaks,
        )
        for column, fitted, codes_, summary in parts
    )
    groups = row_codes(values, table.n_rows)
    order = np.argsort(-counts, kind="stable")
    class_counts = {labels.texts[code]: int(counts[code]) for code in order.tolist()}
    n_groups = int(groups.max()) + 1
    n_contradictions = int(row_codes([groups, codes], table.n_rows).max()) + 1 - n_groups
    description = Description(
        table.n_rows,
        columns,
        class_counts,
        float(counts.max() / counts.min()),
        table.n_rows - n_groups,
        n_contradictions,
        _seconds(encoder.width, int(counts.min())),
        (),
    )
    return replace(description, expectations=tuple(_expectations(description)))


def _describe_column(
    column: RawColumn, kind: Kind, codes: NDArray[np.intp], *, is_identifier: bool, is_leak: bool
) -> ColumnDescription:
    counts = np.bincount(codes, minlength=2)
    n_present = len(codes) - int(counts[0])
    low = high = None
    levels: dict[str, float] = {}
    if column.family in NUMBER_FAMILIES and n_present:
        present = column.values[~column.missing]
        low, high = _cell(column, present.min()), _cell(column, present.max())
    elif n_present:
        first = np.unique(codes, return_index=True)[1][-(len(counts) - 1) :]
        # The most frequent levels come first; equally frequent ones in order of appearance.
        for code in np.argsort(-counts[1:], kind="stable")[:SHOWN_LEVELS].tolist():
            levels[str(column.cell(column.values[first[code]]))] = float(counts[code + 1] / n_present)
    return ColumnDescription(
        str(column.name),
        kind,
        column.dtype.text,
        int(np.count_nonzero(counts[1:])),
        1.0 - n_present / len(codes),
        low,
        high,
        levels,
        is_identifier,
        is_leak,
    )


def _cell(column: RawColumn, value: np.generic) -> int | float | str:
    """Return a number as it is in the table, and a date or duration as text."""
    cell = cast("int | float | np.datetime64 | np.timedelta64", column.cell(value))
    if isinstance(cell, np.datetime64):
        text = str(cell)
        return re.sub(r"(T00:00(:00)?)?([.]0+)?$", "", text) if "T" in text else text
    if isinstance(cell, np.timedelta64):
        return text_of_time(cell) if column.family == "time" else str(cell)
    return cell


def _seconds(width: int, n_rarest: int) -> float:
    """Return the approximate seconds of training for 1,500 steps on two CPU cores.

    Compilation takes 4 s. A step takes 1 ms, and per generator a further 1 ms plus 15 µs per matrix column. The figures
    were fitted to measurements of 5 to 120 columns, with one and with three generators.
    """
    n_generators = 3 if n_rarest < ENSEMBLE_ROWS else 1
    return 4.0 + STEPS * (1.0 + n_generators * (1.0 + 0.015 * width)) / 1000.0


def _expectations(description: Description) -> list[str]:
    return [
        *_of_classes(description),
        "Strong learners, such as gradient boosting, rarely gain from resampling; a threshold that is tuned for "
        "your costs often has the same effect. compare measures both on your data.",
        *_of_columns(description.columns),
        *_of_copies(description),
        f"Training a generator takes up to about {math.ceil(description.seconds):d} seconds on two CPU cores; "
        "a comparison trains four for each fold.",
    ]


def _of_classes(description: Description) -> list[str]:
    counts = description.class_counts
    few = {label: n for label, n in counts.items() if n < FEW_ROWS}
    noisy = {label: n for label, n in counts.items() if FEW_ROWS <= n < NOISY_ROWS}
    sentences: list[str] = []
    alone = [label for label, n in few.items() if n == 1]
    if alone:
        sentences.append(f"{_listed(alone)} has a single row, from which nothing can be learned. Merge or drop it.")
    if few:
        sentences.append(
            f"{_listed([f'{label} ({n} rows)' for label, n in few.items()])}: with fewer than {FEW_ROWS} rows, "
            "none can be held out, so nobody can judge generated rows. Collect more rows before you trust any method."
        )
    if noisy:
        sentences.append(
            f"{_listed([f'{label} ({n} rows)' for label, n in noisy.items()])}: with fewer than {NOISY_ROWS} rows, "
            "most differences between strategies are noise. Look at the intervals, not at the means."
        )
    if description.imbalance_ratio < RARE_RATIO:
        sentences.append(
            f"The largest class has only {description.imbalance_ratio:.1f} times the rows of the smallest: there is "
            "little to balance."
        )
    return sentences


def _of_columns(columns: Sequence[ColumnDescription]) -> list[str]:
    sentences: list[str] = []
    leaks = [column.name for column in columns if column.is_leak]
    if leaks:
        sentences.append(
            f"The target can be read off {_listed(leaks)}: each class has one value there, and no other class has it. "
            "Drop it (--drop) unless it is known before the label is, or every score is worth nothing."
        )
    identifiers = [column.name for column in columns if column.is_identifier]
    if identifiers:
        sentences.append(
            f"{_listed(identifiers)} looks like an identifier: its values tell persons or rows apart. Drop it "
            "(--drop), or a model learns row numbers."
        )
    constant = [column.name for column in columns if column.kind == "constant"]
    if constant:
        sentences.append(f"{_listed(constant)} has one value only and contains no information.")
    gaps = [column for column in columns if column.missing > 0 and column.kind != "constant"]
    if gaps:
        most = max(gaps, key=lambda column: column.missing)
        sentences.append(
            f"Values are missing in {_plural(len(gaps), 'column')} (most: {shown(most.name, 60)}, {most.missing:.0%}). "
            "Missing values are learned and generated as well, so you need not fill them in."
        )
    many = [c.name for c in columns if c.kind == "categorical" and c.n_distinct > MANY_LEVELS and not c.is_identifier]
    if many:
        sentences.append(
            f"{_listed(many)} has more than {MANY_LEVELS} levels; rare levels are learned imprecisely. Group them "
            "if they matter."
        )
    return sentences


def _of_copies(description: Description) -> list[str]:
    copies, contradictions = description.n_duplicates, description.n_contradictions
    sentences = [
        f"In {_plural(copies, 'row')} the features equal those of an earlier row. Duplicates in training and "
        "test rows inflate every score; compare keeps them in one fold.",
        f"Equal features carry different classes {_plural(contradictions, 'time')}; no learner can distinguish them.",
    ]
    return [sentence for sentence, n in zip(sentences, (copies, contradictions), strict=True) if n]


def _plural(n: int, noun: str) -> str:
    return f"{n} {noun}{'' if n == 1 else 's'}"


def _listed(names: Sequence[str], most: int = 3) -> str:
    text = ", ".join(shown(name, 60) for name in names[:most])
    return f"{text} and {len(names) - most} more" if len(names) > most else text


def _class_table(description: Description) -> str:
    counts = description.class_counts
    rows = [(shown(label, 30), str(n), f"{100 * n / description.n_rows:.1f} %") for label, n in counts.items()]
    more = f"\n... and {len(rows) - SHOWN_ROWS} more" if len(rows) > SHOWN_ROWS else ""
    ratio = f"{description.imbalance_ratio:.1f} rows of the largest class per row of the smallest"
    return f"{aligned([('class', 'rows', 'share'), *rows[:SHOWN_ROWS]], left={0})}{more}\n{ratio}"


def _column_table(columns: Sequence[ColumnDescription]) -> str:
    rows = [(shown(c.name, 20), c.kind, str(c.n_distinct), f"{100 * c.missing:.1f} %", _values(c)) for c in columns]
    more = f"\n... and {len(rows) - SHOWN_ROWS} more" if len(rows) > SHOWN_ROWS else ""
    return aligned([("column", "kind", "distinct", "missing", "values"), *rows[:SHOWN_ROWS]], left={0, 1, 4}) + more


def _values(column: ColumnDescription) -> str:
    if column.is_identifier:
        return "looks like an identifier"
    if column.low is not None:
        low, high = (f"{v:.6g}" if isinstance(v, float) else str(v) for v in (column.low, column.high))
        return shown(low if low == high else f"{low} to {high}", VALUES_WIDTH)
    return shown(", ".join(f"{level} {share:.0%}" for level, share in column.levels.items()), VALUES_WIDTH)
