"""One fold of a comparison: strategies are fitted on training rows only and judged on untouched test rows."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone

from imbgan.comparison.alerts import Alerts
from imbgan.comparison.curves import curve_points
from imbgan.comparison.folds import Fold, Indices, n_blocks_of_rarest, split
from imbgan.comparison.metrics import rank_metrics
from imbgan.comparison.results import FoldResult
from imbgan.exceptions import DataError
from imbgan.random import Streams
from imbgan.strategies import Sharing, Split, Strategy, Trial, run_trial
from imbgan.strategies.costs import Costs
from imbgan.strategies.thresholds import cheapest_threshold, threshold_metrics, thresholds
from imbgan.tabular import take
from imbgan.tabular.labels import label_text

# Number of inner folds of the training part, on which thresholds are tuned.
INNER_SPLITS = 3

#: Names of a strategy and an estimator.
Key = tuple[str, str]


@dataclass(frozen=True)
class Data:
    """The data that every fold of a comparison reads.

    Parameters
    ----------
    X : table of shape (n, d)
    codes : ndarray of shape (n,), int
        Class codes.
    classes : tuple
        Labels by code.
    blocks : ndarray of shape (n,), int
        The block of each row; a split keeps the rows of a block together.
    has_groups : bool
    judged : tuple of int
        Codes of the classes that are judged against the rest.
    """

    X: object
    codes: Indices
    classes: NDArray[np.generic]
    blocks: Indices
    has_groups: bool
    judged: tuple[int, ...]


@dataclass(frozen=True)
class Plan:
    """The settings that every fold uses.

    Parameters
    ----------
    estimators : mapping of str to classifier
    metrics : tuple of str
    tune_threshold : bool
    seed : int
    costs : Costs or None
    alerts : Alerts or None
    """

    estimators: Mapping[str, Any]
    metrics: tuple[str, ...]
    tune_threshold: bool
    seed: int
    costs: Costs | None = None
    alerts: Alerts | None = None


@dataclass
class _Outcome:
    """The outcome of one strategy with one estimator in one fold, updated split by split."""

    inner: NDArray[np.float64]  # cross-fitted probabilities of the training rows
    last: Trial | None = None
    warned: set[str] = field(default_factory=set)

    @property
    def is_over(self) -> bool:
        return self.last is not None and self.last.error is not None


def check_tunable(data: Data, folds: Sequence[Fold]) -> None:
    """Raise DataError if a training part is too small for inner folds."""
    for fold in folds:
        codes = data.codes[fold.train]
        if len(np.unique(codes)) < len(data.classes) or n_blocks_of_rarest(codes, data.blocks[fold.train]) < 2:
            raise DataError(
                f"To tune thresholds, each class needs 2 different rows in every training part. Fold {fold.index} has "
                "fewer; join rare classes, or pass tune_threshold=False."
            )


def run_fold(
    data: Data, plan: Plan, fold: Fold, strategies: Sequence[Strategy], skip: frozenset[Key]
) -> list[FoldResult]:
    """Judge strategies with every estimator on one fold.

    Parameters
    ----------
    data, plan, fold
    strategies : sequence of Strategy
        The strategies of one family; within each split they run one after the other.
    skip : frozenset of (str, str)
        Pairs of strategy and estimator whose results are already known.

    Returns
    -------
    list of FoldResult
        One for each pair.
    """
    pairs = [(s, name) for s in strategies for name in plan.estimators if (s.name, name) not in skip]
    shape = (len(fold.train), len(data.classes))
    outcomes: dict[Key, _Outcome] = {(s.name, name): _Outcome(np.full(shape, np.nan)) for s, name in pairs}
    for number, (train, test) in enumerate(_splits(data, plan, fold)):
        part = Split(take(data.X, train), data.classes[data.codes[train]], take(data.X, test), data.classes)
        # All strategies get the same seed, so that they are paired and can share a generator.
        seed, sharing = Streams(plan.seed).integer("fit", fold.index, number), Sharing()
        for strategy, name in pairs:
            outcome = outcomes[strategy.name, name]
            if outcome.is_over:
                continue
            trial = run_trial(strategy, clone(plan.estimators[name]), part, seed=seed, sharing=sharing)
            # Fitted classifiers would pile up: forests, and the tables that their samplers keep.
            outcome.last = replace(trial, classifier=None)
            if trial.error is None:
                outcome.warned.update(trial.warnings)
                if test is not fold.test:
                    outcome.inner[np.searchsorted(fold.train, test)] = trial.probabilities
    return [_result(data, plan, fold, key, outcome) for key, outcome in outcomes.items()]


def _splits(data: Data, plan: Plan, fold: Fold) -> Iterator[tuple[Indices, Indices]]:
    """Yield training and test rows of the inner splits, if thresholds are tuned, and then those of the fold itself."""
    rows = fold.train
    if plan.tune_threshold:
        codes, blocks = data.codes[rows], data.blocks[rows]
        seed = Streams(plan.seed).integer("inner folds", fold.index)
        n_splits = min(INNER_SPLITS, n_blocks_of_rarest(codes, blocks))
        inner = split(codes, blocks, n_splits=n_splits, seed=seed, has_groups=data.has_groups)
        yield from ((rows[train], rows[test]) for train, test in inner)
    yield rows, fold.test


def _result(data: Data, plan: Plan, fold: Fold, key: Key, outcome: _Outcome) -> FoldResult:
    trial = outcome.last
    assert trial is not None  # the fold itself is always run
    result = FoldResult(
        *(fold.index, fold.repeat, *key),
        status=trial.status,
        reason=trial.reason,
        n_train=len(fold.train),
        n_test=len(fold.test),
        warnings=tuple(sorted(outcome.warned)),
    )
    if trial.error is not None:
        return result
    counts = {label_text(label): round(float(n), 6) for label, n in zip(data.classes, trial.counts, strict=True) if n}
    judged = _judge(data, plan, fold, outcome.inner, trial.probabilities)
    return replace(result, seconds=trial.seconds, class_counts=counts, **judged)


def _judge(
    data: Data, plan: Plan, fold: Fold, inner: NDArray[np.float64], test: NDArray[np.float64]
) -> dict[str, dict[str, Any]]:
    """Return scores, scores without tuned thresholds, and curves, by the names of :class:`FoldResult`."""
    scores: dict[str, dict[str, float | None]] = {name: {} for name in plan.metrics}
    default_scores: dict[str, dict[str, float | None]] = {}
    curves: dict[str, Any] = {}
    train_codes, test_codes = data.codes[fold.train], data.codes[fold.test]
    chosen = test.argmax(axis=1)
    for code in data.judged:
        label, is_class = label_text(data.classes[code]), test_codes == code
        found = rank_metrics(is_class, test[:, code])
        if plan.alerts is not None:
            found |= plan.alerts.judge(is_class, test[:, code])
        plain = threshold_metrics(is_class, chosen == code)
        cuts = thresholds(train_codes == code, inner[:, code], plan.metrics) if plan.tune_threshold else {}
        for name, cut in cuts.items():
            found[name] = threshold_metrics(is_class, test[:, code] >= cut)[name]
        for name in plan.metrics:
            if name != "cost":
                scores[name][label] = found[name] if name in found else plain[name]
        for name, value in plain.items():
            default_scores.setdefault(name, {})[label] = value
        curves[label] = curve_points(is_class, test[:, code])
    if plan.costs is not None:
        tuned_on = inner if plan.tune_threshold else None
        cheapest = _cheapest(data, plan.costs, fold, tuned_on, test)
        scores["cost"] = {**plan.costs.by_class(test_codes, cheapest)}
        default_scores["cost"] = {**plan.costs.by_class(test_codes, chosen)}
    return {"scores": scores, "default_scores": default_scores, "curves": curves}


def _cheapest(
    data: Data, costs: Costs, fold: Fold, inner: NDArray[np.float64] | None, test: NDArray[np.float64]
) -> Indices:
    """Return the cheapest predictions of the test rows: at a tuned threshold for two classes, or by Bayes' rule."""
    if inner is None or len(data.classes) > 2:
        return costs.decide(test)
    code = data.judged[0]
    cut = cheapest_threshold(data.codes[fold.train] == code, inner[:, code], costs, code)
    return np.where(test[:, code] >= cut, code, 1 - code)
