"""Learn from resampled or re-weighted rows; say probabilities of the natural table."""

from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, ClassifierMixin, MetaEstimatorMixin, clone
from sklearn.pipeline import Pipeline
from sklearn.utils import Tags, check_consistent_length, column_or_1d, get_tags
from sklearn.utils.validation import check_is_fitted, has_fit_parameter

from imbgan._sklearn import HasMethods, StrOptions, check_feature_names, check_n_features, fit_context
from imbgan.exceptions import DataError, ParameterError
from imbgan.oversampling.targets import check_one_label_a_row, class_codes


def weight_parameter(estimator: object) -> str | None:
    """Return the name under which ``fit`` takes weights (in a pipeline those of its last step), or None."""
    prefix = ""
    while isinstance(estimator, Pipeline):
        name, estimator = estimator.steps[-1]
        prefix += f"{name}__"
    return f"{prefix}sample_weight" if has_fit_parameter(estimator, "sample_weight") else None


def correct_prior(probabilities: ArrayLike, learned: ArrayLike, natural: ArrayLike) -> NDArray[np.float64]:
    r"""Turn probabilities learned under one class prior into those under another (Saerens et al. 2002).

    .. math:: p'_k = \frac{p_k \, \pi_k / \pi^\mathrm{learned}_k}{\sum_j p_j \, \pi_j / \pi^\mathrm{learned}_j}

    Parameters
    ----------
    probabilities : array-like of shape (n, n_classes)
        Rows that sum to 1.
    learned, natural : array-like of shape (n_classes,)
        Positive shares or counts of the classes while learning, and where the probabilities are used.

    Returns
    -------
    ndarray of shape (n, n_classes)
        Between two classes the order of rows is unchanged.

    Examples
    --------
    >>> correct_prior([[0.5, 0.5]], learned=[1, 1], natural=[99, 1]).round(4).tolist()
    [[0.99, 0.01]]
    """
    odds = np.asarray(natural, float) / np.asarray(learned, float)
    weighted = np.asarray(probabilities, float) * (odds / odds.max())
    return weighted / weighted.sum(axis=1, keepdims=True)


class PriorCorrectedClassifier(ClassifierMixin, MetaEstimatorMixin, BaseEstimator):
    """Fit a classifier on resampled or re-weighted rows and return probabilities at the natural class shares.

    A classifier that learned from a balanced table overstates the rare classes. The shares that it learned from
    are known, so its odds are divided by them; see :func:`correct_prior`. The order of rows by the probability of a
    rare class of two does not change, a threshold does.

    Parameters
    ----------
    estimator : classifier with ``predict_proba``
        Or a pipeline that ends in one. It receives tables as they come.
    sampler : object with ``fit_resample`` or None, default=None
        Such as :class:`imbgan.GANOverSampler`, an imbalanced-learn sampler or a pipeline of them.
    sample_weight : {"balanced", "sampler"} or None, default=None
        Weights of the rows that the estimator is fitted on: ``"balanced"`` makes all classes weigh the same,
        ``"sampler"`` takes ``sample_weight_`` of the fitted sampler.

    Attributes
    ----------
    estimator_ : classifier
        Fitted.
    sampler_ : sampler or None
        Fitted.
    classes_ : ndarray of shape (n_classes,)
        Labels, sorted.
    class_counts_ : ndarray of shape (n_classes,), int
        Rows of each class in the natural table.
    training_counts_ : ndarray of shape (n_classes,)
        Rows, or sums of weights, that the estimator was fitted on.
    n_features_in_ : int
        Columns of the table.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Their names, where all are strings.

    References
    ----------
    Saerens, Latinne and Decaestecker, "Adjusting the Outputs of a Classifier to New a Priori Probabilities: A Simple
    Procedure", Neural Computation 14(1), 2002.

    Examples
    --------
    >>> from imblearn.over_sampling import RandomOverSampler
    >>> from sklearn.datasets import make_classification
    >>> from sklearn.linear_model import LogisticRegression
    >>> X, y = make_classification(n_samples=2000, weights=[0.9], class_sep=0.3, random_state=0)
    >>> sampler = RandomOverSampler(random_state=0)
    >>> X_balanced, y_balanced = sampler.fit_resample(X, y)
    >>> plain = LogisticRegression().fit(X_balanced, y_balanced)
    >>> corrected = PriorCorrectedClassifier(LogisticRegression(), sampler).fit(X, y)
    >>> [round(float(p.predict_proba(X)[:, 1].mean()), 1) for p in (plain, corrected)]
    [0.3, 0.1]
    """

    _parameter_constraints = {  # noqa: RUF012 - scikit-learn reads it from the class
        "estimator": [HasMethods(["fit", "predict_proba"])],
        "sampler": [HasMethods("fit_resample"), None],
        "sample_weight": [StrOptions({"balanced", "sampler"}), None],
    }

    def __init__(self, estimator: Any, sampler: Any = None, *, sample_weight: str | None = None) -> None:  # noqa: ANN401
        self.estimator = estimator
        self.sampler = sampler
        self.sample_weight = sample_weight

    @fit_context(prefer_skip_nested_validation=False)
    def fit(self, X: object, y: ArrayLike) -> Self:
        """Resample, weigh, fit.

        Parameters
        ----------
        X : table of shape (n_samples, n_features)
            Any container that sampler and estimator take.
        y : array-like of shape (n_samples,)
            Class labels.

        Returns
        -------
        self

        Raises
        ------
        DataError
            Missing labels, or fewer than two classes.
        ValueError
            X and y of different lengths.
        ParameterError
            Weights for an estimator, or from a sampler, that has none.
        """
        labels = check_one_label_a_row(y)
        column_or_1d(y, warn=True)
        check_consistent_length(X, labels)
        check_feature_names(self, X, reset=True)
        check_n_features(self, X, reset=True)
        self.classes_, codes = class_codes(labels)
        if len(labels) == 0:
            raise DataError("Found 0 sample(s) while a minimum of 2 is required; pass rows of at least 2 classes.")
        if len(self.classes_) < 2:
            raise DataError(f"A classifier needs at least 2 classes; y has one class: {self.classes_.tolist()!r}.")
        self.class_counts_ = np.bincount(codes)
        self.sampler_: Any = None if self.sampler is None else clone(self.sampler)
        X_learned, y_learned = (X, labels) if self.sampler_ is None else self.sampler_.fit_resample(X, labels)
        weights = self._weights(np.asarray(y_learned))
        parameters = {} if weights is None else {self._weight_parameter(): weights}
        estimator: Any = clone(self.estimator)
        self.estimator_ = estimator.fit(X_learned, y_learned, **parameters)
        self.training_counts_ = self._training_counts(np.asarray(y_learned), weights)
        return self

    def _weight_parameter(self) -> str:
        name = weight_parameter(self.estimator)
        if name is None:
            raise ParameterError(
                f"sample_weight={self.sample_weight!r} needs an estimator whose fit takes sample_weight. "
                f"{type(self.estimator).__name__} does not; use a sampler, or another estimator."
            )
        return name

    def _weights(self, labels: NDArray[np.generic]) -> NDArray[np.float64] | None:
        if self.sample_weight is None:
            return None
        if self.sample_weight == "balanced":
            present, codes, counts = np.unique(labels, return_inverse=True, return_counts=True)
            return (len(labels) / (len(present) * counts))[codes]
        weights = getattr(self.sampler_, "sample_weight_", None)
        if weights is None:
            raise ParameterError(
                "sample_weight='sampler' needs a sampler with sample_weight_, such as GANOverSampler. Got "
                f"{type(self.sampler).__name__}."
            )
        return np.asarray(weights, float)

    def _training_counts(self, labels: NDArray[np.generic], weights: NDArray[np.float64] | None) -> np.ndarray:
        counts = np.bincount(np.searchsorted(self.classes_, labels), weights, minlength=len(self.classes_))
        if not counts.all():
            gone = self.classes_[counts == 0].tolist()
            raise DataError(f"The sampler must leave rows of every class. None is left of {gone!r}; ask it for more.")
        return counts

    def predict_proba(self, X: object) -> NDArray[np.float64]:
        """Return probabilities at the natural class shares, shape (n_samples, n_classes), columns as ``classes_``."""
        check_is_fitted(self, "estimator_")
        check_feature_names(self, X, reset=False)
        return correct_prior(self.estimator_.predict_proba(X), self.training_counts_, self.class_counts_)

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
