"""Columns of free text: what their texts are like, and what becomes of them."""

from collections.abc import Hashable, Iterator
from dataclasses import dataclass

import numpy as np

from imbgan.quality.description.facts import Facts, TableFinding, names
from imbgan.tabular.identifiers.evidence import n_words
from imbgan.tabular.schema import RawColumn

#: Number of columns whose texts a finding describes.
_MOST = 5


@dataclass(frozen=True)
class TextDescription:
    """What the texts of a column are like.

    Parameters
    ----------
    script : str
        The script of most words, such as "Latin" or "Han"; see :func:`imbgan.text.script_of`.
    length : float
        Mean number of words of a text, or of characters where the script has no spaces between words.
    unit : {"words", "characters"}
        What was counted.
    distinct : float
        Share of different texts among the present ones, in (0, 1].
    """

    script: str
    length: float
    unit: str
    distinct: float

    @classmethod
    def of(cls, column: RawColumn) -> "TextDescription":
        """Describe a column with at least one text; cells that are no texts are passed over."""
        # Encoders of texts load scikit-learn, which a description of other tables does not need.
        from imbgan.text import needs_characters, script_of

        texts = [cell for cell in column.as_objects().tolist() if isinstance(cell, str)]
        script = script_of(texts)
        by_character = needs_characters(script)
        lengths = [len("".join(text.split())) if by_character else n_words(text) for text in texts]
        unit = "characters" if by_character else "words"
        return cls(script.name, float(np.mean(lengths)), unit, len(set(texts)) / len(texts))

    @property
    def short(self) -> str:
        """Such as "Latin, about 12 words"."""
        return f"{self.script}, about {self.length:,.0f} {self.unit}"

    def __str__(self) -> str:
        return f"{self.script}, {self.length:,.0f} {self.unit} on average, {_share(self.distinct)} distinct"


def describe_texts(facts: Facts) -> dict[Hashable, TextDescription]:
    """Return what the texts of each column of free text are like."""
    return {column.name: TextDescription.of(column) for column in facts.texts}


def find_texts(facts: Facts) -> Iterator[TableFinding]:
    """Tell about columns of free text that they are encoded, and that no text is generated."""
    described = describe_texts(facts)
    if described:
        listed = "; ".join(f"{names([name])} ({each})" for name, each in list(described.items())[:_MOST])
        more = f" and {len(described) - _MOST} more columns" if len(described) > _MOST else ""
        is_one = len(described) == 1
        yield TableFinding(
            "free text",
            "info",
            tuple(map(str, described)),
            (),
            f"{'This column holds' if is_one else 'These columns hold'} free text: {listed}{more}.",
            f"compare encodes {'it' if is_one else 'them'}, and tries an untouched linear classifier on the words, "
            "which is hard to beat. Generated rows hold no sentences.",
        )


def find_odd_texts(facts: Facts) -> Iterator[TableFinding]:
    """Tell which columns hold blank or very long texts, halves of characters, or cells that are no text."""
    odd = {column.name: remarks for column in facts.texts if (remarks := _remarks(column))}
    if odd:
        yield TableFinding(
            "odd texts",
            "warning",
            tuple(map(str, odd)),
            (),
            " ".join(f"{names([name])}: {remarks}" for name, remarks in list(odd.items())[:_MOST]),
            "Look at these cells before texts are learned.",
        )


def _remarks(column: RawColumn) -> str:
    from imbgan.text import read_texts

    cells = column.as_objects()[~column.missing].tolist()
    texts = [cell for cell in cells if isinstance(cell, str)]
    n_others = len(cells) - len(texts)
    found = [f"{n_others:,} of {len(cells):,} cells {'is' if n_others == 1 else 'are'} no text."] if n_others else []
    # Texts that are all blank are a constant column, and no free text.
    return " ".join([*found, *(read_texts(texts).remarks if any(map(str.strip, texts)) else ())])


def _share(share: float) -> str:
    if 0.995 <= share < 1.0:
        return "over 99 %"
    return f"{100 * share:.0f} %"
