"""``RESULTS.md`` and the plot of memory: every number from the lines in ``results/``, the sentences from ``notes/``."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from benchmarks.scale.learning import ARMS, SETTINGS
from benchmarks.scale.memory import STEPS
from benchmarks.scale.records import Line, read

PLACES = ("summary", "memory", "learning", "not-run")
_COLORS = ("#1f6feb", "#d1242f", "#2da44e", "#bf8700")


def write(folder: Path) -> None:
    """Write both files.

    Raises
    ------
    ValueError
        No lines, or a note of no section.
    """
    memory, learning = (read(folder / "results" / f"{name}.jsonl") for name in ("memory", "learning"))
    if not memory and not learning:
        raise ValueError("results/ must hold lines of runs. Run `python -m benchmarks.scale memory` first.")
    words = {file.stem: file.read_text(encoding="utf-8").strip() for file in sorted((folder / "notes").glob("*.md"))}
    unknown = sorted(set(words) - set(PLACES))
    if unknown:
        raise ValueError(f"Notes must be named {', '.join(PLACES)}. Got {', '.join(unknown)}.")
    (folder / "memory.svg").write_text(plot(memory), encoding="utf-8")
    bodies = {
        "memory": ("Memory and time", ["![Resident memory over rows](memory.svg)", "", *memory_table(memory)]),
        "learning": ("Is a classifier better from more rows?", learning_tables(learning)),
        "not-run": ("What was not run", []),
    }
    text = ["# Scale: memory and time of tables larger than memory", ""]
    text += ["<!-- Written by `python -m benchmarks.scale write` from results/*.jsonl and notes/*.md. -->", ""]
    text += [words["summary"], ""] if "summary" in words else []
    for place, (title, body) in bodies.items():
        if body or place in words:
            text += [f"## {title}", "", *([words[place], ""] if place in words else []), *body]
    versions = sorted({f"{name} {v}" for line in (*memory, *learning) for name, v in line["versions"].items()})
    text += [f"Versions: {', '.join(versions)}."]
    (folder / "RESULTS.md").write_text("\n".join(text).rstrip() + "\n", encoding="utf-8")


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Return a Markdown table, the first column left-aligned, and an empty line."""
    lines = [header, (":--", *["--:"] * (len(header) - 1)), *rows]
    return [f"| {' | '.join(line)} |" for line in lines] + [""]


def memory_table(lines: Sequence[Line]) -> list[str]:
    """Return peaks and times of each step, beside a plain copy of the same files."""
    order = [*STEPS, "copy"]
    found = sorted(lines, key=lambda line: (order.index(line["step"]), line["rows"]))
    rows = [
        [
            "copy through PyArrow" if line["step"] == "copy" else f"imbgan {line['step']}",
            f"{line['rows'] // 10**6}",
            f"{line['peak_mb']:,.0f}",
            f"{line['seconds']:,.0f}",
            f"{line['cpu_seconds']:,.0f}",
            f"{line['rows'] / line['cpu_seconds'] / 1000:,.0f}",
        ]
        for line in found
    ]
    header = ("step", "million rows", "peak MB", "seconds", "processor seconds", "thousand rows per processor second")
    return table(header, rows)


def learning_tables(lines: Sequence[Line]) -> list[str]:
    """Return average precision by arm and number of rows, one table per setting of LightGBM."""
    body: list[str] = []
    sizes = sorted({line["rows"] for line in lines})
    for setting in SETTINGS:
        own = [line for line in lines if line["setting"] == setting]
        if not own:
            continue
        rows = [
            [arm, *(_mean([line for line in own if (line["arm"], line["rows"]) == (arm, n)]) for n in sizes)]
            for arm in ARMS
        ]
        body += [f"### LightGBM, {setting}", "", *table(("arm", *(f"{n // 10**6} million rows" for n in sizes)), rows)]
    return body


def _mean(lines: Sequence[Line]) -> str:
    if not lines:
        return "-"
    values = np.array([line["average_precision"] for line in lines])
    draws = "1 draw"
    if len(values) > 1:
        draws = f"{len(values)} draws, {values.min():.3f} to {values.max():.3f}"
    return f"{values.mean():.3f} ({draws}; {lines[0]['rare_rows']:,} rare)"


def plot(lines: Sequence[Line]) -> str:
    """Return an SVG of the peak of each step over rows."""
    width, height, left, bottom, top = 640, 320, 70, 50, 20
    limit, most = 1500.0, max((line["rows"] for line in lines), default=1)
    high = max([limit, *(line["peak_mb"] for line in lines)]) * 1.1

    def at(rows: float, mb: float) -> str:
        x = left + (width - left - 130) * rows / most
        return f"{x:.1f},{height - bottom - (height - bottom - top) * mb / high:.1f}"

    text = 'font-family="sans-serif" font-size="12" fill="currentColor"'
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img">']
    parts.append("<title>Peak of resident memory over millions of rows</title>")
    for mb in range(0, int(high), 500):
        x, y = at(0, mb).split(",")
        end = at(most, mb).split(",")[0]
        dash = ' stroke-dasharray="5 4"' if mb == limit else ""
        parts.append(f'<line x1="{x}" y1="{y}" x2="{end}" y2="{y}" stroke="gray" stroke-opacity=".4"{dash}/>')
        parts.append(f'<text x="{left - 8}" y="{y}" text-anchor="end" dominant-baseline="middle" {text}>{mb} MB</text>')
    for rows in sorted({line["rows"] for line in lines}):
        x = at(rows, 0).split(",")[0]
        parts.append(f'<text x="{x}" y="{height - bottom + 20}" text-anchor="middle" {text}>{rows // 10**6}</text>')
    parts.append(f'<text x="{width / 2 - 60}" y="{height - 8}" text-anchor="middle" {text}>million rows</text>')
    for step, color in zip(STEPS, _COLORS, strict=True):
        own = sorted((line["rows"], line["peak_mb"]) for line in lines if line["step"] == step)
        if not own:
            continue
        points = [at(rows, mb) for rows, mb in own]
        parts.append(f'<polyline points="{" ".join(points)}" fill="none" stroke="{color}" stroke-width="2"/>')
        parts += [f'<circle cx="{p.split(",")[0]}" cy="{p.split(",")[1]}" r="3.5" fill="{color}"/>' for p in points]
        # Beside the plot, since lines can end in one place.
        colored = text.replace("currentColor", color)
        parts.append(f'<text x="{width - 110}" y="{top + 18 * (STEPS.index(step) + 1)}" {colored}>{step}</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"
