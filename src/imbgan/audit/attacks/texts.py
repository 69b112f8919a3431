"""Attacks on columns of text: who has the rows looks for a text that he knows, or for one that is like it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from imbgan.measures import pairwise_distances

Matrix = NDArray[np.float64]

#: The attacks, and what each does.
TEXTS = {
    "equal_texts": "share of the columns of text whose text stands in a generated row, word for word",
    "nearest_text": "distance to the nearest text of a generated row, whatever its other cells are",
}


@dataclass(frozen=True)
class TextCells:
    """The cells of one column of text.

    Parameters
    ----------
    texts : ndarray of object of shape (n,) or None
        The texts, ``""`` where one is missing; None if vectors take their place.
    numbers : ndarray of shape (n, k)
        Numbers in which texts or vectors are compared.
    """

    texts: NDArray[np.object_] | None
    numbers: Matrix

    def part(self, rows: NDArray[np.intp]) -> "TextCells":
        """Return the cells of these rows."""
        return TextCells(None if self.texts is None else self.texts[rows], self.numbers[rows])

    @property
    def is_empty(self) -> bool:
        """Whether there is no text, nor a vector in its place."""
        return self.texts is not None and not any(text.strip() for text in self.texts)


def text_scores(pairs: Sequence[tuple[TextCells, TextCells]]) -> dict[str, NDArray[np.float64]]:
    """Return the score of each candidate in each attack of :data:`TEXTS`, shape (n,), the mean over columns.

    Generated rows that hold no text in a column tell nothing there: all candidates have the same score.

    Parameters
    ----------
    pairs : sequence of (TextCells, TextCells)
        Candidates, which hold texts, and generated rows; one pair per column of text.

    Returns
    -------
    dict of str to ndarray of shape (n,)
        Empty if there is no column of text, or if vectors take the place of generated texts.

    Examples
    --------
    >>> import numpy as np
    >>> rows = TextCells(np.array(["win now", "see you"], object), np.array([[0.0], [2.0]]))
    >>> found = text_scores([(rows, TextCells(np.array(["see you"], object), np.array([[2.0]])))])
    >>> found["equal_texts"].tolist(), found["nearest_text"].tolist()
    ([0.0, 1.0], [-2.0, 0.0])
    """
    if not pairs or any(generated.texts is None for _, generated in pairs):
        return {}
    return {
        "equal_texts": np.mean([_equal(*pair) for pair in pairs], axis=0),
        "nearest_text": np.mean([_nearness(*pair) for pair in pairs], axis=0),
    }


def _equal(candidates: TextCells, generated: TextCells) -> NDArray[np.float64]:
    known = {text for text in generated.texts if text.strip()} if generated.texts is not None else set[str]()
    own = candidates.texts if candidates.texts is not None else ()
    return np.fromiter((text in known for text in own), np.float64, len(candidates.numbers))


def _nearness(candidates: TextCells, generated: TextCells) -> NDArray[np.float64]:
    if generated.is_empty:
        return np.zeros(len(candidates.numbers))
    return 0.0 - pairwise_distances(candidates.numbers, generated.numbers).min(axis=1)
