"""Decimals as numbers: integers exactly, others in double precision, which has 15 digits."""

from collections.abc import Hashable, Sequence
from decimal import Context, Decimal

import numpy as np
from numpy.typing import NDArray

from imbgan.exceptions import DataError
from imbgan.tabular.schema import Family, column_label

# The number of digits of the widest decimal type (decimal256 of Arrow).
_CONTEXT = Context(prec=100)


def from_decimals(name: Hashable, cells: Sequence[Decimal], scale: int) -> tuple[Family, NDArray[np.generic]]:
    """Return decimals (n,) with ``scale`` digits after the point as integers if ``scale`` is 0, otherwise as floats.

    Raises
    ------
    DataError
        If an integer does not fit 64 bits.
    """
    if scale > 0:
        return "float", np.array([float(cell) for cell in cells], dtype=np.float64)
    try:
        return "int", np.array([int(cell) for cell in cells], dtype=np.int64)
    except OverflowError:
        raise DataError(
            f"{column_label(name)} holds a decimal that does not fit 64 bits. Convert the column to float, or to "
            "strings if its values are codes."
        ) from None


def to_decimals(values: NDArray[np.generic], missing: NDArray[np.bool_], scale: int) -> list[Decimal | None]:
    """Return numbers (n,) as decimals with ``scale`` digits after the point; None where missing."""
    step = Decimal(1).scaleb(-scale)
    # The shortest text of a float is the decimal from which it was read.
    pairs = zip(values.tolist(), missing.tolist(), strict=True)
    return [None if gap else Decimal(str(value)).quantize(step, context=_CONTEXT) for value, gap in pairs]
