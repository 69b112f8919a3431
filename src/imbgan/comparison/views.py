"""Show a comparison as rows of a table, as text and as a fragment of HTML."""

from collections.abc import Iterator, Sequence
from textwrap import fill
from typing import TYPE_CHECKING, Any, NamedTuple

from imbgan._html import templates
from imbgan._text import aligned, cut, one_line, shown, writable
from imbgan.comparison.metrics import METRICS
from imbgan.comparison.wording import digits_for, duration, number, percent, signed, unsampled

if TYPE_CHECKING:
    from imbgan.comparison.results import Comparison, Score, StrategyRun, Task

WIDTH = 80
_DECISIVE = ("gain", "gain_low", "gain_high", "p_holm", "p_worse", "p_equal", "p_better")


class _Line(NamedTuple):
    """One strategy in a table of HTML; a reason stands where there are no figures."""

    name: str
    is_chosen: bool
    figures: tuple[str, ...] = ()
    difference: str = ""  # "better" or "worse" than the control, beyond luck
    reason: str = ""


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
    metrics, scores = _metrics(comparison), _macro(comparison)
    title = METRICS[metrics[0]].title if metrics else "no metric"
    head = cut(f"{shown(estimator)}: {title}, differences to {unsampled(comparison.verdict.control)}", WIDTH)
    shows_folds = _has_unequal_folds(comparison.scores)
    tail = ("folds", "one fit") if shows_folds else ("one fit",)
    rows: list[tuple[str, ...]] = [("strategy", "mean", "gain", "95 % interval", "P(better)", *tail)]
    reasons = [""]
    for run in _in_order(comparison, estimator):
        score = scores.get((estimator, run.strategy, metrics[0])) if metrics and run.status == "ok" else None
        figures = ("",) * (len(rows[0]) - 1)
        if score is not None:
            figures = (*_figures(score), *[str(score.n_folds)] * shows_folds, duration(run.seconds))
        rows.append((shown(run.strategy, 22), *figures))
        reasons.append(_why_no_score(run) if score is None else "")
    lines = aligned(rows, gap=1).split("\n")
    return [head, *(cut(f"{line}  {why}".rstrip(), WIDTH) for line, why in zip(lines, reasons, strict=True))]


def _has_unequal_folds(scores: "Sequence[Score]") -> bool:
    """Return whether means are over different numbers of folds, as where a budget ended a comparison early."""
    return len({score.n_folds for score in scores if score.label is None}) > 1


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
    size = f"{task.n_rows:,} rows, {task.n_columns:,} column{'' if task.n_columns == 1 else 's'}"
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
    metrics, control = _metrics(comparison), unsampled(comparison.verdict.control)
    titles = [METRICS[metric].title for metric in metrics]
    tail = ["folds", "one fit"] if _has_unequal_folds(comparison.scores) else ["one fit"]
    template = templates("imbgan.comparison").get_template("comparison.html")
    return writable(
        template.render(
            verdict=comparison.verdict,
            task=describe_task(comparison.task),
            headings=["strategy", *titles[:1], "gain", "95 % interval", "P(better)", *titles[1:], *tail],
            tables=[
                (f"{shown(estimator)}: gains over {control}", [*_lines(comparison, estimator, metrics)])
                for estimator in _estimators(comparison)
            ],
        )
    )


def _lines(comparison: "Comparison", estimator: str, metrics: Sequence[str]) -> Iterator[_Line]:
    scores, verdict = _macro(comparison), comparison.verdict
    shows_folds = _has_unequal_folds(comparison.scores)
    for run in _in_order(comparison, estimator):
        found = [scores.get((estimator, run.strategy, metric)) for metric in metrics]
        is_chosen = (estimator, run.strategy) == (verdict.estimator, verdict.strategy)
        name = f"{shown(run.strategy)}{' (control)' if run.strategy == verdict.control else ''}"
        first = found[0] if found and run.status == "ok" else None
        if first is None:
            yield _Line(name, is_chosen, reason=cut(_why_no_score(run), 160))
            continue
        difference = ("better" if (first.gain or 0.0) > 0 else "worse") if first.is_significant else ""
        folds = [str(first.n_folds)] * shows_folds
        figures = (*_figures(first), *map(_mean, found[1:]), *folds, duration(run.seconds))
        yield _Line(name, is_chosen, figures, difference)


def _why_no_score(run: "StrategyRun") -> str:
    return one_line(f"{run.status}: {run.reason}") if run.status != "ok" else "no score"


def _mean(score: "Score | None") -> str:
    return "-" if score is None else number(score.mean, digits_for(score.mean))


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
