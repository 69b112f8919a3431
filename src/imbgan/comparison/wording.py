"""How sentences and tables write numbers and names."""

import math

from imbgan._text import shown
from imbgan.comparison.metrics import METRICS


def number(value: float | None, digits: int = 3) -> str:
    """Return a score, such as ``.412``; a dash if there is none."""
    if value is None or not math.isfinite(value):
        return "-"
    text = f"{abs(value):.{digits}f}".removeprefix("0" if digits else "")
    is_zero = not text.strip("0.")
    return f"-{text}" if value < 0 and not is_zero else text


def signed(value: float | None, digits: int = 3) -> str:
    """Return a difference, such as ``+.051`` or ``-.004``."""
    text = number(value, digits)
    return text if text.startswith("-") or not text.strip("0.") else f"+{text}"


def digits_for(value: float) -> int:
    """Return the number of decimals that a value of this size needs: three, or more if it is small."""
    return min(6, max(3, 2 - math.floor(math.log10(abs(value))))) if value and math.isfinite(value) else 3


def percent(probability: float) -> str:
    """Return a probability in percent; it is never written as 0 % or 100 %."""
    if probability > 0.99:
        return "over 99 %"
    if probability < 0.01:
        return "under 1 %"
    return f"{100 * probability:.0f} %"


def duration(seconds: float | None) -> str:
    """Return seconds with about two digits, such as ``0.24 s``, ``6.1 s`` or ``12 min``."""
    if seconds is None or not math.isfinite(seconds):
        return "-"
    if seconds >= 600:
        return f"{seconds / 60:.0f} min"
    return f"{seconds:.2f} s" if seconds < 1 else f"{seconds:.1f} s" if seconds < 10 else f"{seconds:.0f} s"


def margin(metric: str, rope: float) -> str:
    """Return the largest difference that does not matter in practice, which for losses is relative."""
    return number(rope, 2 if rope >= 0.01 else 3) if METRICS[metric].higher_is_better else f"{100 * rope:.2g} %"


def unsampled(control: str) -> str:
    """Return the control as the object of a sentence."""
    return "no resampling" if control == "none" else shown(control)
