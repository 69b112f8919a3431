"""Columns of vectors: each number is a column of the table that is read, and the vector is one cell when written."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from imbgan.exceptions import DataError
from imbgan.tabular.schema import Column, Decoded, DType, RawColumn, Table, plain_part


@dataclass(frozen=True, repr=False)
class Element:
    """The name of one number of the vectors in a column.

    Parameters
    ----------
    column : Hashable
        Name of the column.
    place : int
        Place of the number in the vectors, from 0.
    size : int
        Length of the vectors.
    """

    column: Hashable
    place: int
    size: int

    def __str__(self) -> str:
        return f"{self.column}[{self.place}]"

    def __repr__(self) -> str:
        return repr(str(self))


def cell_names(names: Iterable[Hashable]) -> tuple[Hashable, ...]:
    """Return the names of the columns of a container, in which the elements of a vector are one column."""
    return tuple(dict.fromkeys(name.column if isinstance(name, Element) else name for name in names))


def read_vectors(name: Hashable, cells: Sequence[Any] | NDArray[Any], dtype: DType) -> list[RawColumn]:
    """Return one column of floats for each number of the vectors in a column.

    Parameters
    ----------
    name : Hashable
    cells : sequence of vectors, or ndarray of shape (n, size)
        Lists, tuples or arrays of numbers; all of one length.
    dtype : DType
        The type of the whole column, with which its cells are made again.

    Raises
    ------
    DataError
        If a vector is missing, has another length than the first one, or holds something else than numbers.
    """
    values = cells if isinstance(cells, np.ndarray) and cells.ndim == 2 else _stacked(name, cells)
    if values.shape[1] == 0:
        raise DataError(f"Column {name!r} holds vectors without numbers. Drop it.")
    if np.isnan(values).any():
        row = int(np.isnan(values).any(axis=1).argmax())
        raise DataError(f"Column {name!r}: the vector at row {row} holds NaN. Fill or drop such rows.")
    present = np.zeros(len(values), dtype=bool)
    columns = np.asfortranarray(values, dtype=np.float64)
    return [
        RawColumn(Element(name, place, columns.shape[1]), dtype, "float", columns[:, place], present, block=name)
        for place in range(columns.shape[1])
    ]


def _stacked(name: Hashable, cells: Sequence[Any] | NDArray[Any]) -> NDArray[np.float64]:
    rows: list[NDArray[np.float64]] = []
    for number, cell in enumerate(cells):
        if cell is None or not hasattr(cell, "__len__"):
            raise DataError(
                f"Column {name!r} holds vectors, but row {number} holds {cell!r}. Fill or drop such rows: a vector "
                "cannot be missing."
            )
        try:
            row = np.asarray(cell, dtype=np.float64)
        except (TypeError, ValueError):
            row = np.empty((0, 0))
        if row.ndim != 1:
            raise DataError(f"Column {name!r}: row {number} holds {str(cell)[:40]!r}, which is no vector of numbers.")
        if rows and len(row) != len(rows[0]):
            raise DataError(
                f"Column {name!r}: vectors must have one length, but row 0 has {len(rows[0])} numbers and row {number} "
                f"has {len(row)}. Cut or pad them, or unpack them into columns."
            )
        rows.append(row)
    return np.stack(rows) if rows else np.empty((0, 0))


def is_vector(cell: object) -> bool:
    """Return whether a cell of an object column is a list, tuple or array of numbers."""
    if isinstance(cell, np.ndarray):
        return cell.ndim == 1 and cell.dtype.kind in "fiu"
    return isinstance(cell, list | tuple) and all(type(x) in (int, float) or isinstance(x, np.number) for x in cell)


def holds_vectors(cells: Sequence[object] | NDArray[np.object_]) -> bool:
    """Return whether the first cell of an object column that is not missing is a vector."""
    return is_vector(next((cell for cell in cells if cell is not None), None))


def vector_type(cells: Sequence[Any] | NDArray[np.object_], dtype: DType) -> DType:
    """Return the type of an object column of vectors, which keeps what the first one is: a list or an array."""
    first = next(cell for cell in cells if cell is not None)
    kind = first.dtype.name if isinstance(first, np.ndarray) else "float"
    if not isinstance(first, np.ndarray) and all(isinstance(x, int | np.integer) for cell in cells for x in cell or ()):
        kind = "int"
    holder = "array" if isinstance(first, np.ndarray) else type(first).__name__
    return replace(dtype, cells=f"{holder}.{kind}")


def write_vectors(dtype: DType, values: NDArray[np.generic]) -> NDArray[np.object_]:
    """Return the cells of an object column of vectors, the inverse of :func:`vector_type` and :func:`read_vectors`."""
    holder, _, kind = dtype.cells.partition(".")
    cells = np.empty(len(values), dtype=object)
    if holder == "array":
        for i, row in enumerate(values.astype(np.dtype(kind))):
            cells[i] = row
        return cells
    rows = (values.astype(np.int64) if kind == "int" else values).tolist()
    for i, row in enumerate(rows):
        cells[i] = tuple(row) if holder == "tuple" else row
    return cells


def vectorized(table: Table, vectors: Mapping[Hashable, NDArray[np.floating]]) -> Table:
    """Return a table in which vectors of shape (n, size) take the place of columns of text, whose types they keep."""
    columns: list[RawColumn] = []
    kinds = {name: kind for name, kind in table.kinds.items() if name not in vectors}
    for column in table.columns:
        if column.name not in vectors:
            columns.append(column)
            continue
        elements = read_vectors(column.name, np.asarray(vectors[column.name]), column.dtype)
        columns.extend(elements)
        kinds.update(dict.fromkeys([element.name for element in elements], "text"))
    return replace(table, columns=tuple(columns), kinds=kinds)


def as_texts(
    columns: Sequence[Column], parts: Sequence[Decoded], texts: Callable[[Hashable, NDArray[np.generic]], Any] | None
) -> tuple[list[Column], list[Decoded]]:
    """Return decoded columns in which texts take the place of the vectors that stood for texts.

    Parameters
    ----------
    columns : sequence of Column
    parts : sequence of Decoded
    texts : callable or None
        Called with the name of a column and vectors (n, size), it returns n texts, None where missing. By default all
        are missing.
    """
    kept: list[Column] = []
    written: list[Decoded] = []
    place = 0
    while place < len(columns):
        column, size = columns[place], 1
        if isinstance(column.name, Element) and column.kind == "text":
            size = column.name.size
            values = _matrix(parts[place : place + size])
            cells = np.full(len(values), None, dtype=object)
            if texts is not None:
                cells[:] = texts(column.name.column, values)
            kept.append(replace(column, name=column.name.column))
            written.append((cells, np.array([cell is None for cell in cells], dtype=bool)))
        else:
            kept.append(column)
            written.append(parts[place])
        place += size
    return kept, written


def whole_cells(columns: Sequence[Column], parts: Sequence[Decoded]) -> Iterator[tuple[Hashable, DType, Decoded]]:
    """Yield name, type and part of the columns of a container; the values of vectors are of shape (n, size)."""
    place = 0
    while place < len(columns):
        column = columns[place]
        size = column.name.size if isinstance(column.name, Element) else 1
        if not isinstance(column.name, Element):
            yield column.name, column.dtype, parts[place]
        else:
            values = _matrix(parts[place : place + size])
            yield column.name.column, column.dtype, (values, plain_part(parts[place])[1])
        place += size


def _matrix(parts: Sequence[Decoded]) -> NDArray[np.generic]:
    return np.stack([plain_part(part)[0] for part in parts], axis=1)
