"""The console that shows progress."""

import importlib.util

from rich.console import Console


def progress_console(*, stderr: bool = False) -> Console:
    """Return a console whose progress lines also work in a notebook."""
    # In a notebook Rich needs ipywidgets; without them it shows the line once, at the end.
    is_plain = importlib.util.find_spec("ipywidgets") is None
    return Console(stderr=stderr, force_jupyter=False if is_plain else None)
