"""Describe a table before anything is learned from it: its columns, what ruins projects, and what to expect."""

from imbgan.quality.description.columns import ColumnDescription
from imbgan.quality.description.describe import Description, describe
from imbgan.quality.description.facts import TableFinding
from imbgan.quality.description.texts import TextDescription

__all__ = ["ColumnDescription", "Description", "TableFinding", "TextDescription", "describe"]
