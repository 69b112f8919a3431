"""Plots of the benchmark: self-contained SVG with logarithmic axes."""

from collections.abc import Mapping, Sequence
from math import ceil, floor, log10
from xml.etree import ElementTree as ET

from benchmarks.quality.figures import FAINT, GRID, drawing, text_at
from imbgan.report.kit import node

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 640.0, 360.0, 62.0, 170.0, 40.0, 46.0
COLORS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#8c6d00")


def curves(title: str, unit: str, sizes: Sequence[float], values: Mapping[str, Sequence[float]]) -> str:
    """Draw one line per name against sizes, both on logarithmic scales, with a dotted line of slope 1.

    Parameters
    ----------
    title, unit : str
        Title, and what is on the horizontal axis.
    sizes : sequence of float
        Increasing, positive.
    values : mapping of str to sequence of float
        Positive; as many as there are sizes.

    Returns
    -------
    str
        SVG.
    """
    root = drawing(WIDTH, HEIGHT, title)
    text_at(root, title, LEFT, 22, font_weight="600")
    known = [value for each in values.values() for value in each if value > 0]
    x = _axis(min(sizes), max(sizes), LEFT, WIDTH - RIGHT)
    y = _axis(min(known), max(known), HEIGHT - BOTTOM, TOP)
    _grid(root, unit, (x.low, x.high), (y.low, y.high), x, y)
    # A reference: twice the size, twice the time.
    middle = known[0]
    ends = [(sizes[0], middle), (sizes[-1], middle * sizes[-1] / sizes[0])]
    if ends[1][1] > 10**y.high:
        ends[1] = (sizes[0] * 10**y.high / middle, 10**y.high)
    _line(root, [(x.at(a), y.at(b)) for a, b in ends], stroke=FAINT, stroke_dasharray="2 4")
    for own, color in zip(values.values(), COLORS, strict=False):
        places = [(x.at(a), y.at(b)) for a, b in zip(sizes, own, strict=True) if b > 0]
        _line(root, places, stroke=color, stroke_width=2)
        for a, b in places:
            node(root, "circle", cx=round(a, 1), cy=round(b, 1), r=3, fill=color)
    for place, (name, color) in enumerate(zip(values, COLORS, strict=False)):
        text_at(root, name, WIDTH - RIGHT + 14, TOP + 16 + 18 * place, fill=color, font_weight="600")
    text_at(root, "dotted: slope 1", WIDTH - RIGHT + 14, TOP + 16 + 18 * len(values), fill=FAINT)
    return ET.tostring(root, encoding="unicode") + "\n"


class _Axis:
    """A logarithmic axis from one power of ten to another."""

    def __init__(self, low: int, high: int, start: float, stop: float) -> None:
        self.low, self.high, self.start, self.stop = low, high, start, stop

    def at(self, value: float) -> float:
        """Return the place of a value."""
        return self.start + (self.stop - self.start) * (log10(value) - self.low) / (self.high - self.low)


def _axis(least: float, most: float, start: float, stop: float) -> _Axis:
    low, high = floor(log10(least) + 1e-9), ceil(log10(most) - 1e-9)
    return _Axis(low, max(high, low + 1), start, stop)


def _grid(root: ET.Element, unit: str, of_x: tuple[int, int], of_y: tuple[int, int], x: _Axis, y: _Axis) -> None:
    for power in range(of_x[0], of_x[1] + 1):
        place = x.at(10.0**power)
        node(root, "line", x1=place, x2=place, y1=y.start, y2=y.stop, stroke=GRID)
        text_at(root, f"{10**power:,}", place, y.start + 18, text_anchor="middle", fill=FAINT)
    for power in range(of_y[0], of_y[1] + 1):
        place = y.at(10.0**power)
        node(root, "line", x1=x.start, x2=x.stop, y1=place, y2=place, stroke=GRID)
        text_at(root, f"{10.0**power:g} s", x.start - 6, place + 4, text_anchor="end", fill=FAINT)
    text_at(root, unit, (x.start + x.stop) / 2, y.start + 36, text_anchor="middle", fill=FAINT)


def _line(root: ET.Element, places: Sequence[tuple[float, float]], **style: str | float) -> None:
    points = " ".join(f"{a:.1f},{b:.1f}" for a, b in places)
    node(root, "polyline", points=points, fill="none", **style)
