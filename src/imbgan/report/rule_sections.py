"""The sections of a page that tell the rules of a tree."""

from markupsafe import Markup

from imbgan.report.context import Context
from imbgan.report.language import Words
from imbgan.report.score_sections import Section
from imbgan.report.summary import Summary, Teaching
from imbgan.report.words import count, decimals, percent, shorten, unbroken
from imbgan.rules import RuleSet
from imbgan.rules.sentences import outcome_text
from imbgan.rules.sentences import percent as share
from imbgan.rules.words import LANGUAGES


def answer(rules: RuleSet, teaching: Teaching | None, words: Words) -> Section:
    """Return how many rules there are and about which class, who taught the tree, and how far to trust the counts."""
    probabilities = [rule.probabilities[rules.rare] for rule in rules.rules]
    sentence = words(
        "rules.sentence.one" if len(rules.rules) == 1 else "rules.sentence",
        n=len(rules.rules),
        outcome=outcome_text(rules, LANGUAGES[words.lang]),
        low=share(min(probabilities)),
        high=share(max(probabilities)),
    )
    is_judged = any(rule.held_out_counts is not None for rule in rules.rules)
    keys = ("rules.note.held_out" if is_judged else "rules.note.learned", "rules.note.cause")
    return {
        "sentence": unbroken(sentence),
        "why": [unbroken(text) for text in _teaching(teaching, words)],
        "cases": [],
        "facts": _facts(rules, words),
        "notes": [unbroken(words(key)) for key in keys],
        "table": None,
        "heads": [],
    }


def section(summary: Summary, context: Context) -> Section | None:
    """Return the rules as a table, and the tree as a drawing."""
    if summary.rules is None:
        return None
    # Names and levels are escaped where the fragment is made.
    return {"fragment": Markup(summary.rules.as_html(LANGUAGES[context.words.lang]))}


def _teaching(teaching: Teaching | None, words: Words) -> list[str]:
    if teaching is None:
        return []
    if teaching.teacher_score is None or teaching.own_score is None:
        told = [words("rules.taught.unmeasured")]
    else:
        figures = {"teacher": decimals(teaching.teacher_score), "own": decimals(teaching.own_score)}
        told = [words("rules.taught" if teaching.is_taught else "rules.untaught", **figures)]
    if teaching.oob_score is not None and teaching.agreement is not None:
        facts = {"score": decimals(teaching.oob_score), "agreement": percent(teaching.agreement)}
        told.append(words("rules.oob", **facts))
        told += [words("rules.oob.high")] if teaching.is_taught else []
    return told


def _facts(rules: RuleSet, words: Words) -> list[tuple[str, str]]:
    """Describe rules and rows by pairs of a term and its value."""
    n, label = sum(rule.n_rows for rule in rules.rules), shorten(str(rules.labels[rules.rare]), 24)
    n_rare = sum(rule.class_counts[rules.rare] for rule in rules.rules)
    used = {condition.column for rule in rules.rules for condition in rule.conditions}
    facts = [
        (words("rules.fact.rules"), count(len(rules.rules))),
        (words("rules.fact.columns"), words("rules.fact.of", n=len(used), all=len(rules.columns))),
        (words("rules.fact.rows"), count(n)),
    ]
    if n:
        facts.append(
            (words("fact.class", label=label), words("fact.share", n=count(n_rare), share=percent(n_rare / n, 1)))
        )
    n_held_out = sum(sum(rule.held_out_counts or ()) for rule in rules.rules)
    return [*facts, (words("rules.fact.held_out"), count(n_held_out))] if n_held_out else facts
