"""The command line: parses, calls the package, prints."""

import sys
from collections.abc import Sequence
from typing import NoReturn


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run ``imbgan`` with these arguments, by default those of the process, and exit.

    Exit codes: 0 done, 1 the work failed, 2 wrong use, 130 interrupted.
    """
    try:
        # Inside, so that an interruption while modules are loaded shows no traceback either.
        from imbgan.cli.app import run

        status = run(arguments)
    except KeyboardInterrupt:
        print("imbgan: interrupted", file=sys.stderr)
        status = 130
    sys.exit(status)
