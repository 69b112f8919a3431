"""Decoded columns of many rows, put together from chunks in any order."""

from collections.abc import Sequence
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from imbgan.tabular.schema import Coded, Decoded


class Parts:
    """Columns of ``n_rows`` rows, into which chunks are written.

    Chunks may come in any order and from several threads: each writes rows of its own. So the rows of a matrix need
    never be there at once, and a level takes four bytes per row until the container is made.

    Parameters
    ----------
    n_rows : int

    Examples
    --------
    >>> parts = Parts(3)
    >>> parts.put(1, [(np.array([2.0, 3.0]), np.array([False, True]))])
    >>> parts.put(0, [(np.array([1.0]), np.array([False]))])
    >>> [(values.tolist(), missing.tolist()) for values, missing in parts.columns]
    [([1.0, 2.0, 3.0], [False, False, True])]
    """

    def __init__(self, n_rows: int) -> None:
        self._n_rows = n_rows
        self._lock = Lock()
        self.columns: list[Decoded] = []

    def put(self, start: int, columns: Sequence[Decoded]) -> None:
        """Write the columns of a chunk of rows, the first of which is row ``start``."""
        with self._lock:
            if not self.columns:
                self.columns = [self._reserved(column) for column in columns]
        for whole, column in zip(self.columns, columns, strict=True):
            if isinstance(whole, Coded) and isinstance(column, Coded):
                _write(whole.codes, start, column.codes)
            elif not isinstance(whole, Coded) and not isinstance(column, Coded):
                _write(whole[0], start, column[0])
                _write(whole[1], start, column[1])

    def _reserved(self, column: Decoded) -> Decoded:
        if isinstance(column, Coded):
            return Coded(column.cells, np.empty(self._n_rows, np.int32))
        return np.empty(self._n_rows, column[0].dtype), np.empty(self._n_rows, bool)


def _write(whole: NDArray[np.generic], start: int, chunk: NDArray[np.generic]) -> None:
    whole[start : start + len(chunk)] = chunk
