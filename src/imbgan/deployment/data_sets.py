"""Score a data set file by file: a new folder with one file of scores for each of its files."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from imbgan._files import whole_folder
from imbgan.data.apart import check_apart
from imbgan.data.appending import append_frames
from imbgan.data.sets import DataSet
from imbgan.data.writers import possible_name
from imbgan.deployment.scoring import Keep, Scorer, Scores
from imbgan.exceptions import DataError, ParameterError

if TYPE_CHECKING:
    from imbgan.deployment.classifier import DeployableClassifier


def check_new_folder(path: Path, *, overwrite: bool) -> None:
    """Raise ParameterError unless a folder can be created here, or, with ``overwrite``, replaced.

    Only a folder of nothing but files of tables is replaced, so that a mistyped name cannot destroy other files.
    """
    with possible_name(path):
        if path.exists():
            if not overwrite:
                raise ParameterError(f"{str(path)!r} exists. Name another folder, or use --force.")
            files = path.rglob("*") if path.is_dir() else [path]
            other = next((str(file) for file in files if not file.is_dir() and not _is_table(file)), None)
            if other is not None or not path.is_dir():
                raise ParameterError(f"{str(path)!r} exists and is no folder of tables: {other!r}. Name another.")
        elif not path.absolute().parent.is_dir():
            raise ParameterError(f"The folder {str(path.parent)!r} does not exist. Create it first.")


def _is_table(file: Path) -> bool:
    return file.name.lower().split(".", 1)[-1].split(".")[0] in ("parquet", "arrow", "csv", "tsv", "jsonl", "ndjson")


def score_data_set(
    model: "DeployableClassifier",
    data_set: DataSet,
    output: Path,
    *,
    keep: Keep,
    prefix: str = "",
    overwrite: bool = False,
    advance: Callable[[int], None] = lambda _: None,
) -> Scores:
    """Write a folder with a file of scores for each file of a data set, of the same name and rows in their order.

    The folder appears when all files are complete. Memory does not grow with the data set.

    Parameters
    ----------
    model : DeployableClassifier
    data_set : DataSet
        Opened with the reading of :meth:`imbgan.deployment.Origin.for_new_files`.
    output : Path
        The folder.
    keep, prefix
        As for :func:`imbgan.deployment.score_file`.
    overwrite : bool, default=False
    advance : callable, optional
        Called with the number of rows after each batch.

    Raises
    ------
    DataError, DataTypeError, ParameterError
        As :func:`imbgan.deployment.score_file`; also if the folder lies in that of the data set, or holds it.
    """
    check_new_folder(output, overwrite=overwrite)
    check_apart(data_set, str(output))
    scorer = Scorer(model, keep, prefix)
    try:
        with whole_folder(output, overwrite=overwrite) as folder:
            folder.mkdir()
            for file, section in zip(data_set.files, data_set.sections(), strict=True):
                place = folder / file.name
                place.parent.mkdir(parents=True, exist_ok=True)
                with append_frames(str(place), format=data_set.format) as append:
                    is_empty = True
                    for batch in data_set.batches(sections=[section]):
                        append(scorer.score(batch.frame))
                        advance(batch.frame.height)
                        is_empty = False
                    if is_empty:
                        append(scorer.no_rows(data_set.schema))
    except OSError as error:
        raise DataError(f"{str(output)!r} cannot be written: {error.strerror or error}.") from error
    return scorer.finish(list(data_set.notes))
