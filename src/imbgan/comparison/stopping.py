"""Whether the verdict of a comparison may still change, from the folds that are done."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from imbgan.comparison.fold_results import FoldResult
from imbgan.comparison.metrics import METRICS
from imbgan.comparison.results import SIGNIFICANCE
from imbgan.comparison.statistics import LEAST_FOLDS, practical_margin, value_of

Array = NDArray[np.float64]

# A comparison stops when the verdict of all folds would be the present one with at least this probability.
CERTAINTY = 0.95
_N_DRAWS = 1000


@dataclass(frozen=True)
class Race:
    """One estimator: what each rival has gained over the control so far.

    Parameters
    ----------
    gains : dict of str to ndarray of shape (n,)
        Differences to the control on the folds that both have, one array per rival; positive is better.
    margin : float
        The largest gain that does not matter.
    ratio : float
        Number of test rows per training row.
    values : sequence of dict of int to float
        Values by fold of each rival, in their order, and of the control as the last one; a greater one is better.
    """

    gains: Mapping[str, Array]
    margin: float
    ratio: float
    values: Sequence[Mapping[int, float]] = ()


def races_of(rows: Sequence[FoldResult], *, control: str, metric: str, positive: str | None, rope: float) -> list[Race]:
    """Return a race for each estimator, of the strategies that no fold has shown to be unreliable.

    Parameters
    ----------
    rows : sequence of FoldResult
        Judged results.
    control, metric : str
    positive : str or None
        The rare class of two; None for more classes.
    rope : float
        The largest difference that does not matter.
    """
    bad = {(row.estimator, row.strategy) for row in rows if row.status != "ok"}
    values: dict[str, dict[str, dict[int, float]]] = {}
    sign = 1.0 if METRICS[metric].higher_is_better else -1.0
    for row in rows:
        value = value_of(row.scores, metric, None if METRICS[metric].is_total else positive)
        by_strategy = values.setdefault(row.estimator, {})
        if (row.estimator, row.strategy) not in bad:
            by_strategy.setdefault(row.strategy, {}).update({} if value is None else {row.fold: sign * value})
    ratio = sum(row.n_test for row in rows) / max(1, sum(row.n_train for row in rows))
    races: list[Race] = []
    for by_strategy in values.values():
        reference = by_strategy.pop(control, {})
        gains = {
            name: np.array([found[fold] - reference[fold] for fold in found if fold in reference])
            for name, found in by_strategy.items()
        }
        mean = sign * float(np.mean(list(reference.values()))) if reference else 0.0
        margin = practical_margin(metric, mean, rope)
        races.append(Race(gains, margin, ratio, (*by_strategy.values(), reference)))
    return races


def is_settled(races: Sequence[Race], n_folds: int, seed: int) -> bool:
    r"""Return whether more folds are unlikely to change what is recommended.

    The remaining differences of each rival are drawn from their predictive distribution: normal, with a variance and a
    mean that are themselves drawn from their posteriors given the differences so far (with the usual prior
    :math:`1 / \sigma^2`). Each draw is completed to ``n_folds`` folds and judged by the rule of the verdict. The
    comparison is settled if at least 95 % of the draws recommend what the present folds recommend, for all
    estimators, and if none of the other estimators is ahead of the best one by more than the margin (stochastic
    curtailment; Spiegelhalter, Freedman and Blackburn 1986).

    Looking several times would make false recommendations more frequent. Therefore a recommendation is settled only if
    it would also be kept with 95 % if the remaining folds showed no gain at all. The conditional probability of a false
    recommendation is a martingale, so it ever reaches 95 % with at most 1 / 0.95 times the probability of a false
    recommendation at the end (Lan, Simon and Halperin 1982): 5.3 % instead of 5 %, as far as differences are normal.

    Parameters
    ----------
    races : sequence of Race
    n_folds : int
        Number of folds of the whole comparison.
    seed : int

    Returns
    -------
    bool
        False as long as a rival has fewer than three folds.
    """
    rng = np.random.default_rng(seed)
    if any(len(gains) < LEAST_FOLDS for race in races for gains in race.gains.values()):
        return False
    agreement = np.ones(_N_DRAWS, bool)
    chosen: list[tuple[Race, Mapping[int, float]]] = []
    for race in races:
        present = _winners(*_completed(race, None, n_folds, rng), race)[0] if race.gains else -1
        if race.values and race.values[present]:
            chosen.append((race, race.values[present]))
        if not race.gains:
            continue
        agreement &= _winners(*_completed(race, _N_DRAWS, n_folds, rng), race) == present
        if present >= 0:
            without = _winners(*_completed(race, _N_DRAWS, n_folds, rng, no_gain=int(present)), race)
            if np.mean(without == present) < CERTAINTY:
                return False
    if len(chosen) > 1:
        between = _between_estimators(chosen)
        if any(len(gains) < LEAST_FOLDS for gains in between.gains.values()):
            return False
        mean, _, _ = _completed(between, _N_DRAWS, n_folds, rng)
        agreement &= (mean <= between.margin).all(axis=1)
    return bool(agreement.mean() >= CERTAINTY)


def _between_estimators(chosen: Sequence[tuple[Race, Mapping[int, float]]]) -> Race:
    """Return the race of the estimators, each with what is recommended for it, against the one that is ahead."""
    first, *others = sorted(chosen, key=lambda each: -float(np.mean(list(each[1].values()))))
    race, best = first
    gains = {
        str(i): np.array([values[fold] - best[fold] for fold in values if fold in best])
        for i, (_, values) in enumerate(others)
    }
    return Race(gains, race.margin, race.ratio)


def _completed(
    race: Race, n_draws: int | None, n_folds: int, rng: np.random.Generator, no_gain: int | None = None
) -> tuple[Array, Array, Array]:
    """Return mean, standard deviation and number of folds of each rival, shapes (n_draws, n_rivals) and (n_rivals,).

    With ``n_draws`` None, those of the present folds, as one draw. The rival ``no_gain`` gains nothing on average in
    the remaining folds.
    """
    n = np.array([len(gains) for gains in race.gains.values()], np.float64)
    mean = np.array([gains.mean() for gains in race.gains.values()])
    squares = np.array([((gains - gains.mean()) ** 2).sum() for gains in race.gains.values()])
    if n_draws is None:
        return mean[None], np.sqrt(squares / (n - 1.0))[None], n
    shape, rest = (n_draws, len(n)), n_folds - n
    sigma = np.sqrt(squares / rng.chisquare(np.broadcast_to(n - 1.0, shape)))
    center = mean + sigma / np.sqrt(n) * rng.normal(size=shape)
    if no_gain is not None:
        center[:, no_gain] = 0.0
    some = np.maximum(rest, 1.0)
    mean_rest = center + sigma / np.sqrt(some) * rng.normal(size=shape)
    draws = rng.chisquare(np.broadcast_to(np.maximum(rest - 1.0, 1.0), shape))
    squares_rest = sigma**2 * np.where(rest > 1, draws, 0.0)
    total = np.where(rest > 0, (n * mean + rest * mean_rest) / n_folds, mean)
    between = np.where(rest > 0, n * rest / n_folds * (mean - mean_rest) ** 2, 0.0)
    all_squares = squares + np.where(rest > 0, squares_rest, 0.0) + between
    return total, np.sqrt(all_squares / (n_folds - 1.0)), np.full(len(n), float(n_folds))


def _winners(mean: Array, spread: Array, n: Array, race: Race) -> NDArray[np.intp]:
    """Return the position of the recommended rival in each draw, -1 for the control, by the rule of the verdict."""
    scale = np.sqrt(1.0 / n + race.ratio) * spread
    with np.errstate(divide="ignore", invalid="ignore"):
        t = np.abs(mean) / scale
    p = np.where(scale > 0.0, 2.0 * stats.t.sf(t, n - 1.0), (mean == 0.0).astype(np.float64))
    order = np.argsort(p, axis=1, kind="stable")
    factors = np.arange(p.shape[1], 0, -1)
    adjusted = np.empty_like(p)
    np.put_along_axis(
        adjusted, order, np.maximum.accumulate(np.take_along_axis(p, order, axis=1) * factors, axis=1), axis=1
    )
    best = mean.argmax(axis=1)
    rows = np.arange(len(mean))
    is_chosen = (adjusted[rows, best] < SIGNIFICANCE) & (mean[rows, best] > race.margin)
    return np.where(is_chosen, best, -1)
