"""JSON lines of runs: appended as soon as a run has ended, read back, and never run twice."""

import json
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from benchmarks.images.records import read_lines

Record = dict[str, Any]


def done(path: Path, names: Sequence[str]) -> set[tuple[Any, ...]]:
    """Return the keys of the runs that have a line: the values of these names."""
    return {tuple(line[name] for name in names) for line in read_lines(path)}


def append(path: Path, record: Record) -> None:
    """Append a line, with the load of the machine before it is written."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as out:
        out.write(json.dumps({**record, "load": round(os.getloadavg()[0], 2)}) + "\n")


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Return a Markdown table, the first column left-aligned, and an empty line."""
    lines = [header, (":--", *["--:"] * (len(header) - 1)), *rows]
    return [f"| {' | '.join(line)} |" for line in lines] + [""]


def short(value: float | None) -> str:
    """Return a figure of three digits."""
    if value is None:
        return "-"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
