"""Resolve ``sampling_strategy`` for the labels of a table: how many rows of each class are generated."""

import math
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from numbers import Integral, Rational, Real
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from imbgan._text import did_you_mean
from imbgan.exceptions import ParameterError
from imbgan.tabular.labels import Labels

#: The texts that ``sampling_strategy`` accepts for over-sampling.
CLASS_NAMES = {"auto", "minority", "not minority", "not majority", "all"}


def rows_to_generate(strategy: object, labels: Labels) -> dict[int, int]:
    """Return the number of rows to generate per class code.

    Parameters
    ----------
    strategy : float, str, dict or callable
        As in imbalanced-learn: a ratio of rare to common rows, a name of classes, the number of rows per class, or a
        function that returns one of these for the labels.
    labels : Labels

    Returns
    -------
    dict of int to int
        Number of rows by class code, in the order of the codes; 0 for a requested class that lacks no rows.

    Raises
    ------
    ParameterError
        If over-sampling cannot reach a target, if a class is unknown, or if a ratio is used with more than two classes.
    """
    if callable(strategy):
        strategy = strategy(labels.values)
    return rows_by_counts(strategy, labels.classes, labels.counts)


def rows_by_counts(strategy: object, classes: NDArray[np.generic], counts: NDArray[np.integer]) -> dict[int, int]:
    """Return the number of rows to generate per class code, from the sizes of the classes alone.

    Parameters
    ----------
    strategy : float, str or dict
        As for :func:`rows_to_generate`.
    classes : ndarray of shape (n_classes,)
        The labels, sorted.
    counts : ndarray of int of shape (n_classes,)

    Raises
    ------
    ParameterError
        As :func:`rows_to_generate`.
    """
    if is_ratio(strategy):
        return _rows_of_ratio(cast(Real, strategy), classes, counts)
    if isinstance(strategy, Mapping):
        return _rows_of_targets(cast("Mapping[Any, object]", strategy), classes, counts)
    if not isinstance(strategy, str) or strategy not in CLASS_NAMES:
        raise ParameterError(
            f"'sampling_strategy' must be one of {', '.join(map(repr, sorted(CLASS_NAMES)))}, a number of rows per "
            f"class, a ratio, or a function that returns one of these. Got {strategy!r}."
        )
    largest, smallest = int(counts.argmax()), int(counts.argmin())
    chosen = {
        "minority": [smallest],
        "not minority": [code for code in range(len(counts)) if code != smallest],
        "all": list(range(len(counts))),
    }.get(strategy, [code for code in range(len(counts)) if code != largest])
    return {code: int(counts[largest] - counts[code]) for code in chosen}


def is_ratio(strategy: object) -> bool:
    """Return whether a strategy is a ratio of rare to common rows, even if it is out of range."""
    return isinstance(strategy, Real | Decimal)


def rows_at_ratio(ratio: float | Decimal | Real, n_rows: int) -> int:
    """Return ``ratio`` times ``n_rows``, rounded down, for the decimal number as which the ratio is written.

    The binary number 0.29 is slightly less than 0.29, so that its product with 100 is slightly less than 29.

    Raises
    ------
    ParameterError
        If the ratio is not a number above 0 and at most 1.

    Examples
    --------
    >>> rows_at_ratio(0.29, 100), int(0.29 * 100)
    (29, 28)
    """
    is_number = isinstance(ratio, Real | Decimal) and not isinstance(ratio, bool | np.bool_)
    if not is_number or not math.isfinite(cast(float, ratio)) or not 0 < cast(float, ratio) <= 1:
        raise ParameterError(
            "A ratio of rare to common rows ('sampling_strategy', --ratio) must be a number above 0 and at most 1. "
            f"Got {ratio!r}; 1.0 balances both classes."
        )
    exact = Fraction(ratio if isinstance(ratio, Rational | Decimal) else str(ratio))
    return math.floor(exact * n_rows)


def _rows_of_ratio(ratio: Real | Decimal, classes: NDArray[np.generic], counts: NDArray[np.integer]) -> dict[int, int]:
    n_common, n_classes = int(counts.max()), len(classes)
    wanted = rows_at_ratio(ratio, n_common)
    if n_classes != 2:
        raise ParameterError(
            f"'sampling_strategy' can be a float only when the type of target is binary. Got {ratio!r} for {n_classes} "
            "classes; pass a dict with the number of rows per class."
        )
    rare = 1 - int(counts.argmax())
    n_rare = int(counts[rare])
    if wanted <= n_rare:
        raise ParameterError(
            f"'sampling_strategy' must be above the present ratio of rare to common rows, {n_rare / n_common:.3g}: "
            f"over-sampling removes none. Class {classes.tolist()[rare]!r} has {n_rare} rows. Got {ratio!r}."
        )
    return {rare: wanted - n_rare}


def _rows_of_targets(
    targets: Mapping[Any, object], classes: NDArray[np.generic], counts: NDArray[np.integer]
) -> dict[int, int]:
    """Return what the classes lack; raise ParameterError for a number that over-sampling cannot reach."""
    present = dict(zip(classes.tolist(), counts.tolist(), strict=True))
    for label, target in targets.items():
        if label not in present:
            shown = ", ".join(map(repr, list(present)[:10]))
            raise ParameterError(
                f"'sampling_strategy' (--counts) must name classes that y has: {shown}. Got {label!r}."
                f"{did_you_mean(label, present)}"
            )
        if isinstance(target, bool) or not isinstance(target, Integral):
            raise ParameterError(
                f"'sampling_strategy' must give an int for each class. Got {target!r} for class {label!r}."
            )
        if target < present[label]:
            raise ParameterError(
                "'sampling_strategy' (--counts) must ask for at least the present rows of each class: over-sampling "
                f"removes none. Class {label!r} has {present[label]} rows and {target} are requested. Request more, or "
                "omit it."
            )
    code = {label: code for code, label in enumerate(present)}
    lacking = {code[label]: int(cast(Integral, target)) - present[label] for label, target in targets.items()}
    return dict(sorted(lacking.items()))
