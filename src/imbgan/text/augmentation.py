"""Random changes of texts that keep most of what they say: copies of real texts for classes that have few.

Packages that do this are not maintained, or bring dictionaries and models of languages; the changes here need no
language, and are a few lines.
"""

import unicodedata

import numpy as np
from numpy.typing import NDArray

from imbgan.exceptions import ParameterError
from imbgan.random import Streams
from imbgan.text.reading import read_texts
from imbgan.text.scripts import needs_characters, script_of

#: The signs that AEDA inserts.
SIGNS = (".", ";", "?", ":", "!", ",")
_JOINERS = "\u200c\u200d"


def changed_texts(
    texts: object,
    streams: Streams,
    *,
    deletion: float = 0.1,
    swaps: float = 0.1,
    signs: float = 0.0,
    start: int = 0,
) -> NDArray[np.object_]:
    """Return a randomly changed copy of each text.

    Words are deleted and change places at random, two of the four operations of EDA [1]_; the others need synonyms of a
    language. Signs between words are the one operation of AEDA [2]_. In texts of a script without spaces between words,
    characters take the place of words, and swap with their neighbors only.

    Parameters
    ----------
    texts : as for :func:`imbgan.text.read_texts`, of shape (n,)
        Repeat a text to get several copies of it.
    streams : Streams
        Source of the changes. Copy number i is a pure function of its seed, i and the text, so that any worker can make
        any copies.
    deletion : float in [0, 1], default=0.1
        Probability with which each word is deleted. One word always stays.
    swaps : float in [0, 1], default=0.1
        Number of swaps as a share of the number of words; at least one swap, unless it is 0.
    signs : float in [0, 1], default=0.0
        Largest number of inserted signs as a share of the number of words; at least one sign, unless it is 0. AEDA is
        ``deletion=0, swaps=0, signs=1/3``.
    start : int, default=0
        Number of the first copy.

    Returns
    -------
    ndarray of shape (n,), object
        Texts with one space between words. A blank text stays as it is.

    Raises
    ------
    ParameterError
        If a share is outside of [0, 1].
    DataError, DataTypeError
        As :func:`imbgan.text.read_texts`.

    References
    ----------
    .. [1] Wei and Zou, "EDA: Easy Data Augmentation Techniques", EMNLP-IJCNLP 2019.
    .. [2] Karimi, Rossi and Prati, "AEDA: An Easier Data Augmentation Technique for Text Classification", Findings of
       EMNLP 2021.

    Examples
    --------
    >>> text = "claim your free prize before midnight today"
    >>> copies = changed_texts([text] * 2, Streams(0), deletion=0.0)
    >>> [sorted(copy.split()) == sorted(text.split()) for copy in copies], text in copies
    ([True, True], False)
    """
    for name, share in (("deletion", deletion), ("swaps", swaps), ("signs", signs)):
        if not 0.0 <= share <= 1.0:
            raise ParameterError(f"'{name}' must be a share in [0, 1]. Got {share!r}.")
    values = read_texts(texts, is_training=False).values
    changed = np.empty(len(values), object)
    for i, text in enumerate(values):
        rng = streams.generator("changed text", start + i)
        changed[i] = _changed(text, rng, deletion, swaps, signs) if text.strip() else text
    return changed


def _changed(text: str, rng: np.random.Generator, deletion: float, swaps: float, signs: float) -> str:
    by_character = needs_characters(script_of([text]))
    parts = characters_of(text) if by_character else text.split()
    n = len(parts)
    # Each operation draws as often as the text is long, whatever the other shares are.
    stays = rng.random(n) >= deletion
    places = rng.random((n, 2))
    signs_at = rng.random((n + 1, 2))
    if swaps > 0.0 and n > 1:
        for first, second in places[: max(1, round(swaps * n))]:
            a = int(first * n)
            # Another place than the first one; in scripts without spaces, the next or the previous one.
            b = (a + 1 if a + 1 < n else a - 1) if by_character else (a + 1 + int(second * (n - 1))) % n
            parts[a], parts[b] = parts[b], parts[a]
    if not stays.any():
        stays[int(rng.random() * n)] = True
    parts = [part for part, keep in zip(parts, stays, strict=True) if keep]
    if signs > 0.0:
        n_signs = 1 + int(signs_at[-1, 0] * max(1, round(signs * n)))
        for place, sign in signs_at[:n_signs]:
            parts.insert(int(place * (len(parts) + 1)), SIGNS[int(sign * len(SIGNS))])
    return ("" if by_character else " ").join(parts)


def characters_of(text: str) -> list[str]:
    """Return characters with the combining marks and joiners that belong to them, without spaces around the text.

    Examples
    --------
    >>> characters_of("ที่ไหน")
    ['ที่', 'ไ', 'ห', 'น']
    """
    parts: list[str] = []
    for char in text.strip():
        if parts and (char in _JOINERS or unicodedata.category(char).startswith("M")):
            parts[-1] += char
        else:
            parts.append(char)
    return parts
