"""A decision tree as rules that a person reads."""

from imbgan.rules.pruning import prune_pipeline, prune_without_rows
from imbgan.rules.reading import is_readable, judge_rules, leaf_probabilities, read_rules
from imbgan.rules.results import RuleSet

__all__ = [
    "RuleSet",
    "is_readable",
    "judge_rules",
    "leaf_probabilities",
    "prune_pipeline",
    "prune_without_rows",
    "read_rules",
]
