"""Meta-estimators over any sampler."""

from imbgan.ensemble.prior import PriorCorrectedClassifier

__all__ = ["PriorCorrectedClassifier"]
