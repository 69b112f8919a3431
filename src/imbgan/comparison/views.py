"""Show a comparison as rows of a table, as text and as a fragment of HTML."""

from collections.abc import Sequence
from html import escape
from textwrap import fill
from typing import TYPE_CHECKING, Any

from imbgan._text import cut, shown
from imbgan.comparison.metrics import METRICS
from imbgan.comparison.wording import digits_for, duration, number, percent, signed, unsampled

if TYPE_CHECKING:
    from imbgan.comparison.results import Comparison, Score, StrategyRun, Task

WIDTH = 80
_DECISIVE = ("gain", "gain_low", "gain_high", "p_holm", "p_worse", "p_equal", "p_better")
# These colors are half transparent, so that they suit light and dark pages.
_LINE = "border-bottom:1px solid rgba(128,128,128,.35)"
_BETTER, _WORSE = "background:rgba(0,140,70,.18)", "background:rgba(200,40,40,.16)"
_CELL = f"padding:.2em .7em;text-align:right;white-space:nowrap;{_LINE}"


def as_rows(comparison: "Comparison") -> list[dict[str, Any]]:
    """Return the rows of :meth:`imbgan.comparison.Comparison.table`."""
    scores = _macro(comparison)
    metrics = _metrics(comparison)
    rows: list[dict[str, Any]] = []
    for run in comparison.runs:
        found = {metric: scores.get((run.estimator, run.strategy, metric)) for metric in metrics}
        decisive = found[metrics[0]] if metrics else None
        row: dict[str, Any] = {"estimator": run.estimator, "strategy": run.strategy, "status": run.status}
        row |= {metric: None if score is None else score.mean for metric, score in found.items()}
        row |= {name: None if decisive is None else getattr(decisive, name) for name in _DECISIVE}
        rows.append(row | {"seconds": run.seconds})
    return rows


def as_text(comparison: "Comparison") -> str:
    """Return the verdict, a table for each estimator and the notes, at most 80 columns wide."""
    blocks = [fill(comparison.verdict.sentence, WIDTH), fill(describe_task(comparison.task), WIDTH)]
    for estimator in _estimators(comparison):
        blocks.append("\n".join(_text_table(comparison, estimator)))
    notes = [fill(note, WIDTH, initial_indent="- ", subsequent_indent="  ") for note in comparison.verdict.notes]
    return "\n\n".join([*blocks, "\n".join(notes)]).rstrip()


def _text_table(comparison: "Comparison", estimator: str) -> list[str]:
    layout = "{:<22} {:>8} {:>8} {:>20} {:>9} {:>8}"
    metrics, scores = _metrics(comparison), _macro(comparison)
    title = METRICS[metrics[0]].title if metrics else "no metric"
    control = comparison.verdict.control
    against = f"differences to {unsampled(control)}"
    lines = [
        cut(f"{shown(estimator)}: {title}, {against}", WIDTH),
        layout.format("strategy", "mean", "gain", "95 % interval", "P(better)", "one fit"),
    ]
    for run in _in_order(comparison, estimator):
        score = scores.get((estimator, run.strategy, metrics[0])) if metrics else None
        name = shown(run.strategy, 22)
        if run.status != "ok" or score is None:
            reason = " ".join(f"{run.status}: {run.reason}".split()) if run.status != "ok" else "no score"
            lines.append(cut(f"{name:<22} {reason}", WIDTH))
            continue
        lines.append(layout.format(name, *_figures(score), duration(run.seconds)))
    return lines


def _figures(score: "Score") -> tuple[str, str, str, str]:
    """Return the mean, the gain, its interval and the probability that it matters."""
    digits = digits_for(score.mean)
    interval = (
        "-" if score.gain_low is None else f"{signed(score.gain_low, digits)} to {signed(score.gain_high, digits)}"
    )
    better = "-" if score.p_better is None else percent(score.p_better)
    return number(score.mean, digits), signed(score.gain, digits), interval, better


def describe_task(task: "Task") -> str:
    """Return the size of the table and of its classes in one line."""
    size = f"{task.n_rows:,} rows, {task.n_columns:,} columns"
    if task.positive is None:
        classes = list(task.class_counts.items())
        if not classes:
            return f"{size}."
        label, count = classes[-1]
        return (
            f"{size}, {len(classes)} classes, each against the rest; the smallest, {_label(label)}, has {count:,} rows."
        )
    count = task.class_counts.get(task.positive, 0)
    share = f" ({100 * count / task.n_rows:.3g} %)" if task.n_rows else ""
    return f"{size}; the rare class {_label(task.positive)} has {count:,}{share}."


def _label(label: str) -> str:
    return cut(repr(label), 40)


def as_html(comparison: "Comparison") -> str:
    """Return a compact fragment: the verdict, a table for each estimator, and notes that can be folded."""
    verdict = comparison.verdict
    parts = [
        _tag("p", verdict.sentence, "font-weight:600;font-size:1.1em;max-width:46em;margin:.3em 0"),
        _tag("p", describe_task(comparison.task), "margin:.3em 0;opacity:.75"),
    ]
    parts += [_html_table(comparison, estimator) for estimator in _estimators(comparison)]
    if verdict.notes:
        notes = "".join(_tag("li", note) for note in verdict.notes)
        parts.append(f'<details open style="max-width:52em"><summary>Notes</summary><ul>{notes}</ul></details>')
    return f'<div class="imbgan-comparison" style="overflow-x:auto">{"".join(parts)}</div>'


def _html_table(comparison: "Comparison", estimator: str) -> str:
    metrics, scores, verdict = _metrics(comparison), _macro(comparison), comparison.verdict
    titles = [METRICS[metric].title for metric in metrics]
    heads = ["strategy", *titles[:1], "gain", "95 % interval", "P(better)", *titles[1:], "one fit"]
    head = "".join(_tag("th", text, _CELL + (";text-align:left" if i == 0 else "")) for i, text in enumerate(heads))
    body: list[str] = []
    for run in _in_order(comparison, estimator):
        found = [scores.get((estimator, run.strategy, metric)) for metric in metrics]
        is_chosen = (estimator, run.strategy) == (verdict.estimator, verdict.strategy)
        name = f"{shown(run.strategy)}{' (control)' if run.strategy == verdict.control else ''}"
        cells = [_tag("td", name, _CELL + ";text-align:left")]
        if run.status != "ok" or not found or found[0] is None:
            reason = f"{run.status}: {run.reason}" if run.status != "ok" else "no score"
            cells.append(_tag("td", cut(reason, 160), f"{_CELL};text-align:left;white-space:normal", len(heads) - 1))
        else:
            cells += _score_cells(found[0])
            cells += [_tag("td", _mean(score), _CELL) for score in found[1:]]
            cells.append(_tag("td", duration(run.seconds), _CELL))
        body.append(f'<tr style="font-weight:{"600" if is_chosen else "inherit"}">{"".join(cells)}</tr>')
    caption = _tag("caption", f"{shown(estimator)}: gains over {unsampled(verdict.control)}", "text-align:left")
    style = "color:inherit;font-size:inherit;border-collapse:collapse;font-variant-numeric:tabular-nums;margin:.8em 0"
    return f'<table style="{style}">{caption}<thead><tr>{head}</tr></thead><tbody>{"".join(body)}</tbody></table>'


def _score_cells(score: "Score") -> list[str]:
    mean, gain, interval, better = _figures(score)
    shade = ""
    if score.is_significant:
        shade = f";{_BETTER if (score.gain or 0.0) > 0 else _WORSE}"
    return [
        _tag("td", mean, _CELL),
        _tag("td", gain, _CELL + shade),
        _tag("td", interval, _CELL),
        _tag("td", better, _CELL),
    ]


def _mean(score: "Score | None") -> str:
    return "-" if score is None else number(score.mean, digits_for(score.mean))


def _tag(name: str, text: str, style: str = "", columns: int = 1) -> str:
    """Return an element that shows ``text``, escaped, since names of strategies and classes come from outside."""
    span = f' colspan="{columns}"' if columns > 1 else ""
    return f'<{name}{span} style="{style}">{escape(text)}</{name}>'


def _metrics(comparison: "Comparison") -> list[str]:
    """Return the metrics that have scores, the deciding one first."""
    decisive = [choice.metric for choice in comparison.verdict.choices]
    return list(dict.fromkeys([*decisive, *(score.metric for score in comparison.scores)]))


def _macro(comparison: "Comparison") -> dict[tuple[str, str, str], "Score"]:
    """Return the scores without a label by estimator, strategy and metric."""
    return {(s.estimator, s.strategy, s.metric): s for s in comparison.scores if s.label is None}


def _estimators(comparison: "Comparison") -> Sequence[str]:
    """Return the estimators, the recommended one first."""
    chosen = [choice.estimator for choice in comparison.verdict.choices]
    return list(dict.fromkeys([*chosen, *(run.estimator for run in comparison.runs)]))


def _in_order(comparison: "Comparison", estimator: str) -> list["StrategyRun"]:
    """Return the control, then the other strategies by decreasing gain, then those without a score."""
    metrics, scores = _metrics(comparison), _macro(comparison)

    def place(run: "StrategyRun") -> tuple[bool, bool, float]:
        score = scores.get((estimator, run.strategy, metrics[0])) if metrics and run.status == "ok" else None
        gain = None if score is None else score.gain
        return run.strategy != comparison.verdict.control, score is None, -gain if gain is not None else 0.0

    return sorted((run for run in comparison.runs if run.estimator == estimator), key=place)
