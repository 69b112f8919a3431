"""Command line: ``python -m benchmarks.public run COLLECTION``, ``show COLLECTION`` and ``write``."""

import argparse
import os
from collections.abc import Sequence
from pathlib import Path

# Before anything loads a numerical library: a run is one core, and programs are compiled once for all runs.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("JAX_COMPILATION_CACHE_DIR", str(Path(".cache/jax").resolve()))
os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS", "0")

NAMES = ("convgen", "study", "climb")


def parse(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.public", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run", help="run what there are no results for yet, and append it to a file of lines")
    show = commands.add_parser("show", help="print means, ranks and tests as Markdown, with the published figures")
    commands.add_parser("write", help="write RESULTS.md from all lines and the notes")
    for command in (run, show):
        command.add_argument("collection", choices=NAMES, help="'climb' needs a network")
        command.add_argument("--out", type=Path, help="file of lines (default: results/COLLECTION.jsonl)")
    run.add_argument("--tables", nargs="+", help="names of data sets (default: all)")
    run.add_argument("--methods", nargs="+", help="default: all")
    run.add_argument("--learners", nargs="+", help="default: those of the publication")
    run.add_argument("--repeats", type=int, help="default: as published, 5 for convgen and otherwise 1")
    run.add_argument("--members", type=int, help="members of ensembles (default: 16, and 100 for climb)")
    run.add_argument("--jobs", type=int, default=os.cpu_count(), help="processes (default: one per core)")
    return parser.parse_args(arguments)


def main() -> None:
    """Do what the command line says."""
    options = parse()
    from benchmarks.public import collections
    from benchmarks.public.methods import METHODS

    if options.command == "write":
        from benchmarks.public.document import write

        write(collections.RESULTS, collections.RESULTS.parent / "RESULTS.md")
        return
    path = options.out or collections.RESULTS / f"{options.collection}.jsonl"
    if options.command == "show":
        from benchmarks.public.records import read
        from benchmarks.public.report import report

        print("\n".join(report(options.collection, read(path))))
        return
    learners = collections.COLLECTIONS[options.collection].learners
    for asked, known, what in ((options.methods, METHODS, "--methods"), (options.learners, learners, "--learners")):
        unknown = sorted(set(asked or ()) - set(known))
        if unknown:
            raise SystemExit(f"{what} must be among {', '.join(known)}. Got {unknown[0]!r}.")
    collections.run(
        options.collection,
        path,
        tables=options.tables,
        methods=options.methods,
        learners=options.learners,
        n_repeats=options.repeats,
        n_members=options.members,
        n_jobs=options.jobs,
    )


if __name__ == "__main__":
    main()
