"""Ensembles that balance by themselves, around any learner, with their odds corrected to the shares of the table."""

from collections.abc import Callable
from typing import Any, Self

import numpy as np
from imblearn.ensemble import BalancedBaggingClassifier, RUSBoostClassifier
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.pipeline import Pipeline, make_pipeline

from imbgan.comparison import TablePreprocessor
from imbgan.ensemble.prior import correct_prior
from imbgan.ensemble.weights import weight_parameter

#: As many members as the bags of GANBaggingClassifier.
N_MEMBERS = 16


class AtNaturalShares(BaseEstimator):
    """A classifier that learns from as many rows of each class, with its odds corrected to the shares of the table.

    Parameters
    ----------
    estimator : classifier of matrices
        It balances by itself.
    preparation : transformer or None, default=None
        What makes a matrix of a table, learned from the whole training part; None means a ``TablePreprocessor``.
    needs_weights : bool, default=False
        Whether the learner within ``estimator`` must take weights.
    """

    def __init__(self, estimator: Any, preparation: Any = None, *, needs_weights: bool = False) -> None:  # noqa: ANN401
        self.estimator = estimator
        self.preparation = preparation
        self.needs_weights = needs_weights

    @property
    def lacks_weights(self) -> bool:
        """Return whether the learner within takes no weights, although it must."""
        return self.needs_weights and weight_parameter(self.estimator.estimator) is None

    def fit(self, X: object, y: NDArray[np.intp]) -> Self:
        """Fit the classifier behind the preparation."""
        preparation = TablePreprocessor() if self.preparation is None else clone(self.preparation)
        self.pipeline_ = make_pipeline(preparation, clone(self.estimator)).fit(X, y)
        self.classes_, self.counts_ = np.unique(y, return_counts=True)
        return self

    def predict_proba(self, X: object) -> NDArray[np.float64]:
        """Return probabilities at the natural class shares."""
        return correct_prior(self.pipeline_.predict_proba(X), np.ones(len(self.counts_)), self.counts_)


class SelfPacedEnsemble(ClassifierMixin, BaseEstimator):
    """``imbens.ensemble.SelfPacedEnsembleClassifier`` (Liu et al. 2020), imported where it is fitted.

    Each member learns from all rare rows and as many common ones. These are drawn by how hard they are for the
    members before, first mostly the hard ones, in the end equally from easy and hard ones.

    Parameters
    ----------
    estimator : classifier
    n_estimators : int, default=16
    random_state : int, default=0
    """

    def __init__(self, estimator: Any, n_estimators: int = N_MEMBERS, *, random_state: int = 0) -> None:  # noqa: ANN401
        self.estimator = estimator
        self.n_estimators = n_estimators
        self.random_state = random_state

    def fit(self, X: NDArray[np.float64], y: NDArray[np.intp]) -> Self:
        """Fit the ensemble; ImportError without the package imbalanced-ensemble."""
        from imbens.ensemble import SelfPacedEnsembleClassifier

        members = {"n_estimators": self.n_estimators, "random_state": self.random_state}
        self.ensemble_ = SelfPacedEnsembleClassifier(estimator=self.estimator, **members).fit(X, y)
        self.classes_ = self.ensemble_.classes_
        return self

    def predict_proba(self, X: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the mean probabilities of the members, at equal class shares."""
        return self.ensemble_.predict_proba(X)

    def predict(self, X: NDArray[np.float64]) -> NDArray[np.intp]:
        """Return the most probable classes at equal class shares."""
        return self.classes_[self.predict_proba(X).argmax(axis=1)]


def self_paced(learner: Any, seed: int, n_members: int = N_MEMBERS) -> SelfPacedEnsemble:  # noqa: ANN401
    """Return a self-paced ensemble of a learner."""
    return SelfPacedEnsemble(learner, n_members, random_state=seed)


def under_bagging(learner: Any, seed: int, n_members: int = N_MEMBERS) -> BalancedBaggingClassifier:  # noqa: ANN401
    """Return bags in which every class has as many rows as the rarest one (Barandela et al. 2003)."""
    return BalancedBaggingClassifier(learner, n_members, random_state=seed)


def rusboost(learner: Any, seed: int, n_members: int = N_MEMBERS) -> RUSBoostClassifier:  # noqa: ANN401
    """Return boosting in which each member learns from as many rows of each class (Seiffert et al. 2010)."""
    return RUSBoostClassifier(learner, n_estimators=n_members, random_state=seed)


def around(
    make: Callable[[Any, int], Any], *, needs_weights: bool = False
) -> Callable[[Pipeline, int], AtNaturalShares]:
    """Return a method: the preparation of a learner, then an ensemble of what follows it.

    Some of these ensembles refuse missing numbers, so numbers are always filled and standardized.
    """

    def build(estimator: Pipeline, seed: int) -> AtNaturalShares:
        preparation: Any = clone(estimator[:-1])
        if "tablepreprocessor__numbers" in preparation.get_params():
            preparation.set_params(tablepreprocessor__numbers="standardize")
        return AtNaturalShares(make(estimator[-1], seed), preparation, needs_weights=needs_weights)

    return build
