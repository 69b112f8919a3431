"""How cost grows with rows, columns, classes and levels: seconds and memory of each stage, and their slopes."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from benchmarks.images.records import read_lines
from benchmarks.speed.plots import curves
from benchmarks.speed.processes import measured
from benchmarks.speed.records import Record, append, done, short, table
from benchmarks.speed.sections import Section, Settings

FILE = "growth.jsonl"
SIZES: dict[str, tuple[int, ...]] = {
    "rows": (1_000, 10_000, 100_000, 1_000_000, 10_000_000),
    "columns": (10, 30, 100, 300, 1_000, 3_000),
    "classes": (2, 10, 30, 100, 300),
    "levels": (10, 100, 1_000, 10_000, 100_000),
}
STAGES = {"fit": "fit", "generate": "generate and decode", "fit_resample": "fit_resample", "assess": "quality_"}
#: A slope is that of the largest sizes: constant costs, such as compilation, hide it among small ones.
N_FITTED = 3


def measure(settings: Settings) -> None:
    """Run every size that has no line, the small ones of all axes first; with ``quick``, the two smallest of each."""
    n_most = 2 if settings.quick else max(map(len, SIZES.values()))
    for place in range(n_most):
        for axis, sizes in SIZES.items():
            if place < len(sizes) and (axis, sizes[place]) not in done(settings.out / FILE, ("axis", "size")):
                run_once(settings.out / FILE, axis, sizes[place])


def run_once(path: Path, axis: str, size: int) -> None:
    """Measure one size in a process of its own; a size that fails, for example for memory, has a line that says so."""
    found = measured("growing", axis, size, OMP_NUM_THREADS="1")
    append(path, {"axis": axis, "size": size, **found})
    print(axis, size, found.get("failed") or f"fit_resample {found['fit_resample_cpu_s']:.1f} s of CPU", flush=True)


def slope(sizes: Sequence[float], values: Sequence[float]) -> float | None:
    """Return the slope of the logarithms over the largest three sizes, by least squares; None with fewer.

    Examples
    --------
    >>> slope([1, 10, 100], [3.0, 30.0, 300.0])
    1.0
    """
    if len(sizes) < N_FITTED:
        return None
    x, y = (np.log10(np.asarray(each, float)[-N_FITTED:]) for each in (sizes, values))
    return float(round(np.polyfit(x, y, 1)[0], 6))


def write(results: Path, figures: Path) -> list[str]:
    """Return a table per axis, and draw a plot for each."""
    lines = read_lines(results / FILE)
    text: list[str] = []
    for axis in SIZES:
        own = sorted((x for x in lines if x["axis"] == axis and "failed" not in x), key=lambda x: x["size"])
        if own:
            text += _of_axis(axis, own, [x for x in lines if x["axis"] == axis and "failed" in x], figures)
    return text


def _of_axis(axis: str, lines: Sequence[Record], failed: Sequence[Record], figures: Path) -> list[str]:
    sizes = [line["size"] for line in lines]
    seconds = {stage: [line[f"{stage}_cpu_s"] for line in lines] for stage in STAGES}
    memory = [line["fit_resample_peak_mib"] - line["nothing_peak_mib"] for line in lines]
    rows = [[STAGES[stage], *map(short, seconds[stage]), _slope_text(slope(sizes, seconds[stage]))] for stage in STAGES]
    rows.append(["peak above the table, MiB", *map(short, memory), _slope_text(slope(sizes, memory))])
    _draw(axis, sizes, seconds, figures)
    text = [f"### {axis.capitalize()}", "", f"![CPU seconds against {axis}](figures/growth-{axis}.svg)", ""]
    text += table([f"CPU seconds, {axis}", *(f"{size:,}" for size in sizes), "slope"], rows)
    for line in failed:
        text += [f"{line['size']:,} {axis} failed: `{line['failed']}`", ""]
    missing = [size for size in SIZES[axis] if size not in sizes and size not in [x["size"] for x in failed]]
    return text + ([f"Not run: {', '.join(f'{size:,}' for size in missing)}.", ""] if missing else [])


def _slope_text(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"


def _draw(axis: str, sizes: Sequence[int], seconds: Mapping[str, Sequence[float]], figures: Path) -> None:
    figures.mkdir(parents=True, exist_ok=True)
    named = {STAGES[stage]: values for stage, values in seconds.items()}
    (figures / f"growth-{axis}.svg").write_text(curves(f"CPU seconds against {axis}", axis, sizes, named), "utf-8")


SECTION = Section("How cost grows", measure, write)
