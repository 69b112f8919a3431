"""``imbgan audit`` measures what generated rows and images give away."""

from typing import Annotated, Any

import typer

from imbgan.cli import checks
from imbgan.cli import options as o
from imbgan.cli.image_judging import audit_folder
from imbgan.cli.images import OfImages, images_of, is_folder, refuse_table_options
from imbgan.cli.names import ALL_SOURCES, ALL_STRATEGIES, ESTIMATORS, IMAGE_SOURCES, SOURCES
from imbgan.cli.reading import reading_of
from imbgan.cli.reports import give
from imbgan.cli.session import session
from imbgan.cli.tables import load, required
from imbgan.cli.taking import takes, without
from imbgan.cli.texts import OfTexts, texts_of
from imbgan.data.reading import Reading

Source = Annotated[
    str,
    typer.Option(
        "--source",
        metavar="A,B",
        help="Where generated rows come from: names separated by commas, or all. Names: "
        f"{', '.join(SOURCES)}; for folders of images: {', '.join(IMAGE_SOURCES)}.",
        parser=checks.names("--source", ALL_SOURCES, ("all",)),
        autocompletion=checks.complete_list(("all", *ALL_SOURCES)),
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
        parser=checks.names("--strategies", ALL_STRATEGIES),
        autocompletion=checks.complete_list(ALL_STRATEGIES),
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


@takes(reading=reading_of, texts=without(texts_of, "no_texts"), images=images_of, common=o.common_of)
def audit(
    *,
    table: o.TableOrFolder,
    target: o.Target = None,
    source: Source = "all",
    label: Label = None,
    estimator: Estimator = None,
    strategies: Strategies = None,
    runs: Runs = 6,
    learned: Learned = None,
    report: o.Report = None,
    lang: o.Lang = None,
    max_iter: o.MaxIterOfImages = None,
    seed: o.Seed = 0,
    reading: Reading,
    texts: OfTexts,
    images: OfImages,
    common: o.Common,
) -> None:
    """Attack generated rows or images, and measure what they give away of the rare ones that were learned from."""
    options: dict[str, Any] = {
        "label": label,
        "estimator": estimator,
        "strategies": checks.split(strategies or ""),
        "n_runs": runs,
        "n_learned": learned,
        "random_state": seed,
    }
    if is_folder(table):
        refuse_table_options(table, reading, common, target=target, **texts.given)
        chosen = IMAGE_SOURCES if source == "all" else checks.split(source)
        audit_folder(table, images, common, max_iter=max_iter, report=report, lang=lang, source=chosen, **options)
        return
    with session(common, places=[report]) as run:
        from imbgan.audit import audit as attack

        images.refuse(table, max_iter=max_iter)
        spoken = o.language(lang, report)
        target = required(target, table, "audit")
        loaded = load(run, table, target, reading)
        found = attack(
            loaded.X,
            loaded.y,
            source=SOURCES if source == "all" else checks.split(source),
            **options,
            encoder=texts.encoders(loaded.X, target, options["strategies"]),
            sampler_options={"text_output": texts.output.value},
            verbose=run.shows_progress,
        )
        give(run, found, report, spoken, seed=seed)
