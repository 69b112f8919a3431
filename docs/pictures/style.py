"""How pictures look, and how they are written so that the same picture is the same file."""

from pathlib import Path

import matplotlib as mpl
from matplotlib.figure import Figure

FOLDER = Path(__file__).parent.parent / "images"
# Colors that people without full color vision tell apart: ours, others, and what is only context.
OURS, OTHER, CONTEXT = "#b3123f", "#0072b2", "#9aa3ad"

mpl.use("Agg")
mpl.rcParams.update({"svg.hashsalt": "imbgan", "svg.fonttype": "path", "font.size": 9, "axes.titlesize": 10})


def save(figure: Figure, name: str) -> None:
    """Write a picture for the pages; it has a white ground, so that it can be read on a dark page."""
    figure.savefig(FOLDER / f"{name}.svg", metadata={"Date": None}, facecolor="white")
