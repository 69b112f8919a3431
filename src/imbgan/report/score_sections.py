"""The sections of a page that show a comparison: classes, scores and curves."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from markupsafe import Markup

from imbgan.comparison.metrics import METRICS
from imbgan.comparison.results import Curve, Score, StrategyRun, Task
from imbgan.comparison.statistics import practical_margin
from imbgan.comparison.wording import digits_for, duration
from imbgan.report.context import Context
from imbgan.report.language import Words
from imbgan.report.score_figures import (
    MOST_CLASSES,
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
from imbgan.report.tables import Cell, Row, Table, name
from imbgan.report.words import capitalized, count, decimals, p_value, percent, shorten, signed

Section = dict[str, Any]


def classes(summary: Summary, context: Context) -> Section | None:
    """Return the class counts before and after resampling or generation."""
    words = context.words
    if summary.task is not None:
        counts: dict[str, Mapping[str, float]] = {}
        for run in summary.runs:
            if run.class_counts and run.strategy not in counts:
                counts[run.strategy] = run.class_counts
        named = {words.strategy(strategy): row for strategy, row in counts.items()}
        total = sum(summary.task.class_counts.values())
        rows = [(label, count(n), percent(n / total, 1)) for label, n in summary.task.class_counts.items() if total]
        rare = rare_class(summary.task)
        figure = context.draw(class_ranges(named, rare, words)) if named else None
        heads = ("head.class", "head.rows", "head.share")
    elif summary.assessment is not None and summary.assessment.class_counts:
        numbers = summary.assessment.class_counts
        rows = [(label, count(real), count(new)) for label, (real, new) in numbers.items()]
        figure, rare = context.draw(class_stacks(numbers, words)), None
        heads = ("head.class", "head.real", "head.generated")
    else:
        return None
    shown = [Row(Cell(name(label, 24)), (Cell(first), Cell(second))) for label, first, second in rows[:MOST_CLASSES]]
    return {
        "figure": figure,
        "table": Table(words("classes.table"), [words(head) for head in heads], shown),
        "n_further": len(rows) - len(shown),
        "rare": rare,
        "n_classes": len(rows),
    }


def rare_class(task: Task) -> str:
    """Return the class of two that is rare, or the smallest one."""
    return task.positive or min(task.class_counts, key=lambda label: task.class_counts[label], default="")


def interval(low: float | None, high: float | None, words: Words, digits: int = 3) -> tuple[str, ...]:
    """Return the text of an interval, if there is one."""
    return () if low is None or high is None else (words("to", low=signed(low, digits), high=signed(high, digits)),)


def number_of(setting: object) -> float | None:
    """Return a setting if it is a number."""
    return float(setting) if isinstance(setting, int | float) and not isinstance(setting, bool) else None


def capitalized_metric(words: Words, metric: str) -> str:
    """Return the title of a metric as a head."""
    return capitalized(words.metric(metric))


def scores(summary: Summary, context: Context) -> Section | None:
    """Return, for each estimator, the deciding metric in full, a forest plot, and a table of all metrics."""
    if not summary.scores:
        return None
    width = number_of(summary.settings.get("rope"))
    control = summary.verdict.control if summary.verdict else str(summary.settings.get("control", "none"))
    metrics = list(dict.fromkeys(score.metric for score in summary.scores))
    deciding = summary.verdict.choices[0].metric if summary.verdict and summary.verdict.choices else metrics[0]
    metrics.sort(key=lambda metric: metric != deciding)
    named = shorten(context.words.strategy(control), 40)
    heads = (f"metric.{deciding}", "head.strategy", "head.difference", "head.p", "head.chance", "head.fit")
    return {
        "heads": context.explain(heads, control=named),
        "metric_heads": context.explain([f"metric.{metric}" for metric in metrics]) if len(metrics) > 1 else [],
        "estimators": [
            _estimator(summary, context, estimator, metrics, control, width)
            for estimator in best_first(summary, (score.estimator for score in summary.scores))
        ],
    }


def best_first(summary: Summary, estimators: Iterable[str]) -> list[str]:
    """Order estimators as the verdict does; estimators that it could not judge come last."""
    present = dict.fromkeys(estimators)
    judged_ones = [c.estimator for c in summary.verdict.choices if c.estimator in present] if summary.verdict else []
    return list(dict.fromkeys([*judged_ones, *present]))


def _estimator(
    summary: Summary, context: Context, estimator: str, metrics: Sequence[str], control: str, rope: float | None
) -> Section:
    words = context.words
    overall = [s for s in summary.scores if s.estimator == estimator and s.label is None]
    by_metric = {metric: [s for s in overall if s.metric == metric] for metric in metrics}
    forests: list[tuple[str, Markup]] = []
    for metric, own in by_metric.items():
        if any(score.gain is not None for score in own):
            band = _margin(own, rope, control)
            key = "scores.caption.band" if band else "scores.caption"
            caption = words(key, metric=words.metric(metric), control=shorten(words.strategy(control), 40))
            forests.append((caption, context.draw(forest(own, control=control, rope=band, words=words))))
    called = shorten(words.estimator(estimator), 40)
    strategies = _ranking(overall, metrics[0], control)
    return {
        "name": words.estimator(estimator),
        "called": called,
        "forests": forests,
        "table": _deciding(summary, estimator, strategies, metrics[0], control, words),
        "all": _all_metrics(overall, strategies, metrics, control, words) if len(metrics) > 1 else None,
        "per_class": _per_class(summary.scores, estimator, metrics, strategies, words),
    }


def _deciding(
    summary: Summary, estimator: str, strategies: Sequence[str], metric: str, control: str, words: Words
) -> Table:
    """Return the table of the metric that decides, with what could not run below."""
    own = {s.strategy: s for s in summary.scores if (s.estimator, s.metric, s.label) == (estimator, metric, None)}
    runs = {run.strategy: run for run in summary.runs if run.estimator == estimator}
    chosen = [c.strategy for c in summary.verdict.choices if c.estimator == estimator] if summary.verdict else []
    rows: list[Row] = []
    for strategy in strategies:
        marks = [(strategy == control, "scores.control"), (strategy in chosen, "scores.chosen")]
        small = tuple(words(key) for is_so, key in marks if is_so)
        if strategy in own and own[strategy].n_folds < max(score.n_folds for score in own.values()):
            small = (*small, words("scores.folds", n=own[strategy].n_folds))
        called = Cell(name(words.strategy(strategy), 30), small)
        fit = Cell(duration(runs[strategy].seconds) if strategy in runs else "")
        figures = _figures(own[strategy], words) if strategy in own else (Cell(""),) * 4
        rows.append(Row(called, (*figures, fit), "control" if strategy == control else ""))
    rows += [_absent(run, words) for run in runs.values() if run.status != "ok"]
    others = (words(f"head.{key}") for key in ("difference", "p", "chance", "fit"))
    heads = [words("head.strategy"), capitalized_metric(words, metric), *others]
    return Table(words("scores.table", estimator=shorten(words.estimator(estimator), 40)), heads, rows)


def _figures(score: Score, words: Words) -> tuple[Cell, ...]:
    digits = digits_for(score.mean)
    mean = Cell(decimals(score.mean, digits), (f"± {decimals(score.std, digits)}",), "value")
    if score.gain is None:
        return (mean, *(Cell(""),) * 3)
    low_high = interval(score.gain_low, score.gain_high, words, digits)
    gain = Cell(signed(score.gain, digits), low_high, judged(score))
    return (mean, gain, Cell(p_value(score.p_holm)), Cell(percent(score.p_better)))


def _absent(run: StrategyRun, words: Words) -> Row:
    status = words(f"status.{run.status}") if words.has(f"status.{run.status}") else run.status
    reason = words("status.reason", status=status, reason=run.reason) if run.reason else status
    return Row(Cell(name(words.strategy(run.strategy), 30)), (), "absent", reason)


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


def _all_metrics(
    overall: Sequence[Score], strategies: Sequence[str], metrics: Sequence[str], control: str, words: Words
) -> Table:
    """Return all metrics of one estimator, which the folded part above names."""
    by_pair = {(s.strategy, s.metric): s for s in overall}
    rows = [
        Row(
            Cell(name(words.strategy(strategy), 30)),
            tuple(_short_cell(by_pair.get((strategy, metric))) for metric in metrics),
            "control" if strategy == control else "",
        )
        for strategy in strategies
    ]
    heads = [words("head.strategy"), *(capitalized_metric(words, metric) for metric in metrics)]
    return Table(words("section.scores"), heads, rows)


def _short_cell(score: Score | None) -> Cell:
    if score is None:
        return Cell("")
    digits = digits_for(score.mean)
    gain = () if score.gain is None else (signed(score.gain, digits),)
    return Cell(decimals(score.mean, digits), gain, judged(score))


def _per_class(
    scores: Sequence[Score], estimator: str, metrics: Sequence[str], strategies: Sequence[str], words: Words
) -> list[tuple[str, Table]]:
    """Return one table per metric, with a row per strategy and a column per class; no table for two classes."""
    own = [s for s in scores if s.estimator == estimator and s.label is not None]
    labels = list(dict.fromkeys(str(s.label) for s in own))
    by_place = {(s.metric, s.strategy, s.label): s for s in own}
    called = shorten(words.estimator(estimator), 40)
    tables: list[tuple[str, Table]] = []
    for metric in metrics if labels else ():
        rows = [
            Row(
                Cell(name(words.strategy(strategy), 30)),
                tuple(_short_cell(by_place.get((metric, strategy, label))) for label in labels),
            )
            for strategy in strategies
        ]
        heads = [words("head.strategy"), *(shorten(label, 14) for label in labels)]
        caption = words("scores.class", metric=words.metric(metric), estimator=called)
        tables.append((capitalized_metric(words, metric), Table(caption, heads, rows)))
    return tables


def curves(summary: Summary, context: Context) -> Section | None:
    """Return, for each estimator and class, the three curves of all strategies, the rarest class first."""
    if not summary.curves:
        return None
    words = context.words
    control = summary.verdict.control if summary.verdict else ""
    sizes = summary.task.class_counts if summary.task else {}
    estimators: list[Section] = []
    for estimator in best_first(summary, (curve.estimator for curve in summary.curves)):
        own = [curve for curve in summary.curves if curve.estimator == estimator]
        chosen = [c.strategy for c in summary.verdict.choices if c.estimator == estimator] if summary.verdict else []
        styles = line_styles((curve.strategy for curve in own), control, chosen[0] if chosen else "")
        labels = sorted({curve.label for curve in own}, key=lambda label: (sizes.get(label, 0), label))
        groups = [
            (label, _panels([curve for curve in own if curve.label == label], context, styles)) for label in labels
        ]
        legend = [(words.strategy(strategy), strategy == control, style) for strategy, style in styles.items()]
        estimators.append({"name": words.estimator(estimator), "legend": legend, "classes": groups})
    return {"estimators": estimators}


def _panels(own: Sequence[Curve], context: Context, styles: Mapping[str, Any]) -> list[tuple[str, Markup]]:
    kinds = (("precision", precision_recall), ("roc", roc), ("reliability", reliability))
    return [(context.words(f"curves.{key}"), context.draw(figure(own, styles, context.words))) for key, figure in kinds]
