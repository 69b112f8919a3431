"""The map: real, generated and other rows on two axes."""

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from imbgan.quality.encoding import encode
from imbgan.quality.results import Points
from imbgan.quality.rows import Cells, Field, Rows

# Maximum number of points per group and class; more points only hide one another.
MAX_POINTS = 600
# With more rows and columns than this, only products of the matrix with vectors are computed.
MAX_EXACT = 500

Group = Literal["other", "real", "synthetic"]


def draw_map(fields: Sequence[Field], real: Rows, synthetic: Rows, rng: np.random.Generator) -> tuple[Points, ...]:
    """Return the coordinates of rows on the first two principal components of the encoded real rows.

    The components are fitted to the rows on the map, so that a class of a million rows does not dominate them. Rows of
    classes without generated rows belong to the group "other".
    """
    parts: list[tuple[Group, str, Cells]] = []
    raised = set(synthetic.labels.tolist())
    for label in sorted(set(real.labels.tolist()), key=lambda label: (label in raised, label)):
        group: Group = "real" if label in raised else "other"
        parts.append((group, label, _some(real.of_class(label), rng)))
    n_real = sum(len(cells) for _, _, cells in parts)
    parts.extend(("synthetic", label, _some(synthetic.of_class(label), rng)) for label in sorted(raised))
    cells = np.concatenate([cells for _, _, cells in parts])
    places = _principal_axes(encode(fields, cells[:n_real], [cells])[0], n_real)
    ends = np.cumsum([len(cells) for _, _, cells in parts])[:-1]
    return tuple(
        Points(group, label, tuple(xy[:, 0].tolist()), tuple(xy[:, 1].tolist()))
        for (group, label, _), xy in zip(parts, np.split(places.round(3), ends), strict=True)
    )


def _some(cells: Cells, rng: np.random.Generator) -> Cells:
    return cells[np.sort(rng.permutation(len(cells))[:MAX_POINTS])]


def _principal_axes(rows: NDArray[np.float64], n_real: int) -> NDArray[np.float64]:
    """Return the coordinates of all rows on the two widest axes of the first ``n_real``, shape (n, 2)."""
    real, width = rows[:n_real], rows.shape[1]
    center = real.mean(axis=0)
    axes = _axes(real) if min(width, n_real) <= MAX_EXACT else _axes_by_products(real - center)
    # The sign of an axis is arbitrary; make its largest weight positive.
    axes = axes * np.where(axes[np.abs(axes).argmax(axis=0), np.arange(axes.shape[1])] < 0, -1.0, 1.0)
    places = (rows - center) @ axes
    return np.hstack([places, np.zeros((len(places), 2 - places.shape[1]))])


def _axes(real: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the two widest axes (width, 2) from all eigenvectors of the smaller of the two matrices of products."""
    from scipy.linalg import eigh

    n, width = real.shape
    if width <= n:
        covariance = np.cov(real.T, ddof=0).reshape(width, width)
        return eigh(covariance, subset_by_index=(max(width - 2, 0), width - 1))[1][:, ::-1]
    centered = real - real.mean(axis=0)
    values, vectors = eigh(centered @ centered.T, subset_by_index=(max(n - 2, 0), n - 1))
    return (centered.T @ vectors / np.sqrt(np.maximum(values, np.finfo(float).tiny)))[:, ::-1]


def _axes_by_products(centered: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the two widest axes from products of the matrix with vectors, whose number does not grow with the matrix.

    All eigenvectors take time that grows with the third power of the width: 20 s for 3,000 numbers.
    """
    from scipy.sparse.linalg import svds

    start = np.ones(min(centered.shape))
    # The signature of svds is not typed.
    found: Any = svds(centered, k=2, v0=start)
    _, spreads, axes = found
    return axes[np.argsort(-spreads)].T
