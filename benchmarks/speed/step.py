"""A training step by batch, width and number of networks: its share of the peak, and what bounds it."""

import itertools
from collections.abc import Sequence
from pathlib import Path

from benchmarks.images.records import read_lines
from benchmarks.speed.processes import measured
from benchmarks.speed.records import Record, append, done, short, table
from benchmarks.speed.sections import Section, Settings

FILE = "step.jsonl"
KEY = ("batch", "width", "networks")
#: Rows per batch, width of the hidden layers, networks; the first is the default of a table.
SIZES = ((96, 96, 3), *itertools.product((64, 256, 1024), (16, 64, 256, 1024), (1, 8)))
QUICK = SIZES[:3]
TURNS, QUICK_TURNS = 9, 3
#: What a step can be bound by beside its products, and the words of the page. Penalties are products for the most part.
PARTS = {"random numbers": "random numbers", "optimizer": "Adam", "batches": "drawing rows", "penalties": "penalties"}


def measure(settings: Settings) -> None:
    """Run each size that has no line; with ``quick``, the first three in few turns."""
    for size in QUICK if settings.quick else SIZES:
        if size in done(settings.out / FILE, KEY):
            continue
        found = measured("stepping", *size, QUICK_TURNS if settings.quick else TURNS, OMP_NUM_THREADS="1")
        append(settings.out / FILE, dict(zip(KEY, size, strict=True)) | found)
        print(*size, found.get("failed") or f"{found['share']:.0%} of the peak", flush=True)


def bound(line: Record) -> str:
    """Return what takes most of a step: the products at the rate that their shape allows, or something beside them.

    Examples
    --------
    >>> line = {"share": 0.3, "product_share": 0.4, "parts": {"random numbers": 0.1, "optimizer": 0.05}}
    >>> bound(line), bound(line | {"product_share": 0.9})
    ('products of this shape', 'many small operations')
    """
    if "parts" not in line:
        return "the peak"
    shares = {PARTS[part]: share for part, share in line["parts"].items() if part != "penalties"}
    shares["products of this shape"] = min(1.0, line["share"] / line["product_share"])
    shares["many small operations"] = 1.0 - sum(max(0.0, share) for share in shares.values())
    return max(shares, key=lambda name: shares[name])


def write(results: Path, figures: Path) -> list[str]:
    """Return a line per size."""
    del figures
    lines = {tuple(line[name] for name in KEY): line for line in read_lines(results / FILE)}
    found = [lines[size] for size in SIZES if size in lines and "failed" not in lines[size]]
    if not found:
        return []
    header = ["batch x width, networks", "cores", "ms", "million operations", "share of the peak"]
    header += ["a product alone", *PARTS.values(), "bound by"]
    text = table(header, [_row(line) for line in found])
    peaks = [line["peak"] / line["cores"] / 1e9 for line in found]
    text += [f"The peak was {short(min(peaks))} to {short(max(peaks))} Gflop/s per core.", ""]
    for size, line in lines.items():
        text += [f"{_name(size)} failed: `{line['failed']}`", ""] if "failed" in line else []
    missing = [_name(size) for size in SIZES if size not in lines]
    return text + ([f"Not run: {'; '.join(missing)}.", ""] if missing else [])


def _name(size: Sequence[int]) -> str:
    batch, width, networks = size
    return f"{batch:,} x {width:,}, {networks}"


def _row(line: Record) -> list[str]:
    parts = line.get("parts", {})
    return [
        _name([line[name] for name in KEY]),
        str(line["cores"]),
        short(1e3 * line["step_s"]),
        short(line["networks"] * line["operations"] / 1e6),
        f"{line['share']:.0%}",
        f"{line['product_share']:.0%}",
        *(f"{max(0.0, parts[part]):.0%}" if part in parts else "-" for part in PARTS),
        bound(line),
    ]


SECTION = Section("A training step", measure, write)
