"""The units of work of a comparison, each a family of strategies on one fold, and the processes that run them."""

import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, cast

import joblib

from imbgan._signals import shielded
from imbgan.comparison.choosing import is_derived
from imbgan.comparison.crossval import FoldOutput, Key, run_fold
from imbgan.comparison.fold_results import FoldResult
from imbgan.comparison.folds import Fold
from imbgan.comparison.plan import Data, Plan
from imbgan.strategies import Strategy


@dataclass(frozen=True)
class Unit:
    """What one process does at a time.

    Parameters
    ----------
    fold : Fold
    strategies : tuple of Strategy
        One family.
    skip : frozenset of (str, str)
        Pairs of strategy and estimator whose results are known.
    assess : bool
        Whether generated rows are assessed as well.
    """

    fold: Fold
    strategies: tuple[Strategy, ...]
    skip: frozenset[Key]
    assess: bool

    @property
    def key(self) -> tuple[int, tuple[str, ...]]:
        """The number of the fold and the names of the strategies."""
        return self.fold.index, tuple(strategy.name for strategy in self.strategies)


def make_units(
    plan: Plan, folds: Sequence[Fold], strategies: Sequence[Strategy], known: Sequence[FoldResult], assessed: str | None
) -> list[Unit]:
    """Return the units that are still to be run, fold by fold.

    Parameters
    ----------
    plan
    folds : sequence of Fold
    strategies : sequence of Strategy
        Results that follow from those of candidates are not run.
    known : sequence of FoldResult
        Results of an earlier run.
    assessed : str or None
        The strategy whose generated rows are assessed in the first fold.
    """
    done: dict[int, set[Key]] = {}
    for row in known:
        done.setdefault(row.fold, set()).add((row.strategy, row.estimator))
    units: list[Unit] = []
    for fold in folds:
        skip = frozenset(done.get(fold.index, ()))
        for family in _families([strategy for strategy in strategies if not is_derived(strategy, fold)]):
            names = {strategy.name for strategy in family}
            if any((name, estimator) not in skip for name in names for estimator in plan.estimators):
                units.append(Unit(fold, family, skip, fold is folds[0] and assessed in names))
    return units


def _families(strategies: Sequence[Strategy]) -> Iterator[tuple[Strategy, ...]]:
    for family, members in groupby(sorted(strategies, key=lambda s: s.family), key=lambda s: s.family):
        if family:
            yield tuple(members)
        else:
            yield from ((member,) for member in members)


def run_units(data: Data, plan: Plan, units: Iterable[Unit], n_jobs: int | None) -> Iterator[FoldOutput]:
    """Yield the output of each unit as soon as it exists, so that an interruption loses only what is running.

    A further unit is taken from ``units`` only when a process is free.
    """
    start_workers(n_jobs)
    results: Iterable[FoldOutput] = _parallel(n_jobs)(
        joblib.delayed(run_fold)(data, plan, unit.fold, unit.strategies, unit.skip, assess=unit.assess)
        for unit in units
    )
    with warnings.catch_warnings():
        # loky takes the memory of compiled programs for a leak and starts a fresh process; its warning says nothing.
        warnings.filterwarnings("ignore", message="A worker stopped while some jobs were given")
        yield from results


def start_workers(n_jobs: int | None) -> None:
    """Start the processes of joblib so that Ctrl-C does not reach them, since joblib stops them itself."""
    n_workers = n_processes(n_jobs)
    if n_workers > 1:
        with shielded():
            joblib.Parallel(n_jobs=n_jobs)(joblib.delayed(abs)(0) for _ in range(n_workers))


def n_processes(n_jobs: int | None) -> int:
    """Return the number of processes that joblib uses."""
    return cast("int", joblib.effective_n_jobs(cast("Any", n_jobs)))


def _parallel(n_jobs: int | None) -> Any:  # noqa: ANN401 - not typed
    settings: dict[str, Any] = {"n_jobs": n_jobs, "pre_dispatch": "n_jobs", "batch_size": 1}
    try:
        return joblib.Parallel(return_as="generator_unordered", **settings)
    except ValueError:  # some backends, such as Ray's, return all results together
        return joblib.Parallel(**settings)
