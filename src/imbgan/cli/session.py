"""One run of a command: its output, and the handling of errors."""

import contextlib
import os
import sys
import traceback
import warnings
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from typing import TextIO

import typer

from imbgan._text import one_line, printable
from imbgan.cli.interruption import was_stopped
from imbgan.cli.options import Common
from imbgan.data.writers import STANDARD_STREAM, check_place, write_bytes
from imbgan.exceptions import ImbganError, ImbganWarning, ParameterError

FAILED = 1
WRONG_USE = 2
INTERRUPTED = 130


def print_error(message: str) -> None:
    """Print an error on one line of standard error."""
    print(f"imbgan: {one_line(message)}", file=sys.stderr)


@dataclass(frozen=True)
class Session:
    """The output of a command.

    Parameters
    ----------
    common : Common
        The options that every command has.
    data_on_stdout : bool
        Whether standard output carries a table or JSON, so that messages go to standard error.
    stdout : text stream
        The real standard output. While a command works, ``sys.stdout`` is standard error, so that no library writes
        into a table.
    """

    common: Common
    data_on_stdout: bool
    stdout: TextIO
    warned: set[str] = field(default_factory=set)

    @property
    def shows_progress(self) -> bool:
        """Whether progress is shown, which is the default on terminals."""
        return not self.common.quiet and (self.common.verbose or sys.stderr.isatty())

    def note(self, text: str) -> None:
        """Print a message that is not the result."""
        if not self.common.quiet:
            print(printable(text), file=sys.stderr)

    def finish(self, text: str, document: object) -> None:
        """Print the result as text, and as JSON if requested."""
        if self.common.json is not None:
            from imbgan._plain import to_json  # loads NumPy, which --help must not

            with self.output():
                write_bytes(f"{to_json(document)}\n".encode(), self.common.json, overwrite=self.common.force)
        if not self.common.quiet:
            print(printable(text), file=sys.stderr if self.data_on_stdout else self.stdout, flush=True)

    def output(self) -> contextlib.AbstractContextManager[object]:
        """Restore standard output while a table is written."""
        return contextlib.redirect_stdout(self.stdout)

    def warn(self, message: Warning | str, category: type[Warning], *place: object) -> None:
        """Print a warning of this package once, on one line; print those of other packages only with --verbose."""
        del place  # file and line of the code that warned
        is_ours = issubclass(category, ImbganWarning)
        text = one_line(message) if is_ours else f"{category.__name__}: {one_line(message)}"
        if (is_ours or self.common.verbose) and text not in self.warned:
            self.warned.add(text)
            print(f"imbgan: warning: {text}", file=sys.stderr)


@contextlib.contextmanager
def session(common: Common, *, places: Sequence[str | None] = ()) -> Generator[Session]:
    """Run a command: errors become one line and an exit code.

    ``places`` are the files that will be written in addition to ``common.json``; all are checked before the work
    starts.
    """
    outputs = [place for place in (*places, common.json) if place is not None]
    has_stdout = sys.stdout is not None  # shells can close it
    run = Session(common, STANDARD_STREAM in outputs, sys.stdout)
    with warnings.catch_warnings(), contextlib.redirect_stdout(sys.stderr):
        warnings.simplefilter("always")
        warnings.showwarning = run.warn
        try:
            if run.data_on_stdout and not has_stdout:
                raise ParameterError("Standard output is closed. Name a file instead of '-'.")
            _check_outputs(outputs, common.force)
            yield run
        except BrokenPipeError:
            # The reader of the pipe has closed it, so nothing may be flushed to it when the interpreter ends.
            os.dup2(os.open(os.devnull, os.O_WRONLY), run.stdout.fileno())
            raise typer.Exit(FAILED) from None
        except Exception as error:
            if isinstance(error, typer.Exit):
                raise
            if was_stopped():
                raise KeyboardInterrupt from None
            if common.debug:
                traceback.print_exc()
            print_error(_message(error))
            raise typer.Exit(WRONG_USE if isinstance(error, ParameterError) else FAILED) from None


def check_distinct(outputs: Sequence[str]) -> None:
    """Refuse two outputs for one place, however its name is written."""
    places = [place if place == STANDARD_STREAM else os.path.realpath(place) for place in outputs]
    twice = next((output for i, output in enumerate(outputs) if places[i] in places[:i]), None)
    if twice is not None:
        raise ParameterError(f"Only one output can go to {twice!r}. Name another place for the other one.")


def _check_outputs(outputs: Sequence[str], force: bool) -> None:
    for place in outputs:
        check_place(place, overwrite=force)
    check_distinct(outputs)


def _message(error: Exception) -> str:
    if isinstance(error, ImbganError | ImportError):
        return str(error)
    if isinstance(error, MemoryError):
        return "There is not enough memory for this table. Use fewer rows or columns."
    if isinstance(error, OSError) and error.strerror:
        place = repr(error.filename) if error.filename else "an input or output"
        return f"the operating system refused {place}: {error.strerror}."
    return f"{type(error).__name__}: {error} (run again with --debug for the traceback)"
