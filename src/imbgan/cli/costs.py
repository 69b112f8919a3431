"""The options that say what wrong decisions cost, and how many alerts can be looked at."""

from collections.abc import Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True)
class Stakes:
    """What errors cost, and how many alerts can be looked at."""

    missed: float | None
    alarm: float | None
    pairs: Sequence[str]
    n_alerts: int | None
    per: int | None

    def among(self, classes: Sequence[object]) -> dict[str, Any]:
        """Return ``costs`` and ``alerts`` as the package takes them; what was not given is None.

        Raises
        ------
        ParameterError
            If only one of two options is given, or both kinds of costs, or if a pair cannot be read.
        """
        return {"costs": self._costs(classes), "alerts": self._alerts()}

    def _costs(self, classes: Sequence[object]) -> dict[str, Any] | None:
        if self.missed is None and self.alarm is None:
            return _of_pairs(self.pairs, classes) if self.pairs else None
        if self.pairs:
            raise ParameterError(
                "Give --cost for each pair of classes, or --cost-missed and --cost-alarm, but not both."
            )
        if self.missed is None or self.alarm is None:
            names = ("--cost-missed", "--cost-alarm")
            given, absent = names if self.alarm is None else reversed(names)
            raise ParameterError(f"{given} needs {absent} as well, since only the ratio of both costs decides.")
        return {"missed": self.missed, "false_alarm": self.alarm}

    def _alerts(self) -> int | tuple[int, int] | None:
        if self.per is not None and self.n_alerts is None:
            raise ParameterError("--per needs --alerts, the number of alerts among these rows.")
        return self.n_alerts if self.n_alerts is None or self.per is None else (self.n_alerts, self.per)


def stakes_of(
    *,
    cost_missed: CostMissed = None,
    cost_alarm: CostAlarm = None,
    cost: CostPairs = None,
    alerts: NAlerts = None,
    per: Per = None,
) -> Stakes:
    """Return what errors cost, from the options of a command."""
    return Stakes(cost_missed, cost_alarm, tuple(cost or ()), alerts, per)


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
