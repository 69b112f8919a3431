"""The measures of a training run as a small table, and their drawing."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from imbgan._html import templates
from imbgan._optional import import_optional
from imbgan._progress import in_notebook

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
    from matplotlib.axes import Axes

REAL, GENERATED, EVENT = "#1f2124", "#1a6ca3", "#b3541a"
# From this ratio of the largest to the smallest distance on, the axis is logarithmic.
WIDE = 20.0


class HasStep(Protocol):
    """An event of training."""

    @property
    def step(self) -> int:
        """When it happened."""
        ...

    @property
    def name(self) -> str:
        """What happened."""
        ...


class History(Mapping[str, NDArray[np.generic]]):
    """Measures after each chunk of training steps: a mapping of names to arrays, and a table with a plot.

    Parameters
    ----------
    values : mapping of str to ndarray of shape (n_chunks,)
        At least ``"step"``, ``"score"`` and ``"best_score"`` unless nothing was trained.
    events : sequence of Event, default=()
        What happened, for the plot.
    n_iter : int, default=0
        Step of the generator that was kept.

    Examples
    --------
    >>> history = History({"step": np.array([50, 100]), "score": np.array([3.0, 1.5])})
    >>> history["step"].tolist()
    [50, 100]
    >>> history.to_pandas().shape
    (2, 2)
    """

    def __init__(
        self, values: Mapping[str, NDArray[np.generic]], events: Sequence[HasStep] = (), n_iter: int = 0
    ) -> None:
        self._values = dict(values)
        self._events = tuple(events)
        self._n_iter = n_iter

    def __getitem__(self, name: str) -> NDArray[np.generic]:
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        n = len(self._values.get("step", ()))
        return f"History({n} {'chunk' if n == 1 else 'chunks'}: {', '.join(self._values)})"

    def _repr_html_(self) -> str:
        rows = zip(*(values.tolist() for values in self._values.values()), strict=True)
        cells = [[f"{value:.4g}" for value in row] for row in rows]
        return templates("imbgan.quality").get_template("history.html").render(names=list(self._values), rows=cells)

    def to_pandas(self) -> "pd.DataFrame":
        """Return the measures as a pandas DataFrame, one row per chunk."""
        return import_optional("pandas", extra="demo").DataFrame(self._values)

    def to_polars(self) -> "pl.DataFrame":
        """Return the measures as a polars DataFrame, one row per chunk."""
        import polars

        return polars.DataFrame(self._values)

    def plot(self, *, ax: "Axes | None" = None) -> "Axes":
        """Draw the distance to real rows; see :func:`imbgan.plot_history`.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw; by default, axes of a new figure.

        Returns
        -------
        matplotlib.axes.Axes

        Raises
        ------
        ImportError
            If Matplotlib is not installed.
        """
        return draw_history(self, self._events, self._n_iter, new_axes(ax))


def draw_history(history: Mapping[str, ArrayLike], events: Sequence[HasStep], n_iter: int, axes: "Axes") -> "Axes":
    """Draw distances after each chunk, the step that was kept and events; see :func:`imbgan.plot_history`."""
    steps, scores = (np.array(history[name], np.float64) for name in ("step", "score"))
    # The steps of another network begin again; a gap parts its line from the one before.
    starts = np.flatnonzero(np.diff(steps) <= 0) + 1
    steps, scores, best = (
        np.insert(values, starts, np.nan) for values in (steps, scores, np.array(history["best_score"], np.float64))
    )
    axes.plot(steps, scores, color=GENERATED, alpha=0.5, label="after each chunk")
    axes.plot(steps, best, color=GENERATED, linewidth=2.0, label="best so far")
    axes.axhline(1.0, color=REAL, linestyle=":", linewidth=1.0, label="as close as other real rows")
    axes.axvline(n_iter, color=REAL, linewidth=1.0, label=f"kept: step {n_iter:,}")
    for name in dict.fromkeys(event.name for event in events):
        for i, step in enumerate(event.step for event in events if event.name == name):
            # A label that begins with an underscore is not in the legend.
            label = name if i == 0 else f"_{name}"
            axes.axvline(step, color=EVENT, linestyle="--", linewidth=1.0, label=label)
    finite = scores[np.isfinite(scores) & (scores > 0)]
    if len(finite) and max(finite.max(), 1.0) > WIDE * min(finite.min(), 1.0):
        axes.set_yscale("log")
    axes.set(xlabel="step", ylabel="distance to real rows", title="Training")
    axes.legend(frameon=False)
    return axes


def new_axes(ax: "Axes | None") -> "Axes":
    """Return axes of a new figure unless there are some already."""
    if ax is not None:
        return ax
    # A notebook, or a program that uses pyplot, shows what pyplot knows. Elsewhere no state is touched.
    if in_notebook() or "matplotlib.pyplot" in sys.modules:
        return import_optional("matplotlib.pyplot", extra="plot").subplots(layout="constrained")[1]
    return import_optional("matplotlib.figure", extra="plot").Figure(layout="constrained").subplots()
