"""Other ways to average the bags of :class:`imbgan.ensemble.GANBaggingClassifier`, on trial."""

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from imbgan.ensemble import GANBaggingClassifier
from imbgan.ensemble.mixing import log_probabilities, normalize_logs

# Weights of the bags with generated rows that are tried; 0.5 is the plain average.
WEIGHTS = (0.0, 0.25, 0.5, 0.75, 1.0)


class ProbabilityBagging(GANBaggingClassifier):
    """The mean of the bags' probabilities at the natural prior, instead of the mean of their logarithms."""

    def predict_proba(self, X: object) -> NDArray[np.float64]:
        """Return probabilities, shape (n_samples, n_classes)."""
        return np.mean([normalize_logs(logs) for logs in self._logs(X)], axis=0)


class OutOfBagWeightedBagging(GANBaggingClassifier):
    """Both halves of the bags weighted: the weights with the least log-loss of rows that a half's bags left out.

    The generators have seen these rows, which is what this trial is about.
    """

    def fit(self, X: object, y: ArrayLike, sample_weight: ArrayLike | None = None) -> Self:
        """Fit the bags, then choose the weight of those with generated rows, ``weight_``."""
        self.oob_score = True
        super().fit(X, y, sample_weight)
        codes = np.searchsorted(self.classes_, np.asarray(y))
        natural, raised = (self._out_of_bag(half) for half in (False, True))
        known = np.isfinite(natural).all(axis=1) & np.isfinite(raised).all(axis=1)
        losses = []
        for weight in WEIGHTS:
            p = normalize_logs((1 - weight) * natural[known] + weight * raised[known])
            losses.append(-np.log(np.maximum(p[np.arange(len(p)), codes[known]], 1e-12)).mean())
        self.weight_ = WEIGHTS[int(np.argmin(losses))]
        return self

    def _judged_rows(self, members: Sequence[Any], rows: object) -> list[NDArray[np.intp]]:
        del rows
        return [member.bag.out_of_bag for member in members]

    def _judge_out_of_bag(
        self,
        codes: NDArray[np.intp],
        out_of_bag: list[NDArray[np.intp]],
        oob_probabilities: list[NDArray[np.float64] | None],
    ) -> None:
        super()._judge_out_of_bag(codes, out_of_bag, oob_probabilities)
        self._oob_logs = np.full((len(oob_probabilities), len(codes), len(self.classes_)), np.nan)
        for i, (rows, probabilities) in enumerate(zip(out_of_bag, oob_probabilities, strict=True)):
            if probabilities is not None:
                self._oob_logs[i, rows] = log_probabilities(probabilities, self.bag_counts_[i], self.class_counts_)

    def _out_of_bag(self, raised: bool) -> NDArray[np.float64]:
        logs = self._oob_logs[self._raised() == raised]
        known = np.isfinite(logs)
        n_votes = known.sum(axis=0)
        return np.where(n_votes > 0, np.where(known, logs, 0.0).sum(axis=0) / np.maximum(n_votes, 1), np.nan)

    def _raised(self) -> NDArray[np.bool_]:
        n_with = int(self.generated * self.n_estimators + 0.5)
        return np.arange(self.n_estimators) >= self.n_estimators - n_with

    def predict_proba(self, X: object) -> NDArray[np.float64]:
        """Return probabilities, shape (n_samples, n_classes)."""
        logs, raised = self._logs(X), self._raised()
        return normalize_logs(
            (1 - self.weight_) * logs[~raised].mean(axis=0) + self.weight_ * logs[raised].mean(axis=0)
        )
