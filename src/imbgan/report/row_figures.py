"""Figures of generated rows: measures with their baselines, marginals, dependence, the map, and training."""

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise
from xml.etree import ElementTree as ET

from imbgan.quality.results import Histogram, Measure, Points, Training
from imbgan.report.kit import (
    Figure,
    Frame,
    Scale,
    coordinate,
    crosses,
    dots,
    drawing,
    extent,
    name_node,
    node,
    path,
    present,
    ticks,
    x_axis,
    y_axis,
)
from imbgan.report.language import ENGLISH, Words
from imbgan.report.words import WORSE, decimals, named, percent, plain_name, shorten

# A smaller excess over the baseline does not matter, even if real rows never show it.
LEAST_FAULT = 0.01
# Number of levels that fit below one another.
MOST_LEVELS = 7
# Number of letters that fit on a line below a small figure.
LINE_LETTERS = 24
# Number of shades of a heat map.
N_SHADES = 10


def is_fault(measure: Measure) -> bool:
    """Return whether a measure lies outside the interval of real rows, on the side that is a fault."""
    worse = WORSE.get(measure.name, "both")
    value, low, high = measure.value, measure.low, measure.high
    too_high = value is not None and high is not None and value > high + LEAST_FAULT
    too_low = value is not None and low is not None and value < low - LEAST_FAULT
    return (too_high and worse != "low") or (too_low and worse != "high")


def interval(measure: Measure, words: Words = ENGLISH) -> Figure:
    """Draw a measure as a dot on the interval of its baseline, real rows against real rows."""
    width, height = 150.0, 20.0
    low, high = extent([measure.value, measure.low, measure.high, measure.baseline])
    scale = Scale(low, high, 12.0, width - 12.0)
    root = drawing("spark")
    path(root, [(4.0, height / 2), (width - 4.0, height / 2)], class_="grid")
    ends = present([measure.low, measure.high])
    if len(ends) == 2:
        left, right = scale(ends[0]), scale(ends[1])
        node(root, "rect", x=left - 1, y=5.0, width=max(right - left, 0.0) + 2, height=height - 10, class_="real-fill")
    for mean in present([measure.baseline]):
        path(root, [(scale(mean), 3.0), (scale(mean), height - 3.0)], class_="real-line")
    kind = "worse" if is_fault(measure) else "better"
    dots(root, [(scale(value), height / 2) for value in present([measure.value])], class_=f"dot {kind}")
    key = "measure.text.interval" if len(ends) == 2 else "measure.text"
    numbers = {"value": measure.value, "baseline": measure.baseline, "low": measure.low, "high": measure.high}
    text = words(key, **{field: decimals(value) for field, value in numbers.items()})
    return Figure(words.measure(measure.name)[0], text, width, height, root)


def marginal(name: str, histogram: Histogram, words: Words = ENGLISH) -> Figure:
    """Draw the values of one column: real ones as an area, generated ones as an outline."""
    if histogram.edges is None:
        root, height = _levels(histogram, words)
    else:
        root, height = _bins(histogram, histogram.edges, words)
    pairs = zip(histogram.labels, histogram.real, histogram.synthetic, strict=False)
    widest = sorted(pairs, key=lambda pair: -abs(pair[1] - pair[2]))[:3]
    between = words("range")
    pairs = (
        words(
            "figure.marginal.pair",
            level=named(level).replace(" to ", between),
            real=percent(real),
            new=percent(synthetic),
        )
        for level, real, synthetic in widest
    )
    text = words("figure.marginal.text", pairs=words("semicolon").join(pairs))
    return Figure(words("figure.marginal", column=named(name)), text, 170.0, height, root)


def _bins(histogram: Histogram, edges: Sequence[float], words: Words) -> tuple[ET.Element, float]:
    root = drawing()
    frame = Frame(2.0, 4.0, 168.0, 74.0)
    scale = Scale(*extent(edges), frame.left, frame.right)
    places = [scale(edge) for edge in edges]
    # Areas stand for shares, because heights mislead where bins differ in width.
    widths = [max(b - a, 0.5) for a, b in pairwise(places)]
    heights = [
        [share / width for share, width in zip(s, widths, strict=False)] for s in (histogram.real, histogram.synthetic)
    ]
    top = Scale(0.0, extent([0.0, *heights[0], *heights[1]])[1], frame.bottom, frame.top)
    for kind, values in zip(("real-fill", "synthetic-line"), heights, strict=True):
        steps = [(x, top(v)) for (a, b), v in zip(pairwise(places), values, strict=False) for x in (a, b)]
        if steps:
            path(root, [(places[0], frame.bottom), *steps, (places[-1], frame.bottom)], class_=kind)
    path(root, [(frame.left, frame.bottom), (frame.right, frame.bottom)], class_="zero")
    bins = [label.replace(" to ", words("range")) for label in histogram.labels]
    first, *others = [shorten(label, 2 * LINE_LETTERS) for label in bins] or [""]
    # Two long labels need a line each.
    below = 12.0 if others and len(first) + len(others[-1]) > LINE_LETTERS else 0.0
    node(root, "text", first, x=frame.left, y=88.0, class_="tick")
    if others:
        node(root, "text", others[-1], x=frame.right, y=88.0 + below, class_="tick", text_anchor="end")
    return root, 92.0 + below


def _levels(histogram: Histogram, words: Words) -> tuple[ET.Element, float]:
    root = drawing()
    shown = list(zip(histogram.labels, histogram.real, histogram.synthetic, strict=False))[:MOST_LEVELS]
    scale = Scale(0.0, extent([0.0, *(share for _, *shares in shown for share in shares)])[1], 68.0, 168.0)
    for i, (level, real, synthetic) in enumerate(shown):
        y = 13.0 * i + 2.0
        name_node(root, level, 10, x=0, y=y + 9, class_="name small")
        node(root, "rect", x=scale.start, y=y, width=scale(real) - scale.start, height=10.0, class_="real-fill")
        end = coordinate(scale(synthetic))
        node(root, "path", d=f"M68 {coordinate(y + 2)}H{end}v6H68", class_="synthetic-line")
    n_more = len(histogram.labels) - len(shown)
    if n_more:
        node(root, "text", words("and more", n=n_more), x=0, y=13.0 * len(shown) + 11, class_="tick")
    return root, 13.0 * (len(shown) + (n_more > 0)) + 4.0


def heat_map(
    title: str, matrix: Sequence[Sequence[float | None]], *, reach: float = 1.0, words: Words = ENGLISH
) -> Figure:
    """Draw a square matrix of associations; the cell of a missing association stays empty.

    Parameters
    ----------
    title : str
    matrix : sequence of sequences of float or None
    reach : float, default=1.0
        The absolute value that is drawn in full color.
    words : Words, default=ENGLISH
    """
    n, size, left, top = len(matrix), 210.0, 20.0, 16.0
    side = size / max(n, 1)
    square = f"h{coordinate(side)}v{coordinate(side)}h-{coordinate(side)}z"
    # All cells of one shade form one element.
    shades: dict[tuple[str, int], list[str]] = {}
    for i, row in enumerate(matrix):
        for j, cell in enumerate(row):
            for value in present([cell]):
                shade = round(min(abs(value) / reach, 1.0) * N_SHADES)
                place = f"M{coordinate(left + j * side)} {coordinate(top + i * side)}{square}"
                if shade:
                    shades.setdefault(("plus" if value > 0.0 else "minus", shade), []).append(place)
    root = drawing()
    node(root, "rect", x=left, y=top, width=size, height=size, class_="empty")
    for (kind, shade), cells in sorted(shades.items()):
        node(root, "path", d="".join(cells), class_=kind, fill_opacity=shade / N_SHADES)
    every = max(math.ceil(n / 12), 1)
    for i in range(0, n, every):
        middle = (i + 0.5) * side + 4
        node(root, "text", str(i + 1), x=left - 4, y=top + middle, class_="tick", text_anchor="end")
        node(root, "text", str(i + 1), x=left + middle - 4, y=top - 4, class_="tick", text_anchor="middle")
    text = words("figure.heat.text", n=n, reach=f"{reach:g}")
    return Figure(title, text, left + size + 2, top + size + 2, root)


def row_map(points: Sequence[Points], label: str, words: Words = ENGLISH) -> Figure:
    """Draw rows on two axes: other classes as faint dots, real rows as crosses, generated ones as dots."""
    size = 320.0
    drawn = [p for p in points if p.group == "other" or p.label == label]
    x = Scale(*extent(v for p in points for v in p.x), 8.0, size - 8.0)
    y = Scale(*extent(v for p in points for v in p.y), size - 8.0, 8.0)
    root = drawing()
    node(root, "rect", x=0.5, y=0.5, width=size - 1, height=size - 1, class_="frame")
    order = {"other": 0, "synthetic": 1, "real": 2}
    counts: dict[str, int] = dict.fromkeys(order, 0)
    for group in sorted(drawn, key=lambda p: order[p.group]):
        places = [(x(a), y(b)) for a, b in zip(group.x, group.y, strict=False) if len(present([a, b])) == 2]
        counts[group.group] += len(places)
        if group.group == "real":
            crosses(root, places, 5.0, class_="cross")
        else:
            dots(root, places, class_=f"point {group.group}")
    text = words("figure.map.text", real=counts["real"], new=counts["synthetic"], other=counts["other"])
    return Figure(words("figure.map", label=named(label)), text, size, size, root)


PANELS: Mapping[str, tuple[tuple[str, ...], float | None]] = {
    "score": (("score", "best_score"), 1.0),
    "ratios": (("energy_ratio", "coverage_ratio", "density_ratio", "spread_ratio", "nearest_ratio"), 1.0),
    "losses": (("generator_loss", "discriminator_loss"), None),
    "accuracy": (("real_accuracy", "fake_accuracy"), 0.5),
    "memory": (("memorization", "duplicate_rate"), None),
    "penalty": (("penalty",), None),
}


def training_panels(training: Training, words: Words = ENGLISH) -> list[tuple[Figure, list[str]]]:
    """Draw the history of training as panels, each with the names of its lines in order."""
    known = {name for names, _ in PANELS.values() for name in names}
    panels = {words(f"panel.{key}"): panel for key, panel in PANELS.items()}
    for name in training.history:
        if name not in known and name not in ("step", "seconds"):
            panels[plain_name(name)] = ((name,), None)
    drawn: list[tuple[Figure, list[str]]] = []
    for title, (names, reference) in panels.items():
        kept = [name for name in names if present(training.history.get(name, ()))]
        if kept:
            drawn.append((_panel(training, title, kept, reference, words), [_line(name, words) for name in kept]))
    return drawn


def _line(name: str, words: Words) -> str:
    return words(f"line.{name}") if words.has(f"line.{name}") else plain_name(name)


def _panel(training: Training, title: str, names: Sequence[str], reference: float | None, words: Words) -> Figure:
    history = training.history
    steps = [float(step or 0.0) for step in history.get("step", ())] or list(map(float, range(len(history[names[0]]))))
    frame = Frame(38.0, 24.0, 278.0, 140.0)
    marks = ticks(*extent([0.0, training.n_iter, *steps]), n=4)
    x = Scale(marks[0], marks[-1], frame.left, frame.right)
    values = ticks(*extent([reference, *(value for name in names for value in history[name])]), n=3)
    y = Scale(values[0], values[-1], frame.bottom, frame.top)
    root = drawing()
    x_axis(root, x, marks, frame, words("axis.step"))
    y_axis(root, y, values, frame)
    node(root, "text", title, x=0, y=11, class_="axis strong")
    if reference is not None:
        path(root, [(frame.left, y(reference)), (frame.right, y(reference))], class_="zero")
    for event in training.events:
        path(root, [(x(event.step), frame.top), (x(event.step), frame.bottom)], class_="event")
    path(root, [(x(training.n_iter), frame.top), (x(training.n_iter), frame.bottom)], class_="used")
    for k, name in enumerate(names):
        for run in _runs(steps, history[name]):
            places = [(x(step), y(value)) for step, value in run]
            path(root, places, class_=f"line series-{k + 1}")
            if len(places) == 1:
                dots(root, places, class_=f"point series-{k + 1}")
    last = {name: decimals(next(iter(present(reversed(history[name]))), None)) for name in names}
    ends = words.listed([f"{_line(name, words)} {value}" for name, value in last.items()])
    about = words("figure.training.text", ends=ends)
    return Figure(words("figure.training", title=title), about, 300.0, 176.0, root)


def _runs(steps: Sequence[float], values: Sequence[float | None]) -> list[list[tuple[float, float]]]:
    """Cut a history into lines where a value is missing, and where the steps of another generator begin."""
    runs: list[list[tuple[float, float]]] = [[]]
    for step, value in zip(steps, values, strict=False):
        if len(present([step, value])) < 2:
            runs.append([])
            continue
        if runs[-1] and step <= runs[-1][-1][0]:
            runs.append([])
        runs[-1].append((step, present([value])[0]))
    return [run for run in runs if run]
