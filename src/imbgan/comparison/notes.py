"""The notes of a verdict: further facts that its reader should know, as plain sentences."""

from collections.abc import Sequence

import numpy as np

from imbgan._text import cut, shown
from imbgan.comparison.metrics import METRICS
from imbgan.comparison.results import Choice, FoldResult, Score, StrategyRun, Task
from imbgan.comparison.statistics import value_of
from imbgan.comparison.wording import digits_for, margin, number, signed, unsampled

# Test folds with fewer rare rows tell little.
FEW_ROWS = 10
# From this number of strategies on, the best one is partly the luckiest one.
MANY_STRATEGIES = 3
_LONGEST_REASON = 200


def notes(
    scores: Sequence[Score],
    runs: Sequence[StrategyRun],
    task: Task,
    rows: Sequence[FoldResult],
    choices: Sequence[Choice],
    *,
    control: str,
    rope: float,
) -> tuple[str, ...]:
    """Return the notes of a verdict; the first of ``choices`` is the recommended pair."""
    found: list[str] = []
    if choices:
        found += [_of_other(choice, control, rope) for choice in choices[1:]]
        found += _of_threshold(scores, rows, choices[0].estimator, task.positive, control, rope)
        found += _of_luck(scores, choices[0], control)
    found += _of_rare_rows(task, rows)
    found += _of_estimators_without_control(runs, choices, control)
    found += _of_strategies_not_run(runs)
    found += _of_warnings(rows)
    return tuple(found)


def _of_other(choice: Choice, control: str, rope: float) -> str:
    digits = digits_for(choice.control_score)
    best = f"With {shown(choice.estimator)} ({METRICS[choice.metric].title} {number(choice.score, digits)}): "
    if choice.strategy == control:
        least = margin(choice.metric, rope)
        return f"{best}{unsampled(control)}; no strategy has a significant gain of more than {least}."
    return f"{best}use {shown(choice.strategy)}, {number(choice.control_score, digits)} with {unsampled(control)}."


def _of_threshold(
    scores: Sequence[Score], rows: Sequence[FoldResult], estimator: str, positive: str | None, control: str, rope: float
) -> list[str]:
    """Tell what a tuned threshold alone does for the control, and whether any strategy adds to that."""
    of_estimator = [score for score in scores if score.estimator == estimator and score.label is None]
    measured = {score.metric for score in of_estimator}
    metric = next((name for name in ("mcc", "g_mean") if name in measured), None)
    if metric is None:
        return []
    by_strategy = {score.strategy: score for score in of_estimator if score.metric == metric}
    untuned = _untuned(rows, estimator, metric, positive)
    tuned, default = by_strategy.get(control), untuned.pop(control, None)
    if tuned is None or default is None or tuned.mean - default <= rope:
        return []
    title = METRICS[metric].title
    sentence = (
        f"With {unsampled(control)}, a tuned threshold alone raises {title} from {number(default)} to "
        f"{number(tuned.mean)}"
    )
    if untuned:
        best = max(untuned, key=lambda strategy: untuned[strategy])
        sentence += f"; without tuning, the best strategy reaches {number(untuned[best])} ({shown(best)})"
    rivals = [score for score in by_strategy.values() if score.gain is not None]
    return [f"{sentence}{_added(rivals, rope)}."]


def _added(rivals: Sequence[Score], rope: float) -> str:
    """Tell what the strategies, also with tuned thresholds, add to the tuned control."""
    best = max(rivals, key=lambda score: score.gain or 0.0, default=None)
    if best is None:
        return ""
    if (best.gain or 0.0) <= rope:
        return f"; with both, no strategy adds more than {number(rope, 2 if rope >= 0.01 else 3)} to that"
    interval = "" if best.gain_low is None else f", 95 % interval {signed(best.gain_low)} to {signed(best.gain_high)}"
    gain = f"{shown(best.strategy)}: {signed(best.gain)}{interval}"
    return (
        f"; with both, {'the best adds' if best.is_significant else 'no strategy adds significantly'} to that ({gain})"
    )


def _untuned(rows: Sequence[FoldResult], estimator: str, metric: str, positive: str | None) -> dict[str, float]:
    """Return the mean of a metric without a tuned threshold, by strategy."""
    values: dict[str, list[float]] = {}
    for row in rows:
        if row.estimator == estimator and row.status == "ok":
            value = value_of(row.default_scores, metric, positive)
            if value is not None:
                values.setdefault(row.strategy, []).append(value)
    return {strategy: float(np.mean(found)) for strategy, found in values.items()}


def _of_luck(scores: Sequence[Score], choice: Choice, control: str) -> list[str]:
    """Warn of the winner's curse."""
    n_rivals = sum(
        (score.estimator, score.metric, score.label) == (choice.estimator, choice.metric, None)
        and score.gain is not None
        for score in scores
    )
    if choice.strategy == control or n_rivals < MANY_STRATEGIES:
        return []
    return [
        f"{shown(choice.strategy)} is the best of {n_rivals} strategies on these rows: the best of many "
        "looks better than it is, so expect a somewhat smaller gain on other rows."
    ]


def _of_rare_rows(task: Task, rows: Sequence[FoldResult]) -> list[str]:
    if not rows or not task.class_counts or not task.n_rows:
        return []
    smallest = min(task.class_counts, key=lambda label: task.class_counts[label])
    rare = smallest if task.positive is None else task.positive
    share = float(np.mean([row.n_test for row in rows])) / task.n_rows
    per_fold = task.class_counts[rare] * share
    if per_fold >= FEW_ROWS:
        return []
    return [
        f"A test fold holds about {max(1, round(per_fold))} rows of class {rare!r}: with so few, differences between "
        "strategies are mostly noise. More rows of this class would help more than more strategies."
    ]


def _of_estimators_without_control(runs: Sequence[StrategyRun], choices: Sequence[Choice], control: str) -> list[str]:
    judged = {choice.estimator for choice in choices}
    found: list[str] = []
    for estimator in dict.fromkeys(run.estimator for run in runs):
        if estimator in judged:
            continue
        reasons = [run.reason for run in runs if (run.estimator, run.strategy) == (estimator, control)]
        reason = (
            _short(reasons[0] if reasons else "it was not run") or "no test fold had rows of the class and other rows"
        )
        found.append(f"{shown(estimator)} cannot be judged: {unsampled(control)} has no score with it ({reason}).")
    return found


def _of_strategies_not_run(runs: Sequence[StrategyRun]) -> list[str]:
    """Tell which strategies have no result, and why; estimators with the same reason share a sentence."""
    grouped: dict[tuple[str, str, str], list[str]] = {}
    for run in runs:
        if run.status != "ok":
            grouped.setdefault((run.strategy, run.status, _short(run.reason)), []).append(run.estimator)
    n_estimators = len({run.estimator for run in runs})
    found: list[str] = []
    for (strategy, status, reason), estimators in grouped.items():
        where = f" with {', '.join(map(shown, estimators))}" if len(estimators) < n_estimators else ""
        what = "failed" if status == "failed" else f"was {shown(status)}"
        found.append(f"{shown(strategy)} {what}{where}: {reason or 'no reason was given'}.")
    return found


def _of_warnings(rows: Sequence[FoldResult]) -> list[str]:
    """Report warnings of libraries, once per strategy and category of warning, with the number of folds."""
    n_folds = len({row.fold for row in rows})
    texts: dict[tuple[str, str], dict[int, str]] = {}
    for row in rows:
        for warning in row.warnings:
            kind, _, text = str(warning).partition(": ")
            texts.setdefault((row.strategy, kind), {})[row.fold] = text
    return [
        f"{shown(strategy)} warned in {len(by_fold)} of {n_folds} folds: {_short(next(iter(by_fold.values())))} "
        f"({shown(kind)})."
        for (strategy, kind), by_fold in texts.items()
    ]


def _short(reason: str) -> str:
    """Return a reason as one line without its full stop."""
    return cut(" ".join(reason.split()).rstrip("."), _LONGEST_REASON)
