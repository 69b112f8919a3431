"""The interface of containers, and the checks that all readers share."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from imbgan.exceptions import DataError, DataTypeError
from imbgan.tabular.schema import Coded, Decoded, RawColumn, TableSchema, column_label, plain_part

T = TypeVar("T")


class Container(ABC):
    """A type of container: it is read as plain columns, and columns are written as the same type.

    A new container is one file with a subclass, and one line in :mod:`imbgan.tabular.containers`.

    Attributes
    ----------
    name : str
        Its name in a :class:`Table`, a schema and a saved document.
    is_named : bool
        Whether columns have names.
    """

    name: str
    is_named: bool = False

    @abstractmethod
    def holds(self, X: object) -> bool:
        """Return whether ``X`` (a table, or a target of one column) is such a container; import no library."""

    def eager(self, X: object) -> object:
        """Return ``X`` with its values in memory."""
        return X

    def as_given(self, X: object) -> object:
        """Undo :meth:`eager`."""
        return X

    def plain(self, X: object) -> object:
        """Return ``X`` as a container that classifiers accept."""
        return self.eager(X)

    @abstractmethod
    def n_rows(self, X: object) -> int:
        """Return the number of rows."""

    @abstractmethod
    def names(self, X: object) -> tuple[Hashable, ...]:
        """Return the column names, or positions if there are none, without reading values."""

    def text_like(self, X: object) -> tuple[Hashable, ...]:
        """Return the names of the columns whose type can hold text, without reading values; repeated names once."""
        return tuple(dict.fromkeys(self.names(X)))

    @abstractmethod
    def read(self, X: object) -> tuple[int, list[RawColumn]]:
        """Return the number of rows and the columns; raise DataError or DataTypeError if a column cannot be read."""

    @abstractmethod
    def write(self, schema: TableSchema, parts: Sequence[Decoded], n_rows: int) -> object:
        """Build the container of ``schema`` from one decoded column per column."""

    @abstractmethod
    def take(self, X: object, rows: NDArray[np.intp]) -> object:
        """Return the rows at these positions; works for targets, too."""

    @abstractmethod
    def concat(self, first: object, second: object) -> object:
        """Return the rows of ``first``, unchanged, followed by those of ``second``; works for targets, too."""

    def select(self, X: object, names: Sequence[Hashable]) -> object:
        """Return ``X`` with these columns in this order; only for containers with names."""
        raise NotImplementedError(f"{type(X).__name__} does not name its columns: {list(names)!r}.")

    def with_cells(self, X: object, name: Hashable, cells: NDArray[np.generic]) -> object:
        """Return ``X`` with other cells in one column: objects of shape (n,), or float32 vectors (n, size)."""
        raise NotImplementedError(f"{type(X).__name__} has no column of texts: {name!r}.")

    def split(self, X: object, name: Hashable) -> tuple[object, object]:
        """Return ``X`` without one column, and this column; only for containers with names."""
        raise NotImplementedError(f"{type(X).__name__} does not name its columns: {name!r}.")


def check_shape(shape: tuple[int, ...]) -> None:
    """Raise DataError unless a table has two dimensions, at least one row and at least one column."""
    if len(shape) == 1:
        raise DataError(
            f"Expected 2D array, got 1D array instead (shape={shape}). Reshape your data using "
            "X.reshape(-1, 1) if it has one feature or X.reshape(1, -1) if it is one row."
        )
    if len(shape) != 2:
        raise DataError(f"Expected 2D array, got an array of {len(shape)} dimensions (shape={shape}).")
    if shape[0] == 0:
        raise DataError(f"Found array with 0 sample(s) (shape={shape}) while a minimum of 1 is required.")
    if shape[1] == 0:
        raise DataError(f"Found array with 0 feature(s) (shape={shape}) while a minimum of 1 is required.")


def check_names(names: Sequence[Hashable]) -> None:
    """Raise DataError for a name that occurs twice, or that no other name equals, itself included."""
    if any(name != name for name in names):  # pandas makes NaN of a name that is None
        raise DataError(
            "Column names must be texts, numbers or other values that equal themselves, but NaN is one of them. Rename "
            "the column."
        )
    seen: set[Hashable] = set()
    twice = [name for name in names if name in seen or seen.add(name)]
    if twice:
        raise DataError(
            f"Column names must be unique, but {', '.join(map(repr, dict.fromkeys(twice)))} occurs more than "
            "once. Rename or drop the repeated columns."
        )


def unsupported(name: Hashable, text: str) -> DataTypeError:
    """Return the error for a data type that no column kind describes."""
    return DataTypeError(
        f"{column_label(name)} has the data type {text}, which no column kind describes. Convert it to "
        "numbers, booleans, strings, categories, dates, times of day or durations, or unpack it into columns of its "
        "own, or drop it."
    )


def too_wide(name: Hashable) -> DataError:
    """Return the error for an integer beyond 64 bits."""
    return DataError(
        f"{column_label(name)} holds an integer that does not fit 64 bits. Convert the column to float, "
        "or to strings if its values are codes."
    )


def written(
    part: Decoded,
    write: Callable[[NDArray[np.generic], NDArray[np.bool_]], T],
    take: Callable[[T, NDArray[np.intp]], T],
) -> T:
    """Return a column in a library's own form; each level of a category is converted once, and not in each row.

    Parameters
    ----------
    part : Decoded
    write : callable
        ``write(values, missing)`` returns a column with these cells.
    take : callable
        ``take(column, index)`` returns a column with the cells at these positions.
    """
    if isinstance(part, Coded) and len(part.cells[0]) <= len(part.codes):
        return take(write(*part.cells), part.codes.astype(np.intp, copy=False))
    return write(*plain_part(part))
