"""The first walk through a table that is read in parts: what is learned of it, whatever the parts are."""

from collections.abc import Collection, Generator, Hashable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from imbgan.exceptions import DataError, DataTypeError, ImbganError, ParameterError
from imbgan.tabular.containers import eager
from imbgan.tabular.identifiers.evidence import what_identifies
from imbgan.tabular.labels import Labels, read_labels, without_labels
from imbgan.tabular.reading import read_table
from imbgan.tabular.reservoir import Address, Reservoir, ReservoirSize
from imbgan.tabular.rules import Rule, check_obeyed
from imbgan.tabular.schema import Table
from imbgan.tabular.statistics import LevelStatistics, TableStatistics

#: Levels per column whose counts are kept. A column with more of them identifies, or is learned from the reservoir.
MOST_LEVELS = 2**16
_NO_LABELS = "missing"
_KINDS = {"U": "text", "O": "text", "b": "booleans", "i": "numbers", "u": "numbers", "f": "numbers", "M": "times"}


@dataclass(frozen=True)
class Surveyed:
    """What a survey found; a pure function of the rows and the seed.

    Attributes
    ----------
    X : container
        The rows of the reservoir, in the order of the table.
    labels : Labels
        Their labels. They hold every class of the table.
    class_counts : ndarray of int64 of shape (n_classes,)
        Number of rows of the whole table in each class of ``labels.classes``.
    statistics : TableStatistics
        Those of all rows, with the codes of ``labels``.
    """

    X: object
    labels: Labels
    class_counts: NDArray[np.int64]
    statistics: TableStatistics

    @property
    def n_rows(self) -> int:
        """Number of rows of the whole table."""
        return int(self.class_counts.sum())

    @property
    def is_whole(self) -> bool:
        """Whether the reservoir holds every row of the table."""
        return len(self.labels) == self.n_rows

    def statistics_for(
        self, table: Table, *, keeps_identifiers: bool, sampled: Collection[Hashable] = ()
    ) -> TableStatistics:
        """Return the statistics from which the encoder of the reservoir is built.

        They are those of all rows, but in two kinds of columns, of which the table has more values than are counted:
        vectors in place of texts, and categories of more than 65,536 levels. These columns have the statistics of the
        reservoir. Where numbers have more values than a sketch keeps, bounds and counts are those of all rows, and what
        lies between is that of the reservoir, which does not depend on the order in which sketches were merged.

        Parameters
        ----------
        table : Table
            The rows of the reservoir, possibly with vectors in place of texts.
        keeps_identifiers : bool
            Whether columns that identify are learned like others.
        sampled : collection of column names, default=()
            Further columns that have the statistics of the reservoir, such as those that rules derive.
        """
        known = {column.name: column for column in self.statistics.columns}

        def is_known(name: Hashable) -> bool:
            column = None if name in sampled else known.get(name)
            if column is None or not isinstance(column.data, LevelStatistics) or not column.data.is_sampled:
                return column is not None
            is_chosen = self.statistics.chosen.get(name) not in (None, "identifier")
            return not is_chosen and not keeps_identifiers and what_identifies(column) is not None

        def is_exact(name: Hashable) -> bool:
            data = known[name].data
            return isinstance(data, LevelStatistics) or all(sketch is None or sketch.exact for sketch in data.sketches)

        if all(is_known(name) and is_exact(name) for name in table.names):
            return self.statistics
        own = TableStatistics(len(self.labels.classes), self.statistics.kinds).update(table, self.labels.codes)
        own.columns = [
            known[column.name].sampled_by(column) if is_known(column.name) else column for column in own.columns
        ]
        own.class_counts = self.class_counts
        return own


class Survey:
    """Counts the classes, collects the statistics of all rows, and keeps a reservoir of each class.

    Classes need not be known beforehand: a label may first appear in the last part. Surveys of parts that different
    workers have seen are merged, and give the survey of the whole table. Memory grows with columns, classes and the
    size of the reservoir, not with rows.

    Parameters
    ----------
    kinds : mapping, optional
        Column name (or position) to kind, as in :meth:`TableEncoder.fit`.
    seed : int, default=0
        Seed of the reservoir.
    size : ReservoirSize, optional
    rules : sequence of Rule, default=()
        What each row must obey. That no two rows agree (``unique``) is checked among rows that come together.

    Examples
    --------
    >>> first, second = Survey(), Survey()
    >>> first.update([[1.5], [2.5]], ["a", "a"], file=0)
    >>> second.update([[3.5]], ["b"], file=1)
    >>> second.merge(first)
    >>> found = second.result()
    >>> found.labels.classes.tolist(), found.class_counts.tolist(), found.X
    (['a', 'b'], [2, 1], [[1.5], [2.5], [3.5]])
    """

    def __init__(
        self,
        *,
        kinds: Mapping[str | int, str] | None = None,
        seed: int = 0,
        size: ReservoirSize | None = None,
        rules: Sequence[Rule] = (),
    ) -> None:
        self.rules = tuple(rules)
        self.reservoir = Reservoir(seed, size)
        self.statistics = TableStatistics(0, kinds, most_levels=MOST_LEVELS)
        self._codes: dict[object, int] = {}
        self._kind = ""
        self._rows: dict[int, int] = {}

    @property
    def n_rows(self) -> int:
        """Number of rows so far."""
        return int(self.reservoir.counts.sum())

    @property
    def class_counts(self) -> dict[object, int]:
        """Number of rows so far by label, in order of appearance."""
        return dict(zip(self._codes, self.reservoir.counts.tolist(), strict=True))

    def update(
        self, X: object, y: object, *, file: int = 0, rows: NDArray[np.int64] | None = None, place: str = ""
    ) -> None:
        """Add rows.

        Parameters
        ----------
        X : container of n rows
        y : array-like of shape (n,) or None
            Their labels; see :func:`imbgan.tabular.labels.read_labels`. None for rows without labels, which all rows
            must then be.
        file : int, default=0
            Number of the file that holds the rows.
        rows : ndarray of int64 of shape (n,), optional
            Their numbers in this file, in increasing order; by default they follow the last one of the file.
        place : str, optional
            Where the rows lie, for messages.

        Raises
        ------
        DataError, DataTypeError, ParameterError
            As :func:`imbgan.tabular.reading.read_table` and ``read_labels``; also if columns or types differ from
            those of the rows before, or if rows break a rule.
        """
        first = self._rows.get(file, 0)
        with _located(place or f"The rows from {first if rows is None else rows[0]} (from 0)"):
            held = eager(X)
            table = read_table(held, self.statistics.kinds)
            labels = without_labels(table.n_rows) if y is None else read_labels(y)
            labels.check_rows(table.n_rows)
            check_obeyed(self.rules, table)
            codes = self._code(labels.classes.tolist(), _kind(labels))[labels.codes]
            self.statistics.update(table, codes)
        n = len(labels)
        numbers = np.arange(first, first + n, dtype=np.int64) if rows is None else rows
        self._rows[file] = max(first, int(numbers[-1]) + 1)
        self.reservoir.update(held, labels.values, codes, Address(np.full(n, file, dtype=np.int64), numbers))

    def merge(self, other: "Survey") -> None:
        """Add the rows of a survey of other rows of the same table, with the same seed and size; it is used up."""
        if not other._codes:
            return
        if self.reservoir.seed != other.reservoir.seed or self.reservoir.size != other.reservoir.size:
            raise ParameterError("Surveys can be merged if they have the same seed and size of the reservoir.")
        places = self._code(list(other._codes), other._kind)
        n_classes = len(self._codes)
        other.statistics.rearrange(places, n_classes)
        other.reservoir.grow(places, n_classes)
        other._codes = dict(self._codes)
        self.statistics.merge(other.statistics)
        self.reservoir.merge(other.reservoir)
        for file, n in other._rows.items():
            self._rows[file] = max(self._rows.get(file, 0), n)

    def result(self) -> Surveyed:
        """Return what was found; further rows can be added afterwards, and change the codes of no class before.

        Raises
        ------
        DataError
            If there were no rows.
        """
        if not self._codes:
            raise DataError("The table holds no rows. A table needs at least one.")
        part = self.reservoir.rows()
        labels = without_labels(len(part.y)) if self._kind == _NO_LABELS else read_labels(part.y)
        order = self._code(labels.classes.tolist(), _kind(labels))
        places = np.empty(len(order), dtype=np.intp)
        places[order] = np.arange(len(order))
        self.statistics.rearrange(places, len(places))
        self.statistics.settle()
        self.reservoir.grow(places, len(places))
        self._codes = {label: code for code, label in enumerate(labels.classes.tolist())}
        return Surveyed(part.X, labels, self.reservoir.counts, self.statistics)

    def _code(self, classes: Sequence[object], kind: str) -> NDArray[np.intp]:
        """Return the codes of labels, of which new ones get the next code."""
        if self._kind and kind != self._kind and _NO_LABELS in (kind, self._kind):
            raise DataError(
                "Either all rows must have labels, or none. Some batches have labels, and others do not. Pass a label "
                "for every row, or None for every batch."
            )
        if self._kind and kind != self._kind:
            raise DataTypeError(
                f"Labels must be of one type. They are {kind} here, such as {classes[0]!r}, and {self._kind} before. "
                "Convert them, for example to text."
            )
        self._kind = kind
        n_before = len(self._codes)
        codes = np.array([self._codes.setdefault(label, len(self._codes)) for label in classes], np.intp)
        if len(self._codes) > n_before:
            same = np.arange(n_before)
            self.statistics.rearrange(same, len(self._codes))
            self.reservoir.grow(same, len(self._codes))
        return codes


def _kind(labels: Labels) -> str:
    return _NO_LABELS if not labels.are_given else _KINDS.get(labels.classes.dtype.kind, "durations")


@contextmanager
def _located(place: str) -> Generator[None]:
    """Say in an error which rows it is about."""
    try:
        yield
    except ImbganError as error:
        raise type(error)(f"{place}: {error}") from error
