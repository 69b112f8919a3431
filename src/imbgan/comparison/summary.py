"""The results of all folds, summarized as a comparison."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from imbgan.comparison.curves import average_curves
from imbgan.comparison.fold_results import FoldResult
from imbgan.comparison.identity import ROPE
from imbgan.comparison.notes import budget_notes, text_notes
from imbgan.comparison.plan import Data, Plan
from imbgan.comparison.results import Comparison, StrategyRun, Task
from imbgan.comparison.statistics import compute_scores, mean_seconds
from imbgan.comparison.verdict import decide
from imbgan.comparison.wording import note_text
from imbgan.quality import Assessment
from imbgan.tabular.labels import label_text
from imbgan.tabular.schema import Table
from imbgan.tabular.vectors import cell_names


def task_of(data: Data, table: Table, target: str, n_duplicates: int) -> Task:
    """Return the sizes of the table and of its classes."""
    counts = np.bincount(data.codes)
    return Task(
        n_rows=len(data.codes),
        n_columns=len(cell_names(table.names)),
        class_counts={label_text(data.classes[code]): int(counts[code]) for code in np.argsort(-counts, kind="stable")},
        positive=label_text(data.classes[data.judged[0]]) if len(data.judged) == 1 else None,
        target=target,
        n_duplicates=n_duplicates,
    )


def summarize(
    data: Data,
    plan: Plan,
    task: Task,
    rows: list[FoldResult],
    settings: dict[str, Any],
    assessment: Assessment | None,
) -> Comparison:
    """Return the scores, curves and runs of all folds, and the verdict on them."""
    judged = [label_text(data.classes[code]) for code in data.judged]
    control = settings["control"]
    scores = compute_scores(
        rows, control=control, metrics=plan.metrics, labels=judged, positive=task.positive, rope=ROPE
    )
    runs = _runs(rows)
    first = budget_notes(settings, rows)
    last = text_notes(settings)
    verdict = decide(scores, runs, task, rows, control=control, metric=plan.metrics[0], rope=ROPE, costs=plan.costs)
    return Comparison(
        task=task,
        verdict=replace(
            verdict,
            details=(*first, *verdict.details, *last),
            notes=(*map(note_text, first), *verdict.notes, *map(note_text, last)),
        ),
        scores=scores,
        curves=average_curves(rows, judged),
        runs=runs,
        assessment=assessment,
        settings=settings,
        rows=tuple(rows),
    )


def _runs(rows: Sequence[FoldResult]) -> tuple[StrategyRun, ...]:
    pairs: dict[tuple[str, str], list[FoldResult]] = {}
    for row in rows:
        pairs.setdefault((row.estimator, row.strategy), []).append(row)
    return tuple(_summarize_run(*pair, found) for pair, found in pairs.items())


def _summarize_run(estimator: str, strategy: str, rows: Sequence[FoldResult]) -> StrategyRun:
    good = [row for row in rows if row.status == "ok"]
    bad = [row for row in rows if row.status != "ok"]
    if bad:
        where = f" (in {len(bad)} of {len(rows)} folds)" if good else ""
        return StrategyRun(estimator, strategy, bad[0].status, bad[0].reason + where, None, None)
    counts = [row.class_counts or {} for row in good]
    means = {label: float(np.mean([found.get(label, 0.0) for found in counts])) for label in counts[0]}
    return StrategyRun(estimator, strategy, "ok", "", mean_seconds(good), means)
