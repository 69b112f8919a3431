"""The target column of a table: split from it, and checked."""

import shlex
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from imbgan._text import cut, did_you_mean, listed
from imbgan.data.reading import names_in
from imbgan.exceptions import DataError, ParameterError

if TYPE_CHECKING:
    import polars as pl

#: A column with more distinct values does not hold classes, however many rows there are.
MAX_CLASSES = 1000
#: With more distinct values than this, classes must have two rows on average.
MANY_CLASSES = 20


def split_target(
    frame: "pl.DataFrame", target: str, *, drop: Sequence[str] = (), drop_missing: bool = False
) -> tuple["pl.DataFrame", "pl.Series"]:
    """Return the features and the labels of a table.

    Parameters
    ----------
    frame : polars.DataFrame
    target : str
        Name of the target column.
    drop : sequence of str, default=()
        Columns to drop, such as identifiers; each text is one name, or names between commas.
    drop_missing : bool, default=False
        Whether rows without a label are dropped; by default they are an error.

    Returns
    -------
    X : polars.DataFrame
    y : polars.Series

    Raises
    ------
    DataError
        If the target holds missing labels, a single class, or measurements instead of classes; or if there are no
        features.
    ParameterError
        If a column is unknown; the message names a near miss.
    """
    drop = names_in(drop, frame.columns)
    for name in (target, *drop):
        if name not in frame.columns:
            raise ParameterError(unknown_column(name, frame.columns))
    if target in drop:
        raise ParameterError(f"The target {target!r} cannot be dropped. Name another target, or keep it.")
    missing = is_missing(frame.get_column(target))
    n_missing = int(missing.sum())
    if n_missing and not drop_missing:
        first = missing.arg_max()
        raise DataError(
            f"Every row must have a label. The target {target!r} is missing in {n_missing} of {frame.height} rows "
            f"(first: row {first}, from 0). Fill them in, or drop "
            "them (drop_missing=True, --drop-missing-target)."
        )
    frame = frame.filter(~missing) if n_missing else frame
    _check_classes(frame.get_column(target))
    X = frame.drop(target, *drop)
    if not X.columns:
        raise DataError(f"The table must have other columns than the target {target!r}. Got none.")
    return X, frame.get_column(target)


def is_missing(labels: "pl.Series") -> "pl.Series":
    """Return where a label is missing, or not a number."""
    return labels.is_null() | (labels.is_nan().fill_null(False) if labels.dtype.is_float() else False)


def take_column(frame: "pl.DataFrame", name: str) -> tuple["pl.DataFrame", "pl.Series"]:
    """Return a table without one of its columns, and this column; ParameterError if the column is unknown."""
    if name not in frame.columns:
        raise ParameterError(unknown_column(name, frame.columns))
    return frame.drop(name), frame.get_column(name)


def _check_classes(labels: "pl.Series") -> None:
    check_class_counts(labels, dict(labels.value_counts().iter_rows()), is_complete=True)


def check_class_counts(labels: "pl.Series", counts: Mapping[object, int], *, is_complete: bool) -> None:
    """Raise DataError if a target holds a single class, or measurements instead of classes.

    Parameters
    ----------
    labels : polars.Series
        Some labels, or all.
    counts : mapping of label to int
        Rows of each class in all rows that were seen so far.
    is_complete : bool
        Whether all rows were seen.
    """
    name, n_rows, n_classes = labels.name, sum(counts.values()), len(counts)
    if is_complete and n_classes < 2:
        held = f"one value, {next(iter(counts))!r}, in all {n_rows} rows" if n_rows else "no label at all"
        raise DataError(f"The target {name!r} must have at least two classes. It has {held}. Choose another column.")
    is_fractional = labels.dtype.is_float() and bool((labels != labels.floor()).any())
    is_time = labels.dtype.is_temporal()
    if is_fractional or is_time:
        what = "times" if is_time else "measurements"
        cast = shlex.quote(f"{name}=text")
        few = f" If they are classes, read them as text: --kind {cast}." if n_classes <= MANY_CLASSES else ""
        raise DataError(
            f"The target {name!r} must hold classes. It holds {what} ({n_classes} distinct values, such as "
            f"{_example(labels)}). Choose another column, or cut it into classes first.{few}"
        )
    if n_classes > MAX_CLASSES or (is_complete and n_classes > MANY_CLASSES and 2 * n_classes > n_rows):
        raise DataError(
            f"The target {name!r} must hold classes. It has {n_classes} distinct values in {n_rows} rows, such as "
            f"{_example(labels)}: an identifier, a measurement or text. Choose another column, or group its values."
        )


def _example(labels: "pl.Series") -> str:
    first = labels[0]
    return repr(cut(first, 40)) if isinstance(first, str) else str(first)


def unknown_column(name: str, columns: Sequence[str]) -> str:
    """Return the message for an unknown column."""
    return f"The table has no column {name!r}.{did_you_mean(name, columns)} It has {listed(columns, 20)}."


def match_columns(frame: "pl.DataFrame", like: "pl.DataFrame", *, mark: str | None = None) -> "pl.DataFrame":
    """Return the columns of ``like`` from another table, with the same data types if the values allow it.

    Two text files of one table can differ in types, if all values in one file look like numbers.

    Parameters
    ----------
    frame, like : polars.DataFrame
    mark : str, default=None
        A column of booleans; only rows in which it is true are kept.

    Raises
    ------
    DataError
        If a column is missing, or if no row is marked.
    ParameterError
        If the column ``mark`` does not exist, or does not hold booleans.
    """
    if mark is not None:
        if mark not in frame.columns:
            raise ParameterError(unknown_column(mark, frame.columns))
        if str(frame.schema[mark]) != "Boolean":
            raise ParameterError(f"The column {mark!r} must hold true and false. It holds {frame.schema[mark]}.")
        frame = frame.filter(frame.get_column(mark))
        if frame.is_empty():
            raise DataError(f"The column {mark!r} is true in no row, so there are no generated rows to assess.")
    for name in like.columns:
        if name not in frame.columns:
            raise DataError(unknown_column(name, frame.columns))
    return frame.select(_as_type(frame.get_column(name), like.get_column(name)) for name in like.columns)


def _as_type(series: "pl.Series", like: "pl.Series") -> "pl.Series":
    import polars as pl

    if series.dtype == like.dtype:
        return series
    try:
        cast = series.cast(like.dtype, strict=False)
    except pl.exceptions.PolarsError:  # types that cannot be converted
        return series
    # The conversion must be lossless: 1.5 is not an integer.
    return cast if cast.cast(series.dtype, strict=False).equals(series) else series
