"""What ``sample`` is asked for: which rows of the endless table of each class."""

from collections.abc import Mapping, Sequence
from numbers import Integral
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from imbgan.exceptions import ParameterError
from imbgan.tabular.labels import code_of

#: Rows from start to stop of the endless table of a class: (class, start, stop).
Range = tuple[int, int, int]


def requested_ranges(
    n: object, label: object, start: object, classes: Sequence[object], counts: NDArray[np.integer], limit: int
) -> list[Range]:
    """Return the ranges of rows that a call of ``sample`` asks for, at least one, in the order of the classes.

    Parameters
    ----------
    n, label, start : object
        The arguments of the call.
    classes : sequence of labels
    counts : ndarray of int of shape (n_classes,)
        Number of real rows of each class.
    limit : int
        Length of the table of a class.

    Raises
    ------
    ParameterError
        If a number is none, or leads beyond the end of a table, or if a label is unknown or not asked for.
    """
    first = _whole(start, "'start' parameter")
    if isinstance(n, Mapping):
        if label is not None:
            raise ParameterError("'n' has a number of rows per class already. Leave 'label' out.")
        numbers = {
            code_of(each, classes): _whole(number, f"number of rows of class {each!r}")
            for each, number in cast("Mapping[object, object]", n).items()
        }
    else:
        n_rows = _whole(n, "'n' parameter")
        if label is not None:
            numbers = {code_of(label, classes): n_rows}
        elif first and len(classes) > 1:
            raise ParameterError("'start' counts the rows of each class. Pass 'label', or a number of rows per class.")
        else:
            numbers = dict(enumerate(rows_at_shares(n_rows, counts).tolist()))
    ranges = [(code, first, first + number) for code, number in sorted(numbers.items())]
    if any(stop > limit for *_, stop in ranges):
        raise ParameterError(
            f"The table of a class has {limit} rows. Got start={start} and n={n}, which lead beyond its end."
        )
    return [each for each in ranges if each[2] > first] or ranges[:1] or [(0, 0, 0)]


def rows_at_shares(n: int, counts: NDArray[np.integer]) -> NDArray[np.intp]:
    """Divide n rows among classes in proportion to their sizes, by largest remainders; the first class has ties.

    Examples
    --------
    >>> import numpy as np
    >>> rows_at_shares(10, np.array([75, 20, 5])).tolist()
    [8, 2, 0]
    """
    sizes: list[int] = counts.tolist()
    total = sum(sizes)
    whole = np.array([n * size // total for size in sizes], np.intp)
    remainders = np.array([n * size % total for size in sizes], object)
    order = np.argsort(-remainders, kind="stable")
    whole[order[: n - int(whole.sum())]] += 1
    return whole


def _whole(value: Any, name: str) -> int:  # noqa: ANN401 - an argument of a user
    if isinstance(value, bool | np.bool_) or not isinstance(value, Integral) or value < 0:
        raise ParameterError(f"The {name} of sample must be an int of at least 0. Got {value!r}.")
    return int(value)
