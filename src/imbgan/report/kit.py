"""A small kit for drawing figures as SVG: scales, ticks, axes, and elements that escape by construction.

Figures are drawn in units of about one CSS pixel. Colors come from the page's style sheet by class, so that one
drawing serves light mode, dark mode and paper.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from xml.etree import ElementTree as ET

from markupsafe import Markup

from imbgan._text import writable
from imbgan.report.words import named, shorten

# Values beyond this are drawn at this value, so that no difference of two numbers overflows.
LARGEST = 1e300
# A smaller spread, relative to the values themselves, is rounding error.
LEAST_SPREAD = 1e-6


def present(values: Iterable[float | None]) -> list[float]:
    """Return the values that can be drawn: neither None nor NaN nor infinite."""
    return [min(max(float(v), -LARGEST), LARGEST) for v in values if v is not None and math.isfinite(v)]


def extent(values: Iterable[float | None]) -> tuple[float, float]:
    """Return a non-empty interval that holds all values; (0, 1) if there are none."""
    kept = present(values)
    if not kept:
        return 0.0, 1.0
    low, high = min(kept), max(kept)
    size = max(abs(low), abs(high))
    if high - low <= LEAST_SPREAD * size or high - low < 1e-280:
        pad = 0.05 * size if size > 1e-280 else 0.5
        return low - pad, high + pad
    return low, high


def ticks(low: float, high: float, n: int = 4) -> tuple[float, ...]:
    """Return about ``n`` + 1 round numbers, evenly spaced; the first is at most ``low``, the last at least ``high``."""
    raw = (high - low) / n
    magnitude = 10.0 ** math.floor(math.log10(raw))
    step = next(m * magnitude for m in (1.0, 2.0, 2.5, 5.0, 10.0, 20.0) if m * magnitude >= raw * (1.0 - 1e-9))
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return tuple(float(f"{k * step:.12g}") for k in range(first, last + 1))


def tick_label(value: float, step: float) -> str:
    """Return the label of a tick, with the decimals that ticks at a distance of ``step`` need."""
    if abs(value) >= 1e7 or not 1e-4 <= abs(step) < 1e5:
        return f"{value:.6g}".replace("-", "−")
    n_decimals = next((n for n in range(7) if abs(step * 10**n - round(step * 10**n)) < 1e-6), 6)
    return f"{value:,.{n_decimals}f}".replace("-", "−")


@dataclass(frozen=True)
class Scale:
    """Maps data to one axis of a drawing; a value outside the domain is drawn at the end of the axis.

    Parameters
    ----------
    low, high : float
        The domain; low < high.
    start, stop : float
        The coordinates of ``low`` and ``high``.
    shape : callable, optional
        A monotone function that is applied to the data first, such as :func:`math.sqrt`; None for a linear axis.
    """

    low: float
    high: float
    start: float
    stop: float
    shape: Callable[[float], float] | None = None

    def __call__(self, value: float) -> float:
        """Return the coordinate of ``value``."""
        value = min(max(value, self.low), self.high)
        shape = self.shape or (lambda x: x)
        low, high = shape(self.low), shape(self.high)
        return self.start + (self.stop - self.start) * ((shape(value) - low) / (high - low))


def coordinate(value: float) -> str:
    """Return the shortest text of a coordinate with two decimals."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def node(parent: ET.Element, tag: str, text: str | None = None, **attributes: str | float) -> ET.Element:
    """Add an element; ``class_`` becomes ``class``, ``text_anchor`` becomes ``text-anchor``."""
    written = {
        key.rstrip("_").replace("_", "-"): writable(value) if isinstance(value, str) else coordinate(value)
        for key, value in attributes.items()
    }
    element = ET.SubElement(parent, tag, written)
    if text is not None:
        element.text = writable(text)
    return element


def name_node(parent: ET.Element, text: str, width: int, **attributes: str | float) -> ET.Element:
    """Add a name that comes from outside: cut to ``width`` letters, complete in its tooltip, in a style of its own."""
    shown = shorten(text, width)
    element = node(parent, "text", shown, **{"class_": "name", **attributes})
    if shown != named(text):
        node(element, "title", named(text)).tail = shown
        element.text = None
    return element


def path(parent: ET.Element, points: Iterable[tuple[float, float]], **attributes: str | float) -> ET.Element | None:
    """Add a line through the points; fewer than two points give no line."""
    written = [f"{coordinate(x)} {coordinate(y)}" for x, y in points]
    return node(parent, "path", None, d="M" + "L".join(written), **attributes) if len(written) > 1 else None


def dots(parent: ET.Element, points: Iterable[tuple[float, float]], **attributes: str | float) -> ET.Element | None:
    """Add many equal dots as one element: each dot is the round cap of a stroke of length 0."""
    written = "".join(f"M{coordinate(x)} {coordinate(y)}h0" for x, y in points)
    return node(parent, "path", None, d=written, **attributes) if written else None


def crosses(
    parent: ET.Element, points: Iterable[tuple[float, float]], size: float, **attributes: str | float
) -> ET.Element | None:
    """Add many equal crosses as one element."""
    s = coordinate(size)
    written = "".join(
        f"M{coordinate(x - size / 2)} {coordinate(y)}h{s}m-{coordinate(size / 2)} -{coordinate(size / 2)}v{s}"
        for x, y in points
    )
    return node(parent, "path", None, d=written, **attributes) if written else None


@dataclass(frozen=True)
class Figure:
    """A drawing with the name and the description that a screen reader reads.

    Parameters
    ----------
    title, description : str
    width, height : float
        Size of the view box.
    root : Element
        The drawing.
    """

    title: str
    description: str
    width: float
    height: float
    root: ET.Element

    def to_svg(self, ident: str, nothing: str = "Nothing to show.") -> Markup:
        """Return the drawing as inline SVG whose ids begin with ``ident``; ``nothing`` replaces an empty text."""
        root = ET.Element(
            "svg",
            {
                "class": self.root.get("class", "figure"),
                "viewBox": f"0 0 {coordinate(self.width)} {coordinate(self.height)}",
                "role": "img",
                "aria-labelledby": f"{ident}-title",
                "aria-describedby": f"{ident}-text",
            },
        )
        node(root, "title", self.title, id=f"{ident}-title")
        node(root, "desc", self.description or nothing, id=f"{ident}-text")
        root.extend(list(self.root))
        # Markup is safe here: every text inside went through the tree, which escapes.
        return Markup(ET.tostring(root, encoding="unicode"))


def drawing(kind: str = "figure") -> ET.Element:
    """Return an empty drawing that has a class of the style sheet."""
    return ET.Element("svg", {"class": kind})


@dataclass(frozen=True)
class Frame:
    """The plotting area of a figure."""

    left: float
    top: float
    right: float
    bottom: float


def x_axis(
    root: ET.Element, scale: Scale, values: Sequence[float], frame: Frame, title: str = "", labels: Sequence[str] = ()
) -> None:
    """Draw grid lines, tick labels and the title of the horizontal axis."""
    shown = labels or tick_labels(values)
    for value, label in zip(values, shown, strict=True):
        x = scale(value)
        node(root, "path", d=f"M{coordinate(x)} {coordinate(frame.top)}V{coordinate(frame.bottom)}", class_="grid")
        node(root, "text", label, x=x, y=frame.bottom + 14, class_="tick", text_anchor="middle")
    if title:
        middle = (frame.left + frame.right) / 2
        node(root, "text", title, x=middle, y=frame.bottom + 30, class_="axis", text_anchor="middle")


def y_axis(
    root: ET.Element, scale: Scale, values: Sequence[float], frame: Frame, title: str = "", labels: Sequence[str] = ()
) -> None:
    """Draw grid lines, tick labels and, above them, the title of the vertical axis."""
    shown = labels or tick_labels(values)
    for value, label in zip(values, shown, strict=True):
        y = scale(value)
        node(root, "path", d=f"M{coordinate(frame.left)} {coordinate(y)}H{coordinate(frame.right)}", class_="grid")
        node(root, "text", label, x=frame.left - 6, y=y + 4, class_="tick", text_anchor="end")
    if title:
        node(root, "text", title, x=0, y=frame.top - 10, class_="axis")


def tick_labels(values: Sequence[float]) -> list[str]:
    """Return the labels of evenly spaced ticks."""
    step = min((abs(b - a) for a, b in pairwise(values)), default=1.0)
    return [tick_label(value, step) for value in values]
