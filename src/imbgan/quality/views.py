"""An assessment on one screen: text for terminals, a fragment of HTML for notebooks."""

import textwrap
from collections.abc import Sequence
from html import escape

from imbgan.quality.results import ClassQuality, Diagnostic, Measure

WIDTH = 80
# What is shown of a class, and its heading; each beside its baseline.
SHOWN = (
    ("coverage", "coverage"),
    ("two_sample_auc", "told apart"),
    ("dependence_difference", "dependence"),
    ("copy_rate", "copies"),
)
HEADINGS = ("class", "real", "generated", *(heading for _, heading in SHOWN))
NO_FINDINGS = "Nothing found that real rows would not show against real rows."
CAPTION = "in brackets: real against real rows of the same sizes"
# Findings beyond this many are counted only.
MAX_FINDINGS = 10
MAX_LABEL = 12


def _cell(measure: Measure) -> str:
    if measure.value is None:
        return "-"
    baseline = "" if measure.baseline is None else f" ({measure.baseline:.2f})"
    return f"{measure.value:.2f}{baseline}"


def _table(classes: Sequence[ClassQuality]) -> list[tuple[str, ...]]:
    return [
        (
            quality.label if len(quality.label) <= MAX_LABEL else quality.label[: MAX_LABEL - 1] + "…",
            f"{quality.n_real:,}",
            f"{quality.n_synthetic:,}",
            *(_cell(quality.measure(name)) for name, _ in SHOWN),
        )
        for quality in classes
    ]


def _place(diagnostic: Diagnostic) -> str:
    column = f", column {diagnostic.column!r}" if diagnostic.column else ""
    return f"class {diagnostic.label!r}{column}" if diagnostic.label else column.removeprefix(", ")


def text_view(classes: Sequence[ClassQuality], diagnostics: Sequence[Diagnostic]) -> str:
    """Return findings, worst first, and a line a class, within 80 columns."""
    lines: list[str] = []
    for diagnostic in diagnostics[:MAX_FINDINGS]:
        head = f"{diagnostic.severity} {diagnostic.code} {diagnostic.name}, {_place(diagnostic)}:"
        text = f"{head} {diagnostic.evidence} {diagnostic.action}"
        lines += textwrap.wrap(text, WIDTH, subsequent_indent="    ")
    if len(diagnostics) > MAX_FINDINGS:
        lines.append(f"and {len(diagnostics) - MAX_FINDINGS} further findings")
    lines += [] if diagnostics else [NO_FINDINGS]
    # A label is text from outside: line breaks and control characters would break the table.
    rows = [HEADINGS, *((_printable(row[0]), *row[1:]) for row in _table(classes))]
    widths = [max(len(row[i]) for row in rows) for i in range(len(HEADINGS))]
    lines.append("")
    for row in rows:
        cells = [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))]
        lines.append(" ".join(cells).rstrip())
    return "\n".join([*lines, f"({CAPTION})"])


def _printable(text: str) -> str:
    return "".join(letter if letter.isprintable() else "�" for letter in text)


def html_view(classes: Sequence[ClassQuality], diagnostics: Sequence[Diagnostic]) -> str:
    """Return findings, worst first, and a line a class, as a fragment of HTML in which all text is escaped."""
    items = [
        f"<li><strong>{escape(diagnostic.severity)} {escape(diagnostic.code)} {escape(diagnostic.name)}</strong>, "
        f"{escape(_place(diagnostic))}: {escape(diagnostic.evidence)} {escape(diagnostic.action)}</li>"
        for diagnostic in diagnostics[:MAX_FINDINGS]
    ]
    if len(diagnostics) > MAX_FINDINGS:
        items.append(f"<li>and {len(diagnostics) - MAX_FINDINGS} further findings</li>")
    found = f"<ul>{''.join(items)}</ul>" if items else f"<p>{escape(NO_FINDINGS)}</p>"
    head = "".join(f'<th scope="col">{escape(heading)}</th>' for heading in HEADINGS)
    body = "".join(
        f'<tr><th scope="row">{escape(row[0])}</th>{"".join(f"<td>{escape(cell)}</td>" for cell in row[1:])}</tr>'
        for row in _table(classes)
    )
    return (
        f"<div><p>Generated rows, {escape(CAPTION)}.</p>{found}"
        f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )
