"""Strategies for a rare class: what they are, one way to try each, and a choice among them."""

from imbgan.strategies.auto import AutoBalancedClassifier
from imbgan.strategies.candidates import CANDIDATES
from imbgan.strategies.registry import DEFAULT_STRATEGIES, STRATEGIES
from imbgan.strategies.strategy import Strategy, resolve_strategies

__all__ = [
    "CANDIDATES",
    "DEFAULT_STRATEGIES",
    "STRATEGIES",
    "AutoBalancedClassifier",
    "Strategy",
    "resolve_strategies",
]
