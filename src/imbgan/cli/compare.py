"""``imbgan compare`` tells whether resampling is worth it on a table or a folder of images."""

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from imbgan.cli import checks
from imbgan.cli import options as o
from imbgan.cli.comparisons import Asked
from imbgan.cli.costs import Stakes, stakes_of
from imbgan.cli.engines import engine_of
from imbgan.cli.image_judging import N_FOLDS, compare_folder
from imbgan.cli.images import OfImages, images_of, is_folder, refuse_table_options
from imbgan.cli.names import ALL_STRATEGIES, ESTIMATORS, IMAGE_STRATEGIES, METRICS, STRATEGIES, TEXT_STRATEGIES
from imbgan.cli.reading import reading_of
from imbgan.cli.session import session
from imbgan.cli.tables import Labeled, load, required
from imbgan.cli.taking import takes, without
from imbgan.cli.texts import OfTexts, texts_of
from imbgan.data.reading import Reading

if TYPE_CHECKING:
    from imbgan.comparison import Comparison

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
    stakes=stakes_of,
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
    estimator: Estimators = None,
    strategies: Strategies = "default",
    control: Control = "none",
    metrics: Metrics = None,
    folds: Folds = None,
    repeats: Repeats = None,
    budget: Budget = None,
    groups: Groups = None,
    tune: Tune = True,
    stakes: Stakes,
    jobs: AnyJobs = None,
    results: Results = None,
    report: o.Report = None,
    lang: o.Lang = None,
    max_iter: o.MaxIterOfImages = None,
    seed: o.Seed = 0,
    reading: Reading,
    texts: OfTexts,
    images: OfImages,
    common: o.Common,
    engine: Any,  # noqa: ANN401 - see engine_of
) -> None:
    """Compare doing nothing, weights, SMOTE, the GAN and bags, or copies for images. The verdict comes first."""
    names = checks.split(strategies)
    asked = Asked(table, names, folds, repeats, budget, stakes, results, report, lang, seed)
    options: dict[str, Any] = {
        "estimator": estimator or None,
        "control": control,
        "metrics": checks.split(metrics) if metrics else None,
        "tune_threshold": tune,
        "n_jobs": -2 if jobs is None and engine == "local" else jobs,
        "engine": engine,
        "random_state": seed,
    }
    if is_folder(table):
        refuse_table_options(table, reading, common, target=target, groups=groups, **texts.given)
        compare_folder(asked, images, common, max_iter=max_iter, **options)
        return
    with session(common, places=[report]) as run:
        images.refuse(table, max_iter=max_iter)
        asked.check_places(run)
        target = required(target, table, "compare")
        loaded = load(run, table, target, reading)
        with asked.kept(run):
            found = _compared(asked, loaded, target, groups, texts, verbose=not common.quiet, **options)
        found = replace(found, settings={**found.settings, "reading": reading.to_dict(), "groups": groups})
        asked.give(run, found.without_texts() if texts.no_texts else found)


def _compared(
    asked: Asked,
    loaded: Labeled,
    target: str,
    groups: str | None,
    texts: OfTexts,
    **options: Any,  # noqa: ANN401 - those of compare
) -> "Comparison":
    """Compare strategies on the rows of a table."""
    from imbgan.comparison import compare as compare_strategies
    from imbgan.data import take_column

    X, group_of = (loaded.X, None) if groups is None else take_column(loaded.X, groups)
    runs_all = asked.folds is not None or asked.repeats is not None
    return compare_strategies(
        X,
        loaded.y,
        strategies=asked.chosen,
        cv=(asked.folds, 2 if asked.repeats is None else asked.repeats),
        budget=asked.budget_or(None if runs_all else DEFAULT_BUDGET),
        groups=None if group_of is None else group_of.to_numpy(),
        path=asked.results,
        **asked.stakes.among(loaded.y.unique().drop_nulls().to_list()),
        encoder=texts.encoders(X, target, [*asked.strategies, options["control"]]),
        **options,
    )
