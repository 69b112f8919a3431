"""The base of the meta-classifiers: checks of table and labels, predictions, tags."""

import warnings
from abc import ABC, abstractmethod
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, ClassifierMixin, MetaEstimatorMixin
from sklearn.exceptions import DataConversionWarning
from sklearn.utils import Tags, get_tags

from imbgan._sklearn import check_feature_names, check_n_features, num_samples
from imbgan.random import Streams
from imbgan.tabular import plain
from imbgan.tabular.labels import read_labels


def seed_of(streams: Streams, *names: str | int) -> int:
    """Return the stream called ``names`` as a seed of 31 bits, the most that some libraries accept."""
    return streams.integer(*names) % 2**31


class MetaClassifier(ClassifierMixin, MetaEstimatorMixin, BaseEstimator, ABC):
    """A classifier that wraps ``estimator`` and passes tables on unchanged."""

    estimator: Any

    def _read_classes(self, X: object, y: ArrayLike) -> tuple[Any, NDArray[np.generic], NDArray[np.intp]]:
        """Check table and labels, set attributes that describe them, and return the table, its labels and their codes.

        The table is returned in a form that classifiers accept; see :func:`imbgan.tabular.plain`.

        Sets ``classes_``, ``class_counts_``, ``n_features_in_`` and, where all names are strings,
        ``feature_names_in_``.

        Raises
        ------
        DataError
            If labels are missing or are measurements, if there are fewer than two classes, or if X and y have
            different numbers of rows.
        DataTypeError
            If labels have several types, or a type that cannot be a label.
        """
        labels = read_labels(y)
        if len(getattr(y, "shape", ())) == 2:
            warnings.warn(
                "A column-vector y was passed when a 1d array was expected. Pass y.ravel().",
                DataConversionWarning,
                stacklevel=3,
            )
        table = plain(X)
        labels.check_rows(num_samples(table))
        labels.check_two_classes()
        check_feature_names(self, table, reset=True)
        check_n_features(self, table, reset=True)
        self.classes_, self.class_counts_ = labels.classes, labels.counts
        return table, labels.values, labels.codes

    @abstractmethod
    def predict_proba(self, X: object) -> NDArray[np.float64]:
        """Return probabilities at the natural class shares, shape (n_samples, n_classes), columns as ``classes_``."""

    def predict_log_proba(self, X: object) -> NDArray[np.float64]:
        """Return the natural logarithm of :meth:`predict_proba`; minus infinity for a probability of 0."""
        with np.errstate(divide="ignore"):
            return np.log(self.predict_proba(X))

    def predict(self, X: object) -> NDArray[Any]:
        """Return the most probable label of each row at the natural class shares, shape (n_samples,)."""
        probabilities = self.predict_proba(X)
        return self.classes_[probabilities.argmax(axis=1)]

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        inner = get_tags(self.estimator)
        tags.input_tags.sparse = inner.input_tags.sparse
        tags.input_tags.allow_nan = inner.input_tags.allow_nan
        tags.input_tags.string = inner.input_tags.string
        tags.input_tags.categorical = inner.input_tags.categorical
        return tags
