"""Options that commands share."""

from typing import Annotated

import typer

_COMMON = "Common options"

Table = Annotated[
    str,
    typer.Argument(
        metavar="IN",
        help="Table to read: CSV, TSV, JSON lines, Parquet or Arrow, also compressed; - is standard input.",
        show_default=False,
    ),
]
Target = Annotated[str, typer.Option("--target", "-t", metavar="COL", help="Column of the class labels.")]
Output = Annotated[
    str,
    typer.Option(
        "--output", "-o", metavar="OUT", help="File to write; its ending determines the format; - is standard output."
    ),
]
OutputFormat = Annotated[
    str | None,
    typer.Option("--output-format", metavar="FORMAT", help="Format of OUT if its name does not tell it, such as csv."),
]
MaxIter = Annotated[
    int,
    typer.Option("--max-iter", min=1, metavar="N", help="Maximum number of training steps; training can stop early."),
]
Seed = Annotated[
    int,
    typer.Option(
        "--seed",
        min=0,
        max=2**32 - 1,
        metavar="N",
        help="The same seed gives the same result.",
        rich_help_panel=_COMMON,
    ),
]
Json = Annotated[
    str | None,
    typer.Option(
        "--json", metavar="PATH", help="Write the result as JSON; - is standard output.", rich_help_panel=_COMMON
    ),
]
Report = Annotated[str | None, typer.Option("--report", metavar="HTML", help="Write a report page (HTML).")]
Force = Annotated[bool, typer.Option("--force", "-f", help="Overwrite existing files.", rich_help_panel=_COMMON)]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print only warnings and errors.", rich_help_panel=_COMMON)]
Verbose = Annotated[
    bool,
    typer.Option(
        "--verbose", "-v", help="Show progress even without a terminal, and all warnings.", rich_help_panel=_COMMON
    ),
]
Debug = Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.", rich_help_panel=_COMMON)]
