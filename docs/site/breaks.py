"""Lines break where a reader would break them: long code after a bracket, a point or a comma, short cells nowhere."""

import re

from docutils import nodes
from sphinx.application import Sphinx

# What is shorter stays in one piece: it fits beside other words even on a phone.
SHORT = 24
_CELL = re.compile(r'<td(?: class="([^"]*)")?>((?:<p>)?([^<]*)(?:</p>)?)</td>')
# Two or three words; a figure with its interval, to the right, may be a little longer.
WORDS, FIGURES = 20, 30
_CHINESE_EMPHASIS = re.compile("<em>(?=[\u4e00-\u9fff])")
_WORD = re.compile(r'<span class="pre">((?:[^<&]|&[a-z0-9#]+;)*)</span>')
_AFTER = re.compile(r"(?<=[(\[{.,=/_])(?=[^)\]}.,=/_])")


def with_breaks(body: str) -> str:
    """Return the HTML of a page in which long words of code say where they may break, and short cells do not break."""

    def word(match: re.Match[str]) -> str:
        text = match[1]
        if len(re.sub("&[^;]+;", "x", text)) <= SHORT:
            return match[0]
        return f'<span class="pre long">{_AFTER.sub("<wbr>", text)}</span>'

    def cell(match: re.Match[str]) -> str:
        classes, contents, words = match.groups(default="")
        if _width(words) > (FIGURES if "text-right" in classes else WORDS):
            return match[0]
        return f'<td class="{f"{classes} short".strip()}">{contents}</td>'

    return _CHINESE_EMPHASIS.sub('<em class="chinese">', _CELL.sub(cell, _WORD.sub(word, body)))


def _width(words: str) -> int:
    """Return how wide words are, in letters: a Chinese character is as wide as two."""
    return len(words) + len(re.findall("[\u3001-\u303f\u4e00-\u9fff\uff01-\uff5e]", words))


def _rewrite(app: Sphinx, page: str, template: str, context: dict[str, str], tree: nodes.document | None) -> None:
    if "body" in context:
        context["body"] = with_breaks(context["body"])


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx."""
    app.connect("html-page-context", _rewrite)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
