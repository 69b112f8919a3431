"""Rules that a table obeys in every row, and that chance does not explain."""

from collections.abc import Collection, Hashable, Iterator, Sequence
from itertools import combinations, permutations
from math import log
from typing import Any

import numpy as np
from numpy.typing import NDArray

from imbgan.exceptions import DataTypeError, ParameterError
from imbgan.tabular.equality import row_codes, value_codes
from imbgan.tabular.rules.cells import numbers
from imbgan.tabular.rules.declared import AddsUp, Less, OnlyTogether, Rule
from imbgan.tabular.rules.plan import check_rules
from imbgan.tabular.schema import NUMBER_FAMILIES, RawColumn, Table
from imbgan.tabular.vectors import Element

#: A rule is reported only if chance makes it with less than this probability, over all that were tried together.
CHANCE = 1e-3
#: Fewer rows with all cells show no rule.
LEAST_ROWS = 30
#: Orders and sums are sought among this many columns of numbers, and sums of at most this many parts.
MOST_COLUMNS, MOST_PARTS = 24, 4
#: Most rules are refuted by these rows.
FEW_ROWS = 24


def find_rules(table: Table, *, without: Collection[Hashable] = ()) -> tuple[Rule, ...]:
    """Return the rules that hold in all rows: joint categories, copies, sums of 2 to 4 columns, orders of two columns.

    Of rules that would determine a column twice, the first is kept.

    Parameters
    ----------
    table : Table
    without : collection of column names
        Columns that are left out, such as identifiers.

    Examples
    --------
    >>> from imbgan.tabular import read_table
    >>> first = np.arange(99) * 7 % 50
    >>> find_rules(read_table(np.column_stack([first, first + np.arange(99) % 5])))
    (less(0, 1),)
    """
    columns = [c for c in table.columns if c.name not in without and not isinstance(c.name, Element)]
    categories = [column for column in columns if column.family in ("level", "bool")]
    figures = [column for column in columns if column.family in NUMBER_FAMILIES and _varies(column)][:MOST_COLUMNS]
    found: list[Rule] = []
    for rule in (*_joint(categories), *_sums(figures), *_orders(figures)):
        try:
            found = list(check_rules([*found, rule]))
        except ParameterError:  # it determines a column again
            continue
    return tuple(found)


def _varies(column: RawColumn) -> bool:
    present = column.values[~column.missing]
    return len(present) >= LEAST_ROWS and bool((present != present[0]).any())


def _is_chance(n_rows: int, share: float, n_tried: int) -> bool:
    """Return whether rows that each agree with this probability may all agree by chance."""
    return n_rows < LEAST_ROWS or share >= 1.0 or n_rows * log(max(share, 1e-300)) > log(CHANCE / n_tried)


def _joint(columns: Sequence[RawColumn]) -> Iterator[OnlyTogether]:
    """Yield categories with those that they determine; each column belongs to one group."""
    codes = {column.name: value_codes(column) for column in columns}
    codes = {name: code for name, code in codes.items() if len(code) and (code != code[0]).any()}
    levels = {name: len(np.unique(code)) for name, code in codes.items()}
    taken: set[Hashable] = set()
    for first in sorted(codes, key=lambda name: -levels[name]):
        others = [name for name in codes if name != first and name not in taken]
        if first in taken:
            continue
        told = [name for name in others if _determines(codes[first], codes[name], levels[first], len(codes) ** 2)]
        if told:
            taken |= {first, *told}
            yield OnlyTogether((first, *told))


def _determines(first: NDArray[np.intp], second: NDArray[np.intp], n_levels: int, n_tried: int) -> bool:
    few = slice(0, 1000)
    if len(np.unique(first[few])) != int(row_codes([first[few], second[few]], len(first[few])).max()) + 1:
        return False
    shares = np.bincount(second) / len(second)
    # The first row of a level agrees with itself.
    if _is_chance(len(first) - n_levels, float((shares**2).sum()), n_tried):
        return False
    return int(row_codes([first, second], len(first)).max()) + 1 == n_levels


def _sums(columns: Sequence[RawColumn]) -> Iterator[AddsUp]:
    """Yield copies, and sums whose parts all count in some rows, of columns of one kind."""
    kinds: dict[object, list[RawColumn]] = {}
    for column in columns:
        if _is_plain(column):
            kinds.setdefault(_kind(column), []).append(column)
    for alike in kinds.values():
        yield from _sums_of(alike)


def _is_plain(column: RawColumn) -> bool:
    try:
        numbers(column)
    except DataTypeError:  # numbers that rules do not take
        return False
    return True


def _sums_of(columns: Sequence[RawColumn]) -> Iterator[AddsUp]:
    values = {column.name: np.where(column.missing, np.nan, numbers(column).astype(np.float64)) for column in columns}
    few = _fullest(columns)
    some = np.stack([values[column.name][few] for column in columns])
    # Dates have copies, but no sum.
    sizes = range(1, 2 if columns[0].family == "datetime" else MOST_PARTS + 1)
    n_tried = len(columns) * sum(1 for k in sizes for _ in combinations(columns, k))
    for size in sizes:
        for places in combinations(range(len(columns)), size):
            far = np.abs(some - some[list(places)].sum(axis=0))
            known = ~np.isnan(far)
            near = ~(far > 0.01 + 1e-6 * np.abs(some)) & (known.sum(axis=1) >= FEW_ROWS // 3)[:, None]
            for total in np.flatnonzero(near.all(axis=1)).tolist():
                if total in places:
                    continue
                own = [*(columns[place] for place in places), columns[total]]
                rule = AddsUp(tuple(column.name for column in own[:-1]), own[-1].name)
                if _holds_as_sum(rule, own, values, n_tried):
                    yield rule


def _fullest(columns: Sequence[RawColumn]) -> NDArray[np.intp]:
    """Return a few rows, spread over those in which most cells are there."""
    present = len(columns) - np.sum([column.missing for column in columns], axis=0)
    rows = np.flatnonzero(present == present.max())
    if len(rows) < FEW_ROWS:
        return np.argsort(-present, kind="stable")[:FEW_ROWS]
    return rows[np.linspace(0, len(rows) - 1, FEW_ROWS).astype(int)]


def _holds_as_sum(
    rule: AddsUp, columns: Sequence[RawColumn], values: dict[Hashable, NDArray[Any]], n_tried: int
) -> bool:
    rows = np.flatnonzero(~np.logical_or.reduce([column.missing for column in columns]))
    if any(np.count_nonzero(values[name][rows]) < LEAST_ROWS for name in rule.parts) or rule.broken_in(columns).any():
        return False
    summed = sum(values[name][rows] for name in rule.parts)
    share = float((np.abs(summed - np.roll(values[rule.total][rows], len(rows) // 3)) < 0.01).mean())
    return not _is_chance(len(rows), share, n_tried)


def _orders(columns: Sequence[RawColumn]) -> Iterator[Less]:
    """Yield orders of columns with overlapping ranges, without those that follow from two others."""
    strict: dict[tuple[Hashable, Hashable], bool] = {}
    values: dict[Hashable, NDArray[Any]] = {}
    for column in columns:
        try:
            values[column.name] = numbers(column)
        except DataTypeError:
            continue
    known = [column for column in columns if column.name in values]
    for low, high in permutations(known, 2):
        present = ~(low.missing | high.missing)
        first, second = values[low.name][present], values[high.name][present]
        if len(first) < LEAST_ROWS or (first[:FEW_ROWS] > second[:FEW_ROWS]).any() or second.min() >= first.max():
            continue
        if (first > second).any() or (first == second).all() or _kind(low) != _kind(high):
            continue
        moved = np.roll(second, len(second) // 3)
        if _is_chance(len(first), float((first <= moved).mean()), len(known) ** 2):
            continue
        never_equal = not (first == second).any()
        equal = float((first != moved).mean())
        strict[low.name, high.name] = never_equal and not _is_chance(len(first), equal, len(known) ** 2)
    for (low, high), is_strict in strict.items():
        if not any((low, mid) in strict and (mid, high) in strict for mid in values):
            yield Less(low, high, is_strict)


def _kind(column: RawColumn) -> tuple[object, ...]:
    is_time = bool(column.dtype.unit)
    return (column.family, column.dtype.unit, bool(column.dtype.zone)) if is_time else ("number",)
