"""Is it worth it, on this table? Strategies for a rare class, compared honestly."""

from imbgan.comparison.compare import compare
from imbgan.comparison.comparison import Comparison
from imbgan.comparison.estimators import ESTIMATORS, make_estimator
from imbgan.comparison.metrics import METRICS
from imbgan.comparison.preparation import TablePreprocessor
from imbgan.strategies import STRATEGIES, Strategy

__all__ = [
    "ESTIMATORS",
    "METRICS",
    "STRATEGIES",
    "Comparison",
    "Strategy",
    "TablePreprocessor",
    "compare",
    "make_estimator",
]
