"""The grid of a column of numbers, found from its statistics."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from imbgan.tabular.codecs.masses import on_knots, points
from imbgan.tabular.grids import EXACT, MOST_LOST, Grid, are_few, find_grid
from imbgan.tabular.schema import NANOSECONDS, DType
from imbgan.tabular.statistics import NumberStatistics
from imbgan.tabular.statistics.grain import MAX_DECIMALS, own_float

#: A value that several rows of a class share, with at least this class-balanced mass, is a point, decoded exactly.
POINT_MASS = 0.002


def grid_of(data: NumberStatistics, dtype: DType, most_lost: float = MOST_LOST) -> Grid:
    """Return the coarsest grid that the numbers of all classes keep.

    Decimals and units of time that all values keep are taken as they are; a coarser grid needs evidence.

    Parameters
    ----------
    data : NumberStatistics
    dtype : DType
        The type of the column, which holds its unit of time.
    most_lost : float, default=0.005
        The share of rows that may lie off the grid, beside values that occur often; with 0, all values lie on it.
    """
    sketches = [sketch for sketch in data.sketches if sketch]
    if not sketches:
        return Grid()
    values: NDArray[Any] = np.unique(np.concatenate([sketch.values for sketch in sketches]))
    own = own_float(dtype.text)
    decimals = MAX_DECIMALS if data.decimals is None else data.decimals
    is_float = values.dtype == np.float64
    if is_float and np.abs(values).max() >= EXACT / 10.0**decimals:
        return Grid(data.decimals)
    is_short = np.ones(len(values), bool)
    if is_float and data.decimals is None:
        is_short = np.round(values, decimals).astype(own) == values
        if 2 * is_short.sum() < len(values):
            return Grid()
    rows = np.array([on_knots(values, sketch, sketch.weights) for sketch in sketches])
    is_point = points(values, sketches, POINT_MASS) if most_lost else np.zeros(len(values), bool)
    if not are_few(rows[:, ~is_short & ~is_point].sum(axis=1), rows.sum(axis=1), most_lost):
        return Grid()
    units = np.rint(values * 10.0**decimals).astype(np.int64) if is_float else values
    base = Grid(decimals, max(1, data.step // NANOSECONDS[dtype.unit]) if dtype.unit else 1)
    return find_grid(units[is_short], rows[:, is_short], is_point[is_short], base, most_lost)
