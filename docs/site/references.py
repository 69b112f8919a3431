"""References in docstrings lead to the page of what they name, by whatever path the code imports it."""

import inspect
from collections.abc import Callable
from types import ModuleType

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


def _called(found: object) -> Callable[..., object] | None:
    """Return the function behind a package that can be called, such as ``imbgan.audit``."""
    return getattr(found, found.__name__.rpartition(".")[2], None) if isinstance(found, ModuleType) else None


def _signature(
    app: Sphinx, what: str, name: str, found: object, options: object, signature: str, returns: str
) -> tuple[str, str] | None:
    function = _called(found)
    if function is None or what != "function":
        return None
    kept = [each.replace(annotation=each.empty) for each in inspect.signature(function).parameters.values()]
    return str(inspect.Signature(kept)), ""


def _docstring(app: Sphinx, what: str, name: str, found: object, options: object, lines: list[str]) -> None:
    function = _called(found)
    if function is not None and what == "function":
        lines[:] = (inspect.getdoc(function) or "").splitlines()


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx."""
    app.setup_extension("sphinx.ext.autodoc")
    app.connect("missing-reference", _resolve)
    app.connect("autodoc-skip-member", _skip_foreign)
    # Before numpydoc reads the lines.
    app.connect("autodoc-process-docstring", _docstring, priority=100)
    app.connect("autodoc-process-signature", _signature, priority=100)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
