"""``imbgan predict`` scores new files with a trained classifier."""

from typing import TYPE_CHECKING, Annotated

import typer

from imbgan._text import aligned, shown
from imbgan.cli import checks
from imbgan.cli import options as o
from imbgan.cli.reading import reading_of
from imbgan.cli.samples import is_in_files
from imbgan.cli.session import Session, session
from imbgan.cli.taking import takes, without
from imbgan.data.reading import Reading
from imbgan.exceptions import ParameterError

if TYPE_CHECKING:
    from imbgan.deployment import DeployableClassifier
    from imbgan.deployment.scoring import Keep, Scores

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
        help="Table to score, as for IN of the other commands; - is standard input. Or a folder or pattern of files, "
        "each of which becomes a file of scores in the new folder OUT.",
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


def _score_file(
    run: Session,
    model: str,
    table: str,
    output: str,
    reading: Reading,
    keep: "Keep",
    prefix: str,
    output_format: str | None,
) -> "tuple[DeployableClassifier, Scores]":
    from imbgan.data import check_output
    from imbgan.deployment import DeployableClassifier
    from imbgan.deployment.scoring import reading_for, score_file

    force = run.common.force
    check_output(output, format=output_format, overwrite=force)
    classifier = DeployableClassifier.load(model)
    with run.output():
        found = score_file(
            classifier,
            table,
            output,
            reading=reading_for(classifier, reading),
            keep=keep,
            prefix=prefix,
            output_format=output_format,
            overwrite=force,
        )
    return classifier, found


def _score_files(
    run: Session, model: str, table: str, output: str, reading: Reading, keep: "Keep", prefix: str
) -> "tuple[DeployableClassifier, Scores]":
    from pathlib import Path

    from imbgan._progress import counting
    from imbgan.data import open_data_set
    from imbgan.deployment import DeployableClassifier, check_new_folder, score_data_set
    from imbgan.deployment.scoring import reading_for

    check_new_folder(Path(output), overwrite=run.common.force)
    classifier = DeployableClassifier.load(model)
    data_set = open_data_set(table, reading_for(classifier, reading))
    with counting("Scoring", data_set.n_rows, "rows", shown=run.shows_progress) as advance:
        found = score_data_set(
            classifier,
            data_set,
            Path(output),
            keep=keep,
            prefix=prefix,
            overwrite=run.common.force,
            advance=advance,
        )
    return classifier, found


@takes(reading=without(reading_of, "drop", "drop_missing_target"), common=o.common_of)
def predict(
    *,
    model: Model,
    table: New,
    output: o.Output,
    keep: KeepNames = None,
    keep_all: KeepAll = False,
    prefix: Prefix = "",
    output_format: o.OutputFormat = None,
    reading: Reading,
    common: o.Common,
) -> None:
    """Write a prediction and the probability of each class for every row of NEW, in its order."""
    in_files = is_in_files(table)
    with session(common, places=[] if in_files else [output]) as run:
        from imbgan.deployment.scoring import Keep

        kept = Keep(tuple(keep or ()), keep_all)
        if in_files:
            if output_format is not None:
                raise ParameterError("--output-format is only for one file. The files of a folder keep their format.")
            classifier, found = _score_files(run, model, table, output, reading, kept, prefix)
        else:
            classifier, found = _score_file(run, model, table, output, reading, kept, prefix, output_format)
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
