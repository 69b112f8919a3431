"""Mergeable statistics per class, from which the encoder is built.

One pass over a stream, or the partial results of many workers, give the same statistics as the whole table: exactly
for up to 16,384 distinct numbers per column and class, and otherwise within the rank error of the sketch.
"""

from collections.abc import Hashable, Mapping
from dataclasses import replace
from enum import Enum
from typing import cast

import numpy as np
from numpy.typing import NDArray

from imbgan.exceptions import DataError, DataTypeError, ParameterError
from imbgan.tabular.conform import conform
from imbgan.tabular.equality import LevelKey, level_key
from imbgan.tabular.grain import coarsest_step, fingerprint_of, least_decimals
from imbgan.tabular.reading import is_named, read_table
from imbgan.tabular.schema import NUMBER_FAMILIES, DType, Family, RawColumn, column_label
from imbgan.tabular.sketch import Sketch


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

    @property
    def is_identifier(self) -> bool:
        """Whether at least 20 rows are all distinct and none is missing."""
        n = sum(int(count.sum()) for count in self.counts.values())
        return n >= 20 and len(self.counts) == n and not self.missing.any()


class ColumnStatistics:
    """Statistics of one column: its type, and its numbers or levels."""

    def __init__(self, name: Hashable, dtype: DType, family: Family, n_classes: int) -> None:
        self.name = name
        self.dtype = dtype
        self.family: Family = family
        self.data: NumberStatistics | LevelStatistics = _new(family, n_classes)

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
            self.data.merge(_as_float(numbers) if family == "float" else numbers)

    def _agree(self, family: Family, dtype: DType) -> Family:
        """Return the family that holds both the previous and the further values, and convert to it."""
        if family == self.family or family == "none":
            both = _union(self.dtype, dtype)
            self.dtype = both if family == self.family else replace(self.dtype, missing=both.missing)
            return self.family
        if self.family == "none":
            missing = self.data.missing
            self.data, self.family, self.dtype = _new(family, len(missing)), family, _later(self.dtype, dtype)
            self.data.missing = missing
        elif {self.family, family} == {"int", "float"} and self.dtype.cells:
            if self.family == "int":
                self.data, self.dtype = (
                    _as_float(cast("NumberStatistics", self.data)),
                    _later(self.dtype, dtype),
                )
            self.family = "float"
        else:
            raise DataTypeError(
                f"{column_label(self.name)} holds {self.family} values in one part and {family} values in "
                "another. Give the column the same data type in every part."
            )
        return self.family


class TableStatistics:
    """Statistics of a whole table, from which :class:`TableEncoder` is built.

    Parameters
    ----------
    n_classes : int
        Number of classes K.
    kinds : mapping, optional
        Column name (or position) to kind, as in :meth:`TableEncoder.fit`.

    Examples
    --------
    >>> first = TableStatistics(n_classes=2).update([[1.5], [2.5]], np.array([0, 1]))
    >>> second = TableStatistics(n_classes=2).update([[3.5]], np.array([0]))
    >>> first.merge(second).n_rows
    3
    """

    def __init__(self, n_classes: int, kinds: Mapping[str | int, str] | None = None) -> None:
        self.n_classes = n_classes
        self.kinds: dict[str | int, str] = dict(kinds or {})
        self.container = ""
        self.columns: list[ColumnStatistics] = []
        self.class_counts: NDArray[np.int64] = np.zeros(n_classes, dtype=np.int64)

    @property
    def n_rows(self) -> int:
        """Number of rows."""
        return int(self.class_counts.sum())

    def update(self, X: object, y: NDArray[np.integer]) -> "TableStatistics":
        """Add the rows of ``X`` (any container of shape (n, d)) with class codes ``y`` (n,) in 0..K-1.

        Raises
        ------
        DataError, DataTypeError, ParameterError
            As :func:`read_table` does; also if ``y`` does not fit ``X`` or the columns differ from before.
        """
        table = read_table(X, self.kinds)
        codes = np.asarray(y)
        if codes.shape != (table.n_rows,) or codes.dtype.kind not in "iu":
            raise DataError(
                f"y must be integer class codes of shape ({table.n_rows},), one per row of X, got "
                f"{codes.dtype} of shape {codes.shape}."
            )
        if codes.min() < 0 or codes.max() >= self.n_classes:
            raise ParameterError(
                f"y must hold class codes from 0 to {self.n_classes - 1}, got {codes.min()} to {codes.max()}."
            )
        if not self.columns:
            self.container = table.container
            self.columns = [ColumnStatistics(c.name, c.dtype, c.family, self.n_classes) for c in table.columns]
        check_names(tuple(c.name for c in self.columns), table.names, named=is_named(table))
        for statistics, column in zip(self.columns, table.columns, strict=True):
            statistics.update(column, codes)
        self.class_counts = self.class_counts + np.bincount(codes, minlength=self.n_classes)
        return self

    def merge(self, other: "TableStatistics") -> "TableStatistics":
        """Add the rows of ``other``."""
        if not self.columns:
            self.container, self.columns = other.container, other.columns
        elif other.columns:
            if len(self.columns) != len(other.columns) or self.n_classes != other.n_classes:
                raise DataError(
                    f"Statistics must be of the same columns and classes, got {len(other.columns)} columns "
                    f"and {other.n_classes} classes where {len(self.columns)} and {self.n_classes} were."
                )
            for mine, theirs in zip(self.columns, other.columns, strict=True):
                mine.merge(theirs)
        self.class_counts = self.class_counts + other.class_counts
        return self


def check_names(fitted: tuple[Hashable, ...], found: tuple[Hashable, ...], *, named: bool) -> None:
    """Raise DataError unless the columns are the fitted ones in their order."""
    if fitted == found or (not named and len(fitted) == len(found)):
        return
    if not named:
        raise DataError(
            f"X has {len(found)} features, but TableEncoder is expecting {len(fitted)} features as input. "
            "Pass the columns that were fitted."
        )
    missing = [name for name in fitted if name not in found]
    unexpected = [name for name in found if name not in fitted]
    problems = [f"missing {', '.join(map(repr, missing))}"] if missing else []
    problems += [f"unexpected {', '.join(map(repr, unexpected))}"] if unexpected else []
    if not problems:
        at = next(i for i, (a, b) in enumerate(zip(fitted, found, strict=True)) if a != b)
        problems = [f"reordered: position {at} holds {found[at]!r} instead of {fitted[at]!r}"]
    raise DataError(
        f"The columns of X must be those that were fitted, in their order: {'; '.join(problems)}. "
        "Select them with X[fitted_columns]."
    )


def _new(family: Family, n_classes: int) -> NumberStatistics | LevelStatistics:
    is_number = family in NUMBER_FAMILIES or family == "none"
    return NumberStatistics(n_classes) if is_number else LevelStatistics(n_classes)


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


def _merge_sketches(mine: Sketch | None, theirs: Sketch | None) -> Sketch | None:
    return mine.merge(theirs) if mine and theirs else mine or theirs


def _as_float(statistics: NumberStatistics) -> NumberStatistics:
    result = NumberStatistics(len(statistics.missing)).merge(statistics)
    result.sketches = [
        sketch and replace(sketch, values=sketch.values.astype(np.float64)) for sketch in result.sketches
    ]
    return result


def _coarser(first: int | None, second: int | None) -> int | None:
    return None if first is None or second is None else max(first, second)


def _sort_key(level: object) -> tuple[str, object, str]:
    # Numbers of different types sort together; everything else by type, so that mixed levels have an order. Members of
    # enumerations, and tuples, need not be comparable: they sort as text.
    kind = type(level).__name__
    if isinstance(level, Enum | tuple):
        return (kind, str(level), kind)
    return ("" if isinstance(level, int | float | np.number | np.bool_) else kind, level, kind)
