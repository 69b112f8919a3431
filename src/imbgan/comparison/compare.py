"""``compare`` answers whether any strategy is worth it on one table."""

import importlib.metadata
import platform
import time
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from numbers import Integral
from pathlib import Path
from typing import Any, cast

import joblib
import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import clone

from imbgan._signals import shielded
from imbgan.comparison.alerts import Alerts
from imbgan.comparison.crossval import Data, Plan, check_tunable, run_fold
from imbgan.comparison.curves import average_curves
from imbgan.comparison.estimators import resolve_estimators
from imbgan.comparison.folds import Fold, find_blocks, is_counted, make_folds
from imbgan.comparison.journal import Journal, table_hash
from imbgan.comparison.metrics import check_metrics
from imbgan.comparison.preparation import mixed_kinds, prepared
from imbgan.comparison.progress import track
from imbgan.comparison.results import Comparison, FoldResult, StrategyRun, Task
from imbgan.comparison.statistics import compute_scores, mean_seconds
from imbgan.comparison.verdict import decide
from imbgan.exceptions import DataError, ImbganWarning, ParameterError
from imbgan.oversampling import GANOverSampler
from imbgan.quality import Assessment
from imbgan.random import Streams
from imbgan.strategies import DEFAULT_STRATEGIES, STRATEGIES, Strategy, resolve_strategies
from imbgan.strategies.costs import Costs
from imbgan.tabular import plain, read_table, take
from imbgan.tabular.labels import label_text, read_labels
from imbgan.tabular.leaks import warn_of_leaks
from imbgan.tabular.schema import Table

ROPE = 0.01
PACKAGES = ("imbgan", "numpy", "scipy", "scikit-learn", "imbalanced-learn", "jax")


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
    n_jobs: int | None = None,
    random_state: int | np.random.RandomState | None = None,
    path: str | Path | None = None,
    verbose: bool = False,
) -> Comparison:
    """Compare strategies for a rare class on one table, without leaks.

    Every strategy is fitted on the same training parts and judged on the same test parts. Test parts keep the natural
    class shares, and no encoder, generator, imputation, resampling or threshold has seen them. Rows with the same
    features, and the rows of one group, stay on the same side of every split.

    Parameters
    ----------
    X : DataFrame, array-like or sparse matrix of shape (n_samples, n_features)
        The table, with numbers, categories, dates and missing values.
    y : array-like of shape (n_samples,)
        Class labels.
    estimator : classifier, name, mapping of names to classifiers, or sequence of names; default=None
        Any scikit-learn classifier or pipeline with ``predict_proba``, or a name of
        :data:`imbgan.comparison.ESTIMATORS`. The default is a logistic regression and a histogram gradient boosting.
        A pipeline receives the table as it is. Any other classifier that cannot be fitted to the table is combined
        with a preparation that imputes, standardizes and one-hot encodes.
    strategies : "default", "all", or sequence or mapping; default="default"
        Names of :data:`imbgan.comparison.STRATEGIES`, your own :class:`imbgan.comparison.Strategy` objects, or
        ``{name: function}``, where the function takes a classifier and a seed and returns a classifier.
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
        Whether the training part is cross-fitted in 3 folds to find a threshold per metric, in the same way for every
        strategy. False is four times as fast and judges the most probable class.
    costs : mapping or array-like of shape (n_classes, n_classes), default=None
        What wrong decisions cost, in any unit: ``{"missed": 500, "false_alarm": 10}`` for two classes, where an alarm
        is a prediction of the rarer class; or, for any number of classes,
        ``{true label: {predicted label: cost}}`` or a matrix of true (rows) and predicted classes (columns) in sorted
        order. Decisions are then made at least expected cost, and the metric ``"cost"``, the cost per 1,000 rows,
        decides unless ``metrics`` names another one first.
    alerts : int or (int, int), default=None
        How many rows can be looked at, such as 100 of this table, or ``(100, 5000)``: 100 of 5,000 rows. The metrics
        ``"recall_at_alerts"`` and ``"precision_at_alerts"`` judge the rows with the greatest probabilities; with a test
        part of other size, the number is scaled. Without ``costs`` and ``metrics``, the recall decides.
    control : str, default="none"
        The strategy that the others are compared with; it is added if it is not one of them.
    n_jobs : int, default=None
        Number of joblib processes; the Dask and Ray backends work as well. In each process, classifiers use one
        thread.
    random_state : int, RandomState instance or None, default=None
        The same integer gives the same scores on one machine.
    path : path-like, default=None
        A results file (JSON lines). An interrupted comparison with the same table and settings resumes from it.
    verbose : bool, default=False
        Whether progress and the remaining time are shown.

    Returns
    -------
    Comparison
        Scores, statistics, curves and a verdict. A notebook displays it as a table.

    Raises
    ------
    DataError
        Too few rows of a class, missing labels, X and y of different lengths; an estimator that cannot be fitted.
    ParameterError
        Unknown names; costs that are negative or leave nothing to decide; more alerts than rows; folds that part a
        group; a results file of another comparison.

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
    held = plain(X)
    labels = read_labels(y)
    table = read_table(held)
    labels.check_rows(table.n_rows)
    labels.check_two_classes()
    warn_of_leaks(table, labels, y, stacklevel=2)
    classes, codes = labels.classes, labels.codes
    chosen = resolve_strategies(strategies, STRATEGIES, DEFAULT_STRATEGIES)
    if control not in chosen:
        chosen = {**resolve_strategies([control], STRATEGIES), **chosen}
    counts = np.bincount(codes)
    priced = None if costs is None else Costs.read(costs, classes.tolist(), counts.tolist())
    budget = None if alerts is None else Alerts.read(alerts, table.n_rows)
    given = [name for name, value in (("costs", priced), ("alerts", budget)) if value is not None]
    wanted = check_metrics(metrics, given)
    _check_jobs(n_jobs)
    journal = None if path is None else Journal(path)
    head, known = (None, []) if journal is None else journal.read()
    seed = _seed(random_state, head)
    estimators = {name: prepared(e, table) for name, e in resolve_estimators(estimator, seed).items()}
    blocks = find_blocks(table, groups)
    folds = make_folds(codes, blocks, cv, Streams(seed))
    judged = (int(np.argmin(counts)),) if len(classes) == 2 else tuple(range(len(classes)))
    data = Data(held, codes, classes, blocks.ids, blocks.has_groups, judged)
    plan = Plan(estimators, wanted, tune_threshold, seed, priced, budget)
    settings = _settings(plan, folds, chosen, control, cv)
    identity = _identity(data, table, folds, settings)
    if journal is not None and head is not None:
        journal.check(head, identity)
    if tune_threshold:
        check_tunable(data, folds)
    _check_estimators(data, plan, folds[0], chosen[control])
    if journal is not None and head is None:
        journal.begin(identity)
    rows = _run(data, plan, folds, tuple(chosen.values()), known, journal, n_jobs, verbose=verbose)
    order = {name: i for i, name in enumerate(chosen)}
    rows = sorted(
        (row for row in rows if row.strategy in order and row.estimator in estimators),
        key=lambda row: (row.fold, order[row.strategy], list(estimators).index(row.estimator)),
    )
    sampler = _gan_sampler(plan, chosen, [row for row in rows if row.fold == folds[0].index])
    assessment = None if sampler is None else _assess(data, folds[0], sampler, mixed_kinds(table))
    settings["seconds"] = round(time.perf_counter() - began, 1)
    task = _task(data, table, str(getattr(y, "name", None) or ""), blocks.n_duplicates)
    return _summarize(data, plan, task, rows, settings, assessment)


def _seed(random_state: int | np.random.RandomState | None, head: Mapping[str, Any] | None) -> int:
    if random_state is None and head is not None:
        return int(head["seed"])
    return Streams.from_random_state(random_state).seed


def _settings(
    plan: Plan, folds: Sequence[Fold], strategies: Mapping[str, Strategy], control: str, cv: object
) -> dict[str, Any]:
    n_repeats = 1 + max(fold.repeat for fold in folds)
    return {
        "seed": plan.seed,
        "cv": {
            "n_splits": len(folds) // n_repeats,
            "n_repeats": n_repeats,
            "source": "stratified" if is_counted(cv) else repr(cv)[:200],
        },
        "metrics": list(plan.metrics),
        "control": control,
        "rope": ROPE,
        "tune_threshold": plan.tune_threshold,
        "costs": None if plan.costs is None else plan.costs.to_plain(),
        "alerts": None if plan.alerts is None else plan.alerts.to_plain(),
        "strategies": {name: strategy.summary for name, strategy in strategies.items()},
        "titles": {name: strategy.title for name, strategy in strategies.items()},
        "estimators": {name: " ".join(repr(e).split()) for name, e in plan.estimators.items()},
        "versions": {"python": platform.python_version(), **{p: importlib.metadata.version(p) for p in PACKAGES}},
    }


def _identity(data: Data, table: Table, folds: Sequence[Fold], settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values that identify a comparison. Strategies are not among them: more can be added later."""
    same = ("seed", "metrics", "tune_threshold", "costs", "alerts", "estimators")
    return {
        "data": joblib.hash((data.blocks, data.codes, data.classes.tolist(), table_hash(table))),
        "folds": joblib.hash([(fold.train, fold.test) for fold in folds]),
        **{name: settings[name] for name in same},
    }


def _check_estimators(data: Data, plan: Plan, fold: Fold, control: Strategy) -> None:
    """Fit the control once, so that an estimator that cannot be fitted to the table raises its error at once."""
    X, y = take(data.X, fold.train), data.classes[data.codes[fold.train]]
    for name, estimator in plan.estimators.items():
        try:
            with warnings.catch_warnings():
                # The folds raise the same warnings.
                warnings.simplefilter("ignore")
                control.build(clone(estimator), plan.seed).fit(X, y).predict_proba(take(data.X, fold.test[:5]))
        except Exception as error:
            raise DataError(
                f"The estimator {name!r} cannot be fitted on this table: {type(error).__name__}: "
                f"{' '.join(str(error).split())[:500]}. Put the preparation that it needs before it in a pipeline."
            ) from error


def _run(
    data: Data,
    plan: Plan,
    folds: Sequence[Fold],
    strategies: Sequence[Strategy],
    known: Sequence[FoldResult],
    journal: Journal | None,
    n_jobs: int | None,
    *,
    verbose: bool,
) -> list[FoldResult]:
    """Return the results of all folds; results that are already known are not computed again."""
    done: dict[int, set[tuple[str, str]]] = {}
    for row in known:
        done.setdefault(row.fold, set()).add((row.strategy, row.estimator))
    tasks = [
        (fold, family, frozenset(done.get(fold.index, ())))
        for fold in folds
        for family in _families(strategies)
        if any((s.name, name) not in done.get(fold.index, ()) for s in family for name in plan.estimators)
    ]
    _start_workers(n_jobs)
    results: Iterable[list[FoldResult]] = _parallel(n_jobs)(
        joblib.delayed(run_fold)(data, plan, fold, family, skip) for fold, family, skip in tasks
    )
    rows = list(known)
    with warnings.catch_warnings():
        # loky takes the memory of compiled programs for a leak and starts a fresh process; its warning says nothing.
        warnings.filterwarnings("ignore", message="A worker stopped while some jobs were given")
        for new in track(results, len(tasks), "Comparing on test folds", shown=verbose):
            rows += new
            if journal is not None:
                journal.append(new)
    return rows


def _check_jobs(n_jobs: object) -> None:
    is_whole = not isinstance(n_jobs, bool) and isinstance(n_jobs, Integral)
    if n_jobs is not None and (not is_whole or n_jobs == 0):
        raise ParameterError(
            f"'n_jobs' must be None or an int other than 0; -1 means one process per core. Got {n_jobs!r}."
        )


def _start_workers(n_jobs: int | None) -> None:
    """Start the processes of joblib so that Ctrl-C does not reach them, since joblib stops them itself."""
    n_workers = cast("int", joblib.effective_n_jobs(cast("Any", n_jobs)))
    if n_workers > 1:
        with shielded():
            joblib.Parallel(n_jobs=n_jobs)(joblib.delayed(abs)(0) for _ in range(n_workers))


def _parallel(n_jobs: int | None) -> Any:  # noqa: ANN401 - not typed
    try:
        # Each result is kept as soon as it exists, so that an interruption loses only the folds that are running.
        return joblib.Parallel(n_jobs=n_jobs, return_as="generator_unordered")
    except ValueError:  # some backends, such as Ray's, return all results together
        return joblib.Parallel(n_jobs=n_jobs)


def _families(strategies: Sequence[Strategy]) -> Iterator[tuple[Strategy, ...]]:
    for family, members in groupby(sorted(strategies, key=lambda s: s.family), key=lambda s: s.family):
        if family:
            yield tuple(members)
        else:
            yield from ((member,) for member in members)


def _task(data: Data, table: Table, target: str, n_duplicates: int) -> Task:
    counts = np.bincount(data.codes)
    return Task(
        n_rows=len(data.codes),
        n_columns=len(table.columns),
        class_counts={label_text(data.classes[code]): int(counts[code]) for code in np.argsort(-counts, kind="stable")},
        positive=label_text(data.classes[data.judged[0]]) if len(data.judged) == 1 else None,
        target=target,
        n_duplicates=n_duplicates,
    )


def _summarize(
    data: Data,
    plan: Plan,
    task: Task,
    rows: list[FoldResult],
    settings: dict[str, Any],
    assessment: Assessment | None,
) -> Comparison:
    judged = [label_text(data.classes[code]) for code in data.judged]
    control = settings["control"]
    scores = compute_scores(
        rows, control=control, metrics=plan.metrics, labels=judged, positive=task.positive, rope=ROPE
    )
    runs = _runs(rows)
    return Comparison(
        task=task,
        verdict=decide(scores, runs, task, rows, control=control, metric=plan.metrics[0], rope=ROPE),
        scores=scores,
        curves=average_curves(rows, judged),
        runs=runs,
        assessment=assessment,
        settings=settings,
        rows=tuple(rows),
    )


def _runs(rows: Sequence[FoldResult]) -> tuple[StrategyRun, ...]:
    pairs: dict[tuple[str, str], list[FoldResult]] = {}
    for row in rows:
        pairs.setdefault((row.estimator, row.strategy), []).append(row)
    return tuple(_summarize_run(*pair, found) for pair, found in pairs.items())


def _summarize_run(estimator: str, strategy: str, rows: Sequence[FoldResult]) -> StrategyRun:
    good = [row for row in rows if row.status == "ok"]
    bad = [row for row in rows if row.status != "ok"]
    if bad:
        where = f" (in {len(bad)} of {len(rows)} folds)" if good else ""
        return StrategyRun(estimator, strategy, bad[0].status, bad[0].reason + where, None, None)
    counts = [row.class_counts or {} for row in good]
    means = {label: float(np.mean([found.get(label, 0.0) for found in counts])) for label in counts[0]}
    return StrategyRun(estimator, strategy, "ok", "", mean_seconds(good), means)


def _gan_sampler(plan: Plan, strategies: Mapping[str, Strategy], rows: Sequence[FoldResult]) -> GANOverSampler | None:
    """Return the sampler of the first strategy that ran and trains a GAN itself; None if there is none."""
    ran = {row.strategy for row in rows if row.status == "ok"}
    estimator = next(iter(plan.estimators.values()))
    for name, strategy in strategies.items():
        if name in ran:
            classifier = strategy.build(clone(estimator), Streams(plan.seed).integer("assessment"))
            sampler = getattr(classifier, "sampler", None)
            if isinstance(sampler, GANOverSampler):
                return sampler
    return None


def _assess(data: Data, fold: Fold, sampler: GANOverSampler, kinds: Mapping[str | int, str]) -> Assessment | None:
    """Assess rows of a generator that was trained on the first training part, with the test part as held-out rows.

    Nothing is assessed where no class lacks rows, as in a balanced table.
    """
    # The training part or the test part alone may not show which kind a column has; the whole table does.
    sampler.set_params(kinds={**kinds, **(sampler.kinds or {})} or None)
    with warnings.catch_warnings():
        # The strategy has raised the same warnings in every fold.
        warnings.simplefilter("ignore", ImbganWarning)
        sampler.fit_resample(take(data.X, fold.train), data.classes[data.codes[fold.train]])
    if not sampler.synthetic_mask_.any():
        return None
    return sampler.assess(holdout=(take(data.X, fold.test), data.classes[data.codes[fold.test]]))
