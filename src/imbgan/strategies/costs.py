"""What decisions cost: the user's costs, the cheapest decisions, and what decisions have cost."""

import contextlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from numbers import Real
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from imbgan._text import did_you_mean, listed, quoted
from imbgan.exceptions import ParameterError
from imbgan.tabular.labels import label_text

MISSED, FALSE_ALARM = "missed", "false_alarm"
#: Costs are given and reported for this many rows.
ROWS = 1_000
# Sums of greater costs over many rows would lose their cents, and squares of smaller ones vanish.
_SMALLEST, _LARGEST = 1e-9, 1e12

Array = NDArray[np.float64]
Codes = NDArray[np.intp]


@dataclass(frozen=True)
class Costs:
    """The cost of each decision about a row, in any one unit, such as a currency.

    Parameters
    ----------
    labels : tuple of str
        Texts of the classes by code.
    matrix : tuple of tuple of float
        ``matrix[j][k]`` is the cost of predicting class k for a row of class j: finite, at least 0, and smallest where
        k = j.
    rare : int or None, default=None
        Code of the class that ``"missed"`` is about; None if costs were given class by class.
    """

    labels: tuple[str, ...]
    matrix: tuple[tuple[float, ...], ...]
    rare: int | None = None

    @classmethod
    def read(cls, costs: object, classes: Sequence[object], counts: Sequence[int]) -> Self:
        """Check the costs of a user.

        Parameters
        ----------
        costs : mapping, array-like of shape (n_classes, n_classes), or Costs
            ``{"missed": cost, "false_alarm": cost}`` for two classes, where an alarm is a prediction of the rarer one;
            ``{true label: {predicted label: cost}}``, in which right predictions cost 0 unless they are named; or a
            matrix of true (rows) and predicted classes (columns) in sorted order; or costs that were checked for these
            classes or more.
        classes : sequence of labels
            All classes, sorted.
        counts : sequence of int
            Number of rows of each class, which tells the rarer one.

        Raises
        ------
        ParameterError
            If costs are missing, negative, not finite or not numbers, if a label is unknown, if a right prediction
            costs more than a wrong one, or if a prediction costs nothing whatever the truth is.
        """
        labels = tuple(map(label_text, classes))
        if isinstance(costs, cls) and set(labels) <= set(costs.labels):
            return cls(labels, tuple(tuple(costs.of(j, k) for k in labels) for j in labels), costs._rare_among(labels))
        if isinstance(costs, Mapping):
            is_nested = any(isinstance(value, Mapping) for value in costs.values())
            matrix, rare = _nested(costs, labels) if is_nested else _of_two_classes(costs, labels, counts)
        else:
            matrix, rare = _array(costs, labels), None
        _check_sense(matrix, labels)
        return cls(labels, matrix, rare)

    def to_plain(self) -> dict[str, Any]:
        """Return the costs as plain JSON values, which :meth:`read` accepts."""
        if self.rare is not None:
            other = 1 - self.rare
            return {MISSED: self.matrix[self.rare][other], FALSE_ALARM: self.matrix[other][self.rare]}
        return {
            true: dict(zip(self.labels, row, strict=True)) for true, row in zip(self.labels, self.matrix, strict=True)
        }

    def of(self, true: str, predicted: str) -> float:
        """Return the cost of a prediction, by the texts of both classes."""
        return self.matrix[self.labels.index(true)][self.labels.index(predicted)]

    def _rare_among(self, labels: Sequence[str]) -> int | None:
        return None if self.rare is None or len(labels) < 2 else labels.index(self.labels[self.rare])

    @property
    def array(self) -> Array:
        """The matrix, shape (n_classes, n_classes)."""
        return np.array(self.matrix, np.float64)

    def decide(self, probabilities: Array) -> Codes:
        r"""Return the code of the prediction with the least expected cost for each row.

        This is Bayes' rule, :math:`\operatorname{argmin}_k \sum_j p_j C_{jk}` (Elkan, "The Foundations of
        Cost-Sensitive Learning", IJCAI 2001). It needs probabilities at the class shares of the rows it is applied to.

        Parameters
        ----------
        probabilities : ndarray of shape (n, n_classes)

        Returns
        -------
        ndarray of shape (n,), int
        """
        return np.asarray(probabilities @ self.array).argmin(axis=1)

    def excess(self, code: int) -> tuple[float, float]:
        """Return what a missed row and a false alarm of one of two classes cost more than the right predictions."""
        other = 1 - code
        missed = self.matrix[code][other] - self.matrix[code][code]
        false_alarm = self.matrix[other][code] - self.matrix[other][other]
        return missed, false_alarm

    def threshold(self, code: int) -> float:
        r"""Return the probability of one of two classes from which predicting it has the least expected cost.

        With the excess costs :math:`C_m` of a missed row and :math:`C_{fa}` of a false alarm, it is
        :math:`C_{fa} / (C_{fa} + C_m)` (Elkan 2001). It is best for exact probabilities. Those of most classifiers are
        not, so that thresholds are tuned on held-out rows wherever there are some
        (:func:`imbgan.strategies.thresholds.cheapest_threshold`).
        """
        missed, false_alarm = self.excess(code)
        return false_alarm / (false_alarm + missed)

    def by_class(self, true: Codes, predicted: Codes, weights: NDArray[np.float64] | None = None) -> dict[str, float]:
        """Return what decisions have cost per 1,000 rows, by the text of the true class; the sum is the total.

        Parameters
        ----------
        true, predicted : ndarray of shape (n,), int
            Class codes of at least one row.
        weights : ndarray of shape (n,), default=None
            How many rows of a table each row stands for; by default one.
        """
        spent = self.array[true, predicted] if weights is None else weights * self.array[true, predicted]
        per_class = np.bincount(true, weights=spent, minlength=len(self.labels))
        n = len(true) if weights is None else float(weights.sum())
        return dict(zip(self.labels, (ROWS * per_class / n).tolist(), strict=True))

    def of_one_answer(self, counts: Sequence[int]) -> dict[str, float]:
        """Return the cost per 1,000 rows of predicting the same class for every row, by the text of that class.

        Parameters
        ----------
        counts : sequence of int
            Number of rows of each class, by code.
        """
        shares = np.asarray(counts, np.float64) / np.sum(counts)
        return dict(zip(self.labels, (ROWS * shares @ self.array).tolist(), strict=True))


_Matrix = tuple[tuple[float, ...], ...]


def _of_two_classes(costs: Mapping[Any, Any], labels: Sequence[str], counts: Sequence[int]) -> tuple[_Matrix, int]:
    """Return the matrix, and the code of the rarer class."""
    for name in costs:
        if name not in (MISSED, FALSE_ALARM):
            hint = did_you_mean(name, (MISSED, FALSE_ALARM))
            raise ParameterError(
                f"'costs' must name the costs {MISSED!r} and {FALSE_ALARM!r}, or be a mapping of true label to "
                f"predicted label to cost. Got the name {quoted(name)}.{hint}"
            )
    absent = [name for name in (MISSED, FALSE_ALARM) if name not in costs]
    if absent:
        raise ParameterError(
            f"'costs' must hold both {MISSED!r} and {FALSE_ALARM!r}, since only their ratio decides. "
            f"{absent[0]!r} is missing."
        )
    missed, alarm = (_cost(costs[name], f"'costs[{name!r}]'") for name in (MISSED, FALSE_ALARM))
    for name, cost in ((MISSED, missed), (FALSE_ALARM, alarm)):
        if cost == 0.0:
            free = "predict the rare class for every row" if name == FALSE_ALARM else "never predict the rare class"
            raise ParameterError(
                f"'costs[{name!r}]' must be greater than 0. Got 0, with which it costs nothing to {free}."
            )
    advice = "{true label: {predicted label: cost}}"
    if len(labels) != 2:
        raise ParameterError(
            f"The costs {MISSED!r} and {FALSE_ALARM!r} are for two classes. The table has {len(labels)}; give a cost "
            f"for each pair of classes: {advice}."
        )
    if counts[0] == counts[1]:
        raise ParameterError(
            f"The costs {MISSED!r} and {FALSE_ALARM!r} need a rarer class. Both have {counts[0]} rows; give a cost for "
            f"each pair of classes: {advice}."
        )
    if counts[0] < counts[1]:
        return ((0.0, missed), (alarm, 0.0)), 0
    return ((0.0, alarm), (missed, 0.0)), 1


def _nested(costs: Mapping[Any, Any], labels: Sequence[str]) -> tuple[_Matrix, None]:
    given: dict[tuple[str, str], float] = {}
    for true, row in costs.items():
        j = _known(true, labels)
        if not isinstance(row, Mapping):
            raise ParameterError(
                f"'costs' must be a mapping of true label to predicted label to cost. Under {quoted(true)} it holds "
                f"{quoted(row)} instead of a mapping."
            )
        for predicted, cost in row.items():
            pair = j, _known(predicted, labels)
            given[pair] = _cost(cost, f"The cost of predicting {quoted(pair[1])} for class {quoted(pair[0])}")
    absent = [(j, k) for j in labels for k in labels if j != k and (j, k) not in given]
    if absent:
        pairs = listed([f"{j} as {k}" for j, k in absent], 3)
        raise ParameterError(
            f"'costs' must hold a cost for each wrong prediction. These are missing (true class as predicted class): "
            f"{pairs}."
        )
    return tuple(tuple(given.get((j, k), 0.0) for k in labels) for j in labels), None


def _known(label: object, labels: Sequence[str]) -> str:
    text = label_text(label)
    if text not in labels:
        hint = did_you_mean(text, labels)
        raise ParameterError(f"'costs' must name classes of the table: {listed(labels)}. Got {quoted(label)}.{hint}")
    return text


def _array(costs: object, labels: Sequence[str]) -> _Matrix:
    form = "'costs' must be {'missed': cost, 'false_alarm': cost}, {true label: {predicted label: cost}}, or a matrix"
    n = len(labels)
    if hasattr(costs, "columns"):
        raise ParameterError(
            f"{form} without names of its own. Got a data frame, whose rows and columns may have another order than "
            "the classes; pass a mapping, or an array in sorted order of the classes."
        )
    if isinstance(costs, str | bytes) or not hasattr(costs, "__iter__"):
        raise ParameterError(f"{form} with a row per true class. Got {quoted(costs)}.")
    rows = [list(row) if hasattr(row, "__iter__") and not isinstance(row, str) else [row] for row in costs]  # pyright: ignore[reportGeneralTypeIssues, reportUnknownVariableType]
    if [len(row) for row in rows] != [n] * n:
        raise ParameterError(
            f"{form} of shape ({n}, {n}), true classes by predicted classes in the order {listed(labels)}. Got rows of "
            f"lengths {[len(row) for row in rows][:10]}."
        )
    return tuple(
        tuple(
            _cost(cost, f"The cost of predicting {quoted(k)} for class {quoted(j)}")
            for k, cost in zip(labels, row, strict=True)
        )
        for j, row in zip(labels, rows, strict=True)
    )


def _cost(value: object, what: str) -> float:
    number = math.nan
    if isinstance(value, Real | Decimal) and not isinstance(value, bool | np.bool_):
        with contextlib.suppress(OverflowError, ValueError):  # integers and decimals that no float holds
            number = float(value)
    if number != 0.0 and not _SMALLEST <= number <= _LARGEST:
        raise ParameterError(
            f"{what} must be 0 or a finite number from {_SMALLEST:.0e} to {_LARGEST:.0e}. Got {quoted(value)}."
        )
    return number


def _check_sense(matrix: _Matrix, labels: Sequence[str]) -> None:
    """Raise an error if errors are cheaper than right predictions, or if nothing has to be decided."""
    excess = np.array([[cost - row[j] for cost in row] for j, row in enumerate(matrix)])
    if (excess < 0.0).any():
        j, k = np.argwhere(excess < 0.0)[0].tolist()
        raise ParameterError(
            f"A wrong prediction must not cost less than the right one. Predicting {quoted(labels[k])} for class "
            f"{quoted(labels[j])} costs {matrix[j][k]:g}, and {quoted(labels[j])} costs {matrix[j][j]:g}; rows of a "
            "matrix are true classes."
        )
    free = np.flatnonzero(~excess.any(axis=0))
    if len(free):
        label = quoted(labels[int(free[0])])
        raise ParameterError(
            f"Each prediction must cost something where it is wrong. Predicting {label} costs nothing extra for any "
            "class, so there is nothing to decide."
        )
