"""Numbers that come in steps, and generated ones that lie between them."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from imbgan.tabular.codecs.grid import grid_of
from imbgan.tabular.grids import Grid
from imbgan.tabular.schema import NANOSECONDS, TIME_FAMILIES, RawColumn
from imbgan.tabular.statistics import NumberStatistics

#: Fewer distinct values say nothing about the digits of a float.
LEAST_DISTINCT = 5
#: For people, the widest units first.
_UNITS = ("D", "h", "m", "s", "ms", "us", "ns")
_UNIT_NAMES = {"D": "days", "h": "hours", "m": "minutes", "s": "seconds", "ms": "ms", "us": "us", "ns": "ns"}


@dataclass(frozen=True)
class Steps:
    """The grid that the real values of a column keep, and their unit of time if they have one."""

    grid: Grid
    unit: str
    known: NDArray[np.generic]

    @classmethod
    def of(cls, column: RawColumn, labels: NDArray[np.str_]) -> "Steps | None":
        """Return the steps of a real column (n,) of numbers whose rows have labels (n,); None if it keeps none."""
        if column.is_shifted or column.family == "none":
            return None
        classes, y = np.unique(labels, return_inverse=True)
        values = column.values if column.family == "float" else column.values.astype(np.int64)
        data = NumberStatistics(len(classes)).update(values, column.missing, y.reshape(-1), column.dtype)
        known = np.unique(values[~column.missing])
        grid = grid_of(data, column.dtype)
        if grid.decimals is None or len(known) < LEAST_DISTINCT:
            return None
        return cls(grid, column.dtype.unit if column.family in TIME_FAMILIES else "", known)

    def off(self, column: RawColumn) -> NDArray[np.bool_]:
        """Return which values (n,) are no real ones and lie between the steps."""
        values: NDArray[Any] = column.values
        on = np.ones(len(values), bool)
        if self.unit:
            own, wanted = NANOSECONDS[column.dtype.unit], NANOSECONDS[self.unit]
            ticks = values.astype(np.int64)
            if own < wanted:  # a finer unit: what is no whole tick is off
                ticks, rest = np.divmod(ticks, wanted // own)
                on = rest == 0
            values = ticks * max(own // wanted, 1)
        if column.is_shifted or values.dtype.kind != "i":
            values = column.as_float64()
            on = on & self.grid.holds(values)
        else:
            on = on & ((values - self.grid.offset) % self.grid.step == 0)
        return ~on & ~np.isin(values, self.known) & ~column.missing

    @property
    def text(self) -> str:
        """What the steps are, such as "steps of 50" and "steps of 15 minutes"."""
        if not self.unit:
            return self.grid.text()
        own = NANOSECONDS[self.unit]
        unit = next(unit for unit in _UNITS if self.grid.step * own % NANOSECONDS[unit] == 0)
        return f"steps of {self.grid.step * own // NANOSECONDS[unit]} {_UNIT_NAMES[unit]}"
