"""A classifier that accepts labels of any type, around one that accepts only the numbers 0, 1, 2, ..."""

from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, ClassifierMixin, MetaEstimatorMixin, clone
from sklearn.utils.validation import check_is_fitted


class CodedClassifier(ClassifierMixin, MetaEstimatorMixin, BaseEstimator):
    """Replace labels by their codes for ``estimator``, and codes by labels in its predictions.

    Parameters
    ----------
    estimator : classifier with ``predict_proba``

    Attributes
    ----------
    estimator_ : classifier
        The fitted classifier.
    classes_ : ndarray of shape (n_classes,)
        Labels, sorted.
    """

    def __init__(self, estimator: Any) -> None:  # noqa: ANN401 - any classifier
        self.estimator = estimator

    def fit(self, X: object, y: ArrayLike, sample_weight: ArrayLike | None = None) -> Self:
        """Fit a copy of the classifier to codes."""
        self.classes_, codes = np.unique(np.asarray(y), return_inverse=True)
        weights = {} if sample_weight is None else {"sample_weight": sample_weight}
        unfitted: Any = clone(self.estimator)
        self.estimator_ = unfitted.fit(X, codes, **weights)
        return self

    def predict_proba(self, X: object) -> NDArray[np.float64]:
        """Return probabilities, shape (n_samples, n_classes), columns as ``classes_``."""
        check_is_fitted(self, "estimator_")
        return np.asarray(self.estimator_.predict_proba(X), np.float64)

    def predict(self, X: object) -> NDArray[Any]:
        """Return the most probable label of each row, shape (n_samples,)."""
        return self.classes_[self.predict_proba(X).argmax(axis=1)]

    @property
    def feature_importances_(self) -> NDArray[np.float64]:
        """The importances of the fitted classifier, shape (n_features,)."""
        return np.asarray(self.estimator_.feature_importances_)
