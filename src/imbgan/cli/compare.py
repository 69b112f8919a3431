"""``imbgan compare`` tells whether resampling is worth it on a table."""

from typing import Annotated

import typer

from imbgan.cli import checks
from imbgan.cli import options as o
from imbgan.cli.costs import CostAlarm, CostMissed, CostPairs, NAlerts, Per, alerts_of, costs_of
from imbgan.cli.names import ESTIMATORS, METRICS, STRATEGIES
from imbgan.cli.reading import reads_table
from imbgan.cli.session import check_distinct, session
from imbgan.cli.tables import load
from imbgan.data.reading import Reading

Estimators = Annotated[
    list[str] | None,
    typer.Option(
        "--estimator",
        "-e",
        metavar="NAME",
        help="Classifier to compare with; by default a logistic regression and a gradient boosting. Repeatable. "
        f"Names: {', '.join(ESTIMATORS)}.",
        parser=checks.name("--estimator", ESTIMATORS),
        autocompletion=checks.complete(ESTIMATORS),
    ),
]
Strategies = Annotated[
    str,
    typer.Option(
        "--strategies",
        metavar="A,B",
        help=f"Names separated by commas, or default, or all. Names: {', '.join(STRATEGIES)}.",
        parser=checks.names("--strategies", STRATEGIES, ("default", "all")),
        autocompletion=checks.complete_list(("default", "all", *STRATEGIES)),
    ),
]
Control = Annotated[
    str,
    typer.Option(
        "--control",
        metavar="NAME",
        help="The strategy that the others are compared with.",
        parser=checks.name("--control", STRATEGIES),
        autocompletion=checks.complete(STRATEGIES),
    ),
]
Metrics = Annotated[
    str | None,
    typer.Option(
        "--metrics",
        metavar="A,B",
        help=f"Names separated by commas; the first one decides. By default all. Names: {', '.join(METRICS)}.",
        parser=checks.names("--metrics", METRICS),
        autocompletion=checks.complete_list(METRICS),
    ),
]
Folds = Annotated[
    int | None,
    typer.Option(
        "--folds",
        metavar="N",
        help="Number of folds; by default 5, or fewer if there are fewer rare rows.",
        parser=checks.whole("--folds", 2, 1000),
    ),
]
Groups = Annotated[
    str | None,
    typer.Option(
        "--groups",
        metavar="COL",
        help="Column of groups, such as customers; the rows of one group stay on one side of each split.",
    ),
]
Tune = Annotated[
    bool,
    typer.Option(
        "--tune/--no-tune",
        help="Whether thresholds are tuned within the training parts, which takes four times as long.",
    ),
]
Repeats = Annotated[
    int,
    typer.Option(
        "--repeats",
        metavar="N",
        help="Number of repeats of the cross-validation.",
        parser=checks.whole("--repeats", 1, 1000),
    ),
]
Jobs = Annotated[
    int,
    typer.Option(
        "--jobs",
        "-j",
        metavar="N",
        help="Number of processes; -1 means one per core.",
        parser=checks.processes("--jobs"),
    ),
]
Results = Annotated[
    str | None,
    typer.Option(
        "--results",
        metavar="PATH",
        help="Keep the result of each fold in this file (JSON lines); the same command resumes from it.",
        parser=checks.filled("--results", "the path of a file"),
    ),
]


@reads_table
def compare(
    table: o.Table,
    target: o.Target,
    reading: Reading,
    estimator: Estimators = None,
    strategies: Strategies = "default",
    control: Control = "none",
    metrics: Metrics = None,
    folds: Folds = None,
    repeats: Repeats = 2,
    groups: Groups = None,
    tune: Tune = True,
    cost_missed: CostMissed = None,
    cost_alarm: CostAlarm = None,
    cost: CostPairs = None,
    alerts: NAlerts = None,
    per: Per = None,
    jobs: Jobs = 1,
    results: Results = None,
    report: o.Report = None,
    lang: o.Lang = "en",
    seed: o.Seed = 0,
    json: o.Json = None,
    force: o.Force = False,
    quiet: o.Quiet = False,
    verbose: o.Verbose = False,
    debug: o.Debug = False,
) -> None:
    """Compare doing nothing, weights, resampling, SMOTE and the GAN by cross-validation. The verdict comes first."""
    with session(quiet=quiet, verbose=verbose, debug=debug, force=force, json=json, places=[report]) as run:
        from imbgan.comparison import compare as compare_strategies
        from imbgan.data import check_place, take_column
        from imbgan.report import check_language
        from imbgan.report import report as write_report

        check_language(lang)
        if results is not None:
            check_place(results, overwrite=True)
            check_distinct([place for place in (results, report, json) if place is not None])
        names = checks.split(strategies)
        loaded = load(run, table, target, reading)
        X, group_of = (loaded.X, None) if groups is None else take_column(loaded.X, groups)
        try:
            found = compare_strategies(
                X,
                loaded.y,
                estimator=estimator or None,
                strategies=names[0] if names in (["default"], ["all"]) else names,
                control=control,
                metrics=checks.split(metrics) if metrics else None,
                cv=(folds, repeats),
                groups=None if group_of is None else group_of.to_numpy(),
                tune_threshold=tune,
                costs=costs_of(cost_missed, cost_alarm, cost, loaded.y.unique().drop_nulls().to_list()),
                alerts=alerts_of(alerts, per),
                n_jobs=jobs,
                random_state=seed,
                path=results,
                verbose=run.shows_progress,
            )
        except KeyboardInterrupt:
            if results is not None:
                run.note(f"{results} keeps the folds that are done; the same command resumes from there.")
            raise
        if report is not None:
            write_report(found, report, overwrite=force, lang=lang)
        run.finish(f"{found}\n\nseed {seed}", found.to_dict())
