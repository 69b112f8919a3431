"""Distances between two samples of rows."""

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.floating]


def pairwise_distances(x: Matrix, y: Matrix) -> NDArray[np.float64]:
    """Return Euclidean distances, shape (len(x), len(y)), computed by one matrix product."""
    x64, y64 = np.asarray(x, np.float64), np.asarray(y, np.float64)
    center = x64.mean(axis=0) if len(x64) else 0.0
    x64, y64 = x64 - center, y64 - center  # far from the origin, the product form loses digits
    squares = (x64**2).sum(axis=1)[:, None] + (y64**2).sum(axis=1)[None, :] - 2.0 * x64 @ y64.T
    return np.sqrt(np.maximum(squares, 0.0))


def mean_distance_within(x: Matrix) -> float:
    """Return the mean distance between two different rows; 0 for fewer than two rows."""
    if len(x) < 2:
        return 0.0
    return float(pairwise_distances(x, x).sum() / (len(x) * (len(x) - 1)))


def mean_nearest_distance(x: Matrix) -> float:
    """Return the mean distance from a row to the nearest other row; 0 for fewer than two rows."""
    if len(x) < 2:
        return 0.0
    distances = pairwise_distances(x, x)
    np.fill_diagonal(distances, np.inf)
    return float(distances.min(axis=1).mean())


def energy_distance(x: Matrix, y: Matrix, *, size: int | None = None) -> float:
    r"""Energy distance of two samples (Szekely and Rizzo 2013), optionally as expected for samples of ``size`` rows.

    The unbiased estimate is :math:`U = 2 E\lVert x - y\rVert - E\lVert x - x'\rVert - E\lVert y - y'\rVert` over
    pairs of different rows. Two finite samples from the same distribution still look apart: with n rows each, the
    plug-in estimate is on average :math:`U + (E\lVert x - x'\rVert + E\lVert y - y'\rVert) / n`.

    Parameters
    ----------
    x, y : ndarray of shape (n, width), (m, width)
        Each has at least one row.
    size : int, optional
        Return the expected plug-in value for samples of this many rows. By default return U, which may be
        slightly negative.

    Returns
    -------
    float
        In the unit of the matrix columns.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.array([[0.0], [1.0]])
    >>> energy_distance(x, x + 10.0)
    18.0
    """
    within_x, within_y = mean_distance_within(x), mean_distance_within(y)
    unbiased = 2.0 * float(pairwise_distances(x, y).mean()) - within_x - within_y
    return unbiased if size is None else unbiased + (within_x + within_y) / size
