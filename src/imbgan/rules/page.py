"""Rules as a fragment of HTML."""

from markupsafe import Markup

from imbgan._html import templates
from imbgan._text import shown, writable
from imbgan.rules.drawing import svg_view
from imbgan.rules.results import Rule, RuleSet
from imbgan.rules.sentences import Words, condition_text, outcome_text, percent

#: Width of the drawing of the tree.
_TREE_WIDTH = 420.0


def html_view(rules: RuleSet, words: Words, ident: str) -> str:
    """Return rules and tree as HTML; see :meth:`RuleSet.as_html`."""
    n = len(rules.rules)
    outcome = outcome_text(rules, words)
    largest = max(rule.probabilities[rules.rare] for rule in rules.rules) or 1.0
    has_held_out = any(rule.held_out_counts is not None for rule in rules.rules)
    label = shown(rules.labels[rules.rare])
    heads = [words["head probability"], words["head rows"], words["head rare"].format(label=label)]
    heads += [words["head held out"].format(outcome=outcome)] if has_held_out else []
    template = templates("imbgan.rules").get_template("rules.html")
    page = template.render(
        title=words["title of one" if n == 1 else "title"].format(n=n, outcome=outcome),
        head=words["head rule"],
        heads=heads,
        rows=[_row(rule, rules, words, largest) for rule in rules.rules],
        joint=words["and"],
        tree=words["tree"],
        # The drawing escapes by construction.
        drawing=Markup(svg_view(rules, words, _TREE_WIDTH, f"{ident}-tree")),
    )
    return writable(page)


def _row(rule: Rule, rules: RuleSet, words: Words, largest: float) -> dict[str, object]:
    share = rule.probabilities[rules.rare]
    texts = [condition_text(each, rules.columns[each.column], words) for each in rule.conditions]
    return {
        "conditions": [text for text in texts if text] or [words["all rows"]],
        "share": percent(share),
        "width": f"{100 * share / largest:.1f}",
        "counts": [f"{rule.n_rows:,}", f"{rule.class_counts[rules.rare]:,}"],
        "held_out": None if rule.held_out_counts is None else _held_out(rule, rules, words),
    }


def _held_out(rule: Rule, rules: RuleSet, words: Words) -> tuple[str, str]:
    counts = rule.held_out_counts or ()
    if rule.interval is None:
        return words["no held out"], ""
    k, n = counts[rules.rare], sum(counts)
    low, high = map(percent, rule.interval)
    return words["of"].format(share=percent(k / n), k=f"{k:,}", n=f"{n:,}"), words["interval"].format(
        low=low, high=high
    )
