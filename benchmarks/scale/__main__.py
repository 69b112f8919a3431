"""Command line: ``python -m benchmarks.scale make``, ``memory``, ``learn`` and ``write``."""

import argparse
from collections.abc import Sequence
from pathlib import Path

MILLIONS = (5, 20, 50)


def parse(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    from benchmarks.scale.learning import ARMS, SETTINGS
    from benchmarks.scale.memory import STEPS

    parser = argparse.ArgumentParser(prog="python -m benchmarks.scale", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    place = argparse.ArgumentParser(add_help=False)
    place.add_argument(
        "--data", type=Path, default=Path(".cache/scale"), help="folder of the tables; 90 MB per million"
    )
    place.add_argument("--millions", nargs="+", type=int, default=MILLIONS, help="rows; default: 5 20 50")
    commands.add_parser("make", parents=[place], help="make the tables that are not there yet")
    memory = commands.add_parser("memory", parents=[place], help="measure the steps that have no line yet")
    memory.add_argument("--steps", nargs="+", choices=(*STEPS, "copy"), default=(*STEPS, "copy"))
    learn = commands.add_parser("learn", parents=[place], help="train the arms that have no line yet")
    learn.add_argument("--of", nargs="+", type=int, default=(1, 10), help="million rows of a draw; default: 1 10")
    learn.add_argument("--draws", nargs="+", type=int, default=range(3), help="default: 0 to 2")
    learn.add_argument("--arms", nargs="+", choices=tuple(ARMS), default=tuple(ARMS))
    learn.add_argument("--settings", nargs="+", choices=tuple(SETTINGS), default=("careful",))
    copy = commands.add_parser("copy", help="copy Parquet files through PyArrow")
    copy.add_argument("source", type=Path)
    copy.add_argument("target", type=Path)
    commands.add_parser("write", help="write RESULTS.md and memory.svg from all lines and the notes")
    return parser.parse_args(arguments)


def main() -> None:
    """Do what the command line says."""
    options = parse()
    from benchmarks.scale import document, learn, memory

    if options.command == "copy":
        memory.copy(options.source, options.target)
    elif options.command == "write":
        document.write(Path(__file__).parent)
    else:
        options.data.mkdir(parents=True, exist_ok=True)
        memory.make(options.data, options.millions)
        if options.command == "memory":
            memory.run(options.data, options.millions, options.steps)
        elif options.command == "learn":
            ways = [(arm, setting) for arm in options.arms for setting in options.settings]
            learn.run(options.data, max(options.millions), options.of, options.draws, ways)


if __name__ == "__main__":
    main()
