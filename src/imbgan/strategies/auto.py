"""Choose a strategy for the rare classes of a table by cross-validation, with doing nothing as the control."""

import warnings
from collections.abc import Mapping
from numbers import Integral
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.utils import indexable
from sklearn.utils.validation import check_is_fitted

from imbgan._sklearn import HasMethods, Interval, StrOptions, fit_context
from imbgan.engines import resolve_engine
from imbgan.ensemble.base import Rows, seed_of, seeded
from imbgan.ensemble.scoring import Scoring, check_scoring_name
from imbgan.ensemble.text_columns import TextEncodingClassifier
from imbgan.ensemble.weights import fit_weighted
from imbgan.exceptions import ImbganWarning, ParameterError
from imbgan.learners import TextVectorizer
from imbgan.oversampling.sharing import Sharer
from imbgan.random import Streams
from imbgan.strategies.candidates import CANDIDATES
from imbgan.strategies.costs import ROWS, Costs
from imbgan.strategies.search import (
    CONTROL,
    Gain,
    Problem,
    Record,
    choose,
    cv_results,
    is_complete,
    n_inner_splits,
    paired_gain,
    search,
)
from imbgan.strategies.strategy import Strategy, resolve_strategies
from imbgan.strategies.texts import on_vectors, refused, text_strategies
from imbgan.strategies.thresholds import DEFAULT_THRESHOLD, cheapest_threshold, thresholds
from imbgan.tabular.labels import rarer_class

#: The preferred candidate first, by results on the development half of benchmarks/quality; it wins among equals.
DEFAULT_CANDIDATES = (
    CONTROL,
    "gan_bagging",
    "bagging",
    "gan_0.3",
    "class_weight",
    "gan",
    "smote",
)


class AutoBalancedClassifier(Sharer, TextEncodingClassifier):
    """Choose a strategy for rare classes by cross-validation, and fit it.

    Candidate strategies, including doing nothing, are fitted and scored on the same repeated stratified folds of the
    training rows. After each repeat, the worse half is dropped (successive halving). The choice among the rest follows
    a one-standard-error rule in favor of doing nothing: a strategy must be ahead of it by more than the standard error
    of the difference, and among about equal strategies the preferred one wins. The chosen strategy is then fitted on
    all rows. Strategies return probabilities at the natural class shares.

    Parameters
    ----------
    estimator : classifier with ``predict_proba``
        The classifier, or a pipeline that ends in one. It receives tables as they are, but for columns of text
        (``encoder``). Every ``random_state`` that is None is set.
    strategies : "default", "all", iterable of str or Strategy, or mapping, default="default"
        Candidates, the preferred one first: names of :data:`imbgan.strategies.CANDIDATES`, your own
        :class:`imbgan.strategies.Strategy` objects, or ``{name: function of estimator and seed}``. ``"none"``, the
        table as it is, is always the first candidate. ``"default"`` means :data:`DEFAULT_CANDIDATES`.
    scoring : str, callable or None, default=None
        The name of a scorer of scikit-learn, or a callable of classifier, X and y; higher is better. None means least
        cost if ``costs`` are given, and ``"average_precision"`` otherwise. With a name, labels may have any type, and
        of two classes the rarer one counts as the positive one. With more classes, average precision and ROC AUC are
        means over all classes but the largest, each one against the rest.
    cv : int, default=3
        Number of folds of each repeat; fewer if the rarest class has fewer rows.
    n_repeats : int, default=2
        Number of repeats. Each repeat divides the rows into new folds.
    threshold : {"f1", "mcc", "g_mean", "balanced_accuracy"} or None, default=None
        With two classes, predict the rarer one from the probability that is best by this metric on out-of-fold rows of
        the chosen strategy. With None, or with more than two classes, predict the most probable class.
    costs : mapping or array-like of shape (n_classes, n_classes), default=None
        What wrong decisions cost: ``{"missed": 500, "false_alarm": 10}`` for two classes, where an alarm is a
        prediction of the rarer one, or ``{true label: {predicted label: cost}}``, or a matrix of true (rows) and
        predicted classes (columns) in sorted order. Predictions then have the least cost: with two classes at the
        threshold that is cheapest on out-of-fold rows of the chosen strategy, and with more by Bayes' rule.
    halving : bool, default=True
        Whether the worse half is dropped after each repeat. False runs all candidates on all folds.
    encoder : encoder, mapping of column name to encoder, or None, default="auto"
        How columns of free text become vectors, as for :func:`imbgan.compare`: within each fold, and once more for the
        final fit. Candidates that make no rows leave the texts to the estimator, a linear one gets sparse words. The
        strategies of tables with texts are known as well, and ``"default"`` tries ``"words"`` after ``"none"``. None
        leaves texts as they are, for an estimator that encodes them itself.
    random_state : int, RandomState instance or None, default=None
        Seed of folds, strategies and estimator.
    n_jobs : int or None, default=None
        Number of processes for the folds, as in scikit-learn. It changes no result. With the engine ``"ray"``, None
        means as many as the cluster can hold.
    engine : "local", "ray" or Engine, default="local"
        Where the folds run; see :func:`imbgan.compare`. The chosen strategy is fitted in this process. It changes no
        result.
    verbose : int, default=0
        Whether mean scores are printed after each repeat.

    Attributes
    ----------
    strategy_ : str
        Name of the chosen strategy.
    estimator_ : classifier
        The chosen strategy, fitted on all rows.
    verdict_ : str
        One sentence with the choice, its gain over doing nothing, and one standard error.
    cv_results_ : dict of ndarray of shape (n_candidates,)
        ``strategy``, ``mean_test_score``, ``std_test_score``, ``rank_test_score``, ``split0_test_score`` and so on,
        ``n_folds`` (how many were run), ``mean_fit_time`` (seconds per fold; every user of a shared generator is
        charged for it) and ``reason`` (why a candidate cannot be fitted to this table; its scores are NaN).
        Candidates with more folds rank first.
    training_counts_ : ndarray of shape (n_classes,)
        Number of training rows of each class, or the sum of their weights; for bags, the mean.
    threshold_ : float or None
        Threshold of the probability of the rarer class; None if predictions need none.
    cost_matrix_ : ndarray of shape (n_classes, n_classes) or None
        The costs, of true classes (rows) and predicted classes (columns); None without ``costs``.
    classes_ : ndarray of shape (n_classes,)
        Labels, sorted.
    class_counts_ : ndarray of shape (n_classes,), int
        Number of rows of each class in the table.
    text_columns_ : tuple
        Names (or positions) of the columns of text that were encoded, by parts of ``estimator_``.
    n_features_in_ : int
        Number of columns of the table.
    feature_names_in_ : ndarray of shape (n_features,)
        Names of the columns, if all names are strings.

    See Also
    --------
    imbgan.compare : Compare strategies with tests, intervals and a report, on rows that no choice has seen.

    Notes
    -----
    The scores of the chosen strategy are somewhat too high, because it is the best of several. Equal rows can lie in
    both training and test parts. If the rarest class is too small for folds, the choice is to do nothing.

    References
    ----------
    Jamieson and Talwalkar, "Non-stochastic Best Arm Identification and Hyperparameter Optimization", AISTATS 2016.
    Breiman, Friedman, Olshen and Stone, "Classification and Regression Trees", 1984.

    Examples
    --------
    >>> from sklearn.datasets import make_classification
    >>> from sklearn.linear_model import LogisticRegression
    >>> X, y = make_classification(n_samples=600, weights=[0.9], random_state=0)
    >>> model = AutoBalancedClassifier(LogisticRegression(), ["class_weight", "random_over"], random_state=0).fit(X, y)
    >>> model.cv_results_["strategy"].tolist(), model.strategy_ in model.cv_results_["strategy"]
    (['none', 'class_weight', 'random_over'], True)
    """

    _parameter_constraints = {  # noqa: RUF012 - scikit-learn reads it from the class
        "estimator": [HasMethods(["fit", "predict_proba"])],
        "strategies": "no_validation",
        "scoring": [str, callable, None],
        "cv": [Interval(Integral, 2, None, closed="left")],
        "n_repeats": [Interval(Integral, 1, None, closed="left")],
        "threshold": [StrOptions({"f1", "mcc", "g_mean", "balanced_accuracy"}), None],
        "costs": "no_validation",
        "halving": ["boolean"],
        "encoder": "no_validation",  # see `learners.texts.text_columns`
        "random_state": ["random_state"],
        "n_jobs": [Integral, None],
        "engine": "no_validation",
        "verbose": ["verbose"],
    }

    def __init__(
        self,
        estimator: Any,  # noqa: ANN401 - any classifier
        strategies: Any = "default",  # noqa: ANN401 - see resolve_strategies
        *,
        scoring: Scoring | None = None,
        cv: int = 3,
        n_repeats: int = 2,
        threshold: str | None = None,
        costs: Any = None,  # noqa: ANN401 - see Costs.read
        halving: bool = True,
        encoder: Any = "auto",  # noqa: ANN401 - see text_columns
        random_state: int | np.random.RandomState | None = None,
        n_jobs: int | None = None,
        engine: Any = "local",  # noqa: ANN401 - see resolve_engine
        verbose: int | bool = 0,
    ) -> None:
        self.estimator = estimator
        self.strategies = strategies
        self.scoring = scoring
        self.cv = cv
        self.n_repeats = n_repeats
        self.threshold = threshold
        self.costs = costs
        self.halving = halving
        self.encoder = encoder
        self.random_state = random_state
        self.n_jobs = n_jobs
        self.engine = engine
        self.verbose = verbose

    @fit_context(prefer_skip_nested_validation=False)
    def fit(self, X: object, y: ArrayLike, sample_weight: ArrayLike | None = None) -> Self:
        """Score the candidates, choose one, and fit it on all rows.

        Parameters
        ----------
        X : table of shape (n_samples, n_features)
            A data frame, array, list of rows or sparse matrix that strategies and estimator accept.
        y : array-like of shape (n_samples,)
            Class labels.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the rows, at least 0; a row of weight 0 is left out. None means 1 for every row. Strategies learn
            with them; scores and the threshold count each row once.

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
            If a strategy, the scorer or the engine is unknown, if costs make no sense, or if both ``threshold`` and
            ``costs`` are given.

        Warns
        -----
        ImbganWarning
            If a candidate that was requested by name cannot be fitted to the table.
        """
        self._check_rules()
        rows = self._read_rows(X, y, sample_weight)
        table, labels, codes, weights, _ = rows
        strategies = self._candidates(rows)
        estimator = self._prepared([self.estimator], rows)[0]
        costs = (
            None if self.costs is None else Costs.read(self.costs, self.classes_.tolist(), self.class_counts_.tolist())
        )
        self.cost_matrix_ = None if costs is None else costs.array
        streams = Streams.from_random_state(self.random_state)
        table = indexable(table)[0]
        scoring = self.scoring or ("average_precision" if costs is None else costs)
        problem = Problem(estimator, table, labels, codes, self.class_counts_, scoring, streams, self._sharing, weights)
        records = self._search(problem, strategies)
        self.strategy_ = choose({name: record.scores for name, record in records.items()}, list(strategies))
        self.verdict_ = self._verdict_sentence(records)
        self.cv_results_ = cv_results(records)
        self.threshold_ = self._tune(codes, records[self.strategy_], costs)
        seed = seed_of(streams, "fit")
        self.estimator_: Any = strategies[self.strategy_].build(seeded(estimator, seed), seed, self._sharing)
        fit_weighted(self.estimator_, table, labels, weights)
        self.training_counts_ = getattr(self.estimator_, "training_counts_", self.natural_counts_)
        return self

    def _check_rules(self) -> None:
        if self.scoring is not None:
            check_scoring_name(self.scoring)
        if self.threshold is not None and self.costs is not None:
            raise ParameterError(
                f"Predictions follow either 'threshold' or 'costs', not both. Got costs and {self.threshold!r}."
            )

    def _makes_rows(self) -> bool:
        return False  # strategies do, each within its fold

    def _candidates(self, rows: Rows) -> dict[str, Strategy]:
        """Return the candidates, doing nothing first; where there are texts, those that make rows get vectors."""
        known, default, encoders = CANDIDATES, DEFAULT_CANDIDATES, rows.encoders
        if encoders:
            known, default = {**CANDIDATES, **text_strategies(encoders)}, ("words", *DEFAULT_CANDIDATES)
        asked = resolve_strategies(self.strategies, known, default)
        control = asked.pop(CONTROL, known[CONTROL])
        found = {CONTROL: control, **asked}
        if not encoders:
            return found
        # These vectors are looked at, and not learned from: each fold has its own.
        why = self._why_no_vectors(lambda: TextVectorizer(encoders).fit_transform(rows.table), rows.labels)
        if why:
            found = {name: refused(strategy, why, encoders) for name, strategy in found.items()}
        return {name: on_vectors(strategy, encoders) for name, strategy in found.items()}

    def _search(self, problem: Problem, strategies: Mapping[str, Strategy]) -> dict[str, Record]:
        """Return the record of each candidate, which is empty if a class has too few rows for folds."""
        n_splits = n_inner_splits(problem.counts, self.cv)
        if not n_splits:
            return {name: Record() for name in strategies}
        with resolve_engine(self.engine) as engine:
            records = search(
                problem,
                strategies,
                n_splits=n_splits,
                n_rounds=self.n_repeats,
                halving=self.halving,
                engine=engine,
                n_jobs=self.n_jobs,
                verbose=self.verbose,
            )
        # The defaults are meant for any table, so a default that does not suit this one needs no warning.
        if not isinstance(self.strategies, str):
            for name, record in records.items():
                if record.reason:
                    message = f"Strategy {name!r} is left out, since it cannot be fitted to this table: {record.reason}"
                    warnings.warn(message, ImbganWarning, stacklevel=4)
        return records

    def _verdict_sentence(self, records: Mapping[str, Record]) -> str:
        """Return the verdict: the choice, and its gain over doing nothing, or else that of the best other candidate."""
        reference = records[CONTROL].scores
        if not reference:
            rarest = self.classes_.tolist()[int(self.class_counts_.argmin())]
            return (
                f"Use {CONTROL!r}: class {rarest!r} has too few rows ({self.class_counts_.min()}) for folds on which "
                "strategies could be compared."
            )
        rivals = {name: each.scores for name, each in records.items() if name != CONTROL and is_complete(each, records)}
        if not rivals:
            return f"Use {CONTROL!r}: no other strategy could be compared with it."
        chosen, folds = self.strategy_, f"one standard error over {len(reference)} folds"
        best = chosen if chosen != CONTROL else max(rivals, key=lambda name: float(np.mean(rivals[name])))
        metric, difference = self._figures(paired_gain(rivals[best], reference))
        if chosen != CONTROL:
            of_chosen, of_control = (self._shown(float(np.mean(scores))) for scores in (rivals[chosen], reference))
            scores = f"{metric} {of_chosen} instead of {of_control} with {CONTROL!r}"
            return f"Use {chosen!r}: {scores} ({difference}, {folds})."
        return (
            f"Use {CONTROL!r}: no strategy is ahead of it by more than one standard error (the best: {best!r}, "
            f"{metric} {difference}, {folds})."
        )

    def _figures(self, gain: Gain) -> tuple[str, str]:
        """Return the name of the score, and a gain with its standard error."""
        if self._is_priced:
            return f"cost per {ROWS:,} rows", f"{-gain.mean:+,.4g} ± {gain.standard_error:,.4g}"
        metric = (self.scoring or "average_precision") if not callable(self.scoring) else "score"
        return metric.replace("_", " "), f"{gain.mean:+.3f} ± {gain.standard_error:.3f}"

    def _shown(self, score: float) -> str:
        return f"{-score:,.4g}" if self._is_priced else f"{score:.3f}"

    @property
    def _is_priced(self) -> bool:
        """Whether candidates are scored by what their decisions cost."""
        return self.scoring is None and self.costs is not None

    def _tune(self, codes: NDArray[np.intp], record: Record, costs: Costs | None) -> float | None:
        """Return the threshold of the rarer class; None if none is wanted, or with more than two classes."""
        if (self.threshold is None and costs is None) or len(self.classes_) > 2:
            return None
        rare = rarer_class(self.class_counts_)
        if not record.outcomes:
            return DEFAULT_THRESHOLD if costs is None else costs.threshold(rare)
        rows = np.concatenate([outcome.rows for outcome in record.outcomes])
        p = np.concatenate([outcome.probabilities for outcome in record.outcomes])[:, rare]
        if costs is not None:
            return cheapest_threshold(codes[rows] == rare, p, costs, rare)
        assert self.threshold is not None
        return thresholds(codes[rows] == rare, p, [self.threshold])[self.threshold]

    def predict_proba(self, X: object) -> NDArray[np.float64]:
        """Return probabilities at the natural class shares, shape (n_samples, n_classes), columns as ``classes_``."""
        check_is_fitted(self, "estimator_")
        return np.asarray(self.estimator_.predict_proba(self._read_new(X)))

    def predict(self, X: object) -> NDArray[Any]:
        """Return a label per row, shape (n_samples,): by ``threshold_``, or of least cost, or the most probable one."""
        probabilities = self.predict_proba(X)
        if self.threshold_ is None:
            # With equal costs of all errors, the cheapest class is the most probable one.
            expected = -probabilities if self.cost_matrix_ is None else probabilities @ self.cost_matrix_
            return self.classes_[expected.argmin(axis=1)]
        rare = rarer_class(self.class_counts_)
        return self.classes_[np.where(probabilities[:, rare] >= self.threshold_, rare, 1 - rare)]
