"""Search for the strategy that suits a table: candidates share inner folds, and each round drops the worse half."""

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import StratifiedKFold

from imbgan._progress import progress_console
from imbgan._threads import one_thread
from imbgan.engines import Engine
from imbgan.ensemble.base import seed_of, seeded
from imbgan.ensemble.scoring import Scoring, score_probabilities
from imbgan.exceptions import ImbganError
from imbgan.oversampling.sharing import Sharing
from imbgan.random import Streams
from imbgan.strategies.costs import Costs
from imbgan.strategies.strategy import Strategy, families
from imbgan.strategies.thresholds import cheapest_threshold
from imbgan.strategies.trial import Split, Trial, run_trial
from imbgan.tabular import take

#: The strategy that every other candidate is compared with: doing nothing.
CONTROL = "none"

# The smallest number of rows of a class from which all candidates can learn.
LEAST_ROWS = 2


@dataclass(frozen=True)
class Problem:
    """The data and settings by which all candidates are judged.

    Parameters
    ----------
    estimator : classifier
    X : table of shape (n, d)
    labels, codes : ndarray of shape (n,)
        Labels, and class codes.
    counts : ndarray of shape (n_classes,), int
    scoring : str, callable or Costs
        With costs, the score is minus the cost per 1,000 rows: of two classes, at the threshold that is cheapest in the
        other folds of the round; of more, by Bayes' rule.
    streams : Streams
        The source of folds and seeds.
    sharing : Sharing or None
        Holds the generators that candidates share; None means one sharing per fold and family.
    weights : ndarray of shape (n,) or None
        Weights of the rows.
    """

    estimator: Any
    X: object
    labels: NDArray[np.generic]
    codes: NDArray[np.intp]
    counts: NDArray[np.intp]
    scoring: Scoring | Costs
    streams: Streams
    sharing: Sharing | None = None
    weights: NDArray[np.float64] | None = None


class Outcome(NamedTuple):
    """One candidate in one fold; if the score is NaN, ``reason`` tells why.

    ``probabilities``, of shape (n_test, n_classes), belong to the rows at the positions ``rows``.
    """

    rows: NDArray[np.intp]
    score: float
    seconds: float
    probabilities: NDArray[np.float64]
    reason: str = ""


@dataclass
class Record:
    """One candidate in all its folds, in the order of the folds.

    Parameters
    ----------
    outcomes : list of Outcome
    """

    outcomes: list[Outcome] = field(default_factory=list)

    @property
    def scores(self) -> list[float]:
        """The score in each fold."""
        return [outcome.score for outcome in self.outcomes]

    @property
    def reason(self) -> str:
        """Why a score is missing; empty if none is missing."""
        return next((outcome.reason for outcome in self.outcomes if outcome.reason), "")


@dataclass(frozen=True)
class Fold:
    """The number of a fold, positions of its training and test rows, and the seed of all candidates."""

    number: int
    train: NDArray[np.intp]
    test: NDArray[np.intp]
    seed: int


def n_inner_splits(counts: NDArray[np.intp], wanted: int) -> int:
    """Return the number of folds for which the rarest class has enough rows; 0 if it has too few.

    Each test part needs a row of each class, and each training part needs :data:`LEAST_ROWS`.
    """
    rarest = int(counts.min())
    n_splits = min(wanted, rarest)
    left = rarest - -(-rarest // n_splits)
    return n_splits if n_splits >= 2 and left >= LEAST_ROWS else 0


def search(
    problem: Problem,
    strategies: Mapping[str, Strategy],
    *,
    n_splits: int,
    n_rounds: int,
    halving: bool,
    engine: Engine,
    n_jobs: int | None,
    verbose: int | bool,
) -> dict[str, Record]:
    """Score candidates on repeated stratified folds.

    Parameters
    ----------
    problem : Problem
    strategies : mapping of str to Strategy
        The candidates, the preferred one first; :data:`CONTROL` is one of them.
    n_splits, n_rounds : int
        Numbers of folds and of rounds. Each round divides all rows into new folds.
    halving : bool
        Whether only the better half by mean score, and the control, continues to the next round.
    engine : Engine
        Has been entered.
    n_jobs : int or None
        Number of processes. Each runs a family of candidates on a fold, which share a generator.
    verbose : bool or int

    Returns
    -------
    dict of str to Record
        In the order of ``strategies``. Candidates that were dropped have fewer folds.

    Raises
    ------
    Exception
        Whatever the control raises.
    """
    records = {name: Record() for name in strategies}
    running = list(strategies)
    for number in range(n_rounds):
        # Families run one after the other, so that a fold holds few generators at a time.
        units = [
            (fold, family)
            for fold in _folds(problem, n_splits, number)
            for family in families(strategies[name] for name in running)
        ]
        per_fold: list[dict[str, Outcome]] = [{} for _ in range(n_splits)]
        for fold, outcomes in engine.map(_run_unit, units, shared=(problem,), n_jobs=n_jobs):
            per_fold[fold].update(outcomes)
        if isinstance(problem.scoring, Costs):
            per_fold = _at_tuned_thresholds(problem.codes, problem.scoring, per_fold)
        for outcomes in per_fold:
            for name, outcome in outcomes.items():
                records[name].outcomes.append(outcome)
        running = [name for name in running if not records[name].reason]
        if verbose:
            _report(records, running, number)
        if halving:
            running = better_half({name: records[name].scores for name in running})
        if running == [CONTROL]:
            break
    return records


def better_half(scores: Mapping[str, Sequence[float]]) -> list[str]:
    """Return the control and the better half of the others by mean score, in their order; the first of equals wins."""
    others = [name for name in scores if name != CONTROL]
    ranked = sorted(others, key=lambda name: -float(np.mean(scores[name])))
    kept = {CONTROL, *ranked[: (len(others) + 1) // 2]}
    return [name for name in scores if name in kept]


def _folds(problem: Problem, n_splits: int, number: int) -> list[Fold]:
    splitter = StratifiedKFold(n_splits, shuffle=True, random_state=seed_of(problem.streams, "folds", number))
    pairs = splitter.split(np.zeros((len(problem.codes), 1)), problem.codes)
    return [Fold(i, train, test, seed_of(problem.streams, "fit", number, i)) for i, (train, test) in enumerate(pairs)]


def _run_unit(problem: Problem, unit: tuple[Fold, Sequence[Strategy]]) -> tuple[int, dict[str, Outcome]]:
    """Return the number of the fold, and the outcomes of the candidates of one family."""
    fold, strategies = unit
    X_train, X_test = take(problem.X, fold.train), take(problem.X, fold.test)
    weights = None if problem.weights is None else problem.weights[fold.train]
    split = Split(X_train, problem.labels[fold.train], X_test, np.unique(problem.labels), weights)
    sharing = Sharing() if problem.sharing is None else problem.sharing
    return fold.number, {strategy.name: _judge(problem, strategy, fold, split, sharing) for strategy in strategies}


def _judge(problem: Problem, strategy: Strategy, fold: Fold, split: Split, sharing: Sharing) -> Outcome:
    """Return the outcome of a candidate. Raise any error of the control, and unexpected errors of any candidate."""
    # The chosen strategy warns again when it is fitted on all rows.
    trial = run_trial(strategy, seeded(problem.estimator, fold.seed), split, seed=fold.seed, sharing=sharing)
    error: Exception | None = trial.error
    score = np.nan
    if error is None:
        try:
            score = _score(problem, trial, fold, split)
        except (ImbganError, ValueError) as raised:
            error = raised
    if error is None:
        return Outcome(fold.test, score, trial.seconds, trial.probabilities)
    if strategy.name == CONTROL or not isinstance(error, ImbganError | ValueError):
        raise error
    nothing = np.full((len(fold.test), len(problem.counts)), np.nan)
    return Outcome(fold.test, np.nan, np.nan, nothing, " ".join(str(error).split()))


def _score(problem: Problem, trial: Trial, fold: Fold, split: Split) -> float:
    with one_thread(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if isinstance(problem.scoring, Costs):
            score = held_out_scores(problem.scoring, [problem.codes[fold.test]], [trial.probabilities])[0]
        elif isinstance(problem.scoring, str):
            score = score_probabilities(problem.scoring, problem.codes[fold.test], trial.probabilities, problem.counts)
        else:
            score = float(problem.scoring(trial.classifier, split.X_test, problem.labels[fold.test]))
    if not np.isfinite(score):
        raise ValueError(f"The score is {score}, not a finite number.")
    return score


def _at_tuned_thresholds(
    codes: NDArray[np.intp], costs: Costs, per_fold: Sequence[Mapping[str, Outcome]]
) -> list[dict[str, Outcome]]:
    """Return the outcomes of a round with the scores of :func:`held_out_scores`."""
    priced: list[dict[str, Outcome]] = [dict(outcomes) for outcomes in per_fold]
    for name in priced[0]:
        good = [outcomes for outcomes in priced if not outcomes[name].reason]
        scores = held_out_scores(
            costs,
            [codes[outcomes[name].rows] for outcomes in good],
            [outcomes[name].probabilities for outcomes in good],
        )
        for outcomes, score in zip(good, scores, strict=True):
            outcomes[name] = outcomes[name]._replace(score=score)
    return priced


def held_out_scores(
    costs: Costs, codes: Sequence[NDArray[np.intp]], probabilities: Sequence[NDArray[np.float64]]
) -> list[float]:
    """Return minus the cost per 1,000 rows of each fold; higher is better.

    Of two classes, decisions have the threshold that is cheapest in the other folds together. Of more, and with a
    single fold, they have the least expected cost.

    Parameters
    ----------
    costs : Costs
    codes : sequence of ndarray of shape (n,), int
        The true classes of each fold.
    probabilities : sequence of ndarray of shape (n, n_classes)
        Predictions for its rows.
    """
    scores: list[float] = []
    for i, (true, p) in enumerate(zip(codes, probabilities, strict=True)):
        decided = costs.decide(p)
        if len(codes) > 1 and p.shape[1] == 2:
            others = [j for j in range(len(codes)) if j != i]
            known = np.concatenate([codes[j] for j in others])
            p_known = np.concatenate([probabilities[j] for j in others])
            cut = cheapest_threshold(known == 1, p_known[:, 1], costs, 1)
            decided = (p[:, 1] >= cut).astype(np.intp)
        scores.append(-sum(costs.by_class(true, decided).values()))
    return scores


def _report(records: Mapping[str, Record], running: Sequence[str], number: int) -> None:
    means = ", ".join(f"{name} {np.mean(records[name].scores):.4f}" for name in running)
    progress_console().print(f"Round {number + 1}: {means}", markup=False, highlight=False)


def choose(scores: Mapping[str, Sequence[float]], order: Sequence[str]) -> str:
    r"""Choose doing nothing, unless another candidate is ahead by more than one standard error.

    Scores are paired by fold. The standard error of a mean difference over J folds is the plain one,
    :math:`s / \sqrt J`; it treats folds as independent, which they are not, so this is a rule of choice, not a test.
    Only candidates whose mean difference to the control exceeds it are eligible. Among these and the control, the
    choice is the first in ``order`` that is behind the best by no more than one standard error of
    their difference (the rule of Breiman et al. 1984 for the size of a tree, with preference in place of size).

    Parameters
    ----------
    scores : mapping of str to sequence of float
        Higher is better. Candidates with fewer folds than the control, or with scores that are not finite, are not
        eligible.
    order : sequence of str
        The preferred candidate first; :data:`CONTROL` is one of them.

    Returns
    -------
    str

    Examples
    --------
    >>> choose({"none": [0.1, 0.2, 0.3], "smote": [0.2, 0.3, 0.4], "gan": [0.2, 0.31, 0.38]}, ["none", "smote", "gan"])
    'smote'
    >>> choose({"none": [0.1, 0.2, 0.3], "gan": [0.3, 0.1, 0.25]}, ["none", "gan"])
    'none'
    """
    reference = scores[CONTROL]
    if len(reference) < 2:  # nothing is known about the spread
        return CONTROL
    eligible = [CONTROL]
    for name in order:
        if name != CONTROL and len(scores[name]) == len(reference) and np.isfinite(scores[name]).all():
            gain = paired_gain(scores[name], reference)
            if gain.mean > gain.standard_error:
                eligible.append(name)
    best = max(eligible, key=lambda name: float(np.mean(scores[name])))
    gaps = {name: paired_gain(scores[best], scores[name]) for name in eligible}
    return min((name for name, gap in gaps.items() if gap.mean <= gap.standard_error), key=list(order).index)


class Gain(NamedTuple):
    """A mean difference over folds, and its standard error."""

    mean: float
    standard_error: float


def paired_gain(scores: Sequence[float], reference: Sequence[float]) -> Gain:
    """Return the mean gain of ``scores`` over ``reference``, paired by fold; there are at least two folds."""
    differences = np.asarray(scores, np.float64) - np.asarray(reference, np.float64)
    # The mean of equal numbers can differ from them in the last bits, which would give them a spread.
    if np.ptp(differences) == 0.0:
        return Gain(float(differences[0]), 0.0)
    return Gain(float(differences.mean()), float(differences.std(ddof=1) / np.sqrt(len(differences))))


def is_complete(record: Record, records: Mapping[str, Record]) -> bool:
    """Return whether a candidate has a score in all folds that the control has."""
    return not record.reason and len(record.outcomes) == len(records[CONTROL].outcomes) > 0


def cv_results(records: Mapping[str, Record]) -> dict[str, NDArray[Any]]:
    """Return the search as columns; see :class:`imbgan.AutoBalancedClassifier`."""
    n_folds = len(records[CONTROL].outcomes)
    scores = np.full((len(records), n_folds), np.nan)
    for row, record in enumerate(records.values()):
        scores[row, : len(record.outcomes)] = record.scores
    known = [[] if record.reason else record.scores for record in records.values()]
    means = np.array([np.mean(each) if each else np.nan for each in known])
    # Candidates with more folds come first, then those with a greater mean; candidates without a score come last.
    order = np.lexsort(np.array([-means, [-len(each) for each in known]]))
    return {
        "strategy": np.array(list(records)),
        "mean_test_score": means,
        "std_test_score": np.array([np.std(each) if each else np.nan for each in known]),
        "rank_test_score": np.argsort(order) + 1,
        **{f"split{fold}_test_score": scores[:, fold] for fold in range(n_folds)},
        "n_folds": np.array([len(each) for each in known]),
        "mean_fit_time": np.array(
            [
                np.mean([o.seconds for o in each.outcomes]) if k else np.nan
                for each, k in zip(records.values(), known, strict=True)
            ]
        ),
        "reason": np.array([record.reason for record in records.values()]),
    }
