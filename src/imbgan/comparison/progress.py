"""A progress line with the time left."""

import importlib.util
from collections.abc import Iterable, Iterator
from typing import TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

T = TypeVar("T")


def track(items: Iterable[T], total: int, title: str, *, shown: bool) -> Iterator[T]:
    """Yield ``items`` and show on standard error how many of ``total`` there were."""
    if not shown:
        yield from items
        return
    # In a notebook Rich needs ipywidgets; without them it shows the line once, at the end.
    is_plain = importlib.util.find_spec("ipywidgets") is None
    console = Console(stderr=True, force_jupyter=False if is_plain else None)
    columns = (TextColumn("{task.description}"), BarColumn(20), MofNCompleteColumn(), TimeRemainingColumn(compact=True))
    with Progress(*columns, console=console) as progress:
        task = progress.add_task(title, total=total)
        for item in items:
            yield item
            progress.advance(task)
