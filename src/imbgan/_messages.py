"""Pieces of error messages: near misses and short lists of names."""

from collections.abc import Iterable, Sequence
from difflib import get_close_matches


def did_you_mean(name: object, known: Iterable[object]) -> str:
    """Return ``" Did you mean 'x'?"`` for the nearest known name, nothing if none is near.

    Examples
    --------
    >>> did_you_mean("smoot", ["none", "smote"])
    " Did you mean 'smote'?"
    """
    names = list(known)
    texts = [str(each).strip().casefold() for each in names]
    near = get_close_matches(str(name).strip().casefold(), texts, n=1)
    return f" Did you mean {names[texts.index(near[0])]!r}?" if near else ""


def listed(names: Sequence[object], most: int = 10) -> str:
    """Return names as text, cut short after ``most``; names are untrusted text, so they are quoted."""
    return ", ".join(map(repr, names[:most])) + (", ..." if len(names) > most else "")
