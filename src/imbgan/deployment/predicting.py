"""What a trained classifier does: probabilities at the natural class shares, decisions, and plain facts."""

import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.utils.validation import check_is_fitted

from imbgan._plain import to_plain
from imbgan._sklearn import check_n_features
from imbgan.deployment.columns import Departures, LearnedColumns
from imbgan.deployment.figures import Decider, Figure
from imbgan.deployment.origin import Training
from imbgan.deployment.preparation import as_table
from imbgan.deployment.tree import rules_of
from imbgan.ensemble.base import MetaClassifier
from imbgan.ensemble.prior import correct_prior
from imbgan.exceptions import NewDataWarning
from imbgan.learners.refusing import refuse_unreadable
from imbgan.rules import RuleSet
from imbgan.tabular import plain
from imbgan.tabular.labels import label_text


class Predicting(MetaClassifier):
    """The part of :class:`DeployableClassifier` that needs no training rows, whether it was fitted or loaded."""

    # Set by `fit` and by `load`.
    estimator_: Any
    strategy_: str
    verdict_: str
    columns_: LearnedColumns
    training_: Training
    expected_: tuple[Figure, ...]
    class_counts_: NDArray[np.intp]
    sampled_counts_: NDArray[np.intp] | None

    def set_decider(self, decider: Decider) -> None:
        """Decide in this way from now on."""
        self._decider = decider
        self.threshold_, self.costs_, self.rare_code_ = decider.threshold, decider.costs, decider.rare

    @property
    def rules_(self) -> RuleSet | None:
        """The rules of a classifier that is a taught tree, see :class:`imbgan.rules.RuleSet`; None for any other."""
        return rules_of(self.estimator_)

    def predict_proba(self, X: object) -> NDArray[np.float64]:
        """Return probabilities at the natural class shares, shape (n_samples, n_classes), columns as ``classes_``.

        Columns are found by name: their order does not matter, and further columns are ignored.

        Raises
        ------
        DataError
            If a column is missing, or if a cell is infinite.
        DataTypeError
            If a column holds values of another kind than in training.

        Warns
        -----
        NewDataWarning
            If columns are ignored, or if cells hold levels that did not occur in training, or are missing in a column
            where none was.
        """
        check_is_fitted(self, "estimator_")
        departures = Departures()
        probabilities = self.probabilities(X, departures)
        for sentence in departures.sentences():
            warnings.warn(sentence, NewDataWarning, stacklevel=2)
        return probabilities

    def probabilities(self, X: object, departures: Departures) -> NDArray[np.float64]:
        """Return what :meth:`predict_proba` returns, and add to ``departures`` instead of warning."""
        selected = self.columns_.select(plain(as_table(X)), departures)
        check_n_features(self, selected, reset=False)
        self.columns_.check(selected, departures)
        refuse_unreadable(self.estimator_, selected)
        return self._at_natural_shares(np.asarray(self.estimator_.predict_proba(selected), np.float64))

    def _at_natural_shares(self, probabilities: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return probabilities at the class shares of the table, from those at the shares of its sample."""
        sampled = self.sampled_counts_
        return probabilities if sampled is None else correct_prior(probabilities, sampled, self.class_counts_)

    def decide(self, probabilities: NDArray[np.float64]) -> NDArray[Any]:
        """Return the label that each row of probabilities leads to, shape (n,)."""
        return self.classes_[self._decider(probabilities)]

    def predict(self, X: object) -> NDArray[Any]:
        """Return the label of each row, shape (n_samples,): by ``threshold_``, by costs, or the most probable one."""
        return self.decide(self.predict_proba(X))

    def facts(self) -> dict[str, Any]:
        """Return what the classifier is and what to expect of it, as plain JSON values."""
        return {
            "strategy": self.strategy_,
            "verdict": self.verdict_,
            "classes": [label_text(label) for label in self.classes_],
            "class_counts": self.training_.class_counts,
            "sampled_counts": None if self.sampled_counts_ is None else self.sampled_counts_.tolist(),
            "threshold": self.threshold_,
            "costs": None if self.costs_ is None else self.costs_.to_plain(),
            "expected": to_plain(self.expected_),
            "rules": to_plain(self.rules_),
        }
