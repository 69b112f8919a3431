"""Which values generated columns can have: whether their types hold them, and whether bounds are kept."""

import re
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from math import inf
from typing import Any

import numpy as np

from imbgan._text import listed
from imbgan.exceptions import DataTypeError, ParameterError
from imbgan.tabular.rules.capped import Capped
from imbgan.tabular.rules.cells import LARGEST, column_named, is_finer, numbers
from imbgan.tabular.rules.declared import Between, Rule
from imbgan.tabular.rules.steps import Joint, Ordered, Step, Summed
from imbgan.tabular.schema import NANOSECONDS, TIME_FAMILIES, RawColumn, Table, TableSchema, column_label
from imbgan.tabular.statistics.grain import own_float
from imbgan.tabular.ticks import text_of_duration

Range = tuple[float, float]
#: Fresh identifiers that are numbers are of at most this size, unless the table has greater ones.
FRESH = 2**53


def bounded_steps(rules: Sequence[Rule], steps: Sequence[Step], table: Table, learned: TableSchema) -> tuple[Step, ...]:
    """Return the steps that keep all bounds, with those that cap the parts of sums before the others.

    Learned columns stay within the bounds of the table by themselves; fresh identifiers, and what is computed, may not.

    Parameters
    ----------
    rules : sequence of Rule
    steps : sequence of Step
        Each after those of its sources.
    table : Table
    learned : TableSchema
        The columns that are learned in place of those of the table.

    Raises
    ------
    ParameterError
        If generated values could leave the bounds of a rule.
    DataTypeError
        If computed values could leave those of the type of their column.
    """
    bounds = [rule for rule in rules if isinstance(rule, Between)]
    fresh = {column.name for column in learned.columns if column.kind == "identifier"}
    ranges = Ranges(table, {step.form.name: step for step in steps if isinstance(step, Ordered | Summed)}, fresh)
    caps: list[Capped] = []
    for rule in bounds:
        step = ranges.steps.get(rule.column)
        if isinstance(step, Summed):
            low, high = rule.bounds(column_named(table, rule.column))
            low, high = max(low, step.low), min(high, step.high)
            bounded = step.bounded(low, high)
            caps += _cap(rule, bounded, ranges, caps, steps)
            ranges.steps[rule.column] = bounded
    for rule in bounds:
        _check_bounds(rule, ranges)
    for name in ranges.steps:
        _check_room(column_named(table, name), ranges)
    derived = (step if isinstance(step, Joint | Capped) else ranges.steps[step.form.name] for step in steps)
    return (*caps, *derived)


@dataclass
class Ranges:
    """The least and the greatest number that generated cells of a column can hold."""

    table: Table
    steps: dict[Hashable, Step]
    fresh: set[Hashable]
    _known: dict[Hashable, Range] = field(default_factory=dict[Hashable, Range])

    def of(self, name: Hashable) -> Range:
        """Return the range of a column."""
        step, column = self.steps.get(name), column_named(self.table, name)
        if name in self.fresh:
            least, most = room_of(column)
            return max(least, -FRESH), min(most, FRESH)
        if isinstance(step, Summed):
            least, most = self._of_sum(step)
            return max(least, step.low), min(most, step.high)
        low, high = _observed(column)
        if not isinstance(step, Ordered) or step.may_miss:
            return low, high
        ends = [(self.of(source)[1], strict) for source, strict in step.lower]
        most = room_of(column)[1]
        above = [
            float(step.least_above(np.array([end]), strict=strict)[0]) for end, strict in ends if -most <= end <= most
        ]
        return low, max(high, *above, *(end for end, _ in ends))

    def _of_sum(self, step: Summed) -> Range:
        sources = [self.of(part) for part in step.parts]
        low, high = sum(each[0] for each in sources), sum(each[1] for each in sources)
        if not any(column_named(self.table, part).missing.any() for part in step.parts):
            return low, high
        # Where parts are missing, what the total exceeds the others by is learned.
        (rest,) = step.forward({column.name: column for column in self.table.columns})
        least, most = _observed(rest)
        low = min(low, least + sum(min(0.0, each[0]) for each in sources))
        return low, max(high, most + sum(max(0.0, each[1]) for each in sources))


def room_of(column: RawColumn) -> Range:
    """Return the least and the greatest number that the data type of a column holds."""
    text = column.dtype.text.lower()
    if column.family == "time":
        return 0, NANOSECONDS["D"] // NANOSECONDS[column.dtype.unit] - 1
    decimal = re.search(r"decimal\d*[\[(](?:precision=)?(\d+), ?(?:scale=)?(\d+)", text)
    if decimal:
        digits, scale = map(int, decimal.groups())
        most = (10.0**digits - 1) / 10.0**scale
        return -most, most
    if column.family == "float":
        most = float(np.finfo(own_float(text)).max)
        return -most, most
    whole = re.search(r"(u?)int(8|16|32|64|128)\b", text)
    bits = min(int(whole[2]), 64) if whole else 64
    if bits == 64:  # sums of wider numbers could overflow
        return (0 if whole and whole[1] else -LARGEST), LARGEST
    return (0, 2**bits - 1) if whole and whole[1] else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)


def _observed(column: RawColumn) -> Range:
    values = numbers(column)[~column.missing]
    return (float(values.min()), float(values.max())) if len(values) else (inf, -inf)


def _cap(rule: Between, step: Summed, ranges: Ranges, caps: Sequence[Capped], steps: Sequence[Step]) -> list[Capped]:
    """Return what keeps the parts of a total within its bounds: nothing if they are by themselves."""
    parts, is_exact = _leaves(step, ranges)
    columns = [column_named(ranges.table, part) for part in parts]
    ends = [ranges.of(part) for part in step.parts]
    least, most = sum(end[0] for end in ends), sum(end[1] for end in ends)
    if least >= step.low and most <= step.high:
        return []
    derived = {form.name for each in steps if isinstance(each, Joint) for form in each.forms} | ranges.steps.keys()
    capped = {form.name for each in caps for form in each.forms}
    reasons = [
        ("other rules determine {}", [part for part in parts if part in derived]),
        ("{} gets fresh values", [part for part in parts if part in ranges.fresh]),
        ("{} counts in another bounded sum, or twice", [p for p in parts if p in capped or parts.count(p) > 1]),
        ("sums of them are rounded, or lack a part, on the way", [] if is_exact else [rule.column]),
    ]
    why = next((text.format(listed(list(dict.fromkeys(names)))) for text, names in reasons if names), None)
    if why is not None:
        reach = f"{_shown(least, columns[0])} to {_shown(most, columns[0])}"
        raise ParameterError(
            f"{rule!r} cannot be kept: the column is computed from {listed(list(dict.fromkeys(parts)))}, which can add "
            f"up to anything from {reach}, and cannot be scaled since {why}. Leave this rule or the other one out, or "
            "widen the bounds to these."
        )
    return [Capped.fit(columns, step.low, step.high, step.decimals)]


def _leaves(step: Summed, ranges: Ranges) -> tuple[list[Hashable], bool]:
    """Return the columns of which a total consists in the end, and whether sums among them are exact."""
    parts: list[Hashable] = []
    is_exact = True
    for name in step.parts:
        inner = ranges.steps.get(name)
        if not isinstance(inner, Summed):
            parts.append(name)
            continue
        own, own_exact = _leaves(inner, ranges)
        columns = [column_named(ranges.table, part) for part in inner.parts]
        exact = inner.decimals is None or not is_finer(columns, inner.decimals)
        # What the sum of the others lacks is then learned, and cannot be scaled.
        exact &= not any(column.missing.any() for column in columns)
        parts, is_exact = parts + own, is_exact and own_exact and exact
    return parts, is_exact


def _check_bounds(rule: Between, ranges: Ranges) -> None:
    column = column_named(ranges.table, rule.column)
    wanted_low, wanted_high = rule.bounds(column)
    low, high = ranges.of(rule.column)
    if low >= wanted_low and high <= wanted_high:
        return
    step = ranges.steps.get(rule.column)
    if rule.column in ranges.fresh:
        why, what = "gets fresh values, which can lie beyond any bounds", "the rule, or learn the column (kinds)"
    elif isinstance(step, Ordered):
        sources = [source for source in step.sources if ranges.of(source)[1] > wanted_high] or list(step.sources)
        most = max(ranges.of(source)[1] for source in sources)
        why = f"must not be below {listed(sources)}, which can be as great as {_shown(most, column)}"
        what = f"this rule or the order out, or bound {listed(sources)} by a rule as well"
    else:
        why = f"is computed, and can be anything from {_shown(low, column)} to {_shown(high, column)}"
        what = "this rule or the other one"
    raise ParameterError(f"{rule!r} cannot be kept: the column {why}. Leave {what}.")


def _check_room(column: RawColumn, ranges: Ranges) -> None:
    """Raise DataTypeError if the type of a column does not hold all numbers that can be computed for it."""
    low, high = ranges.of(column.name)
    least, most = room_of(column)
    end = low if low < least else high
    if (low >= least and high <= most) or np.isinf(end):
        return
    step = ranges.steps[column.name]
    raise DataTypeError(
        f"{column_label(column.name)} is computed from {listed(list(step.sources))}, and can become "
        f"{_shown(end, column)}, which its data type {column.dtype.text} cannot hold. Convert it to a wider type."
    )


def _shown(end: float, column: RawColumn) -> str:
    if column.family not in TIME_FAMILIES or np.isinf(end):
        return f"{end:g}"
    unit: Any = column.dtype.unit
    is_date = column.family == "datetime"
    return str(np.datetime64(int(end), unit)) if is_date else text_of_duration(np.timedelta64(int(end), unit))
