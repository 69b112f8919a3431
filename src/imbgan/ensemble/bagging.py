"""Bags of natural rows and bags with generated ones, speaking together: generated rows never decide alone."""

import warnings
from collections.abc import Iterator, Mapping
from numbers import Integral, Real
from typing import Any, NamedTuple, Self

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import ArrayLike, NDArray
from sklearn.base import clone
from sklearn.utils.validation import check_is_fitted

from imbgan._sklearn import HasMethods, Interval, StrOptions, check_feature_names, fit_context
from imbgan._threads import one_thread
from imbgan.ensemble.base import MetaClassifier, seed_of
from imbgan.ensemble.prior import correct_prior
from imbgan.ensemble.scoring import score_probabilities
from imbgan.exceptions import ParameterError
from imbgan.oversampling import GANOverSampler
from imbgan.random import Streams
from imbgan.tabular import n_rows, plain, take

# A bag that is sure of itself must not silence all others, as the logarithm of 0 would: what it says is mixed with
# this much of the class shares that it learned from. The order of rows is kept, also below rare classes' shares.
DOUBT = 0.05


class _Bag(NamedTuple):
    """The rows that one member learns from."""

    table: object
    rows: NDArray[np.intp]  # of that table
    labels: NDArray[np.generic]
    left_out: NDArray[np.intp]  # rows of the natural table that are not in the bag


def log_probabilities(probabilities: ArrayLike, learned: ArrayLike, natural: ArrayLike) -> NDArray[np.float64]:
    """Return the logarithms of what one bag says, with doubt, at the natural prior; shape (n, n_classes)."""
    shares = np.asarray(learned, float) / np.sum(learned)
    return np.log(correct_prior((1 - DOUBT) * np.asarray(probabilities, float) + DOUBT * shares, learned, natural))


def normalize_logs(logs: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return probabilities that sum to 1 in each row from their logarithms up to a constant a row (softmax)."""
    weights = np.exp(logs - logs.max(axis=1, keepdims=True))
    return weights / weights.sum(axis=1, keepdims=True)


class GANBaggingClassifier(MetaClassifier):
    r"""Average a classifier over bags of natural rows and bags with generated rows among them.

    Generated rows help most when they never speak alone: some bags are bootstrap samples of the table, in the others
    the rare classes are raised with generated rows. What bag b says, mixed with 5 % of the class shares
    :math:`\pi_b` that it learned from, is corrected to the natural class shares :math:`\pi`, and the logarithms are
    averaged,

    .. math::
        p(k \mid x) \propto \exp\Bigl(\frac{1}{B} \sum_b \log q_b(k \mid x)\Bigr), \qquad
        q_b(k \mid x) \propto \bigl(0.95 \, p_b(k \mid x) + 0.05 \, \pi_{bk}\bigr) \frac{\pi_k}{\pi_{bk}}.

    Parameters
    ----------
    estimator : classifier with ``predict_proba``
        Or a pipeline that ends in one. It receives tables as they come.
    sampler : object with ``fit_resample`` and ``sampling_strategy`` or None, default=None
        What makes the rows; it is fitted once, on the whole table, and returns the original rows first. None means a
        :class:`imbgan.GANOverSampler`. A ``random_state`` of None is set from that of this classifier.
    n_estimators : int, default=16
        Number of bags.
    ratio : float, default=0.3
        Bags with generated rows hold at least this share of the largest class of every class. In (0, 1].
    generated : float, default=0.5
        Share of the bags with generated rows, in [0, 1]; with 0 no sampler is fitted.
    n_generators : int or "auto", default="auto"
        Of the default sampler; see :class:`imbgan.GANOverSampler`.
    under_sampling : float or None, default=4.0
        In bags without generated rows, the largest class has at most this many times the rows of all others together;
        at least 1. Four controls a case keep most of what all of them would tell, and each bag has others.
        None leaves class shares as they are.
    oob_score : bool, default=False
        Whether each row is also judged by the bags that it is not in. The generator has seen all rows, so that these
        scores are somewhat too high; :func:`imbgan.compare` leaves test rows out of everything.
    n_jobs : int or None, default=None
        Processes that bags are fitted in, as in scikit-learn; each bag takes one thread. Changes no result.
    random_state : int, RandomState instance or None, default=None
        Seed of bags, generators and estimators, whose own ``random_state`` is overridden.
    verbose : int, default=0
        Of the default sampler and of joblib.

    Attributes
    ----------
    estimators_ : list of classifiers
        Fitted; those of the bags without generated rows first.
    sampler_ : sampler or None
        Fitted; None where there was nothing to raise.
    classes_ : ndarray of shape (n_classes,)
        Labels, sorted.
    class_counts_ : ndarray of shape (n_classes,), int
        Rows of each class in the table.
    bag_counts_ : ndarray of shape (n_estimators, n_classes), int
        Rows of each class that each estimator was fitted on.
    training_counts_ : ndarray of shape (n_classes,)
        Their mean over the bags.
    oob_decision_function_ : ndarray of shape (n_samples, n_classes)
        With ``oob_score``: probabilities from the bags that a row is not in; NaN for a row that is in all bags.
    oob_score_ : float
        With ``oob_score``: average precision of these, one class against the rest, mean over all classes but the
        largest. NaN where no such class has a row that was left out.
    n_features_in_ : int
        Columns of the table.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Their names, where all are strings.

    See Also
    --------
    PriorCorrectedClassifier : One model on resampled rows.
    imbgan.compare : Whether it is worth it, on your data.

    Notes
    -----
    Each class is drawn with replacement by itself, so that no bag loses a class. A class of one row is not raised:
    nothing can be learned from it. The generated rows of all bags are held at once: of each rare class up to
    n_estimators * generated * ratio times the rows of the largest one.

    References
    ----------
    Breiman, "Bagging Predictors", Machine Learning 24, 1996.

    Hinton, "Training Products of Experts by Minimizing Contrastive Divergence", Neural Computation 14(8), 2002.

    Examples
    --------
    >>> from imblearn.over_sampling import SMOTE
    >>> from sklearn.datasets import make_classification
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> X, y = make_classification(n_samples=500, weights=[0.9], random_state=0)
    >>> model = GANBaggingClassifier(DecisionTreeClassifier(), SMOTE(), n_estimators=4, random_state=0).fit(X, y)
    >>> model.class_counts_.tolist(), model.bag_counts_.tolist()
    ([450, 50], [[200, 50], [200, 50], [450, 135], [450, 135]])
    """

    _parameter_constraints = {  # noqa: RUF012 - scikit-learn reads it from the class
        "estimator": [HasMethods(["fit", "predict_proba"])],
        "sampler": [HasMethods("fit_resample"), None],
        "n_estimators": [Interval(Integral, 1, None, closed="left")],
        "ratio": [Interval(Real, 0, 1, closed="right")],
        "generated": [Interval(Real, 0, 1, closed="both")],
        "n_generators": [Interval(Integral, 1, None, closed="left"), StrOptions({"auto"})],
        "under_sampling": [Interval(Real, 1, None, closed="left"), None],
        "oob_score": ["boolean"],
        "n_jobs": [Integral, None],
        "random_state": ["random_state"],
        "verbose": ["verbose"],
    }

    def __init__(
        self,
        estimator: Any,  # noqa: ANN401 - any classifier
        sampler: Any = None,  # noqa: ANN401 - any sampler
        *,
        n_estimators: int = 16,
        ratio: float = 0.3,
        generated: float = 0.5,
        n_generators: int | str = "auto",
        under_sampling: float | None = 4.0,
        oob_score: bool = False,
        n_jobs: int | None = None,
        random_state: int | np.random.RandomState | None = None,
        verbose: int | bool = 0,
    ) -> None:
        self.estimator = estimator
        self.sampler = sampler
        self.n_estimators = n_estimators
        self.ratio = ratio
        self.generated = generated
        self.n_generators = n_generators
        self.under_sampling = under_sampling
        self.oob_score = oob_score
        self.n_jobs = n_jobs
        self.random_state = random_state
        self.verbose = verbose

    @fit_context(prefer_skip_nested_validation=False)
    def fit(self, X: object, y: ArrayLike) -> Self:
        """Generate rows, draw bags, fit one estimator a bag.

        Parameters
        ----------
        X : table of shape (n_samples, n_features)
            DataFrame, array, list of rows or sparse matrix, as sampler and estimator take it.
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
            A sampler that cannot be asked for a number of rows, or that does not return the original rows first.
        """
        table, labels, codes = self._read_classes(X, y)
        streams = Streams.from_random_state(self.random_state)
        bags = list(self._draw_bags(table, labels, codes, streams))
        self.bag_counts_ = np.array([self._count(bag.labels) for bag in bags])
        self.training_counts_ = self.bag_counts_.mean(axis=0)
        fitted: Any = Parallel(n_jobs=self.n_jobs, verbose=int(self.verbose))(
            delayed(_fit_bag)(
                _seeded(self.estimator, streams, "estimator", i),
                take(bag.table, bag.rows),
                bag.labels,
                take(table, bag.left_out) if self.oob_score and len(bag.left_out) else None,
            )
            for i, bag in enumerate(bags)
        )
        self.estimators_ = [estimator for estimator, _ in fitted]
        if self.oob_score:
            self._judge_left_out(codes, [bag.left_out for bag in bags], [said for _, said in fitted])
        return self

    def _draw_bags(
        self, X: object, labels: NDArray[np.generic], codes: NDArray[np.intp], streams: Streams
    ) -> Iterator[_Bag]:
        counts = self.class_counts_
        n_with = int(self.generated * self.n_estimators + 0.5)
        n_without = self.n_estimators - n_with
        table, all_labels, new = self._generate(X, labels, n_with, streams)
        places = [np.flatnonzero(codes == code) for code in range(len(counts))]
        cut = counts if self.under_sampling is None else _cut(counts, self.under_sampling)
        for i in range(self.n_estimators):
            natural = i < n_without
            rng = streams.generator("bag", i)
            sizes = cut if natural else counts
            drawn = np.concatenate([rng.choice(place, size) for place, size in zip(places, sizes, strict=True)])
            rows = drawn if natural else np.concatenate([drawn, new[i - n_without]])
            left_out = np.setdiff1d(np.arange(len(labels)), drawn)
            yield _Bag(X if natural else table, rows, all_labels[rows], left_out)

    def _generate(
        self, X: object, labels: NDArray[np.generic], n_bags: int, streams: Streams
    ) -> tuple[object, NDArray[np.generic], list[NDArray[np.intp]]]:
        """Return the table with generated rows behind it, its labels, and the generated rows of each bag."""
        self.sampler_: Any = None
        counts = self.class_counts_
        lacking = np.maximum(round(self.ratio * counts.max()) - counts, 0) * (counts > 1)
        if n_bags == 0 or not lacking.any():
            return X, labels, [np.empty(0, np.intp)] * n_bags
        targets = counts + lacking * n_bags
        wanted = {label: int(targets[code]) for code, label in enumerate(self.classes_.tolist()) if lacking[code]}
        self.sampler_ = self._make_sampler(wanted, streams)
        with warnings.catch_warnings():
            # Of imbalanced-learn: all bags together may have more rows of a rare class than of the largest one.
            warnings.filterwarnings("ignore", "After over-sampling, the number of samples", UserWarning)
            table, made = self.sampler_.fit_resample(X, labels)
        all_labels = np.asarray(made)
        n = len(labels)
        if n_rows(table) != len(all_labels) or len(all_labels) < n or not np.array_equal(all_labels[:n], labels):
            raise ParameterError(
                "'sampler' must return the original rows, first and in their order, and new rows after them. "
                f"{type(self.sampler_).__name__} does not; use an over-sampler without cleaning or under-sampling."
            )
        per_class = [n + np.flatnonzero(all_labels[n:] == label) for label in self.classes_]
        shares = [np.array_split(places, n_bags) for places in per_class]
        return table, all_labels, [np.concatenate(parts) for parts in zip(*shares, strict=True)]

    def _make_sampler(self, wanted: Mapping[Any, int], streams: Streams) -> Any:  # noqa: ANN401 - any sampler
        if self.sampler is None:
            sampler: Any = GANOverSampler(n_generators=self.n_generators, verbose=self.verbose)
        else:
            sampler = clone(self.sampler)
        parameters = sampler.get_params()
        if "sampling_strategy" not in parameters:
            raise ParameterError(
                "'sampler' must have the parameter 'sampling_strategy', by which it is asked for a number of rows. "
                f"{type(sampler).__name__} has none; use an over-sampler such as imbgan.GANOverSampler."
            )
        sampler.set_params(sampling_strategy=wanted)
        if "random_state" in parameters and parameters["random_state"] is None:
            sampler.set_params(random_state=seed_of(streams, "sampler"))
        return sampler

    def _count(self, labels: NDArray[np.generic]) -> NDArray[np.intp]:
        return np.bincount(np.searchsorted(self.classes_, labels), minlength=len(self.classes_))

    def _judge_left_out(
        self,
        codes: NDArray[np.intp],
        left_out: list[NDArray[np.intp]],
        said: list[NDArray[np.float64] | None],
    ) -> None:
        logs = np.zeros((len(codes), len(self.classes_)))
        n_votes = np.zeros(len(codes), int)
        for rows, probabilities, learned in zip(left_out, said, self.bag_counts_, strict=True):
            if probabilities is not None:
                logs[rows] += log_probabilities(probabilities, learned, self.class_counts_)
                n_votes[rows] += 1
        known = n_votes > 0
        self.oob_decision_function_ = np.full(logs.shape, np.nan)
        if known.any():
            self.oob_decision_function_[known] = normalize_logs(logs[known] / n_votes[known, None])
        said_of_known = self.oob_decision_function_[known]
        self.oob_score_ = score_probabilities("average_precision", codes[known], said_of_known, self.class_counts_)

    def predict_proba(self, X: object) -> NDArray[np.float64]:
        """Return probabilities at the natural class shares, shape (n_samples, n_classes), columns as ``classes_``."""
        check_is_fitted(self, "estimators_")
        table = plain(X)
        check_feature_names(self, table, reset=False)
        return normalize_logs(self._logs(table).mean(axis=0))

    def _logs(self, X: object) -> NDArray[np.float64]:
        """Return the logarithms of what each bag says, shape (n_estimators, n_samples, n_classes)."""
        bags = zip(self.estimators_, self.bag_counts_, strict=True)
        return np.array([log_probabilities(e.predict_proba(X), learned, self.class_counts_) for e, learned in bags])


def _cut(counts: NDArray[np.intp], most: float) -> NDArray[np.intp]:
    """Return the rows to draw of each class: of the largest, at most ``most`` times those of all others together."""
    cut, largest = counts.copy(), counts.argmax()
    cut[largest] = min(counts[largest], int(most * (counts.sum() - counts[largest])))
    return cut


def _fit_bag(
    estimator: Any,  # noqa: ANN401 - any classifier
    X: object,
    labels: NDArray[np.generic],
    X_left_out: object | None,
) -> tuple[Any, NDArray[np.float64] | None]:
    """Fit one estimator; return it and what it says about the rows that its bag left out."""
    # On one thread, sums are added in the same order whatever the number of processes.
    with one_thread():
        estimator.fit(X, labels)
        said = None if X_left_out is None else np.asarray(estimator.predict_proba(X_left_out), np.float64)
    return estimator, said


def _seeded(estimator: Any, streams: Streams, *names: str | int) -> Any:  # noqa: ANN401 - any classifier
    """Return a copy of the estimator, every ``random_state`` in it set."""
    copy: Any = clone(estimator)
    states = [key for key in copy.get_params() if key == "random_state" or key.endswith("__random_state")]
    return copy.set_params(**{key: seed_of(streams, *names, key) for key in states})
