"""A classifier to take away: trained, saved without a pickle, and used on new tables."""

from imbgan.deployment.card import summary
from imbgan.deployment.classifier import DeployableClassifier, Training
from imbgan.deployment.columns import Departures, LearnedColumn, LearnedColumns
from imbgan.deployment.data_sets import check_new_folder, score_data_set
from imbgan.deployment.figures import TUNABLE, Figure, joined
from imbgan.deployment.folder import check_folder
from imbgan.deployment.origin import Origin
from imbgan.deployment.recommendation import Recommendation
from imbgan.deployment.scoring import Keep, Scores, score_file

__all__ = [
    "TUNABLE",
    "Departures",
    "DeployableClassifier",
    "Figure",
    "Keep",
    "LearnedColumn",
    "LearnedColumns",
    "Origin",
    "Recommendation",
    "Scores",
    "Training",
    "check_folder",
    "check_new_folder",
    "joined",
    "score_data_set",
    "score_file",
    "summary",
]
