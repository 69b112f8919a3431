"""The style of numbers as people write them, learned from cells and used for other values."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from imbgan.data.numbers import CELL, plain
from imbgan.data.reading import Form

if TYPE_CHECKING:
    import polars as pl

_CELL = re.compile(CELL)
#: From digits to those of full width, for ``str.translate``.
WIDE_DIGITS = {code: code + 0xFEE0 for code in range(ord("0"), ord("9") + 1)}
#: An end such as ".-" or ",-" stands where there are no tenths.
_NO_TENTHS = re.compile(r"^[.,]-{0,2}")
#: With at least this many digits, numbers are divided into groups; some columns start at five.
_GROUPED_FROM = (4, 5)


@dataclass(frozen=True)
class NumberStyle:
    """What stands around the digits of numbers, and between their groups.

    Parameters
    ----------
    positive, negative : tuple of (str, str)
        What stands before and behind the digits: unit, spaces, sign, parentheses.
    decimal : str
        The sign between units and tenths.
    thousands : str
        The sign between groups of digits, as written; "" for none.
    grouped_from : int
        Number of digits from which on groups are divided.
    is_indian : bool
        Whether the groups above the thousands have two digits.
    is_wide : bool
        Whether digits are full-width.
    """

    positive: tuple[str, str] = ("", "")
    negative: tuple[str, str] = ("-", "")
    decimal: str = "."
    thousands: str = ""
    grouped_from: int = _GROUPED_FROM[0]
    is_indian: bool = False
    is_wide: bool = False

    @classmethod
    def of(cls, cells: "pl.Series", form: Form) -> Self | None:
        """Learn the style of cells; None if one of them is no number in this form."""
        texts = cells.str.strip_chars().unique(maintain_order=True)
        found = [(text, _CELL.match(bare)) for text, bare in zip(texts, plain(texts), strict=True)]
        matches = [(text, match) for text, match in found if match is not None]
        if len(matches) < len(found):
            return None
        around: dict[bool, Counter[tuple[str, str]]] = {False: Counter(), True: Counter()}
        digits: list[str] = []
        for text, match in matches:
            begin, end = match.start("digits"), match.end("power") if match["power"] else match.end("digits")
            around[_is_negative(match)][text[:begin], text[end:]] += 1
            digits.append(text[begin : match.end("digits")])
        wholes = [text.split(form.decimal)[0] for text in digits]
        signs = Counter(sign for whole in wholes for sign in whole if not sign.isdigit())
        thousands = signs.most_common(1)[0][0] if form.thousands and signs else ""
        is_late = any(len(whole) == _GROUPED_FROM[0] for whole in wholes) and bool(thousands)
        return cls(
            *_around(around, [match for _, match in matches]),
            decimal=form.decimal,
            thousands=thousands,
            grouped_from=_GROUPED_FROM[1] if is_late else _GROUPED_FROM[0],
            is_indian=bool(thousands) and any(re.search(r"^\d{1,2}(\D\d\d)+\D\d{3}$", whole) for whole in wholes),
            is_wide=all(any("\uff10" <= sign <= "\uff19" for sign in text) for text in digits),
        )

    def dress(self, text: str) -> str:
        """Return a number, written with a point and a minus sign, in this style."""
        is_negative = text.startswith("-")
        whole, point, rest = text.removeprefix("-").partition(".")
        if self.thousands and whole.isdigit() and len(whole) >= self.grouped_from:
            whole = self.thousands.join(_groups(whole, 2 if self.is_indian else 3))
        digits = whole + (self.decimal + rest if point else "")
        before, after = self.negative if is_negative else self.positive
        if point:
            after = _NO_TENTHS.sub("", after)
        return before + (digits.translate(WIDE_DIGITS) if self.is_wide else digits) + after


def _is_negative(match: re.Match[str]) -> bool:
    return bool(match["open"] or match["trail"] or "-" in (match["sign"], match["inner"]))


def _around(
    found: dict[bool, Counter[tuple[str, str]]], matches: Sequence[re.Match[str]]
) -> tuple[tuple[str, str], tuple[str, str]]:
    """Return what stands around positive and negative numbers; what was not seen follows from what was."""
    most = {sign: counts.most_common(1)[0][0] for sign, counts in found.items() if counts}
    if False not in most:
        before, after = most[True]
        is_trailing = any(match["trail"] for match in matches)
        cut = after.rstrip("-") if is_trailing else after.replace(")", "")
        return (re.sub(r"[(-]", "", before), cut), most[True]
    before, after = most[False]
    return most[False], most.get(True, ("-" + before.replace("+", ""), after))


def _groups(whole: str, size: int) -> list[str]:
    """Return the groups of a whole number: the last has three digits, and the others have ``size``."""
    head, last = whole[:-3], whole[-3:]
    first = len(head) % size
    parts = [head[:first]] if first else []
    return [*parts, *(head[start : start + size] for start in range(first, len(head), size)), last]
