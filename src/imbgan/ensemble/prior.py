"""Fit on resampled or re-weighted rows; predict probabilities at the natural class shares."""

from collections.abc import Iterable
from numbers import Integral
from typing import Any, ClassVar, NamedTuple, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import clone
from sklearn.model_selection import StratifiedKFold
from sklearn.utils import indexable
from sklearn.utils.validation import check_is_fitted

from imbgan._sklearn import HasMethods, Interval, StrOptions, fit_context
from imbgan.ensemble.base import Rows
from imbgan.ensemble.calibration import METHODS, Calibrator, learn_calibrator
from imbgan.ensemble.text_columns import TextEncodingClassifier
from imbgan.ensemble.weights import Weights, fit_weighted, resample_weighted, weight_parameter
from imbgan.exceptions import DataError, ParameterError
from imbgan.random import Streams
from imbgan.tabular import take


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


class PriorCorrectedClassifier(TextEncodingClassifier):
    """Fit a classifier on resampled or re-weighted rows and return probabilities at the natural class shares.

    A classifier that was trained on a balanced table overstates the rare classes. The class shares of its training
    rows are known, so its odds are divided by them; see :func:`correct_prior`. With two classes, this changes the
    threshold but not the order of rows.

    Probabilities can be wrong for other reasons as well; for example, a classifier that saw generated rows can be too
    certain. A calibration corrects this, and learns from the rows that each fold of the table holds out.

    Parameters
    ----------
    estimator : classifier with ``predict_proba``
        The classifier, or a pipeline that ends in one. It receives tables as they are, but for columns of text
        (``encoder``).
    sampler : object with ``fit_resample`` or None, default=None
        For example :class:`imbgan.GANOverSampler`, an imbalanced-learn sampler, or a pipeline of samplers.
    sample_weight : {"balanced", "sampler"} or None, default=None
        Weights of the training rows: ``"balanced"`` gives all classes the same total weight, ``"sampler"`` uses
        ``sample_weight_`` of the fitted sampler.
    calibration : {"platt", "beta"} or None, default=None
        Map from the corrected probabilities to calibrated ones, learned from held-out real rows, never from generated
        ones: a straight line on the log-odds (Platt 1999), or the same with a slope at each end (Kull et al. 2017).
        With two classes, both keep the order of rows. With more, each class is calibrated against the rest, and rows
        are normalized. Sampler and estimator are fitted ``cv`` more times.
    cv : int or splitter, default=5
        Folds of the calibration: a number of stratified, shuffled folds, at most the number of rows of the rarest
        class; or an object with ``split``.
    encoder : encoder, mapping of column name to encoder, or None, default="auto"
        How columns of free text become vectors, as for :func:`imbgan.compare`. With a sampler, they are vectors before
        it sees them; without one, the estimator encodes them, a linear one as sparse words. None leaves texts as they
        are, for an estimator that encodes them itself.

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
    natural_counts_ : ndarray of shape (n_classes,)
        The same, or the sum of the weights of each class: the class shares of probabilities.
    training_counts_ : ndarray of shape (n_classes,)
        Number of training rows of each class, or the sum of their weights.
    text_columns_ : tuple
        Names (or positions) of the columns of text that were encoded.
    vectorizer_ : TextVectorizer or None
        What turned texts into vectors before rows were made; None where there are no texts, or where each classifier
        encodes them itself.
    n_features_in_ : int
        Number of columns of the table.
    feature_names_in_ : ndarray of shape (n_features,)
        Names of the columns, if all names are strings.

    Notes
    -----
    A weight of k in ``fit`` counts a row k times: for the estimator, for the class shares, for ``"balanced"`` weights
    and for the calibration. Samplers do not see weights. A row that a sampler repeats keeps its weight, and a generated
    row has the mean weight of its class, because it stands for an average row.

    On a table with a column of text, generated rows harmed a linear classifier: it learns vectors with them, and sparse
    words without them (``python -m benchmarks.text_columns``, docs/how-to/texts.md).

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

    _fit_only: ClassVar[tuple[str, ...]] = ("sampler", "sampler_", "cv")
    _parameter_constraints = {  # noqa: RUF012 - scikit-learn reads it from the class
        "estimator": [HasMethods(["fit", "predict_proba"])],
        "sampler": [HasMethods("fit_resample"), None],
        "sample_weight": [StrOptions({"balanced", "sampler"}), None],
        "calibration": [StrOptions(set(METHODS)), None],
        "cv": [Interval(Integral, 2, None, closed="left"), HasMethods("split")],
        "encoder": "no_validation",  # see `learners.texts.text_columns`
    }

    def __init__(
        self,
        estimator: Any,  # noqa: ANN401 - any classifier
        sampler: Any = None,  # noqa: ANN401 - any sampler
        *,
        sample_weight: str | None = None,
        calibration: str | None = None,
        cv: Any = 5,  # noqa: ANN401 - a number or any splitter
        encoder: Any = "auto",  # noqa: ANN401 - see text_columns
    ) -> None:
        self.estimator = estimator
        self.sampler = sampler
        self.sample_weight = sample_weight
        self.calibration = calibration
        self.cv = cv
        self.encoder = encoder

    def _makes_rows(self) -> bool:
        return self.sampler is not None

    @fit_context(prefer_skip_nested_validation=False)
    def fit(self, X: object, y: ArrayLike, sample_weight: ArrayLike | None = None) -> Self:
        """Resample, weight and fit; calibrate if ``calibration`` is set.

        Parameters
        ----------
        X : table of shape (n_samples, n_features)
            A table in any container that sampler and estimator accept.
        y : array-like of shape (n_samples,)
            Class labels.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the rows, at least 0; a row of weight 0 is left out. None means 1 for every row. The parameter
            ``sample_weight`` of the class multiplies them.

        Returns
        -------
        self

        Raises
        ------
        DataError
            If labels are missing, if there are fewer than two classes, if a class has too few rows for calibration, or
            if a weight is negative or not finite.
        ValueError
            If X and y have different numbers of rows.
        ParameterError
            If the estimator accepts no weights, or if the sampler provides none.
        """
        rows = self._read_rows(X, y, sample_weight)
        estimator = self._prepared([self.estimator], rows)[0]
        self.calibrator_: Calibrator | None = None if self.calibration is None else self._calibrate(estimator, rows)
        self.estimator_, self.sampler_, self.training_counts_ = self._learn(estimator, rows)
        return self

    def _learn(self, unfitted: Any, rows: Rows) -> _Learned:  # noqa: ANN401 - any classifier
        """Fit copies of sampler and estimator."""
        sampler: Any = None if self.sampler is None else self._prepared_sampler(clone(self.sampler))
        table, labels, weights = rows.table, rows.labels, rows.weights
        if sampler is not None and weights is not None:
            table, labels, weights = resample_weighted(sampler, table, labels, weights)
        elif sampler is not None:
            table, labels = sampler.fit_resample(table, labels)
        weights = self._weights(np.asarray(labels), sampler, weights)
        estimator: Any = clone(unfitted)
        fit_weighted(estimator, table, labels, weights)
        return _Learned(estimator, sampler, self._training_counts(np.asarray(labels), weights))

    def _calibrate(self, estimator: Any, rows: Rows) -> Calibrator:  # noqa: ANN401 - any classifier
        """Learn a map of probabilities from the rows that each fold holds out."""
        labels, codes, weights = rows.labels, rows.codes, rows.weights
        table = indexable(rows.table)[0]
        held_out_probabilities: list[NDArray[np.float64]] = []
        held_out: list[NDArray[np.intp]] = []
        for train, test in self._folds(labels):
            self._check_fold(codes[train])
            train_weights = None if weights is None else weights[train]
            learned = self._learn(estimator, Rows(take(table, train), labels[train], codes[train], train_weights))
            counts = np.bincount(codes[train], train_weights)
            predicted = learned.estimator.predict_proba(take(table, test))
            held_out_probabilities.append(correct_prior(predicted, learned.counts, counts))
            held_out.append(test)
        places = np.concatenate(held_out)
        self._check_fold(codes[places])
        return learn_calibrator(
            str(self.calibration),
            np.concatenate(held_out_probabilities),
            codes[places],
            None if weights is None else weights[places],
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

    def _weights(self, labels: NDArray[np.generic], sampler: object, weights: Weights | None) -> Weights | None:
        """Return the weights of the training rows; ``weights`` are those of the caller."""
        if self.sample_weight is None:
            return weights
        if weight_parameter(self.estimator) is None:
            raise ParameterError(
                f"sample_weight={self.sample_weight!r} needs an estimator whose fit takes sample_weight. "
                f"{type(self.estimator).__name__} does not; use a sampler, or another estimator."
            )
        if self.sample_weight == "balanced":
            present, codes = np.unique(labels, return_inverse=True)
            own = np.ones(len(labels)) if weights is None else weights
            totals = np.bincount(codes, own)
            return own * (own.sum() / (len(present) * totals))[codes]
        of_sampler = getattr(sampler, "sample_weight_", None)
        if of_sampler is None:
            raise ParameterError(
                "sample_weight='sampler' needs a sampler with sample_weight_, such as GANOverSampler. Got "
                f"{type(self.sampler).__name__}."
            )
        of_sampler = np.asarray(of_sampler, float)
        return of_sampler if weights is None else weights * of_sampler

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
        table = self._read_new(X)
        corrected = correct_prior(self.estimator_.predict_proba(table), self.training_counts_, self.natural_counts_)
        return corrected if self.calibrator_ is None else self.calibrator_(corrected)
