"""``audit`` measures what generated rows, and classifiers taught by them, give away of the rows that were learned."""

from collections.abc import Hashable, Iterable, Iterator, Mapping
from functools import partial
from importlib.metadata import version
from typing import Any

import numpy as np
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from sklearn.base import clone

from imbgan._progress import make_progress
from imbgan._text import shown
from imbgan.audit.game import Plan, Run, play
from imbgan.audit.judging import FALSE_ALARMS, find_outlying, judge_attacks, judge_rates
from imbgan.audit.results import Audit, Note
from imbgan.audit.rows import read_rows_of
from imbgan.audit.sources import SAMPLERS, SOURCES, resolve_sources
from imbgan.audit.table import MIN_SIDE, AuditTable, read_audit_table
from imbgan.audit.text_sources import own_text_sampler, text_samplers
from imbgan.exceptions import ParameterError
from imbgan.learners import make_estimator
from imbgan.oversampling import GANOverSampler
from imbgan.random import Streams
from imbgan.strategies import STRATEGIES, resolve_strategies
from imbgan.strategies.strategy import Strategy
from imbgan.strategies.texts import on_vectors, text_strategies

#: Rows that are generated per source and run, unless the table or the caller says otherwise.
MOST_GENERATED = 2_000
#: With fewer learned rows, the figure of one run is rough.
MANY = 50


def audit(
    X: object,
    y: object,
    *,
    source: object = tuple(SOURCES),
    label: Hashable | None = None,
    estimator: Any = None,  # noqa: ANN401 - any classifier
    strategies: Iterable[str | Strategy] | str = (),
    n_runs: int = 6,
    n_learned: int | None = None,
    n_generated: int | None = None,
    kinds: Mapping[str | int, str] | None = None,
    encoder: Any = "auto",  # noqa: ANN401 - see text_columns
    sampler_options: Mapping[str, Any] | None = None,
    random_state: int | np.random.RandomState | None = 0,
    verbose: bool = False,
) -> Audit:
    """Measure with attacks what generated rows give away of the real rows that they were learned from.

    In each run, a random part of the rare class is learned from, together with all other classes, and rows are
    generated. Attacks then say for every rare row whether it was learned from. A source from whose rows nobody can tell
    has a ROC AUC of 0.5; copies have 1. The sources are attacked side by side on the same splits. An attack that finds
    nothing proves nothing about other attacks, and nothing here is a guarantee.

    Parameters
    ----------
    X : DataFrame, ndarray, list of rows or sparse matrix of shape (n_rows, n_columns), or texts
        Any container that the samplers accept, or a list, an array or a series of texts. Columns that identify persons
        or rows are not compared. Of a rare class of more than 2,000 rows, and of more than 10,000 other rows, a random
        part is used.
    y : array-like of shape (n_rows,)
    source : str, sampler, iterable of str, or mapping of str to str or sampler, default=all named sources
        Where rows come from: ``"gan"`` (:class:`imbgan.GANOverSampler` with its defaults), ``"smote"``,
        ``"local_gaussian"``, ``"bootstrap"`` (copies, the ceiling), ``"independent"`` (independent columns, the floor),
        or samplers of one's own, which return the original rows first and have the parameter ``sampling_strategy``.
    label : hashable, optional
        The class to audit; by default the rarest one.
    estimator : classifier or str, optional
        A classifier, or the name of one of :data:`imbgan.learners.ESTIMATORS`. It learns real rows of the other classes
        and, of the rare class, generated rows only; its confidence in the true label is attacked as well. It must
        accept tables as ``X`` is.
    strategies : iterable of str or Strategy, default=()
        Strategies of :func:`imbgan.compare`, such as ``"none"`` or ``"gan_bagging"``, whose classifiers are attacked by
        their confidence. They learn from the rows of a run themselves, and need ``estimator``.
    n_runs : int, default=6
        Number of runs, at least 2, since trained attacks learn from the other runs.
    n_learned : int, optional
        Number of different rare rows to learn from in each run; by default half of them.
    n_generated : int, optional
        Number of generated rows per source and run; by default as many as full balance needs, at most 2,000.
    kinds : mapping of column name (or position) to kind, optional
        Kinds as for :class:`imbgan.GANOverSampler`, for distances between rows and for samplers that have this
        parameter.
    encoder : encoder, mapping of column name to encoder, or None, default="auto"
        How columns of free text become the vectors by which attackers compare them, as for
        :class:`imbgan.GANOverSampler`; None leaves these columns out. It is passed on to samplers that have this
        parameter unless it is ``"auto"``.
    sampler_options : mapping, optional
        Parameters of :class:`imbgan.GANOverSampler` for the source ``"gan"``, such as ``{"text_output": "nearest"}``.
    random_state : int, RandomState instance or None, default=0
        Seed of splits, samplers and attacks.
    verbose : bool, default=False
        Whether a progress bar is shown.

    Returns
    -------
    Audit

    Raises
    ------
    DataError
        If the rare class has fewer than 20 different rows, if there is one class only, or if a sampler or an encoder
        does not return what it should.
    ParameterError
        If a source, strategy, label or encoder is unknown, or if a number is out of range.

    Notes
    -----
    What is attacked is what a source hands out. In a column of text, rows of ``"gan"`` hold nothing by default, so that
    the other columns are attacked, which were learned together with the texts; ``"smote"``, ``"local_gaussian"`` and
    ``"independent"`` leave texts out, and ``"bootstrap"`` repeats them. Texts that are handed out are sought word for
    word, and compared by up to 100 principal components of their vectors. Where a row is its text and nothing else,
    sources hand out vectors. Their encoder is fitted once, to all rows: what the words of a fitted encoder give away is
    not attacked.

    Rows with equal cells count as one row. An attacker has the generated rows, all rare rows without knowing which were
    learned from, the other classes, and, for trained attacks, generators of the same kind that learned known parts of
    the class: more than an outsider has. Not attacked are networks that are handed over themselves, and rows that are
    generated on request without end.

    Examples
    --------
    >>> import numpy as np
    >>> from imbgan import audit
    >>> rng = np.random.default_rng(0)
    >>> X = np.concatenate([rng.normal(size=(300, 4)), rng.normal(1.5, size=(60, 4))])
    >>> found = audit(X, np.repeat([0, 1], [300, 60]), source=["bootstrap", "independent"], n_runs=3)
    >>> found.attack("bootstrap", "nearest").auc.mean
    1.0
    >>> found.attack("independent", "nearest").auc.mean < 0.65
    True
    """
    streams = Streams.from_random_state(random_state)
    rows = read_rows_of(X, kinds, encoder)
    encoders, options = rows.encoders, dict(sampler_options or {})
    sources = resolve_sources(source)  # names are checked before anything is encoded
    known = {**STRATEGIES, **text_strategies(encoders)} if encoders else STRATEGIES
    taught = resolve_strategies(strategies, known)
    check_subjects(n_runs, estimator, sources, taught)
    estimator = make_estimator(estimator, streams.integer("estimator")) if isinstance(estimator, str) else estimator
    table = read_audit_table(rows.held, y, label, partial(rows.view, streams.integer("components")), streams)
    if table.view.texts is None:
        sources = resolve_sources(source, {**SAMPLERS, "gan": lambda: GANOverSampler().set_params(**options)})
    else:
        own = partial(own_text_sampler, texts=table.view.texts, is_list=rows.is_list, encoder=encoder)
        sources = resolve_sources(source, text_samplers(table.view.texts, options), own)
        taught = {name: on_vectors(strategy, encoders) for name, strategy in taught.items()}
    for name, sampler in sources.items():
        if kinds is not None and "kinds" in sampler.get_params():
            changed: Any = clone(sampler)  # the caller's sampler stays as it is
            sources[name] = changed.set_params(kinds=kinds)
    plan = Plan(sources, taught, estimator, *resolve_sizes(n_learned, n_generated, table))
    return run_audit(table, plan, n_runs, streams, verbose=verbose)


def run_audit(table: AuditTable, plan: Plan, n_runs: int, streams: Streams, *, verbose: bool) -> Audit:
    """Play all runs of a plan, and judge them."""
    runs = _play_all(table, plan, n_runs, streams, verbose=verbose)
    outlying = find_outlying(table.encoded_candidates())
    return Audit(
        label=table.text,
        n_rare=len(table.candidates),
        n_learned=plan.n_learned,
        n_unseen=len(table.candidates) - plan.n_learned,
        n_outlying=int(outlying.sum()),
        n_common=len(table.common),
        n_generated=plan.n_generated,
        n_runs=n_runs,
        sources=tuple(plan.sources),
        strategies=tuple(plan.strategies),
        attacks=judge_attacks(runs, outlying, streams),
        rates=judge_rates(runs),
        notes=tuple(_notes(table, plan, runs)),
        settings={
            "seed": streams.seed,
            **({} if table.view.texts is None else {"texts": table.view.texts.titles}),
            "versions": {name: version(name) for name in ("imbgan", "numpy", "scipy", "scikit-learn")},
        },
    )


def check_subjects(n_runs: int, estimator: object, sources: Mapping[str, object], taught: Mapping[str, object]) -> None:
    """Raise ParameterError for too few runs, strategies without a classifier, or one name for two subjects."""
    if not n_runs >= 2:
        raise ParameterError(
            f"'n_runs' must be at least 2, since an attack learns from the other runs. Got {n_runs!r}."
        )
    if taught and estimator is None:
        raise ParameterError("Strategies teach a classifier. Pass it as 'estimator', or leave 'strategies' out.")
    both = next((name for name in taught if name in sources), None)
    if both is not None:
        raise ParameterError(
            f"Sources and strategies must have different names. Got {both!r} as both; pass a mapping of other names."
        )


def resolve_sizes(n_learned: int | None, n_generated: int | None, table: AuditTable) -> tuple[int, int]:
    """Return how many rows are learned from and generated in each run; ParameterError if a number is out of range."""
    learned = _n_learned(n_learned, table)
    if n_generated is None:
        n_generated = min(max(len(table.common) - learned, learned), MOST_GENERATED)
    if not n_generated >= 1:
        raise ParameterError(f"'n_generated' must be at least 1. Got {n_generated!r}.")
    return learned, n_generated


def _n_learned(wanted: int | None, table: AuditTable) -> int:
    n = len(table.candidates)
    if wanted is None:
        return n // 2
    if not MIN_SIDE <= wanted <= n - MIN_SIDE:
        raise ParameterError(
            f"'n_learned' must be from {MIN_SIDE} to {n - MIN_SIDE}: of {n} different rare rows, at least {MIN_SIDE} "
            f"are learned from, and at least {MIN_SIDE} stay unseen. Got {wanted!r}."
        )
    return wanted


def _play_all(table: AuditTable, plan: Plan, n_runs: int, streams: Streams, *, verbose: bool) -> list[Run]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    progress = make_progress(*columns, stderr=True)
    progress.disable = not verbose
    n_steps = len(plan.sources) + len(plan.strategies)
    with progress:
        task = progress.add_task("audit", total=n_runs * n_steps)
        runs: list[Run] = []
        for r in range(n_runs):
            done = iter(range(r * n_steps, (r + 1) * n_steps))

            def tell(name: str, run: int = r, done: Iterator[int] = done) -> None:
                progress.update(task, description=f"run {run + 1} of {n_runs}: {shown(name)}", completed=next(done))

            runs.append(play(table, plan, Streams(streams.integer("run", r)), tell))
        progress.update(task, completed=n_runs * n_steps)
    return runs


def _notes(table: AuditTable, plan: Plan, runs: list[Run]) -> list[Note]:
    n_unseen = len(table.candidates) - plan.n_learned
    notes = [*table.view.notes]
    notes += [Note(f"cut {name}", {"used": used, "n": n}) for name, (used, n) in table.cut.items()]
    if n_unseen < 1 / FALSE_ALARMS:
        notes.append(Note("few unseen", {"n": n_unseen}))
    if plan.n_learned < MANY:
        notes.append(Note("few learned", {"n": plan.n_learned}))
    if table.view.is_linear and not any("rebuilt" in runs[0].evidence[name].rates for name in plan.sources):
        notes.append(Note("no lines", {}))
    for name in plan.sources:
        if all(run.evidence[name].lacks_texts for run in runs):
            notes.append(Note("no text", {"source": name}))
        n_warned = sum(bool(run.evidence[name].warnings) for run in runs)
        if n_warned:
            notes.append(Note("warned", {"source": name, "n": n_warned, "n_runs": len(runs)}))
    return notes
