"""One fold of a comparison: strategies are fitted on training rows only and judged on untouched test rows."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone

from imbgan.comparison.curves import curve_points
from imbgan.comparison.fold_results import FoldResult, pack
from imbgan.comparison.folds import Fold, Indices, n_blocks_of_rarest, split
from imbgan.comparison.generated import assess_rows, gan_sampler
from imbgan.comparison.metrics import rank_metrics
from imbgan.comparison.plan import Data, Plan
from imbgan.comparison.tuning import tuned_scores
from imbgan.exceptions import DataError
from imbgan.quality import Assessment
from imbgan.random import Streams
from imbgan.strategies import Sharing, Split, Strategy, Trial, run_trial
from imbgan.strategies.thresholds import threshold_metrics
from imbgan.tabular import take
from imbgan.tabular.labels import label_text

# Where no other fold can tell the threshold, one of this many parts of the training part is held out for it.
INNER_SPLITS = 3

#: Names of a strategy and an estimator.
Key = tuple[str, str]


class FoldOutput(NamedTuple):
    """What one fold of a family of strategies gives: results, and the assessment of generated rows if asked for."""

    rows: list[FoldResult]
    assessment: Assessment | None


def check_tunable(data: Data, folds: Sequence[Fold]) -> None:
    """Raise DataError if a training part that has to be split for a threshold is too small for that."""
    for fold in folds:
        codes = data.codes[fold.train]
        is_small = len(np.unique(codes)) < len(data.classes) or n_blocks_of_rarest(codes, data.blocks[fold.train]) < 2
        if not fold.peers and is_small:
            raise DataError(
                f"To tune thresholds, each class needs 2 different rows in every training part. Fold {fold.index} has "
                "fewer; join rare classes, or pass tune_threshold=False."
            )


def run_fold(
    data: Data, plan: Plan, fold: Fold, strategies: Sequence[Strategy], skip: frozenset[Key], *, assess: bool = False
) -> FoldOutput:
    """Judge strategies with every estimator on one fold, each by one fit.

    Thresholds come from the predictions of other folds (:mod:`imbgan.comparison.judging`). A fold without peers needs
    a second fit, on two thirds of its training part, and its results are complete at once.

    Parameters
    ----------
    data, plan, fold
    strategies : sequence of Strategy
        The strategies of one family; they run one after the other.
    skip : frozenset of (str, str)
        Pairs of strategy and estimator whose results are already known.
    assess : bool, default=False
        Whether rows of the first strategy that trains a GAN are assessed, with the test part as held-out rows.

    Returns
    -------
    FoldOutput
        With one result for each pair.
    """
    pairs = [(s, name) for s in strategies for name in plan.estimators if (s.name, name) not in skip]
    tuned_on: dict[Key, Trial] = {}
    inner = _inner_split(data, plan, fold) if plan.tune_threshold and not fold.peers else None
    if inner is not None:
        part, sharing = _part(data, *inner), Sharing()
        for strategy, name in pairs:
            seed = plan.fold_seed(fold, "inner")
            tuned_on[strategy.name, name] = _trial(plan, strategy, name, part, seed, sharing)
    part, seed, sharing = _part(data, fold.train, fold.test), plan.fold_seed(fold), Sharing()
    rows: list[FoldResult] = []
    for strategy, name in pairs:
        key = strategy.name, name
        trial = _trial(plan, strategy, name, part, seed, sharing)
        row = _result(data, plan, fold, key, trial)
        if inner is not None and row.status == "ok":
            row = _tuned(row, data, plan, inner[1], fold.test, tuned_on[key], trial)
        rows.append(row)
    if not assess:
        return FoldOutput(rows, None)
    ran = {row.strategy for row in rows if row.status == "ok"}
    estimator = next(iter(plan.estimators.values()))
    samplers = (gan_sampler(s, estimator, seed, sharing) for s in strategies if s.name in ran)
    sampler = next((sampler for sampler in samplers if sampler is not None), None)
    y_test = data.classes[data.codes[fold.test]]
    return FoldOutput(rows, None if sampler is None else assess_rows(part, y_test, sampler, plan.kinds))


def _part(data: Data, train: Indices, test: Indices) -> Split:
    return Split(take(data.X, train), data.classes[data.codes[train]], take(data.X, test), data.classes)


def _trial(plan: Plan, strategy: Strategy, name: str, part: Split, seed: int, sharing: Sharing) -> Trial:
    trial = run_trial(strategy, clone(plan.estimators[name]), part, seed=seed, sharing=sharing)
    # Fitted classifiers would pile up: forests, and the tables that their samplers keep.
    return replace(trial, classifier=None)


def _inner_split(data: Data, plan: Plan, fold: Fold) -> tuple[Indices, Indices]:
    """Return training and test rows within the training part."""
    rows = fold.train
    codes, blocks = data.codes[rows], data.blocks[rows]
    n_splits = min(INNER_SPLITS, n_blocks_of_rarest(codes, blocks))
    seed = Streams(plan.seed).integer("inner folds", fold.index)
    train, test = next(iter(split(codes, blocks, n_splits=n_splits, seed=seed, has_groups=data.has_groups)))
    return rows[train], rows[test]


def _tuned(
    row: FoldResult, data: Data, plan: Plan, inner: Indices, test: Indices, tuned_on: Trial, trial: Trial
) -> FoldResult:
    """Return a result with scores at thresholds that are tuned on the rows ``inner``."""
    warned = tuple(sorted({*row.warnings, *tuned_on.warnings}))
    if tuned_on.error is not None:
        return replace(row, warnings=warned)
    judged = list(data.judged)
    known, p_known = data.codes[inner], tuned_on.probabilities[:, judged]
    found = tuned_scores(data, plan, known, p_known, data.codes[test], trial.probabilities[:, judged])
    return replace(row, scores={**row.scores, **found}, warnings=warned)


def _result(data: Data, plan: Plan, fold: Fold, key: Key, trial: Trial) -> FoldResult:
    result = FoldResult(
        *(fold.index, fold.repeat, *key),
        status=trial.status,
        reason=trial.reason,
        n_train=len(fold.train),
        n_test=len(fold.test),
        warnings=trial.warnings,
    )
    if trial.error is not None:
        return result
    counts = {label_text(label): round(float(n), 6) for label, n in zip(data.classes, trial.counts, strict=True) if n}
    return replace(
        result,
        seconds=trial.seconds,
        spent=trial.spent,
        class_counts=counts,
        predictions=pack(trial.probabilities[:, list(data.judged)]),
        **_judge(data, plan, fold, trial.probabilities),
    )


def _judge(data: Data, plan: Plan, fold: Fold, test: NDArray[np.float64]) -> dict[str, dict[str, Any]]:
    """Return scores, scores of the most probable class, and curves, by the names of :class:`FoldResult`.

    Scores at tuned thresholds are missing.
    """
    scores: dict[str, dict[str, float | None]] = {name: {} for name in plan.metrics}
    default_scores: dict[str, dict[str, float | None]] = {}
    curves: dict[str, Any] = {}
    codes, chosen = data.codes[fold.test], test.argmax(axis=1)
    for code in data.judged:
        label, is_class = label_text(data.classes[code]), codes == code
        found = rank_metrics(is_class, test[:, code])
        if plan.alerts is not None:
            found |= plan.alerts.judge(is_class, test[:, code])
        plain = threshold_metrics(is_class, chosen == code)
        if not plan.tune_threshold:
            found |= plain
        for name in plan.metrics:
            if name != "cost":
                scores[name][label] = found.get(name)
        for name, value in plain.items():
            default_scores.setdefault(name, {})[label] = value
        curves[label] = curve_points(is_class, test[:, code])
    if plan.costs is not None:
        default_scores["cost"] = {**plan.costs.by_class(codes, chosen)}
        if not plan.tune_threshold or len(data.classes) > 2:
            scores["cost"] = {**plan.costs.by_class(codes, plan.costs.decide(test))}
    return {"scores": scores, "default_scores": default_scores, "curves": curves}
