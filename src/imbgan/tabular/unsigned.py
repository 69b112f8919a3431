"""uint64 as int64, so that integers of all types share one array type without losing digits.

Flipping the top bit shifts uint64 down by 2**63 and keeps the order. Only :class:`imbgan.tabular.schema.RawColumn`,
which hands out true values, and the readers and writers of containers need to know of it.
"""

import numpy as np
from numpy.typing import NDArray

_TOP_BIT = np.uint64(1 << 63)


def shifted(values: NDArray[np.generic]) -> NDArray[np.int64]:
    """Return unsigned 64-bit integers (n,) as int64, in the same order."""
    return (values.astype(np.uint64) ^ _TOP_BIT).view(np.int64)


def unshifted(values: NDArray[np.generic]) -> NDArray[np.uint64]:
    """Return the true values (n,) of what :func:`shifted` made."""
    return values.astype(np.int64).view(np.uint64) ^ _TOP_BIT
