"""The top of a page: what to do now, why, what it means in cases, and the advice for each classifier."""

import math
from collections.abc import Sequence

from imbgan.comparison.metrics import METRICS
from imbgan.comparison.results import Choice, Curve, Score, Task, Verdict
from imbgan.comparison.statistics import LEAST_FOLDS
from imbgan.comparison.verdict import CERTAINTY
from imbgan.comparison.wording import digits_for, duration, margin
from imbgan.report import rule_sections
from imbgan.report.context import Context
from imbgan.report.kit import present
from imbgan.report.language import Words
from imbgan.report.row_sections import answer
from imbgan.report.score_sections import Section, capitalized_metric, interval, number_of
from imbgan.report.summary import Summary
from imbgan.report.tables import Cell, Row, Table, name
from imbgan.report.words import count, decimals, percent, shorten, signed, unbroken

# Cases are told for the rarest classes, if there are more than two.
MOST_CASES = 3
NAME_LETTERS = 40


def decision(summary: Summary, context: Context) -> Section:
    """Return the answer: what to do in one sentence, the reasons, the cases, and the facts of the table."""
    words, verdict = context.words, summary.verdict
    if summary.rules is not None:
        return rule_sections.answer(summary.rules, summary.teaching, words)
    if verdict is None:
        return {"sentence": answer(summary, words), "why": [], "cases": [], "facts": [], "notes": [], "table": None}
    if verdict.choices:
        sentence, why = _sentence(verdict, words), _why(summary, verdict, words)
    else:
        sentence, why = words("decide.nothing", control=words.strategy(verdict.control)), []
    # The table below says what is advised for each further classifier.
    notes = [words.note(note) for note in verdict.details if not note.pieces[0].startswith("other")]
    return {
        "sentence": sentence,
        "why": [unbroken(text) for text in why],
        "cases": [unbroken(text) for text in cases(summary, words)],
        "facts": _facts(summary.task, words),
        # A result of an earlier version holds its notes as text alone.
        "notes": [unbroken(note) for note in (notes if verdict.details else verdict.notes)],
        "table": _choices(verdict, words) if len(verdict.choices) > 1 else None,
        "heads": _heads(verdict, context) if len(verdict.choices) > 1 else [],
    }


def _sentence(verdict: Verdict, words: Words) -> str:
    choice = verdict.choices[0]
    facts = {
        "estimator": shorten(words.estimator(choice.estimator), NAME_LETTERS),
        "strategy": shorten(words.strategy(choice.strategy), NAME_LETTERS),
        "control": shorten(words.strategy(verdict.control), NAME_LETTERS),
    }
    if choice.strategy != verdict.control:
        return words("decide.use", **facts)
    return words("decide.leave" if verdict.control == "none" else "decide.keep", **facts)


def _why(summary: Summary, verdict: Verdict, words: Words) -> list[str]:
    choice = verdict.choices[0]
    digits = digits_for(choice.control_score)
    rope = number_of(summary.settings.get("rope"))
    facts = {
        "metric": words.metric(choice.metric),
        "score": decimals(choice.score, digits),
        "control_score": decimals(choice.control_score, digits),
        "control": shorten(words.strategy(verdict.control), NAME_LETTERS),
        "best": shorten(words.strategy(choice.best), NAME_LETTERS),
        "difference": _difference(choice, "difference", words),
        "change": _difference(choice, "change", words),
        "margin": "" if rope is None else margin(choice.metric, rope),
    }
    if choice.strategy != verdict.control:
        chance = [words("why.chance", p=percent(choice.p_better))] if choice.p_better is not None else []
        return [words("why.gain", **facts), *chance]
    return [words(_reason(choice, _rivals(summary, choice), has_margin=bool(facts["margin"])), **facts)]


def _reason(choice: Choice, rivals: Sequence[Score], *, has_margin: bool) -> str:
    """Return the key of the reason why the control stays."""
    gain = choice.gain
    if gain is None:
        return "why.alone"
    if choice.gain_low is None:
        return "why.single"
    if has_margin and rivals and all((rival.p_equal or 0.0) >= CERTAINTY for rival in rivals):
        return "why.equal"
    if rivals and all((rival.gain or 0.0) < 0.0 and rival.is_significant for rival in rivals):
        return "why.worse"
    best = next((rival for rival in rivals if rival.strategy == choice.best), None)
    if best is not None and best.is_significant and gain > 0.0:
        return "why.small" if best.n_folds >= LEAST_FOLDS else "why.few"
    return "why.behind" if gain <= 0.0 else "why.noise"


def _rivals(summary: Summary, choice: Choice) -> list[Score]:
    unreliable = {run.strategy for run in summary.runs if run.estimator == choice.estimator and run.status != "ok"}
    return [
        score
        for score in summary.scores
        if (score.estimator, score.metric, score.label) == (choice.estimator, choice.metric, None)
        and score.gain is not None
        and score.strategy not in unreliable
    ]


def _difference(choice: Choice, kind: str, words: Words) -> str:
    """Return the difference of the best strategy, with its interval, in the direction of the metric itself."""
    if choice.gain is None:
        return ""
    ends = [choice.gain, choice.gain_low, choice.gain_high]
    if choice.metric in METRICS and not METRICS[choice.metric].higher_is_better:
        ends = [None if end is None else -end for end in (choice.gain, choice.gain_high, choice.gain_low)]
    digits = digits_for(choice.control_score)
    gain, low, high = (signed(end, digits) for end in ends)
    key = kind if choice.gain_low is None else f"{kind}.interval"
    return words(key, gain=gain, low=low, high=high, metric=words.metric(choice.metric))


def cases(summary: Summary, words: Words) -> list[str]:
    """Return what the decision means in cases and in costs: found rows of a class, and money."""
    verdict, task = summary.verdict, summary.task
    if verdict is None or task is None or not verdict.choices:
        return []
    choice = verdict.choices[0]
    labels = (
        [task.positive] if task.positive is not None else sorted(task.class_counts, key=task.class_counts.__getitem__)
    )
    told = [_case(summary, choice, verdict.control, task, label, words) for label in labels[:MOST_CASES]]
    told.append(_cost(summary, choice, verdict.control, words))
    # A gain with another classifier is worth a sentence, even if that classifier is not the best one.
    for other in verdict.choices[1:] if task.positive is not None else ():
        if other.strategy != verdict.control and (
            text := _case(summary, other, verdict.control, task, labels[0], words)
        ):
            estimator = shorten(words.estimator(other.estimator), NAME_LETTERS)
            told.append(words("cases.with", estimator=estimator, text=text))
    return [text for text in told if text]


def _case(summary: Summary, choice: Choice, control: str, task: Task, label: str, words: Words) -> str:
    """Return how many of 100 rows of a class are found, by the alerts of the user or as many rows as the class has."""
    strategy = choice.strategy if choice.strategy != control else choice.best
    alerts = summary.settings.get("alerts")
    wanted = None if task.positive is not None else label
    at_alerts = {s.strategy: s for s in _scores(summary, choice.estimator, "recall_at_alerts") if s.label == wanted}
    facts = {"label": shorten(label, NAME_LETTERS)}
    if isinstance(alerts, list) and {strategy, control} <= set(at_alerts):
        start = words("cases.alerts", alerts=count(float(alerts[0])), rows=count(float(alerts[1])), **facts)
        found, before = at_alerts[strategy].mean, at_alerts[control].mean
        is_sure = at_alerts[strategy].is_significant
    else:
        curves = {c.strategy: c for c in summary.curves if c.estimator == choice.estimator and c.label == label}
        if not {strategy, control} <= set(curves):
            return ""
        start = words("cases.shares", **facts)
        found, before = break_even(curves[strategy]), break_even(curves[control])
        deciding = _scores(summary, choice.estimator, choice.metric)
        is_sure = any(s.strategy == strategy and s.label == wanted and s.is_significant for s in deciding)
    if not (math.isfinite(found) and math.isfinite(before)):
        return ""
    numbers = {"found": round(100 * found), "before": round(100 * before)}
    names = {"strategy": _short(words, strategy), "control": _short(words, control)}
    if strategy == control:
        return words("cases.alone", start=start, **numbers, **names)
    key = "cases.same" if numbers["found"] == numbers["before"] else "cases.found"
    return words(key, start=start, certainty=_certainty(words, is_sure=is_sure), **numbers, **names)


def break_even(curve: Curve) -> float:
    """Return the share of a class that is found when as many rows are flagged as the class has.

    Precision and recall are equal there. Between points of the curve, both are interpolated. NaN if there are none.
    """
    points = [pair for pair in zip(curve.recall, curve.precision, strict=False) if len(present(pair)) == len(pair)]
    if not points:
        return math.nan
    last = (0.0, 1.0)
    for recall, precision in points:
        if precision < recall:
            before, after = last[1] - last[0], precision - recall
            weight = before / (before - after) if before > after else 0.0
            return max(last[0] + weight * (recall - last[0]), 0.0)
        last = (recall, precision)
    return last[0]


def _cost(summary: Summary, choice: Choice, control: str, words: Words) -> str:
    scores = {s.strategy: s for s in _scores(summary, choice.estimator, "cost") if s.label is None}
    strategy = choice.strategy if choice.strategy != control else choice.best
    if strategy == control or not {strategy, control} <= set(scores):
        return ""
    return words(
        "cases.cost",
        cost=f"{scores[strategy].mean:,.0f}",
        before=f"{scores[control].mean:,.0f}",
        strategy=_short(words, strategy),
        control=_short(words, control),
        certainty=_certainty(words, is_sure=scores[strategy].is_significant),
    )


def _scores(summary: Summary, estimator: str, metric: str) -> list[Score]:
    return [score for score in summary.scores if (score.estimator, score.metric) == (estimator, metric)]


def _certainty(words: Words, *, is_sure: bool) -> str:
    return words("certainty.sure" if is_sure else "certainty.luck")


def _short(words: Words, strategy: str) -> str:
    return shorten(words.strategy(strategy), NAME_LETTERS)


def _facts(task: Task | None, words: Words) -> list[tuple[str, str]]:
    """Describe the table by pairs of a term and its value."""
    if task is None:
        return []
    facts = [(words("fact.rows"), count(task.n_rows)), (words("fact.columns"), count(task.n_columns))]
    if task.target:
        facts.insert(0, (words("fact.target"), task.target))
    if task.positive is not None and task.n_rows:
        n = task.class_counts.get(task.positive, 0)
        share = words("fact.share", n=count(n), share=percent(n / task.n_rows, 1))
        facts.append((words("fact.class", label=task.positive), share))
    else:
        facts.append((words("fact.classes"), count(len(task.class_counts))))
    if task.n_duplicates:
        facts.append((words("fact.duplicates"), count(task.n_duplicates)))
    return facts


def _choices(verdict: Verdict, words: Words) -> Table:
    """Return the advice for each classifier, the best one first."""
    heads = (
        "head.classifier",
        "head.advice",
        f"metric.{verdict.choices[0].metric}",
        "head.gain",
        "head.chance",
        "head.fit",
    )
    titles = [
        capitalized_metric(words, verdict.choices[0].metric) if h.startswith("metric") else words(h) for h in heads
    ]
    rows = [_choice(choice, verdict.control, words) for choice in verdict.choices]
    return Table(words("choices.heading"), titles, rows, texts=(1,))


def _choice(choice: Choice, control: str, words: Words) -> Row:
    is_control, digits = choice.strategy == control, digits_for(choice.control_score)
    advice = words("leave") if is_control and control == "none" else words.strategy(choice.strategy)
    beside = words("with", score=decimals(choice.control_score, digits), strategy=_short(words, control))
    slow = words("with", score=duration(choice.control_seconds), strategy=_short(words, control))
    low_high = interval(choice.gain_low, choice.gain_high, words, digits)
    cells = (
        Cell(name(advice, 30)),
        Cell(decimals(choice.score, digits), () if is_control else (beside,), "value"),
        Cell(signed(choice.gain, digits), (_short(words, choice.best), *low_high) if choice.gain is not None else ()),
        Cell(percent(choice.p_better)),
        Cell(duration(choice.seconds), () if is_control else (slow,)),
    )
    return Row(Cell(name(words.estimator(choice.estimator), 28)), cells)


def _heads(verdict: Verdict, context: Context) -> list[tuple[str, str]]:
    keys = (
        "head.classifier",
        "head.advice",
        f"metric.{verdict.choices[0].metric}",
        "head.gain",
        "head.chance",
        "head.fit",
    )
    return context.explain(keys, control=_short(context.words, verdict.control))
