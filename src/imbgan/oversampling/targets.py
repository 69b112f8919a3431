"""Class labels: read, checked, turned into codes."""

import difflib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

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
    missing = np.asarray(labels != labels)  # only NaN and NaT differ from themselves
    if labels.dtype == object:
        missing = np.array([v is None or type(v).__name__ == "NAType" or v != v for v in labels.ravel().tolist()], bool)
    if missing.any():
        first = int(np.flatnonzero(missing.ravel())[0])
        raise DataError(
            f"Every row must have a label. Got {int(missing.sum())} missing in y (NaN; first at row {first}). "
            "Drop these rows, or name the missing class."
        )
    return labels


def class_codes(labels: NDArray[np.generic]) -> tuple[NDArray[np.generic], NDArray[np.intp]]:
    """Return the distinct labels, sorted, and the position of each row's label among them."""
    classes, codes = np.unique(labels, return_inverse=True)
    return classes, codes.reshape(-1)


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
    names = [str(known) for known in classes]
    near = difflib.get_close_matches(str(label), names, n=1)
    hint = f" Did you mean {classes[names.index(near[0])]!r}?" if near else ""
    shown = ", ".join(repr(known) for known in classes[:10]) + (", ..." if len(classes) > 10 else "")
    raise ParameterError(f"'label' must be one of the classes seen in fit: {shown}. Got {label!r}.{hint}")
