"""Where a threshold of a tree lies: exactly, for exports, and as the simplest number, for readers."""

import math

import numpy as np
from numpy.typing import NDArray

from imbgan.tabular.schema import NANOSECONDS


def exact_cut(threshold: float) -> float:
    """Return the largest double that scikit-learn sends to the left of a threshold.

    A tree compares numbers in single precision, so the number is rounded first: 16777217 is not above 16777216.5 but
    equal to 16777216. The result divides doubles as the tree does.

    Parameters
    ----------
    threshold : float
        Finite.

    Examples
    --------
    >>> exact_cut(16777216.5), exact_cut(0.5)
    (16777217.0, 0.5000000298023224)
    """
    single = np.float32(threshold)
    if float(single) > threshold:
        single = np.nextafter(single, np.float32(-np.inf))
    above = np.nextafter(single, np.float32(np.inf))
    if not np.isfinite(above):
        return float(np.finfo(np.float64).max)
    middle = (float(single) + float(above)) / 2  # exact: it needs one more bit than single precision
    return middle if np.float32(middle) == single else math.nextafter(middle, -math.inf)


def whole_cut(cut: float) -> int:
    """Return the largest whole number that is at most ``cut`` after it was rounded to double precision.

    Examples
    --------
    >>> whole_cut(54.5), whole_cut(2.0**53)
    (54, 9007199254740993)
    """
    if abs(cut) < 2**53:
        return math.floor(cut)
    spacing = math.nextafter(cut, math.inf) - cut
    if not math.isfinite(spacing):
        return int(cut)
    whole = int(cut) + int(spacing) // 2
    return whole if float(whole) <= cut else whole - 1


def simple_cut(cut: float, values: NDArray[np.float64]) -> float:
    """Return the number of the fewest digits that divides the values as ``cut`` does.

    Parameters
    ----------
    cut : float
    values : ndarray of shape (n,)
        The distinct values of the column, sorted, none of them NaN.

    Examples
    --------
    >>> simple_cut(126.2299995, np.array([90.0, 126.21, 126.25])), simple_cut(22584.5, np.array([22500.0, 22669.0]))
    (126.23, 22600.0)
    """
    place = int(np.searchsorted(values, cut, side="right"))
    below = float(values[place - 1]) if place else -math.inf
    above = float(values[place]) if place < len(values) else math.inf
    if cut == 0 or not math.isfinite(cut):
        return cut
    first = -math.floor(math.log10(abs(cut)))
    # Where one side has no value, anything beyond the other side would do: three digits stay close to the tree.
    first += 0 if math.isfinite(below) and math.isfinite(above) else 2
    for digits in range(first, first + 18):
        nearest, step = round(cut, digits), 10.0**-digits
        for candidate in (nearest, round(nearest - step, digits)):
            if below <= candidate < above:
                return candidate
    return cut


def simple_tick(cut: float, values: NDArray[np.float64], unit: str) -> float:
    """Return a whole day, hour, minute or second, the first that is possible, that divides ticks as ``cut`` does.

    Parameters
    ----------
    cut : float
        A moment or a duration in ticks.
    values : ndarray of shape (n,)
        The distinct ticks of the column, sorted, none of them NaN.
    unit : str
        Unit of a tick.

    Examples
    --------
    >>> simple_tick(90_000.0, np.array([10.0, 80_000.0, 95_000.0]), "s") / 3600
    24.0
    """
    place = int(np.searchsorted(values, cut, side="right"))
    below = float(values[place - 1]) if place else -math.inf
    above = float(values[place]) if place < len(values) else math.inf
    for step in (NANOSECONDS[name] / NANOSECONDS[unit] for name in ("D", "h", "m", "s")):
        if step < 1:
            break
        nearest = round(cut / step) * step
        for candidate in (nearest, nearest - step):
            if below <= candidate < above:
                return candidate
    return float(math.floor(cut))
