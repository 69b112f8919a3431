"""Data sets on the command line: tables in a folder, behind a pattern, or in one file larger than memory."""

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from imbgan._text import shown
from imbgan.cli.images import is_folder
from imbgan.cli.session import Session
from imbgan.data.reading import Reading
from imbgan.data.stores import is_pattern
from imbgan.exceptions import ParameterError

if TYPE_CHECKING:
    import polars as pl

    from imbgan.data import DataSet
    from imbgan.tabular.survey import Surveyed

#: Bytes from which a single file is read in batches instead of as a whole.
LARGE = 2**30
_IN_BATCHES = (".parquet", ".pq", ".arrow", ".feather", ".ipc", ".csv", ".tsv", ".jsonl", ".ndjson")


def is_in_files(path: str) -> bool:
    """Return whether a table is a folder of tables, or a pattern."""
    place = Path(path)
    try:
        return not is_folder(path) if place.is_dir() else is_pattern(path) and not place.exists()
    except (OSError, ValueError):
        return False


def is_data_set(path: str) -> bool:
    """Return whether the input of a command is read in batches: a folder of tables, a pattern, or a large file."""
    if is_in_files(path):
        return True
    place = Path(path)
    try:
        return place.is_file() and place.suffix.lower() in _IN_BATCHES and place.stat().st_size >= LARGE
    except (OSError, ValueError):
        return False


class Sample(NamedTuple):
    """A data set, and what the walk through all its rows found: a sample of each class, and statistics of all rows."""

    data_set: "DataSet"
    surveyed: "Surveyed"
    y: "pl.Series"

    @property
    def X(self) -> "pl.DataFrame":
        """The features of the rows of the sample."""
        import polars as pl

        rows = self.surveyed.X
        assert isinstance(rows, pl.DataFrame)
        return rows

    @property
    def reading(self) -> Reading:
        """How the files are read."""
        return self.data_set.reading

    @property
    def class_totals(self) -> dict[object, int]:
        """Number of rows of each class in the whole data set."""
        return dict(zip(self.surveyed.labels.classes.tolist(), self.surveyed.class_counts.tolist(), strict=True))


def open_table(run: Session, path: str, reading: Reading) -> "DataSet":
    """Open a data set, and tell what was passed over and what is dropped."""
    from imbgan.data import open_data_set

    found = open_data_set(path, reading)
    for note in found.notes:
        run.note(note)
    if found.reading.drop:
        run.note(f"Dropped columns: {', '.join(map(shown, found.reading.drop))}")
    return found


def sample(run: Session, path: str, target: str, reading: Reading, *, seed: int = 0) -> Sample:
    """Read all rows of a data set once, keep a sample of each class, and tell what was found."""
    import polars as pl

    from imbgan.tabular.survey import Survey

    data_set = open_table(run, path, reading)
    batches = data_set.labeled(target)
    survey = Survey(seed=seed)
    for X, y, file, rows, place in batches.shown(run.shows_progress):
        survey.update(X, y, file=file, rows=rows, place=place)
    found = survey.result()
    if batches.n_missing:
        n_rows = found.n_rows + batches.n_missing
        run.note(f"{batches.n_missing} of {n_rows} rows have no label and were dropped.")
    labels = pl.Series(target, found.labels.values.tolist()).cast(data_set.schema[target])
    return Sample(data_set, found, labels)


def refuse_files(path: str) -> None:
    """Raise an error for a command that needs a table in memory; it says what to do instead.

    Raises
    ------
    ParameterError
        If the path is a folder of tables or a pattern.
    """
    if not is_in_files(path):
        return
    place = Path(path)
    files = (str(file) for file in sorted(place.rglob("*")) if file.suffix.lower() in _IN_BATCHES)
    one = next(files, None) if place.is_dir() else None
    raise ParameterError(
        f"{path!r} is a table in several files, and this command needs one table in memory. Use one of the files"
        f"{'' if one is None else f', such as {one!r}'}. describe, resample, fit, train and predict take all of them."
    )
