"""Names that the command line repeats are those of the registries, and its help shows all of them."""

import re

from imbgan.audit import IMAGE_SOURCES, SOURCES
from imbgan.cli import names, texts
from imbgan.comparison import ESTIMATORS, METRICS, STRATEGIES
from imbgan.learners.estimators import DEFAULT_ESTIMATORS
from imbgan.report import LANGUAGES
from imbgan.strategies import DEFAULT_STRATEGIES
from imbgan.strategies.images import image_strategies
from imbgan.strategies.texts import text_strategies
from imbgan.text.encoders import ENCODERS


def test_names_are_those_of_the_registries():
    assert tuple(STRATEGIES) == names.STRATEGIES
    assert tuple(image_strategies((8, 8, 1))) == names.IMAGE_STRATEGIES
    assert tuple(text_strategies({})) == names.TEXT_STRATEGIES
    assert ENCODERS == texts.NAMES
    assert DEFAULT_STRATEGIES == names.DEFAULT_STRATEGIES
    assert DEFAULT_ESTIMATORS == names.DEFAULT_ESTIMATORS
    assert tuple(METRICS) == names.METRICS
    assert tuple(ESTIMATORS) == names.ESTIMATORS
    assert tuple(SOURCES) == names.SOURCES
    assert tuple(IMAGE_SOURCES) == names.IMAGE_SOURCES
    assert tuple(LANGUAGES) == names.LANGUAGES


def test_help_names_them_all(imbgan):
    shown = set(re.findall(r"[\w.]+", imbgan("compare", "--help").out.replace(".\n", "\n")))
    shown = {word.strip(".") for word in shown}
    assert {*STRATEGIES, *names.IMAGE_STRATEGIES, *names.TEXT_STRATEGIES, *METRICS, *ESTIMATORS} <= shown
