"""Attribute inference: guess a hidden cell of a real row from the generated row that is most like its other cells."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from imbgan.measures import pairwise_distances

Matrix = NDArray[np.float64]

#: A hidden number is guessed if the guess is within this distance in normal scores; different levels have distance 1.
TOLERANCE = 0.1


def guesses(
    candidates: Sequence[Matrix], generated: Sequence[Matrix]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Hide each column in turn, guess it from the nearest generated row by the other columns, and measure the error.

    Parameters
    ----------
    candidates, generated : sequence of ndarray of shape (n, width_j), (m, width_j)
        One matrix per column of the table.

    Returns
    -------
    closeness : ndarray of shape (n,)
        Minus the mean error over columns: the score of an attack, since cells of learned rows are guessed better.
    share : ndarray of shape (n,)
        Share of the columns that are guessed, in [0, 1].

    Examples
    --------
    >>> import numpy as np
    >>> known, city = np.array([[0.0], [5.0]]), np.array([[0.7, 0.0], [0.0, 0.7]])
    >>> guesses([known, city], [known, city[::-1]])[1].tolist()
    [0.0, 0.0]
    """
    pairs = list(zip(candidates, generated, strict=True))
    # Distances of one column at a time: those of all columns can be larger than the memory.
    every = np.zeros((len(candidates[0]), len(generated[0])))
    for x, g in pairs:
        every += pairwise_distances(x, g) ** 2
    errors = np.empty((len(candidates), len(every)))
    rows = np.arange(len(every))
    for j, (x, g) in enumerate(pairs):
        own = pairwise_distances(x, g) ** 2
        nearest = (every - own).argmin(axis=1)
        errors[j] = np.sqrt(own[rows, nearest])
    return -errors.mean(axis=0), (errors <= TOLERANCE).mean(axis=0)
