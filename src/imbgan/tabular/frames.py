"""Rows of any container: count them, take some, put two tables together."""

from typing import TYPE_CHECKING, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from imbgan.tabular.reading import container_of
from imbgan.tabular.schema import Table

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
    from scipy import sparse


def n_rows(X: object) -> int:
    """Return the number of rows of a table or of a target.

    Parameters
    ----------
    X : DataFrame, Series, ndarray, list or sparse container, or a Table

    Raises
    ------
    DataTypeError
        If ``X`` is of another type.
    """
    if isinstance(X, Table):
        return X.n_rows
    if container_of(X) == "list":
        return len(cast("list[object]", X))
    return int(cast("NDArray[np.generic]", X).shape[0])


def take(container: object, indices: ArrayLike) -> object:
    """Return the rows at ``indices`` in the same container; works for targets, too.

    Parameters
    ----------
    container : DataFrame, Series, ndarray, list or sparse container
    indices : array-like of int, or of bool of shape (n,)
        Positions of the rows, in the order wanted; or which rows to keep.
    """
    rows = np.asarray(indices)
    rows = np.flatnonzero(rows) if rows.dtype == np.bool_ else rows.astype(np.intp)
    kind = container_of(container)
    if kind == "pandas":
        return cast("pd.DataFrame", container).iloc[rows]
    if kind == "polars":
        return cast("pl.DataFrame", container)[rows.tolist()]
    if kind == "numpy":
        return cast("NDArray[np.generic]", container)[rows]
    if kind == "list":
        cells = cast("list[object]", container)
        return [cells[row] for row in rows]
    # Only some sparse formats can be indexed by row; CSR can.
    matrix = cast("sparse.coo_matrix", container)
    return matrix.tocsr()[rows].asformat(matrix.format)


def concat(first: object, second: object) -> object:
    """Return the rows of ``first``, unchanged, followed by those of ``second``.

    Parameters
    ----------
    first, second : the same container with the same columns
        ``second`` as ``inverse_transform`` makes it; targets work, too.

    Returns
    -------
    container
        With the data types of ``first``. A pandas result has a fresh RangeIndex.
    """
    kind = container_of(first)
    if kind == "pandas":
        import pandas as pd

        top, bottom = cast("pd.DataFrame | pd.Series", first), cast("pd.DataFrame", second)
        if isinstance(top, pd.DataFrame):
            bottom = bottom.set_axis(top.columns, axis="columns")
        return pd.concat([top, bottom], ignore_index=True)
    if kind == "polars":
        import polars as pl

        return pl.concat([cast("pl.DataFrame", first), cast("pl.DataFrame", second)])
    if kind == "numpy":
        array = cast("NDArray[np.generic]", first)
        return np.concatenate([array, np.asarray(second, dtype=array.dtype)])
    if kind == "list":
        return [*cast("list[object]", first), *cast("list[object]", second)]
    from scipy import sparse

    matrix = cast("sparse.csr_matrix", first)
    return sparse.vstack([matrix, cast("sparse.csr_matrix", second)], format=matrix.format, dtype=matrix.dtype)
