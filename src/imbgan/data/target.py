"""The class labels of a table: one of its columns, checked."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from imbgan._text import cut, did_you_mean, listed
from imbgan.exceptions import DataError, ParameterError

if TYPE_CHECKING:
    import polars as pl

#: More distinct values than this are no classes, however many rows there are.
MAX_CLASSES = 1000
#: From here on, classes must have two rows each on average.
MANY_CLASSES = 20


def split_target(
    frame: "pl.DataFrame", target: str, *, drop: Sequence[str] = (), drop_missing: bool = False
) -> tuple["pl.DataFrame", "pl.Series"]:
    """Return the features and the labels of a table.

    Parameters
    ----------
    frame : polars.DataFrame
    target : str
        Column of the labels.
    drop : sequence of str, default=()
        Columns to leave out, such as identifiers.
    drop_missing : bool, default=False
        Leave out rows without a label; else they are an error.

    Returns
    -------
    X : polars.DataFrame
    y : polars.Series

    Raises
    ------
    DataError
        A target that holds missing labels, one class, or measurements instead of classes; no features.
    ParameterError
        An unknown column, with a near miss.
    """
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
            f"(first: row {first}, from 0). Mend them, or leave "
            "them out (drop_missing=True, --drop-missing-target)."
        )
    frame = frame.filter(~missing) if n_missing else frame
    _check_classes(frame.get_column(target))
    X = frame.drop(target, *drop)
    if not X.columns:
        raise DataError(f"The table must have a column beside the target {target!r}. Got none.")
    return X, frame.get_column(target)


def is_missing(labels: "pl.Series") -> "pl.Series":
    """Return where a label is missing, or not a number."""
    return labels.is_null() | (labels.is_nan().fill_null(False) if labels.dtype.is_float() else False)


def take_column(frame: "pl.DataFrame", name: str) -> tuple["pl.DataFrame", "pl.Series"]:
    """Return a table without one of its columns, and that column; ParameterError with a near miss if it has none."""
    if name not in frame.columns:
        raise ParameterError(unknown_column(name, frame.columns))
    return frame.drop(name), frame.get_column(name)


def _check_classes(labels: "pl.Series") -> None:
    name, n_rows, n_classes = labels.name, len(labels), labels.n_unique()
    if n_classes < 2:
        held = f"one value, {labels[0]!r}, in all {n_rows} rows" if n_rows else "no label at all"
        raise DataError(f"The target {name!r} must have at least two classes. It has {held}. Choose another column.")
    is_fractional = labels.dtype.is_float() and bool((labels != labels.floor()).any())
    is_time = labels.dtype.is_temporal()
    if is_fractional or is_time:
        what = "times" if is_time else "measurements"
        raise DataError(
            f"The target {name!r} must hold classes. It holds {what} ({n_classes} distinct values, such as "
            f"{_example(labels)}). Choose another column, or cut it into classes first."
        )
    if n_classes > MAX_CLASSES or (n_classes > MANY_CLASSES and 2 * n_classes > n_rows):
        raise DataError(
            f"The target {name!r} must hold classes. It has {n_classes} distinct values in {n_rows} rows, such as "
            f"{_example(labels)}: an identifier, a measurement or text. Choose another column, or group its values."
        )


def _example(labels: "pl.Series") -> str:
    first = labels[0]
    return repr(cut(first, 40)) if isinstance(first, str) else str(first)


def unknown_column(name: str, columns: Sequence[str]) -> str:
    """Return the message for a name that no column has."""
    return f"The table has no column {name!r}.{did_you_mean(name, columns)} It has {listed(columns, 20)}."


def match_columns(frame: "pl.DataFrame", like: "pl.DataFrame", *, mark: str | None = None) -> "pl.DataFrame":
    """Return the columns of ``like`` out of another table, of the same data types where the values allow.

    Two text files of one table can differ in types: where all values of one file look like numbers.

    Parameters
    ----------
    frame, like : polars.DataFrame
    mark : str, default=None
        Keep only the rows in which this column of truth values is true.

    Raises
    ------
    DataError
        A column is missing; no row is marked.
    ParameterError
        No such column to mark rows, or one of other values.
    """
    if mark is not None:
        if mark not in frame.columns:
            raise ParameterError(unknown_column(mark, frame.columns))
        if str(frame.schema[mark]) != "Boolean":
            raise ParameterError(f"The column {mark!r} must hold true and false. It holds {frame.schema[mark]}.")
        frame = frame.filter(frame.get_column(mark))
        if frame.is_empty():
            raise DataError(f"The column {mark!r} is true in no row, so there are no generated rows to look at.")
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
    except pl.exceptions.PolarsError:  # types that know no way to each other
        return series
    # Only without loss: 1.5 is no integer.
    return cast if cast.cast(series.dtype, strict=False).equals(series) else series
