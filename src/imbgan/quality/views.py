"""Show an assessment on one screen: text for terminals, a fragment of HTML for notebooks."""

import textwrap
from collections.abc import Sequence

from imbgan._html import templates
from imbgan._text import aligned, printable, shown, writable
from imbgan.quality.results import ClassQuality, Diagnostic, Measure

WIDTH = 80
# Measures that are shown for each class, with their baselines, and their headings.
SHOWN = (
    ("coverage", "coverage"),
    ("two_sample_auc", "told apart"),
    ("dependence_difference", "dependence"),
    ("copy_rate", "copies"),
)
NO_FINDINGS = "No finding: generated rows differ from real rows no more than real rows differ from one another."
CAPTION = "in brackets: real against real rows of the same sizes"
# Further findings are only counted.
MAX_FINDINGS = 10
MAX_LABEL = 12


def _cell(measure: Measure) -> str:
    if measure.value is None:
        return "-"
    baseline = "" if measure.baseline is None else f" ({measure.baseline:.2f})"
    return f"{measure.value:.2f}{baseline}"


def _table(classes: Sequence[ClassQuality]) -> list[tuple[str, ...]]:
    """Return headings and a line per class; a measure that no class has is left out."""
    kept = [pair for pair in SHOWN if any(quality.measure(pair[0]).value is not None for quality in classes)]
    lines = [
        (
            shown(quality.label, MAX_LABEL),
            f"{quality.n_real:,}",
            f"{quality.n_synthetic:,}",
            *(_cell(quality.measure(name)) for name, _ in kept),
        )
        for quality in classes
    ]
    return [("class", "real", "generated", *(heading for _, heading in kept)), *lines]


def _place(diagnostic: Diagnostic) -> str:
    column = f", column {diagnostic.column!r}" if diagnostic.column else ""
    return f"class {diagnostic.label!r}{column}" if diagnostic.label else column.removeprefix(", ")


def text_view(classes: Sequence[ClassQuality], diagnostics: Sequence[Diagnostic]) -> str:
    """Return findings, the worst first, and a line per class, within 80 columns."""
    lines: list[str] = []
    for diagnostic in diagnostics[:MAX_FINDINGS]:
        head = f"{diagnostic.severity} {diagnostic.code} {diagnostic.name}, {_place(diagnostic)}:"
        text = f"{head} {diagnostic.evidence} {diagnostic.action}"
        lines += textwrap.wrap(printable(text), WIDTH, subsequent_indent="    ")
    if len(diagnostics) > MAX_FINDINGS:
        lines.append(f"and {len(diagnostics) - MAX_FINDINGS} further findings")
    lines += [] if diagnostics else [NO_FINDINGS]
    return "\n".join([*lines, "", aligned(_table(classes), gap=1), f"({CAPTION})"])


def html_view(classes: Sequence[ClassQuality], diagnostics: Sequence[Diagnostic]) -> str:
    """Return findings, the worst first, and a line per class, as a fragment of HTML in which all text is escaped."""
    headings, *rows = _table(classes)
    template = templates("imbgan.quality").get_template("assessment.html")
    return writable(
        template.render(
            caption=CAPTION,
            findings=diagnostics[:MAX_FINDINGS],
            n_more=max(0, len(diagnostics) - MAX_FINDINGS),
            no_findings=NO_FINDINGS,
            place=_place,
            headings=headings,
            rows=rows,
        )
    )
