"""Tables for commands: split a file into features and labels, and join rows and labels again."""

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from imbgan._text import shown
from imbgan.cli.images import is_folder
from imbgan.cli.samples import refuse_files
from imbgan.cli.session import Session
from imbgan.data.readers import STANDARD_STREAM, open_file
from imbgan.data.reading import Reading, names_in
from imbgan.data.stores import is_pattern
from imbgan.exceptions import DataError, DataTypeError, ParameterError

if TYPE_CHECKING:
    import polars as pl

    from imbgan.data import JsonOriginal, Original


#: Data types of polars that a generator may be unable to learn.
RARE_TYPES = ("Binary", "Decimal", "Int128", "Object", "UInt128", "Unknown")


class Labeled(NamedTuple):
    """Features, labels, the order of all columns in the file, its text, which rows were kept, and how it was read."""

    X: "pl.DataFrame"
    y: "pl.Series"
    columns: list[str]
    original: "Original | JsonOriginal | None"
    kept: "pl.Series"
    reading: Reading

    @property
    def class_totals(self) -> None:
        """None: the rows are all rows of the table."""


def required(target: str | None, path: str, command: str) -> str:
    """Return the target column, without which a table cannot be read.

    Raises
    ------
    DataError
        If there is no such table.
    ParameterError
        If no column is named.
    """
    if target is not None:
        return target
    as_read = ""
    if path != STANDARD_STREAM and Path(path).is_dir():
        as_read = f"{path!r} holds no images, so it is read as a table in files. "
    elif path != STANDARD_STREAM and not is_pattern(path):
        open_file(Path(path)).close()
    raise ParameterError(f"{as_read}Missing option '--target' / '-t'. See: imbgan {command} --help")


def check_table(path: str) -> None:
    """Raise DataError if a table is expected and a folder of images is given."""
    if path != STANDARD_STREAM and is_folder(path):
        raise DataError(
            f"{path!r} is a folder, and this command takes tables only. Folders of images go to "
            "describe, compare, resample, fit, assess and audit."
        )


def load(run: Session, path: str, target: str, reading: Reading) -> Labeled:
    """Read the features and labels of a table, and report what was read in an unexpected way, and what was dropped."""
    from imbgan.data import read_source, split_target
    from imbgan.data.target import is_missing

    check_table(path)
    refuse_files(path)
    frame, original, reading, notes = read_source(path, reading)
    for note in notes:
        run.note(note)
    reading = replace(reading, drop=tuple(names_in(reading.drop, frame.columns)))
    X, y = split_target(frame, target, drop=reading.drop, drop_missing=reading.drop_missing)
    _check_types(X)
    if reading.drop:
        run.note(f"Dropped columns: {', '.join(map(shown, reading.drop))}")
    if X.height < frame.height:
        run.note(f"{frame.height - X.height} of {frame.height} rows have no label and were dropped.")
    return Labeled(X, y, frame.columns, original, ~is_missing(frame.get_column(target)), reading)


def _check_types(X: "pl.DataFrame") -> None:
    """Raise an error for columns that cannot be learned; the message names the options that help."""
    from imbgan.tabular import read_table

    for name, dtype in X.schema.items():
        if dtype.is_nested() or str(dtype).partition("(")[0] in RARE_TYPES:
            try:
                read_table(X.select(name))
            except (DataError, DataTypeError) as error:
                column = shlex.quote(name)
                raise type(error)(
                    f"{error} Here: --drop {column}, or --kind {shlex.quote(f'{name}=text')} (or another kind)."
                ) from error


def with_labels(X: "pl.DataFrame", y: "pl.Series", columns: Sequence[str]) -> "pl.DataFrame":
    """Insert labels at their place among ``columns``, some of which X may lack."""
    return X.with_columns(y).select([name for name in columns if name in X.columns or name == y.name])


def counts_of(labels: "pl.Series") -> Mapping[str, int]:
    """Return the rows of each class, the largest first."""
    from imbgan.tabular.labels import label_text

    counts = labels.value_counts(sort=True)
    return {label_text(label): int(n) for label, n in counts.iter_rows()}
