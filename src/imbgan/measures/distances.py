"""Distances between rows, and figures of matrices of distances, which the caller computes once for all figures."""

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


def to_others(distances: Matrix) -> NDArray[np.float64]:
    """Return a copy of the distances (n, n) among rows in which no row is near itself: its diagonal is infinite."""
    others = np.array(distances, np.float64)
    np.fill_diagonal(others, np.inf)
    return others


def mean_distance_within(among: Matrix) -> float:
    """Return the mean of the distances (n, n) among rows, over pairs of different rows; 0 for fewer than two rows."""
    n = len(among)
    return float((among.sum() - np.trace(among)) / (n * (n - 1))) if n > 1 else 0.0


def mean_nearest_distance(among: Matrix) -> float:
    """Return the mean distance from a row to the nearest other one, of distances (n, n); 0 for fewer than two rows."""
    return float(to_others(among).min(axis=1).mean()) if len(among) > 1 else 0.0


def energy_distance(between: Matrix, among_x: Matrix, among_y: Matrix, *, size: int | None = None) -> float:
    r"""Energy distance of two samples (Szekely and Rizzo 2013), optionally as expected for samples of ``size`` rows.

    The unbiased estimate is :math:`U = 2 E\lVert x - y\rVert - E\lVert x - x'\rVert - E\lVert y - y'\rVert` over
    pairs of different rows. Two finite samples from the same distribution still look apart: with n rows each, the
    plug-in estimate is on average :math:`U + (E\lVert x - x'\rVert + E\lVert y - y'\rVert) / n`.

    Parameters
    ----------
    between : ndarray of shape (n, m)
        Distances between the rows of the two samples; each has at least one row.
    among_x, among_y : ndarray of shape (n, n), (m, m)
        Distances among the rows of each sample.
    size : int, optional
        Return the expected plug-in value for samples of this many rows. By default return U, which may be
        slightly negative.

    Returns
    -------
    float
        In the unit of the distances.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.array([[0.0], [1.0]])
    >>> among = pairwise_distances(x, x)
    >>> energy_distance(pairwise_distances(x, x + 10.0), among, among)
    18.0
    """
    within_x, within_y = mean_distance_within(among_x), mean_distance_within(among_y)
    unbiased = 2.0 * float(between.mean()) - within_x - within_y
    return unbiased if size is None else unbiased + (within_x + within_y) / size
