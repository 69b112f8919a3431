"""Options that commands share."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

import typer

from imbgan.cli import checks
from imbgan.cli.names import LANGUAGES
from imbgan.exceptions import ParameterError

_COMMON = "Common options"
#: Steps of training for tables and for images.
STEPS, IMAGE_STEPS = 1500, 3000

Table = Annotated[
    str,
    typer.Argument(
        metavar="IN",
        help="Table to read: CSV, TSV, JSON lines, Parquet or Arrow, also compressed; - is standard input.",
        show_default=False,
        parser=checks.filled("IN", "the path of a table, or - for standard input"),
    ),
]
TableOrFolder = Annotated[
    str,
    typer.Argument(
        metavar="IN",
        help="Table to read: CSV, TSV, JSON lines, Parquet or Arrow, also compressed; - is standard input. Or a folder "
        "that holds one folder of images per class.",
        show_default=False,
        parser=checks.filled("IN", "the path of a table or of a folder of images, or - for standard input"),
    ),
]
Target = Annotated[
    str | None, typer.Option("--target", "-t", metavar="COL", help="Column of the class labels; tables need it.")
]
Output = Annotated[
    str,
    typer.Option(
        "--output",
        "-o",
        metavar="OUT",
        help="File to write; its ending determines the format; - is standard output. For images, a folder to create.",
        parser=checks.filled("--output", "the path of a file, or - for standard output"),
    ),
]
OutputFormat = Annotated[
    str | None,
    typer.Option("--output-format", metavar="FORMAT", help="Format of OUT if its name does not tell it, such as csv."),
]


class OfIdentifiers(StrEnum):
    """What generated rows hold in columns that identify."""

    fresh = "fresh"
    missing = "missing"
    keep = "keep"


Identifiers = Annotated[
    OfIdentifiers,
    typer.Option(
        "--identifiers",
        help="What generated rows hold in columns that identify persons or rows: fresh values that no row of the table "
        "has, missing cells, or (keep) values of real rows.",
    ),
]
MaxIter = Annotated[
    int | None,
    typer.Option(
        "--max-iter",
        metavar="N",
        help="Maximum number of training steps; training can stop early.",
        show_default=f"{STEPS}; {IMAGE_STEPS} for images",
        parser=checks.whole("--max-iter", 1, 2**31 - 1),
    ),
]
#: Of commands that choose the training of tables themselves.
MaxIterOfImages = Annotated[
    int | None,
    typer.Option(
        "--max-iter",
        metavar="N",
        help="For folders of images: maximum number of training steps; training can stop early.",
        show_default=str(IMAGE_STEPS),
        parser=checks.whole("--max-iter", 1, 2**31 - 1),
    ),
]
Seed = Annotated[
    int,
    typer.Option(
        "--seed",
        metavar="N",
        help="The same seed gives the same result.",
        parser=checks.whole("--seed", 0, 2**32 - 1),
        rich_help_panel=_COMMON,
    ),
]
Json = Annotated[
    str | None,
    typer.Option(
        "--json",
        metavar="PATH",
        help="Write the result as JSON; - is standard output.",
        parser=checks.filled("--json", "the path of a file, or - for standard output"),
        rich_help_panel=_COMMON,
    ),
]
Report = Annotated[
    str | None,
    typer.Option(
        "--report",
        metavar="HTML",
        help="Write a report page (HTML).",
        parser=checks.filled("--report", "the path of a file"),
    ),
]
Lang = Annotated[
    str | None,
    typer.Option(
        "--lang",
        metavar="LANG",
        help="Language of the report page: en (English, the default) or zh (Chinese).",
        parser=checks.name("--lang", LANGUAGES),
        autocompletion=checks.complete(LANGUAGES),
    ),
]
Force = Annotated[bool, typer.Option("--force", "-f", help="Overwrite existing files.", rich_help_panel=_COMMON)]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print only warnings and errors.", rich_help_panel=_COMMON)]
Verbose = Annotated[
    bool,
    typer.Option(
        "--verbose", "-v", help="Show progress even without a terminal, and all warnings.", rich_help_panel=_COMMON
    ),
]
Debug = Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.", rich_help_panel=_COMMON)]


@dataclass(frozen=True)
class Common:
    """What every command is told about its output."""

    json: str | None
    force: bool
    quiet: bool
    verbose: bool
    debug: bool


def common_of(
    *, json: Json = None, force: Force = False, quiet: Quiet = False, verbose: Verbose = False, debug: Debug = False
) -> Common:
    """Return the options that every command has."""
    return Common(json, force, quiet, verbose, debug)


def changed(identifiers: OfIdentifiers) -> OfIdentifiers | None:
    """Return what was chosen of identifiers, None if it is the default."""
    return None if identifiers is OfIdentifiers.fresh else identifiers


def language(lang: str | None, report: str | None) -> str:
    """Return the language of the report page; without a page, none can be chosen."""
    if lang is not None and report is None:
        raise ParameterError("--lang is the language of the report page. Name the page with --report as well.")
    return lang or "en"
