"""Rules of a table: what holds in every row, kept in generated rows by construction."""

from imbgan.tabular.rules.declared import AddsUp, Between, Less, OnlyTogether, Rule, Unique, check_obeyed
from imbgan.tabular.rules.encoder import RuledEncoder
from imbgan.tabular.rules.find import find_rules
from imbgan.tabular.rules.named import adds_up, between, less, only_together, rule_from_document, unique
from imbgan.tabular.rules.plan import check_rules

__all__ = [
    "AddsUp",
    "Between",
    "Less",
    "OnlyTogether",
    "Rule",
    "RuledEncoder",
    "Unique",
    "adds_up",
    "between",
    "check_obeyed",
    "check_rules",
    "find_rules",
    "less",
    "only_together",
    "rule_from_document",
    "unique",
]
