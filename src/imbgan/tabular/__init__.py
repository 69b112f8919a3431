"""Encode tables of any container as a float32 matrix, and decode them."""

from imbgan.tabular.containers import as_given, concat, eager, n_rows, plain, take
from imbgan.tabular.encoder import TableEncoder
from imbgan.tabular.reading import read_table
from imbgan.tabular.schema import TableSchema
from imbgan.tabular.statistics import TableStatistics

__all__ = [
    "TableEncoder",
    "TableSchema",
    "TableStatistics",
    "as_given",
    "concat",
    "eager",
    "n_rows",
    "plain",
    "read_table",
    "take",
]
