"""Grids: the steps in which the numbers of a column come, such as wages in fifties and prices that end in .99."""

import math
from dataclasses import dataclass, replace
from typing import cast

import numpy as np
from numpy.typing import NDArray

#: The share of rows off a grid that does not hide it.
MOST_LOST = 0.005
#: One value counts for at most this share of the rows, so that a heap of zeros says nothing about the other values.
MOST_WEIGHT = 0.05
#: Values that come without steps lie on a grid with at most this probability.
CHANCE = 1e-4
#: Floats hold every whole number below this.
EXACT = 2.0**53
#: Stands for no rows.
LEAST = 1e-300
#: Wider steps do not fit beside other differences into 64 bits.
LARGEST = 2**62
_PRIMES = (2, 3, 5, 7)


def are_few(lost: NDArray[np.float64], held: NDArray[np.float64], most: float) -> bool:
    """Return whether at most a share of the rows held (K,) is lost (K,); of one class twice the share."""
    shares = lost / np.maximum(held, lost + LEAST)
    return bool(shares.mean() <= most and (shares <= 2 * most).all())


@dataclass(frozen=True)
class Grid:
    """The numbers (offset + k * step) / 10**decimals for whole k.

    Parameters
    ----------
    decimals : int or None, default=None
        Digits after the point of a column of floats; None if its numbers have no steps. Whole numbers have none to
        round, and ignore it.
    step, offset : int, default=1, 0
        In units of the last decimal, or of the column (1, or ticks of a time). The offset lies in [0, step).

    Examples
    --------
    >>> Grid(2, 100, 99).snap(np.array([3.2, 4.8]), 0.99, 9.99)
    array([2.99, 4.99])
    """

    decimals: int | None = None
    step: int = 1
    offset: int = 0

    def snap(self, values: NDArray[np.generic], low: float, high: float) -> NDArray[np.generic]:
        """Return the nearest numbers of the grid between two bounds, for int64 or float64 values (n,)."""
        if values.dtype == np.int64:
            ticks = np.clip(cast("NDArray[np.int64]", values), low, high)
            return ticks if self.step == 1 else self._snap_whole(ticks, int(low), int(high))
        numbers = cast("NDArray[np.float64]", values)
        if self.decimals is not None:
            scale = 10.0**self.decimals
            # Scaling a large number would lose digits or overflow.
            is_exact = np.abs(numbers) < EXACT / scale
            units = np.rint(np.where(is_exact, numbers, 0.0) * scale)
            if self.step > 1:
                first, last = math.ceil(_near(low * scale)), math.floor(_near(high * scale))
                whole = np.clip(units, first, last).astype(np.int64)
                units = self._snap_whole(whole, first, last)
            numbers = np.where(is_exact, units / scale, numbers)
        return np.clip(numbers, low, high)

    def _snap_whole(self, values: NDArray[np.int64], low: int, high: int) -> NDArray[np.int64]:
        """Return the nearest multiples between low and high, between which all values lie; halves go up."""
        rest, n_last = (self.offset - low) % self.step, (high - low - (self.offset - low) % self.step) // self.step
        if n_last < 0:
            return values
        step, first = np.uint64(self.step), np.uint64(rest)
        # Differences of int64 may need 64 bits without a sign.
        start = np.array(low, np.int64).view(np.uint64)
        number, beyond = np.divmod(values.view(np.uint64) - start, step)
        beyond = beyond.astype(np.int64) - np.int64(rest)
        number += beyond >= self.step - self.step // 2
        number -= (beyond < -(self.step // 2)) & (number > 0)
        number = np.minimum(number, np.uint64(n_last))
        return (start + first + number * step).view(np.int64)

    def holds(self, values: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Return which numbers (n,) lie on the grid, within the precision of doubles; all do if there are no steps."""
        if self.decimals is None:
            return np.ones(len(values), dtype=bool)
        units = values * 10.0**self.decimals
        apart = np.mod(units - self.offset, self.step)
        tolerance = 1e-6 + 4 * np.spacing(np.abs(units))
        return np.minimum(apart, self.step - apart) <= tolerance

    def plain(self) -> "Grid":
        """Return the same grid with as few decimals as possible."""
        grid = self
        while grid.decimals and grid.step % 10 == 0 and grid.offset % 10 == 0:
            grid = Grid(grid.decimals - 1, grid.step // 10, grid.offset // 10)
        return grid

    def text(self) -> str:
        """Return the step in words, such as "steps of 0.05" and "steps of 100 from 99"."""
        shown, offset = (_decimal(units, self.decimals or 0) for units in (self.step, self.offset))
        return f"steps of {shown}" + (f" from {offset}" if self.offset else "")


def find_grid(
    values: NDArray[np.int64],
    rows: NDArray[np.float64],
    is_point: NDArray[np.bool_],
    base: Grid,
    most_lost: float = MOST_LOST,
) -> Grid:
    """Return the coarsest grid that the values keep, or ``base`` if nothing coarser is certain.

    In every class, nearly all rows must lie on the grid, and values that come without steps would have to lie on it
    with a probability of at most 1e-4: of m distinct values, all but u lie on a grid that is g times coarser with a
    probability of about binom(m, u) g**(1 - m + u).

    Parameters
    ----------
    values : ndarray of int64 of shape (m,)
        Distinct values, in units of the last decimal of ``base``.
    rows : ndarray of float64 of shape (K, m)
        Number of rows of each class that hold each value.
    is_point : ndarray of bool of shape (m,)
        Values that are generated exactly, on the grid or not.
    base : Grid
        The grid that all values keep, however few they are.
    most_lost : float, default=0.005
        At most this share of the rows lies off the grid, each class with the same weight, and of one class twice the
        share. Points are not counted.

    Examples
    --------
    >>> wages = np.arange(200, 900, 50)
    >>> find_grid(wages, np.ones((1, 14)), np.zeros(14, bool), Grid(0)).step
    50
    """
    weights = np.minimum(rows, MOST_WEIGHT * rows.sum(axis=1, keepdims=True))
    evidence = _Evidence(values, weights, np.where(is_point, weights, 0.0), base, most_lost)
    heaviest = int(weights.sum(axis=0).argmax())
    places = dict.fromkeys([heaviest, *(len(values) * quarter // 4 for quarter in (1, 2, 3))])
    grids = [evidence.climb(int(values[place])) for place in places]
    return max(grids, key=lambda grid: grid.step).plain()


@dataclass(frozen=True)
class _Evidence:
    """The distinct values (m,), their weights in each class (K, m), and those that are points."""

    values: NDArray[np.int64]
    weights: NDArray[np.float64]
    at_points: NDArray[np.float64]
    base: Grid
    most_lost: float

    def climb(self, anchor: int) -> Grid:
        """Return the coarsest certain grid through a value."""
        far = self.values.view(np.uint64) - np.array(anchor, np.int64).view(np.uint64)
        # Of two numbers, the difference without a sign.
        far = np.where(self.values < anchor, np.uint64(0) - far, far)
        widest = min(int(far.max()), LARGEST)
        step = certain = self.base.step
        exact = int(np.gcd.reduce(far))
        if exact % step == 0 and step < exact <= widest:
            step = exact
            certain = exact if self.is_kept(far, exact)[1] else certain
        climbs = True
        while climbs:
            climbs = False
            for prime in _PRIMES:
                is_kept, is_certain = self.is_kept(far, step * prime) if step * prime <= widest else (False, False)
                if is_kept:
                    step, climbs = step * prime, True
                    certain = step if is_certain else certain
        return replace(self.base, step=certain, offset=anchor % certain)

    def is_kept(self, far: NDArray[np.uint64], step: int) -> tuple[bool, bool]:
        """Return whether enough rows of each class keep a step, and whether chance does not explain it."""
        off = far % np.uint64(step) != 0
        # A point off the grid is no witness, and comes back exactly.
        points = self.at_points @ off
        lost = self.weights @ off - points
        is_kept = are_few(lost, self.weights.sum(axis=1) - points, self.most_lost)
        m, n_off = len(far), int(off.sum())
        ways = math.lgamma(m + 1) - math.lgamma(n_off + 1) - math.lgamma(m - n_off + 1)
        is_certain = (m - n_off - 1) * math.log(step / self.base.step) - ways >= -math.log(CHANCE)
        return is_kept, is_certain


def _near(value: float) -> float:
    """Return a number, or the whole one from which only rounding separates it."""
    whole = float(np.rint(value))
    return whole if abs(value - whole) <= 1e-6 + 4 * float(np.spacing(abs(value))) else value


def _decimal(units: int, decimals: int) -> str:
    return f"{units / 10**decimals:.{decimals}f}" if decimals else str(units)
