"""Tables for commands: a file to features and labels, and rows with labels back to a table."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from imbgan.cli.session import Session

if TYPE_CHECKING:
    import polars as pl

    from imbgan.data import Original


class Labeled(NamedTuple):
    """Features, labels, the order in which the file had all its columns, its text, and which of its rows are here."""

    X: "pl.DataFrame"
    y: "pl.Series"
    columns: list[str]
    original: "Original | None"
    kept: "pl.Series"


def load(
    run: Session,
    path: str,
    target: str,
    *,
    drop: Sequence[str] | None,
    drop_missing: bool,
    format: str | None,
    encoding: str,
) -> Labeled:
    """Read the features and labels of a table, and say how many rows were left out."""
    from imbgan.data import read_source, split_target
    from imbgan.data.target import is_missing

    frame, original = read_source(path, format=format, encoding=encoding)
    X, y = split_target(frame, target, drop=drop or (), drop_missing=drop_missing)
    if X.height < frame.height:
        run.note(f"{frame.height - X.height} of {frame.height} rows have no label and were left out.")
    return Labeled(X, y, frame.columns, original, ~is_missing(frame.get_column(target)))


def with_labels(X: "pl.DataFrame", y: "pl.Series", columns: Sequence[str]) -> "pl.DataFrame":
    """Put labels back at their place among ``columns``, of which X may lack some."""
    return X.with_columns(y).select([name for name in columns if name in X.columns or name == y.name])


def counts_of(labels: "pl.Series") -> Mapping[str, int]:
    """Return the rows of each class, the largest first."""
    from imbgan.tabular.labels import label_text

    counts = labels.value_counts(sort=True)
    return {label_text(label): int(n) for label, n in counts.iter_rows()}
