"""The data and the settings that every fold of a comparison uses."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from imbgan.comparison.alerts import Alerts
from imbgan.comparison.folds import Fold, Indices
from imbgan.random import Streams
from imbgan.strategies.costs import Costs


@dataclass(frozen=True)
class Data:
    """The data that every fold of a comparison reads.

    Parameters
    ----------
    X : table of shape (n, d)
    codes : ndarray of shape (n,), int
        Class codes.
    classes : tuple
        Labels by code.
    blocks : ndarray of shape (n,), int
        The block of each row; a split keeps the rows of a block together.
    has_groups : bool
    judged : tuple of int
        Codes of the classes that are judged against the rest.
    """

    X: object
    codes: Indices
    classes: NDArray[np.generic]
    blocks: Indices
    has_groups: bool
    judged: tuple[int, ...]


@dataclass(frozen=True)
class Plan:
    """The settings that every fold uses.

    Parameters
    ----------
    estimators : mapping of str to classifier
    metrics : tuple of str
    tune_threshold : bool
    seed : int
    costs : Costs or None
    alerts : Alerts or None
    kinds : dict of str or int to str
        Kinds of columns that a part of the table may not show.
    """

    estimators: Mapping[str, Any]
    metrics: tuple[str, ...]
    tune_threshold: bool
    seed: int
    costs: Costs | None
    alerts: Alerts | None
    kinds: Mapping[str | int, str]

    def fold_seed(self, fold: Fold, *place: str) -> int:
        """Return the seed of all strategies in one fold, so that they are paired and can share a generator."""
        return Streams(self.seed).integer("fit", fold.index, *place)
