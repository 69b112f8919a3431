"""Attacks: functions of matrices that tell learned rows from unseen ones, or rebuild them."""

from imbgan.audit.attacks.columns import COLUMNS, column_scores
from imbgan.audit.attacks.inference import guesses
from imbgan.audit.attacks.lines import rebuilt_rows
from imbgan.audit.attacks.scores import SCORES, Sight, distances_to, scores
from imbgan.audit.attacks.texts import TEXTS, TextCells, text_scores
from imbgan.audit.attacks.trained import trained_scores

__all__ = [
    "COLUMNS",
    "SCORES",
    "TEXTS",
    "Sight",
    "TextCells",
    "column_scores",
    "distances_to",
    "guesses",
    "rebuilt_rows",
    "scores",
    "text_scores",
    "trained_scores",
]
