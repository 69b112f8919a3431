"""The strategies for tables with columns of text, and for texts alone: on vectors, or on the texts themselves."""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from imbgan.ensemble import PriorCorrectedClassifier
from imbgan.ensemble.text_changer import TextChanger
from imbgan.ensemble.text_pool import member_encoders, text_pool
from imbgan.learners.text_estimators import no_vectors_error
from imbgan.learners.texts import TextPreprocessor, TextVectorizer
from imbgan.oversampling.sharing import Sharing
from imbgan.strategies.candidates import ReachRatio
from imbgan.strategies.strategy import Classifier, Strategy

#: What ``compare`` compares by default where there are texts.
DEFAULT_TEXT_STRATEGIES = (
    *("none", "words", "texts", "class_weight", "bagging"),
    *("changed_words", "smote", "local_gaussian", "gan_0.3"),
)
#: Copies raise a rare class to this share of the largest one, as generated rows of ``gan_0.3`` do.
RATIO = 0.3


def on_vectors(strategy: Strategy, encoders: Mapping[Hashable, Any]) -> Strategy:
    """Return a strategy that encodes the texts of its training part first, and works on the vectors."""
    if strategy.on_texts:
        return strategy

    def make(estimator: Classifier, seed: int, sharing: Sharing | None = None) -> Classifier:
        inner = strategy.build(estimator, seed, sharing)
        return make_pipeline(TextVectorizer(encoders), inner)

    return replace(strategy, make=make)


def refused(strategy: Strategy, why: str, names: Iterable[Hashable]) -> Strategy:
    """Return a strategy that cannot be applied, as a trial tells, to a classifier that takes no vectors."""
    if strategy.on_texts or strategy.own_learners:
        return strategy
    error = no_vectors_error(why, names)

    def make(estimator: Classifier, seed: int) -> Classifier:
        del estimator, seed
        raise error

    return replace(strategy, make=make)


def text_strategies(encoders: Mapping[Hashable, Any]) -> dict[str, Strategy]:
    """Return the strategies that tables without texts do not have, by name.

    Parameters
    ----------
    encoders : mapping of column name to encoder

    Returns
    -------
    dict of str to Strategy
        ``"words"``, a logistic regression on sparse TF-IDF, untouched: the one to beat. ``"texts"``, the mean
        of log-odds that :class:`imbgan.TextGANClassifier` takes by default, whatever the classifier; other columns of
        a table reach each of its linear classifiers. ``"changed_words"``, copies of
        rare rows up to 30 % of the largest class, with words deleted and swapped at random.
    """
    words = dict.fromkeys(encoders, "words")

    def on_words(estimator: Classifier, seed: int) -> Classifier:
        del estimator
        return make_pipeline(TextPreprocessor(words, sparse=True), LogisticRegression(max_iter=1000, random_state=seed))

    def averaged(estimator: Classifier, seed: int) -> Classifier:
        del estimator
        members = {name: member_encoders(each) for name, each in encoders.items()}
        on_vectors = {name: each if len(members[name]) > 1 else "words" for name, each in encoders.items()}
        of_words = {name: found[0] for name, found in members.items()}
        has_vectors = any(len(found) > 1 for found in members.values())
        return text_pool([of_words, on_vectors] if has_vectors else [of_words], 1, seed)

    def changed(estimator: Classifier, seed: int) -> Classifier:
        changer = TextChanger(tuple(encoders), sampling_strategy=ReachRatio(RATIO), random_state=seed)
        return PriorCorrectedClassifier(estimator, changer, encoder=None)

    own = (
        Strategy(
            "words",
            "a logistic regression on TF-IDF of words, untouched, whatever the classifier",
            on_words,
            title="words, untouched",
            own_learners=True,
            on_texts=True,
        ),
        Strategy(
            "texts",
            "log-odds of linear classifiers on words and on sentence vectors, averaged as cross-validation chooses",
            averaged,
            title="words and vectors, averaged",
            own_learners=True,
            on_texts=True,
        ),
        Strategy(
            "changed_words",
            "rare texts copied up to 30 % of the largest class, with words deleted and swapped at random",
            changed,
            title="copies with changed words",
            on_texts=True,
        ),
    )
    return {each.name: each for each in own}
