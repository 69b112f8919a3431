"""``compare`` answers whether any strategy is worth it on one table."""

import time
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import replace
from numbers import Integral
from pathlib import Path
from typing import Any, NamedTuple, cast

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import clone

from imbgan.comparison.alerts import Alerts
from imbgan.comparison.budget import read_budget, replayed
from imbgan.comparison.crossval import check_tunable
from imbgan.comparison.folds import Fold, find_blocks, make_folds
from imbgan.comparison.identity import identity_of, settings_of
from imbgan.comparison.journal import Journal
from imbgan.comparison.metrics import check_metrics
from imbgan.comparison.plan import Data, Plan
from imbgan.comparison.results import Comparison
from imbgan.comparison.running import Job, run_job
from imbgan.comparison.same_model import same_as_control
from imbgan.comparison.summary import summarize, task_of
from imbgan.comparison.words import fit_word_model
from imbgan.engines import resolve_engine
from imbgan.exceptions import DataError, ImbganError, ParameterError
from imbgan.learners.estimators import resolve_estimators
from imbgan.learners.preparation import mixed_kinds, prepared
from imbgan.learners.text_estimators import with_texts
from imbgan.learners.texts import (
    encoder_titles,
    holds_texts,
    text_columns,
    texts_as_table,
    warn_of_texts,
)
from imbgan.random import Streams
from imbgan.strategies import DEFAULT_STRATEGIES, STRATEGIES, Strategy, resolve_strategies
from imbgan.strategies.costs import Costs
from imbgan.strategies.texts import DEFAULT_TEXT_STRATEGIES, on_vectors, text_strategies
from imbgan.tabular import plain, read_table, take
from imbgan.tabular.identifiers.evidence import warn_of_identifiers
from imbgan.tabular.labels import Labels, rarer_class, read_labels
from imbgan.tabular.leaks import warn_of_leaks
from imbgan.tabular.schema import Table


def compare(
    X: object,
    y: ArrayLike,
    *,
    estimator: Any = None,  # noqa: ANN401 - classifiers of any library
    strategies: Any = "default",  # noqa: ANN401 - see resolve_strategies
    metrics: Sequence[str] | None = None,
    cv: Any = None,  # noqa: ANN401 - see make_folds
    groups: ArrayLike | None = None,
    tune_threshold: bool = True,
    costs: Any = None,  # noqa: ANN401 - see Costs.read
    alerts: int | tuple[int, int] | None = None,
    control: str = "none",
    budget: Any = None,  # noqa: ANN401 - see read_budget
    n_jobs: int | None = None,
    engine: Any = "local",  # noqa: ANN401 - see resolve_engine
    random_state: int | np.random.RandomState | None = None,
    path: str | Path | None = None,
    encoder: Any = "auto",  # noqa: ANN401 - see text_columns
    verbose: bool = False,
) -> Comparison:
    """Compare strategies for a rare class on one table, without leaks.

    Every strategy is fitted on the same training parts and judged on the same test parts. Test parts keep the natural
    class shares, and no encoder, generator, imputation, resampling or threshold has seen them. Rows with the same
    features, and the rows of one group, stay on the same side of every split.

    Parameters
    ----------
    X : DataFrame, array-like or sparse matrix of shape (n_samples, n_features); or texts of shape (n_samples,)
        The table, with numbers, categories, dates, missing values and free text; or a list or series of texts.
    y : array-like of shape (n_samples,)
        Class labels.
    estimator : classifier, name, mapping of names to classifiers, or sequence of names; default=None
        Any scikit-learn classifier or pipeline with ``predict_proba``, or a name of
        :data:`imbgan.comparison.ESTIMATORS`. The default is a logistic regression and a histogram gradient boosting;
        where all columns are texts, the logistic regression.
        A pipeline receives the table as it is. Any other classifier that cannot be fitted to the table is combined
        with a preparation that imputes, standardizes and one-hot encodes.
    strategies : "default", "all", or sequence or mapping; default="default"
        Names of :data:`imbgan.comparison.STRATEGIES`, your own :class:`imbgan.comparison.Strategy` objects, or
        ``{name: function}``, where the function takes a classifier and a seed and returns a classifier. Where there
        are texts, also :func:`imbgan.strategies.texts.text_strategies`.
    metrics : sequence of str, default=None
        Names of metrics; the first one decides. The default is average precision, log-loss, Brier score and ROC AUC,
        and, at a tuned threshold, MCC, G-mean, F1, balanced accuracy and recall at 5 % false positives. With more than
        two classes, each metric is the mean over the classes, each one against the rest.
    cv : int, (int, int), splitter or iterable of (train, test), default=None
        A number of folds; numbers of folds and repeats; or your own folds. The default is 5 stratified folds, repeated
        twice.
    groups : array-like of shape (n_samples,), default=None
        Rows of one group (a patient, a customer) stay on one side of every split.
    tune_threshold : bool, default=True
        Whether a threshold is tuned per metric, in the same way for every strategy: on the predictions of the other
        folds of the same repeat. In your own folds these are the ones whose test rows are all training rows of the
        fold; where there are none, a third of the training part is held out for a second fit. False judges the most
        probable class.
    costs : mapping or array-like of shape (n_classes, n_classes), default=None
        What wrong decisions cost, in any unit: ``{"missed": 500, "false_alarm": 10}`` for two classes, where an alarm
        is a prediction of the rarer class; or, for any number of classes,
        ``{true label: {predicted label: cost}}`` or a matrix of true (rows) and predicted classes (columns) in sorted
        order. Decisions are then made at least expected cost, and the metric ``"cost"``, the cost per 1,000 rows,
        decides unless ``metrics`` names another one first.
    alerts : int or (int, int), default=None
        How many rows can be looked at, such as 100 of this table, or ``(100, 5000)``: 100 of 5,000 rows. The metrics
        ``"recall_at_alerts"`` and ``"precision_at_alerts"`` judge the rows with the greatest probabilities; with a test
        part of other size, the number is scaled. Without ``costs`` and ``metrics``, the recall decides, or the
        precision if there are fewer alerts than rows of the rarest class.
    control : str, default="none"
        The strategy that the others are compared with; it is added if it is not one of them.
    budget : float, str, timedelta or None, default=None
        Time in seconds, or as text such as ``"2min"``. Folds are dealt to the strategies in turn, the cheapest first,
        until it is spent or until the verdict is settled: until all remaining folds would leave it as it is with a
        probability of at least 95 %. Each strategy is compared with the control on the folds that both have. Ctrl-C
        then ends the comparison with the verdict so far, if each strategy has two folds. A budgeted comparison keeps
        the folds that it ran in ``settings["budget"]``; this record as ``budget`` runs the same ones again, with the
        same scores. None runs all folds.
    n_jobs : int, default=None
        Number of processes; with the engine "local" those of joblib, of whatever backend, and one if None. With "ray"
        None means as many as the cluster can hold. In each process, classifiers use one thread.
    engine : "local", "ray" or Engine, default="local"
        Where folds run; :class:`imbgan.engines.RayEngine` takes the address of a cluster. It changes no score, and a
        comparison that was interrupted on one engine resumes on another.
    random_state : int, RandomState instance or None, default=None
        The same integer gives the same scores on one machine.
    path : path-like, default=None
        A results file (JSON lines). An interrupted comparison, or one whose budget was spent, resumes from it with the
        same table and settings.
    encoder : encoder, mapping of column name to encoder, or None, default="auto"
        How columns of free text become vectors, inside of each training part; see :func:`imbgan.text.resolve_encoder`.
        By default those that hold free text are encoded: by a sentence encoder that is installed, otherwise by TF-IDF:
        sparse, of words and characters, for linear classifiers, and as singular vectors of words for others and for
        whatever generates rows. A mapping
        names the columns of text; None treats texts as categories.
    verbose : bool, default=False
        Whether scores so far and the remaining time are shown on standard error: as a table in terminals and
        notebooks, and as one line every ten seconds elsewhere.

    Returns
    -------
    Comparison
        Scores, statistics, curves and a verdict. A notebook displays it as a table.

    Raises
    ------
    DataError
        Too few rows of a class, missing labels, X and y of different lengths; an estimator that cannot be fitted.
    ParameterError
        Unknown names or engines; a budget of nothing; costs that are negative or leave nothing to decide; more alerts
        than rows; folds that part a group; a results file of another comparison.

    Notes
    -----
    A resampled or weighted classifier overstates the rare classes; its probabilities are corrected to the natural class
    shares before they are judged (see :class:`imbgan.ensemble.PriorCorrectedClassifier`). Differences come with the
    corrected resampled interval [1]_ and with posterior probabilities around a region of practical equivalence of 0.01
    [2]_; p-values are adjusted for the number of strategies (Holm).

    References
    ----------
    .. [1] Nadeau and Bengio, "Inference for the Generalization Error", Machine Learning 52, 2003.
    .. [2] Benavoli, Corani, Demsar and Zaffalon, "Time for a Change: a Tutorial for Comparing Multiple Classifiers
       Through Bayesian Analysis", JMLR 18, 2017.

    Examples
    --------
    >>> from sklearn.datasets import make_classification
    >>> from sklearn.linear_model import LogisticRegression
    >>> X, y = make_classification(n_samples=400, weights=[0.9], random_state=0)
    >>> found = compare(X, y, estimator=LogisticRegression(), strategies=["smote"], cv=4, random_state=0)
    >>> found.verdict.strategy
    'none'
    """
    began = time.perf_counter()
    read = _read(X, y, encoder)
    classes, codes, table = read.labels.classes, read.labels.codes, read.table
    counts = np.bincount(codes)
    priced = None if costs is None else Costs.read(costs, classes.tolist(), counts.tolist())
    chosen = _resolved(strategies, control, read.encoders, priced)
    looked_at = None if alerts is None else Alerts.read(alerts, table.n_rows)
    of_alerts = () if looked_at is None else looked_at.metrics(float(counts.min() / counts.sum()))
    wanted = check_metrics(metrics, (*(("cost",) if priced is not None else ()), *of_alerts))
    only = replayed(budget)
    seconds = None if only is not None else read_budget(budget)
    _check_jobs(n_jobs)
    chosen_engine = resolve_engine(engine)
    journal = None if path is None else Journal(path)
    head, known = (None, []) if journal is None else journal.read()
    seed = _seed(random_state, head)
    estimators = _estimators(estimator, read, seed)
    same = same_as_control(chosen, control, estimators, seed) if read.encoders else ()
    chosen = {name: strategy for name, strategy in chosen.items() if name not in same}
    blocks = find_blocks(table, groups)
    folds = make_folds(codes, blocks, cv, Streams(seed))
    judged = (rarer_class(counts),) if len(classes) == 2 else tuple(range(len(classes)))
    data = Data(read.held, codes, classes, blocks.ids, blocks.has_groups, judged)
    plan = Plan(estimators, wanted, tune_threshold, seed, priced, looked_at, mixed_kinds(table))
    settings = settings_of(plan, folds, chosen, control, cv) | _text_settings(read, same)
    identity = identity_of(data, table, folds, settings)
    if journal is not None and head is not None:
        journal.check(head, identity)
    if tune_threshold:
        check_tunable(data, folds)
    _check_estimators(data, plan, folds[0], chosen[control])
    if journal is not None and head is None:
        journal.begin(identity)
    job = Job(data, plan, folds, chosen, control, len(table.columns))
    with chosen_engine as entered:
        found = run_job(
            job,
            known=known,
            journal=journal,
            engine=entered,
            n_jobs=n_jobs,
            began=began,
            budget=seconds,
            only=only,
            verbose=verbose,
        )
    if budget is not None:
        settings["budget"] = {"seconds": seconds, "ended": found.ended, "folds": found.folds}
    settings["seconds"] = round(time.perf_counter() - began, 1)
    task = task_of(data, table, str(getattr(y, "name", None) or ""), blocks.n_duplicates)
    compared = summarize(data, plan, task, found.rows, settings, found.assessment)
    if not read.encoders:
        return compared
    return replace(compared, words=fit_word_model(data, list(read.encoders), seed, names=not read.is_text))


class _Read(NamedTuple):
    """The table as the caller's container and as it was read, its labels, and the encoder of each column of text."""

    held: object
    table: Table
    labels: Labels
    encoders: Mapping[Any, Any]
    is_text: bool

    @property
    def is_all_text(self) -> bool:
        """Whether there are no other columns than texts."""
        return len(self.encoders) == len(self.table.columns)


def _read(X: object, y: object, encoder: object) -> _Read:
    """Read a table, or texts, with labels; warn about what the caller of :func:`compare` should know."""
    is_text = holds_texts(X)
    held = texts_as_table(X) if is_text else plain(X)
    labels = read_labels(y)
    table = read_table(held, {0: "text"} if is_text else None)
    labels.check_rows(table.n_rows)
    labels.check_two_classes()
    warn_of_leaks(table, labels, y, stacklevel=3)
    encoders = text_columns(table, encoder)
    warn_of_texts(table, encoders, stacklevel=3)
    table = read_table(table, dict.fromkeys(cast("dict[str, Any]", encoders), "text"))
    warn_of_identifiers(table, stacklevel=3)
    return _Read(held, table, labels, encoders, is_text)


def _estimators(estimator: object, read: _Read, seed: int) -> dict[str, Any]:
    """Return the classifiers by name, each with the preparation that it needs for the table."""
    # Vectors of texts are for linear classifiers; trees take their numbers one by one.
    given = "logistic_regression" if estimator is None and read.is_all_text else estimator
    found = resolve_estimators(given, seed)
    return {name: with_texts(prepared(each, read.table), read.encoders) for name, each in found.items()}


def _resolved(
    strategies: object, control: str, encoders: Mapping[Any, Any], costs: Costs | None
) -> dict[str, Strategy]:
    """Return the strategies by name, with the control; where there are texts, those that need vectors get them."""
    known = {**STRATEGIES, **text_strategies(encoders)} if encoders else STRATEGIES
    chosen = resolve_strategies(strategies, known, DEFAULT_TEXT_STRATEGIES if encoders else DEFAULT_STRATEGIES)
    if control not in chosen:
        chosen = {**resolve_strategies([control], known), **chosen}
    chosen = {name: strategy.at(costs) for name, strategy in chosen.items()}
    return {name: on_vectors(strategy, encoders) for name, strategy in chosen.items()} if encoders else chosen


def _text_settings(read: _Read, same: Sequence[str]) -> dict[str, Any]:
    """Return what encodes the texts, in words, and the names with which `imbgan train --from` takes it again.

    Strategies that this makes the model of the control are named beside it.
    """
    if not read.encoders:
        return {}
    named = {str(name): each if isinstance(each, str) else None for name, each in read.encoders.items()}
    titles = encoder_titles(read.table, read.encoders)
    return {"texts": titles, "encoders": named, "same_as_control": list(same)}


def _seed(random_state: int | np.random.RandomState | None, head: Mapping[str, Any] | None) -> int:
    if random_state is None and head is not None:
        return int(head["seed"])
    return Streams.from_random_state(random_state).seed


def _check_estimators(data: Data, plan: Plan, fold: Fold, control: Strategy) -> None:
    """Fit the control once, so that an estimator that cannot be fitted to the table raises its error at once."""
    X, y = take(data.X, fold.train), data.classes[data.codes[fold.train]]
    for name, estimator in plan.estimators.items():
        try:
            with warnings.catch_warnings():
                # The folds raise the same warnings.
                warnings.simplefilter("ignore")
                control.build(clone(estimator), plan.seed).fit(X, y).predict_proba(take(data.X, fold.test[:5]))
        except ImbganError:
            raise  # it says itself what to do, such as one about an encoder of texts
        except Exception as error:
            raise DataError(
                f"The estimator {name!r} cannot be fitted on this table: {type(error).__name__}: "
                f"{' '.join(str(error).split())[:500]}. Put the preparation that it needs before it in a pipeline."
            ) from error


def _check_jobs(n_jobs: object) -> None:
    is_whole = not isinstance(n_jobs, bool) and isinstance(n_jobs, Integral)
    if n_jobs is not None and (not is_whole or n_jobs == 0):
        raise ParameterError(
            f"'n_jobs' must be None or an int other than 0; -1 means one process per core. Got {n_jobs!r}."
        )
