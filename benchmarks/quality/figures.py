"""Figures of the benchmark: self-contained SVG on a light ground."""

from collections.abc import Sequence
from xml.etree import ElementTree as ET

from benchmarks.quality.analysis import NONE, Ranking
from benchmarks.quality.records import LEARNERS, Case, Results
from imbgan.report.kit import Scale, node, path, tick_label, ticks

INK, FAINT, GRID, ACCENT = "#1b1f24", "#6a737d", "#e3e6ea", "#b3261e"
# Told apart with any color vision (Okabe and Ito), and by shape in the legend's order.
COLORS: dict[str, str] = dict(
    zip(LEARNERS, ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#8c6d00"), strict=True)
)
FONT = "font:{size}px system-ui,-apple-system,'Segoe UI',sans-serif"


def drawing(width: float, height: float, title: str) -> ET.Element:
    """Return an empty drawing of this size with its title."""
    root = ET.Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "viewBox": f"0 0 {width:g} {height:g}",
            "width": f"{width:g}",
            "height": f"{height:g}",
            "role": "img",
            "style": FONT.format(size=12),
        },
    )
    node(root, "title", title)
    node(root, "rect", width=width, height=height, fill="#ffffff")
    return root


def text_at(parent: ET.Element, text: str, x: float, y: float, **attributes: str | float) -> None:
    """Write a text, in ink unless the attributes say otherwise."""
    node(parent, "text", text, **{"x": x, "y": y, "fill": INK, **attributes})


def _emphasis(method: str) -> dict[str, str | float]:
    is_ours = method.startswith("gan") or method == "auto"
    return {"font_weight": "600", "fill": ACCENT} if is_ours else {}


def critical_difference(ranking: Ranking, title: str) -> str:
    """Draw mean ranks, methods joined by a bar where they do not differ (Demšar 2006).

    Parameters
    ----------
    ranking : Ranking
    title : str

    Returns
    -------
    str
        SVG.
    """
    k = len(ranking.methods)
    n_left = (k + 1) // 2
    cliques = _cliques(ranking)
    row, left, right = 18.0, 210.0, 690.0
    axis = 62.0
    first = axis + 14.0 + 7.0 * len(cliques) + 14.0
    root = drawing(900.0, first + row * n_left + 8.0, title)
    # The best rank stands at the right, as in the paper.
    scale = Scale(1.0, float(k), right, left)
    text_at(
        root, f"{title}: mean rank over {ranking.n_pairs:,} pairs, best at the right", 12.0, 20.0, font_weight="600"
    )
    step = max(1, round(k / 12))
    path(root, [(left, axis), (right, axis)], stroke=INK, fill="none")
    for value in range(1, k + 1, step):
        x = scale(float(value))
        path(root, [(x, axis - 5.0), (x, axis)], stroke=INK)
        text_at(root, str(value), x, axis - 9.0, text_anchor="middle", fill=FAINT)
    _draw_difference(root, scale, ranking, right, axis)
    for i, (start, stop) in enumerate(cliques):
        y = axis + 12.0 + 7.0 * i
        ends = [scale(ranking.mean_ranks[place]) for place in (start, stop)]
        path(root, [(ends[0] + 3.0, y), (ends[1] - 3.0, y)], stroke=INK, stroke_width=3.0, stroke_linecap="round")
    for i, (method, mean) in enumerate(zip(ranking.methods, ranking.mean_ranks, strict=True)):
        is_best_half = i < n_left
        y = first + row * (i if is_best_half else k - 1 - i)
        end = right + 16.0 if is_best_half else left - 16.0
        x = scale(mean)
        path(root, [(x, axis), (x, y - 4.0), (end, y - 4.0)], stroke=FAINT, fill="none", stroke_width=0.8)
        anchor, at = ("start", end + 5.0) if is_best_half else ("end", end - 5.0)
        text_at(root, f"{method}  {mean:.1f}", at, y, text_anchor=anchor, **_emphasis(method))
    return ET.tostring(root, encoding="unicode")


def _draw_difference(root: ET.Element, scale: Scale, ranking: Ranking, right: float, axis: float) -> None:
    width = abs(scale(1.0 + ranking.critical_difference) - scale(1.0))
    y = axis - 30.0
    start = right - width
    path(root, [(start, y), (right, y)], stroke=INK, stroke_width=1.5)
    for x in (start, right):
        path(root, [(x, y - 3.0), (x, y + 3.0)], stroke=INK, stroke_width=1.5)
    text_at(root, f"critical difference {ranking.critical_difference:.2f}", right + 8.0, y + 4.0, fill=FAINT)


def _cliques(ranking: Ranking) -> list[tuple[int, int]]:
    """Return the longest runs of methods that lie within the critical difference, as first and last place."""
    means, found, reach = ranking.mean_ranks, list[tuple[int, int]](), 0
    for start in range(len(means)):
        stop = max(i for i in range(start, len(means)) if means[i] - means[start] <= ranking.critical_difference)
        if stop > max(start, reach):
            found.append((start, stop))
            reach = stop
    return found


def dot_plot(results: Results, table: str, methods: Sequence[str], metric: str = "average_precision") -> str:
    """Draw one table: a panel for each case, a row for each method, a dot for each learner, a bar for their mean.

    A dashed line continues the mean of doing nothing.

    Parameters
    ----------
    results : Results
    table : str
    methods : sequence of str
        In the order of the rows; those without any score are left out.
    metric : str, default="average_precision"

    Returns
    -------
    str
        SVG.
    """
    results = results.where(lambda case: case.table == table)
    cases = results.cases
    values = _values(results, methods, metric)
    rows = [method for method in methods if any(method in values[case] for case in cases)]
    row, label, panel, gap, top = 16.0, 170.0, 170.0, 34.0, 76.0
    height = top + row * len(rows) + 34.0
    root = drawing(max(label + (panel + gap) * len(cases) + 12.0, 660.0), height, f"{table}: {metric}")
    text_at(root, f"{table}: {metric.replace('_', ' ')}", 12.0, 20.0, font_weight="600")
    _draw_legend(root, 12.0, 42.0)
    for i, method in enumerate(rows):
        text_at(root, method, label - 10.0, top + row * (i + 0.5) + 4.0, text_anchor="end", **_emphasis(method))
    for i, case in enumerate(cases):
        start = label + (panel + gap) * i
        _draw_panel(root, case, values[case], rows, (start, start + panel), top, row)
    return ET.tostring(root, encoding="unicode")


def _values(results: Results, methods: Sequence[str], metric: str) -> dict[Case, dict[str, dict[str, float]]]:
    """Return the scores by case, method and learner."""
    found: dict[Case, dict[str, dict[str, float]]] = {case: {} for case in results.cases}
    for method in methods:
        pairs, values = results.aligned([method], metric)
        for (case, learner), value in zip(pairs, values[:, 0].tolist(), strict=True):
            found[case].setdefault(method, {})[learner] = value
    return found


def _draw_legend(root: ET.Element, x: float, y: float) -> None:
    for learner, color in COLORS.items():
        node(root, "circle", cx=x + 4.0, cy=y - 4.0, r=3.5, fill=color)
        name = learner.replace("_", " ")
        text_at(root, name, x + 12.0, y, fill=FAINT)
        x += 28.0 + 6.2 * len(name)
    path(root, [(x + 4.0, y - 9.0), (x + 4.0, y + 1.0)], stroke=INK, stroke_width=2.0)
    text_at(root, "mean", x + 12.0, y, fill=FAINT)


def _draw_panel(
    root: ET.Element,
    case: Case,
    values: dict[str, dict[str, float]],
    rows: Sequence[str],
    span: tuple[float, float],
    top: float,
    row: float,
) -> None:
    every = [value for by_learner in values.values() for value in by_learner.values()] or [0.0, 1.0]
    low, high = min(every), max(every)
    marks = ticks(low, high if high > low else low + 0.1, 3)
    scale = Scale(marks[0], marks[-1], *span)
    bottom = top + row * len(rows)
    text_at(root, case.kind, sum(span) / 2.0, top - 10.0, text_anchor="middle", font_weight="600")
    for mark in marks:
        x = scale(mark)
        path(root, [(x, top), (x, bottom)], stroke=GRID)
        text_at(root, tick_label(mark, marks[1] - marks[0]), x, bottom + 15.0, text_anchor="middle", fill=FAINT)
    if NONE in values:
        x = scale(sum(values[NONE].values()) / len(values[NONE]))
        path(root, [(x, top), (x, bottom)], stroke=FAINT, stroke_dasharray="3 3")
    for i, method in enumerate(rows):
        y = top + row * (i + 0.5)
        by_learner = values.get(method, {})
        for learner, value in by_learner.items():
            color = COLORS.get(learner, INK)
            node(root, "circle", cx=scale(value), cy=y, r=3.0, fill=color, fill_opacity="0.75")
        if by_learner:
            x = scale(sum(by_learner.values()) / len(by_learner))
            path(root, [(x, y - 6.0), (x, y + 6.0)], stroke=INK, stroke_width=2.0)
