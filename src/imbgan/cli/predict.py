"""``imbgan predict`` scores new files with a trained classifier."""

from typing import Annotated

import typer

from imbgan._text import aligned, shown
from imbgan.cli import checks
from imbgan.cli import options as o
from imbgan.cli.reading import reading_of
from imbgan.cli.session import session
from imbgan.cli.taking import takes, without
from imbgan.data.reading import Reading

Model = Annotated[
    str,
    typer.Argument(
        metavar="MODEL",
        help="Folder that train created.",
        show_default=False,
        parser=checks.filled("MODEL", "the folder that imbgan train created"),
    ),
]
New = Annotated[
    str,
    typer.Argument(
        metavar="NEW",
        help="Table to score, as for IN of the other commands; - is standard input.",
        show_default=False,
        parser=checks.filled("NEW", "the path of a table, or - for standard input"),
    ),
]
KeepNames = Annotated[
    list[str] | None,
    typer.Option(
        "--keep",
        metavar="A,B",
        help="Write these columns of NEW beside the scores: one name, or names between commas. Repeatable. Columns "
        "that train dropped are kept anyway.",
    ),
]
KeepAll = Annotated[bool, typer.Option("--keep-all", help="Write all columns of NEW beside the scores.")]
Prefix = Annotated[str, typer.Option("--prefix", metavar="TEXT", help="Stands before the names of the new columns.")]


@takes(reading=without(reading_of, "drop", "drop_missing_target"), common=o.common_of)
def predict(
    model: Model,
    table: New,
    output: o.Output,
    reading: Reading,
    common: o.Common,
    keep: KeepNames = None,
    keep_all: KeepAll = False,
    prefix: Prefix = "",
    output_format: o.OutputFormat = None,
) -> None:
    """Write a prediction and the probability of each class for every row of NEW, in its order."""
    with session(common, places=[output]) as run:
        from imbgan.data import check_output
        from imbgan.deployment import DeployableClassifier
        from imbgan.deployment.scoring import Keep, reading_for, score_file

        check_output(output, format=output_format, overwrite=common.force)
        classifier = DeployableClassifier.load(model)
        with run.output():
            found = score_file(
                classifier,
                table,
                output,
                reading=reading_for(classifier, reading),
                keep=Keep(tuple(keep or ()), keep_all),
                prefix=prefix,
                output_format=output_format,
                overwrite=common.force,
            )
        notes = [*found.notes, *found.departures.sentences()]
        for note in notes:
            run.note(note)
        counts = {str(label): found.predicted[str(label)] for label in classifier.facts()["classes"]}
        rows = [("prediction", "rows"), *((shown(label), n) for label, n in counts.items())]
        kept = f", with {', '.join(map(shown, found.kept))}" if found.kept and not keep_all else ""
        run.finish(
            f"{aligned(rows)}\n{found.n_rows} rows{kept}: {output}",
            {
                "output": output,
                "n_rows": found.n_rows,
                "predicted": counts,
                "threshold": classifier.threshold_,
                "kept": found.kept,
                "notes": notes,
            },
        )
