"""Statistics of a column of levels."""

from collections.abc import Mapping
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from imbgan.tabular.equality import LevelKey, level_key
from imbgan.tabular.schema import DType


class LevelStatistics:
    """The counts of each level in each class.

    Parameters
    ----------
    n_classes : int
        Number of classes.
    """

    def __init__(self, n_classes: int) -> None:
        self.counts: dict[LevelKey, NDArray[np.int64]] = {}
        self.missing: NDArray[np.int64] = np.zeros(n_classes, dtype=np.int64)

    def update(
        self, values: NDArray[np.generic], missing: NDArray[np.bool_], y: NDArray[np.integer]
    ) -> "LevelStatistics":
        """Add rows: levels of any scalar type (n,), their missing mask (n,), and class codes (n,)."""
        n_classes = len(self.missing)
        self.missing = self.missing + np.bincount(y[missing], minlength=n_classes)
        codes: dict[LevelKey, int] = {}
        level_codes = [codes.setdefault(level_key(level), len(codes)) for level in values[~missing].tolist()]
        cells = np.asarray(level_codes, dtype=np.int64) * n_classes + y[~missing]
        table = np.bincount(cells, minlength=len(codes) * n_classes).reshape(len(codes), n_classes)
        self._add(dict(zip(codes, table, strict=True)))
        return self

    def merge(self, other: "LevelStatistics") -> "LevelStatistics":
        """Add the rows of ``other``."""
        self.missing = self.missing + other.missing
        self._add(other.counts)
        return self

    def _add(self, counts: Mapping[LevelKey, NDArray[np.int64]]) -> None:
        for key, count in counts.items():
            known = self.counts.get(key)
            self.counts[key] = count if known is None else known + count

    def levels(self, dtype: DType) -> tuple[tuple[object, ...], NDArray[np.int64]]:
        """Return the levels in their order (that of the categories, if any) and their counts (L, K)."""
        levels = [key if isinstance(key, str) else key[1] for key in self.counts]
        rank = {level_key(level): position for position, level in enumerate(dtype.categories or ())}
        if all(key in rank for key in self.counts):
            order = sorted(range(len(levels)), key=lambda i: rank[level_key(levels[i])])
        else:
            order = sorted(range(len(levels)), key=lambda i: _sort_key(levels[i]))
        keys = list(self.counts)
        counts = [self.counts[keys[i]] for i in order]
        table = np.array(counts, dtype=np.int64).reshape(len(order), len(self.missing))
        return tuple(levels[i] for i in order), table

    @property
    def is_constant(self) -> bool:
        """Whether there is at most one distinct value, a missing one counted as a value."""
        return len(self.counts) + bool(self.missing.any()) <= 1


def _sort_key(level: object) -> tuple[str, object, str]:
    # Numbers of different types sort together; everything else by type, so that mixed levels have an order. Members of
    # enumerations, and tuples, need not be comparable: they sort as text.
    kind = type(level).__name__
    if isinstance(level, Enum | tuple):
        return (kind, str(level), kind)
    return ("" if isinstance(level, int | float | np.number | np.bool_) else kind, level, kind)
