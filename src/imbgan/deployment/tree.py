"""What is told of a classifier that is a tree: its rules, and what is decided in each of them."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from imbgan._text import shown
from imbgan.rules import RuleSet
from imbgan.rules.sentences import sentence
from imbgan.rules.text import details_text
from imbgan.rules.words import ENGLISH
from imbgan.tabular.labels import label_text

if TYPE_CHECKING:
    from imbgan.deployment.classifier import DeployableClassifier

#: Rules that are told in a terminal, and in a model card.
N_FIRST, N_CARD = 5, 32


def rules_of(classifier: object) -> RuleSet | None:
    """Return the rules of a fitted classifier; None if it has none.

    Those of a classifier that it wraps do not count: their probabilities and labels may be others.
    """
    rules = getattr(classifier, "rules_", None)
    return rules if isinstance(rules, RuleSet) else None


def name_target(classifier: object, y: object) -> None:
    """Let the rules of a fitted classifier, if it has any, call the target by the name of the labels."""
    rules, name, own = rules_of(classifier), getattr(y, "name", None), cast("Any", classifier)
    if rules is not None and isinstance(name, str) and name:
        own.rules_ = replace(rules, target=name)


def first_rules(model: "DeployableClassifier") -> str:
    """Return the first rules as text, and how many of all rules lead to the rare class; empty if there are none."""
    rules = model.rules_
    if rules is None:
        return ""
    text = rules.as_text(most=N_FIRST)
    if len(rules.labels) != 2:
        return text
    n, decided = len(rules.rules), _decided(model, rules)
    rare = label_text(model.classes_[rules.rare])
    k = decided.count(rare)
    label = shown(rare)
    if k in (0, n):
        return f"{text}\n\n{'No rule leads' if k == 0 else 'All rules lead'} to the decision {label}."
    # The rules of the greatest probability come first.
    leads = "rule leads" if k == 1 else f"{k} rules lead"
    return f"{text}\n\nThe first {leads} to the decision {label}."


def rules_in_card(model: "DeployableClassifier", safe: Callable[[str], str]) -> Iterator[str]:
    """Yield the lines of a model card that tell the rules; ``safe`` takes the meaning in Markdown from a text."""
    rules = model.rules_
    if rules is None:
        return
    yield f"The classifier is a tree of {len(rules.rules)} rules, those of the greatest probability first. Each row"
    yield "meets exactly one of them. The counted rows are those of the training table, and overstate how often a rule"
    yield "is right."
    yield ""
    decided = _decided(model, rules)
    for place, (rule, label) in enumerate(zip(rules.rules[:N_CARD], decided, strict=False), 1):
        condition, _ = sentence(rule, rules, ENGLISH)
        yield f"{place}. {safe(f'{condition} {details_text(rule, rules, ENGLISH)} Decision: {shown(label)}.')}"
    if len(rules.rules) > N_CARD:
        yield ""
        yield f"{len(rules.rules) - N_CARD} further rules are not told here."


def _decided(model: "DeployableClassifier", rules: RuleSet) -> list[str]:
    """Return what is decided in each rule, as text."""
    return [label_text(label) for label in model.decide(np.array([rule.probabilities for rule in rules.rules]))]
