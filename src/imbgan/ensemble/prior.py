"""Learn from resampled or re-weighted rows; say probabilities of the natural table."""

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


class _Learned(NamedTuple):
    """A classifier with the sampler of its rows, and how many rows, or what weight, of each class it was fitted on."""

    estimator: Any
    sampler: Any
    counts: NDArray[Any]


class PriorCorrectedClassifier(MetaClassifier):
    """Fit a classifier on resampled or re-weighted rows and return probabilities at the natural class shares.

    A classifier that learned from a balanced table overstates the rare classes. The shares that it learned from
    are known, so its odds are divided by them; see :func:`correct_prior`. The order of rows by the probability of a
    rare class of two does not change, a threshold does.

    What is wrong for other reasons than the prior, such as the certainty of a classifier that saw generated rows, a
    calibration learns from rows that each fold of the table left out.

    Parameters
    ----------
    estimator : classifier with ``predict_proba``
        Or a pipeline that ends in one. It receives tables as they come.
    sampler : object with ``fit_resample`` or None, default=None
        Such as :class:`imbgan.GANOverSampler`, an imbalanced-learn sampler or a pipeline of them.
    sample_weight : {"balanced", "sampler"} or None, default=None
        Weights of the rows that the estimator is fitted on: ``"balanced"`` makes all classes weigh the same,
        ``"sampler"`` takes ``sample_weight_`` of the fitted sampler.
    calibration : {"platt", "beta", "isotonic"} or None, default=None
        Map from the corrected probabilities to calibrated ones, learned on out-of-fold rows of the table itself, never
        on generated ones: a straight line on the log-odds (Platt 1999), the same with a slope for each end (Kull et al.
        2017), or any rising function (Zadrozny and Elkan 2002). The order of rows by the probability of one of two
        classes is kept by the first two, and up to ties by the third; more classes are calibrated one against the rest
        and normalized. Sampler and estimator are fitted ``cv`` times more.
    cv : int or splitter, default=5
        Folds of the calibration: stratified and shuffled, as many as the rarest class has rows at most; or an object
        with ``split``.

    Attributes
    ----------
    estimator_ : classifier
        Fitted.
    sampler_ : sampler or None
        Fitted.
    calibrator_ : Calibrator or None
        Callable on corrected probabilities of shape (n, n_classes).
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
        """Resample, weigh, fit, and calibrate where that is asked for.

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
            Missing labels, fewer than two classes, or too few rows of one to calibrate on.
        ValueError
            X and y of different lengths.
        ParameterError
            Weights for an estimator, or from a sampler, that has none.
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
        """Learn a map of probabilities from rows that each fold leaves out."""
        table = indexable(X)[0]
        said: list[NDArray[np.float64]] = []
        true: list[NDArray[np.intp]] = []
        for train, test in self._folds(labels):
            self._check_fold(codes[train])
            learned = self._learn(take(table, train), labels[train])
            counts = np.bincount(codes[train])
            said.append(correct_prior(learned.estimator.predict_proba(take(table, test)), learned.counts, counts))
            true.append(codes[test])
        self._check_fold(np.concatenate(true))
        return learn_calibrator(str(self.calibration), np.concatenate(said), np.concatenate(true))

    def _folds(self, labels: NDArray[np.generic]) -> Iterable[tuple[NDArray[np.intp], NDArray[np.intp]]]:
        splitter = self.cv
        if isinstance(splitter, int | np.integer):
            rarest = int(self.class_counts_.argmin())
            if self.class_counts_[rarest] < 2:
                raise DataError(
                    "Calibration needs at least 2 rows of each class, to learn from and to judge. There is 1 of "
                    f"{self.classes_.tolist()[rarest]!r}; pass calibration=None, or join classes."
                )
            n_splits = min(int(splitter), int(self.class_counts_[rarest]))
            # Tables are often sorted; a fixed seed keeps the fit a function of its rows.
            splitter = StratifiedKFold(n_splits, shuffle=True, random_state=Streams(0).integer("calibration"))
        return splitter.split(np.zeros((len(labels), 1)), labels)

    def _check_fold(self, codes: NDArray[np.intp]) -> None:
        gone = self.classes_[np.bincount(codes, minlength=len(self.classes_)) == 0].tolist()
        if gone:
            raise DataError(
                "Training parts of 'cv', and its test parts together, must hold rows of every class. There is none "
                f"of {gone!r}; use stratified folds."
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
            gone = self.classes_[counts == 0].tolist()
            raise DataError(f"The sampler must leave rows of every class. None is left of {gone!r}; ask it for more.")
        return counts

    def predict_proba(self, X: object) -> NDArray[np.float64]:
        """Return probabilities at the natural class shares, shape (n_samples, n_classes), columns as ``classes_``."""
        check_is_fitted(self, "estimator_")
        table = plain(X)
        check_feature_names(self, table, reset=False)
        corrected = correct_prior(self.estimator_.predict_proba(table), self.training_counts_, self.class_counts_)
        return corrected if self.calibrator_ is None else self.calibrator_(corrected)
