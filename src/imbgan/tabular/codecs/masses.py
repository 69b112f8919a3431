"""The mass of each point and gap of the line of a number, in which no single row of a class shows."""

from collections.abc import Sequence
from typing import Any, NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from imbgan.tabular.statistics.sketch import Sketch

Array = NDArray[np.float64]
Positions = NDArray[np.intp]

#: As many rows of a class form each step of its distribution. With steps of one row, a rare row leaves so much mass
#: beside its own values that generated rows repeat them, whatever the generator has learned.
ROWS_PER_STEP = 5
#: Stands for a width or a mass that rounding makes 0.
LEAST = 1e-300


def smooth_masses(
    knots: NDArray[np.generic], sketches: Sequence[Sketch], *, least_point: float, is_discrete: bool
) -> Array:
    """Return the masses of points and gaps between them; each class has the same weight.

    A value that at least ``ROWS_PER_STEP`` rows of a class have is a point, where this class keeps its mass exactly.
    All other rows of a class form, in their order, steps of ``ROWS_PER_STEP`` rows. Within a step, mass lies on the
    points in proportion to all rows there, whatever their class, and the rest lies evenly on the gaps.

    Parameters
    ----------
    knots : ndarray of shape (m,)
        Values in increasing order, m >= 1: those of the sketches, or some of them.
    sketches : sequence of Sketch
        One per class that has rows.
    least_point : float
        Values of less mass are no points.
    is_discrete : bool
        Whether every value is a point, and gaps have no mass.

    Returns
    -------
    ndarray of shape (2 * m - 1,)
        Mass of point 0, of the gap after it, and so on; the sum is 1.

    Examples
    --------
    >>> import numpy as np
    >>> zeros = Sketch.of(np.array([0.0] * 6 + [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]))
    >>> masses = smooth_masses(zeros.values, [zeros], least_point=0.002, is_discrete=False)
    >>> float(masses[0])
    0.5
    """
    m = len(knots)
    if m == 1:
        return np.ones(1)
    weights, enough, shared = _points(knots, sketches, least_point)
    shared = np.ones(m, np.bool_) if is_discrete else shared
    rows = np.sum([on_knots(knots, sketch, sketch.weights) for sketch in sketches], axis=0)
    # A quarter, since the difference of two large numbers can overflow.
    widths = np.zeros(m - 1) if is_discrete else np.maximum(np.diff(knots.astype(np.float64) / 4), LEAST)
    points, gaps = np.zeros(m), np.zeros(m - 1)
    for sketch, weight, has in zip(sketches, weights, enough, strict=True):
        own = shared & has
        points += np.where(own, weight, 0.0)
        loose = np.where(own, 0.0, weight)
        if loose.any():
            steps = _steps(loose, ROWS_PER_STEP / len(sketches) / sketch.total)
            on_points, on_gaps = _spread(steps, shared, rows, widths)
            points += on_points
            gaps += on_gaps
    masses = np.zeros(2 * m - 1)
    masses[::2], masses[1::2] = points, gaps
    return masses


def points(knots: NDArray[np.generic], sketches: Sequence[Sketch], least_point: float) -> NDArray[np.bool_]:
    """Return which values (m,) are points, as in :func:`smooth_masses`."""
    return _points(knots, sketches, least_point)[2]


def _points(
    knots: NDArray[np.generic], sketches: Sequence[Sketch], least_point: float
) -> tuple[list[Array], list[NDArray[np.bool_]], NDArray[np.bool_]]:
    """Return the mass of each class at each knot, whether it has enough rows there, and which knots are points."""
    weights = [on_knots(knots, sketch, sketch.weights) / len(sketches) / sketch.total for sketch in sketches]
    enough = [on_knots(knots, sketch, sketch.ties) >= ROWS_PER_STEP for sketch in sketches]
    mass_of_shared = np.sum([np.where(has, weight, 0.0) for has, weight in zip(enough, weights, strict=True)], axis=0)
    return weights, enough, mass_of_shared >= least_point


class _Steps(NamedTuple):
    """The ranges [first, last] of knots and [low, high) of gaps of each step, and its mass."""

    first: Positions
    last: Positions
    low: Positions
    high: Positions
    mass: Array


def on_knots(knots: NDArray[np.generic], sketch: Sketch, figures: Array) -> Array:
    """Return the sum of a figure of a sketch's values at each knot."""
    place = np.clip(np.searchsorted(knots, cast(Any, sketch.values)), 0, len(knots) - 1)
    return _sums(place, figures, len(knots))


def _steps(loose: Array, size: float) -> _Steps:
    """Join the knots that have mass to steps of about the mass ``size``; a rest joins the last step."""
    held = np.flatnonzero(loose)
    mass = loose[held]
    n_steps = max(round(float(mass.sum()) / size), 1)
    number = np.minimum(((np.cumsum(mass) - mass / 2) / size).astype(np.intp), n_steps - 1)
    number = np.unique(number, return_inverse=True)[1].reshape(-1)
    first = held[np.flatnonzero(np.diff(number, prepend=-1))]
    last = held[np.flatnonzero(np.diff(number, append=number[-1] + 1))]
    # Steps meet in the middle between their rows. The gaps of the outer ones, and of those of a single value, reach to
    # the next knots.
    between = (last[:-1] + first[1:] + 1) // 2
    start, stop = np.append(first[0], between), np.append(between, last[-1])
    is_single = start == stop
    low = np.where(is_single, start - 1, start)
    high = np.where(is_single, stop + 1, stop)
    low[0], high[-1] = first[0] - 1, last[-1] + 1
    return _Steps(start, stop, np.maximum(low, 0), np.minimum(high, len(loose) - 1), _sums(number, mass))


def _spread(steps: _Steps, shared: NDArray[np.bool_], rows: Array, widths: Array) -> tuple[Array, Array]:
    """Return the masses of points and gaps in all steps."""
    mass = steps.mass
    knot, step_of_knot = _members(steps.first, steps.last + 1)
    gap, step_of_gap = _members(steps.low, steps.high)
    at_points = np.where(shared, rows, 0.0)
    # Sums over each step alone: differences of running sums lose narrow gaps beside wide ones.
    n_rows, n_points = _sums(step_of_knot, rows[knot]), _sums(step_of_knot, at_points[knot])
    width = _sums(step_of_gap, widths[gap])
    share = np.where(width > 0, n_points / n_rows, 1.0)
    per_row = mass * share / np.where(n_points > 0, n_points, 1.0)
    loose = (mass * (1.0 - share))[step_of_gap]
    in_gap = loose * widths[gap] / np.where(width > 0, width, 1.0)[step_of_gap]
    return (
        _sums(knot, at_points[knot] * per_row[step_of_knot], len(rows)),
        # However narrow, a gap of a step is open.
        _sums(gap, np.where(loose > 0, np.maximum(in_gap, LEAST), 0.0), len(widths)),
    )


def _sums(places: Positions, figures: Array, n: int = 0) -> Array:
    """Return the sum of the figures at each of at least n places."""
    return np.bincount(places, figures, n).astype(np.float64)


def _members(low: Positions, high: Positions) -> tuple[Positions, Positions]:
    """Return the places in all ranges [low, high), and the range of each."""
    sizes = high - low
    number = np.repeat(np.arange(len(low)), sizes)
    starts = np.cumsum(sizes) - sizes
    return np.asarray(low[number] + np.arange(len(number)) - starts[number]), np.asarray(number)
