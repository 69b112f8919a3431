"""The picture of the README: what each way of training gains, in the colors of the reader's page."""

from collections.abc import Mapping
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from benchmarks.quality.markdown import signed
from benchmarks.quality.records import Results
from imbgan.report.kit import Scale, node, path

WIDTH, LEFT, RIGHT, ROW, TOP = 760.0, 345.0, 690.0, 27.0, 62.0
# What this package alone has.
OURS = {"gan", "gan_bagging", "local_gaussian_bagging", "bags"}
STYLE = """
text { font: 14px system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; fill: #1f2124; }
.title { font-size: 16px; font-weight: 600; } .small { font-size: 12.5px; fill: #666a70; }
.strong { font-weight: 600; } .ours { fill: #1a6ca3; } .other { fill: #a9a8a3; } .zero { stroke: #666a70; }
@media (prefers-color-scheme: dark) {
  text { fill: #e6e4de; } .small { fill: #9b9fa5; } .ours { fill: #6cb5e4; } .other { fill: #6d7177; }
  .zero { stroke: #9b9fa5; }
}
"""


@dataclass(frozen=True)
class Captions:
    """The texts of the picture; ``about`` has the fields ``n_tables`` and ``n_pairs``."""

    title: str
    about: str


ENGLISH = Captions(
    "Average precision gained on the rare class, over training on the table as it is",
    "mean over six learners on {n_tables} data sets that nothing was tuned on ({n_pairs} pairs)",
)
CHINESE = Captions(
    "少数类平均精度的增益（与直接用原始表训练相比）",
    "{n_tables} 个未用于调参的数据集、六种学习器的平均（{n_pairs} 个组合）",
)


def gains(results: Results, names: Mapping[str, str], captions: Captions) -> str:
    """Draw the mean gain of each method over the first one as a bar.

    Parameters
    ----------
    results : Results
    names : dict of str to str
        Method -> what a reader calls it; emphasis in Markdown is dropped.
    captions : Captions

    Returns
    -------
    str
        SVG that follows the light or dark mode of the page around it.
    """
    methods = [method for method in names if method in results.methods]
    pairs, precision = results.aligned(methods, "average_precision")
    means = {method: float((precision[:, i] - precision[:, 0]).mean()) for i, method in enumerate(methods)}
    shown = sorted(methods[1:], key=lambda method: -means[method])
    scale = Scale(min(0.0, *means.values()), max(means.values()), LEFT, RIGHT)
    height = TOP + ROW * len(shown) + 8.0
    size = {"viewBox": f"0 0 {WIDTH:g} {height:g}", "width": f"{WIDTH:g}", "height": f"{height:g}"}
    root = ET.Element("svg", {"xmlns": "http://www.w3.org/2000/svg", "role": "img", **size})
    node(root, "title", captions.title)
    node(root, "style", STYLE)
    node(root, "text", captions.title, x=0, y=20, class_="title")
    about = captions.about.format(n_tables=len(results.tables), n_pairs=len(pairs))
    node(root, "text", about, x=0, y=43, class_="small")
    for i, method in enumerate(shown):
        y = TOP + ROW * i
        is_ours = method in OURS
        emphasis = "strong" if is_ours else "plain"
        node(root, "text", names[method].strip("*"), x=LEFT - 12, y=y + 15, class_=emphasis, text_anchor="end")
        ends = sorted((scale(0.0), scale(means[method])))
        width = max(ends[1] - ends[0], 1.0)
        node(root, "rect", x=ends[0], y=y + 1, width=width, height=ROW - 9, class_="ours" if is_ours else "other")
        node(root, "text", signed(means[method]), x=ends[1] + 8, y=y + 15, class_=emphasis)
    path(root, [(scale(0.0), TOP - 4.0), (scale(0.0), height - 8.0)], class_="zero")
    return ET.tostring(root, encoding="unicode")
