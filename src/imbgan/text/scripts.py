"""The script of texts: which one, and whether it separates words by spaces."""

import unicodedata
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from imbgan.text.reading import read_texts

#: Scripts that separate no words by spaces, with the usual number of letters per word.
WITHOUT_SPACES: Mapping[str, float] = {
    "Han": 1.5,
    "Kana": 2.5,
    "Thai": 4.0,
    "Lao": 4.0,
    "Khmer": 4.0,
    "Myanmar": 4.0,
    "Tibetan": 4.0,
}
_LETTERS_PER_WORD = 5.0
#: Names of Unicode characters begin with the name of their script, but for these.
_NAMES = {"Cjk": "Han", "Hiragana": "Kana", "Katakana": "Kana", "Katakana-hiragana": "Kana"}
_WIDTHS = {"FULLWIDTH", "HALFWIDTH"}
# So many texts, spread over all, and so many characters of each are looked at.
_N_TEXTS, _N_CHARACTERS = 500, 400
#: From this share of words on, the script decides.
_ENOUGH = 0.5


@dataclass(frozen=True)
class Script:
    """The script of most words of some texts.

    Attributes
    ----------
    name : str
        Such as ``"Latin"``, ``"Han"`` (Chinese characters), ``"Kana"`` (hiragana and katakana), ``"Hangul"``,
        ``"Cyrillic"``, ``"Arabic"``, ``"Hebrew"``, ``"Devanagari"`` or ``"Thai"``; ``"none"`` without any letter.
    share : float
        Its share of the words, in [0, 1].
    shares : mapping of str to float
        The shares of all scripts, the largest first.
    """

    name: str
    share: float
    shares: Mapping[str, float]


def script_of(texts: object) -> Script:
    """Guess the script of texts from the letters of at most 500 of them.

    A script's share is that of its words, estimated from letters: a word has about 1.5 letters in Chinese, 2.5 in kana,
    4 in Thai, and 5 in other scripts. So an English name among Chinese words does not outweigh them.

    Parameters
    ----------
    texts : as for :func:`imbgan.text.read_texts`

    Returns
    -------
    Script

    Examples
    --------
    >>> script_of(["Wo ist der Bahnhof?"]).name
    'Latin'
    >>> found = script_of(["请问火车站在哪里?", "我的 iPhone 坏了"])
    >>> found.name, round(found.share, 2)
    ('Han', 0.87)
    """
    values = read_texts(texts, is_training=False).values
    step = max(1, -(-len(values) // _N_TEXTS))
    words: Counter[str] = Counter()
    for text in values[::step]:
        for letter in text[:_N_CHARACTERS]:
            script = script_of_letter(letter)
            if script:
                words[script] += 1.0 / WITHOUT_SPACES.get(script, _LETTERS_PER_WORD)  # pyright: ignore[reportArgumentType]
    if not words:
        return Script("none", 0.0, {})
    total = sum(words.values())
    shares = {script: n / total for script, n in words.most_common()}
    name = next(iter(shares))
    return Script(name, shares[name], shares)


def needs_characters(script: Script | str) -> bool:
    """Return whether words are not separated by spaces, so that an encoder must look at characters.

    Parameters
    ----------
    script : Script or str
        What :func:`script_of` found, where half of the words must be of such scripts; or the name of one.

    Examples
    --------
    >>> needs_characters("Han"), needs_characters("Hangul"), needs_characters(script_of(["どこですか"]))
    (True, False, True)
    """
    if isinstance(script, str):
        return script in WITHOUT_SPACES
    return sum(script.shares.get(name, 0.0) for name in WITHOUT_SPACES) >= _ENOUGH


@lru_cache(maxsize=8192)
def script_of_letter(letter: str) -> str:
    """Return the script of one character; an empty text if it is no letter."""
    if not letter.isalpha():
        return ""
    parts = unicodedata.name(letter, "").split()
    while parts and parts[0] in _WIDTHS:
        parts = parts[1:]
    name = parts[0].capitalize() if parts else ""
    return _NAMES.get(name, name)
