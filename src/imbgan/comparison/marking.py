"""Find the places of terms in a text, which are compared in another form than the text has."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from imbgan.comparison.word_model import Mark, ShownText
from imbgan.text.words import normalized, token_pattern

#: Longer texts are cut to about so many characters, where most of them are marked.
SHOWN = 280
#: What comes later in a text is not looked at.
LOOKED_AT = 10_000
_JOINERS = "\u200c\u200d"


def shown_text(text: str, terms: Mapping[str, float], probability: float, *, by_word: bool) -> ShownText:
    """Return a text for display: spaces joined, terms marked, and cut if it is long.

    Parameters
    ----------
    text : str
    terms : mapping of str to float
        Coefficients of the terms to mark.
    probability : float
    by_word : bool
        Whether terms are words and pairs of words, or runs of characters.

    Examples
    --------
    >>> shown_text("Claim your FREE  prize", {"free prize": 2.0, "your": -1.0}, 0.9, by_word=True).marks
    (Mark(start=6, end=10, is_rare=False), Mark(start=11, end=21, is_rare=True))
    """
    text = " ".join(text[:LOOKED_AT].split())
    weights = np.zeros(len(text))
    for start, end, coefficient in _places(text, terms, by_word=by_word):
        part = weights[start:end]
        part[np.abs(part) < abs(coefficient)] = coefficient
    first, last = _window(text, weights != 0)
    before, after = ("…" if first else ""), ("…" if last < len(text) else "")
    signs = np.sign(weights[first:last])
    edges = [0, *(np.flatnonzero(np.diff(signs)) + 1).tolist(), len(signs)]
    marks = [
        Mark(start + len(before), end + len(before), bool(signs[start] > 0))
        for start, end in pairwise(edges)
        if end > start and signs[start]
    ]
    return ShownText(f"{before}{text[first:last]}{after}", probability, tuple(marks))


def _places(text: str, terms: Mapping[str, float], *, by_word: bool) -> Iterator[tuple[int, int, float]]:
    """Return where terms start and end in a text, with their coefficients."""
    flat = ""
    starts: list[int] = []
    ends: list[int] = []
    for start, end in _clusters(text):
        part = normalized(text[start:end])
        flat += part
        starts += [start] * len(part)
        ends += [end] * len(part)
    for first, last, term in _of_words(flat, terms) if by_word else _of_characters(flat, terms):
        yield starts[first], ends[last - 1], terms[term]


def _of_words(flat: str, terms: Mapping[str, float]) -> Iterator[tuple[int, int, str]]:
    tokens = [(*found.span(), found.group()) for found in re.finditer(token_pattern(), flat)]
    for i, (start, end, word) in enumerate(tokens):
        if word in terms:
            yield start, end, word
        if i + 1 < len(tokens):
            pair = f"{word} {tokens[i + 1][2]}"
            if pair in terms:
                yield start, tokens[i + 1][1], pair


def _of_characters(flat: str, terms: Mapping[str, float]) -> Iterator[tuple[int, int, str]]:
    for term in terms:
        place = flat.find(term)
        while place >= 0:
            yield place, place + len(term), term
            place = flat.find(term, place + 1)


def _clusters(text: str) -> Iterator[tuple[int, int]]:
    """Return the places of characters with the marks and joiners that belong to them."""
    start = 0
    for i in range(1, len(text)):
        if text[i] not in _JOINERS and not unicodedata.category(text[i]).startswith("M"):
            yield start, i
            start = i
    if text:
        yield start, len(text)


def _window(text: str, is_marked: NDArray[np.bool_]) -> tuple[int, int]:
    """Return the part of a long text in which most characters are marked, between whole characters."""
    if len(text) <= SHOWN:
        return 0, len(text)
    sums = np.concatenate([[0], np.cumsum(is_marked)])
    n_marked = sums[SHOWN:] - sums[:-SHOWN]
    start = int(np.argmax(n_marked))
    # The middle of the windows in which as much is marked, so that marks do not stand at an end.
    n_equal = int(np.argmin(np.append(n_marked[start:], -1) == n_marked[start]))
    first = start + n_equal // 2 if start else 0
    edges = [start for start, _ in _clusters(text)] + [len(text)]
    spaces = [edge for edge in edges if edge == 0 or text[edge - 1] == " "]
    # A whole word before, if one begins nearby.
    near = [edge for edge in spaces if first - 30 <= edge <= first]
    first = near[0] if near else max(edge for edge in edges if edge <= first)
    return first, max(edge for edge in edges if edge <= first + SHOWN or edge == edges[edges.index(first) + 1])
