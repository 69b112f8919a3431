"""Run the folds of a comparison: all of them, those that a budget allows, or those of an earlier run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from imbgan.comparison.budget import FOLDS_OF_AN_INTERVAL, Dealer
from imbgan.comparison.choosing import is_derived, with_choices
from imbgan.comparison.durations import Durations
from imbgan.comparison.fold_results import FoldResult
from imbgan.comparison.folds import Fold
from imbgan.comparison.generated import assess_rows, gan_sampler
from imbgan.comparison.identity import ROPE
from imbgan.comparison.journal import Journal
from imbgan.comparison.judging import judge
from imbgan.comparison.metrics import METRICS
from imbgan.comparison.plan import Data, Plan
from imbgan.comparison.progress import Board, Progress, in_order
from imbgan.comparison.results import Score
from imbgan.comparison.statistics import compute_scores
from imbgan.comparison.stopping import is_settled, races_of
from imbgan.comparison.units import Unit, make_units, run_units
from imbgan.engines import Engine
from imbgan.quality import Assessment
from imbgan.strategies import STRATEGIES, Split, Strategy, resolve_strategies
from imbgan.tabular import take
from imbgan.tabular.labels import label_text


@dataclass(frozen=True)
class Job:
    """What is compared.

    Parameters
    ----------
    data, plan
    folds : tuple of Fold
    strategies : dict of str to Strategy
        The strategies that are compared, by name.
    control : str
    n_columns : int
        Number of columns of the table.
    """

    data: Data
    plan: Plan
    folds: tuple[Fold, ...]
    strategies: Mapping[str, Strategy]
    control: str
    n_columns: int

    @property
    def all_strategies(self) -> dict[str, Strategy]:
        """The strategies that are run: also the candidates of those that choose."""
        needed = [
            name
            for strategy in self.strategies.values()
            for name in strategy.candidates
            if any(is_derived(strategy, fold) for fold in self.folds)
        ]
        missing = dict.fromkeys(name for name in needed if name not in self.strategies)
        return {**self.strategies, **resolve_strategies(list(missing), STRATEGIES)}

    @property
    def positive(self) -> str | None:
        """The label of the rare class of two; None for more classes."""
        judged = self.data.judged
        return label_text(self.data.classes[judged[0]]) if len(judged) == 1 else None

    def results(self, rows: Sequence[FoldResult]) -> list[FoldResult]:
        """Return the judged results of the compared strategies, in order."""
        order = {name: i for i, name in enumerate(self.strategies)}
        estimators = list(self.plan.estimators)
        known = [row for row in rows if row.estimator in estimators]
        known = with_choices(known, self.data, self.plan, self.folds, list(self.strategies.values()))
        known = [row for row in known if row.strategy in order]
        known.sort(key=lambda row: (row.fold, order[row.strategy], estimators.index(row.estimator)))
        return judge(known, self.data, self.plan, self.folds)


@dataclass(frozen=True)
class Finished:
    """What a run gave.

    Parameters
    ----------
    rows : list of FoldResult
        Judged results.
    assessment : Assessment or None
    ended : str
        ``"complete"``; or ``"settled"``, ``"spent"`` or ``"interrupted"``, if folds are left.
    folds : dict of str to list of int
        The folds of each strategy that was run, also of candidates that are not reported.
    """

    rows: list[FoldResult]
    assessment: Assessment | None
    ended: str
    folds: dict[str, list[int]]


def run_job(
    job: Job,
    *,
    known: Sequence[FoldResult],
    journal: Journal | None,
    engine: Engine,
    n_jobs: int | None,
    began: float,
    budget: float | None,
    only: Mapping[str, Sequence[int]] | None,
    verbose: bool,
) -> Finished:
    """Run the folds of a comparison.

    Parameters
    ----------
    job : Job
    known : sequence of FoldResult
        Results of an earlier run, which are not computed again.
    journal : Journal or None
        Keeps each result.
    engine : Engine
        Has been entered.
    n_jobs : int or None
    began : float
        When the comparison began, on :func:`time.perf_counter`.
    budget : float or None
        Seconds from ``began``; None means all folds.
    only : dict of str to sequence of int, or None
        The folds of each strategy that are run; None means all.
    verbose : bool
        Whether progress is shown.

    Raises
    ------
    KeyboardInterrupt
        If an interruption comes before each strategy has two folds, or without a budget.
    """
    strategies = job.all_strategies
    learner = _first_learner(job, strategies)
    units = make_units(job.plan, job.folds, list(strategies.values()), known, learner)
    if only is not None:
        units = [kept for unit in units if (kept := _restricted(unit, only)).strategies]
        known = [row for row in known if row.fold in only.get(row.strategy, ())]
    rows, assessment, ended = list(known), None, "complete"
    asked_to_assess = any(unit.assess for unit in units)
    durations = Durations(len(job.folds[0].train), job.n_columns)
    durations.record(known)
    deadline = None if budget is None else began + budget
    dealer = Dealer(units, durations, list(job.plan.estimators), job.control, deadline)
    n_units, n_done = len(units), 0
    with Board(job.plan.metrics[0], job.control, budget, began, verbose) as board:
        try:
            for output in run_units(job.data, job.plan, dealer, engine, n_jobs):
                n_done += 1
                rows += output.rows
                assessment = assessment or output.assessment
                durations.record(output.rows)
                if journal is not None:
                    journal.append(output.rows)
                if budget is not None and not dealer.is_stopped and dealer.units and _is_settled(job, rows):
                    dealer.stop()
                    ended = "settled"
                if verbose:
                    left = dealer.seconds_left() / engine.n_workers(n_jobs)
                    board.update(Progress(_live_scores(job, rows), n_done, n_units, left))
        except KeyboardInterrupt:
            if budget is None or not _has_verdict(job, rows):
                raise
            ended = "interrupted"
    if ended == "complete" and dealer.units:
        ended = "spent"
    if assessment is None and learner is not None and not asked_to_assess and ended != "interrupted":
        assessment = _assess(job, strategies, rows)
    rows = [row for row in rows if row.strategy in strategies]
    rows = rows if ended == "complete" else _leveled(rows)
    return Finished(job.results(rows), assessment, ended, folds_of(rows))


def _leveled(rows: Sequence[FoldResult]) -> list[FoldResult]:
    """Return the results without the fold that only some strategies had begun, so that means are of the same folds.

    Strategies that had no time for more folds keep those that they have.
    """
    by_strategy = folds_of(rows)
    most = max(map(len, by_strategy.values()), default=0)
    common = set.intersection(*(set(folds) for folds in by_strategy.values() if len(folds) >= most - 1))
    return [row for row in rows if row.fold in common] if len(common) >= FOLDS_OF_AN_INTERVAL else list(rows)


def _restricted(unit: Unit, only: Mapping[str, Sequence[int]]) -> Unit:
    """Return a unit with the strategies that an earlier run has tried on its fold."""
    kept = tuple(strategy for strategy in unit.strategies if unit.fold.index in only.get(strategy.name, ()))
    return replace(unit, strategies=kept)


def folds_of(rows: Sequence[FoldResult]) -> dict[str, list[int]]:
    """Return the numbers of the folds that each strategy was run on."""
    found: dict[str, set[int]] = {}
    for row in rows:
        found.setdefault(row.strategy, set()).add(row.fold)
    return {strategy: sorted(folds) for strategy, folds in found.items()}


def _deciding(job: Job, rows: Sequence[FoldResult]) -> list[FoldResult]:
    """Return the results so far, with scores of the deciding metric only where others would take time."""
    plan = replace(job.plan, metrics=job.plan.metrics[:1])
    if not METRICS[plan.metrics[0]].needs_threshold:
        plan = replace(plan, tune_threshold=False)
    return replace(job, plan=plan).results(rows)


def _is_settled(job: Job, rows: Sequence[FoldResult]) -> bool:
    """Return whether the verdict would hardly change if all folds were run."""
    if not _has_verdict(job, rows):
        return False
    found = _deciding(job, rows)
    races = races_of(found, control=job.control, metric=job.plan.metrics[0], positive=job.positive, rope=ROPE)
    return is_settled(races, len(job.folds), job.plan.seed)


def _live_scores(job: Job, rows: Sequence[FoldResult]) -> tuple[Score, ...]:
    metric = job.plan.metrics[0]
    scores = compute_scores(
        _deciding(job, rows), control=job.control, metrics=[metric], labels=(), positive=job.positive, rope=ROPE
    )
    return in_order(scores, job.control)


def _has_verdict(job: Job, rows: Sequence[FoldResult]) -> bool:
    """Return whether each strategy that is run has the folds that an interval needs."""
    found = folds_of(rows)
    return all(
        len(found.get(name, ())) >= min(FOLDS_OF_AN_INTERVAL, len(job.folds))
        for name, strategy in job.strategies.items()
        if not strategy.candidates
    )


def _first_learner(job: Job, strategies: Mapping[str, Strategy]) -> str | None:
    """Return the first strategy that trains a GAN."""
    estimator: Any = next(iter(job.plan.estimators.values()))
    learners = (name for name, each in strategies.items() if gan_sampler(each, estimator, job.plan.seed) is not None)
    return next(learners, None)


def _assess(job: Job, strategies: Mapping[str, Strategy], rows: Sequence[FoldResult]) -> Assessment | None:
    """Assess generated rows of the first fold, which an earlier run finished."""
    fold, estimator = job.folds[0], next(iter(job.plan.estimators.values()))
    ran = {row.strategy for row in rows if row.fold == fold.index and row.status == "ok"}
    samplers = (
        gan_sampler(strategies[name], estimator, job.plan.fold_seed(fold)) for name in strategies if name in ran
    )
    sampler = next((sampler for sampler in samplers if sampler is not None), None)
    if sampler is None:
        return None
    data = job.data
    y_train, y_test = (data.classes[data.codes[part]] for part in (fold.train, fold.test))
    part = Split(take(data.X, fold.train), y_train, take(data.X, fold.test), data.classes)
    return assess_rows(part, y_test, sampler, job.plan.kinds)
