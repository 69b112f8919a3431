"""Command line: ``python -m benchmarks.text run``, ``crowding`` and ``write``."""

import argparse
import os
from collections.abc import Sequence
from pathlib import Path

# Before anything loads a numerical library: a run is one core.
os.environ.setdefault("OMP_NUM_THREADS", "1")


def parse(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    from benchmarks.text.arms import ARMS
    from benchmarks.text.encoders import ENCODERS
    from benchmarks.text.learners import LEARNERS
    from benchmarks.text.recommended import AUTO, MEANS
    from benchmarks.text.texts import RARE_COUNTS, SETS

    parser = argparse.ArgumentParser(prog="python -m benchmarks.text", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run", help="run what there are no lines for yet, and append it to results/SET.jsonl")
    run.add_argument("--set", nargs="+", choices=tuple(SETS), default=tuple(SETS), help="default: all")
    run.add_argument("--draws", nargs="+", type=int, default=range(5), help="default: 0 to 4; choices use 100 and on")
    run.add_argument("--rare", nargs="+", type=int, choices=RARE_COUNTS, default=RARE_COUNTS)
    everything = (*ENCODERS, *MEANS, AUTO)
    run.add_argument("--encoders", nargs="+", choices=everything, default=everything, help="default: all")
    run.add_argument("--arms", nargs="+", choices=ARMS, help="default: all")
    run.add_argument("--learners", nargs="+", choices=tuple(LEARNERS), default=tuple(LEARNERS), help="default: all")
    run.add_argument("--out", type=Path, help="folder of lines (default: results)")
    crowding = commands.add_parser("crowding", help="run rules that keep a part of the generated rows; minutes")
    crowding.add_argument("--draws", nargs="+", type=int, default=(100, 101), help="default: 100 101")
    crowding.add_argument("--rare", nargs="+", type=int, choices=RARE_COUNTS, default=(20, 50), help="default: 20 50")
    commands.add_parser("write", help="write RESULTS.md from all lines and the notes")
    return parser.parse_args(arguments)


def main() -> None:
    """Do what the command line says."""
    options = parse()
    from benchmarks.text.run import RESULTS, run

    if options.command == "write":
        from benchmarks.text.document import write

        write(RESULTS, RESULTS.parent / "RESULTS.md")
        return
    if options.command == "crowding":
        from benchmarks.text.crowding import run as run_crowding
        from benchmarks.text.texts import SETS

        run_crowding(SETS, options.draws, options.rare)
        return
    run(
        options.set,
        options.draws,
        options.rare,
        options.out or RESULTS,
        chosen=options.encoders,
        arms=options.arms,
        learners=options.learners,
    )


if __name__ == "__main__":
    main()
