"""Conditions and rules as sentences."""

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from imbgan._text import shown
from imbgan.rules.conditions import Condition
from imbgan.rules.cuts import whole_cut
from imbgan.rules.results import TICKS, Rule, RuleColumn, RuleSet
from imbgan.tabular.schema import NANOSECONDS
from imbgan.tabular.ticks import text_of_time

Words = Mapping[str, str]
#: Levels that a condition lists; further ones are counted.
LISTED_LEVELS = 5
#: From this number on, whole numbers are written like others: "more than 22,600" instead of "at least 22,601".
_LARGE = 1000
_SECONDS = (("days", 86_400), ("hours", 3600), ("minutes", 60))


def condition_text(condition: Condition, column: RuleColumn, words: Words, longest: int = 40) -> str:
    """Return a condition as text, such as ``age is from 55 to 67``; empty if every row of the table meets it.

    Parameters
    ----------
    condition : Condition
    column : RuleColumn
        The column of the condition.
    words : mapping of str to str
        Words of a language; see :mod:`imbgan.rules.words`.
    longest : int, default=40
        Width to which names and levels are cut.
    """
    name = shown(column.name, longest)
    if not condition.is_met_by_values:
        return words["is missing" if condition.missing else "is impossible"].format(name=name)
    if condition.is_met_by_all_values:
        return "" if condition.missing or not column.has_missing else words["is present"].format(name=name)
    text, is_simple = _values_text(condition, column, name, words, longest)
    if not (condition.missing and column.has_missing):
        return text
    # "x is a or missing" is clear; "x is neither a nor b or missing" is not.
    return words["or missing" if is_simple else "or missing, too"].format(condition=text)


def conditions_text(rule: Rule, rules: RuleSet, words: Words, longest: int = 40) -> str:
    """Return all conditions of a rule, joined by "and"; empty if every row of the table meets them."""
    texts = [condition_text(each, rules.columns[each.column], words, longest) for each in rule.conditions]
    return words["and"].join(text for text in texts if text)


def sentence(rule: Rule, rules: RuleSet, words: Words) -> tuple[str, str]:
    """Return a rule as two halves of a sentence: when it holds, and how often it is right."""
    conditions = conditions_text(rule, rules, words)
    return (words["if"].format(conditions=conditions) if conditions else words["always"]), share_text(
        rule, rules, words
    )


def share_text(rule: Rule, rules: RuleSet, words: Words) -> str:
    """Return the share of the rare class in a rule: among held-out rows with its interval, or among the table's."""
    outcome = outcome_text(rules, words)
    counts = rule.class_counts if rule.held_out_counts is None else rule.held_out_counts
    if rule.held_out_counts is not None and rule.interval is None:
        return words["no rows"]
    n = sum(counts)
    share = percent(counts[rules.rare] / n) if n else percent(rule.probabilities[rules.rare])
    if rule.interval is None:
        return words["share of table"].format(outcome=outcome, share=share, rows=rows_text(n, words))
    rows = rows_text(n, words, "held-out ")
    low, high = map(percent, rule.interval)
    return words["share"].format(outcome=outcome, share=share, rows=rows, low=low, high=high)


def outcome_text(rules: RuleSet, words: Words) -> str:
    """Return what the rules are about, such as ``stroke is 1``."""
    label = shown(rules.labels[rules.rare])
    if rules.target is None:
        return words["outcome of class"].format(label=label)
    return words["outcome"].format(target=shown(rules.target), label=label)


def rows_text(n: int, words: Words, prefix: str = "") -> str:
    """Return a number of rows, such as ``1 row`` or ``1,234 held-out rows``."""
    return words[f"{prefix}row" if n == 1 else f"{prefix}rows"].format(n=f"{n:,}")


def percent(share: float) -> str:
    """Return a share as ``23 %``, small ones with a digit more.

    Examples
    --------
    >>> percent(0.234), percent(0.0123), percent(0.0), percent(0.0002), percent(0.9996)
    ('23 %', '1.2 %', '0 %', '<0.1 %', '>99.9 %')
    """
    value = 100 * share
    if 0 < value < 0.1:
        return "<0.1 %"
    if 99.9 < value < 100:
        return ">99.9 %"
    digits = 1 if 0 < value < 9.95 or 99 < value < 100 else 0
    return f"{value:.{digits}f} %"


def _values_text(condition: Condition, column: RuleColumn, name: str, words: Words, longest: int) -> tuple[str, bool]:
    """Return the text of a condition on cells that are not missing, and whether "or missing" may follow it."""
    if condition.levels is not None:
        return _levels_text(condition, column, name, words, longest)
    if column.kind == "boolean":
        met = condition.meets(0.0), condition.meets(1.0)
        key = {(True, True): "is present", (False, False): "is impossible"}.get(
            met, "is true" if met[1] else "is false"
        )
        return words[key].format(name=name), True
    if column.kind == "whole":
        whole = _whole_text(condition, column, name, words)
        if whole:
            return whole, True
    low, high = condition.low_shown, condition.high_shown
    if column.kind == "whole":
        low, high = (None if bound is None else math.floor(bound) for bound in (low, high))
    if column.kind == "date":
        return _dates_text(condition, column, name, words), True
    texts = {
        "name": name,
        "low": "" if low is None else _number(low, column, words),
        "high": "" if high is None else _number(high, column, words),
    }
    if column.kind == "datetime":
        key = "moments" if texts["low"] and texts["high"] else "after" if texts["low"] else "until"
    else:
        key = "between" if texts["low"] and texts["high"] else "more than" if texts["low"] else "at most"
    return words[key].format(**texts), key not in ("between", "moments")


def _levels_text(condition: Condition, column: RuleColumn, name: str, words: Words, longest: int) -> tuple[str, bool]:
    levels = condition.levels or ()
    if column.has_others and len(levels) == len(column.levels) and len(levels) > 1:
        # Which levels are the most frequent ones is known to nobody by heart, but they are too many to list.
        return words["is infrequent" if condition.inverted else "is frequent"].format(name=name, n=len(levels)), False
    texts = [shown(level, longest) for level in levels[:LISTED_LEVELS]]
    if len(levels) > LISTED_LEVELS:
        texts.append(words["and more"].format(n=len(levels) - LISTED_LEVELS))
    if len(texts) == 1:
        return words["is not" if condition.inverted else "is"].format(name=name, value=texts[0]), True
    if len(texts) == 2:
        values = words["nor" if condition.inverted else "or"].join(texts)
        return words["is neither" if condition.inverted else "is either"].format(name=name, values=values), False
    values = words["comma"].join(texts)
    return words["is none of" if condition.inverted else "is one of"].format(name=name, values=values), False


def _whole_text(condition: Condition, column: RuleColumn, name: str, words: Words) -> str:
    """Return the text of an interval of whole numbers; empty if they are too large to be counted one by one."""
    low = None if condition.low is None else whole_cut(condition.low) + 1
    high = None if condition.high is None else whole_cut(condition.high)
    if any(bound is not None and abs(bound) >= _LARGE for bound in (low, high)):
        return ""
    first = column.lowest if low is None else low
    last = column.highest if high is None else high
    if first is not None and first == last:
        return words["is"].format(name=name, value=f"{first:.0f}")
    key = "at most" if low is None else "at least" if high is None else "from to"
    return words[key].format(name=name, low=low, high=high)


def _dates_text(condition: Condition, column: RuleColumn, name: str, words: Words) -> str:
    day = NANOSECONDS["D"] / NANOSECONDS[column.unit]
    low = None if condition.low is None else _date((math.floor(condition.low / day) + 1) * day, column.unit)
    high = None if condition.high is None else _date(math.floor(condition.high / day) * day, column.unit)
    if low == high:
        return words["is"].format(name=name, value=low)
    key = "until" if low is None else "since" if high is None else "dates"
    return words[key].format(name=name, low=low, high=high)


def _date(ticks: float, unit: str) -> str:
    return str(_moment(ticks, unit).astype("datetime64[D]"))


def _moment(ticks: float, unit: str) -> NDArray[np.datetime64]:
    return np.array(int(ticks)).astype(f"datetime64[{unit}]")


def _number(value: float, column: RuleColumn, words: Words) -> str:
    """Return a number, a moment, a duration or a time of day as text."""
    if column.kind not in TICKS:
        if abs(value) >= 1e15 or 0 < abs(value) < 1e-4:
            return f"{value:.6g}"
        return f"{value:,.10f}".rstrip("0").rstrip(".")
    if column.kind == "datetime":
        text = str(_moment(value, column.unit)).replace("T", " ")
        return text.removesuffix(" 00:00:00.000000000").removesuffix(" 00:00:00.000000").removesuffix(" 00:00:00")
    if column.kind == "time":
        return text_of_time(np.timedelta64(int(value * NANOSECONDS[column.unit]), "ns"))
    return _duration(value * NANOSECONDS[column.unit] / 1e9, words)


def _duration(seconds: float, words: Words) -> str:
    parts: Sequence[str] = []
    rest = abs(seconds)
    for key, size in _SECONDS:
        n, rest = divmod(rest, size)
        parts = [*parts, words[key].format(n=f"{n:.0f}")] if n else parts
    if rest or not parts:
        parts = [*parts, words["seconds"].format(n=f"{rest:.6g}")]
    return ("−" if seconds < 0 else "") + " ".join(parts)
