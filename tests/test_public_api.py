"""What users can call changes by decision alone."""

import importlib.util
from pathlib import Path

TOOL = Path(__file__).parent.parent / "tools" / "public_api.py"


def load_tool():
    spec = importlib.util.spec_from_file_location("public_api", TOOL)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_public_names_signatures_and_options_are_those_of_the_kept_file():
    tool = load_tool()
    kept, found = tool.FILE.read_text(encoding="utf-8").splitlines(), list(tool.lines())
    gone, new = [line for line in kept if line not in found], [line for line in found if line not in kept]
    assert (gone, new) == ([], []), "Decide by docs/reference/stability.md, then run: python tools/public_api.py"


def test_a_changed_default_and_a_lost_option_are_seen(monkeypatch):
    tool = load_tool()

    def fit(X, y=None, *, n=3, scorer=len):
        del X, y, n, scorer

    assert tool._signature(fit) == "(X, y=None, *, n=3, scorer=len)"
    import imbgan

    monkeypatch.setattr(imbgan, "describe", fit)
    found = list(tool.lines())
    assert "describe(X, y=None, *, n=3, scorer=len)" in found
    assert any(line.startswith("imbgan generate ") and "--where" in line for line in found)
    assert any(line.startswith("TabularGAN.sample(self, n, ") for line in found)
