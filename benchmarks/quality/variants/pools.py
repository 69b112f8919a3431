"""Rows for a teacher to label that no generator was trained for, on trial."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from imblearn.over_sampling.base import BaseOverSampler
from numpy.typing import NDArray
from sklearn.neighbors import NearestNeighbors

from imbgan.random import Streams

Matrix = NDArray[np.floating]


class MungeSampler(BaseOverSampler):
    """MUNGE (Bucila, Caruana and Niculescu-Mizil 2006): each row trades cells with its nearest neighbor.

    A copy of a row and of its nearest neighbor exchange the cells of each column with probability ``swap``. Numbers are
    then drawn from normal distributions around the exchanged cells with the standard deviation of their distance
    divided by ``local_variance``. The table is passed through until there are enough rows. Departure: each class is
    munged by itself, so that the number of rows of a class is known.

    Parameters
    ----------
    sampling_strategy : as in imbalanced-learn, default="auto"
    swap : float, default=0.5
    local_variance : float, default=1.0
    random_state : int, default=0
    """

    sampling_strategy_: Any

    def __init__(
        self,
        *,
        sampling_strategy: Any = "auto",  # noqa: ANN401 - as in imbalanced-learn
        swap: float = 0.5,
        local_variance: float = 1.0,
        random_state: int = 0,
    ) -> None:
        super().__init__(sampling_strategy=sampling_strategy)
        self.swap = swap
        self.local_variance = local_variance
        self.random_state = random_state

    def _fit_resample(  # pyright: ignore[reportIncompatibleMethodOverride] - the base is not typed
        self, X: Matrix, y: NDArray[np.intp], **params: object
    ) -> tuple[Matrix, NDArray[np.intp]]:
        del params
        wanted: Mapping[Any, int] = self.sampling_strategy_
        parts, labels = [X], [y]
        for label, n in wanted.items():
            rng = Streams(self.random_state).generator("munge", int(label))
            parts.append(munge(X[y == label], n, rng, self.swap, self.local_variance))
            labels.append(np.full(n, label, y.dtype))
        return np.concatenate(parts), np.concatenate(labels)


def munge(rows: Matrix, n: int, rng: np.random.Generator, swap: float, local_variance: float) -> Matrix:
    """Return ``n`` rows that trade cells with their nearest neighbor; shape (n, width)."""
    nearest = NearestNeighbors(n_neighbors=2).fit(rows).kneighbors(return_distance=False)[:, 0]
    passes = math.ceil(n / len(rows))
    parts = []
    for _ in range(passes):
        own, other = rows, rows[nearest]
        spread = np.abs(own - other) / local_variance
        trades = rng.random(rows.shape) < swap
        # The neighbor takes the cell of the row as well; only the row is kept here, since every row has its turn.
        parts.append(np.where(trades, rng.normal(other, spread), own))
    return np.concatenate(parts)[rng.permutation(passes * len(rows))[:n]]
