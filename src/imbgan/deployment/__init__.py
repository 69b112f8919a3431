"""A classifier to take away: trained, saved without a pickle, and used on new tables."""

from imbgan.deployment.classifier import TUNABLE, DeployableClassifier, Training
from imbgan.deployment.columns import Departures, LearnedColumn, LearnedColumns
from imbgan.deployment.figures import Figure, figures_of
from imbgan.deployment.folder import check_folder
from imbgan.deployment.origin import Origin

__all__ = [
    "TUNABLE",
    "Departures",
    "DeployableClassifier",
    "Figure",
    "LearnedColumn",
    "LearnedColumns",
    "Origin",
    "Training",
    "check_folder",
    "figures_of",
]
