"""A progress line with the remaining time."""

from collections.abc import Iterable, Iterator
from typing import TypeVar

from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn

from imbgan._progress import make_progress

T = TypeVar("T")


def track(items: Iterable[T], total: int, title: str, *, shown: bool) -> Iterator[T]:
    """Yield ``items``; show on standard error how many of ``total`` have been yielded."""
    if not shown:
        yield from items
        return
    columns = (TextColumn("{task.description}"), BarColumn(20), MofNCompleteColumn(), TimeRemainingColumn(compact=True))
    with make_progress(*columns, stderr=True) as progress:
        task = progress.add_task(title, total=total)
        for item in items:
            yield item
            progress.advance(task)
