"""The section of a page that shows what a linear classifier on words says, and texts with these words marked."""

from collections.abc import Iterator

from imbgan.comparison.word_model import ShownText, Term, WordColumn
from imbgan.report.context import Context
from imbgan.report.language import Words
from imbgan.report.score_sections import Section
from imbgan.report.summary import Summary
from imbgan.report.tables import Cell, Row, Table, name
from imbgan.report.words import count, decimals, percent, shorten, unbroken


def section(summary: Summary, context: Context) -> Section | None:
    """Return terms and texts of each column of text; None if there are none."""
    model, words = summary.words, context.words
    if model is None or not model.columns:
        return None
    label = shorten(model.label, 40)
    return {
        "intro": unbroken(words("words.intro", n=count(model.n_rows), label=label)),
        "holds_texts": any(column.rare_texts or column.other_texts for column in model.columns),
        "columns": [_column(column, label, words) for column in model.columns],
    }


def _column(column: WordColumn, label: str, words: Words) -> Section:
    parts = (("rare", column.rare_terms, column.rare_texts), ("others", column.other_terms, column.other_texts))
    return {
        "name": column.name,
        "tables": [
            (words(f"words.{part}.{column.unit}", label=label), _table(terms, part, column, label, words))
            for part, terms, _ in parts
        ],
        "texts": [
            {
                "title": words(f"words.texts.{part}", label=label),
                "order": words("words.texts.rare.order") if part == "rare" and len(texts) > 1 else "",
                "texts": [(unbroken(percent(text.probability)), list(_pieces(text))) for text in texts],
            }
            for part, _, texts in parts
            if texts
        ],
    }


def _table(terms: tuple[Term, ...], part: str, column: WordColumn, label: str, words: Words) -> Table | None:
    if not terms:
        return None
    rows = [
        Row(
            Cell(name(term.text, 30)),
            (Cell(decimals(term.coefficient, 2)), Cell(count(term.n_rare)), Cell(count(term.n_others))),
        )
        for term in terms
    ]
    heads = [words(f"words.{head}") for head in (f"term.{column.unit}", "coefficient", "in rare", "in others")]
    return Table(words(f"words.{part}.{column.unit}", label=label), heads, rows)


def _pieces(shown: ShownText) -> Iterator[tuple[str, str]]:
    """Return the parts of a text, each with the class of its mark, or with none."""
    end = 0
    for mark in shown.marks:
        if mark.start > end:
            yield shown.text[end : mark.start], ""
        yield shown.text[mark.start : mark.end], "for" if mark.is_rare else "against"
        end = mark.end
    if end < len(shown.text):
        yield shown.text[end:], ""
