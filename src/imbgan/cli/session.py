"""One run of a command: where it prints, and what an error becomes."""

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
from imbgan.data.writers import STANDARD_STREAM, check_place, write_bytes
from imbgan.exceptions import ImbganError, ImbganWarning, ParameterError

FAILED = 1
WRONG_USE = 2
INTERRUPTED = 130


def print_error(message: str) -> None:
    """Say on one line of standard error what went wrong."""
    print(f"imbgan: {one_line(message)}", file=sys.stderr)


@dataclass(frozen=True)
class Session:
    """What a command prints with.

    Parameters
    ----------
    quiet : bool
        Say nothing but warnings and errors.
    verbose : bool
        Show progress even where standard error is no terminal, and warnings of other packages.
    force : bool
        Overwrite what exists.
    json : str or None
        Where the result goes as JSON.
    data_on_stdout : bool
        Standard output carries a table or JSON; what people read goes to standard error.
    stdout : text stream
        The real one. While a command works, ``sys.stdout`` is standard error, so that no library writes into a table.
    """

    quiet: bool
    verbose: bool
    force: bool
    json: str | None
    data_on_stdout: bool
    stdout: TextIO
    warned: set[str] = field(default_factory=set)

    @property
    def shows_progress(self) -> bool:
        """Whether progress is shown: on a terminal, or when asked."""
        return not self.quiet and (self.verbose or sys.stderr.isatty())

    def note(self, text: str) -> None:
        """Say something in passing."""
        if not self.quiet:
            print(printable(text), file=sys.stderr)

    def finish(self, text: str, document: object) -> None:
        """Show the result: as text, and as JSON where that was asked for."""
        if self.json is not None:
            from imbgan._plain import to_json  # loads NumPy, which --help must not

            with self.output():
                write_bytes(f"{to_json(document)}\n".encode(), self.json, overwrite=self.force)
        if not self.quiet:
            print(printable(text), file=sys.stderr if self.data_on_stdout else self.stdout, flush=True)

    def output(self) -> contextlib.AbstractContextManager[object]:
        """Give standard output back while a table is written."""
        return contextlib.redirect_stdout(self.stdout)

    def warn(self, message: Warning | str, category: type[Warning], *place: object) -> None:
        """Show a warning of this package on one line, once; those of other packages only with --verbose."""
        del place  # file and line of the code that warned
        is_ours = issubclass(category, ImbganWarning)
        text = one_line(message) if is_ours else f"{category.__name__}: {one_line(message)}"
        if (is_ours or self.verbose) and text not in self.warned:
            self.warned.add(text)
            print(f"imbgan: warning: {text}", file=sys.stderr)


@contextlib.contextmanager
def session(
    *,
    quiet: bool,
    verbose: bool,
    debug: bool,
    force: bool = False,
    json: str | None = None,
    places: Sequence[str | None] = (),
) -> Generator[Session]:
    """Run a command: errors become one line and an exit code.

    ``places`` are the files, besides ``json``, that will be written; all are checked before the work begins.
    """
    outputs = [place for place in (*places, json) if place is not None]
    run = Session(quiet, verbose, force, json, STANDARD_STREAM in outputs, sys.stdout)
    with warnings.catch_warnings(), contextlib.redirect_stdout(sys.stderr):
        warnings.simplefilter("always")
        warnings.showwarning = run.warn
        try:
            _check_outputs(outputs, force)
            yield run
        except BrokenPipeError:
            # Whoever reads has enough. Nothing is left to be flushed to it when the interpreter ends.
            os.dup2(os.open(os.devnull, os.O_WRONLY), run.stdout.fileno())
            raise typer.Exit(FAILED) from None
        except Exception as error:
            if isinstance(error, typer.Exit):
                raise
            if was_stopped():
                raise KeyboardInterrupt from None
            if debug:
                traceback.print_exc()
            print_error(_message(error))
            raise typer.Exit(WRONG_USE if isinstance(error, ParameterError) else FAILED) from None


def _check_outputs(outputs: Sequence[str], force: bool) -> None:
    twice = next((place for i, place in enumerate(outputs) if place in outputs[:i]), None)
    if twice is not None:
        raise ParameterError(f"Only one output can go to {twice!r}. Name another place for the other.")
    for place in outputs:
        check_place(place, overwrite=force)


def _message(error: Exception) -> str:
    if isinstance(error, ImbganError | ImportError):
        return str(error)
    if isinstance(error, MemoryError):
        return "not enough memory for this table. Take fewer rows or columns."
    return f"{type(error).__name__}: {error} (run again with --debug for the traceback)"
