"""The base of the meta-classifiers: checks of table, labels and weights, predictions, tags."""

import copy
import warnings
from abc import ABC, abstractmethod
from collections.abc import Hashable, Mapping, Sequence
from typing import Any, ClassVar, NamedTuple, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, ClassifierMixin, MetaEstimatorMixin, clone
from sklearn.exceptions import DataConversionWarning
from sklearn.pipeline import Pipeline
from sklearn.utils import Tags, get_tags

from imbgan._sklearn import check_feature_names, check_n_features, num_samples
from imbgan.ensemble.weights import Weights, read_weights
from imbgan.learners import TextVectorizer
from imbgan.learners.refusing import refuse_unreadable
from imbgan.random import Streams
from imbgan.tabular import plain, take
from imbgan.tabular.labels import read_labels


def seed_of(streams: Streams, *names: str | int) -> int:
    """Return the stream called ``names`` as a seed of 31 bits, the most that some libraries accept."""
    return streams.integer(*names) % 2**31


def seeded(estimator: Any, seed: int) -> Any:  # noqa: ANN401 - any classifier
    """Return a copy in which random states that are None become ``seed``; all others stay."""
    copied: Any = clone(estimator)
    states = [key for key, value in copied.get_params().items() if value is None and _is_random_state(key)]
    return copied.set_params(**dict.fromkeys(states, seed))


def reseeded(estimator: Any, streams: Streams, *names: str | int) -> Any:  # noqa: ANN401 - any classifier
    """Return a copy in which every random state is a seed of its own from the stream called ``names``."""
    copied: Any = clone(estimator)
    states = [key for key in copied.get_params() if _is_random_state(key)]
    return copied.set_params(**{key: seed_of(streams, *names, key) for key in states})


def _is_random_state(name: str) -> bool:
    return name == "random_state" or name.endswith("__random_state")


class Rows(NamedTuple):
    """The rows that a classifier learns from.

    ``table`` is in a form that classifiers accept; ``labels``, ``codes`` and ``weights`` have the shape (n,). Without
    weights, ``weights`` is None. ``encoders`` holds one encoder per column of text that the wrapped classifiers have to
    encode, or is None.
    """

    table: Any
    labels: NDArray[np.generic]
    codes: NDArray[np.intp]
    weights: Weights | None
    encoders: Mapping[Hashable, Any] | None = None


class MetaClassifier(ClassifierMixin, MetaEstimatorMixin, BaseEstimator, ABC):
    """A classifier that wraps ``estimator`` and passes tables on unchanged."""

    estimator: Any
    #: Tables of any container and kind reach the sampler and the wrapped classifiers as they are.
    takes_tables: ClassVar[bool] = True
    #: Attributes that only ``fit`` uses.
    _fit_only: ClassVar[tuple[str, ...]] = ()

    def lean(self) -> Self:
        """Return a copy that predicts alike, without samplers, generators and whatever else only ``fit`` uses."""
        copied = copy.copy(self)
        state = vars(copied)
        # A fitted encoder of texts is elsewhere; a model that was given can be large.
        state.update(dict.fromkeys(state.keys() & {"encoder", *self._fit_only}))
        if "estimator_" in state:
            state["estimator_"] = lean_of(state["estimator_"])
        if "estimators_" in state:
            state["estimators_"] = [lean_of(each) for each in state["estimators_"]]
        return copied

    def _read_rows(self, X: object, y: ArrayLike, sample_weight: ArrayLike | None = None) -> Rows:
        """Check table, labels and weights, set attributes that describe them, and return the rows of positive weight.

        The table is returned in a form that classifiers accept; see :func:`imbgan.tabular.plain`.

        Sets ``classes_``, ``class_counts_``, ``natural_counts_``, ``n_features_in_`` and, where all names are strings,
        ``feature_names_in_``.

        Raises
        ------
        DataError
            If labels are missing or are measurements, if there are fewer than two classes, if X and y have different
            numbers of rows, or if weights are not positive numbers or 0.
        DataTypeError
            If labels have several types, or a type that cannot be a label.
        """
        labels = read_labels(y)
        if len(getattr(y, "shape", ())) == 2:
            warnings.warn(
                "A column-vector y was passed when a 1d array was expected. Pass y.ravel().",
                DataConversionWarning,
                stacklevel=4,
            )
        table = plain(X)
        labels.check_rows(num_samples(table))
        weights = read_weights(sample_weight, len(labels.codes))
        if weights is not None and not weights.all():
            kept = weights > 0.0
            table, labels = take(table, kept), read_labels(labels.values[kept])
            weights = read_weights(weights[kept], int(kept.sum()))
        labels.check_two_classes()
        check_feature_names(self, table, reset=True)
        check_n_features(self, table, reset=True)
        self.classes_, self.class_counts_ = labels.classes, labels.counts
        self.natural_counts_: NDArray[Any] = labels.counts
        if weights is not None:
            self.natural_counts_ = np.bincount(labels.codes, weights, minlength=len(labels.classes))
        return self._encoded(Rows(table, labels.values, labels.codes, weights))

    def _encoded(self, rows: Rows) -> Rows:
        """Return the rows as the wrapped classifiers get them; see :class:`TextEncodingClassifier`."""
        return rows

    def _read_new(self, X: object) -> Any:  # noqa: ANN401 - any table
        """Check a table whose rows are to be judged, and return it as the wrapped classifiers get it."""
        table = plain(X)
        check_feature_names(self, table, reset=False)
        state = vars(self)
        refuse_unreadable([state.get("estimator_"), *state.get("estimators_", [])], table)
        return table

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

    def _parts(self) -> Sequence[Any]:
        """Return the classifiers that must all accept a table."""
        return self.estimator if isinstance(self.estimator, list | tuple) else [self.estimator]

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        # Our own classifiers, which stand for None and for names, take any table.
        inner = [get_tags(each).input_tags for each in self._parts() if hasattr(each, "fit")]
        tags.input_tags.sparse = all(each.sparse for each in inner)
        tags.input_tags.allow_nan = all(each.allow_nan for each in inner)
        tags.input_tags.string = all(each.string for each in inner)
        tags.input_tags.categorical = all(each.categorical for each in inner)
        return tags


def lean_of(classifier: Any) -> Any:  # noqa: ANN401 - any classifier
    """Return a classifier without what only ``fit`` uses; encoders of texts can stand before it."""
    if isinstance(classifier, Pipeline) and isinstance(classifier.steps[0][1], TextVectorizer):
        return Pipeline([(name, lean_of(step)) for name, step in classifier.steps])
    return classifier.lean() if isinstance(classifier, MetaClassifier) else classifier
