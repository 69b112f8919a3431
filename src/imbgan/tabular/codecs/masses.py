"""The mass of each point and gap of a probability line, in which no few rows of a class can be recognized."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from imbgan.tabular.statistics.sketch import Sketch

Array = NDArray[np.float64]

#: As many rows of a class share each step of its distribution. Finer steps would show single rows: with one step per
#: row, half of the mass near a value that one rare row has would be due to this row.
ROWS_PER_STEP = 5


def smooth_masses(
    knots: NDArray[np.generic], sketches: Sequence[Sketch], *, least_atom: float, is_discrete: bool
) -> Array:
    """Return the masses of points and gaps, in which each class has the same weight.

    A value with at least ``ROWS_PER_STEP`` rows of a class is a point of its own for this class. The other rows of the
    class, in order, form steps of as many rows. Within a step, the mass lies on the points that other classes share, in
    proportion to all rows there, and evenly on the gaps.

    Parameters
    ----------
    knots : ndarray of shape (m,)
        Values in increasing order, m >= 2; all values of the sketches, or values near them.
    sketches : sequence of Sketch
        One per class that has rows.
    least_atom : float
        Points of less mass pass it to their gaps.
    is_discrete : bool
        Whether gaps get no mass.

    Returns
    -------
    ndarray of shape (2 * m - 1,)
        Mass of point 0, of the gap after it, and so on; the sum is 1.
    """
    m = len(knots)
    counts = [_on_knots(knots, sketch) for sketch in sketches]
    pooled = np.sum(counts, axis=0)
    shared = np.ones(m, np.bool_) if is_discrete else _shared(counts, least_atom)
    widths = np.zeros(m - 1) if is_discrete else np.diff(knots.astype(np.float64))
    points, gaps = np.zeros(m), np.zeros(m - 1)
    for count in counts:
        own = shared & (count >= ROWS_PER_STEP)
        points += np.where(own, count, 0.0) / count.sum() / len(counts)
        loose = np.where(own, 0.0, count) / count.sum() / len(counts)
        on_points, on_gaps = _steps(loose, ROWS_PER_STEP / count.sum() / len(counts), shared, pooled, widths)
        points += on_points
        gaps += on_gaps
    masses = np.zeros(2 * m - 1)
    masses[::2], masses[1::2] = points, gaps
    return masses


def _on_knots(knots: NDArray[np.generic], sketch: Sketch) -> Array:
    """Return the number of rows at each knot."""
    place = np.clip(np.searchsorted(knots, sketch.values), 0, len(knots) - 1)
    return np.bincount(place, sketch.weights, len(knots)).astype(np.float64)


def _shared(counts: Sequence[Array], least: float) -> NDArray[np.bool_]:
    """Return which values are points: enough rows of one class have them, and they have enough of its mass."""
    enough = [np.where(count >= ROWS_PER_STEP, count, 0.0) / count.sum() / len(counts) for count in counts]
    return np.sum(enough, axis=0) >= least


def _steps(
    loose: Array, step: float, shared: NDArray[np.bool_], pooled: Array, widths: Array
) -> tuple[Array, Array]:
    """Spread the mass at each knot over the points and gaps of its step."""
    m = len(loose)
    on_points, on_gaps = np.zeros(m), np.zeros(m - 1)
    if not loose.any():
        return on_points, on_gaps
    held = np.flatnonzero(loose)
    # Steps end where enough mass has come together; a rest joins the last one.
    number = np.floor((np.cumsum(loose[held]) - loose[held] / 2) / step + 1e-9).astype(np.intp)
    n_steps = max(int(round(loose.sum() / step)), 1)
    number = np.unique(np.minimum(number, n_steps - 1), return_inverse=True)[1]
    first = held[np.flatnonzero(np.diff(number, prepend=-1))]
    last = held[np.flatnonzero(np.diff(number, append=number[-1] + 1))]
    mass = np.bincount(number, loose[held])
    # Steps meet in the middle between their rows, and are at least one gap wide on both sides of a single value.
    between = (last[:-1] + first[1:] + 1) // 2
    low, high = np.append(first[0], between), np.append(between, last[-1])
    low, high = np.where(high > low, low, np.maximum(low - 1, 0)), np.where(high > low, high, np.minimum(high + 1, m - 1))
    points = np.where(shared, pooled, 0.0)
    sum_points, sum_pooled = _before(points), _before(pooled)
    in_points, in_all = sum_points[high + 1] - sum_points[low], sum_pooled[high + 1] - sum_pooled[low]
    sum_widths = _before(widths)
    width = sum_widths[high] - sum_widths[low]
    share = np.where(width > 0, in_points / np.maximum(in_all, 1.0), 1.0)
    share = np.where(in_points > 0, share, 0.0)
    on_points += points * _painted(mass * share / np.where(in_points > 0, in_points, 1.0), low, high + 1, m)
    on_gaps += widths * _painted(mass * (1.0 - share) / np.where(width > 0, width, 1.0), low, high, m - 1)
    return on_points, on_gaps


def _before(values: Array) -> Array:
    return np.concatenate([[0.0], np.cumsum(values)])


def _painted(values: Array, low: NDArray[np.intp], high: NDArray[np.intp], n: int) -> Array:
    """Return the sum of the values of all ranges [low, high) that hold a place, shape (n,)."""
    changes = np.zeros(n + 1)
    np.add.at(changes, low, values)
    np.add.at(changes, high, -values)
    return np.cumsum(changes)[:n].clip(0.0)
