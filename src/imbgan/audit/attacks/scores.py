"""Attacks without training: one score per candidate row, the greater the more likely the row was learned from."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from imbgan.measures import pairwise_distances, to_others

Matrix = NDArray[np.float64]

#: What is added to a distance before its logarithm is taken, so that a copy has a score.
TINY = 1e-6
#: Width of the kernels of the density ratio, relative to the usual distance to the nearest rare row: so narrow that a
#: copy of a row outweighs the neighbors of this row.
KERNEL_WIDTH = 1 / 3
#: Which nearest generated rows a trained attack knows the distances to.
PLACES = (1, 2, 3, 5, 10, 20)


@dataclass(frozen=True)
class Sight:
    """What an attacker sees, as rows of one matrix in which distances are measured.

    Parameters
    ----------
    candidates : ndarray of shape (n, width)
        Real rows of the rare class. The attacker has them, and wants to know which of them were learned from.
    generated : ndarray of shape (m, width)
        Generated rows of the class; m >= 1.
    common : ndarray of shape (c, width)
        Real rows of the other classes; c >= 1. They were learned from, and help to judge what is near.
    equal_cells : ndarray of shape (n,)
        The largest share of cells in which a candidate equals one generated row, in [0, 1].
    """

    candidates: Matrix
    generated: Matrix
    common: Matrix
    equal_cells: NDArray[np.float64]


#: The attacks without training, and what each does.
SCORES = {
    "nearest": "distance to the nearest generated row",
    "nearest_five": "mean distance to the five nearest generated rows",
    "nearest_relative": "distance to the nearest generated row, relative to the nearest common row",
    "density_ratio": "density of generated rows, relative to the density of other rare rows",
    "equal_cells": "largest share of cells that are equal in one generated row",
}


def distances_to(sight: Sight) -> dict[str, NDArray[np.float64]]:
    """Return the distances on which all attacks rest, each of shape (n,), or (n, k) for ``"generated"``.

    ``"generated"`` holds the distances to the nearest generated rows at :data:`PLACES` (fewer if there are fewer rows),
    ``"five"`` the mean of the five nearest ones, ``"common"`` the distance to the nearest common row, and ``"rare"``
    the distance to the nearest other candidate.
    """
    m = len(sight.generated)
    nearest = np.sort(pairwise_distances(sight.candidates, sight.generated), axis=1)
    among = to_others(pairwise_distances(sight.candidates, sight.candidates))
    return {
        "generated": nearest[:, [min(place, m) - 1 for place in PLACES]],
        "five": nearest[:, :5].mean(axis=1),
        "common": pairwise_distances(sight.candidates, sight.common).min(axis=1),
        "rare": among.min(axis=1),
    }


def scores(sight: Sight, distances: dict[str, NDArray[np.float64]] | None = None) -> dict[str, NDArray[np.float64]]:
    r"""Return the score of each candidate in each attack of :data:`SCORES`, shape (n,).

    With :math:`d_G(x)` the distance of a candidate to the nearest generated row, and :math:`d_C(x)` to the nearest
    common row, the scores are :math:`-d_G`, the same with the mean of five rows, :math:`-\log d_G / d_C`, the density
    ratio :math:`\log p_G(x) - \log p_R(x)` of van Breugel et al. (2023, "DOMIAS"), where both densities are means of
    Gaussian kernels over generated rows and over the other candidates, and the share of equal cells.

    Parameters
    ----------
    sight : Sight
    distances : dict, optional
        What :func:`distances_to` returned for it.

    Returns
    -------
    dict of str to ndarray of shape (n,)

    Examples
    --------
    >>> import numpy as np
    >>> rows = np.array([[0.0], [1.0]])
    >>> sight = Sight(rows, generated=np.array([[1.0]]), common=np.array([[5.0]]), equal_cells=np.array([0.0, 1.0]))
    >>> scores(sight)["nearest"].tolist()
    [-1.0, -0.0]
    """
    d = distances or distances_to(sight)
    nearest = d["generated"][:, 0]
    return {
        "nearest": -nearest,
        "nearest_five": -d["five"],
        "nearest_relative": np.log(d["common"] + TINY) - np.log(nearest + TINY),
        "density_ratio": _density_ratio(sight, d["rare"]),
        "equal_cells": sight.equal_cells,
    }


def _density_ratio(sight: Sight, nearest_rare: NDArray[np.float64]) -> NDArray[np.float64]:
    apart = nearest_rare[np.isfinite(nearest_rare) & (nearest_rare > TINY)]
    width = KERNEL_WIDTH * float(np.median(apart)) if len(apart) else 1.0
    generated = pairwise_distances(sight.candidates, sight.generated)
    rare = to_others(pairwise_distances(sight.candidates, sight.candidates))
    return _log_mean(generated, width) - _log_mean(rare, width)


def _log_mean(distances: Matrix, width: float) -> NDArray[np.float64]:
    """Return the log density of each row up to a constant."""
    from scipy.special import logsumexp

    # In logarithms, since far from all rows every kernel is 0 in double precision.
    return logsumexp(-0.5 * (distances / width) ** 2, axis=1) - np.log(distances.shape[1])
