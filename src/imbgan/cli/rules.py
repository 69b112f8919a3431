"""Rules of a table on the command line: those of a file, or those that the table obeys."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from imbgan.cli import checks
from imbgan.cli.session import Session
from imbgan.exceptions import ImbganError, ParameterError

if TYPE_CHECKING:
    from imbgan.tabular.rules import Rule

FOUND = "found"
Rules = Annotated[
    str | None,
    typer.Option(
        "--rules",
        metavar="JSON|found",
        help="What holds in every row, so that it holds in generated ones: a file with a list of rules, or what imbgan "
        "describe --json wrote, or found for those that describe finds.",
        parser=checks.filled("--rules", f"the path of a JSON file, or {FOUND!r}"),
    ),
]


def rules_of(run: Session, given: str | None, X: object, y: object) -> "list[Rule] | None":
    """Return the rules that an option names, and tell those that were found.

    Raises
    ------
    ParameterError
        If a file cannot be read, or holds something else.
    """
    if given is None:
        return None
    if given != FOUND:
        return _read(given)
    from imbgan.quality import describe

    rules = list(describe(X, y).rules)
    run.note(f"Rules that every row obeys: {', '.join(map(repr, rules))}." if rules else "No rules were found.")
    return rules or None


def rules_of_batches(given: str | None) -> "list[Rule]":
    """Return the rules that an option names for a table that is read in batches.

    Raises
    ------
    ParameterError
        If a file cannot be read, or holds something else; also if rules must be found, which takes the whole table.
    """
    if given == FOUND:
        raise ParameterError(
            "--rules found needs a table in memory. Have rules found for one of the files (imbgan describe FILE --json "
            "RULES), check them, and name them: --rules RULES."
        )
    return [] if given is None else _read(given)


def _read(path: str) -> "list[Rule]":
    from imbgan.tabular.rules import rule_from_document

    try:
        document: object = json.loads(Path(path).read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise ParameterError(f"--rules must name a JSON file of rules. {path!r} cannot be read: {error}.") from error
    if isinstance(document, dict):
        document = cast("dict[str, object]", document).get("rules")
    if not isinstance(document, list):
        raise ParameterError(
            f"--rules must name a JSON file of a list of rules, such as "
            f'[{{"rule": "less", "columns": ["start", "end"]}}]. {path!r} holds none.'
        )
    try:
        return [rule_from_document(rule) for rule in cast("list[dict[str, object]]", document)]
    except ImbganError as error:
        raise ParameterError(f"--rules {path!r}: {error}") from error
