"""``imbgan compare`` tells whether resampling is worth it on a table or a folder of images."""

from typing import Annotated, Any

import typer

from imbgan._text import quoted
from imbgan.cli import checks
from imbgan.cli import options as o
from imbgan.cli.costs import CostAlarm, CostMissed, CostPairs, NAlerts, Per, alerts_of, costs_of
from imbgan.cli.engines import engine_of
from imbgan.cli.image_judging import N_FOLDS, compare_folder
from imbgan.cli.images import OfImages, images_of, is_folder, refuse_table_options
from imbgan.cli.interruption import stopped_by
from imbgan.cli.names import ALL_STRATEGIES, ESTIMATORS, IMAGE_STRATEGIES, METRICS, STRATEGIES, TEXT_STRATEGIES
from imbgan.cli.reading import reading_of
from imbgan.cli.session import check_distinct, session
from imbgan.cli.tables import load, required
from imbgan.cli.taking import takes, without
from imbgan.cli.texts import OfTexts, texts_of
from imbgan.data.reading import Reading
from imbgan.exceptions import ParameterError

#: The budget of a comparison for which nothing else was asked.
DEFAULT_BUDGET = "3 min"

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
        help=f"Names separated by commas, or default, or all. Names: {', '.join(STRATEGIES)}; with columns of "
        f"text also {', '.join(TEXT_STRATEGIES)}; for folders of images: {', '.join(IMAGE_STRATEGIES)}.",
        parser=checks.names("--strategies", ALL_STRATEGIES, ("default", "all")),
        autocompletion=checks.complete_list(("default", "all", *ALL_STRATEGIES)),
    ),
]
Control = Annotated[
    str,
    typer.Option(
        "--control",
        metavar="NAME",
        help="The strategy that the others are compared with.",
        parser=checks.name("--control", ALL_STRATEGIES),
        autocompletion=checks.complete(ALL_STRATEGIES),
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
        help=f"Number of folds; by default 5, or fewer if there are fewer rare rows, and {N_FOLDS} for images.",
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
        help="Whether thresholds are tuned, on predictions of the other folds, or the most probable class is judged.",
    ),
]
Repeats = Annotated[
    int | None,
    typer.Option(
        "--repeats",
        metavar="N",
        help="Number of repeats of the cross-validation; by default 2.",
        parser=checks.whole("--repeats", 1, 1000),
    ),
]
Budget = Annotated[
    str | None,
    typer.Option(
        "--budget",
        metavar="TIME",
        help="Time after which the verdict so far is given, such as 90s, 2min or 1h; it comes earlier once it is "
        f"settled. By default {DEFAULT_BUDGET}, or all folds if --folds or --repeats is given. none runs all folds; "
        "the JSON of an earlier run repeats its folds.",
        parser=checks.filled("--budget", "a time, such as 2min, or none"),
    ),
]
Jobs = Annotated[
    int,
    typer.Option(
        "--jobs",
        "-j",
        metavar="N",
        help="Number of processes; -1 means one per core, and -2 leaves one core free.",
        parser=checks.processes("--jobs"),
    ),
]
AnyJobs = Annotated[
    int | None,
    typer.Option(
        "--jobs",
        "-j",
        metavar="N",
        help="Number of processes; -1 means one per core, and -2 leaves one core free.",
        show_default="-2; all of a Ray cluster",
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


@takes(
    reading=reading_of,
    texts=without(texts_of, "text_output"),
    images=images_of,
    common=o.common_of,
    engine=engine_of,
)
def compare(
    *,
    table: o.TableOrFolder,
    target: o.Target = None,
    reading: Reading,
    texts: OfTexts,
    images: OfImages,
    common: o.Common,
    engine: Any,  # noqa: ANN401 - see engine_of
    estimator: Estimators = None,
    strategies: Strategies = "default",
    control: Control = "none",
    metrics: Metrics = None,
    folds: Folds = None,
    repeats: Repeats = None,
    budget: Budget = None,
    groups: Groups = None,
    tune: Tune = True,
    cost_missed: CostMissed = None,
    cost_alarm: CostAlarm = None,
    cost: CostPairs = None,
    alerts: NAlerts = None,
    per: Per = None,
    jobs: AnyJobs = None,
    results: Results = None,
    report: o.Report = None,
    lang: o.Lang = None,
    max_iter: o.MaxIter = None,
    seed: o.Seed = 0,
) -> None:
    """Compare doing nothing, weights, SMOTE, the GAN and bags, or copies for images. The verdict comes first."""
    if jobs is None and engine == "local":
        jobs = -2
    if is_folder(table):
        refuse_table_options(table, reading, common, target=target, groups=groups, **texts.given)
        compare_folder(
            table,
            images,
            common,
            cv=(folds, repeats),
            max_iter=max_iter,
            report=report,
            lang=lang,
            results=results,
            strategies=checks.split(strategies),
            estimator=estimator or None,
            control=control,
            metrics=checks.split(metrics) if metrics else None,
            tune_threshold=tune,
            n_jobs=jobs,
            engine=engine,
            random_state=seed,
            read_options=lambda classes: {
                "costs": costs_of(cost_missed, cost_alarm, cost, classes),
                "alerts": alerts_of(alerts, per),
                "budget": None if budget is None else _budget(budget, is_fixed=False),
            },
        )
        return
    with session(common, places=[report]) as run:
        from dataclasses import replace

        from imbgan.comparison import compare as compare_strategies
        from imbgan.data import check_place, take_column
        from imbgan.report import report as write_report

        images.refuse(table, max_iter=max_iter)
        spoken = o.language(lang, report)
        if results is not None:
            check_place(results, overwrite=True)
            check_distinct([place for place in (results, report, common.json) if place is not None])
        names = checks.split(strategies)
        target = required(target, table, "compare")
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
                cv=(folds, 2 if repeats is None else repeats),
                budget=_budget(budget, is_fixed=folds is not None or repeats is not None),
                groups=None if group_of is None else group_of.to_numpy(),
                tune_threshold=tune,
                costs=costs_of(cost_missed, cost_alarm, cost, loaded.y.unique().drop_nulls().to_list()),
                alerts=alerts_of(alerts, per),
                n_jobs=jobs,
                engine=engine,
                random_state=seed,
                path=results,
                encoder=texts.encoders(X, target, [*names, control]),
                verbose=not common.quiet,
            )
        except KeyboardInterrupt:
            if results is not None:
                run.note(f"{results} keeps the folds that are done; the same command resumes from there.")
            raise
        read_as = {"reading": reading.to_dict(), "groups": groups}
        found = replace(found, settings={**found.settings, **read_as})
        if texts.no_texts:
            found = found.without_texts()
        if report is not None:
            write_report(found, report, overwrite=common.force, lang=spoken)
        run.finish(f"{found}\n\nseed {seed}", found.to_dict())
        if (found.settings["budget"] or {}).get("ended") == "interrupted":
            raise typer.Exit(128 + stopped_by())


def _budget(text: str | None, *, is_fixed: bool) -> object:
    """Return what ``compare`` takes as a budget."""
    from imbgan.comparison import Comparison

    if text is None:
        return None if is_fixed else DEFAULT_BUDGET
    if text.strip().lower() == "none":
        return None
    if not text.endswith(".json"):
        return text
    record = Comparison.load(text).settings.get("budget")
    if record is None:
        raise ParameterError(f"{quoted(text)} holds a comparison that ran all folds. Use --budget none to repeat it.")
    return record
