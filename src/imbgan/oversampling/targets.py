"""Class labels: read, checked, turned into codes."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from sklearn.utils.multiclass import check_classification_targets

from imbgan._messages import did_you_mean, listed
from imbgan.exceptions import DataError, ParameterError


def check_labels(y: object) -> NDArray[np.generic]:
    """Return the labels as an array, or say where one is missing.

    Raises
    ------
    DataError
        No labels at all, or a missing one: how many, and the first row.
    """
    if y is None:
        raise DataError("The estimator requires y to be passed, but the target y is None. Pass a label for every row.")
    labels = np.asarray(y)
    # As an array, a list of texts would turn NaN into the text "nan".
    cells = np.asarray(y, dtype=object) if isinstance(y, list | tuple) else labels
    if cells.dtype == object:
        missing = np.array([_is_missing(cell) for cell in cells.ravel().tolist()], bool)
    else:
        missing = np.asarray(labels != labels)  # only NaN and NaT differ from themselves
    if missing.any():
        first = int(np.flatnonzero(missing.ravel())[0])
        raise DataError(
            f"Every row must have a label. Got {int(missing.sum())} missing in y (NaN; first at row "
            f"{first}). Drop these rows, or name the missing class."
        )
    if labels.dtype.kind == "f" and np.isinf(labels).any():
        first = int(np.flatnonzero(np.isinf(labels).ravel())[0])
        raise DataError(f"Labels must be finite. y contains infinity (first at row {first}); name that class.")
    return labels


def _is_missing(cell: object) -> bool:
    return cell is None or type(cell).__name__ == "NAType" or cell != cell


def class_codes(labels: NDArray[np.generic]) -> tuple[NDArray[np.generic], NDArray[np.intp]]:
    """Return the distinct labels, sorted, and the position of each row's label among them."""
    classes, codes = np.unique(labels, return_inverse=True)
    return classes, codes.reshape(-1)


def check_one_label_a_row(y: object) -> NDArray[np.generic]:
    """Return the labels as an array of shape (n,).

    Raises
    ------
    DataError
        Missing labels, or several columns of them.
    ValueError
        Labels that are measurements rather than classes.
    """
    labels = check_labels(y)
    if labels.ndim != 1 and labels.shape[1:] != (1,):
        raise DataError(f"y must hold one label a row. Got an array of shape {labels.shape}; pass one column of it.")
    labels = labels.reshape(-1)
    check_classification_targets(labels)
    return labels


def code_of(label: object, classes: Sequence[object]) -> int:
    """Return the position of ``label`` among ``classes``.

    Raises
    ------
    ParameterError
        An unknown label; the message lists the known ones and a near miss.
    """
    for code, known in enumerate(classes):
        if known == label and isinstance(known, str) == isinstance(label, str):
            return code
    hint = did_you_mean(label, classes)
    raise ParameterError(f"'label' must be one of the classes seen in fit: {listed(classes)}. Got {label!r}.{hint}")
