"""Rules as the source of a Python function that needs nothing but the standard library."""

from imbgan.rules.conditions import Condition
from imbgan.rules.results import Rule, RuleColumn, RuleSet
from imbgan.tabular.schema import NANOSECONDS

_HEAD = '''"""Class probabilities by the rules of a decision tree, as imbgan wrote them."""

from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from numbers import Real


def predict(row):
    """Return a dict from label to probability for one row, a mapping from column to cell.

    None and NaN are missing cells. The order of dates is that of UTC.
    """
'''
_TAIL = """    raise ValueError("no rule holds: the rules were changed")


def _plain(cell):
    kind = type(cell).__name__
    if kind in ("datetime64", "timedelta64"):
        cell = cell.astype(kind + "[us]")
    if hasattr(cell, "item"):
        cell = cell.item()
    return None if cell is None or kind in ("NAType", "NaTType") or cell != cell else cell


def _number(cell):
    cell = _plain(cell)
    return float(cell) if isinstance(cell, (Real, Decimal)) else None


def _ticks(span, nanoseconds):
    return span // timedelta(microseconds=1) * 1000 / nanoseconds


def _moment(cell, nanoseconds):
    cell = _plain(cell)
    if isinstance(cell, datetime):
        cell = cell.astimezone(timezone.utc).replace(tzinfo=None) if cell.tzinfo else cell
        return _ticks(cell - datetime(1970, 1, 1), nanoseconds)
    return _ticks(cell - date(1970, 1, 1), nanoseconds) if isinstance(cell, date) else None


def _span(cell, nanoseconds):
    cell = _plain(cell)
    return _ticks(cell, nanoseconds) if isinstance(cell, timedelta) else None


def _time(cell, nanoseconds):
    cell = _plain(cell)
    if not isinstance(cell, time):
        return None
    span = timedelta(hours=cell.hour, minutes=cell.minute, seconds=cell.second, microseconds=cell.microsecond)
    return _ticks(span, nanoseconds)


def _level(cell):
    cell = _plain(cell)
    if isinstance(cell, Decimal):
        cell = int(cell) if cell == int(cell) else float(cell)
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return None if cell is None else str(cell)


def _level_of_date(cell, unit):
    cell = _plain(cell)
    if not isinstance(cell, date):
        return None if cell is None else str(cell)
    moment = cell if isinstance(cell, datetime) else datetime(cell.year, cell.month, cell.day)
    if unit == "D":
        return str(moment.date())
    return moment.isoformat(timespec="microseconds") + "000" if unit == "ns" else str(moment)


def _level_of_span(cell, unit):
    cell = _plain(cell)
    if isinstance(cell, time):
        cell = timedelta(hours=cell.hour, minutes=cell.minute, seconds=cell.second, microseconds=cell.microsecond)
    if not isinstance(cell, timedelta):
        return None if cell is None else str(cell)
    if unit == "ns":
        return f"{cell // timedelta(microseconds=1) * 1000} nanoseconds"
    return str(timedelta(cell.days, cell.seconds, cell.microseconds))
"""
_READERS = {"datetime": "_moment", "timedelta": "_span", "time": "_time"}


def python_source(rules: RuleSet) -> str:
    """Return the source of a module with the function ``predict``; see :meth:`RuleSet.as_python`."""
    used = sorted({each.column for rule in rules.rules for each in rule.conditions})
    lines = [f"    x{place} = {_reader(rules.columns[place])}\n" for place in used]
    lines += [_rule(rule, rules) for rule in rules.rules if _is_possible(rule)]
    return _HEAD + "".join(lines) + ("" if not used else _TAIL)


def _is_possible(rule: Rule) -> bool:
    return all(each.is_met_by_values or each.missing for each in rule.conditions)


def _reader(column: RuleColumn) -> str:
    cell = f"row[{column.key!r}]"
    if column.kind == "category":
        if not column.unit:
            return f"_level({cell})"
        reader = "_level_of_date" if column.type == "datetime" else "_level_of_span"
        return f"{reader}({cell}, {column.unit!r})"
    if column.type in _READERS:
        return f"{_READERS[column.type]}({cell}, {NANOSECONDS[column.unit]})"
    return f"_number({cell})"


def _rule(rule: Rule, rules: RuleSet) -> str:
    texts = [text for text in map(_condition, rule.conditions) if text]
    pairs = zip(rules.labels, rule.probabilities, strict=True)
    answer = "{" + ", ".join(f"{label!r}: {p!r}" for label, p in pairs) + "}"
    if not texts:
        return f"    return {answer}\n"
    if len(texts) == 1:
        return f"    if {texts[0]}:\n        return {answer}\n"
    joined = "\n        and ".join(f"({text})" for text in texts)
    return f"    if (\n        {joined}\n    ):\n        return {answer}\n"


def _condition(condition: Condition) -> str:
    """Return an expression; empty if every cell meets the condition."""
    x = f"x{condition.column}"
    if not condition.is_met_by_values:
        return f"{x} is None"
    if condition.is_met_by_all_values:
        return "" if condition.missing else f"{x} is not None"
    if condition.levels is not None:
        listed = "(" + "".join(f"{level!r}, " for level in condition.levels).rstrip() + ")"
        text = f"{x} {'not in' if condition.inverted else 'in'} {listed}"
    else:
        low, high = condition.low, condition.high
        text = f"{x} > {low!r}" if high is None else f"{x} <= {high!r}" if low is None else f"{low!r} < {x} <= {high!r}"
    return f"{x} is None or {text}" if condition.missing else f"{x} is not None and {text}"
