"""Run the benchmark, or write its page: ``python -m benchmarks.rules run|write``."""

import argparse
from pathlib import Path

from benchmarks.rules.document import write
from benchmarks.rules.running import run

HERE = Path(__file__).parent


def main() -> None:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.rules")
    parser.add_argument("what", choices=("run", "write"))
    parser.add_argument("--peer-python", help="Interpreter that has ctgan.")
    given = parser.parse_args()
    lines = HERE / "results" / "runs.jsonl"
    if given.what == "run":
        run(lines, given.peer_python)
    else:
        write(lines, HERE / "RESULTS.md")


main()
