"""Rules as expressions of SQL, for databases of any maker."""

import math
from collections import Counter

import numpy as np

from imbgan._text import quoted
from imbgan.exceptions import DataError
from imbgan.rules.conditions import Condition
from imbgan.rules.cuts import whole_cut
from imbgan.rules.results import Rule, RuleColumn, RuleSet
from imbgan.tabular.labels import code_of
from imbgan.tabular.schema import NANOSECONDS, column_label


def sql_expressions(rules: RuleSet, label: object = None) -> str:
    """Return one CASE expression per class, or that of one class; see :meth:`RuleSet.as_sql`."""
    names = Counter(column.name for column in rules.columns)
    used = {rules.columns[each.column].name for rule in rules.rules for each in rule.conditions}
    twice = [name for name in used if names[name] > 1]
    if twice:
        raise DataError(
            f"In SQL, names of columns are text. Two columns have the name {twice[0]!r} as text; rename one of them."
        )
    codes = range(len(rules.labels)) if label is None else [code_of(label, rules.labels)]
    return ",\n".join(_case(rules, code) for code in codes)


def _case(rules: RuleSet, code: int) -> str:
    alias = identifier(f"probability of {rules.labels[code]}")
    lines: list[str] = []
    for rule in rules.rules:
        if all(each.is_met_by_values or each.missing for each in rule.conditions):
            conditions = _conditions(rule, rules)
            if not conditions:
                return f"{rule.probabilities[code]!r} AS {alias}"
            lines.append(f"  WHEN {conditions} THEN {rule.probabilities[code]!r}\n")
    return f"CASE\n{''.join(lines)}END AS {alias}"


def _conditions(rule: Rule, rules: RuleSet) -> str:
    texts = [_condition(each, rules.columns[each.column]) for each in rule.conditions]
    return "\n    AND ".join(text for text in texts if text)


def _condition(condition: Condition, column: RuleColumn) -> str:
    """Return a condition that is true, false or, for a missing cell that does not meet it, unknown."""
    name = identifier(column.name)
    if not condition.is_met_by_values:
        return f"{name} IS NULL"
    if condition.is_met_by_all_values:
        return "" if condition.missing else f"{name} IS NOT NULL"
    if condition.levels is not None:
        listed = ", ".join(_level(level, column) for level in condition.levels)
        text = f"{name} {'NOT IN' if condition.inverted else 'IN'} ({listed})"
    elif column.kind == "boolean":
        met = condition.meets(0.0), condition.meets(1.0)
        text = f"{name} IS NOT NULL" if all(met) else f"{name} = {'TRUE' if met[1] else 'FALSE'}"
    else:
        sides = [] if condition.low is None else [_bound(name, condition.low, column, is_low=True)]
        sides += [] if condition.high is None else [_bound(name, condition.high, column, is_low=False)]
        text = " AND ".join(sides)
    return f"({text} OR {name} IS NULL)" if condition.missing else text


def _bound(name: str, cut: float, column: RuleColumn, *, is_low: bool) -> str:
    """Return one side of an interval: above the bound, or up to it."""
    if column.type == "float":
        return f"{name} {'>' if is_low else '<='} {cut!r}"
    first = whole_cut(cut) + 1  # the smallest whole number, or tick, above
    if column.type in ("int", "timedelta"):
        return f"{name} >= {first}" if is_low else f"{name} <= {first - 1}"
    # Texts are divided as well: a literal that is as short as possible is before all other ways to write its moment.
    day = NANOSECONDS["D"] // NANOSECONDS[column.unit]
    moment = np.array(first).astype(f"datetime64[{column.unit}]")
    if column.type == "time":
        if not 0 < first < day:
            return f"{name} IS NOT NULL" if is_low == (first <= 0) else f"{name} <> {name}"
        text = str(moment.astype("datetime64[ns]")).partition("T")[2]
    else:
        text = str(moment.astype("datetime64[D]") if first % day == 0 else moment).replace("T", " ")
    return f"{name} {'>=' if is_low else '<'} {literal(_trimmed(text))}"


def _trimmed(text: str) -> str:
    return text.rstrip("0").rstrip(".") if "." in text else text


def _level(level: str, column: RuleColumn) -> str:
    if column.type in ("int", "float") and _is_finite(level):
        return level
    if column.type == "bool" and level in ("True", "False"):
        return level.upper()
    if column.type == "datetime":
        return literal(_trimmed(str(np.datetime64(level)).replace("T", " ")))
    if column.type in ("timedelta", "time"):
        raise DataError(
            f"{column_label(column.name)} holds durations or times of day as levels, which every database writes in "
            "its own way. Use as_python or as_json."
        )
    return literal(level)


def _is_finite(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False


def identifier(name: str) -> str:
    """Return a name as an identifier of SQL.

    Examples
    --------
    >>> print(identifier('the "real" age'))
    "the ""real"" age"
    """
    return '"' + _checked(name).replace('"', '""') + '"'


def literal(text: str) -> str:
    """Return a text as a literal of SQL.

    Examples
    --------
    >>> print(literal("O'Neil"))
    'O''Neil'
    """
    return "'" + _checked(text).replace("'", "''") + "'"


def _checked(text: str) -> str:
    if "\0" in text or any("\ud800" <= char <= "\udfff" for char in text):
        raise DataError(
            "SQL holds every text but the character NUL and halves of surrogate pairs. Got one of them in "
            f"{quoted(text)}; use as_python or as_json, or replace it in the table."
        )
    return text
