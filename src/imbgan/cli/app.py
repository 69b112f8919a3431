"""The application: all commands, and the handling of wrong use."""

import io
import shutil
import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from imbgan import __version__
from imbgan.cli.assess import assess
from imbgan.cli.audit import audit
from imbgan.cli.compare import compare
from imbgan.cli.describe import describe
from imbgan.cli.info import info
from imbgan.cli.models import fit, generate
from imbgan.cli.predict import predict
from imbgan.cli.resample import resample
from imbgan.cli.session import INTERRUPTED, WRONG_USE, print_error
from imbgan.cli.train import train

ROOM_FOR_BOXES = 70

app = typer.Typer(
    name="imbgan",
    help="Generate rows of rare classes with generative adversarial networks, and measure whether it is worth it.",
    epilog="Start with: imbgan describe train.csv --target COL",
    # In narrow terminals, the boxes of Rich would cut off the names of options.
    rich_markup_mode="rich" if shutil.get_terminal_size().columns >= ROOM_FOR_BOXES else None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

_TABLE = "--target fraud"
app.command(epilog=f"Example: imbgan describe train.csv {_TABLE}")(describe)
app.command(epilog=f"Example: imbgan compare train.csv {_TABLE} --estimator lightgbm --report verdict.html")(compare)
app.command(epilog=f"Example: imbgan resample train.csv {_TABLE} -o balanced.parquet --mark generated")(resample)
app.command(epilog=f"Example: imbgan fit train.csv {_TABLE} -o model/")(fit)
app.command(epilog=f"Example: imbgan train train.csv {_TABLE} -o model/")(train)
app.command(epilog="Example: imbgan predict model/ new.csv -o scores.parquet")(predict)
app.command(epilog="Example: imbgan generate model/ --label yes -n 10000 -o rows.parquet")(generate)
app.command(epilog=f"Example: imbgan assess train.csv rows.parquet {_TABLE} --holdout test.csv")(assess)
app.command(epilog=f"Example: imbgan audit train.csv {_TABLE} --source gan,smote --report audit.html")(audit)
app.command(epilog="Example: imbgan info --json info.json")(info)


def _show_version(asked: bool) -> None:
    if asked:
        typer.echo(f"imbgan {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[  # its callback does the work
        bool, typer.Option("--version", help="Show the version and exit.", callback=_show_version, is_eager=True)
    ] = False,
) -> None:
    """Declare the options that belong to no command."""


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    for stream in (sys.stdout, sys.stderr):
        # If a terminal cannot show a character, it shows the escape of the character instead of an error.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    given = list(sys.argv[1:] if arguments is None else arguments)
    command = typer.main.get_command(app)
    try:
        status = command.main(args=given or ["--help"], prog_name="imbgan", standalone_mode=False)
    except typer.Abort:  # what older versions of Typer make of an interruption
        raise KeyboardInterrupt from None
    except Exception as error:
        # Wrong use: Typer's errors have no public base class.
        show = getattr(error, "format_message", None)
        if show is None:
            raise
        context = getattr(error, "ctx", None)
        path = context.command_path if context else "imbgan"
        print_error(f"{show()} See: {path} --help")
        return WRONG_USE
    if status == INTERRUPTED:  # what newer ones make of it
        raise KeyboardInterrupt
    return status if isinstance(status, int) else 0
