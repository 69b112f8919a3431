"""How users name rules: by a function per kind, or by a document."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from imbgan._text import did_you_mean, quoted
from imbgan.exceptions import ParameterError
from imbgan.tabular.rules.declared import AddsUp, Between, Less, OnlyTogether, Rule, Unique
from imbgan.tabular.scalars import from_json


def less(low: Hashable, high: Hashable, *, strict: bool = False) -> Less:
    """Return the rule that one column is at most another one, in every row in which both hold a value.

    The higher column is learned as its difference from the lower one, so that no generated row breaks the rule.

    Parameters
    ----------
    low, high : column name, or position for tables without names
        Columns of numbers, or of dates or times of one type.
    strict : bool, default=False
        Whether equal values break the rule.

    Examples
    --------
    >>> from imbgan import TabularGAN, less
    >>> TabularGAN(rules=[less("start", "end")]).rules
    [less('start', 'end')]
    """
    if not isinstance(strict, bool | np.bool_):  # pyright: ignore[reportUnnecessaryIsInstance] - from a user
        raise ParameterError(f"'strict' of less({low!r}, {high!r}) must be True or False. Got {strict!r}.")
    return Less(low, high, bool(strict))


def adds_up(parts: Sequence[Hashable], total: Hashable) -> AddsUp:
    """Return the rule that columns add up to another one, in every row in which all of them hold a value.

    The total is not learned but computed from generated parts, and rounded as the column is.

    Parameters
    ----------
    parts : sequence of column names or positions
        A single part has the rule that the total is its copy.
    total : column name or position
        A column of numbers, durations or times of day; or of dates, if one part is a date and the others are durations,
        or if it is the copy of a single part.

    Examples
    --------
    >>> from imbgan import adds_up
    >>> adds_up([0, 1], 2).broken([[1, 2, 3], [1, 2, 4]])
    array([False,  True])
    """
    names = _names(parts)
    if not names:
        raise ParameterError(f"adds_up(parts, total) must have a list of parts. Got {quoted(parts)}.")
    return AddsUp(names, total)


def between(column: Hashable, low: Any, high: Any) -> Between:  # noqa: ANN401 - numbers, dates or texts of dates
    """Return the rule that a column lies between two bounds, which are allowed themselves.

    Parameters
    ----------
    column : column name or position
        A column of numbers, dates or times.
    low, high : number, date, time, duration, or text of one of the last three, or None
        None means that there is no bound on this side. A date without a time of day stands for the whole day, and
        times without a zone are those of the zone of the column.

    Examples
    --------
    >>> from imbgan import between
    >>> between(0, 0, 120).broken([[42], [130]])
    array([False,  True])
    """
    if low is None and high is None:
        raise ParameterError(f"between({column!r}, ...) must have a bound; both are None.")
    return Between(column, low, high)


def unique(columns: Sequence[Hashable]) -> Unique:
    """Return the rule that no two rows have equal cells in all these columns; rows with a missing cell do not count.

    One of the columns is not learned: it gets fresh values that no row of the table has, as identifiers do.

    Parameters
    ----------
    columns : sequence of column names or positions

    Examples
    --------
    >>> from imbgan import unique
    >>> unique([0]).broken([[7], [8], [7]])
    array([False, False,  True])
    """
    names = _names(columns)
    if not names:
        raise ParameterError(f"unique(columns) must have a list of columns. Got {quoted(columns)}.")
    return Unique(names)


def only_together(*columns: Hashable) -> OnlyTogether:
    """Return the rule that values of these columns occur in a row only if they do so in a row of the table.

    The columns are learned as one category of joint levels, such as a city with its country.

    Parameters
    ----------
    *columns : column names or positions
        At least two.

    Examples
    --------
    >>> from imbgan import only_together
    >>> real = [["Paris", "France"], ["Rome", "Italy"]]
    >>> only_together(0, 1).like(real).broken([["Rome", "France"]])
    array([ True])
    """
    if len(columns) < 2:
        raise ParameterError(
            f"only_together(...) must have at least two columns, each by itself and not in a list. Got {columns!r}."
        )
    return OnlyTogether(tuple(columns))


def _names(names: Any) -> tuple[Hashable, ...]:  # noqa: ANN401 - from a user
    """Return the names of a list, a set or an array; none for something else, such as one name."""
    if isinstance(names, str | bytes | Mapping) or not isinstance(names, Iterable):
        return ()
    names = sorted(names, key=str) if isinstance(names, set | frozenset) else names
    return tuple(name.item() if isinstance(name, np.generic) else name for name in names)


def rule_from_document(document: Mapping[str, Any]) -> Rule:
    """Return the rule of a document that :meth:`Rule.to_document` wrote, such as an entry of a file of rules.

    Raises
    ------
    ParameterError
        If the document is none; the message says what is wrong.
    """
    if not isinstance(document, Mapping):  # pyright: ignore[reportUnnecessaryIsInstance] - from a file
        raise ParameterError(f'Each rule must be an object such as {{"rule": "less", ...}}. Got {document!r}.')
    body = dict(document)
    kind = body.pop("rule", None)
    if kind not in _FIELDS:
        raise ParameterError(
            f"'rule' must be one of {', '.join(map(repr, _FIELDS))}. Got {kind!r}.{did_you_mean(kind, _FIELDS)}"
        )
    needed, optional = _FIELDS[str(kind)]
    if not needed <= body.keys() <= needed | optional:
        raise ParameterError(
            f"The rule {kind!r} must have the fields {', '.join(map(repr, sorted(needed)))}. Got "
            f"{', '.join(map(repr, body)) or 'none'}."
        )
    lists = [name for name in ("columns", "parts") if name in body]
    if not all(isinstance(body[name], list | tuple) for name in lists):
        raise ParameterError(f"The rule {kind!r} must name its columns in a list. Got {body[lists[0]]!r}.")
    try:
        read = {n: [from_json(each) for each in v] if n in lists else from_json(v) for n, v in body.items()}
        return _made(str(kind), read)
    except (TypeError, KeyError, ValueError, IndexError) as error:
        raise ParameterError(f"The rule {kind!r} cannot be read: {error}.") from error


#: The fields of a document, and those that it may lack.
_FIELDS: dict[str, tuple[set[str], set[str]]] = {
    "less": ({"columns"}, {"strict"}),
    "adds_up": ({"parts", "total"}, set()),
    "between": ({"column"}, {"low", "high"}),
    "unique": ({"columns"}, set()),
    "only_together": ({"columns"}, set()),
}


def _made(kind: str, fields: dict[str, Any]) -> Rule:
    if kind == "less":
        low, high = fields["columns"]
        return less(low, high, strict=fields.get("strict", False))
    if kind == "adds_up":
        return adds_up(fields["parts"], fields["total"])
    if kind == "between":
        return between(fields["column"], fields.get("low"), fields.get("high"))
    return unique(fields["columns"]) if kind == "unique" else only_together(*fields["columns"])
