"""What readers who see or use no page, such as screen readers, are told: names of buttons, roles, and descriptions."""

import re
from collections.abc import Callable
from html import escape

from docutils import nodes
from sphinx.application import Sphinx

# Buttons that show the pages below one in the list of pages; the theme names none of them.
_BUTTON = re.compile(r"(<a [^>]*>(?P<page>(?:[^<]|<(?!/a>))*)</a><details[^>]*>)<summary>")
# Roles that Docutils gives to references, and that browsers no longer know.
_ROLES = ((' role="doc-biblioentry"', ""), ('<div role="list" class="citation-list">', '<div class="citation-list">'))
# Longest description of a page, in letters: search engines show no more.
LONGEST = 160


def named_buttons(pages: str, language: str) -> str:
    """Return the list of pages in which each button says whose pages it shows."""
    words = "“{}”之下的页面" if language.startswith("zh") else "Pages below “{}”"

    def name(match: re.Match[str]) -> str:
        title = re.sub("<[^>]+>", "", match["page"])
        return f'{match[1]}<summary aria-label="{words.format(title)}">'

    return _BUTTON.sub(name, pages)


def described(document: nodes.document) -> str:
    """Return the first paragraph of a page, cut after a word: what a search engine or a chat shows of a link to it."""
    paragraphs = (each for each in document.findall(nodes.paragraph) if len(each.astext()) > LONGEST // 4)
    text = " ".join(next((each.astext() for each in paragraphs), "").split())
    return text if len(text) <= LONGEST else f"{text[:LONGEST].rpartition(' ')[0] or text[:LONGEST]} …"


def _tell(app: Sphinx, page: str, template: str, context: dict[str, object], document: nodes.document | None) -> None:
    body, list_pages = context.get("body"), context.get("generate_toctree_html")
    if isinstance(body, str):
        for old, new in _ROLES:
            body = body.replace(old, new)
        context["body"] = body
    if callable(list_pages):
        context["generate_toctree_html"] = _naming(list_pages, app.config.language)
    if document is not None:
        title, description = app.env.titles[page].astext(), described(document)
        tags = {"og:type": "article", "og:site_name": "imbgan", "og:title": title, "og:description": description}
        lines = [f'<meta property="{name}" content="{escape(value)}" />' for name, value in tags.items() if value]
        if description:
            lines.append(f'<meta name="description" content="{escape(description)}" />')
        context["metatags"] = "\n".join([str(context.get("metatags", "")), *lines])


def _naming(list_pages: Callable[..., object], language: str) -> Callable[..., str]:
    return lambda *args, **kwargs: named_buttons(str(list_pages(*args, **kwargs)), language)


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx."""
    app.connect("html-page-context", _tell, priority=900)  # after the theme
    return {"parallel_read_safe": True, "parallel_write_safe": True}
