"""What the caller of an audit holds: a table, with columns of text or without, or texts alone."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any

from imbgan._text import listed
from imbgan.audit.results import Note
from imbgan.audit.table import View
from imbgan.audit.texts import AuditTexts, Kinds
from imbgan.learners.texts import holds_texts, text_columns, texts_as_table, warn_of_texts
from imbgan.tabular import eager, read_table


@dataclass(frozen=True)
class HeldRows:
    """The rows of an audit as their owner holds them.

    Parameters
    ----------
    held : container
        A table; of texts alone, a list of rows of one cell.
    kinds : mapping or None
        Kinds of its columns.
    encoders : mapping of column name to encoder
        The columns of text.
    is_list : bool
        Whether the owner holds texts alone.
    """

    held: object
    kinds: Kinds | None
    encoders: Mapping[Hashable, Any]
    is_list: bool

    def view(self, seed: int, rows: object) -> View:
        """Return how attackers compare rows; ``rows`` are those that are audited, and encoders are fitted to them."""
        if not self.encoders:
            return View(kinds=self.kinds)
        texts = AuditTexts.fit(read_table(rows, self.kinds), self.encoders, seed)
        names, titles = listed([str(name) for name in self.encoders]), ", ".join(dict.fromkeys(texts.titles.values()))
        if not texts.alone:
            facts: dict[str, int | str] = {"columns": names, "encoder": titles}
            return View(lambda held: texts.others(held, self.kinds), notes=(Note("texts", facts),), texts=texts)
        n = sum(column.axes.shape[1] for column in texts.columns)
        return View(
            of=texts.numbers,
            kinds=dict.fromkeys(range(n), "continuous"),
            has_cells=False,
            notes=(Note("text vectors", {"n": n, "encoder": titles}),),
            texts=texts,
        )


def read_rows_of(X: object, kinds: Kinds | None, encoder: object) -> HeldRows:
    """Read what the caller holds, and find its columns of text.

    Raises
    ------
    DataError, DataTypeError, ParameterError
        As :func:`imbgan.tabular.read_table` and :func:`imbgan.learners.texts.text_columns`.
    """
    is_list = holds_texts(X)
    held = texts_as_table(X) if is_list else eager(X)
    kinds = {0: "text"} if is_list else kinds
    table = read_table(held, kinds)
    encoders = text_columns(table, encoder)
    warn_of_texts(table, encoders, stacklevel=3)
    return HeldRows(held, kinds, encoders, is_list)
