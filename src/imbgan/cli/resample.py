"""``imbgan resample`` balances a table or a folder of images."""

import time
from typing import Annotated, Any

import typer

from imbgan._text import aligned, shown
from imbgan.cli import checks
from imbgan.cli import options as o
from imbgan.cli.counts import Amount, amount_of
from imbgan.cli.data_sets import PANEL as PANEL_OF_SETS
from imbgan.cli.data_sets import Asked, Stream, reads_batches, refuse_set_options, resample_data_set
from imbgan.cli.engines import engine_of
from imbgan.cli.image_commands import resample_folder
from imbgan.cli.images import PANEL, OfImages, images_of, is_folder, refuse_table_options
from imbgan.cli.reading import reading_of
from imbgan.cli.rules import Rules, rules_of, rules_of_batches
from imbgan.cli.session import Session, session
from imbgan.cli.tables import counts_of, load, required, with_labels
from imbgan.cli.taking import takes, without
from imbgan.cli.texts import OfTexts, texts_of
from imbgan.data.reading import Reading
from imbgan.exceptions import ParameterError

#: Default and largest share of generated images; the sampler, which loads JAX, has the same ones.
GENERATED_SHARE, MAX_SHARE = 0.25, 0.5
Mark = Annotated[
    str | None,
    typer.Option(
        "--mark",
        metavar="COL",
        help="Add this column, which is true for generated rows and false for all others.",
        parser=checks.filled("--mark", "the name of a new column"),
    ),
]


GeneratedShare = Annotated[
    float | None,
    typer.Option(
        "--generated-share",
        metavar="S",
        help=f"Share of generated images in every class, 0 to {MAX_SHARE}; changed copies fill the rest of a rare "
        "class. 0 trains nothing.",
        show_default=f"{GENERATED_SHARE}",
        parser=checks.share("--generated-share", MAX_SHARE),
        rich_help_panel=PANEL,
    ),
]


Resume = Annotated[
    bool,
    typer.Option(
        "--resume",
        help="Finish what an interrupted run left in OUT.part; the result is that of a run without interruption.",
        rich_help_panel=PANEL_OF_SETS,
    ),
]
OnlyGenerated = Annotated[
    bool,
    typer.Option(
        "--only-generated",
        help="Write the generated rows alone, without copies of the files of IN.",
        rich_help_panel=PANEL_OF_SETS,
    ),
]


@takes(
    amount=amount_of,
    reading=reading_of,
    texts=without(texts_of, "no_texts"),
    images=images_of,
    common=o.common_of,
    engine=engine_of,
)
def resample(
    *,
    table: o.TableOrFolder,
    target: o.Target = None,
    output: o.Output,
    amount: Amount,
    mark: Mark = None,
    generated_share: GeneratedShare = None,
    max_iter: o.MaxIter = None,
    identifiers: o.Identifiers = o.OfIdentifiers.fresh,
    output_format: o.OutputFormat = None,
    rules: Rules = None,
    seed: o.Seed = 0,
    stream: Stream = False,
    resume: Resume = False,
    only_generated: OnlyGenerated = False,
    reading: Reading,
    texts: OfTexts,
    images: OfImages,
    common: o.Common,
    engine: Any,  # noqa: ANN401 - see engine_of
) -> None:
    """Balance a table or a folder of images: write what IN holds, and generated rows or images of the rare classes.

    A folder or pattern of table files is one table, which may be larger than memory; OUT is then a new folder.
    """
    of_sets = {"stream": stream, "resume": resume, "only_generated": only_generated, "engine": engine != "local"}
    in_batches = reads_batches(table, target, stream=stream, output=output)
    if not in_batches and is_folder(table):
        others = {"target": target, "mark": mark, "identifiers": o.changed(identifiers), "output_format": output_format}
        refuse_table_options(table, reading, common, **{**others, **texts.given, **of_sets, "rules": rules})
        share = GENERATED_SHARE if generated_share is None else generated_share
        resample_folder(
            table, output, images, common, amount=amount, generated_share=share, max_iter=max_iter, seed=seed
        )
        return
    options: dict[str, Any] = {"amount": amount, "mark": mark, "max_iter": max_iter or o.STEPS, "seed": seed}
    with session(common, places=[] if in_batches else [output]) as run:
        images.refuse(table, generated_share=generated_share)
        if in_batches and output_format is not None:
            raise ParameterError("--output-format is for one table. The files of a data set keep their format.")
        if not in_batches:
            refuse_set_options(of_sets, table)
        asked = Asked(table, required(target, table, "resample"), output, reading, texts, common, identifiers.value)
        if in_batches:
            found = rules_of_batches(rules)
            resample_data_set(
                run, asked, resume=resume, only_generated=only_generated, engine=engine, rules=found, **options
            )
        else:
            _resample_table(run, asked, output_format=output_format, rules=rules, **options)


def _resample_table(
    run: Session,
    asked: Asked,
    *,
    amount: Amount,
    mark: str | None,
    max_iter: int,
    seed: int,
    output_format: str | None,
    rules: str | None,
) -> None:
    """Write the rows of a table, and generated ones behind them."""
    import polars as pl

    from imbgan.data import check_output, write_frame
    from imbgan.exceptions import GenerationQualityWarning
    from imbgan.oversampling import GANOverSampler

    check_output(asked.output, format=output_format, overwrite=asked.common.force)
    loaded = load(run, asked.table, asked.target, asked.reading)
    if mark in loaded.columns:
        raise ParameterError(f"--mark must name a new column. The table has a column {mark!r}.")
    began = time.perf_counter()
    sampler = GANOverSampler(
        sampling_strategy=amount.among(loaded.y.unique().to_list()),
        max_iter=max_iter,
        random_state=seed,
        rules=rules_of(run, rules, loaded.X, loaded.y),
        identifiers=asked.identifiers,
        encoder=asked.texts.encoders(loaded.X, asked.target),
        text_output=asked.texts.output.value,
        verbose=run.shows_progress,
    )
    X_resampled, y_resampled = sampler.fit_resample(loaded.X, loaded.y)
    frame = with_labels(X_resampled, y_resampled, loaded.columns)
    if mark is not None:
        frame = frame.with_columns(pl.Series(mark, sampler.synthetic_mask_))
    with run.output():
        write_frame(
            frame,
            asked.output,
            format=output_format,
            overwrite=asked.common.force,
            original=loaded.original,
            kept=loaded.kept,
        )
    for found in sampler.find_too_close():
        run.warn(f"Class {shown(found.label)}: {found.evidence} {found.action}", GenerationQualityWarning)
    before, after = counts_of(loaded.y), counts_of(y_resampled)
    n_generated = frame.height - loaded.X.height
    rows = [("class", "before", "after"), *((shown(label), n, after[label]) for label, n in before.items())]
    remark = f"the last {n_generated} of them generated with seed {seed}"
    run.finish(
        f"{aligned(rows)}\n{frame.height} rows, {remark}: {asked.output}",
        {
            "output": asked.output,
            "n_rows": frame.height,
            "n_generated": n_generated,
            "dropped": list(loaded.reading.drop),
            "class_counts": {"before": before, "after": after},
            "seed": seed,
            "seconds": round(time.perf_counter() - began, 1),
        },
    )
