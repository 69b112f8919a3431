"""Where progress is shown: a line of a terminal, or one output of a notebook, that is updated in place."""

import contextlib
import importlib.util
import sys
from collections.abc import Callable, Generator
from io import StringIO
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.progress import BarColumn, Progress, ProgressColumn, TextColumn, TimeRemainingColumn
from rich.text import Text

#: Called with how much was done since the last call.
Advance = Callable[[int], None]
# Columns of text in a notebook; lines are not wrapped there, so that one line stays one line.
NOTEBOOK_WIDTH = 100


def progress_console(*, stderr: bool = False) -> Console:
    """Return the console for progress; in a notebook it prints plain lines."""
    is_plain = in_notebook() or importlib.util.find_spec("ipywidgets") is None
    return Console(stderr=stderr, force_jupyter=False if is_plain else None)


def in_notebook() -> bool:
    """Return whether the code runs in a kernel of a notebook, which can update an output in place."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return getattr(shell, "kernel", None) is not None


def make_progress(*columns: ProgressColumn, stderr: bool = False) -> Progress:
    """Return a progress display with these columns, for a terminal or for a notebook."""
    if in_notebook():
        return NotebookProgress(*columns)
    return Progress(*columns, console=progress_console(stderr=stderr))


@contextlib.contextmanager
def counting(title: str, total: int | None, unit: str, *, shown: bool) -> Generator[Advance]:
    """Show how much is done, and the time that is left at the pace of the last half minute.

    Parameters
    ----------
    title : str
    total : int or None
        None if it is not known.
    unit : str
        "rows", or "MB" for bytes, which are shown as such.
    shown : bool
        Whether anything is shown.

    Yields
    ------
    callable
        Called with how much was done since the last call.
    """
    if not shown:
        yield lambda n: None
        return
    scale = 1e-6 if unit == "MB" else 1
    count = "{task.completed:,.0f}" + ("" if total is None else "/{task.total:,.0f}")
    columns = (TextColumn("{task.description}"), BarColumn(bar_width=20), TextColumn(f"{count} {unit}"))
    progress = make_progress(*columns, TimeRemainingColumn(compact=True), stderr=True)
    with progress:
        task = progress.add_task(title, total=None if total is None else total * scale)
        yield lambda n: progress.advance(task, n * scale)


class NotebookOutput:
    """One output of a notebook cell that each new content replaces.

    Rich updates outputs through ipywidgets alone; a display handle of IPython needs no further package, and the last
    content stays in the saved notebook.
    """

    def __init__(self) -> None:
        self._handle: Any = None

    def show(self, content: RenderableType) -> None:
        """Show Rich content in place of the present one."""
        console = Console(file=StringIO(), width=NOTEBOOK_WIDTH, force_jupyter=False, color_system=None)
        with console.capture() as captured:
            console.print(content)
        bundle = {"text/plain": captured.get().rstrip()}
        if self._handle is None:
            # An installed kernel has it.
            display: Callable[..., Any] = importlib.import_module("IPython.display").display
            self._handle = display(bundle, raw=True, display_id=True)
        else:
            self._handle.update(bundle, raw=True)


class NotebookProgress(Progress):
    """A progress display that is one updating output of a notebook."""

    def __init__(self, *columns: ProgressColumn) -> None:
        # Nothing is written by Rich itself.
        super().__init__(*columns, console=Console(file=StringIO(), force_jupyter=False), auto_refresh=False)
        self._output = NotebookOutput()
        self._texts: list[str] = []

    def tell(self, text: str) -> None:
        """Show a text below the tasks, in the same output."""
        self._texts.append(text)
        self.refresh()

    def start(self) -> None:
        """Show the first state."""
        self.refresh()

    def stop(self) -> None:
        """Show the last state."""
        self.refresh()

    def update(self, *args: Any, **values: Any) -> None:  # noqa: ANN401 - as in Rich
        """Update a task and show it."""
        super().update(*args, **values)
        self.refresh()

    def advance(self, *args: Any, **values: Any) -> None:  # noqa: ANN401 - as in Rich
        """Advance a task and show it."""
        super().advance(*args, **values)
        self.refresh()

    def refresh(self) -> None:
        """Show the present state."""
        if self.tasks:
            self._output.show(Group(self.get_renderable(), *map(Text, self._texts)))


def tell(progress: Progress, text: str) -> None:
    """Show a text below a progress display: as lines of a terminal, or in the output of a notebook."""
    if isinstance(progress, NotebookProgress):
        progress.tell(text)
    else:
        progress.console.print(text, markup=False, highlight=False)
