"""Measures of generated rows, class by class, each with its baseline between two samples of real rows."""

from imbgan.quality.assessment import Assessment, assess, find_too_close
from imbgan.quality.description import ColumnDescription, Description, TableFinding, TextDescription, describe
from imbgan.quality.results import (
    ClassQuality,
    ColumnQuality,
    Dependence,
    Diagnostic,
    Histogram,
    Measure,
    Pictures,
    Points,
    Severity,
    Training,
    TrainingEvent,
)

__all__ = [
    "Assessment",
    "ClassQuality",
    "ColumnDescription",
    "ColumnQuality",
    "Dependence",
    "Description",
    "Diagnostic",
    "Histogram",
    "Measure",
    "Pictures",
    "Points",
    "Severity",
    "TableFinding",
    "TextDescription",
    "Training",
    "TrainingEvent",
    "assess",
    "describe",
    "find_too_close",
]
