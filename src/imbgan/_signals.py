"""Signals that a terminal sends to all processes of a command."""

import contextlib
import signal
from collections.abc import Generator


@contextlib.contextmanager
def shielded() -> Generator[None]:
    """Protect processes that are started within from Ctrl-C, which terminals send to all of them.

    Otherwise each would print a traceback. This process gets the signal when the context ends.
    """
    block = getattr(signal, "pthread_sigmask", None)  # not on Windows
    if block is None:
        yield
        return
    before = block(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        block(signal.SIG_SETMASK, before)
