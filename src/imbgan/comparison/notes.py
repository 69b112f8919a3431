"""The notes of a verdict: further facts that its reader should know. Their words stand in ``wording``."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from imbgan._text import cut, round_duration, shown
from imbgan.comparison.fold_results import FoldResult
from imbgan.comparison.results import Choice, Note, Score, StrategyRun, Task
from imbgan.comparison.statistics import value_of
from imbgan.comparison.wording import NOTES, amount, digits_for, margin, number, signed
from imbgan.strategies.costs import Costs

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
    costs: Costs | None = None,
) -> tuple[Note, ...]:
    """Return the notes of a verdict; the first of ``choices`` is the recommended pair."""
    found: list[Note] = []
    if choices:
        if costs is not None:
            found += _of_costs(scores, task, choices[0], control, costs)
        found += [_of_other(choice, control, rope) for choice in choices[1:]]
        found += _of_threshold(scores, rows, choices[0].estimator, task.positive, control, rope)
        found += _of_luck(scores, choices[0], control)
    found += _of_rare_rows(task, rows)
    found += _of_estimators_without_control(runs, choices, control)
    found += _of_strategies_not_run(runs)
    found += _of_choices(rows)
    found += _of_warnings(rows)
    return tuple(found)


def budget_notes(settings: Mapping[str, Any], rows: Sequence[FoldResult]) -> tuple[Note, ...]:
    """Return the notes of a comparison that did not have to run all folds: why it ended, and what it left out."""
    record: Any = settings["budget"]
    if record is None:
        return ()
    n_folds = settings["cv"]["n_splits"] * settings["cv"]["n_repeats"]
    n = len({row.fold for row in rows if row.strategy == settings["control"]})
    facts = {"n": n, "n_folds": n_folds, "seconds": round_duration(settings["seconds"])}
    found: list[Note] = []
    if record["seconds"] is None:
        found.append(_note("replayed", **facts))
    elif record["ended"] != "complete":
        found.append(_note(record["ended"], **facts, budget=round_duration(record["seconds"])))
    missing = [name for name in settings["strategies"] if name not in {row.strategy for row in rows}]
    if missing:
        found.append(_note("no time", strategies=", ".join(map(shown, missing))))
    counts = Counter({name: len({row.fold for row in rows if row.strategy == name}) for name in settings["strategies"]})
    fewer = [name for name, count in counts.items() if 0 < count < n]
    if fewer:
        named = ", ".join(f"{shown(name)} ({counts[name]})" for name in fewer)
        found.append(_note("fewer folds", counts=named, control=settings["control"]))
    return tuple(found)


def text_notes(settings: Mapping[str, Any]) -> tuple[Note, ...]:
    """Return the notes that say how columns of text were encoded, if there were any, and what is left out for that."""
    texts: Mapping[str, str] = settings.get("texts") or {}
    found: list[Note] = []
    if list(texts) == ["0"]:  # texts alone, which have no name
        found.append(_note("texts alone", columns=texts["0"]))
    elif texts:
        columns = ", ".join(f"{shown(name)} by {title}" for name, title in texts.items())
        found.append(_note("texts", columns=columns))
    if settings.get("same_as_control"):
        names, estimators = (", ".join(map(shown, settings[key])) for key in ("same_as_control", "estimators"))
        found.append(_note("same model", strategies=names, estimators=estimators, control=shown(settings["control"])))
    return tuple(found)


def _of_choices(rows: Sequence[FoldResult]) -> list[Note]:
    """Tell what a strategy that chooses among candidates has chosen."""
    chosen: dict[str, Counter[str]] = {}
    for row in rows:
        if row.chosen:
            chosen.setdefault(row.strategy, Counter())[row.chosen] += 1
    found: list[Note] = []
    for strategy, counts in chosen.items():
        n = sum(counts.values())
        parts = [f"{shown(name)} ({times}/{n})" for name, times in counts.most_common()]
        found.append(_note("auto chose", strategy=shown(strategy), counts=", ".join(parts)))
    return found


def _note(*pieces: str, **facts: object) -> Note:
    return Note(pieces, {field: str(value) for field, value in facts.items()})


def _of_costs(scores: Sequence[Score], task: Task, choice: Choice, control: str, costs: Costs) -> list[Note]:
    """Tell what the decisions of the recommended pair cost, beside the control and the best rule without a model."""
    spent = {
        score.strategy: score.mean
        for score in scores
        if (score.estimator, score.metric, score.label) == (choice.estimator, "cost", None)
    }
    if not {choice.strategy, control} <= set(spent):
        return []
    cost, rules = spent[choice.strategy], costs.of_one_answer([task.class_counts[label] for label in costs.labels])
    label = min(rules, key=lambda each: rules[each])
    facts = {"estimator": shown(choice.estimator), "control": control, "label": repr(label)}
    facts |= {"cost": amount(cost), "before": amount(spent[control]), "rule": amount(rules[label])}
    start = "costs of control" if choice.strategy == control else "costs of strategy"
    if cost >= rules[label]:
        return [_note(start, "costs, lost", **facts, strategy=shown(choice.strategy))]
    saved = amount(rules[label] - cost)
    return [_note(start, "costs, saved", **facts, strategy=shown(choice.strategy), saved=saved)]


def _of_other(choice: Choice, control: str, rope: float) -> Note:
    digits = digits_for(choice.control_score)
    score, control_score = number(choice.score, digits), number(choice.control_score, digits)
    facts = {"estimator": shown(choice.estimator), "metric": choice.metric, "score": score, "control": control}
    if choice.strategy == control:
        return _note("other keeps", **facts, margin=margin(choice.metric, rope))
    return _note("other uses", **facts, strategy=shown(choice.strategy), control_score=control_score)


def _of_threshold(
    scores: Sequence[Score], rows: Sequence[FoldResult], estimator: str, positive: str | None, control: str, rope: float
) -> list[Note]:
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
    pieces = ["threshold"]
    facts = {"control": control, "metric": metric, "default": number(default), "tuned": number(tuned.mean)}
    if untuned:
        best = max(untuned, key=lambda strategy: untuned[strategy])
        pieces.append("threshold, untuned")
        facts |= {"untuned": number(untuned[best]), "strategy": shown(best)}
    added = _added([score for score in by_strategy.values() if score.gain is not None], rope)
    return [Note((*pieces, *added.pieces, "end"), facts | added.facts)]


def _added(rivals: Sequence[Score], rope: float) -> Note:
    """Tell what the strategies, also with tuned thresholds, add to the tuned control."""
    best = max(rivals, key=lambda score: score.gain or 0.0, default=None)
    if best is None:
        return _note()
    if (best.gain or 0.0) <= rope:
        return _note("threshold, no more", margin=number(rope, 2 if rope >= 0.01 else 3))
    piece = "threshold, more" if best.is_significant else "threshold, unsure"
    facts = {"best": shown(best.strategy), "gain": signed(best.gain)}
    if best.gain_low is None:
        return _note(piece, "close", **facts)
    return _note(piece, "interval", "close", **facts, low=signed(best.gain_low), high=signed(best.gain_high))


def _untuned(rows: Sequence[FoldResult], estimator: str, metric: str, positive: str | None) -> dict[str, float]:
    """Return the mean of a metric without a tuned threshold, by strategy."""
    values: dict[str, list[float]] = {}
    for row in rows:
        if row.estimator == estimator and row.status == "ok":
            value = value_of(row.default_scores, metric, positive)
            if value is not None:
                values.setdefault(row.strategy, []).append(value)
    return {strategy: float(np.mean(found)) for strategy, found in values.items()}


def _of_luck(scores: Sequence[Score], choice: Choice, control: str) -> list[Note]:
    """Warn of the winner's curse."""
    n_rivals = sum(
        (score.estimator, score.metric, score.label) == (choice.estimator, choice.metric, None)
        and score.gain is not None
        for score in scores
    )
    if choice.strategy == control or n_rivals < MANY_STRATEGIES:
        return []
    return [_note("luck", strategy=shown(choice.strategy), n_strategies=n_rivals)]


def _of_rare_rows(task: Task, rows: Sequence[FoldResult]) -> list[Note]:
    if not rows or not task.class_counts or not task.n_rows:
        return []
    smallest = min(task.class_counts, key=lambda label: task.class_counts[label])
    rare = smallest if task.positive is None else task.positive
    share = float(np.mean([row.n_test for row in rows])) / task.n_rows
    per_fold = task.class_counts[rare] * share
    return [] if per_fold >= FEW_ROWS else [_note("few rows", n_rows=max(1, round(per_fold)), label=repr(rare))]


def _of_estimators_without_control(runs: Sequence[StrategyRun], choices: Sequence[Choice], control: str) -> list[Note]:
    judged = {choice.estimator for choice in choices}
    found: list[Note] = []
    for estimator in dict.fromkeys(run.estimator for run in runs):
        if estimator in judged:
            continue
        reasons = [run.reason for run in runs if (run.estimator, run.strategy) == (estimator, control)]
        reason = _short(reasons[0] if reasons else NOTES["not run"]) or NOTES["no rows"]
        found.append(_note("not judged", estimator=shown(estimator), control=control, reason=reason))
    return found


def _of_strategies_not_run(runs: Sequence[StrategyRun]) -> list[Note]:
    """Tell which strategies have no result, and why; estimators with the same reason share a sentence."""
    grouped: dict[tuple[str, str, str], list[str]] = {}
    for run in runs:
        if run.status != "ok":
            grouped.setdefault((run.strategy, run.status, _short(run.reason)), []).append(run.estimator)
    n_estimators = len({run.estimator for run in runs})
    found: list[Note] = []
    for (strategy, status, reason), estimators in grouped.items():
        facts = {"strategy": shown(strategy), "reason": reason or NOTES["no reason"]}
        if len(estimators) < n_estimators:
            found.append(_note(f"{status} with", **facts, estimators=", ".join(map(shown, estimators))))
        else:
            found.append(_note(status, **facts))
    return found


def _of_warnings(rows: Sequence[FoldResult]) -> list[Note]:
    """Report warnings of libraries, once per strategy and category of warning, with the number of folds."""
    n_folds = len({row.fold for row in rows})
    texts: dict[tuple[str, str], dict[int, str]] = {}
    for row in rows:
        for warning in row.warnings:
            kind, _, text = str(warning).partition(": ")
            texts.setdefault((row.strategy, kind), {})[row.fold] = text
    return [
        _note(
            "warned",
            strategy=shown(strategy),
            n=len(by_fold),
            n_folds=n_folds,
            text=_short(next(iter(by_fold.values()))),
            kind=shown(kind),
        )
        for (strategy, kind), by_fold in texts.items()
    ]


def _short(reason: str) -> str:
    """Return a reason as one line without its full stop."""
    return cut(" ".join(reason.split()).rstrip("."), _LONGEST_REASON)
