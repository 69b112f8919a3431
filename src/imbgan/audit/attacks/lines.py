"""Rebuild learned rows from interpolated ones: these lie on lines that meet in the learned rows."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]

#: Neighbors of a generated row among which others on its line are sought.
N_NEIGHBORS = 24
#: Two directions that differ by less than this angle, in radians, are one line.
ANGLE = 2e-3
#: Lines that pass at less than this part of the usual distance between generated rows meet.
GAP = 0.02
#: More lines than this are chance, or too many to intersect; the best supported ones are kept.
MAX_LINES = 600


def rebuilt_rows(generated: Matrix) -> Matrix:
    """Return the points in which lines of generated rows meet.

    SMOTE puts each generated row on the segment between two learned rows. So generated rows that share a segment lie on
    one line, and lines from one learned row meet in it. Three rows on a line are sought among neighbors, and each point
    where two lines meet (three in two dimensions, where any two lines meet) is a row that is rebuilt without having
    been seen. The idea is that of the reconstruction attack on SMOTE; the search is our own.

    Parameters
    ----------
    generated : ndarray of shape (m, width)
        Generated rows in their continuous columns, on a linear scale.

    Returns
    -------
    ndarray of shape (k, width)
        k is 0 if there are no lines.

    Examples
    --------
    >>> import numpy as np
    >>> ends = np.array([[0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.5]])
    >>> t = np.array([0.2, 0.45, 0.7, 0.9])[:, None]
    >>> sides = [a + t * (b - a) for a, b in ((ends[0], ends[1]), (ends[0], ends[2]), (ends[1], ends[2]))]
    >>> sorted(map(tuple, rebuilt_rows(np.concatenate(sides)).round(6).tolist()))
    [(0.0, 0.0, 0.0), (0.0, 1.0, 0.5), (1.0, 0.0, 0.0)]
    """
    points = np.unique(generated, axis=0)
    width = points.shape[1]
    if len(points) < 4 or width < 2:
        return np.empty((0, width))
    from scipy.spatial import KDTree

    tree: Any = KDTree(points)
    distances, neighbors = tree.query(points, min(N_NEIGHBORS + 1, len(points)))
    scale = float(np.median(distances[:, 1]))
    anchors, directions = _lines(points, neighbors[:, 1:], scale)
    return _meetings(anchors, directions, GAP * scale, least=2 if width > 2 else 3)


def _lines(points: Matrix, neighbors: NDArray[np.intp], scale: float) -> tuple[Matrix, Matrix]:
    """Return a point and the direction of each line on which three rows or more lie."""
    steps = points[neighbors] - points[:, None, :]
    units = steps / np.linalg.norm(steps, axis=2, keepdims=True)
    # Rows i with two neighbors in one direction, or in opposite ones; the farther neighbor gives the better direction.
    parallel = np.abs(np.einsum("iad,ibd->iab", units, units)) > np.cos(ANGLE)
    n_on_line = parallel.sum(axis=2) - 1
    row, place = np.nonzero(n_on_line)
    support = n_on_line[row, place]
    direction = units[row, place]
    signs = np.sign(direction[np.arange(len(row)), np.abs(direction).argmax(axis=1)])
    direction = direction * signs[:, None]
    anchor = points[row] - (points[row] * direction).sum(axis=1, keepdims=True) * direction
    order = np.argsort(-support, kind="stable")[: 20 * MAX_LINES]
    groups = _grouped(np.hstack([anchor[order] / scale, direction[order]]), 0.05)
    kept = order[groups[:MAX_LINES]]
    return anchor[kept], direction[kept]


def _meetings(anchors: Matrix, directions: Matrix, gap: float, *, least: int) -> Matrix:
    """Return points where at least ``least`` lines meet."""
    n, width = anchors.shape
    first, second = np.triu_indices(n, 1)
    a, b = directions[first], directions[second]
    cosines = (a * b).sum(axis=1)
    apart = np.abs(cosines) < np.cos(10 * ANGLE)
    first, second, a, b, cosines = first[apart], second[apart], a[apart], b[apart], cosines[apart]
    between = anchors[second] - anchors[first]
    along_a, along_b = (between * a).sum(axis=1), (between * b).sum(axis=1)
    sines = 1.0 - cosines**2
    on_first = anchors[first] + ((along_a - cosines * along_b) / sines)[:, None] * a
    on_second = anchors[second] + ((cosines * along_a - along_b) / sines)[:, None] * b
    met = np.linalg.norm(on_first - on_second, axis=1) < gap
    points = ((on_first + on_second) / 2)[met]
    if not len(points):
        return np.empty((0, width))
    labels = _labels(points, 2 * gap)
    # k lines that meet in one point are k (k - 1) / 2 pairs.
    counts = np.bincount(labels)
    sums = np.zeros((len(counts), width))
    np.add.at(sums, labels, points)
    return (sums / counts[:, None])[counts >= least * (least - 1) / 2]


def _labels(points: Matrix, radius: float) -> NDArray[np.intp]:
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components
    from scipy.spatial import KDTree

    pairs = KDTree(points).query_pairs(radius, output_type="ndarray")
    graph = coo_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(len(points), len(points)))
    return connected_components(graph, directed=False)[1]


def _grouped(points: Matrix, radius: float) -> NDArray[np.intp]:
    """Return the position of the first point of each group of near points, in order of appearance."""
    return np.sort(np.unique(_labels(points, radius), return_index=True)[1]) if len(points) else np.empty(0, np.intp)
