"""What a linear classifier on words says about texts, as plain data; ``words`` makes it."""

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Term:
    """A word, a pair of words or a run of characters, and what it weighs.

    Parameters
    ----------
    text : str
        In the form in which words are compared, without capital letters.
    coefficient : float
        Its coefficient; positive speaks for the rare class.
    n_rare, n_others : int
        Number of texts of the rare class, and of all others, that hold it.
    """

    text: str
    coefficient: float
    n_rare: int
    n_others: int


@dataclass(frozen=True)
class Mark:
    """A part of a text that a listed term covers.

    Parameters
    ----------
    start, end : int
        Places of its first character and after its last one.
    is_rare : bool
        Whether the term speaks for the rare class.
    """

    start: int
    end: int
    is_rare: bool


@dataclass(frozen=True)
class ShownText:
    """A text of the table, cut if it is long.

    Parameters
    ----------
    text : str
    probability : float
        That of the rare class, by the classifier that has learned this text as well.
    marks : tuple of Mark
        In order, without overlap.
    """

    text: str
    probability: float
    marks: tuple[Mark, ...]


@dataclass(frozen=True)
class WordColumn:
    """The terms of one column of text that weigh most, and some of its texts.

    Parameters
    ----------
    name : str
        Empty if there is nothing but texts.
    unit : {"words", "characters"}
        What the terms are made of.
    rare_terms, other_terms : tuple of Term
        Those that speak most for the rare class, and for the others.
    rare_texts, other_texts : tuple of ShownText
        Texts of the rare class; and those of the others that the classifier takes most for rare ones.
    """

    name: str
    unit: str
    rare_terms: tuple[Term, ...]
    other_terms: tuple[Term, ...]
    rare_texts: tuple[ShownText, ...]
    other_texts: tuple[ShownText, ...]


@dataclass(frozen=True)
class WordModel:
    """A linear classifier on words, fitted once for display: what it says about the rarest class.

    Parameters
    ----------
    label : str
        The rarest class; it is told from all others together.
    n_rows : int
        Number of rows that the classifier learned.
    columns : tuple of WordColumn
    """

    label: str
    n_rows: int
    columns: tuple[WordColumn, ...]

    def without_texts(self) -> "WordModel":
        """Return the same with the terms alone."""
        return replace(self, columns=tuple(replace(each, rare_texts=(), other_texts=()) for each in self.columns))
