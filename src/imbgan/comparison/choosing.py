"""What a strategy that chooses among candidates does on a fold, told from the results of the other folds.

``AutoBalancedClassifier`` chooses by cross-validation of its training rows. A fold's peers are such a cross-validation:
their test rows are training rows of the fold, and their models have not seen them. So the choice costs nothing, where
folds within folds would train six more generators and all candidates for each fold.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from imbgan.comparison.fold_results import FoldResult, unpack
from imbgan.comparison.folds import Fold
from imbgan.comparison.plan import Data, Plan
from imbgan.ensemble.scoring import score_probabilities
from imbgan.strategies import Strategy
from imbgan.strategies.search import CONTROL, choose, held_out_scores

# With fewer folds to choose by, nothing is known about the spread of scores, and the strategy is fitted as it is.
LEAST_PEERS = 2


def is_derived(strategy: Strategy, fold: Fold) -> bool:
    """Return whether the result of a strategy on a fold follows from those of its candidates."""
    return bool(strategy.candidates) and len(fold.peers) >= LEAST_PEERS


def with_choices(
    rows: Sequence[FoldResult], data: Data, plan: Plan, folds: Sequence[Fold], strategies: Sequence[Strategy]
) -> list[FoldResult]:
    """Return the results, and those that follow from them.

    Parameters
    ----------
    rows : sequence of FoldResult
        Results with predictions, of any subset of the folds.
    data, plan
    folds : sequence of Fold
    strategies : sequence of Strategy
        All strategies that are compared; those with candidates get a result on each fold for which at least two
        others are done.

    Returns
    -------
    list of FoldResult
    """
    by_estimator: dict[str, dict[str, dict[int, FoldResult]]] = {}
    for row in rows:
        by_estimator.setdefault(row.estimator, {}).setdefault(row.strategy, {})[row.fold] = row
    found = list(rows)
    for strategy in strategies:
        for of_estimator in by_estimator.values() if strategy.candidates else ():
            running = {
                name: of_estimator[name]
                for name in strategy.candidates
                if name in of_estimator and all(row.status == "ok" for row in of_estimator[name].values())
            }
            judge = {name: _judged(by_fold, data, plan, folds) for name, by_fold in running.items()}
            for fold in folds:
                row = _derived(strategy, fold, running, judge) if is_derived(strategy, fold) else None
                found += [] if row is None else [row]
    return found


def _judged(
    by_fold: Mapping[int, FoldResult], data: Data, plan: Plan, folds: Sequence[Fold]
) -> Callable[[Sequence[int]], list[float]]:
    """Return the function that scores one candidate on some folds, as ``AutoBalancedClassifier`` does."""
    counts, n_judged = np.bincount(data.codes), len(data.judged)
    codes = {fold.index: data.codes[fold.test] for fold in folds if fold.index in by_fold}
    p = {i: unpack(by_fold[i].predictions, n_judged) for i in codes}
    if len(counts) == 2:
        p = {i: np.hstack([1.0 - each, each] if data.judged == (1,) else [each, 1.0 - each]) for i, each in p.items()}
    costs = plan.costs
    if costs is not None:
        return lambda chosen: held_out_scores(costs, [codes[i] for i in chosen], [p[i] for i in chosen])
    scores = {i: score_probabilities("average_precision", codes[i], p[i], counts) for i in codes}
    return lambda chosen: [scores[i] for i in chosen]


def _derived(
    strategy: Strategy,
    fold: Fold,
    running: Mapping[str, Mapping[int, FoldResult]],
    judge: Mapping[str, Callable[[Sequence[int]], list[float]]],
) -> FoldResult | None:
    """Return the result on one fold; None as long as too few folds are done."""
    peers = [i for i in fold.peers if all(i in by_fold for by_fold in running.values())]
    if CONTROL not in running or len(peers) < LEAST_PEERS:
        return None
    by_peer = {name: of_candidate(peers) for name, of_candidate in judge.items()}
    chosen = choose(by_peer, [name for name in strategy.candidates if name in by_peer])
    row = running[chosen].get(fold.index)
    if row is None:
        return None
    search = sum(by_fold[i].spent or 0.0 for by_fold in running.values() for i in peers)
    return replace(row, strategy=strategy.name, chosen=chosen, seconds=search + (row.seconds or 0.0), spent=0.0)
