"""``imbgan assess`` measures generated rows."""

from typing import TYPE_CHECKING, Annotated

import typer

from imbgan.cli import checks
from imbgan.cli import options as o
from imbgan.cli.image_judging import assess_folder
from imbgan.cli.images import OfImages, images_of, is_folder, refuse_table_options
from imbgan.cli.reading import reading_of
from imbgan.cli.reports import give
from imbgan.cli.session import session
from imbgan.cli.tables import load, required
from imbgan.cli.taking import takes, without
from imbgan.data.reading import Reading
from imbgan.data.writers import STANDARD_STREAM
from imbgan.exceptions import ParameterError

if TYPE_CHECKING:
    import polars as pl

Real = Annotated[
    str,
    typer.Argument(
        metavar="REAL",
        help="Table of the real rows, or folder of the real images.",
        show_default=False,
        parser=checks.filled("REAL", "the path of a table, or - for standard input"),
    ),
]
Synthetic = Annotated[
    str,
    typer.Argument(
        metavar="SYNTHETIC",
        help="Table of the generated rows, or folder of generated images: those that its manifest.csv calls generated, "
        "or all.",
        show_default=False,
        parser=checks.filled("SYNTHETIC", "the path of a table, or - for standard input"),
    ),
]
Holdout = Annotated[
    str | None,
    typer.Option(
        "--holdout",
        metavar="FILE",
        help="Real rows that were not used in training; they are needed to detect memorization.",
        parser=checks.filled("--holdout", "the path of a table"),
    ),
]
Mark = Annotated[
    str | None,
    typer.Option(
        "--mark", metavar="COL", help="Use only the rows of SYNTHETIC in which this column is true; see resample."
    ),
]


@takes(reading=reading_of, images=without(images_of, "flip", "recipe"), common=o.common_of)
def assess(
    *,
    real: Real,
    synthetic: Synthetic,
    target: o.Target = None,
    holdout: Holdout = None,
    mark: Mark = None,
    report: o.Report = None,
    lang: o.Lang = None,
    seed: o.Seed = 0,
    reading: Reading,
    images: OfImages,
    common: o.Common,
) -> None:
    """Measure generated rows or images class by class, and compare with the same measures between real ones."""
    if is_folder(real):
        refuse_table_options(real, reading, common, target=target, mark=mark)
        assess_folder(real, synthetic, images, common, holdout=holdout, report=report, lang=lang, seed=seed)
        return
    with session(common, places=[report]) as run:
        from imbgan.data import match_columns, read_source
        from imbgan.quality import assess as assess_rows

        images.refuse(real)
        spoken = o.language(lang, report)
        if [real, synthetic, holdout].count(STANDARD_STREAM) > 1:
            raise ParameterError("Only one table can come from standard input. Name a file for the other one.")
        target = required(target, real, "assess")
        loaded = load(run, real, target, reading)
        table = loaded.X.with_columns(loaded.y)
        like = loaded.reading.for_other_files(format=reading.format)

        def read_like(path: str, mark: str | None) -> "pl.DataFrame":
            return match_columns(read_source(path, like).frame, table, mark=mark)

        others = [
            read_like(path, mark if is_made else None)
            for path, is_made in ((synthetic, True), (holdout, False))
            if path is not None
        ]
        found = assess_rows(table, others[0], target=target, holdout=others[1] if holdout else None, random_state=seed)
        give(run, found, report, spoken, seed=seed)
