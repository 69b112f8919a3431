"""Mergeable statistics per class, from which the encoder is built.

One pass over a stream, or the partial results of many workers, give the same statistics as the whole table: exactly
for up to 16,384 distinct numbers per column and class, and otherwise within the rank error of the sketch.
"""

from imbgan.tabular.statistics.columns import ColumnStatistics
from imbgan.tabular.statistics.levels import LevelStatistics
from imbgan.tabular.statistics.numbers import NumberStatistics
from imbgan.tabular.statistics.table import TableStatistics, check_names

__all__ = ["ColumnStatistics", "LevelStatistics", "NumberStatistics", "TableStatistics", "check_names"]
