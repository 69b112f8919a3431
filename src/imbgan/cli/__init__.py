"""The command line parses arguments, calls the package and prints results.

Slow imports happen in :func:`main`, so that an interruption at any time, even at the start, ends in the same way.
"""

import sys

TYPE_CHECKING = False  # the name that type checkers know, without loading ``typing``
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import NoReturn


def main(arguments: "Sequence[str] | None" = None) -> "NoReturn":
    """Run ``imbgan`` with these arguments, by default those of the process, and exit.

    Exit codes are 0 (success), 1 (the work failed), 2 (wrong use), 130 (interrupted) and 143 (terminated).
    """
    try:
        from imbgan.cli.interruption import ignore_interrupts, stoppable

        with stoppable():
            from imbgan.cli.app import run

            status = run(arguments)
        if arguments is None:
            ignore_interrupts()
    except KeyboardInterrupt:
        status = _say_stopped(is_last=arguments is None)
    sys.exit(status)


def _say_stopped(*, is_last: bool) -> int:
    from imbgan.cli.interruption import WORDS, ignore_interrupts, stopped_by

    if is_last:  # only the end of the process follows
        ignore_interrupts()
    signal = stopped_by()
    print(f"imbgan: {WORDS[signal]}", file=sys.stderr)
    return 128 + signal
