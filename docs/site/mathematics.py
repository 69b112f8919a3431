"""Formulas as MathML, which browsers show without a script or a font from elsewhere."""

import re

from docutils import nodes
from latex2mathml.converter import convert
from sphinx.application import Sphinx
from sphinx.writers.html5 import HTML5Translator

_FUNCTION = r"<mi>(?:log|exp)</mi>"
# A formula of more letters of TeX than this may be wider than a phone.
LONG = 30
_GAP = '<mspace width="0.167em" />'


def spaced(formula: str) -> str:
    """Return MathML in which the name of a function stands apart from the letters beside it, as TeX sets it."""
    formula = re.sub(rf"(?<=</mi>)(?={_FUNCTION})", _GAP, formula)
    return re.sub(rf"({_FUNCTION})(?=<mi>)", rf"\1{_GAP}", formula)


def _inline(translator: HTML5Translator, node: nodes.math) -> None:
    formula = spaced(convert(node.astext(), display="inline"))
    # What is wider than a phone scrolls by itself.
    translator.body.append(f'<span class="wide">{formula}</span>' if len(node.astext()) > LONG else formula)
    raise nodes.SkipNode


def _block(translator: HTML5Translator, node: nodes.math_block) -> None:
    translator.body.append(f'<div class="formula">{spaced(convert(node.astext(), display="block"))}</div>\n')
    raise nodes.SkipNode


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx."""
    app.add_html_math_renderer("mathml", inline_renderers=(_inline, None), block_renderers=(_block, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
