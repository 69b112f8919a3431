"""Average models of bags with real rows only and models of bags with generated rows."""

from collections.abc import Iterable, Mapping, Sequence
from numbers import Integral, Real
from typing import Any, ClassVar, NamedTuple, Self

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import ArrayLike, NDArray
from sklearn.utils.validation import check_is_fitted

from imbgan._sklearn import HasMethods, Interval, StrOptions, fit_context
from imbgan._threads import one_thread
from imbgan.ensemble.bags import Bag, Extended, bag_sizes, cut, draw_bags, extend, lacking_rows, ready
from imbgan.ensemble.base import Rows, reseeded, seed_of
from imbgan.ensemble.mixing import log_probabilities, normalize_logs
from imbgan.ensemble.scoring import score_probabilities
from imbgan.ensemble.text_columns import TextEncodingClassifier
from imbgan.ensemble.weights import fit_weighted
from imbgan.exceptions import ParameterError
from imbgan.learners import make_estimator
from imbgan.learners.estimators import mixture_names
from imbgan.oversampling import GANOverSampler
from imbgan.random import Streams
from imbgan.tabular import take


class _Member(NamedTuple):
    """A classifier to be fitted, and its rows; weights only of a member that learns from the table as it is."""

    estimator: Any
    bag: Bag
    weights: NDArray[np.float64] | None


class GANBaggingClassifier(TextEncodingClassifier):
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
    estimator : classifier with ``predict_proba``, list of classifiers and names, or None, default=None
        The classifier, or a pipeline that ends in one. It receives tables as they are, but for columns of text
        (``encoder``). Of a list, each classifier is fitted on every bag; names are those of
        :func:`imbgan.learners.make_estimator`. None means a mixture of four kinds of learners: logistic regression,
        random forest, gradient boosting (LightGBM where it is installed) and a small neural network.
    sampler : object with ``fit_resample`` and ``sampling_strategy`` or None, default=None
        The source of generated rows. It is fitted once, on the whole table, and must return the original rows first.
        None means a :class:`imbgan.GANOverSampler`. If its ``random_state`` is None, this classifier sets it.
    n_estimators : int, default=16
        Number of bags. It may be 0 if ``untouched`` is True.
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
    untouched : bool, default=False
        Whether each classifier is also fitted once on the table as it is, and averaged with the bags. A mixture of
        different learners gains from it.
    oob_score : bool, default=False
        Whether each row is also judged by the bags without generated rows that do not contain it. Bags with generated
        rows do not judge, since the generator has seen all rows, unless ``generated`` is 1; scores are then far too
        high. :func:`imbgan.compare` keeps test rows out of everything.
    encoder : encoder, mapping of column name to encoder, or None, default="auto"
        How columns of free text become vectors, as for :func:`imbgan.compare`. They are vectors before rows are
        generated; if none are, each classifier encodes the texts of its bag, a linear one as sparse words. None leaves
        texts as they are, for an estimator that encodes them itself.
    n_jobs : int or None, default=None
        Number of processes that fit bags, as in scikit-learn; each bag uses one thread. It changes no result.
    random_state : int, RandomState instance or None, default=None
        Seed of bags, generators and estimators. It overrides the ``random_state`` of the estimators.
    verbose : int, default=0
        Verbosity of the default sampler and of joblib.

    Attributes
    ----------
    estimators_ : list of classifiers
        The fitted members. Each classifier in turn: untouched, then on bags without generated rows, then on the others.
    sampler_ : sampler or None
        The fitted sampler; None if no class had to be raised.
    classes_ : ndarray of shape (n_classes,)
        Labels, sorted.
    class_counts_ : ndarray of shape (n_classes,), int
        Number of rows of each class in the table.
    natural_counts_ : ndarray of shape (n_classes,)
        The same, or the sum of the weights of each class: the class shares of probabilities.
    bag_counts_ : ndarray of shape (n_members, n_classes)
        Number of rows of each class on which each member was fitted, or the sum of their weights.
    training_counts_ : ndarray of shape (n_classes,)
        Mean of ``bag_counts_`` over the members.
    oob_decision_function_ : ndarray of shape (n_samples, n_classes)
        With ``oob_score``: mean probabilities of the bags without generated rows that do not contain the row; NaN for a
        row that all of them contain.
    oob_score_ : float
        With ``oob_score``: average precision of these probabilities, one class against the rest, as a mean over all
        classes but the largest. NaN if no such class has a row out of bag.
    text_columns_ : tuple
        Names (or positions) of the columns of text that were encoded.
    vectorizer_ : TextVectorizer or None
        What turned texts into vectors before rows were made; None where there are no texts, or where each classifier
        encodes them itself.
    n_features_in_ : int
        Number of columns of the table.
    feature_names_in_ : ndarray of shape (n_features,)
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

    On a table with a column of text, bags harmed a linear classifier, with generated rows and without them: alone it
    was ahead (``python -m benchmarks.text_columns``, docs/how-to/texts.md).

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
        "estimator": [HasMethods(["fit", "predict_proba"]), list, tuple, None],
        "sampler": [HasMethods("fit_resample"), None],
        "n_estimators": [Interval(Integral, 0, None, closed="left")],
        "ratio": [Interval(Real, 0, 1, closed="right")],
        "generated": [Interval(Real, 0, 1, closed="both")],
        "n_generators": [Interval(Integral, 1, None, closed="left"), StrOptions({"auto"})],
        "under_sampling": [Interval(Real, 1, None, closed="left"), None],
        "untouched": ["boolean"],
        "oob_score": ["boolean"],
        "encoder": "no_validation",  # see `learners.texts.text_columns`
        "n_jobs": [Integral, None],
        "random_state": ["random_state"],
        "verbose": ["verbose"],
    }

    def __init__(
        self,
        estimator: Any = None,  # noqa: ANN401 - any classifier, or several
        sampler: Any = None,  # noqa: ANN401 - any sampler
        *,
        n_estimators: int = 16,
        ratio: float = 0.3,
        generated: float = 0.5,
        n_generators: int | str = "auto",
        under_sampling: float | None = 4.0,
        untouched: bool = False,
        oob_score: bool = False,
        encoder: Any = "auto",  # noqa: ANN401 - see text_columns
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
        self.untouched = untouched
        self.oob_score = oob_score
        self.encoder = encoder
        self.n_jobs = n_jobs
        self.random_state = random_state
        self.verbose = verbose

    @fit_context(prefer_skip_nested_validation=False)
    def fit(self, X: object, y: ArrayLike, sample_weight: ArrayLike | None = None) -> Self:
        """Generate rows, draw bags, and fit each classifier on each bag.

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
            If the sampler has no ``sampling_strategy``, or does not return the original rows first; if a classifier has
            no ``predict_proba``; or if there would be no member.
        """
        learners = self._learners()
        rows = self._read_rows(X, y, sample_weight)
        learners = self._prepared(learners, rows)
        streams = Streams.from_random_state(self.random_state)
        bags = self._draw_bags(rows, streams)
        members = [
            member
            for place, learner in enumerate(learners)
            for member in self._members(learner, place, rows, bags, streams)
        ]
        self.bag_counts_ = np.array([self._count(member) for member in members])
        self.training_counts_ = self.bag_counts_.mean(axis=0)
        out_of_bag = self._judged_rows(members, rows)
        # Rows are taken here, one member at a time, so that a process receives only its own.
        fitted: Any = Parallel(n_jobs=self.n_jobs, verbose=int(self.verbose))(
            delayed(_fit_member)(
                member.estimator,
                take(member.bag.table, member.bag.rows),
                member.bag.labels,
                member.weights,
                take(rows.table, judged) if len(judged) else None,
            )
            for member, judged in zip(members, out_of_bag, strict=True)
        )
        self.estimators_ = [estimator for estimator, _ in fitted]
        if self.oob_score:
            self._judge_out_of_bag(rows.codes, out_of_bag, [probabilities for _, probabilities in fitted])
        return self

    def _learners(self) -> list[Any]:
        """Return the unfitted classifiers; a single one is a list of one."""
        if not self.n_estimators and not self.untouched:
            raise ParameterError("'n_estimators' must be at least 1, unless 'untouched' is True. Got 0.")
        if self.estimator is None:
            return [make_estimator(name) for name in mixture_names()]
        if not isinstance(self.estimator, list | tuple):
            return [self.estimator]
        given: Sequence[Any] = self.estimator
        learners = [make_estimator(each) if isinstance(each, str) else each for each in given]
        wrong = [each for each in learners if not (hasattr(each, "fit") and hasattr(each, "predict_proba"))]
        if wrong or not learners:
            raise ParameterError(
                "'estimator' must be a classifier with fit and predict_proba, or a list of at least one such "
                f"classifier or name. Got {wrong[0] if wrong else given!r}."
            )
        return learners

    def _n_with(self) -> int:
        """Return the number of bags with generated rows."""
        return int(self.generated * self.n_estimators + 0.5)

    def _makes_rows(self) -> bool:
        return self._n_with() > 0

    def _draw_bags(self, rows: Rows, streams: Streams) -> list[Bag]:
        sizes = bag_sizes(self.class_counts_, self.natural_counts_)
        n_with = self._n_with()
        extended = self._generate(rows, sizes, n_with, streams)
        cut_sizes = cut(sizes, self.under_sampling)
        return list(draw_bags(rows, sizes, cut_sizes, extended, self.n_estimators - n_with, streams))

    def _members(
        self,
        learner: Any,  # noqa: ANN401 - any classifier
        place: int,
        rows: Rows,
        bags: Iterable[Bag],
        streams: Streams,
    ) -> list[_Member]:
        """Return one learner's members: one on the table as it is if that was asked for, and one per bag."""
        # The first learner has the names of a single one.
        names = ("estimator",) if place == 0 else ("estimator", "of learner", place)
        members = [_Member(reseeded(learner, streams, *names, i), bag, None) for i, bag in enumerate(bags)]
        if self.untouched:
            everything = np.arange(len(rows.labels))
            bag = Bag(rows.table, everything, rows.labels, everything[:0])
            members.insert(0, _Member(reseeded(learner, streams, *names, "untouched"), bag, rows.weights))
        return members

    def _generate(self, rows: Rows, sizes: NDArray[np.intp], n_bags: int, streams: Streams) -> Extended:
        """Return the table, followed by generated rows where a class must be raised."""
        self.sampler_: Any = None
        lacking = lacking_rows(self.class_counts_, sizes, self.ratio)
        if n_bags == 0 or not lacking.any():
            return Extended(rows.table, rows.labels, [np.empty(0, np.intp)] * n_bags)
        targets = self.class_counts_ + lacking * n_bags
        wanted = {label: int(targets[code]) for code, label in enumerate(self.classes_.tolist()) if lacking[code]}
        self.sampler_ = self._make_sampler(wanted, streams)
        return extend(self.sampler_, rows, self.classes_, n_bags)

    def _make_sampler(self, wanted: Mapping[Any, int], streams: Streams) -> Any:  # noqa: ANN401 - any sampler
        sampler = self.sampler
        if sampler is None:
            # Generated rows stay inside; fresh identifiers would tell the estimators which rows were generated.
            sampler = GANOverSampler(n_generators=self.n_generators, verbose=self.verbose, identifiers="keep")
        seeded = ready(sampler, seed_of(streams, "sampler"))
        return self._prepared_sampler(seeded).set_params(sampling_strategy=wanted)

    def _count(self, member: _Member) -> NDArray[Any]:
        codes = np.searchsorted(self.classes_, member.bag.labels)
        return np.bincount(codes, member.weights, minlength=len(self.classes_))

    def _judged_rows(self, members: Sequence[_Member], rows: Rows) -> list[NDArray[np.intp]]:
        """Return the positions of the rows that each member judges.

        Generated rows come from a generator that has seen all rows, so that a bag with such rows knows its rows out of
        bag. Only the other bags judge, unless there are none.
        """
        if not self.oob_score:
            return [np.empty(0, np.intp)] * len(members)
        natural = [len(member.bag.out_of_bag) if member.bag.table is rows.table else 0 for member in members]
        return [
            m.bag.out_of_bag if n or not any(natural) else m.bag.out_of_bag[:0]
            for m, n in zip(members, natural, strict=True)
        ]

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
        table = self._read_new(X)
        return normalize_logs(self._logs(table).mean(axis=0))

    def _logs(self, X: object) -> NDArray[np.float64]:
        """Return the log-probabilities of each member, shape (n_members, n_samples, n_classes)."""
        bags = zip(self.estimators_, self.bag_counts_, strict=True)
        return np.array([log_probabilities(e.predict_proba(X), learned, self.natural_counts_) for e, learned in bags])


def _fit_member(
    estimator: Any,  # noqa: ANN401 - any classifier
    X: object,
    labels: NDArray[np.generic],
    weights: NDArray[np.float64] | None,
    X_out_of_bag: object | None,
) -> tuple[Any, NDArray[np.float64] | None]:
    """Fit one member; return its classifier and the probabilities of the rows out of its bag."""
    # On one thread, sums have the same order of terms whatever the number of processes.
    with one_thread():
        fit_weighted(estimator, X, labels, weights)
        probabilities = None if X_out_of_bag is None else np.asarray(estimator.predict_proba(X_out_of_bag), np.float64)
    return estimator, probabilities
