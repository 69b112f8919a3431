"""What is recommended for texts: linear classifiers on words and on sentence vectors, whose log-odds are averaged."""

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from imbgan.ensemble.pool import LogOddsPool
from imbgan.ensemble.prior import PriorCorrectedClassifier
from imbgan.learners.texts import LENGTH, TextPreprocessor
from imbgan.text import WordEncoder, resolve_encoder

BOTH = "words_and_characters"
#: Inverse strength of the penalty on words of length one, and on standardized numbers of a sentence encoder, as chosen
#: in ``benchmarks/text`` on draws that no published figure holds.
STRENGTH_OF_WORDS, STRENGTH_OF_VECTORS = 10.0, 0.01

Encoders = Mapping[Hashable, Any]


def member_encoders(encoder: object, texts: object = None) -> list[Any]:
    """Return the encoders of the members, words first, unfitted.

    Parameters
    ----------
    encoder : encoder or sequence of encoders
        Of :func:`imbgan.text.resolve_encoder`. ``"auto"`` means words and characters, and a sentence encoder where one
        can be loaded without a download. Where no words are named, words and characters are added.
    texts : texts, default=None
        Those of training, whose script decides which sentence encoder suits.
    """
    given: Sequence[Any] = encoder if isinstance(encoder, list | tuple) and encoder else [encoder]
    found = [resolve_encoder(each, texts) for each in given]
    words = [each for each in found if isinstance(each, WordEncoder)]
    return [*(words or [WordEncoder(analyzer=BOTH)]), *(each for each in found if not isinstance(each, WordEncoder))]


def choices_of(n_words: int, n_vectors: int) -> dict[str, list[int]]:
    """Return how often each member counts, by the name of the choice; words come first.

    Examples
    --------
    >>> choices_of(1, 2)
    {'words': [1, 0, 0], 'words twice and vectors': [2, 1, 1], 'words and vectors': [1, 1, 1]}
    """
    if not n_vectors:
        return {"words": [1] * n_words}
    return {
        "words": [1] * n_words + [0] * n_vectors,
        "words twice and vectors": [2] * n_words + [1] * n_vectors,
        "words and vectors": [1] * (n_words + n_vectors),
    }


def text_pool(members: Sequence[Encoders], n_words: int, seed: int) -> LogOddsPool:
    """Return the unfitted classifier of tables with columns of text.

    Parameters
    ----------
    members : sequence of mappings of column name to encoder
        One per member, words first. All other columns of the table reach each member as they are.
    n_words : int
        How many of them are of words. These get class weights, corrected to the natural class shares.
    seed : int
    """
    estimators: list[Any] = []
    for place, encoders in enumerate(members):
        is_words = place < n_words
        # TextPreprocessor gives rows of words this length, which is a weaker penalty.
        strength = STRENGTH_OF_WORDS / LENGTH**2 if is_words else STRENGTH_OF_VECTORS
        linear = LogisticRegression(C=strength, max_iter=2000, random_state=seed)
        pipeline = make_pipeline(TextPreprocessor(encoders, sparse=True), linear)
        weights = "balanced" if is_words else None
        estimators.append(PriorCorrectedClassifier(pipeline, sample_weight=weights, encoder=None))
    return LogOddsPool(estimators, choices_of(n_words, len(members) - n_words), random_state=seed)
