"""The history of training and the map of rows, drawn with Matplotlib on axes of the user's own figures."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from imbgan._text import did_you_mean, listed, quoted, shown
from imbgan.comparison.results import Comparison
from imbgan.exceptions import DataTypeError, ParameterError
from imbgan.quality.assessment import Assessment
from imbgan.quality.history import GENERATED, REAL, draw_history, new_axes
from imbgan.quality.results import Points, TrainingEvent

if TYPE_CHECKING:
    from matplotlib.axes import Axes

OTHER = "#c9c6bf"


def plot_history(fitted: Any, *, ax: "Axes | None" = None) -> "Axes":  # noqa: ANN401 - several types, see below
    """Draw how far the generated rows were from real rows in the course of training.

    Parameters
    ----------
    fitted : GANOverSampler, TabularGAN, Assessment or Comparison
        A fitted sampler or generator, or an assessment that knows its training.
    ax : matplotlib Axes, optional
        Where to draw; by default, axes of a new figure.

    Returns
    -------
    matplotlib.axes.Axes
        The distance after each chunk of steps and the least one so far, where 1 is as close as other real rows are
        (dotted line); the step whose generator was kept (solid line) and events (dashed lines).

    Raises
    ------
    DataTypeError
        If ``fitted`` has no history of training.
    ImportError
        If Matplotlib is not installed.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from imbgan import TabularGAN, plot_history
    >>> gan = TabularGAN(max_iter=100, random_state=0).fit(*load_iris(return_X_y=True))
    >>> axes = plot_history(gan)
    >>> axes.get_xlabel()
    'step'
    """
    return draw_history(*_training(fitted), new_axes(ax))


def plot_rows(generated: Any, *, label: object = None, ax: "Axes | None" = None) -> "Axes":  # noqa: ANN401 - see below
    """Draw real and generated rows of one class among the rows of other classes, on two axes.

    Similar rows lie close together: the axes are the first two principal components of the encoded real rows. Generated
    rows should fill the region of the real ones, and neither repeat them nor lie among the other classes. At most 600
    rows per class are drawn.

    Parameters
    ----------
    generated : GANOverSampler, Assessment or Comparison
        A sampler that has generated rows, or their assessment.
    label : object, optional
        A class with generated rows; by default the rarest one.
    ax : matplotlib Axes, optional
        Where to draw; by default, axes of a new figure.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    DataTypeError
        If ``generated`` holds no map of rows.
    ParameterError
        If no rows of the class were generated.
    ImportError
        If Matplotlib is not installed.

    Examples
    --------
    >>> import numpy as np
    >>> from imbgan import assess, plot_rows
    >>> rng = np.random.default_rng(0)
    >>> axes = plot_rows(assess(rng.normal(size=(200, 3)), rng.normal(size=(200, 3)), random_state=0))
    >>> axes.get_title()
    'Rows of class all rows'
    """
    assessment = _assessment(generated)
    labels = list(dict.fromkeys(points.label for points in assessment.map if points.group == "synthetic"))
    chosen = _label(label, labels, assessment)
    axes = new_axes(ax)
    groups: tuple[tuple[str, str, dict[str, Any]], ...] = (
        ("other", "other classes", {"c": OTHER, "s": 12, "linewidths": 0}),
        ("synthetic", "generated", {"c": GENERATED, "s": 14, "alpha": 0.6, "linewidths": 0}),
        ("real", "real", {"c": REAL, "s": 28, "marker": "x", "linewidths": 1.0}),
    )
    for group, title, style in groups:
        drawn = [p for p in assessment.map if p.group == group and (group == "other" or p.label == chosen)]
        x, y = _joined(drawn)
        axes.scatter(x, y, label=f"{title} ({len(x):,})", **style)
    axes.set(xlabel="first main direction", ylabel="second main direction", title=f"Rows of class {shown(chosen)}")
    axes.legend(edgecolor="none")  # its ground covers the dots below it
    return axes


def _joined(groups: Sequence[Points]) -> tuple[list[float], list[float]]:
    return [x for points in groups for x in points.x], [y for points in groups for y in points.y]


def _label(label: object, labels: Sequence[str], assessment: Assessment) -> str:
    if not labels:
        raise DataTypeError("plot_rows needs generated rows. Got an assessment without any; generate rows first.")
    if label is None:
        return min(labels, key=lambda name: assessment.class_counts.get(name, (0, 0))[0])
    if str(label) not in labels:
        raise ParameterError(
            f"label must be a class with generated rows: {listed(labels)}. Got {quoted(label)}."
            f"{did_you_mean(label, labels)}"
        )
    return str(label)


def _assessment(thing: Any) -> Assessment:  # noqa: ANN401 - see plot_rows
    found = thing.assessment if isinstance(thing, Comparison) else thing
    if not isinstance(found, Assessment):
        found = getattr(thing, "quality_", None)
    if not isinstance(found, Assessment):
        raise DataTypeError(
            "plot_rows needs a sampler that has generated rows, an Assessment, or a Comparison with generated rows. "
            f"Got {type(thing).__name__}."
        )
    return found


def _training(thing: Any) -> tuple[Any, Sequence[TrainingEvent], int]:  # noqa: ANN401 - see plot_history
    """Return the history, the events and the step that was kept."""
    known = thing.assessment if isinstance(thing, Comparison) else thing
    history: Any = None
    events: Sequence[TrainingEvent] = ()
    n_iter = 0
    if isinstance(known, Assessment):
        if known.training is not None:
            history, events, n_iter = known.training.history, known.training.events, known.training.n_iter
    elif known is not None and hasattr(known, "history_"):
        history, events, n_iter = known.history_, known.events_, known.n_iter_
    if history is None or not len(history.get("step", ())):
        raise DataTypeError(
            "plot_history needs a fitted GANOverSampler or TabularGAN, or an Assessment or a Comparison that knows the "
            f"training of its generator. Got {type(thing).__name__} without a history; fit it first."
        )
    return history, events, n_iter
