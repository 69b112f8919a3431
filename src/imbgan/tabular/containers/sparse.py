"""SciPy sparse matrices and arrays of all formats."""

import sys
from collections.abc import Hashable, Sequence
from typing import TYPE_CHECKING, cast

import numpy as np
from numpy.typing import NDArray

from imbgan.exceptions import DataError
from imbgan.tabular.containers.base import Container, check_shape
from imbgan.tabular.containers.numpy import read_column, write_matrix
from imbgan.tabular.schema import Decoded, RawColumn, TableSchema

if TYPE_CHECKING:
    from scipy import sparse

FORMATS = ("csr", "csc", "coo", "bsr", "lil", "dok", "dia")


def is_sparse(X: object) -> bool:
    """Return whether ``X`` is a SciPy sparse container; SciPy is checked only if the caller has loaded it."""
    module = sys.modules.get("scipy.sparse")
    return module is not None and bool(module.issparse(X))


class SparseContainer(Container):
    """One class of SciPy, such as ``csr_matrix``."""

    def __init__(self, name: str) -> None:
        self.name = name

    def holds(self, X: object) -> bool:
        return is_sparse(X) and type(X).__name__ == self.name

    def plain(self, X: object) -> object:
        # Rows are taken out of the table and put behind it, for which a matrix of diagonals is a bad form.
        matrix = cast("sparse.csr_matrix", X)
        return matrix.tocsr() if matrix.format == "dia" else matrix

    def n_rows(self, X: object) -> int:
        return cast("tuple[int, ...]", cast("sparse.csr_matrix", X).shape)[0]

    def names(self, X: object) -> tuple[Hashable, ...]:
        shape = cast("tuple[int, ...]", cast("sparse.csr_matrix", X).shape)
        check_shape(shape)
        return tuple(range(shape[1]))

    def text_like(self, X: object) -> tuple[Hashable, ...]:
        return ()

    def read(self, X: object) -> tuple[int, list[RawColumn]]:
        matrix = cast("sparse.csr_matrix", X)
        if matrix.dtype.kind == "c":
            raise DataError("Complex data not supported. Split X into its real and imaginary parts.")
        shape = cast("tuple[int, int]", matrix.shape)
        check_shape(shape)
        columns = matrix.tocsc()
        return shape[0], [read_column(i, columns[:, [i]].toarray().reshape(-1)) for i in range(shape[1])]

    def write(self, schema: TableSchema, parts: Sequence[Decoded], n_rows: int) -> object:
        from scipy import sparse

        return getattr(sparse, self.name)(write_matrix(schema, parts, n_rows))

    def take(self, X: object, rows: NDArray[np.intp]) -> object:
        # Only some formats can be indexed by row; CSR can.
        matrix = cast("sparse.coo_matrix", X)
        return matrix.tocsr()[rows].asformat(matrix.format)

    def concat(self, first: object, second: object) -> object:
        from scipy import sparse

        matrix = cast("sparse.csr_matrix", first)
        return sparse.vstack([matrix, cast("sparse.csr_matrix", second)], format=matrix.format, dtype=matrix.dtype)


SPARSE = tuple(SparseContainer(f"{form}_{kind}") for form in FORMATS for kind in ("matrix", "array"))
