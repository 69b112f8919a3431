"""Render the page: sections of plain data fill one HTML template."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from jinja2 import Environment
from markupsafe import Markup

from imbgan._html import templates
from imbgan._plain import to_plain
from imbgan._text import writable
from imbgan.quality.rows import ALL_ROWS
from imbgan.report import picture_section, row_sections, rule_sections, score_sections, word_section
from imbgan.report.context import Context
from imbgan.report.decision import decision
from imbgan.report.language import Words, check_language
from imbgan.report.summary import Summary
from imbgan.report.tables import name


def render(summary: Summary, lang: str = "en") -> str:
    """Return the page of a summary as HTML that needs no other file and runs no script.

    Parameters
    ----------
    summary : Summary
    lang : {"en", "zh"}, default="en"
        The language: English or Chinese. Names from outside, and messages of libraries, stay as they are.

    Returns
    -------
    str
        The page. Equal summaries give equal pages.

    Raises
    ------
    ParameterError
        If ``lang`` is another language.
    """
    check_language(lang)
    titles: Any = summary.settings.get("titles")
    words = Words(lang, {str(key): str(title) for key, title in titles.items()} if isinstance(titles, dict) else {})
    context = Context(words)
    sections: dict[str, Any] = {
        "verdict": decision(summary, context),
        "classes": score_sections.classes(summary, context),
        "scores": score_sections.scores(summary, context),
        "curves": score_sections.curves(summary, context),
        "words": word_section.section(summary, context),
        "pictures": picture_section.section(summary, context),
        "quality": row_sections.quality(summary, context),
        "marginals": row_sections.marginals(summary, context),
        "dependence": row_sections.dependence(summary, context),
        "map": row_sections.row_maps(summary, context),
        "training": row_sections.training(summary, context),
        "memorization": row_sections.memorization(summary, context),
        "rules": rule_sections.section(summary, context),
        "settings": row_sections.settings(summary),
    }
    sections = {key: section for key, section in sections.items() if section is not None}
    results = {"task": summary.task, "verdict": summary.verdict, "settings": summary.settings}
    results |= {} if summary.rules is None else {"rules": summary.rules}
    return compose(words(f"kind.{summary.subject}"), sections, results, words)


def compose(kind: str, sections: Mapping[str, Any], results: object, words: Words) -> str:
    """Return a page of sections; each has a template of its name, and the first one is called "verdict".

    Parameters
    ----------
    kind : str
        What the page is about.
    sections : mapping of str to dict
    results : tree of dataclasses and containers
        What the page holds as JSON.
    words : Words
    """

    def rows_of(label: str) -> Markup:
        """Return the heading of a class; rows without classes form one group that has no label."""
        is_all = label == ALL_ROWS
        return words.markup("all rows") if is_all else words.markup("class", label=name(label))

    page = (
        _environment()
        .get_template("page.html")
        .render(
            kind=kind,
            sections=sections,
            results=to_plain(results),
            t=words.markup,
            rows_of=rows_of,
        )
    )
    return writable(page)


@cache
def _environment() -> Environment:
    environment = templates("imbgan.report")
    functions: dict[str, Any] = {"name": name}
    environment.globals.update(functions)
    return environment
