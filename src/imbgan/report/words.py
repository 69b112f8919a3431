"""How the page writes numbers and names."""

import itertools
import math
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from imbgan._text import writable
from imbgan.comparison import wording
from imbgan.comparison.metrics import METRICS
from imbgan.comparison.wording import number

NONE = "–"
# Widths of wide letters, where most letters have the width 1.
_WIDE, _WIDER = 1.25, 1.7


@dataclass(frozen=True)
class MeasureWords:
    """The title of a measure, its meaning, and the side of its baseline that is a fault."""

    title: str
    meaning: str
    worse: Literal["high", "low", "both"]


MEASURES: Mapping[str, MeasureWords] = {
    "energy_distance": MeasureWords("Energy distance", "How far the generated rows lie from the real ones.", "high"),
    "energy_p_value": MeasureWords(
        "Energy distance, p-value", "Probability of such a distance if both came from one distribution.", "low"
    ),
    "mmd": MeasureWords("Maximum mean discrepancy", "Another distance, more sensitive to shape.", "high"),
    "mmd_p_value": MeasureWords(
        "MMD, p-value", "Probability of such a discrepancy if both came from one distribution.", "low"
    ),
    "density": MeasureWords("Density", "How densely generated rows lie among real ones; about 1 is ideal.", "low"),
    "coverage": MeasureWords("Coverage", "Share of the real rows that have a generated row nearby.", "low"),
    "spread": MeasureWords("Spread", "Mean distance between generated rows, divided by that between real ones.", "low"),
    "dependence_difference": MeasureWords(
        "Dependence difference", "Mean difference between the associations of two columns.", "high"
    ),
    "largest_dependence_difference": MeasureWords(
        "Largest dependence difference", "The same for the pair of columns that differs most.", "high"
    ),
    "two_sample_auc": MeasureWords(
        "Two-sample AUC", "How well a classifier distinguishes generated rows from real ones.", "high"
    ),
    "duplicate_rate": MeasureWords("Duplicates", "Share of generated rows that equal another generated row.", "high"),
    "copy_rate": MeasureWords("Copies", "Share of generated rows that equal a real one.", "high"),
    "near_copy_rate": MeasureWords(
        "Near copies", "Share of generated rows that lie unusually close to a real one.", "high"
    ),
    "memorization": MeasureWords(
        "Memorization",
        "Whether generated rows lie nearer to training rows than to held-out ones; 0.5 means that they do not.",
        "high",
    ),
    "membership_auc": MeasureWords(
        "Membership inference AUC",
        "How well a simple attack distinguishes training rows from held-out ones.",
        "high",
    ),
    "ks": MeasureWords("Kolmogorov-Smirnov", "Largest gap between the two cumulative distributions.", "high"),
    "total_variation": MeasureWords("Total variation", "Share of rows that would have to change level.", "high"),
    "range_coverage": MeasureWords("Range covered", "Share of the real range that generated values span.", "low"),
    "out_of_range": MeasureWords("Out of range", "Share of generated values beyond the real ones.", "high"),
    "level_coverage": MeasureWords("Levels covered", "Share of the real levels that were generated.", "low"),
    "new_levels": MeasureWords("New levels", "Share of generated values that no real row has.", "high"),
    "missing_rate": MeasureWords("Missing rate", "Difference between the shares of missing values.", "high"),
}


def measure_words(name: str) -> MeasureWords:
    """Return the words for a measure; an unknown measure is called by its name."""
    return MEASURES.get(name) or MeasureWords(plain_name(name), "", "both")


def metric_title(name: str) -> str:
    """Return the title of a metric; a metric of the user is called by its name."""
    return METRICS[name].title if name in METRICS else plain_name(name)


def plain_name(name: str) -> str:
    """Return an identifier such as ``"real_accuracy"`` as words."""
    return name.replace("_", " ")


def capitalized(text: str) -> str:
    """Return ``text`` with a capital first letter."""
    return text[:1].upper() + text[1:]


def named(text: str) -> str:
    """Return a name that comes from outside in a form that is visible, even if the name is empty or blank."""
    return writable(text) if text.strip() else "(no name)"


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
    return _minus(number(value, digits) if abs(value) < 1e4 else f"{value:.3g}")


def signed(value: float | None, digits: int = 3) -> str:
    """Return a difference with its sign, such as ``+.021``; a dash if there is none."""
    if value is None or not math.isfinite(value):
        return NONE
    return _minus(wording.signed(value, digits) if abs(value) < 1e4 else f"{value:+.3g}")


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
