"""``imbgan resample`` balances a table."""

import time
from typing import Annotated

import typer

from imbgan._text import aligned, shown
from imbgan.cli import checks
from imbgan.cli import options as o
from imbgan.cli.reading import reading_of
from imbgan.cli.session import session
from imbgan.cli.tables import counts_of, load, with_labels
from imbgan.cli.taking import takes
from imbgan.data.reading import Reading

Ratio = Annotated[
    float | None,
    typer.Option(
        "--ratio",
        metavar="R",
        help="Ratio of rare to common rows, for two classes only; by default all classes are balanced.",
        parser=checks.above_zero("--ratio", 1.0),
    ),
]
Mark = Annotated[
    str | None,
    typer.Option(
        "--mark",
        metavar="COL",
        help="Add this column, which is true for generated rows and false for all others.",
        parser=checks.filled("--mark", "the name of a new column"),
    ),
]


@takes(reading=reading_of, common=o.common_of)
def resample(
    table: o.Table,
    target: o.Target,
    output: o.Output,
    reading: Reading,
    common: o.Common,
    ratio: Ratio = None,
    mark: Mark = None,
    max_iter: o.MaxIter = 1500,
    identifiers: o.Identifiers = o.OfIdentifiers.fresh,
    output_format: o.OutputFormat = None,
    seed: o.Seed = 0,
) -> None:
    """Balance a table: write the rows of IN, followed by generated rows of the rare classes."""
    with session(common, places=[output]) as run:
        import polars as pl

        from imbgan.data import check_output, write_frame
        from imbgan.exceptions import GenerationQualityWarning, ParameterError
        from imbgan.oversampling import GANOverSampler

        check_output(output, format=output_format, overwrite=common.force)
        loaded = load(run, table, target, reading)
        X, y, columns = loaded.X, loaded.y, loaded.columns
        if mark in columns:
            raise ParameterError(f"--mark must name a new column. The table has a column {mark!r}.")
        began = time.perf_counter()
        sampler = GANOverSampler(
            sampling_strategy="auto" if ratio is None else ratio,
            max_iter=max_iter,
            random_state=seed,
            identifiers=identifiers.value,
            verbose=run.shows_progress,
        )
        X_resampled, y_resampled = sampler.fit_resample(X, y)
        frame = with_labels(X_resampled, y_resampled, columns)
        if mark is not None:
            frame = frame.with_columns(pl.Series(mark, sampler.synthetic_mask_))
        with run.output():
            write_frame(
                frame, output, format=output_format, overwrite=common.force, original=loaded.original, kept=loaded.kept
            )
        for found in sampler.find_too_close():
            run.warn(f"Class {shown(found.label)}: {found.evidence} {found.action}", GenerationQualityWarning)
        before, after = counts_of(y), counts_of(y_resampled)
        n_generated = frame.height - X.height
        remark = f"the last {n_generated} of them generated with seed {seed}"
        rows = [("class", "before", "after"), *((shown(label), n, after[label]) for label, n in before.items())]
        run.finish(
            f"{aligned(rows)}\n{frame.height} rows, {remark}: {output}",
            {
                "output": output,
                "n_rows": frame.height,
                "n_generated": n_generated,
                "dropped": list(loaded.reading.drop),
                "class_counts": {"before": before, "after": after},
                "seed": seed,
                "seconds": round(time.perf_counter() - began, 1),
            },
        )
