"""What a column is beside its values, and the step between its values."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from imbgan.tabular.codecs.grid import grid_of
from imbgan.tabular.document import read_dtype, write_dtype
from imbgan.tabular.rules.cells import numbers, stored
from imbgan.tabular.scalars import from_json, to_json
from imbgan.tabular.schema import NANOSECONDS, DType, Family, RawColumn
from imbgan.tabular.statistics import NumberStatistics

Document = dict[str, Any]


@dataclass(frozen=True)
class Form:
    """The form of a column: its name, family and data type."""

    name: Hashable
    family: Family
    dtype: DType

    @classmethod
    def of(cls, column: RawColumn) -> Self:
        """Return the form of a column."""
        return cls(column.name, column.family, column.dtype)

    def holding(self, values: NDArray[Any], missing: NDArray[np.bool_]) -> RawColumn:
        """Return a column of this form with numbers of :func:`numbers`."""
        # What lies under a missing cell may not fit the type.
        values = np.where(missing, np.zeros((), values.dtype), values)
        empty = RawColumn(self.name, self.dtype, self.family, values, missing)
        return RawColumn(self.name, self.dtype, self.family, stored(values, empty), missing)

    def to_document(self) -> list[Any]:
        """Return the form as JSON."""
        return [to_json(self.name), self.family, write_dtype(self.dtype)]

    @classmethod
    def from_document(cls, document: Sequence[Any]) -> Self:
        """Read what :meth:`to_document` wrote."""
        name, family, dtype = document
        return cls(from_json(name), family, read_dtype(dtype))


def step_of(column: RawColumn) -> int:
    """Return the number of which all whole numbers or ticks of a column are multiples, as its grid is; 1 for floats."""
    values = numbers(column)[~column.missing]
    if values.dtype != np.int64 or not len(values):
        return 1
    none = np.zeros(len(values), np.int64)
    data = NumberStatistics(1).update(values, none.astype(bool), none, column.dtype)
    grid = grid_of(data, column.dtype, most_lost=0.0)
    if not grid.offset:
        return grid.step
    # Rules know multiples alone.
    return max(1, data.step // NANOSECONDS[column.dtype.unit]) if column.dtype.unit else 1
