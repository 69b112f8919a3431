"""Strategies for a rare class: a registry, one way to try each strategy, and a choice among them."""

from imbgan.oversampling.sharing import SharedGANOverSampler, Sharing
from imbgan.strategies.auto import AutoBalancedClassifier
from imbgan.strategies.candidates import CANDIDATES
from imbgan.strategies.costs import Costs
from imbgan.strategies.registry import DEFAULT_STRATEGIES, STRATEGIES
from imbgan.strategies.strategy import Strategy, resolve_strategies
from imbgan.strategies.trial import Split, Trial, run_trial

__all__ = [
    "CANDIDATES",
    "DEFAULT_STRATEGIES",
    "STRATEGIES",
    "AutoBalancedClassifier",
    "Costs",
    "SharedGANOverSampler",
    "Sharing",
    "Split",
    "Strategy",
    "Trial",
    "resolve_strategies",
    "run_trial",
]
