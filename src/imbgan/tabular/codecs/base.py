"""Helpers of all codecs: parts of the matrix, numbers of rows, and the check for missing values."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from imbgan.exceptions import DataError
from imbgan.tabular.codecs.scale import Scale
from imbgan.tabular.scalars import Json
from imbgan.tabular.schema import RawColumn, column_label


@dataclass(frozen=True)
class RowNumbers:
    """The numbers of decoded rows, and the seed of keys that are drawn for them.

    Parameters
    ----------
    numbers : ndarray of int64 of shape (n,)
        From 0; rows with different numbers get different fresh values.
    seed : int
    """

    numbers: NDArray[np.int64]
    seed: int = 0


#: With more scores in a row, NumPy's own way is as fast.
MOST_SCORES = 128

Matrix = NDArray[np.float32]
Draws = NDArray[np.float64]
Arrays = dict[str, NDArray[np.generic]]


def no_part(n_rows: int) -> Matrix:
    """Return a part without columns."""
    return np.empty((n_rows, 0), dtype=np.float32)


def one_hot(index: NDArray[np.intp], n_levels: int) -> Matrix:
    """Return the one-hot rows (n, n_levels) of ``index`` (n,)."""
    matrix = np.zeros((len(index), n_levels), dtype=np.float32)
    matrix[np.arange(len(index)), index] = 1.0
    return matrix


def highest(scores: Matrix) -> NDArray[np.intp]:
    """Return the position of the greatest score in each row (n,), the first of equal ones: ``scores.argmax(axis=1)``.

    NumPy goes through the rows one by one, which takes five times as long for the few scores of a category.
    """
    n, k = scores.shape
    if not 1 <= k <= MOST_SCORES:
        return scores.argmax(axis=1)
    index = np.zeros(n, np.intp)
    best = scores[:, 0].copy()
    for place in range(1, k):
        column = scores[:, place]
        index[column > best] = place
        np.maximum(best, column, out=best)
    return index


def reject_missing(column: RawColumn) -> None:
    """Raise DataError if a value is missing in a column that had no missing values in fit."""
    if column.missing.any():
        raise DataError(
            f"{column_label(column.name)} holds a missing value at row {int(column.missing.argmax())}, but had "
            "none when fitted. Impute it, or fit on data with missing values in this column."
        )


def read_scale(document: dict[str, Json], arrays: Arrays, n_points: int) -> Scale:
    """Rebuild a scale; ValueError if its ends do not fit."""
    link, edges = document["link"], arrays["edges"].astype(np.float32)
    if link not in ("normal", "uniform") or edges.shape != (2 * n_points,) or not (np.diff(edges) >= 0).all():
        raise ValueError("the interval ends do not fit the points")
    return Scale(edges, "normal" if link == "normal" else "uniform")
