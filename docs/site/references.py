"""References in docstrings lead to the page of what they name, by whatever path the code imports it."""

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util.nodes import make_refnode

import imbgan
from docs.site.contents import PARTS

_PLACES = {
    **{path.rpartition(".")[2]: ("reference/api/parts", path) for group in PARTS for path in group.members},
    **{name: (f"reference/api/{name}", f"imbgan.{name}") for name in imbgan.__all__},
    **{name: ("reference/api/parts", f"module-imbgan.gan.{name}") for name in ("losses", "penalties")},
}


def _resolve(app: Sphinx, env: BuildEnvironment, node: pending_xref, contents: nodes.Element) -> nodes.Element | None:
    if node.get("refdomain") != "py":
        return None
    # A method without a place of its own leads to that of its class.
    names = [name for name in reversed(node["reftarget"].split(".")[-2:]) if name in _PLACES]
    return make_refnode(app.builder, node["refdoc"], *_PLACES[names[0]], contents) if names else None


def _skip_foreign(app: Sphinx, what: str, name: str, found: object, skip: bool, options: object) -> bool | None:
    """Leave out members that scikit-learn and others document."""
    found = getattr(found, "fget", None) or getattr(found, "__func__", None) or found
    is_ours = (getattr(found, "__module__", None) or "").startswith("imbgan")
    return True if what in ("class", "exception") and not is_ours else None


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx."""
    app.setup_extension("sphinx.ext.autodoc")
    app.connect("missing-reference", _resolve)
    app.connect("autodoc-skip-member", _skip_foreign)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
