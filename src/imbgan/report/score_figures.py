"""Figures of a comparison: class counts, gains with intervals, and the curves of each strategy."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from imbgan.comparison.results import Curve, Score
from imbgan.report.kit import (
    Figure,
    Frame,
    Scale,
    dots,
    drawing,
    extent,
    name_node,
    node,
    path,
    present,
    tick_labels,
    ticks,
    x_axis,
    y_axis,
)
from imbgan.report.language import ENGLISH, Words
from imbgan.report.words import count, named, signed

WIDTH = 380.0
NAME_WIDTH = 136.0
NAME_LETTERS = 21
ROW = 22.0
# The style sheet has this many colors for strategies. Dashes distinguish them where colors cannot be seen.
N_COLORS = 7
DASHES = ("7 3", "2 3", "7 3 2 3", "12 4", "4 2", "3 5", "9 2 1 2")
# Nobody reads more bars, or a longer table of classes.
MOST_CLASSES = 25
# A share of fewer rows than this is noise.
LEAST_ROWS = 10
# Ticks of probabilities on a square-root axis, because probabilities of rare classes crowd near 0.
PROBABILITIES = (0.0, 0.01, 0.1, 0.25, 0.5, 1.0)


@dataclass(frozen=True)
class LineStyle:
    """A class of the style sheet, and a pattern of dashes that is empty for a solid line."""

    color: str
    dash: str


def line_styles(strategies: Iterable[str], control: str, recommended: str) -> dict[str, LineStyle]:
    """Give each strategy a line style; the control and the recommended strategy have styles of their own."""
    styles: dict[str, LineStyle] = {}
    k = 0
    for strategy in dict.fromkeys(strategies):
        if strategy == control:
            styles[strategy] = LineStyle("line control", "")
        elif strategy == recommended:
            styles[strategy] = LineStyle("line chosen", "")
        else:
            # Each time the colors repeat, they meet other patterns.
            dash = DASHES[(k + k // N_COLORS) % len(DASHES)]
            styles[strategy] = LineStyle(f"line color-{k % N_COLORS + 1}", dash)
            k += 1
    return styles


def class_ranges(counts: Mapping[str, Mapping[str, float]], rare: str, words: Words = ENGLISH) -> Figure:
    """Draw how many rows of each class an estimator learns from, one line per strategy, on a logarithmic axis.

    Parameters
    ----------
    counts : dict of str to dict of str to float
        Strategy -> label -> rows.
    rare : str
        The label that gets a color of its own.
    words : Words, default=ENGLISH
    """
    marks = _powers(present(value for row in counts.values() for value in row.values()))
    frame = Frame(NAME_WIDTH, 4.0, WIDTH - 14.0, 8.0 + ROW * len(counts))
    scale = Scale(marks[0], marks[-1], frame.left, frame.right, math.log1p)
    root = drawing()
    every = math.ceil(len(marks) / 8)
    labels = [_compact(mark) if i % every == 0 else "" for i, mark in enumerate(marks)]
    x_axis(root, scale, marks, frame, words("figure.ranges.axis"), labels)
    for i, (strategy, row) in enumerate(counts.items()):
        y = frame.top + ROW * (i + 0.5) + 2.0
        name_node(root, strategy, NAME_LETTERS, x=0, y=y + 4)
        places = {label: scale(value) for label, value in row.items() if present([value])}
        if places:
            path(root, [(min(places.values()), y), (max(places.values()), y)], class_="range")
            dots(root, ((x, y) for label, x in places.items() if label != rare), class_="dot wide-dot real-line")
            dots(root, ((x, y) for label, x in places.items() if label == rare), class_="dot synthetic-line")
    text = words("semicolon").join(
        f"{named(strategy)}: " + words("comma").join(f"{named(label)} {count(value)}" for label, value in row.items())
        for strategy, row in counts.items()
    )
    return Figure(words("figure.ranges"), text, WIDTH, frame.bottom + 36.0, root)


def _powers(values: Sequence[float]) -> list[float]:
    """Return powers of ten around the values, after a 0 if a class is empty, since no logarithm shows 0."""
    first = math.floor(math.log10(max(min(values, default=1.0), 1.0)) + 1e-9)
    last = math.ceil(math.log10(max(*values, 10.0**first, 1.0)) - 1e-9)
    powers = [10.0**power for power in range(first, max(last, first + 1) + 1)]
    return [0.0, *powers] if min(values, default=0.0) < 1.0 else powers


def _compact(value: float) -> str:
    for size, unit in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if value >= size:
            return f"{value / size:g}{unit}"
    return f"{value:g}"


def class_stacks(counts: Mapping[str, tuple[int, int]], words: Words = ENGLISH) -> Figure:
    """Draw the numbers of real and of generated rows of each class as bars, end to end.

    Parameters
    ----------
    counts : dict of str to tuple of int
        Label -> (real rows, generated rows); at most 25 are drawn.
    words : Words, default=ENGLISH
    """
    shown = dict(list(counts.items())[:MOST_CLASSES])
    frame = Frame(NAME_WIDTH, 4.0, WIDTH - 14.0, 8.0 + ROW * len(shown))
    marks = ticks(*extent([0.0, *(real + new for real, new in shown.values())]), n=3)
    scale = Scale(marks[0], marks[-1], frame.left, frame.right)
    root = drawing()
    x_axis(root, scale, marks, frame, words("figure.stacks.axis"), [_compact(mark) for mark in marks])
    for i, (label, (real, new)) in enumerate(shown.items()):
        y = frame.top + ROW * i + 7.0
        name_node(root, label, NAME_LETTERS, x=0, y=y + 10)
        ends = [scale(0.0), scale(real), scale(real + new)]
        for start, stop, kind in ((ends[0], ends[1], "real-fill"), (ends[1], ends[2], "synthetic-fill")):
            if stop > start:
                node(root, "rect", x=start, y=y, width=max(stop - start, 1.0), height=12.0, class_=kind)
    text = words("semicolon").join(
        words("figure.stacks.bar", label=named(label), real=count(real), new=count(new))
        for label, (real, new) in counts.items()
    )
    return Figure(words("figure.stacks"), text, WIDTH, frame.bottom + 36.0, root)


def judged(score: Score) -> str:
    """Return "better" or "worse" if the gain over the control is significant, else an empty text."""
    if score.gain is None or not score.is_significant:
        return ""
    return "better" if score.gain > 0.0 else "worse"


def forest(scores: Sequence[Score], *, control: str, rope: float | None, words: Words = ENGLISH) -> Figure:
    """Draw the gain of each strategy over the control with its interval.

    Parameters
    ----------
    scores : sequence of Score
        Scores of one estimator and metric. The control has no gain; it is the line at 0.
    control : str
    rope : float or None
        Half the width of the region of practical equivalence.
    words : Words, default=ENGLISH
    """
    shown = sorted((s for s in scores if present([s.gain])), key=lambda s: -(s.gain or 0.0))
    band = [-rope, rope] if rope else []
    marks = ticks(*extent([0.0, *band, *(v for s in shown for v in (s.gain, s.gain_low, s.gain_high))]))
    # Half of the last label lies beyond the end of its axis.
    margin = max(18.0, 3.4 * len(tick_labels(marks)[-1]))
    frame = Frame(NAME_WIDTH, 4.0, WIDTH - margin, 8.0 + ROW * max(len(shown), 1))
    scale = Scale(marks[0], marks[-1], frame.left, frame.right)
    root = drawing()
    if rope:
        left, right = scale(-rope), scale(rope)
        node(root, "rect", x=left, y=frame.top, width=right - left, height=frame.bottom - frame.top, class_="band")
    title = words.metric(scores[0].metric) if scores else ""
    x_axis(root, scale, marks, frame, words("figure.forest.axis", metric=title))
    path(root, [(scale(0.0), frame.top), (scale(0.0), frame.bottom)], class_="zero")
    for i, score in enumerate(shown):
        y = frame.top + ROW * (i + 0.5) + 2.0
        name_node(root, words.strategy(score.strategy), NAME_LETTERS, x=0, y=y + 4)
        kind = judged(score) or "unsure"
        ends = present([score.gain_low, score.gain_high])
        path(root, [(scale(end), y) for end in ends], class_=f"interval {kind}")
        dots(root, [(scale(gain), y) for gain in present([score.gain])], class_=f"dot {kind}")
    text = words("semicolon").join(
        words(
            "figure.forest.line",
            strategy=named(words.strategy(s.strategy)),
            gain=signed(s.gain),
            low=signed(s.gain_low),
            high=signed(s.gain_high),
        )
        for s in shown
    )
    over = words("figure.forest", metric=title, control=named(words.strategy(control)))
    return Figure(over, text, WIDTH, frame.bottom + 36.0, root)


def _square(
    title_x: str, title_y: str, kind: Callable[[float], float] | None = None
) -> tuple[ET.Element, Scale, Scale]:
    """Start a drawing whose two axes go from 0 to 1."""
    frame = Frame(34.0, 26.0, 290.0, 250.0)
    root = drawing()
    x = Scale(0.0, 1.0, frame.left, frame.right, kind)
    y = Scale(0.0, 1.0, frame.bottom, frame.top, kind)
    marks = PROBABILITIES if kind else (0.0, 0.25, 0.5, 0.75, 1.0)
    labels = [f"{mark:g}" for mark in marks]
    x_axis(root, x, marks, frame, title_x, labels)
    y_axis(root, y, marks, frame, title_y, labels)
    return root, x, y


def _finish(kind: str, curves: Sequence[Curve], root: ET.Element, words: Words) -> Figure:
    names = words.listed(list(dict.fromkeys(named(words.strategy(curve.strategy)) for curve in curves)))
    title = words(f"curves.{kind}")
    if curves:
        title = words("curves.of class", title=title, label=named(curves[0].label))
    about = words("curves.strategies", about=words(f"curves.{kind}.about"), names=names)
    return Figure(title, about, 300.0, 286.0, root)


def _lines(
    root: ET.Element,
    drawn: Iterable[tuple[str, Sequence[float], Sequence[float]]],
    scales: tuple[Scale, Scale],
    styles: Mapping[str, LineStyle],
) -> None:
    # The control and the recommended strategy are drawn last, so that they lie on top.
    last = {name for name, style in styles.items() if not style.dash}
    for strategy, xs, ys in sorted(drawn, key=lambda item: item[0] in last):
        style = styles[strategy]
        kept = [(scales[0](x), scales[1](y)) for x, y in zip(xs, ys, strict=False) if len(present([x, y])) == 2]
        path(root, kept, class_=style.color, **({"stroke_dasharray": style.dash} if style.dash else {}))


def precision_recall(curves: Sequence[Curve], styles: Mapping[str, LineStyle], words: Words = ENGLISH) -> Figure:
    """Draw precision against recall, one line per strategy."""
    root, x, y = _square(words("axis.recall"), words("axis.precision"))
    _lines(root, ((c.strategy, c.recall, c.precision) for c in curves), (x, y), styles)
    return _finish("precision", curves, root, words)


def roc(curves: Sequence[Curve], styles: Mapping[str, LineStyle], words: Words = ENGLISH) -> Figure:
    """Draw the true-positive rate against the false-positive rate, one line per strategy."""
    root, x, y = _square(words("axis.fpr"), words("axis.tpr"))
    path(root, [(x(0.0), y(0.0)), (x(1.0), y(1.0))], class_="zero")
    _lines(root, ((c.strategy, c.fpr, c.tpr) for c in curves), (x, y), styles)
    return _finish("roc", curves, root, words)


def reliability(curves: Sequence[Curve], styles: Mapping[str, LineStyle], words: Words = ENGLISH) -> Figure:
    """Draw the observed share against the predicted probability on square-root axes, one line per strategy."""
    root, x, y = _square(words("axis.predicted"), words("axis.observed"), math.sqrt)
    path(root, [(x(0.0), y(0.0)), (x(1.0), y(1.0))], class_="zero")
    _lines(root, ((c.strategy, *_supported(c)) for c in curves), (x, y), styles)
    return _finish("reliability", curves, root, words)


def _supported(curve: Curve) -> tuple[list[float], list[float]]:
    """Return the bins with enough rows for a reliable share."""
    bins = zip(curve.predicted, curve.observed, curve.counts, strict=False)
    kept = [(predicted, observed) for predicted, observed, n in bins if n >= LEAST_ROWS]
    return [predicted for predicted, _ in kept], [observed for _, observed in kept]
