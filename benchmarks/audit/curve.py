"""The trade-off as a curve: how much rows give away, and what they are worth in bags."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np

from benchmarks.audit import rows, usefulness
from benchmarks.audit.usefulness import NO_ROWS, Scores
from benchmarks.audit.variants import DEFAULT
from benchmarks.quality.figures import ACCENT, COLORS, FAINT, GRID, INK, drawing, text_at
from imbgan.report.kit import Scale, node, path, tick_label, ticks

Box = tuple[float, float, float, float]

NAMES = {
    "gan": "GAN (the default)",
    "smote": "SMOTE",
    "local_gaussian": "local Gaussian",
    "bootstrap": "copies (bootstrap)",
    "independent": "independent columns",
}

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 860.0, 500.0, 64.0, 836.0, 56.0, 444.0
OTHER = COLORS["logistic_regression"]
#: Distances of a label from its dot that are tried, in lines.
OFFSETS = (0, 1, -1, 2, -2, 3, -3, 4, -4, 5, -5, 6, -6)
LINE, LETTER = 15.0, 6.3


@dataclass(frozen=True)
class Point:
    """One source, or one variant of the GAN.

    Parameters
    ----------
    variant, source : str
    auc : float
        The strongest attack: ROC AUC, mean over tables.
    precision : float
        Average precision in bags, mean over the same tables, their folds and the learners.
    by_learner : dict of str to float
    differences : tuple of float
        Average precision minus that of the default, for each table: mean over learners, and over all folds that both
        were tried on.
    n_folds : int
        The most folds of a table that both were tried on.
    """

    variant: str
    source: str
    auc: float
    precision: float
    by_learner: dict[str, float]
    differences: tuple[float, ...]
    n_folds: int

    @property
    def name(self) -> str:
        """What it is called in the picture."""
        return self.variant if self.variant != DEFAULT else NAMES[self.source]


@dataclass(frozen=True)
class TradeOff:
    """All points, the tables and folds that they share, and the average precision of bags without generated rows."""

    points: tuple[Point, ...]
    tables: tuple[str, ...]
    n_folds: int
    without: float


def trade_off(audits: Path = rows.RESULTS, worth: Path = usefulness.RESULTS) -> TradeOff | None:
    """Return what is known of both; None where nothing is known of the default."""
    attacked: dict[tuple[str, str], dict[str, float]] = {}
    for line in rows.read(audits):
        for source in line["audit"].sources:
            found = line["audit"].worst(source).auc.mean
            attacked.setdefault((line["variant"], source), {})[line["table"]] = float(found)
    scores = usefulness.read(worth)
    known = [key for key in attacked if key in scores]
    if (DEFAULT, "gan") not in known or (DEFAULT, NO_ROWS) not in scores:
        return None
    shared = set(scores[DEFAULT, NO_ROWS])
    for key in known:
        shared &= {each for each in scores[key] if each[0] in attacked[key]}
    places = sorted(shared)
    if not places:
        return None
    tables = tuple(dict.fromkeys(table for table, _ in places))
    reference = scores[DEFAULT, "gan"]
    points: list[Point] = []
    for key in known:
        own = scores[key]
        by_learner = {name: float(np.mean([own[place][name] for place in places])) for name in usefulness.LEARNERS}
        # Beside the default, all folds count that both were tried on.
        pairs = [place for place in own if place in reference and place[0] in tables]
        differences = tuple(_mean(own, table, pairs) - _mean(reference, table, pairs) for table in tables)
        auc = float(np.mean([attacked[key][table] for table in tables]))
        n_folds = len({fold for _, fold in pairs})
        points.append(Point(*key, auc, float(np.mean(list(by_learner.values()))), by_learner, differences, n_folds))
    without = float(np.mean([list(scores[DEFAULT, NO_ROWS][place].values()) for place in places]))
    return TradeOff(tuple(points), tables, len({fold for _, fold in places}), without)


def _mean(scores: Scores, table: str, places: Sequence[tuple[str, int]]) -> float:
    return float(np.mean([list(scores[place].values()) for place in places if place[0] == table]))


def draw(found: TradeOff) -> str:
    """Draw the points: to the left less is given away, and higher up rows are worth more.

    Returns
    -------
    str
        SVG.
    """
    title = "What rows give away, and what they are worth in bags"
    root = drawing(WIDTH, HEIGHT, title)
    folds = "one fold" if found.n_folds == 1 else f"{found.n_folds} folds"
    text_at(root, f"{title}: means over {len(found.tables)} tables, {folds}", 12.0, 20.0, font_weight="600")
    heights = [found.without, *(point.precision for point in found.points)]
    marks = ticks(min(heights) - 0.002, max(heights) + 0.002, 5)
    across, up = Scale(0.5, 1.02, LEFT, RIGHT), Scale(marks[0], marks[-1], BOTTOM, TOP)
    for mark in (0.5, 0.6, 0.7, 0.8, 0.9, 1.0):
        path(root, [(across(mark), TOP), (across(mark), BOTTOM)], stroke=GRID)
        text_at(root, f"{mark:.1f}", across(mark), BOTTOM + 17.0, text_anchor="middle", fill=FAINT)
    for mark in marks:
        path(root, [(LEFT, up(mark)), (RIGHT, up(mark))], stroke=GRID)
        text_at(root, tick_label(mark, marks[1] - marks[0]), LEFT - 8.0, up(mark) + 4.0, text_anchor="end", fill=FAINT)
    text_at(root, "average precision of bags with these rows", 12.0, TOP - 14.0, fill=FAINT)
    caption = "strongest attack (AUC); 0.5 is a guess, 1 names every learned row"
    text_at(root, caption, (LEFT + RIGHT) / 2.0, HEIGHT - 14.0, text_anchor="middle", fill=FAINT)
    level = up(found.without)
    path(root, [(LEFT, level), (RIGHT, level)], stroke=INK, stroke_dasharray="4 4")
    dots = [(across(point.auc), up(point.precision)) for point in found.points]
    taken: list[Box] = [(x - 6.0, y - 6.0, x + 6.0, y + 6.0) for x, y in dots]
    _label(root, NO_ROWS, (LEFT - 4.0, level - 10.0), taken, INK)
    for point, dot in zip(found.points, dots, strict=True):
        color = ACCENT if point.source == "gan" else OTHER
        _label(root, point.name, dot, taken, color)
        node(root, "circle", cx=dot[0], cy=dot[1], r=6.0 if point.variant == DEFAULT else 4.5, fill=color)
    return ET.tostring(root, encoding="unicode")


def _label(root: ET.Element, name: str, dot: tuple[float, float], taken: list[Box], color: str) -> None:
    """Write a name beside a dot where nothing else is, with a line to the dot if it is not beside it."""
    width = LETTER * len(name)
    box: Box = (0.0, 0.0, 0.0, 0.0)
    is_right = True
    for offset, is_right in ((offset, is_right) for offset in OFFSETS for is_right in (True, False)):
        start = dot[0] + 10.0 if is_right else dot[0] - 10.0 - width
        middle = dot[1] + LINE * offset
        box = (start, middle - LINE / 2.0, start + width, middle + LINE / 2.0)
        is_inside = box[0] >= LEFT and box[2] <= RIGHT and box[1] >= TOP - LINE and box[3] <= BOTTOM
        if is_inside and not any(_overlap(box, other) for other in taken):
            break
    taken.append(box)
    middle = (box[1] + box[3]) / 2.0
    if abs(middle - dot[1]) > 1.0 and name != NO_ROWS:
        path(root, [dot, (box[0] - 2.0 if is_right else box[2] + 2.0, middle)], stroke=FAINT, stroke_width=0.7)
    text_at(root, name, box[0], middle + 4.0, fill=color)


def _overlap(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
