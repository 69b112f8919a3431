"""``imbgan audit`` measures what generated rows give away."""

from typing import Annotated

import typer

from imbgan.cli import checks
from imbgan.cli import options as o
from imbgan.cli.names import ESTIMATORS, SOURCES, STRATEGIES
from imbgan.cli.reading import reading_of
from imbgan.cli.session import session
from imbgan.cli.tables import load, required
from imbgan.cli.taking import takes
from imbgan.data.reading import Reading

Source = Annotated[
    str,
    typer.Option(
        "--source",
        metavar="A,B",
        help=f"Where generated rows come from: names separated by commas, or all. Names: {', '.join(SOURCES)}.",
        parser=checks.names("--source", SOURCES, ("all",)),
        autocompletion=checks.complete_list(("all", *SOURCES)),
    ),
]
Label = Annotated[
    str | None,
    typer.Option("--label", "-l", metavar="LABEL", help="The class to audit; by default the rarest one."),
]
Estimator = Annotated[
    str | None,
    typer.Option(
        "--estimator",
        "-e",
        metavar="NAME",
        help="Classifier that learns from generated rows, and whose confidence is attacked. "
        f"Names: {', '.join(ESTIMATORS)}.",
        parser=checks.name("--estimator", ESTIMATORS),
        autocompletion=checks.complete(ESTIMATORS),
    ),
]
Strategies = Annotated[
    str | None,
    typer.Option(
        "--strategies",
        metavar="A,B",
        help="Strategies of compare, such as none,gan_bagging, whose classifiers are attacked; needs --estimator.",
        parser=checks.names("--strategies", STRATEGIES),
        autocompletion=checks.complete_list(STRATEGIES),
    ),
]
Runs = Annotated[
    int,
    typer.Option(
        "--runs",
        metavar="N",
        help="Number of runs; each learns from another part of the rare class.",
        parser=checks.whole("--runs", 2, 1000),
    ),
]
Learned = Annotated[
    int | None,
    typer.Option(
        "--learned",
        metavar="N",
        help="Number of rare rows that a run learns from; by default half of them.",
        parser=checks.whole("--learned", 5, 2**31 - 1),
    ),
]


@takes(reading=reading_of, common=o.common_of)
def audit(
    *,
    table: o.Table,
    target: o.Target = None,
    reading: Reading,
    common: o.Common,
    source: Source = "all",
    label: Label = None,
    estimator: Estimator = None,
    strategies: Strategies = None,
    runs: Runs = 6,
    learned: Learned = None,
    report: o.Report = None,
    lang: o.Lang = None,
    seed: o.Seed = 0,
) -> None:
    """Attack generated rows, and measure what they give away of the rare rows that were learned from."""
    with session(common, places=[report]) as run:
        from imbgan.audit import audit as attack
        from imbgan.report import report as write_report

        spoken = o.language(lang, report)
        target = required(target, table, "audit")
        loaded = load(run, table, target, reading)
        found = attack(
            loaded.X,
            loaded.y,
            source=SOURCES if source == "all" else checks.split(source),
            label=label,
            estimator=estimator,
            strategies=checks.split(strategies or ""),
            n_runs=runs,
            n_learned=learned,
            random_state=seed,
            verbose=run.shows_progress,
        )
        if report is not None:
            write_report(found, report, overwrite=common.force, lang=spoken)
        run.finish(f"{found}\n\nseed {seed}", found.to_dict())
