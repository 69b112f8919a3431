"""A table larger than memory, in a few minutes: 5 million rows made, described, resampled, trained and scored.

Five Parquet files of one million rows and 20 mixed columns are made chunk by chunk; one row of 500 is rare. Each
command runs in a process of its own, whose resident memory is watched: it does not grow with the number of rows. Writes
into the folder demo-scale-output, about 1.5 GB.

Run: make demo-scale (or: python examples/demo_scale.py; --millions 20 makes 20 million rows)
"""

import argparse
import shutil
import sys
from pathlib import Path

from rich.console import Console
from rich.table import Table

sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks.scale.measure import measure
from benchmarks.scale.memory import commands
from benchmarks.scale.table import TARGET, write

OUTPUT = Path("demo-scale-output")
WHAT = {
    "describe": "classes, columns, leaks and identifiers of all rows",
    "resample": "all files copied, and nine generated rare rows for each rare one beside them",
    "train": "a classifier from all rare rows and 100,000 common ones, with figures at the shares of all rows",
    "predict": "a file of scores for each file",
}


def main() -> None:
    """Run all steps, and show what each took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--millions", type=int, default=5)
    n = parser.parse_args().millions
    console = Console()
    shutil.rmtree(OUTPUT, ignore_errors=True)
    OUTPUT.mkdir()
    table = OUTPUT / "table"
    console.print(f"Making {n} million rows x 20 columns, target {TARGET!r} ...")
    files = write(table, n * 1_000_000)
    size = sum(file.stat().st_size for file in files) / 1e6
    console.print(f"{len(files)} Parquet files, {size:,.0f} MB: {table}\n")
    rows = Table("step", "what", "seconds", "peak memory")
    for step, command, _ in commands(table, OUTPUT):
        if step not in WHAT:
            continue
        shown = ["imbgan", *command[3:]]
        console.print(f"[bold]{' '.join(shown)}[/bold]", soft_wrap=True)
        log = OUTPUT / f"{step}.txt"
        found = measure(command, log=log)
        console.print(log.read_text(encoding="utf-8"), markup=False, highlight=False, soft_wrap=True)
        rows.add_row(step, WHAT[step], f"{found['seconds']:,.0f}", f"{found['peak_mb']:,.0f} MB")
    console.print(rows)


if __name__ == "__main__":
    main()
