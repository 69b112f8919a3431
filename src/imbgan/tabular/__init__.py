"""Tables of any container as a float32 matrix, and back."""

from imbgan.tabular.containers import concat, eager, n_rows, take
from imbgan.tabular.encoder import TableEncoder
from imbgan.tabular.reading import read_table
from imbgan.tabular.schema import TableSchema
from imbgan.tabular.statistics import TableStatistics

__all__ = ["TableEncoder", "TableSchema", "TableStatistics", "concat", "eager", "n_rows", "read_table", "take"]
