"""The options that say how a table is read, which commands share as one argument."""

from collections.abc import Sequence
from typing import Annotated

import typer

from imbgan.data.reading import Reading
from imbgan.exceptions import ParameterError

_PANEL = "How the table is read"

Format = Annotated[
    str | None,
    typer.Option(
        "--format",
        metavar="FORMAT",
        help="Format of IN if its name does not tell it, such as csv.",
        rich_help_panel=_PANEL,
    ),
]
Encoding = Annotated[
    str, typer.Option("--encoding", help="Encoding of text files, such as cp1252.", rich_help_panel=_PANEL)
]
Delimiter = Annotated[
    str | None,
    typer.Option(
        "--delimiter", metavar="SIGN", help="Sign between fields, such as ';' or tab.", rich_help_panel=_PANEL
    ),
]
Decimal = Annotated[
    str | None,
    typer.Option("--decimal", metavar="SIGN", help="Decimal sign of numbers: . or ,", rich_help_panel=_PANEL),
]
Thousands = Annotated[
    str | None,
    typer.Option(
        "--thousands",
        metavar="SIGN",
        help="Sign between thousands: , or . or ' or space, or none.",
        rich_help_panel=_PANEL,
    ),
]
DateOrder = Annotated[
    str | None,
    typer.Option(
        "--date-order", metavar="ORDER", help="Order of day, month and year: dmy, mdy or ymd.", rich_help_panel=_PANEL
    ),
]
Sheet = Annotated[
    str | None,
    typer.Option(
        "--sheet", metavar="NAME", help="Sheet of a spreadsheet; by default the first table.", rich_help_panel=_PANEL
    ),
]
Missing = Annotated[
    list[str] | None,
    typer.Option(
        "--missing", metavar="TEXT", help="Read this text as missing as well. Repeatable.", rich_help_panel=_PANEL
    ),
]
Kind = Annotated[
    list[str] | None,
    typer.Option(
        "--kind",
        "--cast",
        metavar="COL=KIND",
        help="Read this column as text (a category), number, integer, boolean, date, datetime or time. Repeatable.",
        rich_help_panel=_PANEL,
    ),
]
Drop = Annotated[
    list[str] | None,
    typer.Option(
        "--drop",
        metavar="A,B",
        help="Drop these columns, such as identifiers: one name, or names between commas. Repeatable.",
        rich_help_panel=_PANEL,
    ),
]
DropMissing = Annotated[
    bool, typer.Option("--drop-missing-target", help="Drop rows without a label.", rich_help_panel=_PANEL)
]


def reading_of(
    *,
    drop: Drop = None,
    kind: Kind = None,
    drop_missing_target: DropMissing = False,
    missing: Missing = None,
    decimal: Decimal = None,
    thousands: Thousands = None,
    date_order: DateOrder = None,
    delimiter: Delimiter = None,
    encoding: Encoding = "utf-8",
    format: Format = None,
    sheet: Sheet = None,
) -> Reading:
    """Return how a table is read, from the options of a command."""
    return Reading(
        format=format,
        encoding=encoding,
        delimiter=delimiter,
        decimal=decimal,
        thousands=thousands,
        date_order=date_order,
        sheet=sheet,
        missing=tuple(missing or ()),
        kinds=_kinds(kind or ()),
        drop=tuple(drop or ()),
        drop_missing=drop_missing_target,
    )


def _kinds(texts: Sequence[str]) -> dict[str, str]:
    """Return the kind of each column, from texts such as ``"age=number"``."""
    kinds: dict[str, str] = {}
    for text in texts:
        name, sign, wanted = text.rpartition("=")
        if not sign:
            raise ParameterError(f"--kind takes a column and its kind, such as --kind age=number. Got {text!r}.")
        kinds[name] = wanted
    return kinds
