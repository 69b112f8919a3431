"""Build the codec of a column from its statistics."""

from typing import Literal, cast

import numpy as np
from numpy.typing import NDArray

from imbgan.exceptions import DataError
from imbgan.tabular.codecs import (
    Codec,
    ConstantCodec,
    DiscreteCodec,
    LineCodec,
    MinMaxCodec,
    OneHotCodec,
    OptionalCodec,
    QuantileCodec,
)
from imbgan.tabular.codecs.grid import POINT_MASS, grid_of
from imbgan.tabular.codecs.levels import Levels
from imbgan.tabular.codecs.masses import smooth_masses
from imbgan.tabular.codecs.numbers import Rounding
from imbgan.tabular.codecs.scale import Scale
from imbgan.tabular.grids import MOST_LOST, Grid
from imbgan.tabular.schema import column_label
from imbgan.tabular.statistics import ColumnStatistics, LevelStatistics, NumberStatistics
from imbgan.tabular.statistics.sketch import Sketch, combine, scaled

Numbers = Literal["quantile", "minmax"]

#: A column of at most this many distinct values is discrete: no values between them are generated.
MAX_DISCRETE = 32
#: A number with at most this many distinct values is learned as a category: softmax heads hit the shares of
#: values at the ends of a scale, which a smooth map of noise undershoots.
MAX_ONE_HOT = 2
#: Knots of one column; as many gaps of at least 1e-6 take 3 % of the line at most.
MAX_KNOTS = 32_768
#: The number of levels that float32 can distinguish on a line.
MAX_LINE_LEVELS = 250_000


def build_codec(column: ColumnStatistics, numbers: Numbers, max_levels: int, *, is_smooth: bool = False) -> Codec:
    """Return the codec of a column.

    Parameters
    ----------
    column : ColumnStatistics
    numbers : {"quantile", "minmax"}
        The encoding of numbers.
    max_levels : int
        Categories of more levels are encoded on a line.
    is_smooth : bool, default=False
        Whether floats between observed values stay unrounded.

    Raises
    ------
    DataError
        If a category has more levels than a line can hold.
    """
    data = column.data
    if data.is_constant:
        return _constant(column)
    if isinstance(data, NumberStatistics):
        storage = "float64" if column.family == "float" else "int64"
        has_missing = bool(data.missing.any())
        balanced = _balanced(data)
        low, high = cast("tuple[int | float, int | float]", data.bounds)
        # "minmax" rounds all numbers, so that one off the grid would be lost.
        grid = Grid() if is_smooth else grid_of(data, column.dtype, MOST_LOST if numbers == "quantile" else 0.0)
        rounding = Rounding(low, high, grid)
        is_discrete = balanced.exact and 2 * len(balanced.values) < data.n_present and not is_smooth
        if numbers == "quantile" and is_discrete and len(balanced.values) <= MAX_ONE_HOT:
            return DiscreteCodec(balanced.values, has_missing)
        is_discrete = is_discrete and len(balanced.values) <= MAX_DISCRETE
        codec = (
            MinMaxCodec(rounding, storage)
            if numbers == "minmax"
            else _quantile(data, balanced, rounding, is_discrete=is_discrete)
        )
        return OptionalCodec(codec) if has_missing else codec
    levels, counts = data.levels(column.dtype)
    storage = "bool" if column.family == "bool" else "object"
    has_missing = bool(data.missing.any())
    if len(levels) + has_missing <= max_levels:
        return OneHotCodec(Levels(levels, has_missing=has_missing, storage=storage))
    if len(levels) > MAX_LINE_LEVELS:
        raise DataError(
            f"{column_label(column.name)} has {len(levels)} levels, more than the {MAX_LINE_LEVELS} that a "
            "column can have. Drop it if it identifies rows, or group its levels."
        )
    return _line(data, levels, counts, storage, numbers)


def _constant(column: ColumnStatistics) -> ConstantCodec:
    data = column.data
    if isinstance(data, NumberStatistics):
        bounds = data.bounds
        storage = "float64" if column.family in ("float", "none") else "int64"
        return ConstantCodec(bounds[0] if bounds else None, storage)
    levels, _ = data.levels(column.dtype)
    return ConstantCodec(levels[0] if levels else None, "bool" if column.family == "bool" else "object")


def _balanced(data: NumberStatistics) -> Sketch:
    """Return the distribution in which each class has the same weight, whatever its number of rows."""
    sketches = [sketch for sketch in data.sketches if sketch]
    return combine([scaled(sketch, 1.0 / sketch.total / len(sketches)) for sketch in sketches])


def _quantile(data: NumberStatistics, balanced: Sketch, rounding: Rounding, *, is_discrete: bool) -> QuantileCodec:
    knots = balanced.compressed(MAX_KNOTS).values
    sketches = [sketch for sketch in data.sketches if sketch]
    masses = smooth_masses(knots, sketches, least_point=POINT_MASS, is_discrete=is_discrete)
    return QuantileCodec(knots, Scale.from_masses(masses), rounding)


def _line(
    data: LevelStatistics,
    levels: tuple[object, ...],
    counts: NDArray[np.int64],
    storage: str,
    numbers: Numbers,
) -> LineCodec:
    order = line_order(counts)
    totals = counts.sum(axis=0) + data.missing
    shares = np.where(totals > 0, 1.0 / np.maximum(totals, 1), 0.0)
    weights = (counts[order] * shares).sum(axis=1)
    has_missing = bool(data.missing.any())
    if has_missing:
        weights = np.append(weights, (data.missing * shares).sum())
    masses = np.zeros(2 * len(weights) - 1)
    masses[::2] = weights
    ordered = tuple(levels[i] for i in order)
    link = "normal" if numbers == "quantile" else "uniform"
    return LineCodec(Levels(ordered, has_missing=has_missing, storage=storage), Scale.from_masses(masses, link))


def line_order(counts: NDArray[np.int64]) -> list[int]:
    """Order levels by the classes in which they occur.

    The position of a level is its coordinate on the first axis of a correspondence analysis of the smoothed
    level-by-class table; for two classes that is the order of the rarer class' share. Ties go by frequency,
    then by the order of the levels.

    Parameters
    ----------
    counts : ndarray of int of shape (L, K)
        Rows of each level in each class.

    Returns
    -------
    list of int
        Indices of the levels along the line.
    """
    totals = counts.sum(axis=0)
    present = totals > 0
    table, totals = counts[:, present].astype(np.float64), totals[present]
    # Smoothing by one row in proportion to the classes, so that a level with one row does not belong to one class only.
    table = table + totals / totals.sum()
    frequency = counts.sum(axis=1)
    position = np.zeros(len(counts))
    if table.shape[1] > 1:
        table = table / table.sum(axis=0) / table.shape[1]
        row, column = table.sum(axis=1), table.sum(axis=0)
        residual = (table - np.outer(row, column)) / np.sqrt(np.outer(row, column))
        _, axes = np.linalg.eigh(residual.T @ residual)
        axis = axes[:, -1]
        # The sign of an eigenvector is arbitrary: the rarest class points to the upper end.
        axis = axis if axis[int(np.argmin(totals))] >= 0 else -axis
        position = np.round(residual @ axis / np.sqrt(row), 9)
    return [int(i) for i in np.lexsort((np.arange(len(counts)), frequency, position))]
