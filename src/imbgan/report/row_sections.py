"""The sections of a page that show generated rows, and the settings."""

import json
import math
from collections.abc import Iterable, Sequence
from itertools import combinations
from typing import Any

from imbgan._plain import to_plain
from imbgan.quality.assessment import Assessment
from imbgan.quality.results import ClassQuality, ColumnQuality, Dependence, Diagnostic, Measure
from imbgan.quality.rows import ALL_ROWS
from imbgan.report.context import Context
from imbgan.report.language import Words
from imbgan.report.row_figures import heat_map, interval, is_fault, marginal, row_map, training_panels
from imbgan.report.score_sections import Section
from imbgan.report.summary import Summary
from imbgan.report.tables import Cell, Row, Table, name
from imbgan.report.words import capitalized, count, decimals, percent, plain_name, shorten, unbroken

# How many columns of a class are shown at once, worst first, and how many more on request.
N_FIRST, N_MORE = 12, 36
MOST_HEAT_COLUMNS = 30
MOST_PAIRS = 5
# A difference between associations of this size is drawn in full color.
DIFFERENCE_REACH = 0.5
# Measures that concern single rows, rather than the distribution, have a section of their own.
MEMORY = ("copy_rate", "near_copy_rate", "closeness", "memorization", "membership_auc")
# The diagnostic that says that there are too few rows for the others.
TOO_FEW = "IMB009"
# A smaller baseline would turn any value into a huge ratio.
LEAST_BASELINE = 0.02


def answer(summary: Summary, words: Words) -> str:
    """Return what to do with the generated rows, in one sentence."""
    assessment = summary.assessment
    if assessment is None or not any(new for _, new in assessment.class_counts.values()):
        return words("rows.none")
    for severity in ("error", "warning"):
        found = [finding for finding in assessment.diagnostics if finding.severity == severity]
        if found:
            label = found[0].label
            where = words("rows.where", label=shorten(label, 40)) if label and label != ALL_ROWS else ""
            more = words("rows.more", n=len(found) - 1) if len(found) > 1 else ""
            return words(f"rows.{severity}", name=_title(found[0], words), where=where, more=more)
    unjudged = _unjudged(assessment)
    if len(unjudged) == len(assessment.classes):
        return words("rows.unjudged")
    if unjudged:
        return words("rows.partly", labels=words.listed([shorten(label, 40) for label in unjudged[:5]]))
    return words("rows.fine")


def _unjudged(assessment: Assessment) -> list[str]:
    """Return the classes in which no fault could have been found, because nothing could be compared."""
    few = {finding.label for finding in assessment.diagnostics if finding.code == TOO_FEW}
    return [
        group.label
        for group in assessment.classes
        if group.label in few or not any(_is_compared(measure) for measure in group.measures)
    ]


def _is_compared(measure: Measure) -> bool:
    """Return whether a measure says something: it has a value and its baseline, or is a probability of its own."""
    return measure.value is not None and (measure.baseline is not None or measure.name.endswith("p_value"))


def _title(finding: Diagnostic, words: Words) -> str:
    key = f"finding.{finding.code}"
    return words(key) if words.has(key) else finding.name


def quality(summary: Summary, context: Context) -> Section | None:
    """Return the findings, and the measures of each class next to their baselines."""
    assessment, words = summary.assessment, context.words
    if assessment is None or not (assessment.diagnostics or assessment.classes):
        return None
    classes = [
        {
            "label": group.label,
            "sizes": _sizes(group, words),
            **_measures((m for m in group.measures if m.name not in MEMORY), group.label, "quality.table", context),
        }
        for group in assessment.classes
    ]
    is_judged = len(_unjudged(assessment)) < len(assessment.classes)
    return {
        "findings": [_finding(finding, assessment, words) for finding in assessment.diagnostics],
        "nothing": words("quality.fine" if is_judged else "quality.few"),
        "classes": classes,
        "has_others": any(group["others"] for group in classes),
    }


def _finding(finding: Diagnostic, assessment: Assessment, words: Words) -> Section:
    """Return a finding in the words of the page; evidence is written in English, or else as measures."""
    key = f"finding.{finding.code}"
    if words.has(key):
        texts = [_evidence(finding, assessment, words), words(f"{key}.action")]
    else:
        texts = [finding.evidence, finding.action]
    where = words.markup("finding.where", label=name(finding.label)) if finding.label not in ("", ALL_ROWS) else ""
    column = words.markup("finding.column", column=name(finding.column)) if finding.column else ""
    return {
        "severity": finding.severity,
        "called": words(f"severity.{finding.severity}"),
        "name": _title(finding, words),
        "where": where + column,
        "code": finding.code,
        "text": words("space").join(text for text in texts if text),
    }


def _evidence(finding: Diagnostic, assessment: Assessment, words: Words) -> str:
    """Return the measures that show a fault of the class or the column that a finding is about."""
    groups = [group for group in assessment.classes if group.label == finding.label]
    columns = [column for group in groups for column in group.columns if column.name == finding.column]
    measures = [measure for part in columns or groups for measure in part.measures if is_fault(measure)]
    shown = [
        words("finding.measure", title=words.measure(m.name)[0], value=decimals(m.value), baseline=decimals(m.baseline))
        for m in measures[:2]
    ]
    return words("semicolon").join(shown) + words("stop") if shown else ""


def _sizes(group: ClassQuality, words: Words) -> str:
    sizes = {"real": count(group.n_real), "new": count(group.n_synthetic), "held_out": count(group.n_holdout)}
    return words("sizes.held out" if group.n_holdout else "sizes", **sizes)


def _measures(measures: Iterable[Measure], label: str, caption: str, context: Context) -> Section:
    """Return a table of the measures that can be compared, and one of the others, which is folded."""
    words = context.words
    compared: list[Row] = []
    others: list[Row] = []
    for measure in measures:
        title, meaning = words.measure(measure.name)
        value = Cell(decimals(measure.value), (), "value")
        if not _is_compared(measure):
            note = (meaning, _as_sentence(measure.note)) if words.lang == "en" else (meaning,)
            others.append(Row(Cell(title, tuple(filter(None, note))), (value,)))
            continue
        has_interval = measure.low is not None and measure.high is not None
        figure = context.draw(interval(measure, words)) if has_interval else ""
        low_high = (words("to", low=decimals(measure.low), high=decimals(measure.high)),) if has_interval else ()
        cells = (value, Cell(figure, (), "spark"), Cell(decimals(measure.baseline), low_high))
        compared.append(Row(Cell(title, (meaning,)), cells, "fault" if is_fault(measure) else ""))
    heads = [words(f"head.{key}") for key in ("measure", "value", "compared", "baseline")]
    called = words(caption, label=shorten(label, 40))
    return {
        "table": Table(called, heads, compared, texts=(2,)) if compared else None,
        "others": Table(called, heads[:2], others) if others else None,
        "folded": words("quality.uncompared", n=len(others)),
    }


def _as_sentence(note: str) -> str:
    return unbroken(capitalized(note).rstrip(".") + ".") if note else ""


def marginals(summary: Summary, context: Context) -> Section | None:
    """Return the columns of each class, those that are farthest from their baseline first."""
    groups = [group for group in summary.assessment.classes if group.columns] if summary.assessment else []
    shown: list[Section] = []
    for group in groups:
        ranked = sorted(group.columns, key=lambda column: -_badness(column))
        figures = [_column(column, context) for column in ranked[: N_FIRST + N_MORE]]
        shown.append(
            {
                "label": group.label,
                "first": figures[:N_FIRST],
                "more": figures[N_FIRST:],
                "n_left": len(ranked) - len(figures),
            }
        )
    return {"classes": shown} if shown else None


def _main_measure(column: ColumnQuality) -> Measure | None:
    return next((m for m in column.measures if m.name in ("ks", "total_variation")), None)


def _badness(column: ColumnQuality) -> float:
    """Return the ratio of the main measure of a column to its baseline."""
    measure = _main_measure(column)
    if measure is None or measure.value is None or not math.isfinite(measure.value):
        return 0.0
    return measure.value / max(measure.baseline or 0.0, LEAST_BASELINE)


def _column(column: ColumnQuality, context: Context) -> Section:
    words = context.words
    measure = _main_measure(column)
    lines: list[str] = []
    if measure is not None and measure.value is not None:
        value = f"{words('marginals.ks' if measure.name == 'ks' else 'marginals.tv')} {decimals(measure.value, 2)}"
        if measure.baseline is not None:
            value = words("marginals.beside", value=value, baseline=decimals(measure.baseline, 2))
        lines.append(value)
    if column.missing_real or column.missing_synthetic:
        shares = {"real": percent(column.missing_real), "new": percent(column.missing_synthetic)}
        lines.append(words("marginals.missing", **shares))
    return {
        "name": column.name,
        "figure": context.draw(marginal(column.name, column.histogram, words)),
        "lines": lines,
        "is_fault": any(is_fault(m) for m in column.measures),
    }


def dependence(summary: Summary, context: Context) -> Section | None:
    """Return the associations between columns in each class: real, generated, and their difference."""
    groups = [group for group in summary.assessment.classes if group.dependence] if summary.assessment else []
    shown = [_heat_maps(group.label, group.dependence, context) for group in groups if group.dependence]
    return {"classes": shown} if shown else None


Matrix = Sequence[Sequence[float | None]]


def _heat_maps(label: str, pairs: Dependence, context: Context) -> Section:
    words = context.words
    difference = [
        [None if a is None or b is None else b - a for a, b in zip(real, synthetic, strict=False)]
        for real, synthetic in zip(pairs.real, pairs.synthetic, strict=False)
    ]
    kept = _most_different(difference)
    matrices = (
        ("dependence.real", pairs.real, 1.0),
        ("dependence.generated", pairs.synthetic, 1.0),
        ("dependence.difference", difference, DIFFERENCE_REACH),
    )
    figures = [
        (
            words(key),
            context.draw(heat_map(words(key), [[matrix[i][j] for j in kept] for i in kept], reach=reach, words=words)),
        )
        for key, matrix, reach in matrices
    ]
    ranked = sorted(combinations(range(len(pairs.columns)), 2), key=lambda ij: -abs(_entry(difference, *ij)))
    return {
        "label": label,
        "figures": figures,
        "columns": [pairs.columns[i] for i in kept],
        "n_left": len(pairs.columns) - len(kept),
        "pairs": _pairs(pairs, [(i, j) for i, j in ranked[:MOST_PAIRS] if _entry(difference, i, j)], words),
    }


def _pairs(pairs: Dependence, chosen: Sequence[tuple[int, int]], words: Words) -> Table | None:
    if not chosen:
        return None
    rows = [
        Row(
            Cell(name(pairs.columns[i], 22)),
            (
                Cell(name(pairs.columns[j], 22)),
                Cell(decimals(pairs.real[i][j], 2)),
                Cell(decimals(pairs.synthetic[i][j], 2)),
            ),
        )
        for i, j in chosen
    ]
    heads = [words(key) for key in ("dependence.first", "dependence.second", "head.real", "head.generated")]
    return Table(words("dependence.pairs"), heads, rows, texts=(1,))


def _entry(matrix: Matrix, i: int, j: int) -> float:
    value = matrix[i][j] if i < len(matrix) and j < len(matrix[i]) else None
    return value if value is not None and math.isfinite(value) else 0.0


def _most_different(difference: Matrix) -> list[int]:
    """Return the positions of the columns to draw, in their order in the table: all, or those that differ most."""
    n = len(difference)
    totals = [sum(abs(_entry(difference, i, j)) for j in range(n)) for i in range(n)]
    return sorted(sorted(range(n), key=lambda i: -totals[i])[:MOST_HEAT_COLUMNS])


def row_maps(summary: Summary, context: Context) -> Section | None:
    """Return a map for each class that has generated rows."""
    points = summary.assessment.map if summary.assessment else ()
    labels = dict.fromkeys(p.label for p in points if p.group == "synthetic")
    if not labels:
        return None
    return {"classes": [(label, context.draw(row_map(points, label, context.words))) for label in labels]}


def training(summary: Summary, context: Context) -> Section | None:
    """Return the history and the events of training."""
    record, words = summary.assessment.training if summary.assessment else None, context.words
    if record is None or not (record.history or record.events):
        return None
    panels = [(context.draw(figure), names) for figure, names in training_panels(record, words)]
    rows = [
        Row(
            Cell(count(event.step)),
            (
                Cell(words(f"event.{event.name}") if words.has(f"event.{event.name}") else event.name),
                Cell(words.event(event.detail)),
            ),
        )
        for event in record.events
    ]
    heads = [words(f"head.{key}") for key in ("step", "event", "detail")]
    return {
        "panels": panels,
        "events": Table(words("training.events"), heads, rows, texts=(1, 2)) if rows else None,
        "n_iter": count(record.n_iter),
    }


def memorization(summary: Summary, context: Context) -> Section | None:
    """Return the measures of what generated rows reveal about single real rows."""
    groups = summary.assessment.classes if summary.assessment else ()
    shown = [
        {
            "label": group.label,
            "sizes": _sizes(group, context.words),
            **_measures(kept, group.label, "memorization.table", context),
        }
        for group in groups
        if (kept := [m for m in group.measures if m.name in MEMORY])
    ]
    return {"classes": shown} if shown else None


def settings(summary: Summary) -> Section | None:
    """Return the settings that repeat the run, as a list and as JSON."""
    if not summary.settings:
        return None
    # The titles of strategies stand all over the page, and what was not chosen needs no line.
    shown = {key: _flat(value) for key, value in summary.settings.items() if key != "titles" and value is not None}
    return {
        "items": [(plain_name(key), pairs) for key, pairs in shown.items()],
        "json": json.dumps(to_plain(summary.settings), ensure_ascii=False, indent=2),
    }


def _flat(value: Any) -> list[tuple[str, str]]:  # noqa: ANN401 - any JSON value
    """Return a setting as pairs of a name and a text; the name of a single value is empty."""
    if isinstance(value, dict):
        return [(str(key), _text(item)) for key, item in value.items() if item not in (None, "", [], {})]
    return [("", _text(value))]


def _text(value: Any) -> str:  # noqa: ANN401 - any JSON value
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return ", ".join(_text(item) for item in value)
    return json.dumps(value, ensure_ascii=False)
