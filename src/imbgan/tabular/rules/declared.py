"""Rules of a table as plain values: which rows break them, and their documents."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from math import inf
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from imbgan._text import quoted
from imbgan.exceptions import DataError
from imbgan.tabular.asked import ends_of
from imbgan.tabular.reading import read_table
from imbgan.tabular.rules.cells import (
    RELATIVE,
    SHORT,
    check_addable,
    check_alike,
    column_named,
    decimals_of,
    groups,
    is_finer,
    is_short,
    numbers,
)
from imbgan.tabular.scalars import to_json
from imbgan.tabular.schema import RawColumn, Table

Broken = NDArray[np.bool_]


class Rule:
    """What holds in every row of a table."""

    kind: ClassVar[str]

    @property
    def columns(self) -> tuple[Hashable, ...]:
        """The columns that the rule names."""
        raise NotImplementedError

    def broken_in(self, columns: Sequence[RawColumn]) -> Broken:
        """Return which rows break the rule (n,), given its columns; a row with a missing cell breaks none."""
        raise NotImplementedError

    def to_document(self) -> dict[str, Any]:
        """Return the rule in a form that JSON can hold; :func:`rule_from_document` reads it."""
        raise NotImplementedError

    def broken(self, X: object) -> Broken:
        """Return which rows of a table break the rule.

        Parameters
        ----------
        X : DataFrame, array-like or sparse matrix of shape (n_samples, n_features)

        Returns
        -------
        ndarray of bool of shape (n_samples,)
            A row in which one of the cells is missing breaks no rule.

        Raises
        ------
        ParameterError, DataTypeError
            If the table lacks a column, or if its type does not fit the rule.

        Examples
        --------
        >>> from imbgan import less
        >>> less(0, 1).broken([[1.0, 2.0], [3.0, 2.0]])
        array([False,  True])
        """
        table = read_table(X)
        return self.broken_in([column_named(table, name) for name in self.columns])


@dataclass(frozen=True, repr=False)
class Less(Rule):
    """See :func:`less`."""

    kind: ClassVar[str] = "less"
    low: Hashable
    high: Hashable
    strict: bool = False

    def __repr__(self) -> str:
        return f"less({self.low!r}, {self.high!r}{', strict=True' if self.strict else ''})"

    @property
    def columns(self) -> tuple[Hashable, ...]:
        """The lower and the higher column."""
        return self.low, self.high

    def broken_in(self, columns: Sequence[RawColumn]) -> Broken:
        """Return in which rows the first number is greater than the second, or equal if that is not allowed."""
        check_alike(columns, self)
        low, high = map(numbers, columns)
        return (low >= high if self.strict else low > high) & ~_any_missing(columns)

    def to_document(self) -> dict[str, Any]:
        """Return the columns and whether they must differ."""
        return {"rule": self.kind, "columns": [to_json(self.low), to_json(self.high)], "strict": self.strict}


@dataclass(frozen=True, repr=False)
class AddsUp(Rule):
    """See :func:`adds_up`."""

    kind: ClassVar[str] = "adds_up"
    parts: tuple[Hashable, ...]
    total: Hashable

    def __repr__(self) -> str:
        return f"adds_up({list(self.parts)!r}, {self.total!r})"

    @property
    def columns(self) -> tuple[Hashable, ...]:
        """The parts, and the total."""
        return *self.parts, self.total

    def broken_in(self, columns: Sequence[RawColumn]) -> Broken:
        """Return in which rows the parts do not add up to the total, rounded as the total is."""
        check_addable(columns, self)
        if all(column.family not in ("float", "none") for column in columns):
            # Exact, also for nanoseconds; overflowing sums are equal where the true ones are.
            return (sum(map(numbers, columns[:-1])) != numbers(columns[-1])) & ~_any_missing(columns)
        total = numbers(columns[-1]).astype(np.float64)
        parts = [numbers(column).astype(np.float64) for column in columns[:-1]]
        size = np.abs(total) + sum(map(np.abs, parts))
        decimals = decimals_of(columns[-1])
        # A total of fewer decimals than its parts is rounded, by any way of rounding.
        half = 0.5 * 10.0**-decimals if decimals is not None and is_finer(columns[:-1], decimals) else 0.0
        allowed = RELATIVE * size + half
        if any(is_short(column.dtype) for column in columns):
            allowed = allowed + SHORT * size
        return (np.abs(sum(parts) - total) > allowed) & ~_any_missing(columns)

    def to_document(self) -> dict[str, Any]:
        """Return the parts and the total."""
        return {"rule": self.kind, "parts": [to_json(name) for name in self.parts], "total": to_json(self.total)}


@dataclass(frozen=True, repr=False)
class Between(Rule):
    """See :func:`between`."""

    kind: ClassVar[str] = "between"
    column: Hashable
    low: Any
    high: Any

    def __repr__(self) -> str:
        return f"between({self.column!r}, {self.low!r}, {self.high!r})"

    @property
    def columns(self) -> tuple[Hashable, ...]:
        """The column."""
        return (self.column,)

    def broken_in(self, columns: Sequence[RawColumn]) -> Broken:
        """Return in which rows the number lies outside of the bounds."""
        (column,) = columns
        values = numbers(column)
        low, high = self.bounds(column)
        return ((values < low) | (values > high)) & ~column.missing

    def bounds(self, column: RawColumn) -> tuple[int | float, int | float]:
        """Return the bounds as numbers, or as ticks of dates and times; infinite where there is none."""
        if column.family == "none":
            return -inf, inf
        return ends_of((self.low, self.high), column.family, column.dtype, f"Each bound of {self!r}")

    def to_document(self) -> dict[str, Any]:
        """Return the column and the bounds."""
        return {
            "rule": self.kind,
            "column": to_json(self.column),
            "low": to_json(self.low),
            "high": to_json(self.high),
        }


@dataclass(frozen=True, repr=False)
class _OfColumns(Rule):
    names: tuple[Hashable, ...]

    @property
    def columns(self) -> tuple[Hashable, ...]:
        """The columns."""
        return self.names

    def to_document(self) -> dict[str, Any]:
        """Return the columns."""
        return {"rule": self.kind, "columns": [to_json(name) for name in self.names]}


@dataclass(frozen=True, repr=False)
class Unique(_OfColumns):
    """See :func:`unique`."""

    kind: ClassVar[str] = "unique"

    def __repr__(self) -> str:
        return f"unique({list(self.names)!r})"

    def broken_in(self, columns: Sequence[RawColumn]) -> Broken:
        """Return which rows equal an earlier one in all columns."""
        present = np.flatnonzero(~_any_missing(columns))
        first = np.unique(groups(columns)[present], return_index=True)[1]
        broken = np.zeros(len(columns[0].missing), bool)
        broken[np.delete(present, first)] = True
        return broken


@dataclass(frozen=True, repr=False)
class OnlyTogether(_OfColumns):
    """See :func:`only_together`.

    Parameters
    ----------
    names : tuple of column names
    seen : table or None
        A table that shows which values go together; None means the table itself, which then breaks nothing.
    """

    kind: ClassVar[str] = "only_together"
    seen: Table | None = field(default=None, compare=False)

    def __repr__(self) -> str:
        return f"only_together({', '.join(map(repr, self.names))})"

    def broken_in(self, columns: Sequence[RawColumn]) -> Broken:
        """Return which rows hold values that do not go together in ``seen``."""
        n_rows = len(columns[0].missing)
        if self.seen is None:
            return np.zeros(n_rows, bool)
        known = {cells_of(row) for row in _rows([column_named(self.seen, name) for name in self.names])}
        return np.array([cells_of(row) not in known for row in _rows(columns)], bool).reshape(n_rows)

    def like(self, X: object) -> "OnlyTogether":
        """Return the rule for which values go together as they do in a table, so that ``broken`` judges others."""
        return OnlyTogether(self.names, read_table(X))


def cells_of(row: Sequence[object]) -> tuple[object, ...]:
    """Return the cells of a row in a form in which equal rows are equal: 1 and 1.0 are, 1 and True are not."""
    return tuple((isinstance(cell, bool | np.bool_), cell) for cell in row)


def _rows(columns: Sequence[RawColumn]) -> Any:  # noqa: ANN401 - an iterator of tuples
    return zip(*(column.as_objects().tolist() for column in columns), strict=True)


def _any_missing(columns: Sequence[RawColumn]) -> Broken:
    return np.logical_or.reduce([column.missing for column in columns])


def check_obeyed(rules: Sequence[Rule], table: Table) -> None:
    """Raise DataError if rows break a rule: how many, and which one is the first."""
    for rule in rules:
        columns = [column_named(table, name) for name in rule.columns]
        broken = rule.broken_in(columns)
        if broken.any():
            row = int(broken.argmax())
            cells = ", ".join(f"{column.name!r}: {_told(column.as_objects()[row])}" for column in columns)
            raise DataError(
                f"X must obey its rules, but {int(broken.sum())} of {table.n_rows} rows break {rule!r}, the first of "
                f"them row {row} ({cells}). Correct the rows, or leave the rule out."
            )


def _told(cell: object) -> str:
    return str(cell) if isinstance(cell, np.generic) else quoted(cell)
