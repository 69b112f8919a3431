"""How pictures look, and how they are written so that the same picture is the same file."""

import logging
import warnings
from collections.abc import Collection
from pathlib import Path

import matplotlib as mpl
from matplotlib.figure import Figure
from matplotlib.font_manager import fontManager

from docs.pictures.chinese import translate

FOLDER = Path(__file__).parent.parent / "images"
# Colors that people without full color vision tell apart: ours, others, and what is only context.
OURS, OTHER, CONTEXT = "#b3123f", "#0072b2", "#9aa3ad"
# Fonts with Chinese characters that measure how wide words are; the reader's own fonts draw them.
MEASURING = ("Noto Sans CJK SC", "Noto Sans CJK JP", "WenQuanYi Zen Hei", "Microsoft YaHei", "PingFang SC")
READING = "system-ui, 'Noto Sans CJK SC', 'PingFang SC', 'Microsoft YaHei', sans-serif"

mpl.use("Agg")
mpl.rcParams.update({"svg.hashsalt": "imbgan", "svg.fonttype": "path", "font.size": 9, "axes.titlesize": 10})


def measuring_font() -> str | None:
    """Return a font of this machine that has Chinese characters, or None."""
    known = {font.name for font in fontManager.ttflist}
    return next((name for name in MEASURING if name in known), None)


def save(figure: Figure, name: str, *, names: Collection[str] = ()) -> None:
    """Write a picture for the English pages and one for the Chinese pages.

    Both have a white ground, so that they can be read on a dark page. Chinese words are text and not outlines: no font
    of this machine stands in the file.

    Parameters
    ----------
    figure : Figure
        Its words are Chinese afterwards, if the machine has a font for them; otherwise that picture is left out.
    name : str
        Name of the file without its ending.
    names : collection of str, default=()
        Words that stay as they are, such as the names of data sets.
    """
    figure.savefig(FOLDER / f"{name}.svg", metadata={"Date": None}, facecolor="white")
    font = measuring_font()
    if font is None:
        logging.getLogger(__name__).warning("no font with Chinese characters: %s.zh-CN.svg is not drawn", name)
        return
    families = ["DejaVu Sans", font]
    translate(figure, families, names)
    target = FOLDER / f"{name}.zh-CN.svg"
    with mpl.rc_context({"svg.fonttype": "none"}), warnings.catch_warnings():
        warnings.filterwarnings("error", message="Glyph")  # a character that would be measured wrongly
        figure.savefig(target, metadata={"Date": None, "Language": "zh-CN"}, facecolor="white")
    quoted = ", ".join(f"'{family}'" for family in families)
    drawn = target.read_text(encoding="utf-8").replace(quoted, READING)
    target.write_text(drawn.replace("<svg ", '<svg xml:lang="zh-CN" ', 1), encoding="utf-8", newline="\n")
