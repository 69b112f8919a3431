"""What is counted once in a table, and the type of a finding about it."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal, cast

import numpy as np
from numpy.typing import NDArray

from imbgan._text import shown
from imbgan.quality.results import Severity
from imbgan.tabular.equality import value_codes
from imbgan.tabular.identifiers.evidence import FREE_TEXT, what_identifies
from imbgan.tabular.labels import Labels, rarer_class
from imbgan.tabular.schema import NUMBER_FAMILIES, RawColumn, Table
from imbgan.tabular.statistics import TableStatistics
from imbgan.tabular.survey import Surveyed

Counts = NDArray[np.intp]
FindingName = Literal[
    "leak",
    "near leak",
    "infinite values",
    "contradictions",
    "duplicates",
    "identifiers",
    "free text",
    "odd texts",
    "drift",
    "class drift",
    "sorted rows",
    "sorted classes",
    "constant in a class",
    "constant columns",
    "nearly empty columns",
]
#: A pattern is reported only if chance makes it with less than this probability, over all columns together.
CHANCE = 1e-3
#: Findings are sought in this many classes, the rarest first.
MAX_CLASSES = 10
#: Number of columns that a finding names; its fields hold all of them.
NAMED = 8


@dataclass(frozen=True)
class TableFinding:
    """Something in a table that ruins projects, or that a user should know.

    Parameters
    ----------
    name : str
        For example ``"leak"`` or ``"drift"``.
    severity : {"error", "warning", "info"}
        "error" must be mended before anything is trained, "warning" should be checked, "info" is a remark.
    columns : tuple of str
        All columns that it is about.
    rows : tuple of int
        Some row numbers, from 0, that show it.
    evidence : str
        What was found, in one sentence.
    action : str
        What to do, in one sentence.
    """

    name: FindingName
    severity: Severity
    columns: tuple[str, ...]
    rows: tuple[int, ...]
    evidence: str
    action: str


@dataclass(frozen=True)
class Facts:
    """A table, its labels, and what is counted once for all findings.

    Parameters
    ----------
    table : Table
        Infinite cells are missing.
    labels : Labels
    infinite : mapping of column name to row numbers
    whole : Surveyed or None, default=None
        What is known of the table of which the rows are a sample, if they are one.
    """

    table: Table
    labels: Labels
    infinite: Mapping[Hashable, NDArray[np.intp]]
    whole: Surveyed | None = None

    @classmethod
    def of(cls, table: Table, labels: Labels, whole: Surveyed | None = None) -> "Facts":
        """Count what is infinite, and treat it as missing."""
        infinite: dict[Hashable, NDArray[np.intp]] = {}
        columns: list[RawColumn] = []
        for column in table.columns:
            if column.family == "float":
                wrong = np.isinf(cast("NDArray[np.float64]", column.values)) & ~column.missing
                if wrong.any():
                    infinite[column.name] = np.flatnonzero(wrong)
                    column = replace(column, missing=column.missing | wrong, values=np.where(wrong, 0.0, column.values))
            columns.append(column)
        return cls(replace(table, columns=tuple(columns)), labels, infinite, whole)

    @cached_property
    def statistics(self) -> TableStatistics:
        """The statistics from which an encoder is fitted; those of all rows if the rows are a sample."""
        if self.whole is not None:
            return self.whole.statistics
        return TableStatistics(len(self.labels.classes)).update(self.table, self.labels.codes)

    @property
    def class_counts(self) -> Counts:
        """Number of rows of each class, also of those that are not in the sample."""
        return self.labels.counts if self.whole is None else self.whole.class_counts.astype(np.intp)

    @cached_property
    def missing(self) -> dict[Hashable, float]:
        """The share of missing cells of each column in all rows."""
        if self.whole is None:
            return {column.name: float(column.missing.mean()) for column in self.table.columns}
        n_rows = self.whole.n_rows
        return {column.name: float(column.data.missing.sum() / n_rows) for column in self.statistics.columns}

    @cached_property
    def _distinguishing(self) -> dict[Hashable, str]:
        """The columns whose values hardly repeat, and what these are."""
        found = {column.name: what_identifies(column) for column in self.statistics.columns}
        return {name: what for name, what in found.items() if what is not None}

    @property
    def identifiers(self) -> dict[Hashable, str]:
        """The columns that identify, and what their values are."""
        return {name: what for name, what in self._distinguishing.items() if what != FREE_TEXT}

    @property
    def texts(self) -> list[RawColumn]:
        """The columns of free text."""
        return [column for column in self.table.columns if self._distinguishing.get(column.name) == FREE_TEXT]

    @cached_property
    def values(self) -> dict[Hashable, Counts]:
        """A number for each cell of each column, in increasing order of numbers; 0 means missing."""
        return {column.name: value_codes(column) for column in self.table.columns}

    @cached_property
    def learned(self) -> list[RawColumn]:
        """The columns of numbers and categories that do not identify and hold more than one value."""
        return [
            column
            for column in self.table.columns
            if column.name not in self._distinguishing
            and (self.values[column.name] != self.values[column.name][0]).any()
        ]

    @cached_property
    def rare_classes(self) -> list[int]:
        """Codes of classes, the rarest first; of two classes only the rarer one, since the other mirrors it."""
        counts = self.class_counts
        return [rarer_class(counts)] if len(counts) == 2 else np.argsort(counts, kind="stable").tolist()[:MAX_CLASSES]

    def counts_of(self, column: RawColumn, code: int | None = None) -> Counts:
        """Return how often each value occurs, in all rows or in one class; first the missing ones."""
        values = self.values[column.name]
        part = values if code is None else values[self.labels.codes == code]
        return np.bincount(part, minlength=int(values.max()) + 1)

    def label(self, code: int) -> str:
        """Return a label for a sentence."""
        return shown(self.labels.texts[code], 30)


def is_number(column: RawColumn) -> bool:
    """Return whether the values of a column have an order."""
    return column.family in NUMBER_FAMILIES


def names(columns: Sequence[object], most: int = NAMED) -> str:
    """Return names for a sentence, the first ones if there are many."""
    text = ", ".join(shown(name, 40) for name in columns[:most])
    return f"{text} and {len(columns) - most} more" if len(columns) > most else text


def plural(n: int, noun: str) -> str:
    """Return a number with its noun."""
    return f"{n:,} {noun}{'' if n == 1 else 's'}"
