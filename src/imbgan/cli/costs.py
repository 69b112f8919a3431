"""The options that say what wrong decisions cost, and how many alerts can be looked at."""

from collections.abc import Sequence
from typing import Annotated, Any

import typer

from imbgan._text import quoted
from imbgan.cli import checks
from imbgan.exceptions import ParameterError

_PANEL = "Costs and alerts"

CostMissed = Annotated[
    float | None,
    typer.Option(
        "--cost-missed",
        metavar="MONEY",
        help="Cost of a row of the rare class that is missed.",
        parser=checks.above_zero("--cost-missed", 1e12),
        rich_help_panel=_PANEL,
    ),
]
CostAlarm = Annotated[
    float | None,
    typer.Option(
        "--cost-alarm",
        metavar="MONEY",
        help="Cost of a false alarm.",
        parser=checks.above_zero("--cost-alarm", 1e12),
        rich_help_panel=_PANEL,
    ),
]
CostPairs = Annotated[
    list[str] | None,
    typer.Option(
        "--cost",
        metavar="TRUE=PREDICTED=MONEY",
        help="Cost of predicting one class for a row of another one, such as ok=fraud=10. Repeatable: with more than "
        "two classes, each pair needs a cost.",
        rich_help_panel=_PANEL,
    ),
]
NAlerts = Annotated[
    int | None,
    typer.Option(
        "--alerts",
        metavar="N",
        help="Number of rows that can be looked at; strategies are judged by how many rare rows are among them.",
        parser=checks.whole("--alerts", 1, 10**12),
        rich_help_panel=_PANEL,
    ),
]
Per = Annotated[
    int | None,
    typer.Option(
        "--per",
        metavar="ROWS",
        help="Number of rows among which --alerts are raised, such as those of a day; by default the rows of IN.",
        parser=checks.whole("--per", 1, 10**12),
        rich_help_panel=_PANEL,
    ),
]


def costs_of(
    missed: float | None, alarm: float | None, pairs: Sequence[str] | None, classes: Sequence[object]
) -> dict[str, Any] | None:
    """Return the costs in the form that the package takes, or None if there are none.

    Raises
    ------
    ParameterError
        If only one of two costs is given, or both kinds of options, or if a pair cannot be read.
    """
    if missed is None and alarm is None:
        return _of_pairs(pairs, classes) if pairs else None
    if pairs:
        raise ParameterError("Give --cost for each pair of classes, or --cost-missed and --cost-alarm, but not both.")
    if missed is None or alarm is None:
        given, absent = ("--cost-missed", "--cost-alarm") if alarm is None else ("--cost-alarm", "--cost-missed")
        raise ParameterError(f"{given} needs {absent} as well, since only the ratio of both costs decides.")
    return {"missed": missed, "false_alarm": alarm}


def alerts_of(alerts: int | None, per: int | None) -> int | tuple[int, int] | None:
    """Return the alerts in the form that the package takes, or None if there are none.

    Raises
    ------
    ParameterError
        If only the number of rows is given.
    """
    if per is not None and alerts is None:
        raise ParameterError("--per needs --alerts, the number of alerts among these rows.")
    return alerts if alerts is None or per is None else (alerts, per)


def _of_pairs(pairs: Sequence[str], classes: Sequence[object]) -> dict[str, dict[str, float]]:
    from imbgan.tabular.labels import label_text

    labels = list(map(label_text, classes))
    costs: dict[str, dict[str, float]] = {}
    for text in pairs:
        names, _, amount = text.rpartition("=")
        parts = names.split("=")
        # A label can hold the sign itself.
        ways = [("=".join(parts[:i]), "=".join(parts[i:])) for i in range(1, len(parts))]
        true, predicted = next((way for way in ways if set(way) <= set(labels)), ways[0] if ways else ("", ""))
        try:
            cost = float(amount)
        except ValueError:
            ways = []
            cost = 0.0
        if not ways:
            raise ParameterError(
                f"--cost takes the true class, the predicted class and a number, such as --cost ok=fraud=10. Got "
                f"{quoted(text)}."
            )
        if predicted in costs.setdefault(true, {}):
            raise ParameterError(
                f"--cost must name each pair of classes once. Got {quoted(f'{true}={predicted}')} again."
            )
        costs[true][predicted] = cost
    return costs
