"""Meta-estimators over any sampler, and the strategies that they choose among."""

from imbgan.ensemble.auto import AutoBalancedClassifier
from imbgan.ensemble.bagging import GANBaggingClassifier
from imbgan.ensemble.prior import PriorCorrectedClassifier
from imbgan.ensemble.samplers import TableSampler, TableSMOTE

__all__ = [
    "AutoBalancedClassifier",
    "GANBaggingClassifier",
    "PriorCorrectedClassifier",
    "TableSMOTE",
    "TableSampler",
]
