"""What the meta-classifiers share: the checks of table and labels, predictions, tags."""

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
    """Return the stream called ``names`` as a seed; some libraries take 31 bits only."""
    return streams.integer(*names) % 2**31


class MetaClassifier(ClassifierMixin, MetaEstimatorMixin, BaseEstimator, ABC):
    """A classifier around ``estimator`` that hands tables on as they come."""

    estimator: Any

    def _read_classes(self, X: object, y: ArrayLike) -> tuple[Any, NDArray[np.generic], NDArray[np.intp]]:
        """Check table and labels, set what describes them, and return both, with the codes of the labels, shape (n,).

        The table comes back as classifiers understand it; see :func:`imbgan.tabular.plain`.

        Sets ``classes_``, ``class_counts_``, ``n_features_in_`` and, where all names are strings,
        ``feature_names_in_``.

        Raises
        ------
        DataError
            Missing labels, measurements, fewer than two classes; X and y of different lengths.
        DataTypeError
            Labels of several types, or of one that cannot be a label.
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
