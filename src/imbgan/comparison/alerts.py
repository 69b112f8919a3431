"""Metrics of a fixed number of alerts: how many rows of a class they find, and how many of them are right."""

from dataclasses import dataclass
from numbers import Integral
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from imbgan._text import quoted
from imbgan.exceptions import ParameterError

RECALL, PRECISION = "recall_at_alerts", "precision_at_alerts"


@dataclass(frozen=True)
class Alerts:
    """How many rows can be looked at: the rows with the greatest probabilities.

    Parameters
    ----------
    n : int
        Number of alerts, at least 1.
    per : int
        Number of rows among which they are raised, at least ``n``.
    """

    n: int
    per: int

    @classmethod
    def read(cls, alerts: object, n_rows: int) -> Self:
        """Check what a user gave: a number of alerts per table, or a pair of numbers of alerts and of rows.

        Raises
        ------
        ParameterError
            If a number is not whole or is below 1, or if there are more alerts than rows.
        """
        given: Any = alerts
        pair = tuple[Any, ...](given if isinstance(given, tuple | list) else (given, n_rows))
        if len(pair) != 2 or not all(map(_is_count, pair)):
            raise ParameterError(
                "'alerts' must be a whole number of at least 1, or two: alerts and the rows among which they are "
                f"raised, such as (100, 5000). Got {quoted(alerts)}."
            )
        n, per = int(pair[0]), int(pair[1])
        if n > per:
            where = (
                "which is more than the table's" if not isinstance(alerts, tuple | list) else "which is more than the"
            )
            raise ParameterError(
                f"'alerts' must be at most the number of rows among which they are raised. Got {n}, {where} {per} rows."
            )
        return cls(n, per)

    def to_plain(self) -> list[int]:
        """Return the pair as plain JSON values, which :meth:`read` accepts."""
        return [self.n, self.per]

    def metrics(self, share: float) -> tuple[str, str]:
        """Return the names of the metrics, that which decides first.

        They differ by a factor that is the same for all strategies, so they agree on which one is better. With fewer
        alerts than rows of the class, recall stays far from 1 and its differences look too small to matter, so
        precision decides.

        Parameters
        ----------
        share : float
            Share of the rarest class.
        """
        return (RECALL, PRECISION) if self.n >= share * self.per else (PRECISION, RECALL)

    def judge(
        self, is_class: NDArray[np.bool_], p: NDArray[np.float64], weights: NDArray[np.float64] | None = None
    ) -> dict[str, float | None]:
        """Judge the rows with the greatest probabilities, as many as are due among this number of rows.

        The number of alerts is scaled to the rows at hand, and need not be whole: of the last alert, that share counts.
        Rows with equal probabilities are raised in random order; the result is the mean over all orders.

        Parameters
        ----------
        is_class : ndarray of shape (n,), bool
        p : ndarray of shape (n,)
            Predicted probabilities of the class.
        weights : ndarray of shape (n,), default=None
            How many rows of a table each row stands for; by default one.

        Returns
        -------
        dict of str to float or None
            ``"recall_at_alerts"``, the share of the rows of the class that are among the alerts, and
            ``"precision_at_alerts"``, the share of the alerts that belong to the class. Both are None if all rows
            belong to the class, or none does.
        """
        truth, p = np.asarray(is_class, bool), np.asarray(p, np.float64)
        if truth.all() or not truth.any():
            return {RECALL: None, PRECISION: None}
        weights = np.ones(len(truth)) if weights is None else weights
        budget = self.n * float(weights.sum()) / self.per
        _, places = np.unique(-p, return_inverse=True)
        # Within rows of one probability, the expected number of hits grows evenly with the number of alerts.
        raised = np.concatenate([[0.0], np.bincount(places, weights=weights).cumsum()])
        found = np.concatenate([[0.0], np.bincount(places, weights=truth * weights).cumsum()])
        hits = float(np.interp(budget, raised, found))
        return {RECALL: hits / float(weights[truth].sum()), PRECISION: hits / budget}


def _is_count(number: object) -> bool:
    return isinstance(number, Integral) and not isinstance(number, bool | np.bool_) and int(number) >= 1
