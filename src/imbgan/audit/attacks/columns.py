"""Attacks column by column: a generator that repeats the columns of few rows tells these, however it joins cells."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from imbgan.measures import pairwise_distances, to_others

Matrix = NDArray[np.float64]

#: The attacks, what each does, and the place of the other rare value that tells how wide it looks.
COLUMNS = {
    "columns": "density of generated values near each cell, up to the nearest value of other rare rows",
    "columns_five": "density of generated values near each cell, up to the fifth nearest value of other rare rows",
}
PLACES = {"columns": 1, "columns_five": 5}
#: Distances below this are rounding errors.
EQUAL = 1e-6


def column_scores(candidates: Sequence[Matrix], generated: Sequence[Matrix]) -> dict[str, NDArray[np.float64]]:
    r"""Return the score of each candidate in each attack of :data:`COLUMNS`, shape (n,).

    Let :math:`h_j` be the distance in column j of a candidate to the k-th nearest value of the other candidates. The
    score is the sum over columns of :math:`\log \hat p_G(h_j) - \log \hat p_R(h_j)`, the shares of generated values and
    of other candidates' values within this distance: the density ratio of van Breugel et al. (2023) for independent
    columns.

    Parameters
    ----------
    candidates, generated : sequence of ndarray of shape (n, width_j), (m, width_j)
        One matrix per column of the table; n >= 2.

    Examples
    --------
    >>> import numpy as np
    >>> rows = np.array([[0.0], [1.0], [2.0], [3.0]])
    >>> found = column_scores([rows], [np.array([[0.1], [0.1], [0.2]])])["columns"]
    >>> int(found.argmax())
    0
    """
    found = {name: np.zeros(len(candidates[0])) for name in COLUMNS}
    for x, g in zip(candidates, generated, strict=True):
        near = pairwise_distances(x, g)
        among = to_others(pairwise_distances(x, x))
        ordered = np.sort(among, axis=1)
        for name, place in PLACES.items():
            width = ordered[:, min(place, len(x) - 1) - 1, None] + EQUAL
            n_generated, n_real = (near <= width).sum(axis=1), (among <= width).sum(axis=1)
            found[name] += np.log((n_generated + 0.5) / (len(g) + 1)) - np.log(n_real / (len(x) - 1))
    return found
