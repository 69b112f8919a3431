"""What encoders of tables have in common: a decoded matrix becomes the container that was fitted."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from imbgan.tabular.containers import write_table
from imbgan.tabular.schema import Decoded, TableSchema
from imbgan.tabular.vectors import as_texts

# Called with the name of a column of text and its vectors (n, size), it returns n texts.
Texts = Callable[[Hashable, NDArray[np.generic]], Any]


class Decoder(ABC):
    """Turns a matrix into the container that was fitted; a subclass decodes it column by column.

    Attributes
    ----------
    schema_ : TableSchema
        Columns with names, kinds and data types, and the container.
    """

    schema_: TableSchema

    @abstractmethod
    def decode(
        self, matrix: NDArray[np.floating], *, rows: NDArray[np.integer] | None = None, seed: int = 0
    ) -> list[Decoded]:
        """Decode a matrix into columns that :meth:`write` puts into the container.

        Parameters and errors are those of :meth:`inverse_transform`. Each row is decoded by itself, so that a matrix
        may be decoded in chunks, in any order.
        """

    def inverse_transform(
        self,
        matrix: NDArray[np.floating],
        *,
        rows: NDArray[np.integer] | None = None,
        seed: int = 0,
        texts: Texts | None = None,
    ) -> object:
        """Decode a matrix (n, width), such as a generator's output, into the container that was fitted.

        Category spans hold one score per level, and the greatest one determines the level. Numbers beyond the observed
        range are set to its bounds.

        Parameters
        ----------
        matrix : ndarray of shape (n, width)
        rows : ndarray of int of shape (n,), optional
            Numbers of the rows, from 0 to n - 1 by default. Fresh identifiers are a pure function of them and the seed,
            and rows with different numbers get different ones.
        seed : int, default=0
            Seed of identifiers that are drawn, such as UUIDs.
        texts : callable, optional
            What stands in columns of text that were learned as vectors: called with the name of the column and the
            vectors, shape (n, size), it returns n texts. By default the cells are missing.

        Raises
        ------
        DataError
            If the matrix has another shape or holds NaN.
        """
        return self.write(self.decode(matrix, rows=rows, seed=seed), len(matrix), texts)

    def write(self, parts: Sequence[Decoded], n_rows: int, texts: Texts | None = None) -> object:
        """Put decoded columns of ``n_rows`` rows into the container that was fitted."""
        columns, written = as_texts(self.schema_.columns, parts, texts)
        return write_table(TableSchema(tuple(columns), self.schema_.container), written, n_rows)
