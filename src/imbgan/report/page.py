"""Render the page: sections of plain data fill one HTML template."""

import itertools
from functools import cache
from typing import Any

from jinja2 import Environment
from markupsafe import Markup

from imbgan._html import templates
from imbgan._plain import to_plain
from imbgan._text import writable
from imbgan.report import row_sections, score_sections
from imbgan.report.kit import Figure
from imbgan.report.summary import Summary
from imbgan.report.words import capitalized, named, shorten

TITLES = {
    "verdict": "Verdict",
    "classes": "Classes",
    "scores": "Scores",
    "curves": "Curves",
    "quality": "Generated rows",
    "marginals": "Columns",
    "dependence": "Dependence",
    "map": "Map",
    "training": "Training",
    "memorization": "Memorization",
    "settings": "Settings",
}
SUBJECTS = {
    "comparison": "Comparison of strategies",
    "assessment": "Assessment of generated rows",
    "sampler": "Rows of a sampler",
}


def render(summary: Summary) -> str:
    """Return the page of a summary as HTML that needs no other file and runs no script.

    Parameters
    ----------
    summary : Summary

    Returns
    -------
    str
        The page. Equal summaries give equal pages.
    """
    numbers = itertools.count(1)

    def draw(figure: Figure) -> Markup:
        return figure.to_svg(f"figure-{next(numbers)}")

    sections: dict[str, Any] = {
        "verdict": score_sections.verdict(summary),
        "classes": score_sections.classes(summary, draw),
        "scores": score_sections.scores(summary, draw),
        "curves": score_sections.curves(summary, draw),
        "quality": row_sections.quality(summary, draw),
        "marginals": row_sections.marginals(summary, draw),
        "dependence": row_sections.dependence(summary, draw),
        "map": row_sections.row_maps(summary, draw),
        "training": row_sections.training(summary, draw),
        "memorization": row_sections.memorization(summary, draw),
        "settings": row_sections.settings(summary),
    }
    sections = {name: section for name, section in sections.items() if section is not None}
    results = {"task": summary.task, "verdict": summary.verdict, "settings": summary.settings}
    template = _environment().get_template("page.html")
    page = template.render(
        kind=SUBJECTS[summary.subject],
        sections=sections,
        titles=TITLES,
        results=to_plain(results),
    )
    return writable(page)


def _name(text: object, width: int = 36) -> Markup:
    """Write a name that comes from outside: shortened, complete in its tooltip, with its text direction isolated."""
    whole, shown = named(str(text)), shorten(str(text), width)
    if shown == whole:
        return Markup("<bdi>{}</bdi>").format(shown)
    return Markup('<bdi title="{}">{}</bdi>').format(whole, shown)


def _rows_of(label: str) -> Markup:
    """Return the heading of a class; rows without classes form one group that has no label."""
    return Markup("All rows") if label == score_sections.ALL_ROWS else Markup("Class {}").format(_name(label))


@cache
def _environment() -> Environment:
    environment = templates("imbgan.report")
    functions: dict[str, Any] = {"name": _name, "rows_of": _rows_of}
    filters: dict[str, Any] = {"capitalized": capitalized, "shorten": shorten}
    environment.globals.update(functions)
    environment.filters.update(filters)
    return environment
