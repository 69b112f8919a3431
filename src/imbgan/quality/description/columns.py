"""The description of single columns."""

import re
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from typing import cast

import numpy as np

from imbgan.quality.description.facts import Counts, is_number
from imbgan.quality.description.texts import TextDescription
from imbgan.tabular.schema import Kind, RawColumn
from imbgan.tabular.statistics.columns import ColumnStatistics
from imbgan.tabular.statistics.numbers import NumberStatistics
from imbgan.tabular.ticks import text_of_time
from imbgan.tabular.vectors import Element

#: Number of levels that a description names, the most frequent first.
SHOWN_LEVELS = 5


@dataclass(frozen=True)
class ColumnDescription:
    """One column, as inferred.

    Parameters
    ----------
    name : str
    kind : str
        As :class:`imbgan.TabularGAN` will learn it: "continuous", "integer", "boolean", "categorical", "datetime",
        "timedelta", "time", "constant", "identifier" or "vector"; or "text", which it does not learn.
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
    identifies : str
        What these values are, such as "e-mail addresses"; empty for other columns.
    is_leak : bool
        Whether it equals the target one to one; see :class:`imbgan.TargetLeakWarning`.
    text : TextDescription or None, default=None
        What its texts are like, if it holds free text.
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
    identifies: str
    is_leak: bool
    text: TextDescription | None = None


def describe_column(
    column: RawColumn,
    kind: Kind,
    codes: Counts,
    what: str | None,
    *,
    is_leak: bool,
    text: TextDescription | None = None,
    whole: tuple[ColumnStatistics, int] | None = None,
) -> ColumnDescription:
    """Describe a column.

    Parameters
    ----------
    column : RawColumn
    kind : str
        The kind of a column that does not identify.
    codes : ndarray of int of shape (n,)
        A number for each cell; 0 means missing.
    what : str or None
        What identifies, if it does.
    is_leak : bool
    text : TextDescription or None
        What the texts of a column of free text are like; it does not identify then.
    whole : (ColumnStatistics, int) or None
        Statistics of all rows and their number, if ``column`` holds a sample. Distinct values of numbers with a
        fraction are then those of the sample, and those of other columns an estimate if there are many.
    """
    counts = np.bincount(codes, minlength=2)
    n_present = len(codes) - int(counts[0])
    low = high = None
    levels: dict[str, float] = {}
    if is_number(column) and n_present:
        present = column.values[~column.missing]
        low, high = _cell(column, present.min()), _cell(column, present.max())
    elif n_present and text is None:
        first = np.unique(codes, return_index=True)[1][-(len(counts) - 1) :]
        # The most frequent levels come first; equally frequent ones in order of appearance.
        for code in np.argsort(-counts[1:], kind="stable")[:SHOWN_LEVELS].tolist():
            levels[str(column.cell(column.values[first[code]]))] = float(counts[code + 1] / n_present)
    described = ColumnDescription(
        str(column.name),
        "text" if text else "identifier" if what else kind,
        column.dtype.text,
        int(np.count_nonzero(counts[1:])),
        1.0 - n_present / len(codes),
        low,
        high,
        levels,
        what is not None,
        what or "",
        is_leak,
        text,
    )
    return described if whole is None else _of_all_rows(described, column, *whole)


def _of_all_rows(
    described: ColumnDescription, column: RawColumn, whole: ColumnStatistics, n_rows: int
) -> ColumnDescription:
    """Return the description of a sample with what is known of all rows."""
    data = whole.data
    missing = float(data.missing.sum() / n_rows)
    if isinstance(data, NumberStatistics):
        bounds = [sketch.values[[0, -1]] for sketch in data.sketches if sketch]
        if not bounds:
            return replace(described, missing=missing)
        low, high = min(ends[0] for ends in bounds), max(ends[1] for ends in bounds)
        n_distinct = described.n_distinct
        if data.decimals == 0:
            n_distinct = max(n_distinct, round(data.distinct.n_distinct))
        return replace(
            described, missing=missing, low=_cell(column, low), high=_cell(column, high), n_distinct=n_distinct
        )
    levels, table = data.levels(whole.dtype)
    totals = table.sum(axis=1)
    n_present = n_rows - int(data.missing.sum())
    if data.is_sampled:  # each level is kept with equal probability, however many rows have it
        n_distinct = round(len(levels) * n_present / float(totals.sum()))
        return replace(described, missing=missing, n_distinct=max(described.n_distinct, n_distinct))
    most = np.argsort(-totals, kind="stable")[:SHOWN_LEVELS].tolist()
    shares = {str(levels[i]): float(totals[i] / n_present) for i in most} if described.text is None else {}
    return replace(described, missing=missing, n_distinct=len(levels), levels=shares)


def as_vectors(columns: Sequence[ColumnDescription], names: Sequence[Hashable]) -> tuple[ColumnDescription, ...]:
    """Return the descriptions of the columns of a table, in which all numbers of a vector are one column.

    Parameters
    ----------
    columns : sequence of ColumnDescription
        One for each name.
    names : sequence of Hashable
        The names of the columns that were read; those of vectors are :class:`imbgan.tabular.vectors.Element`.
    """
    described: dict[Hashable, ColumnDescription] = {}
    for name, column in zip(names, columns, strict=True):
        own = name.column if isinstance(name, Element) else name
        first = described.get(own)
        if first is None:
            described[own] = replace(column, name=str(own), kind="vector" if isinstance(name, Element) else column.kind)
        else:
            low, high = (column.low, column.high), (first.low, first.high)
            described[own] = replace(
                first,
                low=min((low[0], high[0]), key=_order),
                high=max((low[1], high[1]), key=_order),
                n_distinct=max(first.n_distinct, column.n_distinct),
                is_leak=first.is_leak or column.is_leak,
            )
    return tuple(described.values())


def _order(bound: int | float | str | None) -> float:
    return bound if isinstance(bound, int | float) else 0.0


def _cell(column: RawColumn, value: np.generic) -> int | float | str:
    """Return a number as it is in the table, and a date or duration as text."""
    cell = cast("int | float | np.datetime64 | np.timedelta64", column.cell(value))
    if isinstance(cell, np.datetime64):
        text = str(cell)
        return re.sub(r"(T00:00(:00)?)?([.]0+)?$", "", text) if "T" in text else text
    if isinstance(cell, np.timedelta64):
        return text_of_time(cell) if column.family == "time" else str(cell)
    return cell
