"""Statistics of a column of levels."""

import zlib
from collections.abc import Collection, Mapping
from enum import Enum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from imbgan.tabular.equality import LevelKey, level_key
from imbgan.tabular.schema import DType
from imbgan.tabular.statistics.distinct import hashes_of

#: More levels than wanted are kept until there are this many times as many, since forgetting takes a sort.
_SLACK = 1.25


class LevelStatistics:
    """The counts of each level in each class.

    Parameters
    ----------
    n_classes : int
        Number of classes.
    most : int, default=None
        Number of levels that are kept; by default all. Of more levels, those with the smallest hashes are kept, whose
        counts are exact, in whatever order parts are merged (a bottom-k sample).

    Attributes
    ----------
    counts : dict of level key to ndarray of int of shape (n_classes,)
    missing : ndarray of int of shape (n_classes,)
    is_sampled : bool
        Whether there were more levels than are kept.
    longest : int
        Number of characters of the longest text, also of those that are not kept.
    """

    def __init__(self, n_classes: int, most: int | None = None) -> None:
        self.counts: dict[LevelKey, NDArray[np.int64]] = {}
        self.missing: NDArray[np.int64] = np.zeros(n_classes, dtype=np.int64)
        self.most = most
        self.longest = 0
        # Hash and text of the last level that is kept; None while all are.
        self._last: tuple[int, str] | None = None

    @property
    def is_sampled(self) -> bool:
        """Whether there were more levels than are kept."""
        return self._last is not None

    def update(
        self, values: NDArray[np.generic], missing: NDArray[np.bool_], y: NDArray[np.integer]
    ) -> "LevelStatistics":
        """Add rows: levels of any scalar type (n,), their missing mask (n,), and class codes (n,)."""
        n_classes = len(self.missing)
        self.missing = self.missing + np.bincount(y[missing], minlength=n_classes)
        present = values[~missing].tolist()
        # Texts are their own keys. They are by far the most common levels, and tables may have many millions of rows.
        keys = present if set(map(type, present)) == {str} else list(map(level_key, present))
        codes = {key: code for code, key in enumerate(dict.fromkeys(keys))}
        level_codes = np.fromiter(map(codes.__getitem__, keys), np.int64, len(keys))
        cells = level_codes * n_classes + y[~missing]
        table = np.bincount(cells, minlength=len(codes) * n_classes).reshape(len(codes), n_classes)
        self._add(dict(zip(codes, table, strict=True)))
        return self

    def merge(self, other: "LevelStatistics") -> "LevelStatistics":
        """Add the rows of ``other``."""
        self.missing = self.missing + other.missing
        self.longest = max(self.longest, other.longest)
        if other._last is not None and (self._last is None or other._last < self._last):
            self._last = other._last
            kept = [key for key, order in zip(self.counts, _orders(self.counts), strict=True) if order <= self._last]
            self.counts = {key: self.counts[key] for key in kept}
        self._add(other.counts)
        return self

    def rearrange(self, places: NDArray[np.integer], n_classes: int) -> None:
        """Make class c the class ``places[c]`` of ``n_classes``."""
        self.missing = rearranged(self.missing, places, n_classes)
        self.counts = {key: rearranged(count, places, n_classes) for key, count in self.counts.items()}

    # Between processes, counts are one table: an array per level takes ten times as long.
    def __getstate__(self) -> dict[str, Any]:
        table = np.array(list(self.counts.values()), dtype=np.int64).reshape(len(self.counts), len(self.missing))
        return {**vars(self), "counts": (list(self.counts), table)}

    def __setstate__(self, state: dict[str, Any]) -> None:
        keys, table = state["counts"]
        vars(self).update(state, counts=dict(zip(keys, table, strict=True)))

    def _add(self, counts: Mapping[LevelKey, NDArray[np.int64]]) -> None:
        mine = self.counts
        new = [key for key in counts if key not in mine]
        if len(new) < len(counts):
            mine.update((key, mine[key] + count) for key, count in counts.items() if key in mine)
        self.longest = max(self.longest, max((len(key) for key in new if isinstance(key, str)), default=0))
        if self._last is not None:
            last = self._last
            new = [key for key, order in zip(new, _orders(new), strict=True) if order <= last]
            # Few are kept of many, and a row of a table would keep all of it in memory.
            mine.update((key, counts[key].copy()) for key in new)
        else:
            mine.update((key, counts[key]) for key in new)
        if self.most is not None and len(self.counts) > _SLACK * self.most:
            self._forget()

    def _forget(self) -> None:
        """Keep the levels with the smallest hashes."""
        keys = list(self.counts)
        orders = _orders(keys)
        self._last = sorted(orders)[: self.most][-1]
        self.counts = {key: self.counts[key] for key, order in zip(keys, orders, strict=True) if order <= self._last}

    def settle(self) -> None:
        """Forget what is kept beyond ``most``, so that the result does not depend on the order of the parts."""
        if self.most is not None and len(self.counts) > self.most:
            self._forget()

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


def rearranged(counts: NDArray[np.int64], places: NDArray[np.integer], n_classes: int) -> NDArray[np.int64]:
    """Return counts per class after class c has become the class ``places[c]`` of ``n_classes``."""
    result = np.zeros(n_classes, dtype=np.int64)
    result[places] = counts
    return result


def _orders(keys: Collection[LevelKey]) -> list[tuple[int, str]]:
    """Return a pseudo-random number per level, the same in every process, and what tells equal numbers apart."""
    texts = [key if isinstance(key, str) else f"{key[0]}\0{key[1]!r}" for key in keys]
    sums = (zlib.crc32(text.encode("utf-8", "surrogatepass")) for text in texts)
    return list(zip(hashes_of(np.fromiter(sums, np.int64, len(texts))).tolist(), texts, strict=True))


def _sort_key(level: object) -> tuple[str, object, str]:
    # Numbers of different types sort together; everything else by type, so that mixed levels have an order. Members of
    # enumerations, and tuples, need not be comparable: they sort as text.
    kind = type(level).__name__
    if isinstance(level, Enum | tuple):
        return (kind, str(level), kind)
    return ("" if isinstance(level, int | float | np.number | np.bool_) else kind, level, kind)
