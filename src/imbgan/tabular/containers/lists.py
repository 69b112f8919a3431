"""Lists of rows, each a list, tuple or array of cells."""

from collections.abc import Hashable, Sequence
from typing import cast

import numpy as np
from numpy.typing import NDArray

from imbgan.exceptions import DataError
from imbgan.tabular.cells import read_columns, write_cells
from imbgan.tabular.containers.base import Container, check_shape
from imbgan.tabular.schema import Decoded, RawColumn, TableSchema, plain_part
from imbgan.tabular.vectors import whole_cells


class ListContainer(Container):
    """A list of rows; a target is a list of labels."""

    name = "list"

    def holds(self, X: object) -> bool:
        return isinstance(X, list | tuple)

    def n_rows(self, X: object) -> int:
        return len(cast("list[object]", X))

    def names(self, X: object) -> tuple[Hashable, ...]:
        rows = cast("Sequence[Sequence[object]]", X)
        return tuple(range(len(rows[0]) if rows and isinstance(rows[0], list | tuple | np.ndarray) else 0))

    def read(self, X: object) -> tuple[int, list[RawColumn]]:
        rows = cast("Sequence[Sequence[object]]", X)
        if not rows:
            raise DataError("Found array with 0 sample(s) (shape=(0, 0)) while a minimum of 1 is required.")
        if not isinstance(rows[0], list | tuple | np.ndarray):
            check_shape((len(rows),))
        width = len(rows[0])
        for number, row in enumerate(rows):
            if not isinstance(row, list | tuple | np.ndarray) or len(row) != width:
                found = f"{len(row)} cells" if isinstance(row, list | tuple | np.ndarray) else type(row).__name__
                raise DataError(
                    f"Rows must be equally long, but row 0 has {width} cells and row {number} has {found}. "
                    "Make every row a list with one cell per column."
                )
        check_shape((len(rows), width))
        columns = [read_columns(i, cells, "object") for i, cells in enumerate(zip(*rows, strict=True))]
        return len(rows), [column for several in columns for column in several]

    def write(self, schema: TableSchema, parts: Sequence[Decoded], n_rows: int) -> object:
        cells = [list(write_cells(dtype, *plain_part(part))) for _, dtype, part in whole_cells(schema.columns, parts)]
        return [list(row) for row in zip(*cells, strict=True)]

    def take(self, X: object, rows: NDArray[np.intp]) -> object:
        cells = cast("list[object]", X)
        return [cells[row] for row in rows]

    def with_cells(self, X: object, name: Hashable, cells: NDArray[np.generic]) -> object:
        rows = cast("Sequence[Sequence[object]]", X)
        place = cast("int", name)
        return [[*row[:place], cell, *row[place + 1 :]] for row, cell in zip(rows, cells, strict=True)]

    def concat(self, first: object, second: object) -> object:
        top, bottom = cast("Sequence[object]", first), cast("Sequence[object]", second)
        # Rows that were tuples stay alike.
        if top and all(isinstance(row, tuple) for row in top):
            bottom = [tuple(cast("list[object]", row)) if isinstance(row, list) else row for row in bottom]
        return [*top, *bottom]
