"""What a reader of the verdict should know beside it, as plain sentences."""

from collections.abc import Sequence

import numpy as np

from imbgan._text import cut, shown
from imbgan.comparison.metrics import METRICS
from imbgan.comparison.results import Choice, FoldResult, Score, StrategyRun, Task
from imbgan.comparison.statistics import value_of
from imbgan.comparison.wording import digits_for, number, signed, unsampled

# Test folds with fewer rare rows say little.
FEW_ROWS = 10
# The best of so many strategies is partly the luckiest.
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
    """Return the notes of a verdict, the recommended pair being the first of ``choices``."""
    found: list[str] = []
    if choices:
        found += [_of_other(choice, control) for choice in choices[1:]]
        found += _of_threshold(scores, rows, choices[0].estimator, task.positive, control, rope)
        found += _of_luck(scores, choices[0], control)
    found += _of_rare_rows(task, rows)
    found += _of_estimators_without_control(runs, choices, control)
    found += _of_strategies_not_run(runs)
    found += _of_warnings(rows)
    return tuple(found)


def _of_other(choice: Choice, control: str) -> str:
    digits = digits_for(choice.control_score)
    best = f"With {shown(choice.estimator)} ({METRICS[choice.metric].title} {number(choice.score, digits)}): "
    if choice.strategy == control:
        return f"{best}{unsampled(control)}; nothing is surely ahead of it by more than the margin that counts."
    return f"{best}use {shown(choice.strategy)}, {number(choice.control_score, digits)} with {unsampled(control)}."


def _of_threshold(
    scores: Sequence[Score], rows: Sequence[FoldResult], estimator: str, positive: str | None, control: str, rope: float
) -> list[str]:
    """Say what a tuned threshold alone does for the control, and whether anything adds to that."""
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
    """Say what the strategies, tuned as well, add to the tuned control."""
    best = max(rivals, key=lambda score: score.gain or 0.0, default=None)
    if best is None:
        return ""
    if (best.gain or 0.0) <= rope:
        return f"; with both, no strategy adds more than {number(rope, 2 if rope >= 0.01 else 3)} to that"
    interval = "" if best.gain_low is None else f", 95 % interval {signed(best.gain_low)} to {signed(best.gain_high)}"
    gain = f"{shown(best.strategy)}: {signed(best.gain)}{interval}"
    return f"; with both, {'the best adds' if best.is_significant else 'no strategy surely adds'} to that ({gain})"


def _untuned(rows: Sequence[FoldResult], estimator: str, metric: str, positive: str | None) -> dict[str, float]:
    """Return the mean of a metric as the classifier itself predicts, by strategy."""
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
        f"{shown(choice.strategy)} is the best of {n_rivals} strategies on these rows: the winner among many looks "
        "better than it is, so expect somewhat less on new rows."
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
        "strategies are mostly noise. More rows of this class would tell more than more strategies."
    ]


def _of_estimators_without_control(runs: Sequence[StrategyRun], choices: Sequence[Choice], control: str) -> list[str]:
    judged = {choice.estimator for choice in choices}
    found: list[str] = []
    for estimator in dict.fromkeys(run.estimator for run in runs):
        if estimator in judged:
            continue
        reasons = [run.reason for run in runs if (run.estimator, run.strategy) == (estimator, control)]
        reason = _short(reasons[0] if reasons else "it was not run") or "no test fold held both the class and the rest"
        found.append(f"{shown(estimator)} cannot be judged: {unsampled(control)} has no score with it ({reason}).")
    return found


def _of_strategies_not_run(runs: Sequence[StrategyRun]) -> list[str]:
    """Say which strategies have no result, and why; once where estimators share the reason."""
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
    """Say what libraries warned of, once a strategy and kind of warning, with the number of folds."""
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
