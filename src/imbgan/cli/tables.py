"""Tables for commands: split a file into features and labels, and join rows and labels again."""

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from imbgan._text import shown
from imbgan.cli.session import Session
from imbgan.exceptions import DataError, DataTypeError, ParameterError

if TYPE_CHECKING:
    import polars as pl

    from imbgan.data import JsonOriginal, Original


#: Data types of polars that a generator may be unable to learn.
RARE_TYPES = ("Binary", "Decimal", "Int128", "Object", "UInt128", "Unknown")


class Labeled(NamedTuple):
    """Features, labels, the order of all columns in the file, its text, and which of its rows were kept."""

    X: "pl.DataFrame"
    y: "pl.Series"
    columns: list[str]
    original: "Original | JsonOriginal | None"
    kept: "pl.Series"


def load(
    run: Session,
    path: str,
    target: str,
    *,
    drop: Sequence[str] | None,
    cast: Sequence[str] | None,
    drop_missing: bool,
    format: str | None,
    encoding: str,
) -> Labeled:
    """Read the features and labels of a table, and report dropped columns and rows."""
    from imbgan.data import cast_columns, read_source, split_target
    from imbgan.data.target import is_missing

    frame, original = read_source(path, format=format, encoding=encoding)
    frame = cast_columns(frame, types_of(cast))
    if original is not None and cast:
        original = replace(original, frame=frame)
    X, y = split_target(frame, target, drop=drop or (), drop_missing=drop_missing)
    _check_types(X)
    if drop:
        run.note(f"Dropped columns: {', '.join(map(shown, dict.fromkeys(drop)))}")
    if X.height < frame.height:
        run.note(f"{frame.height - X.height} of {frame.height} rows have no label and were dropped.")
    return Labeled(X, y, frame.columns, original, ~is_missing(frame.get_column(target)))


def types_of(cast: Sequence[str] | None) -> dict[str, str]:
    """Return the type of each cast column, from texts such as ``"age=number"``."""
    types: dict[str, str] = {}
    for text in cast or ():
        name, sign, wanted = text.rpartition("=")
        if not sign:
            raise ParameterError(f"--cast takes a column and its type, such as --cast age=number. Got {text!r}.")
        types[name] = wanted
    return types


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
                    f"{error} Here: --drop {column}, or --cast {shlex.quote(f'{name}=text')} (or another type)."
                ) from error


def with_labels(X: "pl.DataFrame", y: "pl.Series", columns: Sequence[str]) -> "pl.DataFrame":
    """Insert labels at their place among ``columns``, some of which X may lack."""
    return X.with_columns(y).select([name for name in columns if name in X.columns or name == y.name])


def counts_of(labels: "pl.Series") -> Mapping[str, int]:
    """Return the rows of each class, the largest first."""
    from imbgan.tabular.labels import label_text

    counts = labels.value_counts(sort=True)
    return {label_text(label): int(n) for label, n in counts.iter_rows()}
