"""Progress in a notebook is one output that is updated; in a terminal it is a line."""

import sys
from types import ModuleType, SimpleNamespace

import pytest
from rich.progress import Progress, TextColumn

from imbgan._progress import NotebookProgress, in_notebook, make_progress, tell


class Handle:
    """What IPython's display returns."""

    def __init__(self, shown):
        self.shown = shown

    def update(self, bundle, *, raw):
        assert raw
        self.shown.append(("updated", bundle["text/plain"]))


@pytest.fixture
def notebook(monkeypatch):
    """A kernel with a display; return what it shows."""
    shown = []

    def display(bundle, *, raw, display_id):
        assert raw
        assert display_id
        shown.append(("new", bundle["text/plain"]))
        return Handle(shown)

    ipython, module = ModuleType("IPython"), ModuleType("IPython.display")
    ipython.get_ipython = lambda: SimpleNamespace(kernel=object())
    module.display = display
    monkeypatch.setitem(sys.modules, "IPython", ipython)
    monkeypatch.setitem(sys.modules, "IPython.display", module)
    return shown


def run():
    with make_progress(TextColumn("{task.description} {task.completed:.0f}/{task.total:.0f}")) as progress:
        task = progress.add_task("Training", total=2)
        progress.advance(task)
        progress.update(task, completed=2)
    tell(progress, "Kept [step] 2.")
    return progress


def test_a_notebook_gets_one_output_that_is_updated(notebook, capsys):
    assert in_notebook()
    run()
    assert [kind for kind, _ in notebook].count("new") == 1
    assert notebook[0][0] == "new"
    assert "Training 1/2" in [text for _, text in notebook]
    assert notebook[-1][1].split("\n") == ["Training 2/2", "Kept [step] 2."]
    assert capsys.readouterr().out == ""


def test_a_terminal_gets_lines(capsys):
    assert not in_notebook()
    progress = run()
    assert isinstance(progress, Progress)
    assert not isinstance(progress, NotebookProgress)
    assert "Training 2/2" in (out := capsys.readouterr().out)
    assert out.rstrip().endswith("Kept [step] 2.")


def test_a_shell_of_ipython_is_a_terminal(monkeypatch):
    ipython = ModuleType("IPython")
    ipython.get_ipython = lambda: SimpleNamespace()
    monkeypatch.setitem(sys.modules, "IPython", ipython)
    assert not in_notebook()
