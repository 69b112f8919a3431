"""Average models of bags with real rows only and models of bags with generated rows."""

import warnings
from collections.abc import Iterator, Mapping
from numbers import Integral, Real
from typing import Any, ClassVar, NamedTuple, Self

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import ArrayLike, NDArray
from sklearn.base import clone
from sklearn.utils.validation import check_is_fitted

from imbgan._sklearn import HasMethods, Interval, StrOptions, check_feature_names, fit_context
from imbgan._threads import one_thread
from imbgan.ensemble.base import MetaClassifier, Rows, seed_of
from imbgan.ensemble.prior import correct_prior
from imbgan.ensemble.scoring import score_probabilities
from imbgan.exceptions import ParameterError
from imbgan.oversampling import GANOverSampler
from imbgan.random import Streams
from imbgan.tabular import n_rows, plain, take

# The logarithm of a probability of 0 in one bag would overrule all other bags. Therefore the probabilities of each bag
# are mixed with this much of the class shares that it learned from. This keeps the order of rows, even for
# probabilities below the share of a rare class.
DOUBT = 0.05


class _Bag(NamedTuple):
    """The rows that one estimator learns from."""

    table: object
    rows: NDArray[np.intp]  # positions in this table
    labels: NDArray[np.generic]
    out_of_bag: NDArray[np.intp]  # positions of the real rows that are not in the bag


def log_probabilities(probabilities: ArrayLike, learned: ArrayLike, natural: ArrayLike) -> NDArray[np.float64]:
    """Return the log-probabilities of one bag, after mixing in :data:`DOUBT`, at the natural shares; (n, n_classes)."""
    shares = np.asarray(learned, float) / np.sum(learned)
    return np.log(correct_prior((1 - DOUBT) * np.asarray(probabilities, float) + DOUBT * shares, learned, natural))


def normalize_logs(logs: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return probabilities that sum to 1 in each row from logarithms that lack a constant per row (softmax)."""
    weights = np.exp(logs - logs.max(axis=1, keepdims=True))
    return weights / weights.sum(axis=1, keepdims=True)


class GANBaggingClassifier(MetaClassifier):
    r"""Average a classifier over bags of real rows and bags that also hold generated rows.

    Generated rows help most when they never decide alone. Therefore some bags hold only rows drawn from the table, and
    in the others generated rows raise the rare classes. The probabilities of bag b are mixed with 5 % of the class
    shares :math:`\pi_b` that it learned from and corrected to the natural class shares :math:`\pi`; then their
    logarithms are averaged,

    .. math::
        p(k \mid x) \propto \exp\Bigl(\frac{1}{B} \sum_b \log q_b(k \mid x)\Bigr), \qquad
        q_b(k \mid x) \propto \bigl(0.95 \, p_b(k \mid x) + 0.05 \, \pi_{bk}\bigr) \frac{\pi_k}{\pi_{bk}}.

    Parameters
    ----------
    estimator : classifier with ``predict_proba``
        The classifier, or a pipeline that ends in one. It receives tables as they are.
    sampler : object with ``fit_resample`` and ``sampling_strategy`` or None, default=None
        The source of generated rows. It is fitted once, on the whole table, and must return the original rows first.
        None means a :class:`imbgan.GANOverSampler`. If its ``random_state`` is None, this classifier sets it.
    n_estimators : int, default=16
        Number of bags.
    ratio : float, default=0.3
        In bags with generated rows, every class has at least this share of the rows of the largest class. In (0, 1].
    generated : float, default=0.5
        Share of the bags that have generated rows, in [0, 1]. If it is 0, no sampler is fitted.
    n_generators : int or "auto", default="auto"
        Number of generators of the default sampler; see :class:`imbgan.GANOverSampler`.
    under_sampling : float or None, default=4.0
        In bags without generated rows, the largest class has at most this many rows per row of all other classes
        together; at least 1. Four rows of the largest class per other row carry most of the information, and each bag
        draws different ones. None keeps the class shares.
    oob_score : bool, default=False
        Whether each row is also judged by the bags that do not contain it. The generator has seen all rows, so these
        scores are somewhat too high; :func:`imbgan.compare` keeps test rows out of everything.
    n_jobs : int or None, default=None
        Number of processes that fit bags, as in scikit-learn; each bag uses one thread. It changes no result.
    random_state : int, RandomState instance or None, default=None
        Seed of bags, generators and estimators. It overrides the ``random_state`` of the estimators.
    verbose : int, default=0
        Verbosity of the default sampler and of joblib.

    Attributes
    ----------
    estimators_ : list of classifiers
        The fitted classifiers, those of bags without generated rows first.
    sampler_ : sampler or None
        The fitted sampler; None if no class had to be raised.
    classes_ : ndarray of shape (n_classes,)
        Labels, sorted.
    class_counts_ : ndarray of shape (n_classes,), int
        Number of rows of each class in the table.
    natural_counts_ : ndarray of shape (n_classes,)
        The same, or the sum of the weights of each class: the class shares of probabilities.
    bag_counts_ : ndarray of shape (n_estimators, n_classes), int
        Number of rows of each class on which each estimator was fitted.
    training_counts_ : ndarray of shape (n_classes,)
        Mean of ``bag_counts_`` over the bags.
    oob_decision_function_ : ndarray of shape (n_samples, n_classes)
        With ``oob_score``: mean probabilities of the bags that do not contain the row; NaN for a row that all bags
        contain.
    oob_score_ : float
        With ``oob_score``: average precision of these probabilities, one class against the rest, as a mean over all
        classes but the largest. NaN if no such class has a row out of bag.
    n_features_in_ : int
        Number of columns of the table.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the columns, if all names are strings.

    See Also
    --------
    PriorCorrectedClassifier : One model on resampled rows.
    imbgan.compare : Compare strategies on your data.

    Notes
    -----
    Each class is drawn separately, with replacement, so that no bag loses a class. A class of one row is not raised,
    because nothing can be learned from it. The generated rows of all bags are in memory at once; each rare class can
    have up to n_estimators * generated * ratio times the rows of the largest class.

    With weights, rows are drawn with probabilities proportional to them, as scikit-learn's ``BaggingClassifier`` does,
    and the number of rows of each class in a bag follows the weighted class shares. So the estimator needs no weights,
    and a factor that all weights have in common changes nothing. A generated row counts as one drawn row. The sampler
    sees each row of positive weight once.

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

    _fit_only: ClassVar[tuple[str, ...]] = ("sampler", "sampler_", "oob_decision_function_")
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
    def fit(self, X: object, y: ArrayLike, sample_weight: ArrayLike | None = None) -> Self:
        """Generate rows, draw bags, and fit one estimator per bag.

        Parameters
        ----------
        X : table of shape (n_samples, n_features)
            A data frame, array, list of rows or sparse matrix that sampler and estimator accept.
        y : array-like of shape (n_samples,)
            Class labels.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the rows, at least 0; a row of weight 0 is left out. None means 1 for every row.

        Returns
        -------
        self

        Raises
        ------
        DataError
            If labels are missing, if there are fewer than two classes, or if a weight is negative or not finite.
        ValueError
            If X and y have different numbers of rows.
        ParameterError
            If the sampler has no ``sampling_strategy``, or does not return the original rows first.
        """
        rows = self._read_rows(X, y, sample_weight)
        table, codes = rows.table, rows.codes
        streams = Streams.from_random_state(self.random_state)
        bags = list(self._draw_bags(rows, streams))
        self.bag_counts_ = np.array([self._count(bag.labels) for bag in bags])
        self.training_counts_ = self.bag_counts_.mean(axis=0)
        fitted: Any = Parallel(n_jobs=self.n_jobs, verbose=int(self.verbose))(
            delayed(_fit_bag)(
                _seeded(self.estimator, streams, "estimator", i),
                take(bag.table, bag.rows),
                bag.labels,
                take(table, bag.out_of_bag) if self.oob_score and len(bag.out_of_bag) else None,
            )
            for i, bag in enumerate(bags)
        )
        self.estimators_ = [estimator for estimator, _ in fitted]
        if self.oob_score:
            self._judge_out_of_bag(
                codes, [bag.out_of_bag for bag in bags], [probabilities for _, probabilities in fitted]
            )
        return self

    def _draw_bags(self, rows: Rows, streams: Streams) -> Iterator[_Bag]:
        X, labels, codes, weights = rows
        counts = self._bag_sizes()
        n_with = int(self.generated * self.n_estimators + 0.5)
        n_without = self.n_estimators - n_with
        table, all_labels, generated = self._generate(X, labels, counts, n_with, streams)
        places = [np.flatnonzero(codes == code) for code in range(len(counts))]
        chances = [None if weights is None else weights[place] / weights[place].sum() for place in places]
        cut = counts if self.under_sampling is None else _cut(counts, self.under_sampling)
        for i in range(self.n_estimators):
            natural = i < n_without
            rng = streams.generator("bag", i)
            sizes = cut if natural else counts
            drawn = np.concatenate(
                [rng.choice(place, size, p=p) for place, size, p in zip(places, sizes, chances, strict=True)]
            )
            positions = drawn if natural else np.concatenate([drawn, generated[i - n_without]])
            out_of_bag = np.setdiff1d(np.arange(len(labels)), drawn)
            yield _Bag(X if natural else table, positions, all_labels[positions], out_of_bag)

    def _bag_sizes(self) -> NDArray[np.intp]:
        """Return the number of real rows of each class in a bag: as many rows as the table, at the natural shares."""
        if self.natural_counts_ is self.class_counts_:
            return self.class_counts_
        shares = self.natural_counts_ / self.natural_counts_.sum()
        return np.maximum(np.rint(self.class_counts_.sum() * shares), 1).astype(np.intp)

    def _generate(
        self,
        X: object,
        labels: NDArray[np.generic],
        sizes: NDArray[np.intp],
        n_bags: int,
        streams: Streams,
    ) -> tuple[object, NDArray[np.generic], list[NDArray[np.intp]]]:
        """Return the table followed by generated rows, all labels, and the positions of the rows of each bag."""
        self.sampler_: Any = None
        counts = self.class_counts_
        lacking = np.maximum(round(self.ratio * sizes.max()) - sizes, 0) * (counts > 1)
        if n_bags == 0 or not lacking.any():
            return X, labels, [np.empty(0, np.intp)] * n_bags
        targets = counts + lacking * n_bags
        wanted = {label: int(targets[code]) for code, label in enumerate(self.classes_.tolist()) if lacking[code]}
        self.sampler_ = self._make_sampler(wanted, streams)
        with warnings.catch_warnings():
            # imbalanced-learn warns if all bags together have more rows of a rare class than of the largest one.
            warnings.filterwarnings("ignore", "After over-sampling, the number of samples", UserWarning)
            table, resampled_labels = self.sampler_.fit_resample(X, labels)
        all_labels = np.asarray(resampled_labels)
        n = len(labels)
        if n_rows(table) != len(all_labels) or len(all_labels) < n or not np.array_equal(all_labels[:n], labels):
            raise ParameterError(
                "'sampler' must return the original rows first, in their order, and then the generated rows. "
                f"{type(self.sampler_).__name__} does not; use an over-sampler without cleaning or under-sampling."
            )
        per_class = [n + np.flatnonzero(all_labels[n:] == label) for label in self.classes_]
        shares = [np.array_split(places, n_bags) for places in per_class]
        return table, all_labels, [np.concatenate(parts) for parts in zip(*shares, strict=True)]

    def _make_sampler(self, wanted: Mapping[Any, int], streams: Streams) -> Any:  # noqa: ANN401 - any sampler
        if self.sampler is None:
            # Generated rows stay inside; fresh identifiers would tell the estimators which rows were generated.
            sampler: Any = GANOverSampler(n_generators=self.n_generators, verbose=self.verbose, identifiers="keep")
        else:
            sampler = clone(self.sampler)
        parameters = sampler.get_params()
        if "sampling_strategy" not in parameters:
            raise ParameterError(
                "'sampler' must have the parameter 'sampling_strategy', which sets the number of rows of each class. "
                f"{type(sampler).__name__} has none; use an over-sampler such as imbgan.GANOverSampler."
            )
        sampler.set_params(sampling_strategy=wanted)
        if "random_state" in parameters and parameters["random_state"] is None:
            sampler.set_params(random_state=seed_of(streams, "sampler"))
        return sampler

    def _count(self, labels: NDArray[np.generic]) -> NDArray[np.intp]:
        return np.bincount(np.searchsorted(self.classes_, labels), minlength=len(self.classes_))

    def _judge_out_of_bag(
        self,
        codes: NDArray[np.intp],
        out_of_bag: list[NDArray[np.intp]],
        oob_probabilities: list[NDArray[np.float64] | None],
    ) -> None:
        logs = np.zeros((len(codes), len(self.classes_)))
        n_votes = np.zeros(len(codes), int)
        for rows, probabilities, learned in zip(out_of_bag, oob_probabilities, self.bag_counts_, strict=True):
            if probabilities is not None:
                logs[rows] += log_probabilities(probabilities, learned, self.natural_counts_)
                n_votes[rows] += 1
        known = n_votes > 0
        self.oob_decision_function_ = np.full(logs.shape, np.nan)
        if known.any():
            self.oob_decision_function_[known] = normalize_logs(logs[known] / n_votes[known, None])
        known_probabilities = self.oob_decision_function_[known]
        self.oob_score_ = score_probabilities(
            "average_precision", codes[known], known_probabilities, self.class_counts_
        )

    def predict_proba(self, X: object) -> NDArray[np.float64]:
        """Return probabilities at the natural class shares, shape (n_samples, n_classes), columns as ``classes_``."""
        check_is_fitted(self, "estimators_")
        table = plain(X)
        check_feature_names(self, table, reset=False)
        return normalize_logs(self._logs(table).mean(axis=0))

    def _logs(self, X: object) -> NDArray[np.float64]:
        """Return the log-probabilities of each bag, shape (n_estimators, n_samples, n_classes)."""
        bags = zip(self.estimators_, self.bag_counts_, strict=True)
        return np.array([log_probabilities(e.predict_proba(X), learned, self.natural_counts_) for e, learned in bags])


def _cut(counts: NDArray[np.intp], most: float) -> NDArray[np.intp]:
    """Return how many rows of each class to draw; of the largest, at most ``most`` times as many as of all others."""
    cut, largest = counts.copy(), counts.argmax()
    cut[largest] = min(counts[largest], int(most * (counts.sum() - counts[largest])))
    return cut


def _fit_bag(
    estimator: Any,  # noqa: ANN401 - any classifier
    X: object,
    labels: NDArray[np.generic],
    X_out_of_bag: object | None,
) -> tuple[Any, NDArray[np.float64] | None]:
    """Fit one estimator; return it and its probabilities of the rows out of bag."""
    # On one thread, sums have the same order of terms whatever the number of processes.
    with one_thread():
        estimator.fit(X, labels)
        probabilities = None if X_out_of_bag is None else np.asarray(estimator.predict_proba(X_out_of_bag), np.float64)
    return estimator, probabilities


def _seeded(estimator: Any, streams: Streams, *names: str | int) -> Any:  # noqa: ANN401 - any classifier
    """Return a copy of the estimator in which every ``random_state`` is set."""
    copy: Any = clone(estimator)
    states = [key for key in copy.get_params() if key == "random_state" or key.endswith("__random_state")]
    return copy.set_params(**{key: seed_of(streams, *names, key) for key in states})
