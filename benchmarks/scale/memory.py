"""Resident memory and time of the commands, on the first 5, 20 and 50 million rows of one table."""

import shutil
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.scale.measure import measure
from benchmarks.scale.records import RESULTS, Line, append, read
from benchmarks.scale.table import BLOCK, BLOCKS_PER_FILE, FIRST_TEST_BLOCK, TARGET, write

FILE = RESULTS / "memory.jsonl"
#: Rows of a file.
MILLION = BLOCK * BLOCKS_PER_FILE
#: Rare rows per common one that resample makes: ten times as many as there are.
RATIO = "0.02"
STEPS = ("describe", "resample", "train", "predict")


def make(folder: Path, millions: Sequence[int]) -> None:
    """Write the table of the most rows, and a folder of links to its first files for each smaller number."""
    largest = max(millions)
    whole = folder_of(folder, largest)
    if not whole.exists():
        write(whole, largest * MILLION)
    if not (folder / "test").exists():
        write(folder / "test", MILLION, first_block=FIRST_TEST_BLOCK)
    files = sorted(whole.glob("*.parquet"))
    for n in set(millions) - {largest}:
        place = folder_of(folder, n)
        place.mkdir(exist_ok=True)
        for file in files[:n]:
            if not (place / file.name).exists():
                (place / file.name).hardlink_to(file)


def folder_of(folder: Path, million: int) -> Path:
    """Return where the table of so many million rows lies."""
    return folder / f"rows-{million}"


def commands(table: Path, out: Path) -> Iterator[tuple[str, list[str], Path | None]]:
    """Yield each step, its command, and the folder that it makes."""
    imbgan = [sys.executable, "-m", "imbgan"]
    yield "describe", [*imbgan, "describe", str(table), "-t", TARGET], None
    balanced = out / "balanced"
    options = ["-t", TARGET, "--ratio", RATIO]
    yield "resample", [*imbgan, "resample", str(table), *options, "-o", str(balanced)], balanced
    yield "copy", [sys.executable, "-m", "benchmarks.scale", "copy", str(table), str(out / "copy")], out / "copy"
    train = ["-t", TARGET, "--drop", "id", "--estimator", "lightgbm"]
    yield "train", [*imbgan, "train", str(table), *train, "-o", str(out / "model")], None
    yield "predict", [*imbgan, "predict", str(out / "model"), str(table), "-o", str(out / "scores")], out / "scores"


def run(folder: Path, millions: Sequence[int], steps: Sequence[str]) -> None:
    """Measure each step that has no line yet; what a step writes is removed, but for the model."""
    for n in millions:
        known = {line["step"] for line in read(FILE) if line["rows"] == n * MILLION}
        out = folder / f"out-{n}"
        out.mkdir(exist_ok=True)
        for step, command, made in commands(folder_of(folder, n), out):
            if step in known or step not in steps:
                continue
            for old in filter(None, [made, out / "model" if step == "train" else None]):
                shutil.rmtree(old, ignore_errors=True)
            found = measure(command, log=out / f"{step}.log")
            if made is not None:
                found["written_mb"] = round(sum(file.stat().st_size for file in made.rglob("*")) / 1e6)
                shutil.rmtree(made)
            append(FILE, line_of(step, n * MILLION, found))
            print(f"{step} {n} million rows: {found['peak_mb']:,.0f} MB, {found['seconds']:,.0f} s", flush=True)


def line_of(step: str, rows: int, found: Line) -> Line:
    """Return a line without the places of this machine."""
    kept = ("seconds", "cpu_seconds", "peak_mb", "samples", "written_mb")
    return {"step": step, "rows": rows, **{key: found[key] for key in kept if key in found}}


def copy(source: Path, target: Path) -> None:
    """Read and write all files with PyArrow, row group by row group: what any copy through a library costs."""
    import pyarrow.parquet as pq

    target.mkdir()
    for path in sorted(source.glob("*.parquet")):
        file = pq.ParquetFile(path)
        with pq.ParquetWriter(target / path.name, file.schema_arrow) as writer:
            for number in range(file.num_row_groups):
                writer.write_table(file.read_row_group(number))
