"""Texts of any container, read once: one array of strings, and what was changed or is odd in plain sentences."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from imbgan._text import quoted
from imbgan.exceptions import DataError, DataTypeError

#: Longer texts are cut: no encoder gains from more, and one such text would take the time of thousands.
MAX_CHARACTERS = 100_000
#: Types that mark a missing value in pandas, told by name, so that pandas need not be loaded.
_MISSING_TYPES = {"NAType", "NaTType"}
_SURROGATES = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True)
class Texts:
    """Texts that encoders can read.

    Attributes
    ----------
    values : ndarray of shape (n,), object
        The texts, each a str without lone surrogates and of at most 100,000 characters; ``""`` where one is missing.
    missing : ndarray of shape (n,), bool
        True where there was None, NaN or another mark of a missing value.
    remarks : tuple of str
        Sentences that say what was changed, and what may be wrong.
    n_cut, n_mended : int
        Number of texts that were cut, and in which lone surrogates were replaced.
    """

    values: NDArray[np.object_]
    missing: NDArray[np.bool_]
    remarks: tuple[str, ...] = ()
    n_cut: int = 0
    n_mended: int = 0

    def __len__(self) -> int:
        return len(self.values)


def read_texts(texts: object, *, name: str = "texts", is_training: bool = True) -> Texts:
    r"""Read texts from a list, a tuple, an array or a series.

    Texts are not normalized: right-to-left marks, combining characters and letters of any width pass unchanged. What
    counts as the same word is the matter of the encoder; see :class:`imbgan.text.WordEncoder`.

    Parameters
    ----------
    texts : list, tuple, ndarray, or series of pandas, polars or pyarrow, of shape (n,)
        Strings. None, NaN and ``pandas.NA`` become empty texts. :class:`Texts` are returned as they are.
    name : str, default="texts"
        What messages call them.
    is_training : bool, default=True
        Whether something is learned from them. Then at least one must hold more than spaces, and remarks also tell
        what keeps an encoder from learning: blank texts, and one text repeated.

    Returns
    -------
    Texts

    Raises
    ------
    DataError
        If there are no texts, if all are blank and something is to be learned, or if there is more than one column.
    DataTypeError
        If one of them is no text, such as a number or bytes, or if a single text was passed.

    Examples
    --------
    >>> found = read_texts(["win a prize", None, "see you\ud800"])
    >>> found.values.tolist()
    ['win a prize', '', 'see you\ufffd']
    >>> for remark in found.remarks:
    ...     print(remark)
    1 of 3 texts is missing and is taken for an empty one.
    Halves of surrogate pairs in 1 text became U+FFFD, since they stand for no character.
    """
    if isinstance(texts, Texts):
        return texts
    cells = _cells(texts, name)
    if not cells:
        raise DataError(f"'{name}' must hold at least one text. Got none.")
    missing = np.fromiter((_is_missing(cell) for cell in cells), bool, len(cells))
    values = np.empty(len(cells), object)
    n_cut = n_mended = 0
    for i, cell in enumerate(cells):
        text = "" if missing[i] else _as_text(cell, i, name)
        if len(text) > MAX_CHARACTERS:
            text, n_cut = text[:MAX_CHARACTERS], n_cut + 1
        if _SURROGATES.search(text):
            text, n_mended = _without_surrogates(text), n_mended + 1
        values[i] = text
    remarks = (*_on_changes(missing, n_cut, n_mended), *(_on_content(values, missing, name) if is_training else ()))
    return Texts(values, missing, remarks, n_cut, n_mended)


def _cells(texts: Any, name: str) -> list[Any]:  # noqa: ANN401 - containers of any library
    """Return the cells of one column, as Python objects."""
    if isinstance(texts, str | bytes | bytearray):
        raise DataTypeError(f"'{name}' must be a list of texts. Got a single {type(texts).__name__}; pass [text].")
    shape = getattr(texts, "shape", None)
    if hasattr(texts, "collect_schema"):  # a LazyFrame of polars, which has no shape
        shape = (-1, -1)
    if isinstance(shape, tuple) and len(shape) != 1:
        raise DataError(
            f"'{name}' must be one column of texts, of shape (n,). Got a {type(texts).__name__} with {len(shape)} "
            "axes; pass one column of it, such as table['text'] or array[:, 0]."
        )
    for method in ("to_pylist", "to_list", "tolist"):  # pyarrow, pandas and polars, NumPy
        if hasattr(texts, method):
            return list(getattr(texts, method)())
    if isinstance(texts, list | tuple):
        return list(texts)
    raise DataTypeError(
        f"'{name}' must be a list, a tuple, an array or a series of texts. Got {type(texts).__name__}; pass list(...)."
    )


def _is_missing(cell: object) -> bool:
    if cell is None or type(cell).__name__ in _MISSING_TYPES or cell is np.ma.masked:
        return True
    return isinstance(cell, float | np.floating) and bool(cell != cell)


def _as_text(cell: object, place: int, name: str) -> str:
    """Return a cell as a plain str, or raise DataTypeError."""
    if isinstance(cell, str):
        return str(cell)
    if isinstance(cell, bytes | bytearray | memoryview):
        raise DataTypeError(
            f"'{name}' must be texts. Number {place} is bytes; decode them first, such as value.decode('utf-8')."
        )
    if isinstance(cell, list | tuple | np.ndarray):
        raise DataError(
            f"'{name}' must be one column of texts, of shape (n,). Number {place} is a {type(cell).__name__}; join its "
            "parts to one text, or pass one column."
        )
    raise DataTypeError(
        f"'{name}' must be texts. Number {place} is {quoted(cell)} of type {type(cell).__name__}; pass the column of "
        "texts, or convert values with str() if they are words."
    )


def _without_surrogates(text: str) -> str:
    """Join surrogate pairs to the character that they stand for, and replace lone halves by U+FFFD."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _on_changes(missing: NDArray[np.bool_], n_cut: int, n_mended: int) -> Iterator[str]:
    n_missing = int(missing.sum())
    if n_missing:
        verb, form = ("is", "is taken for an empty one") if n_missing == 1 else ("are", "are taken for empty ones")
        yield f"{n_missing:,} of {_count(len(missing))} {verb} missing and {form}."
    if n_cut:
        yield f"{_count(n_cut)} cut after {MAX_CHARACTERS:,} characters."
    if n_mended:
        yield f"Halves of surrogate pairs in {_count(n_mended)} became U+FFFD, since they stand for no character."


def _on_content(values: NDArray[np.object_], missing: NDArray[np.bool_], name: str) -> Iterator[str]:
    blank = np.fromiter((not text.strip() for text in values), bool, len(values))
    if blank.all():
        what = f"{_count(len(values))} that {'is' if len(values) == 1 else 'are all'} blank or missing"
        raise DataError(f"'{name}' must hold at least one text with more than spaces. Got {what}.")
    n_blank = int((blank & ~missing).sum())
    if n_blank:
        yield f"{n_blank:,} of {_count(len(values))} {'is' if n_blank == 1 else 'are'} blank and tell nothing."
    if len(values) > 1 and len(set(values.tolist())) == 1:
        yield f"All {len(values):,} texts are equal, so that they tell no class from another."


def _count(n: int) -> str:
    return f"{n:,} text{'' if n == 1 else 's'}"
