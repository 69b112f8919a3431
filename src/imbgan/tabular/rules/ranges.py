"""Which values generated columns can have, and whether the bounds that rules name hold for all of them."""

from collections.abc import Hashable, Sequence
from math import inf

import numpy as np

from imbgan.exceptions import ParameterError
from imbgan.tabular.rules.cells import column_named, numbers
from imbgan.tabular.rules.declared import Between, Rule
from imbgan.tabular.rules.steps import Joint, Step, Summed
from imbgan.tabular.schema import Table, TableSchema

Range = tuple[float, float]


def check_ranges(rules: Sequence[Rule], steps: Sequence[Step], table: Table, learned: TableSchema) -> None:
    """Raise ParameterError for bounds that generated values could leave.

    Learned columns stay within the bounds of the table by themselves; fresh identifiers, and sums, may not.
    """
    bounded = [rule for rule in rules if isinstance(rule, Between)]
    if not bounded:
        return
    fresh = {column.name for column in learned.columns if column.kind == "identifier"}
    derived = {step.form.name: step for step in steps if not isinstance(step, Joint)}
    known: dict[Hashable, Range] = {}

    def possible(name: Hashable) -> Range:
        if name not in known:
            known[name] = _possible(name)
        return known[name]

    def _possible(name: Hashable) -> Range:
        step = derived.get(name)
        column = column_named(table, name)
        values = numbers(column)[~column.missing]
        low, high = (float(values.min()), float(values.max())) if len(values) else (inf, -inf)
        if name in fresh:
            return -inf, inf
        if step is None:
            return low, high
        sources = [possible(source) for source in step.sources]
        if isinstance(step, Summed):
            parts = [column_named(table, part) for part in step.parts]
            if np.logical_or.reduce([part.missing for part in parts]).any():
                return -inf, inf
            return sum(each[0] for each in sources), sum(each[1] for each in sources)
        return low, high if step.may_miss else max(high, *(each[1] for each in sources))

    for rule in bounded:
        column = column_named(table, rule.column)
        wanted_low, wanted_high = rule.bounds(column)
        low, high = possible(rule.column)
        if low < wanted_low or high > wanted_high:
            why = "gets fresh values" if rule.column in fresh else "is computed from other columns"
            raise ParameterError(
                f"{rule!r} cannot be kept: the column {why}, and these can lie anywhere from {low:g} to {high:g}. "
                "Leave this rule or the other one out."
            )
