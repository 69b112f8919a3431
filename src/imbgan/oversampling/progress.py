"""The progress line of a training run."""

from types import TracebackType
from typing import Self

from rich.progress import BarColumn, ProgressColumn, TextColumn, TimeRemainingColumn

from imbgan._progress import make_progress, tell
from imbgan.gan.records import ChunkSummary, Result

# A bar fits beside the texts from this width of the terminal on.
WIDTH_WITH_BAR = 100


class ProgressLine:
    """A line with step, distance to real rows and remaining time; a context manager that is also a training callback.

    The distance is the score of the monitor: lower is better, and at 1 the generated rows are as close to held-out real
    rows as other real rows are.
    """

    def __init__(self, title: str, max_iter: int) -> None:
        columns: tuple[ProgressColumn, ...] = (
            TextColumn("{task.description}"),
            TextColumn("step {task.completed:.0f}/{task.total:.0f}"),
            TextColumn("distance to real rows {task.fields[distance]}"),
            TimeRemainingColumn(compact=True),
        )
        self._progress = make_progress(*columns)
        if self._progress.console.width >= WIDTH_WITH_BAR:
            self._progress.columns = (columns[0], BarColumn(bar_width=20), *columns[1:])
        self._task = self._progress.add_task(title, total=max_iter, distance="...")

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def __call__(self, summary: ChunkSummary) -> None:
        """Show the state after a chunk."""
        distance = f"{summary.quality.score:.2f}, best {summary.best_score:.2f} (ideal: 1)"
        self._progress.update(self._task, completed=summary.step, total=summary.max_iter, distance=distance)

    def finish(self, result: Result) -> None:
        """Tell what happened, why training ended, and which generator was kept."""
        for event in result.events:
            tell(self._progress, f"Step {event.step:,}: {event.name} ({event.detail}).")
        tell(
            self._progress,
            f"Kept the generator of step {result.n_iter:,}: distance to real rows {result.quality.score:.2f}, where 1 "
            "is as close as other real rows are.",
        )
