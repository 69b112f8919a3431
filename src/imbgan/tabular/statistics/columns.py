"""Statistics of one column of any kind, and the type that holds all parts of it."""

from collections.abc import Hashable
from copy import copy
from dataclasses import replace
from typing import cast

import numpy as np
from numpy.typing import NDArray

from imbgan.exceptions import DataError, DataTypeError
from imbgan.tabular.conform import conform
from imbgan.tabular.schema import NUMBER_FAMILIES, DType, Family, RawColumn, column_label
from imbgan.tabular.statistics.levels import LevelStatistics
from imbgan.tabular.statistics.numbers import NumberStatistics, as_float


class ColumnStatistics:
    """Statistics of one column: its type, and its numbers or levels.

    ``most_levels`` is the number of levels that are kept; see :class:`LevelStatistics`.
    """

    def __init__(
        self, name: Hashable, dtype: DType, family: Family, n_classes: int, most_levels: int | None = None
    ) -> None:
        self.name = name
        self.dtype = dtype
        self.family: Family = family
        self.most_levels = most_levels
        self.data: NumberStatistics | LevelStatistics = self._new(n_classes)

    def update(self, column: RawColumn, y: NDArray[np.integer]) -> None:
        """Add the rows of ``column``."""
        family = self._agree(column.family, column.dtype)
        if isinstance(self.data, LevelStatistics):
            self.data.update(column.values, column.missing, y)
        else:
            held = conform(column, family, self.dtype)
            # The unit is that of the values now; a float type of few bits is that of this part.
            dtype = self.dtype if self.dtype.unit else column.dtype
            self.data.update(held.values, column.missing, y, dtype)

    def merge(self, other: "ColumnStatistics") -> None:
        """Add the rows of ``other``."""
        if other.name != self.name:
            raise DataError(
                f"Statistics must be of the same columns in the same order, got {other.name!r} where "
                f"{self.name!r} was. Select and order the columns alike in every part."
            )
        both_held = "none" not in (self.family, other.family)
        if both_held and (self.dtype.unit, self.dtype.is_unsigned_64) != (other.dtype.unit, other.dtype.is_unsigned_64):
            raise DataTypeError(
                f"{column_label(self.name)} has the data type {self.dtype.text} in one part and {other.dtype.text} in "
                "another. Give the column the same data type in every part."
            )
        family = self._agree(other.family, other.dtype)
        if isinstance(self.data, LevelStatistics):
            theirs = other.data
            empty = LevelStatistics(len(theirs.missing)) if other.family == "none" else None
            if empty is not None:
                empty.missing = theirs.missing
            self.data.merge(empty or cast("LevelStatistics", theirs))
        else:
            numbers = cast("NumberStatistics", other.data)
            self.data.merge(as_float(numbers) if family == "float" else numbers)

    def rearrange(self, places: NDArray[np.integer], n_classes: int) -> None:
        """Make class c the class ``places[c]`` of ``n_classes``."""
        self.data.rearrange(places, n_classes)

    def sampled_by(self, sample: "ColumnStatistics") -> "ColumnStatistics":
        """Return these statistics with sketches that are not exact replaced by those of a sample of the rows."""
        if isinstance(self.data, LevelStatistics) or not isinstance(sample.data, NumberStatistics):
            return self
        result = copy(self)
        result.data = self.data.sampled_by(sample.data)
        return result

    def _new(self, n_classes: int) -> NumberStatistics | LevelStatistics:
        is_number = self.family in NUMBER_FAMILIES or self.family == "none"
        return NumberStatistics(n_classes) if is_number else LevelStatistics(n_classes, self.most_levels)

    def _agree(self, family: Family, dtype: DType) -> Family:
        """Return the family that holds both the previous and the further values, and convert to it."""
        if family == self.family or family == "none":
            both = _union(self.dtype, dtype)
            self.dtype = both if family == self.family else replace(self.dtype, missing=both.missing)
            return self.family
        if self.family == "none":
            missing = self.data.missing
            self.family, self.dtype = family, _later(self.dtype, dtype)
            self.data = self._new(len(missing))
            self.data.missing = missing
        elif {self.family, family} == {"int", "float"} and self.dtype.cells:
            if self.family == "int":
                self.data, self.dtype = (
                    as_float(cast("NumberStatistics", self.data)),
                    _later(self.dtype, dtype),
                )
            self.family = "float"
        else:
            raise DataTypeError(
                f"{column_label(self.name)} holds {self.family} values in one part and {family} values in "
                "another. Give the column the same data type in every part."
            )
        return self.family


def _union(first: DType, second: DType) -> DType:
    """Return the type that holds both; parts of a table may know different categories and missing marks."""
    both = replace(first, missing=first.missing or second.missing, scale=max(first.scale, second.scale))
    categories = first.categories
    if categories is None or second.categories is None or categories == second.categories:
        return both
    # The library's own type knows the categories of its part only.
    return replace(both, categories=tuple(dict.fromkeys([*categories, *second.categories])), native=None)


def _later(first: DType, second: DType) -> DType:
    return replace(second, missing=first.missing or second.missing)
