"""Command line of the benchmark: ``python -m benchmarks.quality run`` and ``write``."""

import argparse
import os
from collections.abc import Sequence
from pathlib import Path

# Before anything loads a numerical library: a run is one core, and programs are compiled once for all runs.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("JAX_COMPILATION_CACHE_DIR", str(Path(".cache/jax").resolve()))
os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS", "0")

HERE = Path(__file__).parent
# What --quick runs: small tables, quick learners, the arms that the headline is about.
QUICK_TABLES = ("haberman", "oil_spill", "stroke", "breast_cancer")
QUICK_METHODS = ("none", "class_weight", "smote", "gan", "gan_bagging", "bags")
QUICK_LEARNERS = ("logistic_regression", "decision_tree", "lightgbm")


def parse(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.quality", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run", help="run what there are no results for yet, and append it to results/*.jsonl")
    run.add_argument("--half", choices=["development", "validation"], action="append", help="default: both")
    run.add_argument("--group", default="main", help="'main', 'slow' (peers that take minutes) or an ablation")
    run.add_argument("--folds", type=int, default=1, help="three are one repeat (default 1)")
    run.add_argument("--tables", nargs="+", help="default: all of the half")
    run.add_argument("--rare", nargs="+", help="thinnings, such as: 20 50 natural")
    run.add_argument("--methods", nargs="+", help="default: all of the group")
    run.add_argument("--jobs", type=int, default=os.cpu_count(), help="processes (default: one per core)")
    run.add_argument("--quick", action="store_true", help="a few small tables and arms, to see that all works")
    commands.add_parser(
        "write", help="rebuild RESULTS.md, its figures and its excerpts in other pages from results/*.jsonl"
    )
    return parser.parse_args(arguments)


def run(options: argparse.Namespace) -> None:
    """Run one group on the cases that are asked for."""
    from benchmarks.quality import ablations, methods, tables
    from benchmarks.quality.records import grouped, read
    from benchmarks.quality.rows import means_table
    from benchmarks.quality.run import RESULTS
    from benchmarks.quality.run import run as run_all

    if options.quick:
        cases = [case for case in tables.cases("development") if case.table in QUICK_TABLES and case.rare == 20]
        arms = [methods.METHODS[name] for name in QUICK_METHODS]
        path = Path("quality-output") / "quick.jsonl"
        run_all("main", cases, range(1), arms, path, learners=QUICK_LEARNERS, n_jobs=options.jobs)
        results = grouped(read(path.parent))["development", "main"]
        print("\n".join(means_table(results, [name for name in QUICK_METHODS if name in results.methods])))
        print(f"Results are in {path}.")
        return
    if options.group in ("main", "slow"):
        known = methods.METHODS if options.group == "main" else methods.SLOW_METHODS
        label = "main"
        jobs = [(half, list(tables.cases(half)), methods.LEARNERS) for half in options.half or tables.HALVES]
    else:
        if options.group not in ablations.GROUPS:
            raise SystemExit(f"--group must be main, slow or one of {', '.join(ablations.GROUPS)}.")
        group = ablations.GROUPS[options.group]
        known = {method.name: method for method in group.methods}
        label = group.label
        jobs = [("ablations", list(group.cases), group.learners)]
    unknown = sorted(set(options.methods or ()) - set(known))
    if unknown:
        raise SystemExit(f"--methods must be among {', '.join(known)}. Got {unknown[0]!r}.")
    arms = [method for name, method in known.items() if not options.methods or name in options.methods]
    for name, cases, learners in jobs:
        if options.tables:
            cases = [case for case in cases if case.table in options.tables]
        if options.rare:
            cases = [case for case in cases if str(case.rare) in options.rare]
        run_all(
            label, cases, range(options.folds), arms, RESULTS / f"{name}.jsonl", learners=learners, n_jobs=options.jobs
        )


def main() -> None:
    """Do what the command line says."""
    options = parse()
    if options.command == "run":
        run(options)
    else:
        from benchmarks.quality.document import write
        from benchmarks.quality.excerpts import fill_all
        from benchmarks.quality.records import grouped, read
        from benchmarks.quality.run import RESULTS

        write(RESULTS, HERE / "RESULTS.md")
        fill_all(HERE.parent.parent, grouped(read(RESULTS)))


if __name__ == "__main__":
    main()
