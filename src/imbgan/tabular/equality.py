"""Find equal values of a column, and equal rows of a table."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from imbgan.tabular.schema import RawColumn

Codes = NDArray[np.intp]
#: A level is itself if it is a string, else (type name, value): 1, 1.0 and True are different levels.
LevelKey = str | tuple[str, object]


def level_key(level: object) -> LevelKey:
    """Return the key by which a level is counted."""
    return level if isinstance(level, str) else (type(level).__name__, level)


def factorize(cells: Sequence[object]) -> tuple[Codes, list[object]]:
    """Return the number of each cell, in order of appearance, and the distinct cells of any hashable types."""
    # 1, 1.0 and True are equal in Python but different levels.
    codes: dict[tuple[type, object], int] = {}
    numbers = np.array([codes.setdefault((type(cell), cell), len(codes)) for cell in cells], dtype=np.intp)
    return numbers, [cell for _, cell in codes]


def value_codes(column: RawColumn) -> Codes:
    """Return a number for each cell; equal values have equal numbers, and 0 means missing."""
    codes = np.zeros(len(column.values), dtype=np.intp)
    present = column.values[~column.missing]
    if column.family == "level":
        codes[~column.missing] = factorize(present.tolist())[0] + 1
    elif column.family != "none":
        codes[~column.missing] = np.unique(present, return_inverse=True)[1].reshape(-1) + 1
    return codes


def row_codes(columns: Sequence[Codes], n_rows: int) -> Codes:
    """Return a number from 0 for each row of columns of codes; equal rows have equal numbers."""
    rows = np.zeros(n_rows, dtype=np.intp)
    for codes in columns:
        # Exact: both stay below n_rows + 1, so that their product fits 64 bits.
        rows = np.unique(rows * (int(codes.max()) + 1) + codes, return_inverse=True)[1].reshape(-1)
    return rows
