"""Small pictures of the gallery's start page have the titles of their examples as alternative texts."""

import re

from docutils import nodes
from sphinx.application import Sphinx


def _name(app: Sphinx, document: nodes.document, page: str) -> None:
    for picture in document.findall(nodes.image):
        example = re.search(r"sphx_glr_(plot_\w+)_thumb", picture["uri"])
        if example and not picture.get("alt"):
            title = app.env.titles[f"gallery/{example[1]}"].astext()
            picture["alt"] = f"Picture of the example: {title}"


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx."""
    app.connect("doctree-resolved", _name)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
