"""The start page of the gallery: examples in the order of ORDER, and alternative texts of their small pictures."""

import re
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx

# From the game itself over what a user asks first to what few need.
ORDER = (
    "textbook",
    "rare_disease",
    "fraud_costs",
    "credit",
    "five_classes",
    "when_not",
    "strategies",
    "how_many_rows",
    "readable_tree",
    "conditions",
    "rules",
    "mode_collapse",
    "audit",
    "images",
    "texts",
    "larger_than_memory",
    "ray",
)


def position(example: str) -> int:
    """Return where an example stands; one that ORDER does not name is a ValueError."""
    name = Path(example).stem.removeprefix("plot_")
    if name not in ORDER:
        raise ValueError(
            f"ORDER of docs/site/gallery.py must say where the example {name!r} stands; it does not name it"
        )
    return ORDER.index(name)


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
