"""A decision tree as rules that a person reads."""

from imbgan.rules.pruning import prune_without_rows

__all__ = ["prune_without_rows"]
