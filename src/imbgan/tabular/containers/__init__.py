"""The containers of tables: one file per library, registered here."""

import re
from collections.abc import Hashable, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from imbgan.exceptions import DataTypeError
from imbgan.tabular.containers.arrow import ArrowBatchContainer, ArrowTableContainer
from imbgan.tabular.containers.base import Container
from imbgan.tabular.containers.lists import ListContainer
from imbgan.tabular.containers.numpy import MaskedContainer, MatrixContainer, NumpyContainer
from imbgan.tabular.containers.pandas import PandasContainer
from imbgan.tabular.containers.polars import LazyContainer, PolarsContainer
from imbgan.tabular.containers.sparse import SPARSE
from imbgan.tabular.schema import Decoded, DType, Table, TableSchema

#: The first match is the container of an object, so subclasses of ndarray come before ndarray.
CONTAINERS: tuple[Container, ...] = (
    PandasContainer(),
    PolarsContainer(),
    LazyContainer(),
    ArrowTableContainer(),
    ArrowBatchContainer(),
    MaskedContainer(),
    MatrixContainer(),
    NumpyContainer(),
    ListContainer(),
    *SPARSE,
)
_BY_NAME = {container.name: container for container in CONTAINERS}


def container_of(X: object) -> Container:
    """Return the container of a table or target; for a :class:`Table`, the one that it was read from.

    Raises
    ------
    DataTypeError
        If ``X`` is of no known container.
    """
    if isinstance(X, Table):
        return _BY_NAME[X.container]
    for container in CONTAINERS:
        if container.holds(X):
            return container
    raise DataTypeError(
        "X must be a pandas or polars DataFrame, a pyarrow Table or RecordBatch, a NumPy array, a list of rows or a "
        f"SciPy sparse matrix, got {type(X).__name__}. Convert it to one of these."
    )


def container_named(name: str) -> Container:
    """Return the container that a schema or a document names; ValueError for an unknown one."""
    if name not in _BY_NAME:
        raise ValueError(f"its container {name!r} is unknown")
    return _BY_NAME[name]


def write_table(schema: TableSchema, parts: Sequence[Decoded], n_rows: int) -> object:
    """Build the container of ``schema`` from plain columns.

    Parameters
    ----------
    schema : TableSchema
        Names, data types and container.
    parts : sequence of Decoded
        Of n_rows rows each.
    n_rows : int
        Number of rows.
    """
    return container_named(schema.container).write(schema, parts, n_rows)


def holds_missing(container: str, dtype: DType) -> bool:
    """Return whether a column of this type can hold missing cells in the container that is named."""
    if dtype.storage or container.startswith(("polars", "arrow", "list", "numpy-masked")):
        return True
    return re.match(r"u?int\d+|bool|<U|Sparse\[u?int|Sparse\[bool", dtype.text) is None


def part_with_text(X: object) -> object:
    """Return the columns of a table whose type can hold text, or None if there are none; no value is read.

    A container without names comes back whole.
    """
    container = container_of(X)
    names = container.text_like(X)
    if not names:
        return None
    return container.select(X, names) if container.is_named else X


def n_rows(X: object) -> int:
    """Return the number of rows of a table or of a target.

    Parameters
    ----------
    X : DataFrame, Series, ndarray, list, Arrow or sparse container, or a Table

    Raises
    ------
    DataTypeError
        If ``X`` is of another type.
    """
    return X.n_rows if isinstance(X, Table) else container_of(X).n_rows(X)


def take(container: object, indices: ArrayLike) -> object:
    """Return the rows at ``indices`` in the same container; works for targets, too.

    Parameters
    ----------
    container : DataFrame, Series, ndarray, list, Arrow or sparse container
    indices : array-like of int, or of bool of shape (n,)
        Positions of the rows, in the order wanted; or which rows to keep.
    """
    rows = np.asarray(indices)
    rows = np.flatnonzero(rows) if rows.dtype == np.bool_ else rows.astype(np.intp)
    return container_of(container).take(container, rows)


def with_cells(X: object, name: Hashable, cells: NDArray[np.generic]) -> object:
    """Return a table with other cells in one column; the container, the other columns and their order stay.

    Parameters
    ----------
    X : DataFrame, ndarray, list or Arrow container of shape (n, d)
    name : Hashable
        Name of the column, or its position.
    cells : ndarray of object of shape (n,), or of float32 of shape (n, size)
        Texts, None where missing; or vectors, as lists or arrays in the type that the container has for them.
    """
    return container_of(X).with_cells(X, name, cells)


def concat(first: object, second: object) -> object:
    """Return the rows of ``first``, unchanged, followed by those of ``second``.

    Parameters
    ----------
    first, second : the same container with the same columns
        ``second`` as ``inverse_transform`` makes it; targets work, too.

    Returns
    -------
    container
        With the data types of ``first``. A pandas result has the index of ``first``, continued: see
        :func:`imbgan.tabular.containers.pandas.continued`.
    """
    return container_of(first).concat(first, second)


def eager(X: object) -> object:
    """Return ``X`` with its rows in memory: a polars LazyFrame is collected with a warning; others are returned.

    Call it before a table is used more than once, since a lazy query can be slow and can give other rows each time.
    """
    return X if isinstance(X, Table) else container_of(X).eager(X)


def as_given(frame: object, X: object) -> object:
    """Return ``frame``, which was built from ``eager(X)``, in the container of ``X``: lazy if ``X`` is lazy."""
    return container_of(X).as_given(frame)


def plain(X: object) -> object:
    """Return ``X`` as a container that classifiers accept.

    A polars LazyFrame is collected with a warning. Masked cells of an array become NaN (None in a table of objects),
    since classifiers would ignore the mask. An `np.matrix`, and any object that only converts to an array, becomes an
    array. All other containers are returned.
    """
    for container in CONTAINERS:
        if container.holds(X):
            return container.plain(X)
    return np.asarray(X) if hasattr(X, "__array__") and not hasattr(X, "shape") else X
