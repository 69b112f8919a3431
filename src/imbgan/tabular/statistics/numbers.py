"""Statistics of a column of numbers."""

from copy import copy
from dataclasses import replace
from typing import cast

import numpy as np
from numpy.typing import NDArray

from imbgan.tabular.schema import DType
from imbgan.tabular.statistics.distinct import DistinctSample
from imbgan.tabular.statistics.grain import coarsest_step, least_decimals
from imbgan.tabular.statistics.sketch import Sketch

#: Expected number of pairs of equal numbers from which their absence is no accident.
LEAST_PAIRS = 9.3
#: Floats hold every whole number below this.
_EXACT = 2.0**53


class NumberStatistics:
    """The distribution of a number in each class.

    Parameters
    ----------
    n_classes : int
        Number of classes.
    """

    def __init__(self, n_classes: int) -> None:
        self.sketches: list[Sketch | None] = [None] * n_classes
        self.missing: NDArray[np.int64] = np.zeros(n_classes, dtype=np.int64)
        #: Decimals that write every value exactly; None if more than six are needed.
        self.decimals: int | None = 0
        #: Nanoseconds of the coarsest time unit that divides every value; 0 before any value.
        self.step: int = 0
        #: Distinct values; of no use unless all values are whole.
        self.distinct: DistinctSample = DistinctSample.empty()

    def update(
        self,
        values: NDArray[np.generic],
        missing: NDArray[np.bool_],
        y: NDArray[np.integer],
        dtype: DType | None = None,
    ) -> "NumberStatistics":
        """Add rows.

        Parameters
        ----------
        values : ndarray of float64 or int64 of shape (n,)
        missing : ndarray of bool of shape (n,)
        y : ndarray of int of shape (n,)
            Class codes.
        dtype : DType, optional
            Where float columns of less than 64 bits, and time units, are declared.
        """
        n_classes = len(self.missing)
        self.missing = self.missing + np.bincount(y[missing], minlength=n_classes)
        present, classes = values[~missing], y[~missing]
        if not len(present):
            return self
        is_whole = present.dtype == np.int64 or _is_whole(cast("NDArray[np.float64]", present))
        for label in np.unique(classes).tolist():
            values_of_class, counts = np.unique(present[classes == label], return_counts=True)
            sketch = Sketch.of_counts(values_of_class, counts)
            known = self.sketches[label]
            self.sketches[label] = known.merge(sketch) if known else sketch
            if is_whole:
                self.distinct = self.distinct.merge(DistinctSample.of(values_of_class, counts))
        if present.dtype == np.float64:
            text = dtype.text if dtype else ""
            self.decimals = _coarser(self.decimals, least_decimals(cast("NDArray[np.float64]", present), text))
        if dtype and dtype.unit:
            step = coarsest_step(present.astype(np.int64), dtype.unit)
            self.step = min(self.step, step) if self.step else step
        return self

    def merge(self, other: "NumberStatistics") -> "NumberStatistics":
        """Add the rows of ``other``."""
        self.missing = self.missing + other.missing
        pairs = zip(self.sketches, other.sketches, strict=True)
        self.sketches = [_merge_sketches(mine, theirs) for mine, theirs in pairs]
        self.decimals = _coarser(self.decimals, other.decimals)
        self.step = min(self.step, other.step) if self.step and other.step else self.step or other.step
        self.distinct = self.distinct.merge(other.distinct)
        return self

    def rearrange(self, places: NDArray[np.integer], n_classes: int) -> None:
        """Make class c the class ``places[c]`` of ``n_classes``."""
        missing, sketches = self.missing, self.sketches
        self.missing, self.sketches = np.zeros(n_classes, dtype=np.int64), [None] * n_classes
        for code, place in enumerate(places.tolist()):
            self.missing[place], self.sketches[place] = missing[code], sketches[code]

    def sampled_by(self, sample: "NumberStatistics") -> "NumberStatistics":
        """Return these statistics with sketches that are not exact replaced by those of a sample of the rows."""
        result = copy(self)
        result.sketches = [
            mine if mine is None or mine.exact or theirs is None else mine.sampled_by(theirs)
            for mine, theirs in zip(self.sketches, sample.sketches, strict=True)
        ]
        return result

    @property
    def bounds(self) -> tuple[int | float, int | float] | None:
        """Least and greatest value; None if all are missing."""
        known = [sketch.values for sketch in self.sketches if sketch]
        if not known:
            return None
        low, high = min(values[0] for values in known), max(values[-1] for values in known)
        return cast("int | float", low.item()), cast("int | float", high.item())

    @property
    def is_constant(self) -> bool:
        """Whether there is at most one distinct value, a missing one counted as a value."""
        bounds = self.bounds
        return bounds is None or (bounds[0] == bounds[1] and not self.missing.any())

    @property
    def n_present(self) -> int:
        """Number of values that are not missing."""
        return round(sum(sketch.total for sketch in self.sketches if sketch))

    @property
    def has_few_equals(self) -> bool:
        """Whether whole numbers differ more than chance allows: they were made to tell rows apart.

        Of n numbers that are drawn from a range of R values, n (n - 1) / 2R pairs are equal on average if all values
        are equally probable, and more if they are not. Numbers that identify have at most a tenth of these pairs, where
        at least 9.3 are expected: without any pair, the probability is at most exp(-9.3) = 1e-4.
        """
        bounds = self.bounds
        if bounds is None or self.decimals != 0 or not len(self.distinct.hashes):
            return False
        expected = self.n_present * (self.n_present - 1) / 2 / (float(bounds[1]) - float(bounds[0]) + 1)
        return expected >= LEAST_PAIRS and self.distinct.n_equal_pairs <= expected / 10


def as_float(statistics: NumberStatistics) -> NumberStatistics:
    """Return statistics of integers as those of floats."""
    result = NumberStatistics(len(statistics.missing)).merge(statistics)
    result.sketches = [
        sketch and replace(sketch, values=sketch.values.astype(np.float64)) for sketch in result.sketches
    ]
    return result


def _is_whole(values: NDArray[np.float64]) -> bool:
    return bool((np.floor(values) == values).all() and np.abs(values).max() < _EXACT)


def _merge_sketches(mine: Sketch | None, theirs: Sketch | None) -> Sketch | None:
    return mine.merge(theirs) if mine and theirs else mine or theirs


def _coarser(first: int | None, second: int | None) -> int | None:
    return None if first is None or second is None else max(first, second)
