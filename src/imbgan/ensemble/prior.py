"""Fit on resampled or re-weighted rows; predict probabilities at the natural class shares."""

from collections.abc import Iterable
from numbers import Integral
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import clone
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import Pipeline
from sklearn.utils import indexable
from sklearn.utils.validation import check_is_fitted, has_fit_parameter

from imbgan._sklearn import HasMethods, Interval, StrOptions, check_feature_names, fit_context
from imbgan.ensemble.base import MetaClassifier
from imbgan.ensemble.calibration import METHODS, Calibrator, learn_calibrator
from imbgan.exceptions import DataError, ParameterError
from imbgan.random import Streams
from imbgan.tabular import plain, take


def weight_parameter(estimator: object) -> str | None:
    """Return the name of the parameter of ``fit`` for weights (of the last step in a pipeline), or None."""
    prefix = ""
    while isinstance(estimator, Pipeline):
        name, estimator = estimator.steps[-1]
        prefix += f"{name}__"
    return f"{prefix}sample_weight" if has_fit_parameter(estimator, "sample_weight") else None


def correct_prior(probabilities: ArrayLike, learned: ArrayLike, natural: ArrayLike) -> NDArray[np.float64]:
    r"""Convert probabilities learned at some class shares into those at other shares (Saerens et al. 2002).

    .. math:: p'_k = \frac{p_k \, \pi_k / \pi^\mathrm{learned}_k}{\sum_j p_j \, \pi_j / \pi^\mathrm{learned}_j}

    Parameters
    ----------
    probabilities : array-like of shape (n, n_classes)
        Probabilities; rows sum to 1.
    learned, natural : array-like of shape (n_classes,)
        Positive shares or counts of the classes in the training rows, and where the probabilities are used.

    Returns
    -------
    ndarray of shape (n, n_classes)
        Corrected probabilities. With two classes, the order of rows is unchanged.

    Examples
    --------
    >>> correct_prior([[0.5, 0.5]], learned=[1, 1], natural=[99, 1]).round(4).tolist()
    [[0.99, 0.01]]
    """
    odds = np.asarray(natural, float) / np.asarray(learned, float)
    weighted = np.asarray(probabilities, float) * (odds / odds.max())
    return weighted / weighted.sum(axis=1, keepdims=True)


class _Learned(NamedTuple):
    """A fitted classifier, its sampler, and the number (or the weight) of training rows of each class."""

    estimator: Any
    sampler: Any
    counts: NDArray[Any]


class PriorCorrectedClassifier(MetaClassifier):
    """Fit a classifier on resampled or re-weighted rows and return probabilities at the natural class shares.

    A classifier that was trained on a balanced table overstates the rare classes. The class shares of its training
    rows are known, so its odds are divided by them; see :func:`correct_prior`. With two classes, this changes the
    threshold but not the order of rows.

    Probabilities can be wrong for other reasons as well; for example, a classifier that saw generated rows can be too
    certain. A calibration corrects this, and learns from the rows that each fold of the table holds out.

    Parameters
    ----------
    estimator : classifier with ``predict_proba``
        The classifier, or a pipeline that ends in one. It receives tables as they are.
    sampler : object with ``fit_resample`` or None, default=None
        For example :class:`imbgan.GANOverSampler`, an imbalanced-learn sampler, or a pipeline of samplers.
    sample_weight : {"balanced", "sampler"} or None, default=None
        Weights of the training rows: ``"balanced"`` gives all classes the same total weight, ``"sampler"`` uses
        ``sample_weight_`` of the fitted sampler.
    calibration : {"platt", "beta", "isotonic"} or None, default=None
        Map from the corrected probabilities to calibrated ones, learned from held-out real rows, never from generated
        ones: a straight line on the log-odds (Platt 1999), the same with a slope at each end (Kull et al. 2017), or any
        increasing function (Zadrozny and Elkan 2002). With two classes, the first two keep the order of rows, and the
        third keeps it up to ties. With more, each class is calibrated against the rest, and rows are normalized.
        Sampler and estimator are fitted ``cv`` more times.
    cv : int or splitter, default=5
        Folds of the calibration: a number of stratified, shuffled folds, at most the number of rows of the rarest
        class; or an object with ``split``.

    Attributes
    ----------
    estimator_ : classifier
        The fitted classifier.
    sampler_ : sampler or None
        The fitted sampler.
    calibrator_ : Calibrator or None
        The learned calibration, callable on corrected probabilities of shape (n, n_classes).
    classes_ : ndarray of shape (n_classes,)
        Labels, sorted.
    class_counts_ : ndarray of shape (n_classes,), int
        Number of rows of each class in the table.
    training_counts_ : ndarray of shape (n_classes,)
        Number of training rows of each class, or the sum of their weights.
    n_features_in_ : int
        Number of columns of the table.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the columns, if all names are strings.

    References
    ----------
    Saerens, Latinne and Decaestecker, "Adjusting the Outputs of a Classifier to New a Priori Probabilities: A Simple
    Procedure", Neural Computation 14(1), 2002. For calibration see
    :func:`imbgan.ensemble.calibration.learn_calibrator`.

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
        "calibration": [StrOptions(set(METHODS)), None],
        "cv": [Interval(Integral, 2, None, closed="left"), HasMethods("split")],
    }

    def __init__(
        self,
        estimator: Any,  # noqa: ANN401 - any classifier
        sampler: Any = None,  # noqa: ANN401 - any sampler
        *,
        sample_weight: str | None = None,
        calibration: str | None = None,
        cv: Any = 5,  # noqa: ANN401 - a number or any splitter
    ) -> None:
        self.estimator = estimator
        self.sampler = sampler
        self.sample_weight = sample_weight
        self.calibration = calibration
        self.cv = cv

    @fit_context(prefer_skip_nested_validation=False)
    def fit(self, X: object, y: ArrayLike) -> Self:
        """Resample, weight and fit; calibrate if ``calibration`` is set.

        Parameters
        ----------
        X : table of shape (n_samples, n_features)
            A table in any container that sampler and estimator accept.
        y : array-like of shape (n_samples,)
            Class labels.

        Returns
        -------
        self

        Raises
        ------
        DataError
            If labels are missing, if there are fewer than two classes, or if a class has too few rows for calibration.
        ValueError
            If X and y have different numbers of rows.
        ParameterError
            If the estimator accepts no weights, or if the sampler provides none.
        """
        table, labels, codes = self._read_classes(X, y)
        self.calibrator_: Calibrator | None = (
            None if self.calibration is None else self._calibrate(table, labels, codes)
        )
        self.estimator_, self.sampler_, self.training_counts_ = self._learn(table, labels)
        return self

    def _learn(self, X: object, labels: NDArray[np.generic]) -> _Learned:
        """Fit copies of sampler and estimator."""
        sampler: Any = None if self.sampler is None else clone(self.sampler)
        X_learned, y_learned = (X, labels) if sampler is None else sampler.fit_resample(X, labels)
        weights = self._weights(np.asarray(y_learned), sampler)
        parameters = {} if weights is None else {self._weight_parameter(): weights}
        estimator: Any = clone(self.estimator)
        estimator.fit(X_learned, y_learned, **parameters)
        return _Learned(estimator, sampler, self._training_counts(np.asarray(y_learned), weights))

    def _calibrate(self, X: object, labels: NDArray[np.generic], codes: NDArray[np.intp]) -> Calibrator:
        """Learn a map of probabilities from the rows that each fold holds out."""
        table = indexable(X)[0]
        held_out_probabilities: list[NDArray[np.float64]] = []
        held_out_codes: list[NDArray[np.intp]] = []
        for train, test in self._folds(labels):
            self._check_fold(codes[train])
            learned = self._learn(take(table, train), labels[train])
            counts = np.bincount(codes[train])
            predicted = learned.estimator.predict_proba(take(table, test))
            held_out_probabilities.append(correct_prior(predicted, learned.counts, counts))
            held_out_codes.append(codes[test])
        self._check_fold(np.concatenate(held_out_codes))
        return learn_calibrator(
            str(self.calibration), np.concatenate(held_out_probabilities), np.concatenate(held_out_codes)
        )

    def _folds(self, labels: NDArray[np.generic]) -> Iterable[tuple[NDArray[np.intp], NDArray[np.intp]]]:
        splitter = self.cv
        if isinstance(splitter, int | np.integer):
            rarest = int(self.class_counts_.argmin())
            if self.class_counts_[rarest] < 2:
                raise DataError(
                    "Calibration needs at least 2 rows of each class, to train and to calibrate on. There is 1 of "
                    f"{self.classes_.tolist()[rarest]!r}; pass calibration=None, or join classes."
                )
            n_splits = min(int(splitter), int(self.class_counts_[rarest]))
            # Tables are often sorted, so folds are shuffled; the fixed seed makes the fit a function of its rows.
            splitter = StratifiedKFold(n_splits, shuffle=True, random_state=Streams(0).integer("calibration"))
        return splitter.split(np.zeros((len(labels), 1)), labels)

    def _check_fold(self, codes: NDArray[np.intp]) -> None:
        missing = self.classes_[np.bincount(codes, minlength=len(self.classes_)) == 0].tolist()
        if missing:
            raise DataError(
                "Each training part of 'cv', and all its test parts together, must hold rows of every class. There are "
                f"none of {missing!r}; use stratified folds."
            )

    def _weight_parameter(self) -> str:
        name = weight_parameter(self.estimator)
        if name is None:
            raise ParameterError(
                f"sample_weight={self.sample_weight!r} needs an estimator whose fit takes sample_weight. "
                f"{type(self.estimator).__name__} does not; use a sampler, or another estimator."
            )
        return name

    def _weights(self, labels: NDArray[np.generic], sampler: object) -> NDArray[np.float64] | None:
        if self.sample_weight is None:
            return None
        if self.sample_weight == "balanced":
            present, codes, counts = np.unique(labels, return_inverse=True, return_counts=True)
            return (len(labels) / (len(present) * counts))[codes]
        weights = getattr(sampler, "sample_weight_", None)
        if weights is None:
            raise ParameterError(
                "sample_weight='sampler' needs a sampler with sample_weight_, such as GANOverSampler. Got "
                f"{type(self.sampler).__name__}."
            )
        return np.asarray(weights, float)

    def _training_counts(self, labels: NDArray[np.generic], weights: NDArray[np.float64] | None) -> np.ndarray:
        counts = np.bincount(np.searchsorted(self.classes_, labels), weights, minlength=len(self.classes_))
        if not counts.all():
            missing = self.classes_[counts == 0].tolist()
            raise DataError(
                f"The sampler must return rows of every class. It returned none of {missing!r}; use other settings."
            )
        return counts

    def predict_proba(self, X: object) -> NDArray[np.float64]:
        """Return probabilities at the natural class shares, shape (n_samples, n_classes), columns as ``classes_``."""
        check_is_fitted(self, "estimator_")
        table = plain(X)
        check_feature_names(self, table, reset=False)
        corrected = correct_prior(self.estimator_.predict_proba(table), self.training_counts_, self.class_counts_)
        return corrected if self.calibrator_ is None else self.calibrator_(corrected)
