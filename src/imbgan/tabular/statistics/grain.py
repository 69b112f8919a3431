"""The granularity of numbers: decimals and time units."""

import numpy as np
from numpy.typing import NDArray

from imbgan.tabular.schema import NANOSECONDS

MAX_DECIMALS = 6

_SHORT_FLOATS: dict[str, type[np.floating]] = {
    "float32": np.float32,
    "float16": np.float16,
    "halffloat": np.float16,
    # Arrow writes its 32-bit float as "float[pyarrow]" (and "double" for 64 bits).
    "float[": np.float32,
}


def own_float(text: str) -> type[np.floating]:
    """Return the type of the floats of a data type."""
    return next((kind for name, kind in _SHORT_FLOATS.items() if name in text.lower()), np.float64)


def least_decimals(values: NDArray[np.float64], text: str) -> int | None:
    """Return the least number of decimals, at most six, that writes all values exactly in their type."""
    own = own_float(text)
    rest = values[np.floor(values) != values]
    for decimals in range(1, MAX_DECIMALS + 1):
        if not len(rest):
            return decimals - 1
        rest = rest[np.round(rest, decimals).astype(own) != rest]
    return None if len(rest) else MAX_DECIMALS


def coarsest_step(ticks: NDArray[np.int64], unit: str) -> int:
    """Return the nanoseconds of the coarsest unit that divides all ticks."""
    own = NANOSECONDS[unit]
    for nanoseconds in sorted(NANOSECONDS.values(), reverse=True):
        if nanoseconds <= own:
            break
        if not (ticks % (nanoseconds // own)).any():
            return nanoseconds
    return own
