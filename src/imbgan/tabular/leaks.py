"""Find columns that reveal the target: the target among the features, or a column that equals it one to one."""

import math
import warnings
from collections.abc import Hashable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from imbgan._text import listed
from imbgan.exceptions import TargetLeakWarning
from imbgan.tabular.labels import Labels
from imbgan.tabular.schema import RawColumn, Table

# A column is reported only if an unrelated one would agree with the labels with less than this probability.
CHANCE = 1e-4
# Most columns differ from the labels within so many rows; all rows are compared only for the others.
FIRST_ROWS = 1000


def target_leaks(table: Table, labels: Labels, target: Hashable | None = None) -> tuple[Hashable, ...]:
    """Return the columns whose values and the classes determine each other on all rows.

    A missing value counts as a value. In a small table, or if most classes have one row, an unrelated column can agree
    by chance. Therefore a column is reported only if that is unlikely, or if it has the name of the target.

    Parameters
    ----------
    table : Table
    labels : Labels
    target : hashable, optional
        Name of the target, if it has one.

    Returns
    -------
    tuple of column names
    """
    if len(labels.classes) < 2:
        return ()
    is_sign = _chance_of_agreement(labels) < CHANCE
    candidates = table.columns if is_sign else [column for column in table.columns if column.name == target]
    first = np.unique(labels.codes, return_index=True)[1]
    return tuple(column.name for column in candidates if _is_one_to_one(column, labels.codes, first))


def warn_of_leaks(table: Table, labels: Labels, y: object, *, stacklevel: int) -> None:
    """Warn about the columns that :func:`target_leaks` finds; ``y`` may have the name of the target."""
    leaks = target_leaks(table, labels, name_of(y))
    if leaks:
        warnings.warn(
            f"The target can be read off {listed(leaks)}: on all rows, each class has one value there, and no other "
            "class has it. Drop such columns unless they are known before the label is: a classifier that sees them "
            "seems perfect, and generated rows look better than they are.",
            TargetLeakWarning,
            stacklevel=stacklevel + 1,
        )


def _chance_of_agreement(labels: Labels) -> float:
    """Return a bound of the probability that an unrelated column with as many values agrees with the labels."""
    n_orders = math.lgamma(len(labels) + 1) - sum(math.lgamma(n + 1) for n in labels.counts.tolist())
    return math.exp(min(0.0, math.lgamma(len(labels.classes) + 1) - n_orders))


def _is_one_to_one(column: RawColumn, codes: NDArray[np.intp], first: NDArray[np.intp]) -> bool:
    """Return whether values and classes determine each other; ``first`` is the first row of each class."""
    if not _has_one_value_per_class(column, codes[:FIRST_ROWS], first):
        return False
    is_missing = column.missing[first]
    present = column.values[first][~is_missing].tolist()
    if is_missing.sum() > 1 or len(set(present)) < len(present):
        return False
    return _has_one_value_per_class(column, codes, first)


def _has_one_value_per_class(column: RawColumn, codes: NDArray[np.intp], first: NDArray[np.intp]) -> bool:
    like, n = first[codes], len(codes)
    is_missing = column.missing[:n]
    if not np.array_equal(is_missing, column.missing[like]):
        return False
    return bool(np.all((column.values[:n] == column.values[like]) | is_missing))


def name_of(y: object) -> Hashable | None:
    """Return the name of a column of labels, or of the one column of a table of them."""
    columns: Any = getattr(y, "columns", None)
    name = columns[0] if columns is not None and len(columns) == 1 else getattr(y, "name", None)
    return name if isinstance(name, Hashable) else None
