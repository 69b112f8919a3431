"""Scores while a comparison runs: a table in terminals and notebooks, and a line every ten seconds elsewhere."""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.live import Live
from rich.table import Table

from imbgan._progress import NotebookOutput, in_notebook, progress_console
from imbgan._text import round_duration, shown
from imbgan.comparison.metrics import METRICS
from imbgan.comparison.results import Score
from imbgan.comparison.wording import digits_for, number, signed

SECONDS_BETWEEN_LINES = 10.0


@dataclass(frozen=True)
class Progress:
    """How far a comparison is.

    Parameters
    ----------
    scores : tuple of Score
        Scores of the deciding metric.
    n_done, n_units : int
        Number of finished units of work, and of all.
    seconds_left : float
        Expected time until all units are done.
    """

    scores: tuple[Score, ...] = ()
    n_done: int = 0
    n_units: int = 0
    seconds_left: float = 0.0


@dataclass
class Board:
    """Shows the progress of a comparison on standard error.

    Parameters
    ----------
    metric, control : str
    budget : float or None
        Seconds after which the comparison ends.
    began : float
        When it began, on ``clock``.
    is_shown : bool
    console : Console
    clock : callable
        Returns seconds.
    """

    metric: str
    control: str
    budget: float | None
    began: float
    is_shown: bool
    console: Console = field(default_factory=lambda: progress_console(stderr=True))
    clock: Callable[[], float] = time.perf_counter
    _progress: Progress = field(default_factory=Progress)
    _measured: float = 0.0
    _live: Live | None = None
    _notebook: NotebookOutput | None = None
    _ended: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Self:
        self._measured = self.clock()
        if self.is_shown and in_notebook():
            self._notebook = NotebookOutput()
        elif self.is_shown and self.console.is_terminal:
            self._live = Live(
                get_renderable=self.table,
                console=self.console,
                refresh_per_second=2,
                transient=True,
                redirect_stdout=False,
            )
            self._live.start()
        elif self.is_shown:
            threading.Thread(target=self._print_lines, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        if self._live is not None:
            self._live.stop()

    def update(self, progress: Progress) -> None:
        """Show a later state."""
        self._progress, self._measured = progress, self.clock()
        if self._notebook is not None:
            self._notebook.show(self.table())

    def _print_lines(self) -> None:
        while not self._ended.wait(SECONDS_BETWEEN_LINES):
            self.console.print(self.line(), markup=False, highlight=False, soft_wrap=True)

    def state(self) -> str:
        """Return the time, and how much of the work is done."""
        progress, now = self._progress, self.clock()
        elapsed, left = now - self.began, max(0.0, progress.seconds_left - (now - self._measured))
        if self.budget is None:
            time_left = f"about {round_duration(left)} left" if progress.n_done else "starting"
            return f"{round_duration(elapsed)}, {progress.n_done} of {progress.n_units} parts done, {time_left}"
        whole = f"{round_duration(elapsed)} of {round_duration(self.budget)}"
        rest = f"all folds would take about {round_duration(elapsed + left)}" if progress.n_done else "starting"
        return f"{whole}, {progress.n_done} of {progress.n_units} parts done; {rest}"

    def line(self) -> str:
        """Return the state and, for each estimator, the control and the strategy that is ahead."""
        parts = [self.state()]
        for estimator in dict.fromkeys(score.estimator for score in self._progress.scores):
            scores = [score for score in self._progress.scores if score.estimator == estimator]
            control = next((score for score in scores if score.strategy == self.control), None)
            rivals = [score for score in scores if score.gain is not None]
            if control is not None:
                mean = number(control.mean, digits_for(control.mean))
                text = f"{shown(estimator)}: {METRICS[self.metric].title} {mean} with {shown(self.control)}"
                if rivals:
                    best = max(rivals, key=lambda score: score.gain or 0.0)
                    text += f", best {shown(best.strategy)} {_gain(best)}"
                parts.append(text)
        return "; ".join(parts)

    def table(self) -> Table:
        """Return the scores so far."""
        table = Table(caption=self.state(), caption_justify="left", box=None, pad_edge=False)
        table.add_column("estimator")
        table.add_column("strategy")
        for name in (METRICS[self.metric].title, "gain, 95 % interval", "folds"):
            table.add_column(name, justify="right")
        last = ""
        for score in self._progress.scores:
            name = "" if score.estimator == last else shown(score.estimator)
            mean = number(score.mean, digits_for(score.mean))
            gain = "control" if score.strategy == self.control else _gain(score)
            table.add_row(*map(_plain, (name, shown(score.strategy), mean, gain, str(score.n_folds))))
            last = score.estimator
        return table


def _plain(text: str) -> str:
    """Return text that Rich does not read as markup."""
    return text.replace("[", r"\[")


def _gain(score: Score) -> str:
    digits = digits_for(score.mean)
    if score.gain_low is None:
        return signed(score.gain, digits)
    return f"{signed(score.gain, digits)} ({signed(score.gain_low, digits)} to {signed(score.gain_high, digits)})"


def in_order(scores: Sequence[Score], control: str) -> tuple[Score, ...]:
    """Return scores by estimator, the control first and then by decreasing gain."""
    return tuple(sorted(scores, key=lambda s: (s.estimator, s.strategy != control, -(s.gain or 0.0))))
