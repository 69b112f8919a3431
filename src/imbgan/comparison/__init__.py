"""Compare strategies for a rare class on one table, and decide whether any of them is worth it."""

from imbgan.comparison.compare import compare
from imbgan.comparison.fold_results import FoldResult
from imbgan.comparison.images import compare_images
from imbgan.comparison.metrics import METRICS
from imbgan.comparison.results import Comparison
from imbgan.learners.estimators import ESTIMATORS, make_estimator
from imbgan.learners.preparation import TablePreprocessor
from imbgan.strategies import STRATEGIES, Strategy
from imbgan.strategies.texts import text_strategies

__all__ = [
    "ESTIMATORS",
    "METRICS",
    "STRATEGIES",
    "TEXT_STRATEGIES",
    "Comparison",
    "FoldResult",
    "Strategy",
    "TablePreprocessor",
    "compare",
    "compare_images",
    "make_estimator",
]

#: The strategies for columns of text alone, by name.
TEXT_STRATEGIES = text_strategies({})
