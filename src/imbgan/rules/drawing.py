"""The tree of the rules as a drawing: an indented outline, which a phone shows as well as a screen."""

from dataclasses import dataclass
from xml.etree import ElementTree as ET

from imbgan._text import writable
from imbgan.rules.results import Node, RuleSet
from imbgan.rules.sentences import Words, condition_text, outcome_text, percent, rows_text
from imbgan.rules.text import wrapped

_LINE, _GAP, _MARGIN = 17.0, 9.0, 10.0
_INDENT, _DEEPEST = 16.0, 112.0
#: Width of a letter, of which a Chinese character takes two.
_LETTER = 6.9
_BAR = 64.0
# Colors are those of the page if it has them. The drawing has a ground of its own, so that it can be read anywhere.
_STYLE = """
.imbgan-tree { --tree-paper: var(--paper, #fcfbf8); --tree-ink: var(--ink, #1f2124);
  --tree-muted: var(--muted, #666a70); --tree-rule: var(--rule, #d5d2c9); --tree-accent: var(--accent, #1a6ca3); }
@media (prefers-color-scheme: dark) {
  .imbgan-tree { --tree-paper: var(--paper, #16181b); --tree-ink: var(--ink, #e6e4de);
    --tree-muted: var(--muted, #9b9fa5); --tree-rule: var(--rule, #3d4248); --tree-accent: var(--accent, #6cb5e4); }
}
.imbgan-tree text { font: 13px system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
  fill: var(--tree-ink); }
.imbgan-tree .rows { fill: var(--tree-muted); font-size: 12px; }
.imbgan-tree .share { font-weight: 600; }
.imbgan-tree path { fill: none; stroke: var(--tree-rule); stroke-width: 1.5; }
.imbgan-tree circle { fill: var(--tree-muted); }
.imbgan-tree .paper { fill: var(--tree-paper); }
.imbgan-tree .ground { fill: var(--tree-rule); }
.imbgan-tree .bar { fill: var(--tree-accent); }
"""


@dataclass(frozen=True)
class _Line:
    """Where a node stands."""

    node: int
    parent: int
    x: float
    y: float
    texts: tuple[str, ...]


def svg_view(rules: RuleSet, words: Words, width: float, ident: str) -> str:
    """Return the tree as SVG; see :meth:`RuleSet.as_svg`."""
    lines = _layout(rules, words, width)
    last = lines[-1]
    height = last.y + _LINE * (len(last.texts) + (rules.nodes[last.node].rule >= 0)) + _MARGIN
    root = ET.Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "class": "imbgan-tree",
            "viewBox": f"0 0 {width:g} {height:g}",
            "width": f"{width:g}",
            "style": f"width: 100%; max-width: {width:g}px; height: auto",
            "role": "img",
            "aria-labelledby": f"{ident}-title {ident}-text",
        },
    )
    n = len(rules.rules)
    title = words["title of one" if n == 1 else "tree of"].format(n=n, outcome=outcome_text(rules, words))
    _add(root, "title", title, id=f"{ident}-title")
    _add(root, "desc", writable("; ".join(" ".join(line.texts) for line in lines)), id=f"{ident}-text")
    ET.SubElement(root, "style").text = _STYLE
    ET.SubElement(root, "rect", {"class": "paper", "width": f"{width:g}", "height": f"{height:g}"})
    places = {line.node: line for line in lines}
    for line in lines:
        _connect(root, line, places.get(line.parent))
    largest = max(rule.probabilities[rules.rare] for rule in rules.rules) or 1.0
    for line in lines:
        _draw(root, line, rules, words, largest)
    return ET.tostring(root, encoding="unicode")


def _layout(rules: RuleSet, words: Words, width: float) -> list[_Line]:
    """Return the nodes from top to bottom, each parent above its children."""
    depths = _depths(rules.nodes)
    indent = min(_INDENT, _DEEPEST / max(1, *depths))
    lines: list[_Line] = []
    y = _MARGIN
    waiting = [(0, -1)]
    while waiting:
        place, parent = waiting.pop()
        node = rules.nodes[place]
        x = _MARGIN + depths[place] * indent
        fits = max(8, int((width - x - 2 * _MARGIN) / _LETTER))
        lines.append(_Line(place, parent, x, y, tuple(wrapped(_text(node, rules, words), fits))))
        y += _LINE * (len(lines[-1].texts) + (node.rule >= 0)) + _GAP
        if node.rule < 0:
            waiting += [(node.right, place), (node.left, place)]
    return lines


def _depths(nodes: tuple[Node, ...]) -> list[int]:
    depths = [0] * len(nodes)
    for place, node in enumerate(nodes):
        if node.rule < 0:
            depths[node.left] = depths[node.right] = depths[place] + 1
    return depths


def _text(node: Node, rules: RuleSet, words: Words) -> str:
    if node.condition is None:
        return words["all rows"]
    text = condition_text(node.condition, rules.columns[node.condition.column], words, longest=30)
    return writable(text) or words["every other row"]


def _connect(root: ET.Element, line: _Line, parent: _Line | None) -> None:
    middle = line.y + _LINE / 2
    if parent is not None:
        start = parent.y + _LINE / 2
        _add(root, "path", d=f"M{parent.x:.1f} {start:.1f}V{middle - 4:.1f}q0 4 4 4H{line.x:.1f}")


def _draw(root: ET.Element, line: _Line, rules: RuleSet, words: Words, largest: float) -> None:
    node = rules.nodes[line.node]
    is_leaf = node.rule >= 0
    _add(
        root,
        "circle",
        cx=f"{line.x:.1f}",
        cy=f"{line.y + _LINE / 2:.1f}",
        r="3.5",
        **{"class": "bar"} if is_leaf else {},
    )
    left = line.x + _MARGIN
    baseline = line.y + 13.0
    for place, text in enumerate(line.texts):
        _add(root, "text", text, x=f"{left:.1f}", y=f"{baseline + place * _LINE:.1f}")
    if not is_leaf:
        return
    rule = rules.rules[node.rule]
    share = rule.probabilities[rules.rare]
    top = line.y + len(line.texts) * _LINE
    for kind, size in (("ground", _BAR), ("bar", _BAR * share / largest)):
        bar = {
            "class": kind,
            "x": f"{left:.1f}",
            "y": f"{top + 4:.1f}",
            "width": f"{size:.1f}",
            "height": "9",
            "rx": "2",
        }
        ET.SubElement(root, "rect", bar)
    figures = _add(root, "text", x=f"{left + _BAR + 8:.1f}", y=f"{top + 13:.1f}")
    _add(figures, "tspan", percent(share), **{"class": "share"})
    _add(figures, "tspan", f" {rows_text(rule.n_rows, words)}", **{"class": "rows", "dx": "6"})


def _add(parent: ET.Element, tag: str, text: str | None = None, **attributes: str) -> ET.Element:
    element = ET.SubElement(parent, tag, attributes)
    element.text = text
    return element
