"""True further rows of the rare class in place of generated ones: the most that any source of rows could bring."""

from collections.abc import Mapping
from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.base import BaseEstimator

from imbgan.random import Streams


class OracleSampler(BaseEstimator):
    """Append rows of class 1 that were left out of the table, each once, and again only when all were used.

    Parameters
    ----------
    spare : DataFrame
        Further rows of class 1; at least one.
    sampling_strategy : mapping of label to int, default=None
        Number of rows of class 1.
    random_state : int, default=0
    """

    def __init__(
        self, spare: pd.DataFrame, *, sampling_strategy: Mapping[Any, int] | None = None, random_state: int = 0
    ) -> None:
        self.spare = spare
        self.sampling_strategy = sampling_strategy
        self.random_state = random_state

    def fit(self, X: object, y: object) -> Self:
        """Do nothing."""
        del X, y
        return self

    def fit_resample(self, X: pd.DataFrame, y: NDArray[np.intp]) -> tuple[pd.DataFrame, NDArray[np.intp]]:
        """Return the table and the further rows."""
        n = (self.sampling_strategy or {}).get(1, 0) - int((y == 1).sum())
        if n <= 0:
            return X, y
        order = Streams(self.random_state).generator("oracle").permutation(len(self.spare))
        drawn = self.spare.iloc[np.resize(order, n)]
        return pd.concat([X, drawn], ignore_index=True).astype(X.dtypes), np.append(y, np.ones(n, y.dtype))
