"""What an encoder returns is checked once, here."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import issparse

from imbgan.exceptions import DataError


def check_vectors(
    vectors: Any,  # noqa: ANN401 - arrays of any library
    n_texts: int,
    name: str,
    *,
    width: int | None = None,
    allow_sparse: bool = False,
) -> Any:  # noqa: ANN401 - arrays of any library
    """Return the output of an encoder as an array (n_texts, width) of finite numbers; float32 if it is dense.

    Parameters
    ----------
    vectors : array-like or sparse matrix
        What the encoder returned.
    n_texts : int
        The number of texts that it encoded.
    name : str
        What messages call the encoder.
    width : int, optional
        The number of columns in ``fit``.
    allow_sparse : bool, default=False

    Raises
    ------
    DataError
        If the output is sparse and must not be, is no matrix of numbers, has another number of rows or columns, or
        holds NaN or infinite values.
    """
    if issparse(vectors):
        if not allow_sparse:
            raise DataError(
                f"{name} must return dense vectors. It returned a sparse matrix of shape {vectors.shape}; put "
                "TruncatedSVD behind it (sklearn.pipeline.make_pipeline), or use encoder='reduced'."
            )
        matrix: Any = vectors.tocsr()
        bad = np.unique(np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))[~np.isfinite(matrix.data)])
    else:
        matrix = _dense(vectors, name)
        bad = np.unique(np.argwhere(~np.isfinite(matrix))[:, 0])
    if matrix.ndim != 2 or matrix.shape[0] != n_texts or matrix.shape[1] == 0:
        raise DataError(
            f"{name} must return one vector per text, an array of shape ({n_texts}, n_features). It returned the shape "
            f"{matrix.shape}; it must take a list of texts, and return their vectors in order."
        )
    if len(bad):
        others = f" (and {len(bad) - 1:,} more)" if len(bad) > 1 else ""
        raise DataError(
            f"{name} must return finite numbers. The vector of text {int(bad[0])}{others} holds "
            "NaN or infinity; such texts may be empty to it: leave them out, or use another encoder."
        )
    if width is not None and matrix.shape[1] != width:
        raise DataError(
            f"{name} must return vectors of the same length as in fit. It returned {matrix.shape[1]} numbers per text "
            f"instead of {width}; pass the same model, or fit again."
        )
    return matrix


def _dense(vectors: Any, name: str) -> NDArray[np.float32]:  # noqa: ANN401 - arrays of any library
    if hasattr(vectors, "detach"):  # a tensor of torch, perhaps on another device
        vectors = vectors.detach().cpu()
    try:
        matrix = np.atleast_1d(np.asarray(vectors))
        if matrix.dtype.kind not in "uifbO":
            raise TypeError(f"numbers of dtype {matrix.dtype}")
        with np.errstate(over="ignore"):  # told as infinite below
            return matrix.astype(np.float32)
    except (TypeError, ValueError) as error:
        raise DataError(
            f"{name} must return an array of numbers of shape (n_texts, n_features). It returned "
            f"{type(vectors).__name__} ({error})."
        ) from error
