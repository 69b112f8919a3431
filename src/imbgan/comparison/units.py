"""The units of work of a comparison, each a family of strategies on one fold, and the engine that runs them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from imbgan.comparison.choosing import is_derived
from imbgan.comparison.crossval import FoldOutput, Key, run_fold
from imbgan.comparison.fold_results import FoldResult
from imbgan.comparison.folds import Fold
from imbgan.comparison.plan import Data, Plan
from imbgan.engines import Engine
from imbgan.strategies import Strategy
from imbgan.strategies.strategy import families


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
        for family in families([strategy for strategy in strategies if not is_derived(strategy, fold)]):
            names = {strategy.name for strategy in family}
            if any((name, estimator) not in skip for name in names for estimator in plan.estimators):
                units.append(Unit(fold, family, skip, fold is folds[0] and assessed in names))
    return units


def run_units(
    data: Data, plan: Plan, units: Iterable[Unit], engine: Engine, n_jobs: int | None
) -> Iterator[FoldOutput]:
    """Yield the output of each unit as soon as it exists, so that an interruption loses only what is running.

    A further unit is taken from ``units`` only when a process is free.
    """
    return engine.map(_run_unit, units, shared=(data, plan), n_jobs=n_jobs)


def _run_unit(data: Data, plan: Plan, unit: Unit) -> FoldOutput:
    return run_fold(data, plan, unit.fold, unit.strategies, unit.skip, assess=unit.assess)
