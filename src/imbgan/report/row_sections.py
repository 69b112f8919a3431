"""The sections of a page that show generated rows, and the settings."""

import json
import math
from collections.abc import Iterable, Sequence
from itertools import combinations
from typing import Any

from imbgan._plain import to_plain
from imbgan.quality.results import ClassQuality, ColumnQuality, Dependence, Measure
from imbgan.report.row_figures import heat_map, interval, is_fault, marginal, row_map, training_panels
from imbgan.report.score_sections import Draw, Section
from imbgan.report.summary import Summary
from imbgan.report.words import capitalized, count, decimals, measure_words, percent, plain_name, unbroken

# How many columns of a class are shown at once, worst first, and how many more on request.
N_FIRST, N_MORE = 12, 36
MOST_HEAT_COLUMNS = 30
MOST_PAIRS = 5
# A difference between associations of this size is drawn in full color.
DIFFERENCE_REACH = 0.5
# Measures that concern single rows, rather than the distribution, have a section of their own.
MEMORY = ("copy_rate", "near_copy_rate", "memorization", "membership_auc")
# A smaller baseline would turn any value into a huge ratio.
LEAST_BASELINE = 0.02


def quality(summary: Summary, draw: Draw) -> Section | None:
    """Return the findings, and the measures of each class next to their baselines."""
    assessment = summary.assessment
    if assessment is None or not (assessment.diagnostics or assessment.classes):
        return None
    classes = [
        {
            "label": group.label,
            "sizes": _sizes(group),
            "measures": _measures((m for m in group.measures if m.name not in MEMORY), draw),
        }
        for group in assessment.classes
    ]
    return {"diagnostics": assessment.diagnostics, "classes": classes}


def _sizes(group: ClassQuality) -> str:
    held_out = f", {count(group.n_holdout)} held out" if group.n_holdout else ""
    return f"{count(group.n_real)} real rows, {count(group.n_synthetic)} generated{held_out}"


def _measures(measures: Iterable[Measure], draw: Draw) -> list[Section]:
    return [
        {
            "title": measure_words(m.name).title,
            "meaning": measure_words(m.name).meaning,
            "value": decimals(m.value),
            "baseline": decimals(m.baseline),
            "interval": "" if m.low is None or m.high is None else f"{decimals(m.low)} to {decimals(m.high)}",
            "figure": draw(interval(m)) if m.value is not None and m.low is not None and m.high is not None else None,
            "is_fault": is_fault(m),
            "note": _as_sentence(m.note),
        }
        for m in measures
    ]


def _as_sentence(note: str) -> str:
    return unbroken(capitalized(note).rstrip(".") + ".") if note else ""


def marginals(summary: Summary, draw: Draw) -> Section | None:
    """Return the columns of each class, those that are farthest from their baseline first."""
    groups = [group for group in summary.assessment.classes if group.columns] if summary.assessment else []
    shown: list[Section] = []
    for group in groups:
        ranked = sorted(group.columns, key=lambda column: -_badness(column))
        figures = [_column(column, draw) for column in ranked[: N_FIRST + N_MORE]]
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


def _column(column: ColumnQuality, draw: Draw) -> Section:
    measure = _main_measure(column)
    lines: list[str] = []
    if measure is not None and measure.value is not None:
        beside = f" (real {decimals(measure.baseline, 2)})" if measure.baseline is not None else ""
        lines.append(f"{'KS' if measure.name == 'ks' else 'TV'} {decimals(measure.value, 2)}{beside}")
    if column.missing_real or column.missing_synthetic:
        lines.append(f"missing {percent(column.missing_real)} → {percent(column.missing_synthetic)}")
    return {
        "name": column.name,
        "figure": draw(marginal(column.name, column.histogram)),
        "lines": lines,
        "is_fault": any(is_fault(m) for m in column.measures),
    }


def dependence(summary: Summary, draw: Draw) -> Section | None:
    """Return the associations between columns in each class: real, generated, and their difference."""
    groups = [group for group in summary.assessment.classes if group.dependence] if summary.assessment else []
    shown = [_heat_maps(group.label, group.dependence, draw) for group in groups if group.dependence]
    return {"classes": shown} if shown else None


Matrix = Sequence[Sequence[float | None]]


def _heat_maps(label: str, pairs: Dependence, draw: Draw) -> Section:
    difference = [
        [None if a is None or b is None else b - a for a, b in zip(real, synthetic, strict=False)]
        for real, synthetic in zip(pairs.real, pairs.synthetic, strict=False)
    ]
    kept = _most_different(difference)
    matrices = (
        ("Real", pairs.real, 1.0),
        ("Generated", pairs.synthetic, 1.0),
        ("Generated − real", difference, DIFFERENCE_REACH),
    )
    figures = [
        draw(heat_map(title, [[matrix[i][j] for j in kept] for i in kept], reach=reach))
        for title, matrix, reach in matrices
    ]
    ranked = sorted(combinations(range(len(pairs.columns)), 2), key=lambda ij: -abs(_entry(difference, *ij)))
    return {
        "label": label,
        "figures": figures,
        "columns": [pairs.columns[i] for i in kept],
        "n_left": len(pairs.columns) - len(kept),
        "pairs": [
            (
                pairs.columns[i],
                pairs.columns[j],
                decimals(pairs.real[i][j], 2),
                decimals(pairs.synthetic[i][j], 2),
            )
            for i, j in ranked[:MOST_PAIRS]
            if _entry(difference, i, j)
        ],
    }


def _entry(matrix: Matrix, i: int, j: int) -> float:
    value = matrix[i][j] if i < len(matrix) and j < len(matrix[i]) else None
    return value if value is not None and math.isfinite(value) else 0.0


def _most_different(difference: Matrix) -> list[int]:
    """Return the positions of the columns to draw, in their order in the table: all, or those that differ most."""
    n = len(difference)
    totals = [sum(abs(_entry(difference, i, j)) for j in range(n)) for i in range(n)]
    return sorted(sorted(range(n), key=lambda i: -totals[i])[:MOST_HEAT_COLUMNS])


def row_maps(summary: Summary, draw: Draw) -> Section | None:
    """Return a map for each class that has generated rows."""
    points = summary.assessment.map if summary.assessment else ()
    labels = dict.fromkeys(p.label for p in points if p.group == "synthetic")
    return {"classes": [(label, draw(row_map(points, label))) for label in labels]} if labels else None


def training(summary: Summary, draw: Draw) -> Section | None:
    """Return the history and the events of training."""
    record = summary.assessment.training if summary.assessment else None
    if record is None or not (record.history or record.events):
        return None
    panels = [(draw(figure), names) for figure, names in training_panels(record)]
    return {"panels": panels, "events": record.events, "n_iter": count(record.n_iter)}


def memorization(summary: Summary, draw: Draw) -> Section | None:
    """Return the measures of what generated rows reveal about single real rows."""
    groups = summary.assessment.classes if summary.assessment else ()
    shown = [
        {"label": group.label, "sizes": _sizes(group), "measures": _measures(kept, draw)}
        for group in groups
        if (kept := [m for m in group.measures if m.name in MEMORY])
    ]
    return {"classes": shown} if shown else None


def settings(summary: Summary) -> Section | None:
    """Return the settings that repeat the run, as a list and as JSON."""
    if not summary.settings:
        return None
    flat = [(plain_name(key), _flat(value)) for key, value in summary.settings.items()]
    return {"items": flat, "json": json.dumps(to_plain(summary.settings), ensure_ascii=False, indent=2)}


def _flat(value: Any) -> list[tuple[str, str]]:  # noqa: ANN401 - any JSON value
    """Return a setting as pairs of a name and a text; the name of a single value is empty."""
    if isinstance(value, dict):
        return [(str(key), _text(item)) for key, item in value.items()]
    return [("", _text(value))]


def _text(value: Any) -> str:  # noqa: ANN401 - any JSON value
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return ", ".join(_text(item) for item in value)
    return json.dumps(value, ensure_ascii=False)
