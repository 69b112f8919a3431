"""Command line: ``python -m benchmarks.speed run`` and ``write``."""

import argparse
import shutil
from collections.abc import Sequence
from pathlib import Path


def parse(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """Read the command line; refuse what would fail only after minutes."""
    from benchmarks.speed.document import RESULTS, SECTIONS

    parser = argparse.ArgumentParser(prog="python -m benchmarks.speed", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run", help="run what there are no lines for yet, and append it to results/")
    run.add_argument("--sections", nargs="+", choices=tuple(SECTIONS), default=tuple(SECTIONS), help="default: all")
    run.add_argument("--peer-python", metavar="PATH", help="interpreter that has ctgan; without it, it is left out")
    run.add_argument("--quick", action="store_true", help="the smallest sizes alone: minutes, to see that all runs")
    run.add_argument("--out", type=Path, default=RESULTS, help="folder of lines (default: results)")
    commands.add_parser("write", help="write RESULTS.md from all lines and the notes")
    options = parser.parse_args(arguments)
    if options.command == "run" and options.peer_python and shutil.which(options.peer_python) is None:
        parser.error(f"--peer-python must name an interpreter. Got {options.peer_python!r}.")
    return options


def main(arguments: Sequence[str] | None = None) -> None:
    """Do what the command line says."""
    options = parse(arguments)
    from benchmarks.speed.document import FOLDER, run, write
    from benchmarks.speed.sections import Settings

    if options.command == "write":
        (FOLDER / "RESULTS.md").write_text(write(), encoding="utf-8")
    else:
        run(list(options.sections), Settings(options.out, options.peer_python, options.quick))


if __name__ == "__main__":
    main()
