"""The encoders: sparse words, with characters or without, 100 singular vectors of words, token and sentence vectors.

What an encoder learns (words and how many texts have them), it learns from training texts alone. MiniLM itself has
seen other texts, and no label of these sets.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from types import MappingProxyType
from typing import Any, Protocol, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.preprocessing import normalize

from benchmarks.text import minilm
from benchmarks.text.texts import Texts, folder
from imbgan.text import ReducedEncoder, WordEncoder

Vectors = Any  # a sparse or a dense matrix, one row per text


class Encoder(Protocol):
    """Texts to vectors."""

    def fit(self, texts: Sequence[str], y: object = None) -> Self:
        """Learn from training texts."""
        ...

    def transform(self, texts: Sequence[str]) -> Vectors:
        """Return one row per text."""
        ...


class StaticEncoder:
    """The mean of MiniLM's token vectors, weighted by inverse document frequency: no attention, no order of words."""

    def fit(self, texts: Sequence[str], y: object = None) -> Self:
        """Learn how many texts have each token."""
        del y
        self._table = minilm.token_vectors()
        n_texts_with = np.zeros(len(self._table))
        for ids in minilm.tokens(texts):
            n_texts_with[np.unique(ids)] += 1
        self._weights = np.log((1 + len(texts)) / (1 + n_texts_with)) + 1
        self._center = np.zeros(minilm.WIDTH, np.float32)
        self._center = self._means(texts).mean(axis=0)
        return self

    def transform(self, texts: Sequence[str]) -> Vectors:
        """Return a matrix of shape (n, 384), float32, rows of length one."""
        rows: Any = normalize(self._means(texts) - self._center)
        return rows.astype(np.float32)

    def _means(self, texts: Sequence[str]) -> NDArray[np.float32]:
        # The marks of the beginning and the end say nothing.
        parts = [np.array(ids[1:-1] or ids[:1]) for ids in minilm.tokens(texts)]
        rows = [np.average(self._table[ids], axis=0, weights=self._weights[ids]) for ids in parts]
        return np.array(rows, np.float32)


class SentenceEncoder:
    """MiniLM, with the vectors of a set's texts kept in a file."""

    def __init__(self, name: str, texts: Texts) -> None:
        self._name, self._texts = name, texts

    def fit(self, texts: Sequence[str], y: object = None) -> Self:
        """Learn nothing."""
        del texts, y
        return self

    def transform(self, texts: Sequence[str]) -> Vectors:
        """Return a matrix of shape (n, 384), float32, rows of length one."""
        unknown = [text for text in dict.fromkeys(texts) if text not in self._known]
        self._known.update(zip(unknown, minilm.encode(unknown), strict=True))
        return np.array([self._known[text] for text in texts])

    @cached_property
    def _known(self) -> dict[str, NDArray[np.float32]]:
        return known_vectors(self._name, self._texts)


def known_vectors(name: str, texts: Texts) -> dict[str, NDArray[np.float32]]:
    """Return the sentence vectors of a set's texts, from a file that is written the first time."""
    digest = hashlib.sha256("\0".join(texts.values).encode()).hexdigest()[:16]
    path = folder() / "vectors" / f"{name}-{digest}.npy"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        np.save(path, minilm.encode(texts.values))
    return dict(zip(texts.values, np.load(path), strict=True))


def encoders(name: str, texts: Texts) -> Mapping[str, Callable[[], Encoder]]:
    """Return what gives each encoder for a set, by name."""
    # It learns nothing, so that all may share it and what it has encoded.
    sentence = SentenceEncoder(name, texts)
    return MappingProxyType(
        {
            "words": WordEncoder,
            "words_and_characters": lambda: WordEncoder(analyzer="words_and_characters"),
            "reduced": ReducedEncoder,
            "static": StaticEncoder,
            "sentence": lambda: sentence,
        }
    )


ENCODERS = ("words", "words_and_characters", "reduced", "static", "sentence")
#: Those whose vectors are sparse.
SPARSE = ("words", "words_and_characters")
