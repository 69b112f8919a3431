"""Classifiers by name, each with the preparation that it needs for tables of any kind."""

from imbgan.learners.estimators import ESTIMATORS, make_estimator
from imbgan.learners.preparation import TablePreprocessor
from imbgan.learners.texts import TextPreprocessor, TextVectorizer

__all__ = ["ESTIMATORS", "TablePreprocessor", "TextPreprocessor", "TextVectorizer", "make_estimator"]
