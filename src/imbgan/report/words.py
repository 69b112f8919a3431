"""How the page writes numbers and names in every language."""

import itertools
import math
import unicodedata
from collections.abc import Mapping
from typing import Literal

from imbgan._text import writable
from imbgan.comparison import wording
from imbgan.comparison.wording import number

NONE = "–"
# Widths of wide letters, where most letters have the width 1.
_WIDE, _WIDER = 1.25, 1.7


# The side of the baseline on which a measure shows a fault.
WORSE: Mapping[str, Literal["high", "low"]] = {
    **dict.fromkeys(("energy_p_value", "mmd_p_value", "density", "coverage", "spread", "nearest_distance"), "low"),
    **dict.fromkeys(("range_coverage", "level_coverage"), "low"),
    **dict.fromkeys(("energy_distance", "mmd", "dependence_difference", "largest_dependence_difference"), "high"),
    **dict.fromkeys(("two_sample_auc", "duplicate_rate", "copy_rate", "near_copy_rate", "closeness"), "high"),
    "neighbor_share": "high",
    **dict.fromkeys(("memorization", "membership_auc", "ks", "total_variation"), "high"),
    **dict.fromkeys(("out_of_range", "new_levels", "missing_rate"), "high"),
}


def plain_name(name: str) -> str:
    """Return an identifier such as ``"real_accuracy"`` as words."""
    return name.replace("_", " ")


def capitalized(text: str) -> str:
    """Return ``text`` with a capital first letter."""
    return text[:1].upper() + text[1:]


def named(text: str) -> str:
    """Return a name that comes from outside in a form that is visible; an empty or blank name is quoted."""
    return writable(text if text.strip() else repr(text))


def shorten(text: str, width: int) -> str:
    """Shorten a name to the width of about ``width`` small letters, with an ellipsis."""
    text = " ".join(named(text).split())
    ends = list(itertools.accumulate(map(_room, text)))
    if not ends or ends[-1] <= width:
        return text
    # The ellipsis has the width 1.
    return text[: sum(end <= width - 1 for end in ends)] + "…"


def _room(char: str) -> float:
    if unicodedata.east_asian_width(char) in "WF" or char in "WM@%":
        return _WIDER
    return _WIDE if char.isupper() else 1.0


def decimals(value: float | None, digits: int = 3) -> str:
    """Return a number of about unit size, such as ``.463``; a dash if there is none."""
    if value is None or not math.isfinite(value):
        return NONE
    return _minus(number(value, digits) if abs(value) < 1e9 else f"{value:.3g}")


def signed(value: float | None, digits: int = 3) -> str:
    """Return a difference with its sign, such as ``+.021``; a dash if there is none."""
    if value is None or not math.isfinite(value):
        return NONE
    return _minus(wording.signed(value, digits) if abs(value) < 1e9 else f"{value:+.3g}")


def p_value(value: float | None) -> str:
    """Return a p-value: ``.012``, ``<.001``."""
    return "<.001" if value is not None and value < 5e-4 else decimals(value)


def unbroken(text: str) -> str:
    """Keep numbers and their percent signs on one line."""
    return text.replace(" %", "\N{NO-BREAK SPACE}%")


def percent(share: float | None, digits: int = 0) -> str:
    """Return a share as ``97 %``; only 0 and 1 themselves are written ``0 %`` and ``100 %``."""
    if share is None or not math.isfinite(share):
        return NONE
    least = 10.0**-digits
    if 0.0 < 100.0 * share < least:
        return f"<{least:g} %"
    if 100.0 - least < 100.0 * share < 100.0:
        return f">{100.0 - least:g} %"
    return _minus(f"{100.0 * share:.{digits}f} %")


def count(value: float | None) -> str:
    """Return a number of rows: ``12,345``."""
    if value is None or not math.isfinite(value):
        return NONE
    if value != round(value) and abs(value) < 10.0:
        return f"{value:.1f}"
    return f"{value:,.0f}" if abs(value) < 1e9 else f"{value:.3g}"


def _minus(text: str) -> str:
    return text.replace("-", "−")
