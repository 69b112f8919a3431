"""Handling of the signals that stop the process, Ctrl-C and termination, at any time."""

import contextlib
import signal
import sys
import threading
from _thread import interrupt_main
from collections.abc import Generator
from types import FrameType
from typing import Any

#: The text that is printed for each signal. The exit code is 128 plus its number, as in shells.
WORDS = {signal.SIGINT: "interrupted", signal.SIGTERM: "terminated"}

_received: list[signal.Signals] = []


class Stop(KeyboardInterrupt):
    """Raised in the main thread when a signal arrives, so that unfinished work is undone while it propagates."""


def was_stopped() -> bool:
    """Whether a signal came in: libraries turn the exception into others, such as an ImportError, while they load."""
    return bool(_received)


def stopped_by() -> signal.Signals:
    """Return the first signal that arrived."""
    return _received[0] if _received else signal.SIGINT


def ignore_interrupts() -> None:
    """Ignore further signals, since a second Ctrl-C would print a traceback after the last line."""
    with contextlib.suppress(ValueError):  # not the main thread
        signal.signal(signal.SIGINT, signal.SIG_IGN)


@contextlib.contextmanager
def stoppable() -> Generator[None]:
    """Raise :class:`Stop` when a signal arrives, even where Python would only report an exception and continue."""
    _received.clear()
    report, reminders = sys.unraisablehook, list[threading.Timer]()

    def remind_or_report(unraisable: "sys.UnraisableHookArgs") -> None:
        if isinstance(unraisable.exc_value, KeyboardInterrupt):
            # Raise again after the destructor or callback in which the exception was lost has returned.
            reminders.append(threading.Timer(0.01, _send_to_main))
            reminders[-1].daemon = True
            reminders[-1].start()
        else:
            report(unraisable)

    before = _install()
    sys.unraisablehook = remind_or_report
    try:
        yield
    finally:
        for reminder in reminders:
            reminder.cancel()
        sys.unraisablehook = report
        for number, handler in before.items():
            signal.signal(number, handler)


def _send_to_main() -> None:
    if hasattr(signal, "pthread_kill"):  # wakes the main thread if it waits
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
    else:
        interrupt_main()


def _install() -> dict[signal.Signals, Any]:
    before: dict[signal.Signals, Any] = {}
    for number in WORDS:
        handler = signal.getsignal(number)
        # A signal that the caller ignores, as nohup does, stays ignored.
        if handler in (signal.SIG_DFL, signal.default_int_handler):
            with contextlib.suppress(ValueError):  # only the main thread may set handlers
                signal.signal(number, _stop)
                before[number] = handler
    return before


def _stop(number: int, frame: FrameType | None) -> None:
    del frame
    _received.append(signal.Signals(number))
    raise Stop
