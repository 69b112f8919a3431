"""The style of dates as people write them, learned from cells and used for other values."""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Self

from imbgan.data.dates import PATTERNS, WEEKDAY
from imbgan.data.months import DAY_LANGUAGES, LANGUAGES, WEEKDAYS
from imbgan.data.number_styles import WIDE_DIGITS
from imbgan.data.numbers import plain
from imbgan.data.reading import Form

if TYPE_CHECKING:
    import polars as pl

_PATTERNS = [
    re.compile(pattern) for pattern in (*PATTERNS, r"^(?P<year>[0-9]{4})(?P<month>[0-9]{2})(?P<day>[0-9]{2})$")
]
_WEEKDAY = re.compile(WEEKDAY)
_PARTS = ("year", "month", "day", "name", "hour", "minute", "second", "fraction", "half")
#: Cells from which a style is learned; more of them would show nothing new.
_ENOUGH = 2000
_CASES: tuple[Callable[[str], str], ...] = (str.lower, str.capitalize, str.upper)


@dataclass(frozen=True)
class DateStyle:
    """A template of dates.

    Parameters
    ----------
    template : tuple of str
        Texts, and names of parts in braces, such as ``("{day}", ".", "{month}", ".", "{year}")``.
    widths : dict of str to int
        The fewest digits of each part; two for a year means that the century is left out.
    months, weekdays : tuple of str
        Their names, from January and from Monday; empty if there are none.
    halves : tuple of str
        The marks of the first and second half of the day; empty for 24 hours.
    is_wide : bool
        Whether digits are full-width.
    """

    template: tuple[str, ...]
    widths: Mapping[str, int]
    months: tuple[str, ...] = ()
    weekdays: tuple[str, ...] = ()
    halves: tuple[str, ...] = ()
    is_wide: bool = False

    @classmethod
    def of(cls, cells: "pl.Series", values: "pl.Series", form: Form) -> Self | None:
        """Learn the style of cells; None if one of them is no date as people write them."""
        import polars as pl

        distinct = pl.DataFrame({"text": cells.str.strip_chars(), "value": values}).unique(maintain_order=True)
        texts, moments = distinct.head(_ENOUGH).get_columns()
        found = [
            _take_apart(text, bare, moment, form)
            for text, bare, moment in zip(texts, plain(texts), moments, strict=True)
        ]
        parts = [each for each in found if each is not None]
        if len(parts) < len(found) or not parts:
            return None
        template = Counter(each.template for each in parts).most_common(1)[0][0]
        same = [each for each in parts if each.template == template]
        widths = {part: min(len(each.texts[part]) for each in same) for part in same[0].texts}
        if 1 in (widths.get("day"), widths.get("month")):
            # Where a month has one digit, so has a day, unless it shows a zero.
            zeros = {part for each in same for part in ("day", "month") if each.texts.get(part, "1")[0] in "0\uff10"}
            widths |= {part: 1 for part in ("day", "month") if part in widths and part not in zeros}
        halves = {each.moment.hour >= 12: each.texts["half"] for each in same if "half" in each.texts}
        names = {each.moment.month: each.texts["name"] for each in same if "name" in each.texts}
        days = {each.moment.weekday() + 1: each.texts["weekday"] for each in same if "weekday" in each.texts}
        return cls(
            template,
            widths,
            months=_complete(names, LANGUAGES),
            weekdays=_complete(days, DAY_LANGUAGES),
            halves=_halves(halves),
            is_wide=all("\uff10" <= each.texts["day"][0] <= "\uff19" for each in same),
        )

    def write(self, value: date | datetime) -> str:
        """Return a date in this style."""
        moment = value if isinstance(value, datetime) else datetime.combine(value, time())
        return "".join(self._part(part[1:-1], moment) if part.startswith("{") else part for part in self.template)

    def _part(self, part: str, moment: datetime) -> str:
        if part == "name":
            return self.months[moment.month - 1]
        if part == "weekday":
            return self.weekdays[moment.weekday()]
        if part == "half":
            return self.halves[moment.hour >= 12]
        width = self.widths[part]
        if part == "fraction":
            return f".{moment.microsecond:06d}".ljust(width, "0")[:width]
        number = int(getattr(moment, part))
        if part == "hour" and self.halves:
            number = number % 12 or 12
        if part == "year" and width == 2:
            number %= 100
        text = str(number).zfill(width)
        return text.translate(WIDE_DIGITS) if self.is_wide else text


@dataclass(frozen=True)
class _Parts:
    template: tuple[str, ...]
    texts: dict[str, str]
    moment: datetime


def _take_apart(text: str, bare: str, value: date | datetime, form: Form) -> _Parts | None:
    """Return the parts of a cell; None if it is no such date, or if lower case changes its length."""
    lower = bare.lower()
    if len(lower) != len(text):
        return None
    weekday = _WEEKDAY.match(lower)
    name = re.match(r"[^\W\d_]+", lower)
    shift = weekday.end() if weekday and name and name[0] in WEEKDAYS else 0
    match = next((found for pattern in _PATTERNS if (found := pattern.match(lower[shift:]))), None)
    if match is None:
        return None
    groups = match.groupdict()
    places = {part: part for part in _PARTS if groups.get(part)}
    if groups.get("a"):
        initials = {"y": "year", "m": "month", "d": "day"}
        places |= {initials[part]: group for part, group in zip(form.date_order or "ymd", "abc", strict=True)}
    spans = {part: match.span(group) for part, group in places.items()}
    if shift and name:
        spans["weekday"] = (-shift, name.end() - shift)
    template: list[str] = []
    end = -shift
    for part, (begin, stop) in sorted(spans.items(), key=lambda item: item[1]):
        template += [text[end + shift : begin + shift], "{" + part + "}"]
        end = stop
    template.append(text[end + shift :])
    moment = value if isinstance(value, datetime) else datetime.combine(value, time())
    texts = {part: text[begin + shift : stop + shift] for part, (begin, stop) in spans.items()}
    return _Parts(tuple(piece for piece in template if piece), texts, moment)


def _complete(seen: Mapping[int, str], languages: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """Return all names of months or weekdays, of which some were seen, from the language that fits them best."""
    if not seen:
        return ()
    # Of choices that fit equally well the first is taken: short names if a point shows that some are.
    lengths = (2, 3, 4, 20) if any(text.endswith(".") for text in seen.values()) else (20, 2, 3, 4)
    choices = [
        tuple(change(name[:n]) + (dot if len(name) > n else "") for name in names)
        for names in languages
        for change in _CASES
        for n in lengths
        for dot in ("", ".")
    ]
    nearest = max(choices, key=lambda names: sum(names[number - 1] == text for number, text in seen.items()))
    return tuple(seen.get(number, name) for number, name in enumerate(nearest, start=1))


def _halves(seen: Mapping[bool, str]) -> tuple[str, ...]:
    if not seen:
        return ()
    one = next(iter(seen.values()))
    is_upper = one.isupper()
    other = {is_late: mark.upper() if is_upper else mark for is_late, mark in ((False, "a"), (True, "p"))}
    return seen.get(False, other[False]), seen.get(True, other[True])
