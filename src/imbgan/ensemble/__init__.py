"""Classifiers that wrap a classifier and any sampler, and samplers of tables."""

from imbgan.ensemble.bagging import GANBaggingClassifier
from imbgan.ensemble.distillation import DistilledClassifier
from imbgan.ensemble.prior import PriorCorrectedClassifier
from imbgan.ensemble.samplers import TableSampler, TableSMOTE
from imbgan.ensemble.text import TextGANClassifier

__all__ = [
    "DistilledClassifier",
    "GANBaggingClassifier",
    "PriorCorrectedClassifier",
    "TableSMOTE",
    "TableSampler",
    "TextGANClassifier",
]
