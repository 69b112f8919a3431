"""Some rows of each class of a table that is read in parts, whatever the parts are and whoever reads them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from imbgan.exceptions import ParameterError
from imbgan.tabular.containers import concat, take
from imbgan.tabular.statistics.distinct import hashes_of


@dataclass(frozen=True)
class ReservoirSize:
    """How many rows are kept.

    Parameters
    ----------
    per_class : int, default=200_000
        Most rows of a class, at least 2.
    of_largest : int, default=100_000
        Most rows of the largest class, at least 2.
    in_all : int, default=1_000_000
        Most rows of all classes. With many classes, each of the larger ones keeps fewer.

    Raises
    ------
    ParameterError
        If a number is none of these.
    """

    per_class: int = 200_000
    of_largest: int = 100_000
    in_all: int = 1_000_000

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            if isinstance(value, bool) or not isinstance(value, int) or value < 2:
                raise ParameterError(f"{name} must be a whole number of at least 2. Got {value!r}.")

    def level(self, counts: NDArray[np.integer]) -> int:
        """Return the most rows of a class, so that classes of these sizes (K,) keep at most ``in_all`` together.

        At least 2 rows per class are kept, without which a class cannot be learned. The level sinks as classes grow, so
        that a row that was once left out is never missed later.

        Examples
        --------
        >>> ReservoirSize(per_class=100, in_all=120).level(np.array([10, 80, 500]))
        55
        """
        ascending = np.sort(np.asarray(counts, dtype=np.int64))
        left = self.in_all
        for place, count in enumerate(ascending.tolist()):
            share = left // (len(ascending) - place)
            if count > share:
                return int(min(self.per_class, max(2, share)))
            left -= count
        return self.per_class


class Address(NamedTuple):
    """Where rows lie: the numbers of their files, and their numbers there, both of shape (n,), int64."""

    file: NDArray[np.int64]
    row: NDArray[np.int64]


class Reservoir:
    """Rows of each class with the smallest priorities.

    The priority of a row is a pseudo-random number, a pure function of the seed and the address of the row. Of each
    class, the rows with the smallest priorities are kept: a sample without replacement in which each row is equally
    probable, whatever the batches are, and in which the samples of parts are merged into that of the whole (bottom-k
    sampling; Cohen and Kaplan, "Summarizing data using bottom-k sketches", PODC 2007).

    Parameters
    ----------
    seed : int
        From 0 to 2**64 - 1.
    size : ReservoirSize

    Attributes
    ----------
    counts : ndarray of int64 of shape (n_classes,)
        Number of all rows of each class, also of those that are not kept.
    """

    def __init__(self, seed: int, size: ReservoirSize | None = None) -> None:
        self.seed = seed
        self.size = size or ReservoirSize()
        self.counts: NDArray[np.int64] = np.zeros(0, dtype=np.int64)
        self._parts: list[Part] = []
        self._limits: NDArray[np.uint64] = np.zeros(0, dtype=np.uint64)
        self._n_held = 0

    def grow(self, places: NDArray[np.integer], n_classes: int) -> None:
        """Make class c the class ``places[c]`` of ``n_classes``, which may be more than before."""
        counts, limits = self.counts, self._limits
        self.counts = np.zeros(n_classes, dtype=np.int64)
        self._limits = np.full(n_classes, np.iinfo(np.uint64).max, dtype=np.uint64)
        self.counts[places], self._limits[places] = counts, limits
        if not np.array_equal(places, np.arange(len(places))):
            self._parts = [part.with_codes(places.astype(np.intp)[part.codes]) for part in self._parts]

    def update(self, X: object, y: NDArray[np.generic], codes: NDArray[np.integer], address: Address) -> None:
        """Add rows.

        Parameters
        ----------
        X : container of n rows
        y : ndarray of shape (n,)
            Their labels.
        codes : ndarray of int of shape (n,)
            Their classes, from 0 to the number of classes - 1; see :meth:`grow`.
        address : Address
        """
        self.counts = self.counts + np.bincount(codes, minlength=len(self.counts))
        priorities = priorities_of(self.seed, address)
        chosen = np.flatnonzero(priorities <= self._limits[codes])
        if len(chosen):
            whole = len(chosen) == len(codes)
            part = Part(X, y, codes.astype(np.intp), priorities, address)
            self._add(part if whole else part.taken(chosen))

    def merge(self, other: "Reservoir") -> None:
        """Add the rows of another reservoir of the same seed, size and classes."""
        self.counts = self.counts + other.counts
        self._limits = np.minimum(self._limits, other._limits)
        for part in other._parts:
            chosen = np.flatnonzero(part.priorities <= self._limits[part.codes])
            if len(chosen):
                self._add(part.taken(chosen))

    def rows(self) -> "Part":
        """Return the rows that are kept, in the order of their addresses."""
        level = self.size.level(self.counts)
        quotas = np.full(len(self.counts), level)
        quotas[int(np.argmax(self.counts))] = min(level, self.size.of_largest)
        return self._compacted(quotas)[0]

    def _add(self, part: "Part") -> None:
        self._parts.append(part)
        self._n_held += len(part.codes)
        quotas = np.full(len(self.counts), self.size.level(self.counts))
        wanted = int(np.minimum(self.counts, quotas).sum())
        if self._n_held > wanted + max(wanted // 2, 2**16):
            whole, self._limits = self._compacted(quotas)
            self._parts, self._n_held = [whole], len(whole.codes)

    def _compacted(self, quotas: NDArray[np.int64]) -> "tuple[Part, NDArray[np.uint64]]":
        """Return the rows with the smallest priorities of each class as one part, and the largest of these."""
        limits = self._limits.copy()
        codes = np.concatenate([part.codes for part in self._parts])
        priorities = np.concatenate([part.priorities for part in self._parts])
        file = np.concatenate([part.address.file for part in self._parts])
        row = np.concatenate([part.address.row for part in self._parts])
        order = np.lexsort((row, file, priorities, codes))
        starts = np.concatenate([[0], np.cumsum(np.bincount(codes, minlength=len(quotas)))])
        kept: list[NDArray[np.intp]] = []
        for code, quota in enumerate(quotas.tolist()):
            own = order[starts[code] : starts[code + 1]]
            if len(own) > quota:
                own = own[:quota]
                limits[code] = priorities[own[-1]]
            kept.append(own)
        chosen = np.zeros(len(codes), dtype=bool)
        chosen[np.concatenate(kept)] = True
        ends = np.cumsum([len(part.codes) for part in self._parts])[:-1]
        parts = [
            part if mask.all() else part.taken(np.flatnonzero(mask))
            for part, mask in zip(self._parts, np.split(chosen, ends), strict=True)
            if mask.any()
        ]
        return _joined(parts).in_order(), limits


@dataclass(frozen=True)
class Part:
    """Rows with their labels (n,), class codes (n,), priorities (n,) and addresses."""

    X: object
    y: NDArray[np.generic]
    codes: NDArray[np.intp]
    priorities: NDArray[np.uint64]
    address: Address

    def taken(self, rows: NDArray[np.intp]) -> "Part":
        """Return some of the rows."""
        address = Address(self.address.file[rows], self.address.row[rows])
        return Part(take(self.X, rows), self.y[rows], self.codes[rows], self.priorities[rows], address)

    def with_codes(self, codes: NDArray[np.intp]) -> "Part":
        """Return the rows with other class codes."""
        return Part(self.X, self.y, codes, self.priorities, self.address)

    def in_order(self) -> "Part":
        """Return the rows in the order of their addresses."""
        order = np.lexsort((self.address.row, self.address.file))
        return self if np.array_equal(order, np.arange(len(order))) else self.taken(order)


def _joined(parts: Sequence[Part]) -> Part:
    """Return the rows of several parts, joined pairwise so that no row is copied often."""
    parts = list(parts)
    while len(parts) > 1:
        pairs = [parts[i : i + 2] for i in range(0, len(parts), 2)]
        parts = [_both(*pair) if len(pair) == 2 else pair[0] for pair in pairs]
    return parts[0]


def _both(first: Part, second: Part) -> Part:
    address = Address(*(np.concatenate(pair) for pair in zip(first.address, second.address, strict=True)))
    return Part(
        concat(first.X, second.X),
        np.concatenate([first.y, second.y]),
        np.concatenate([first.codes, second.codes]),
        np.concatenate([first.priorities, second.priorities]),
        address,
    )


def priorities_of(seed: int, address: Address) -> NDArray[np.uint64]:
    """Return a pseudo-random number per row, from 0 to 2**64 - 1: a pure function of seed, file and row.

    Examples
    --------
    >>> both = priorities_of(0, Address(np.array([1, 1]), np.array([6, 7])))
    >>> bool((priorities_of(0, Address(np.array([1]), np.array([7]))) == both[1:]).all())
    True
    """
    start = hashes_of(np.array([seed], np.uint64).view(np.int64))
    by_file = hashes_of((start ^ address.file.astype(np.uint64)).view(np.int64))
    return hashes_of((by_file ^ address.row.astype(np.uint64)).view(np.int64))
