"""Distill what a mixture of models knows into one small model, on generated rows with its probabilities as labels."""

import warnings
from collections.abc import Sequence
from numbers import Integral, Real
from typing import Any, ClassVar, Self

import joblib
import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import clone
from sklearn.pipeline import make_pipeline
from sklearn.utils.validation import check_is_fitted

from imbgan._sklearn import HasMethods, Interval, fit_context
from imbgan.ensemble.agreement import agreement, compare_paired
from imbgan.ensemble.bagging import GANBaggingClassifier
from imbgan.ensemble.bags import extend, ready
from imbgan.ensemble.base import Rows, seed_of, seeded
from imbgan.ensemble.lesson import Lesson, fit_teacher, held_out_probabilities, make_folds
from imbgan.ensemble.prior import correct_prior
from imbgan.ensemble.samplers import LocalGaussianSampler, TableSampler
from imbgan.ensemble.scoring import score_probabilities
from imbgan.ensemble.soft_labels import at_natural_shares, pool_sizes, share_factors, weighted_copies
from imbgan.ensemble.text_columns import TextEncodingClassifier
from imbgan.ensemble.weights import fit_weighted, weight_parameter
from imbgan.exceptions import ImbganWarning, ParameterError
from imbgan.learners import TablePreprocessor
from imbgan.learners.estimators import readable_tree
from imbgan.oversampling.sharing import SharedGANOverSampler, Sharer, Sharing
from imbgan.random import Streams
from imbgan.rules import RuleSet, is_readable, judge_rules, leaf_probabilities, prune_pipeline, read_rules
from imbgan.tabular import concat, take


class DistilledClassifier(Sharer, TextEncodingClassifier):
    r"""Teach one small model what a mixture of different models knows.

    A mixture of learners ranks rare rows better than any of them, and nobody can read it. Here it is the *teacher*.
    Rows of all classes are generated, the teacher says how probable each class is there, and one *student* learns from
    these rows and from the real ones. By default the student is a tree of at most 32 leaves, which a person reads.
    On a table with a column of text, teaching harmed a linear student, which alone learns sparse words
    (``python -m benchmarks.text_columns``, docs/how-to/texts.md).

    Real rows are labelled by copies or members of the teacher that did not learn from them. A soft label :math:`q`
    becomes one weighted copy of the row per class. The weights of rare classes are raised by factors :math:`f_k`, and
    the student's probabilities :math:`p'` are those at the natural class shares again after
    :math:`p_k \propto p'_k / f_k`.

    Where classes follow sharp rules, one model is better than any mixture. If the student alone is better on held-out
    rows, it keeps its own fit, and a warning says so.

    Parameters
    ----------
    estimator : classifier with ``predict_proba`` or None, default=None
        The student: any classifier whose ``fit`` takes ``sample_weight``, or a pipeline that ends in one. It receives
        tables as they are, but for columns of text (``encoder``). None means a tree of at most ``max_leaf_nodes``
        leaves.
    teacher : classifier with ``predict_proba`` or None, default=None
        None means the mixture ``GANBaggingClassifier(n_estimators=0, untouched=True)``: the average of four kinds of
        learners on the table as it is. Bags beside them taught no better, in seven times the time
        (benchmarks/quality/RESULTS.md, ablation "distillation"). A teacher without out-of-bag predictions is fitted
        five more times.
    sampler : object with ``fit_resample`` and ``sampling_strategy`` or None, default=None
        The source of generated rows. None means local-Gaussian rows, which teach as well as those of a GAN and need no
        training. With ``real_rows=False`` it means a :class:`imbgan.GANOverSampler`, whose rows give away less of the
        real ones (:func:`imbgan.audit`).
    n_rows : int, default=10_000
        Number of generated rows: half at the class shares of the table, half the same for all classes. 0 teaches the
        student with the real rows alone.
    max_leaf_nodes : int, default=32
        Most leaves of the default student, 2 or more; a person reads 8 to 64.
    ratio : float, default=0.4
        Every class gets at least this share of the largest class's weight when the student learns. In [0, 1].
    real_rows : bool, default=True
        Whether the student also learns from the real rows. If not, it sees generated rows only, whose labels still come
        from a teacher that has seen the real ones. This costs a tree .02 to .05 in average precision.
    oob_score : bool, default=False
        Whether the student is judged on rows that it did not learn from, which takes five more fits of it. Teacher and
        generator have seen all rows, so these figures are too good; :func:`imbgan.compare` keeps test rows out of
        everything.
    encoder : encoder, mapping of column name to encoder, or None, default="auto"
        How columns of free text become vectors, as for :func:`imbgan.compare`; teacher and student get these. The rules
        of a tree then name numbers of vectors, such as ``note[3]``, which tell a person nothing. None leaves texts as
        they are, for a teacher and a student that encode them themselves.
    n_jobs : int or None, default=None
        Number of processes that fit members of the default teacher, as in scikit-learn. It changes no result.
    random_state : int, RandomState instance or None, default=None
        Seed of teacher, generator and folds, and of the student where its own is None.

    Attributes
    ----------
    estimator_ : classifier
        The fitted student.
    teacher_ : classifier
        The fitted teacher.
    is_taught_ : bool
        Whether the student learned from the teacher; False if its own fit was better.
    verdict_ : str
        One sentence that compares the teacher with the student alone on held-out rows.
    teacher_score_, own_score_ : float
        Average precision of the teacher, and of the student without it, on held-out rows: one class against the rest,
        as a mean over all classes but the largest. NaN where they could not be measured.
    oob_decision_function_ : ndarray of shape (n_samples, n_classes)
        With ``oob_score``: probabilities of the student for rows that it did not learn from.
    oob_score_ : float
        With ``oob_score``: their average precision.
    agreement_ : float
        With ``oob_score``: the share of the variance of the teacher's held-out log-odds that the student's follow
        (the squared correlation), as a mean over all classes but the largest. 1 is perfect.
    classes_ : ndarray of shape (n_classes,)
        Labels, sorted.
    class_counts_ : ndarray of shape (n_classes,), int
        Number of rows of each class in the table.
    natural_counts_ : ndarray of shape (n_classes,)
        The same, or the sum of the weights of each class: the class shares of probabilities.
    rules_ : RuleSet or None
        The leaves of a student that is a readable tree, as sentences in the columns' own units, with the real rows in
        each: ``print(model.rules_)``; see :class:`imbgan.rules.RuleSet` for HTML, SVG, Python, SQL and JSON. None for
        any other student.
    factors_ : ndarray of shape (n_classes,)
        The factors :math:`f_k`, divided by those that give the teacher's held-out probabilities the natural class
        shares on average, since an average of logarithms makes a rare class rarer than it is.
    text_columns_, vectorizer_
        As of :class:`GANBaggingClassifier`.
    n_features_in_ : int
        Number of columns of the table.
    feature_names_in_ : ndarray of shape (n_features,)
        Names of the columns, if all names are strings.

    See Also
    --------
    GANBaggingClassifier : The mixture itself, for those who need probabilities and no model to read.

    References
    ----------
    Bucila, Caruana and Niculescu-Mizil, "Model Compression", KDD 2006.

    Hinton, Vinyals and Dean, "Distilling the Knowledge in a Neural Network", 2015.

    Breiman and Shang, "Born Again Trees", 1996. Departure: rows are generated class by class, labels of real rows come
    from models that did not learn from them, and the rare classes are raised.

    Examples
    --------
    >>> from sklearn.datasets import make_classification
    >>> from sklearn.ensemble import RandomForestClassifier
    >>> X, y = make_classification(n_samples=500, weights=[0.9], random_state=0)
    >>> teacher = RandomForestClassifier(50)
    >>> model = DistilledClassifier(teacher=teacher, n_rows=2000, max_leaf_nodes=8, random_state=0).fit(X, y)
    >>> print(model.rules_.as_text(most=1).splitlines()[0])
    8 rules; the highest probability that the class is 1 comes first.
    """

    _fit_only: ClassVar[tuple[str, ...]] = ("teacher", "teacher_", "sampler", "oob_decision_function_", "_sharing")
    _parameter_constraints = {  # noqa: RUF012 - scikit-learn reads it from the class
        "estimator": [HasMethods(["fit", "predict_proba"]), None],
        "teacher": [HasMethods(["fit", "predict_proba"]), None],
        "sampler": [HasMethods("fit_resample"), None],
        "n_rows": [Interval(Integral, 0, None, closed="left")],
        "max_leaf_nodes": [Interval(Integral, 2, None, closed="left")],
        "ratio": [Interval(Real, 0, 1, closed="both")],
        "real_rows": ["boolean"],
        "oob_score": ["boolean"],
        "encoder": "no_validation",  # see `learners.texts.text_columns`
        "n_jobs": [Integral, None],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        estimator: Any = None,  # noqa: ANN401 - any classifier
        teacher: Any = None,  # noqa: ANN401 - any classifier
        sampler: Any = None,  # noqa: ANN401 - any sampler
        n_rows: int = 10_000,
        *,
        max_leaf_nodes: int = 32,
        ratio: float = 0.4,
        real_rows: bool = True,
        oob_score: bool = False,
        encoder: Any = "auto",  # noqa: ANN401 - see text_columns
        n_jobs: int | None = None,
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.estimator = estimator
        self.teacher = teacher
        self.sampler = sampler
        self.n_rows = n_rows
        self.max_leaf_nodes = max_leaf_nodes
        self.ratio = ratio
        self.real_rows = real_rows
        self.oob_score = oob_score
        self.encoder = encoder
        self.n_jobs = n_jobs
        self.random_state = random_state

    @fit_context(prefer_skip_nested_validation=False)
    def fit(self, X: object, y: ArrayLike, sample_weight: ArrayLike | None = None) -> Self:
        """Fit the teacher, generate rows, let it label them, and fit the student.

        Parameters
        ----------
        X : table of shape (n_samples, n_features)
            A table in any container that sampler, teacher and student accept.
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
        ParameterError
            If the student takes no weights, if the sampler has no ``sampling_strategy`` or does not return the original
            rows first, or if ``real_rows`` is False and no rows are generated.
        """
        if not self.real_rows and not self.n_rows:
            raise ParameterError("A student without real rows needs generated ones: 'n_rows' must be above 0. Got 0.")
        rows = self._read_rows(X, y, sample_weight)
        seed = seed_of(Streams.from_random_state(self.random_state), "distillation")
        student = self._prepared([self._student(seed)], rows)[0]
        if weight_parameter(student) is None:
            raise ParameterError(
                "The student learns from weighted rows, so the fit of 'estimator' must take sample_weight. Got "
                f"{student!r}; use another classifier."
            )
        lesson = self._lesson(rows, seed)
        self.teacher_ = lesson.teacher
        self._compare_with_own_fit(student, rows, lesson, seed)
        if self.is_taught_:
            self.estimator_, raised = self._teach(student, rows, lesson)
            soft = lesson.of_real_rows(rows.codes)
            self.factors_ = raised / share_factors(soft, self.natural_counts_, rows.weights)
            if self.oob_score:
                self._judge_held_out(student, rows, lesson, seed)
        else:
            self.estimator_, self.factors_ = clone(student), np.ones(len(self.classes_))
            fit_weighted(self.estimator_, rows.table, rows.labels, rows.weights)
            if self.oob_score:
                self._keep_scores(rows, lesson, held_out_probabilities(student, rows, self.classes_, seed, self.n_jobs))
        self.rules_: RuleSet | None = self._read_rules(rows, getattr(y, "name", None))
        return self

    def judged_rules(self, X: object, y: ArrayLike) -> RuleSet:
        """Return the rules with the share of the rare class, and its interval, among rows that nobody learned from.

        Parameters
        ----------
        X : table of shape (n_samples, n_features)
            Rows that were not in ``fit``. The real rows that a rule was learned from overstate how often it is right.
        y : array-like of shape (n_samples,)
            Their labels.

        Raises
        ------
        ParameterError
            If the student is no readable tree.
        """
        check_is_fitted(self, "estimator_")
        if self.rules_ is None:
            raise ParameterError(
                f"Only a tree has rules. The student is {self.estimator_!r}; use estimator=None, or a pipeline of "
                "TablePreprocessor(numbers='raw') and a DecisionTreeClassifier."
            )
        student: Any = self.estimator_
        return judge_rules(self.rules_, student, self._read_new(X), y)

    def _read_rules(self, rows: Rows, target: object) -> RuleSet | None:
        if not is_readable(self.estimator_):
            return None
        # A class that was neither generated nor seen by the student has a probability of 0.
        known = np.searchsorted(self.classes_, self.estimator_.classes_)
        p = np.zeros((len(leaf_probabilities(self.estimator_)), len(self.classes_)))
        p[:, known] = correct_prior(leaf_probabilities(self.estimator_), self.factors_[known], np.ones(len(known)))
        name = target if isinstance(target, str) else None
        return read_rules(self.estimator_, rows.table, rows.labels, probabilities=p, classes=self.classes_, target=name)

    def _parts(self) -> Sequence[Any]:
        return [self.estimator, self.teacher]

    def _student(self, seed: int) -> Any:  # noqa: ANN401 - any classifier
        if self.estimator is not None:
            return seeded(self.estimator, seed)
        return make_pipeline(TablePreprocessor(numbers="raw"), readable_tree(seed, self.max_leaf_nodes))

    def _lesson(self, rows: Rows, seed: int) -> Lesson:
        """Return teacher, pool and soft labels; a sharing keeps those of the same table and settings."""
        sharing = self._sharing or Sharing()
        sampler = self._make_sampler(seed, sharing)
        teacher = self.teacher
        if teacher is None:
            teacher = GANBaggingClassifier(n_estimators=0, untouched=True, encoder=None, n_jobs=self.n_jobs)
        teacher = seeded(self._prepared([teacher], rows)[0], seed)
        learned = (rows.table, rows.labels, rows.weights, seed, teacher)
        asked = (*learned, self.n_rows, sampler)

        def prepare() -> Lesson:
            fitted, held_out = sharing.once(
                f"teacher {joblib.hash(learned)}", lambda: fit_teacher(teacher, rows, self.classes_, seed)
            )
            pool = self._generate(rows, sampler)
            labels = np.empty((0, len(self.classes_)))
            if pool is not None:
                labels = np.asarray(fitted.predict_proba(pool), np.float64)
            return Lesson(fitted, held_out, pool, labels)

        return sharing.once(f"lesson {joblib.hash(asked)}", prepare)

    def _make_sampler(self, seed: int, sharing: Sharing) -> Any:  # noqa: ANN401 - any sampler
        if self.sampler is not None:
            return self._prepared_sampler(ready(self.sampler, seed))
        if self.real_rows:
            return TableSampler(LocalGaussianSampler(random_state=seed), sampling_strategy="auto", random_state=seed)
        # Generated rows stay inside; fresh identifiers would tell the student which rows were generated.
        return SharedGANOverSampler(random_state=seed, identifiers="keep").within(sharing)

    def _generate(self, rows: Rows, sampler: Any) -> object:  # noqa: ANN401 - any sampler
        """Return generated rows of all classes, or None."""
        sizes = pool_sizes(self.class_counts_, self.n_rows)
        if not sizes.any():
            return None
        targets = self.class_counts_ + sizes
        wanted = {label: int(targets[code]) for code, label in enumerate(self.classes_.tolist()) if sizes[code]}
        generator: Any = clone(sampler)
        extended = extend(generator.set_params(sampling_strategy=wanted), rows, self.classes_, 1)
        return take(extended.table, np.sort(extended.parts[0]))

    def _teach(
        self,
        student: Any,  # noqa: ANN401 - any classifier
        rows: Rows,
        lesson: Lesson,
        kept: NDArray[np.intp] | None = None,
    ) -> tuple[Any, NDArray[np.float64]]:
        """Return a student that was fitted on the pool and the ``kept`` real rows (all by default), and the factors."""
        kept = np.arange(len(rows.labels)) if kept is None else kept
        soft = lesson.of_real_rows(rows.codes)[kept]
        table: object = take(rows.table, kept)
        weights = None if rows.weights is None else rows.weights[kept] / rows.weights.mean()
        if not self.real_rows:
            table, soft, weights = lesson.pool, lesson.labels, None
        elif lesson.pool is not None:
            table, soft = concat(table, lesson.pool), np.concatenate([soft, lesson.labels])
            weights = None if weights is None else np.concatenate([weights, np.ones(len(lesson.labels))])
        copies = weighted_copies(soft, self.ratio, weights)
        fitted: Any = clone(student)
        fit_weighted(fitted, take(table, copies.rows), self.classes_[copies.codes], copies.weights)
        if self.real_rows and is_readable(fitted):
            prune_pipeline(fitted, take(rows.table, kept))
        return fitted, copies.factors

    def _compare_with_own_fit(self, student: Any, rows: Rows, lesson: Lesson, seed: int) -> None:  # noqa: ANN401
        """Judge the teacher and the student alone, fold by fold; the student's own fit must be ahead beyond doubt."""
        asked = (rows.table, rows.labels, rows.weights, seed, student)
        own = (self._sharing or Sharing()).once(
            f"student alone {joblib.hash(asked)}",
            lambda: held_out_probabilities(student, rows, self.classes_, seed, self.n_jobs),
        )
        taught = lesson.of_real_rows(rows.codes)
        scores = [
            [self._score(rows.codes[test], p[test]) for p in (taught, own)] for _, test in make_folds(rows.codes, seed)
        ]
        self.teacher_score_, self.own_score_, is_ahead = compare_paired(scores)
        self.is_taught_ = not is_ahead
        figures = f"average precision {self.own_score_:.3f} alone, {self.teacher_score_:.3f} of the teacher"
        if self.is_taught_:
            self.verdict_ = f"The student was taught ({figures}, on held-out rows)."
            return
        self.verdict_ = f"The student keeps its own fit, which is better than its teacher on held-out rows ({figures})."
        warnings.warn(self.verdict_, ImbganWarning, stacklevel=4)

    def _score(self, codes: NDArray[np.intp], probabilities: NDArray[np.float64]) -> float:
        return score_probabilities("average_precision", codes, np.nan_to_num(probabilities), self.class_counts_)

    def _judge_held_out(self, student: Any, rows: Rows, lesson: Lesson, seed: int) -> None:  # noqa: ANN401
        """Teach the student without the real rows of each fold, and let it judge them."""
        found = np.full((len(rows.codes), len(self.classes_)), np.nan)
        for train, test in make_folds(rows.codes, seed):
            fitted, factors = self._teach(student, rows, lesson, train)
            weights = None if rows.weights is None else rows.weights[train]
            shares = share_factors(lesson.of_real_rows(rows.codes)[train], self.natural_counts_, weights)
            found[test] = at_natural_shares(fitted, factors / shares, take(rows.table, test), self.classes_)
        self._keep_scores(rows, lesson, found)

    def _keep_scores(self, rows: Rows, lesson: Lesson, found: NDArray[np.float64]) -> None:
        self.oob_decision_function_ = found
        self.oob_score_ = self._score(rows.codes, found)
        self.agreement_ = agreement(found, lesson.held_out, int(self.class_counts_.argmax()))

    def predict_proba(self, X: object) -> NDArray[np.float64]:
        """Return probabilities at the natural class shares, shape (n_samples, n_classes), columns as ``classes_``."""
        check_is_fitted(self, "estimator_")
        table = self._read_new(X)
        return at_natural_shares(self.estimator_, self.factors_, table, self.classes_)
