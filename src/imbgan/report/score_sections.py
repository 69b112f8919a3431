"""The sections of a page that show a comparison: verdict, classes, scores and curves."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from markupsafe import Markup

from imbgan.comparison.metrics import METRICS
from imbgan.comparison.results import Curve, Score, Task
from imbgan.comparison.statistics import practical_margin
from imbgan.comparison.wording import digits_for, duration
from imbgan.report.kit import Figure
from imbgan.report.score_figures import (
    class_ranges,
    class_stacks,
    forest,
    judged,
    line_styles,
    precision_recall,
    reliability,
    roc,
)
from imbgan.report.summary import Summary
from imbgan.report.words import count, decimals, metric_title, p_value, percent, shorten, signed, unbroken

# Draws a figure. The page numbers its figures, so that ids are unique.
Draw = Callable[[Figure], Markup]
Section = dict[str, Any]
# The label of the only group of rows, where there are no classes.
ALL_ROWS = "all rows"
SERIOUS = {"error": "Do not use these rows as they are", "warning": "Look at these rows before use"}


def verdict(summary: Summary) -> Section:
    """Return the answer: one sentence, the facts behind it, and the advice for each estimator."""
    if summary.verdict is None:
        return {"sentence": _assessment_sentence(summary), "facts": [], "notes": (), "choices": []}
    choices = [
        {
            "estimator": choice.estimator,
            "strategy": choice.strategy,
            "best": choice.best,
            "metric": metric_title(choice.metric),
            "score": decimals(choice.score),
            "control_score": decimals(choice.control_score),
            "gain": signed(choice.gain),
            "interval": _interval(choice.gain_low, choice.gain_high),
            "p_better": percent(choice.p_better),
            "seconds": duration(choice.seconds),
            "control_seconds": duration(choice.control_seconds),
        }
        for choice in summary.verdict.choices
    ]
    return {
        "sentence": unbroken(summary.verdict.sentence),
        "facts": _facts(summary.task),
        "notes": [unbroken(note) for note in summary.verdict.notes],
        "choices": choices,
        "control": summary.verdict.control,
    }


def _assessment_sentence(summary: Summary) -> str:
    assessment = summary.assessment
    if assessment is None or not any(new for _, new in assessment.class_counts.values()):
        return "No rows were generated."
    for severity, advice in SERIOUS.items():
        found = [finding for finding in assessment.diagnostics if finding.severity == severity]
        if found:
            label = found[0].label
            where = f" in class {shorten(label, 40)}" if label and label != ALL_ROWS else ""
            more = f", and {len(found) - 1} more" if len(found) > 1 else ""
            return f"{advice}: {found[0].name}{where}{more}."
    return "No fault was found in the generated rows."


def _facts(task: Task | None) -> list[tuple[str, str]]:
    """Describe the table by pairs of a term and its value."""
    if task is None:
        return []
    facts = [("rows", count(task.n_rows)), ("columns", count(task.n_columns))]
    if task.target:
        facts.insert(0, ("target", task.target))
    if task.positive is not None and task.n_rows:
        n = task.class_counts.get(task.positive, 0)
        facts.append((f"rows of class {task.positive}", f"{count(n)} ({percent(n / task.n_rows, 1)})"))
    else:
        facts.append(("classes", count(len(task.class_counts))))
    if task.n_duplicates:
        facts.append(("duplicated rows", count(task.n_duplicates)))
    return facts


def classes(summary: Summary, draw: Draw) -> Section | None:
    """Return the class counts before and after resampling or generation."""
    counts: dict[str, Mapping[str, float]] = {}
    for run in summary.runs:
        if run.class_counts and run.strategy not in counts:
            counts[run.strategy] = run.class_counts
    if summary.task is not None:
        total = sum(summary.task.class_counts.values())
        table = [(label, count(n), percent(n / total, 1)) for label, n in summary.task.class_counts.items() if total]
        rare = _rare(summary.task)
        figure = draw(class_ranges(counts, rare)) if counts else None
        return {"figure": figure, "table": table, "rare": rare, "n_classes": len(table)}
    if summary.assessment is not None and summary.assessment.class_counts:
        numbers = summary.assessment.class_counts
        table = [(label, count(real), count(new)) for label, (real, new) in numbers.items()]
        return {"figure": draw(class_stacks(numbers)), "table": table, "rare": None, "n_classes": len(table)}
    return None


def _rare(task: Task) -> str:
    return task.positive or min(task.class_counts, key=lambda label: task.class_counts[label], default="")


def _interval(low: float | None, high: float | None, digits: int = 3) -> str:
    return "" if low is None or high is None else f"{signed(low, digits)} to {signed(high, digits)}"


def scores(summary: Summary, draw: Draw) -> Section | None:
    """Return, for each estimator, the deciding metric in full, a forest plot, and a table of all metrics."""
    if not summary.scores:
        return None
    rope = summary.settings.get("rope")
    width = float(rope) if isinstance(rope, int | float) and not isinstance(rope, bool) else None
    control = summary.verdict.control if summary.verdict else str(summary.settings.get("control", "none"))
    metrics = list(dict.fromkeys(score.metric for score in summary.scores))
    deciding = summary.verdict.choices[0].metric if summary.verdict and summary.verdict.choices else metrics[0]
    metrics.sort(key=lambda metric: metric != deciding)
    blocks = [
        _estimator(summary, draw, estimator, metrics, control, width)
        for estimator in _best_first(summary, (score.estimator for score in summary.scores))
    ]
    return {"control": control, "metric": metric_title(deciding), "rope": rope, "estimators": blocks}


def _best_first(summary: Summary, estimators: Iterable[str]) -> list[str]:
    """Order estimators as the verdict does; estimators that it could not judge come last."""
    present = dict.fromkeys(estimators)
    judged_ones = [c.estimator for c in summary.verdict.choices if c.estimator in present] if summary.verdict else []
    return list(dict.fromkeys([*judged_ones, *present]))


def _estimator(
    summary: Summary, draw: Draw, estimator: str, metrics: Sequence[str], control: str, rope: float | None
) -> Section:
    overall = [s for s in summary.scores if s.estimator == estimator and s.label is None]
    cells = {(s.strategy, s.metric): _cell(s) for s in overall}
    runs = {run.strategy: run for run in summary.runs if run.estimator == estimator}
    strategies = _ranking(overall, metrics[0], control)
    chosen = [c.strategy for c in summary.verdict.choices if c.estimator == estimator] if summary.verdict else []
    rows = [
        {
            "strategy": strategy,
            "is_control": strategy == control,
            "is_chosen": strategy in chosen,
            "cells": [cells.get((strategy, metric)) for metric in metrics],
            "seconds": duration(runs[strategy].seconds) if strategy in runs else "",
        }
        for strategy in strategies
    ]
    by_metric = {metric: [s for s in overall if s.metric == metric] for metric in metrics}
    forests = [
        (metric_title(metric), draw(forest(own, control=control, rope=_margin(own, rope, control))))
        for metric, own in by_metric.items()
        if any(s.gain is not None for s in own)
    ]
    absent = [run for run in runs.values() if run.status != "ok"]
    return {
        "name": estimator,
        "metrics": [metric_title(metric) for metric in metrics],
        "rows": rows,
        "forests": forests,
        "absent": [(run.strategy, run.status, run.reason) for run in absent],
        "per_class": _per_class(summary.scores, estimator, metrics, strategies),
    }


def _margin(scores: Sequence[Score], rope: float | None, control: str) -> float | None:
    """Return the largest difference that does not matter in practice; None if it is not known."""
    if rope is None or scores[0].metric not in METRICS:
        return None
    means = [score.mean for score in scores if score.strategy == control]
    return practical_margin(scores[0].metric, means[0], rope) if means else None


def _ranking(overall: Sequence[Score], metric: str, control: str) -> list[str]:
    """Order strategies by their gain, which is 0 for the control; strategies without a gain come last."""
    gains = {s.strategy: s.gain for s in overall if s.metric == metric}
    names = list(dict.fromkeys(s.strategy for s in overall))

    def key(strategy: str) -> tuple[bool, float]:
        gain = 0.0 if strategy == control else gains.get(strategy)
        return gain is None, -(gain or 0.0)

    return sorted(names, key=key)


def _cell(score: Score) -> Section:
    digits = digits_for(score.mean)
    return {
        "mean": decimals(score.mean, digits),
        "std": decimals(score.std, digits),
        "gain": signed(score.gain, digits) if score.gain is not None else "",
        "interval": _interval(score.gain_low, score.gain_high, digits),
        "kind": judged(score),
        "p_holm": p_value(score.p_holm),
        "p_better": percent(score.p_better),
    }


def _per_class(
    scores: Sequence[Score], estimator: str, metrics: Sequence[str], strategies: Sequence[str]
) -> list[Section]:
    """Return one table per metric, with a row per strategy and a column per class; no table for two classes."""
    own = [s for s in scores if s.estimator == estimator and s.label is not None]
    labels = list(dict.fromkeys(str(s.label) for s in own))
    cells = {(s.metric, s.strategy, s.label): _cell(s) for s in own}
    tables = [
        {
            "metric": metric_title(metric),
            "labels": labels,
            "rows": [(strategy, [cells.get((metric, strategy, label)) for label in labels]) for strategy in strategies],
        }
        for metric in metrics
    ]
    return tables if labels else []


def curves(summary: Summary, draw: Draw) -> Section | None:
    """Return, for each estimator and class, the three curves of all strategies, the rarest class first."""
    if not summary.curves:
        return None
    control = summary.verdict.control if summary.verdict else ""
    sizes = summary.task.class_counts if summary.task else {}
    estimators = []
    for estimator in _best_first(summary, (curve.estimator for curve in summary.curves)):
        own = [curve for curve in summary.curves if curve.estimator == estimator]
        chosen = [c.strategy for c in summary.verdict.choices if c.estimator == estimator] if summary.verdict else []
        styles = line_styles((curve.strategy for curve in own), control, chosen[0] if chosen else "")
        labels = sorted({curve.label for curve in own}, key=lambda label: (sizes.get(label, 0), label))
        panels = [(label, _panels([curve for curve in own if curve.label == label], draw, styles)) for label in labels]
        estimators.append({"name": estimator, "styles": styles, "classes": panels})
    return {"estimators": estimators, "control": control}


def _panels(own: Sequence[Curve], draw: Draw, styles: Mapping[str, Any]) -> list[Markup]:
    return [draw(figure(own, styles)) for figure in (precision_recall, roc, reliability)]
