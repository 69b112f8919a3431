"""Statistics of a column of numbers."""

from dataclasses import replace
from typing import cast

import numpy as np
from numpy.typing import NDArray

from imbgan.tabular.schema import DType
from imbgan.tabular.statistics.grain import coarsest_step, fingerprint_of, least_decimals
from imbgan.tabular.statistics.sketch import Sketch


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
        #: A sum of hashed values, which does not depend on their order; it detects permutations of a range.
        self.fingerprint: int = 0

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
        for label in np.unique(classes).tolist():
            sketch = Sketch.of(present[classes == label])
            known = self.sketches[label]
            self.sketches[label] = known.merge(sketch) if known else sketch
        if present.dtype == np.float64:
            text = dtype.text if dtype else ""
            self.decimals = _coarser(self.decimals, least_decimals(cast("NDArray[np.float64]", present), text))
        if dtype and dtype.unit:
            step = coarsest_step(present.astype(np.int64), dtype.unit)
            self.step = min(self.step, step) if self.step else step
        self.fingerprint = (self.fingerprint + fingerprint_of(present)) % 2**64
        return self

    def merge(self, other: "NumberStatistics") -> "NumberStatistics":
        """Add the rows of ``other``."""
        self.missing = self.missing + other.missing
        pairs = zip(self.sketches, other.sketches, strict=True)
        self.sketches = [_merge_sketches(mine, theirs) for mine, theirs in pairs]
        self.decimals = _coarser(self.decimals, other.decimals)
        self.step = min(self.step, other.step) if self.step and other.step else self.step or other.step
        self.fingerprint = (self.fingerprint + other.fingerprint) % 2**64
        return self

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
    def is_identifier(self) -> bool:
        """Whether the values are a permutation of a contiguous range of at least 20 integers."""
        bounds = self.bounds
        n = self.n_present
        if bounds is None or self.missing.any() or self.decimals != 0 or n < 20:
            return False
        is_huge = isinstance(bounds[0], float) and max(abs(bounds[0]), abs(bounds[1])) >= 2**63
        if bounds[1] - bounds[0] != n - 1 or is_huge:
            return False
        return fingerprint_of(np.arange(n, dtype=np.int64) + int(bounds[0])) == self.fingerprint


def as_float(statistics: NumberStatistics) -> NumberStatistics:
    """Return statistics of integers as those of floats."""
    result = NumberStatistics(len(statistics.missing)).merge(statistics)
    result.sketches = [
        sketch and replace(sketch, values=sketch.values.astype(np.float64)) for sketch in result.sketches
    ]
    return result


def _merge_sketches(mine: Sketch | None, theirs: Sketch | None) -> Sketch | None:
    return mine.merge(theirs) if mine and theirs else mine or theirs


def _coarser(first: int | None, second: int | None) -> int | None:
    return None if first is None or second is None else max(first, second)
