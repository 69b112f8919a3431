"""The progress line of a training run."""

from types import TracebackType
from typing import Self

from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from imbgan._progress import progress_console
from imbgan.gan.records import ChunkSummary


class ProgressLine:
    """A line with step, quality and remaining time; a context manager that is also a training callback.

    Quality is the score of the monitor: lower is better, and a perfect generator has about 1.
    """

    def __init__(self, title: str, max_iter: int) -> None:
        columns = (
            TextColumn("{task.description}"),
            BarColumn(bar_width=20),
            TextColumn("step {task.completed:.0f}/{task.total:.0f}"),
            TextColumn("quality {task.fields[quality]}"),
            TimeRemainingColumn(compact=True),
        )
        self._progress = Progress(*columns, console=progress_console())
        self._task = self._progress.add_task(title, total=max_iter, quality="...")

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def __call__(self, summary: ChunkSummary) -> None:
        """Show the state after a chunk."""
        quality = f"{summary.quality.score:.2f} (best {summary.best_score:.2f})"
        self._progress.update(self._task, completed=summary.step, quality=quality)
