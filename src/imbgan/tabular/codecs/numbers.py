"""Codecs of numbers: places on the class-balanced distribution, or shares of the observed range."""

from dataclasses import dataclass, replace
from typing import ClassVar, cast

import numpy as np
from numpy.typing import NDArray

from imbgan.tabular.codecs.base import (
    Arrays,
    Draws,
    Matrix,
    RowNumbers,
    highest,
    no_part,
    one_hot,
    read_scale,
    reject_missing,
)
from imbgan.tabular.codecs.scale import Scale
from imbgan.tabular.grids import Grid
from imbgan.tabular.scalars import Json, to_json
from imbgan.tabular.schema import Part, RawColumn


@dataclass(frozen=True)
class Rounding:
    """The rounding of decoded numbers: observed bounds, and the grid of the column.

    Parameters
    ----------
    low, high : int or float
        Least and greatest observed value; ints for exact int64 columns.
    grid : Grid
        The steps in which values come.
    """

    low: int | float
    high: int | float
    grid: Grid

    def apply(self, values: NDArray[np.generic]) -> NDArray[np.generic]:
        """Return the nearest values that the column can have."""
        return self.grid.snap(values, self.low, self.high)

    def to_document(self) -> list[Json]:
        """Return the fields in order; an offset only if there is one, which earlier versions did not know."""
        grid = self.grid
        fields: list[Json] = [to_json(self.low), to_json(self.high), grid.decimals, grid.step]
        return [*fields, grid.offset] if grid.offset else fields

    @classmethod
    def from_document(cls, fields: Json) -> "Rounding":
        """Rebuild the rounding; ValueError if no grid has such steps."""
        low, high, decimals, step, *rest = cast("list[int | float | None]", fields)
        offset = int(cast("int", rest[0])) if rest else 0
        grid = Grid(None if decimals is None else int(decimals), int(cast("int", step)), offset)
        if not 0 <= grid.offset < grid.step:
            raise ValueError(f"a grid cannot have the step {grid.step} and the offset {grid.offset}")
        return cls(cast("float", low), cast("float", high), grid)


@dataclass(frozen=True)
class QuantileCodec:
    """A number as its place on the class-balanced cumulative distribution.

    Parameters
    ----------
    knots : ndarray of float64 or int64 of shape (m,)
        Values at which the distribution is known, in increasing order.
    scale : Scale
        Its points are the knots.
    rounding : Rounding
        The rounding of decoded values.
    """

    kind: ClassVar[str] = "quantile"
    knots: NDArray[np.generic]
    scale: Scale
    rounding: Rounding

    n_numbers: ClassVar[int] = 1
    n_levels: ClassVar[int] = 0

    def knows(self, column: RawColumn) -> NDArray[np.bool_]:
        """Return which cells hold a number."""
        return ~column.missing

    def encode(self, column: RawColumn, draws: Draws) -> tuple[Matrix, Matrix]:
        """Return the place of each value on the line; raise DataError for a missing value."""
        reject_missing(column)
        values = np.clip(column.values.astype(self.knots.dtype), self.knots[0], self.knots[-1])
        index = np.searchsorted(self.knots, values, side="right") - 1
        after = np.minimum(index + 1, len(self.knots) - 1)
        fraction = _fraction(values, self.knots[index], self.knots[after])
        return self.scale.encode(index, fraction, draws).reshape(-1, 1), no_part(len(values))

    def decode(self, numbers: Matrix, levels: Matrix, rows: RowNumbers) -> Part:
        """Return exact knots, or values between two knots, rounded like the column."""
        index, fraction = self.scale.decode(numbers[:, 0])
        after = np.minimum(index + 1, len(self.knots) - 1)
        between = fraction > 0
        values = self.knots[index]
        start, stop = values[between], self.knots[after[between]]
        values[between] = self.rounding.apply(_interpolate(start, stop, fraction[between]))
        return values, np.zeros(len(values), dtype=bool)

    def places(self, draws: Draws) -> Matrix:
        """Return places of values drawn from the balanced distribution, (n, 1)."""
        return self.scale.places(draws).reshape(-1, 1)

    def to_document(self) -> tuple[dict[str, Json], Arrays]:
        """Return the rounding, the knots and the interval ends."""
        document: dict[str, Json] = {"rounding": self.rounding.to_document(), "link": self.scale.link}
        return document, {"knots": self.knots, "edges": self.scale.edges}

    @classmethod
    def from_document(cls, document: dict[str, Json], arrays: Arrays) -> "QuantileCodec":
        """Rebuild the codec."""
        scale = read_scale(document, arrays, len(arrays["knots"]))
        return cls(arrays["knots"], scale, Rounding.from_document(document["rounding"]))


@dataclass(frozen=True)
class MinMaxCodec:
    """A number scaled to [0, 1], as classical GANs with a sigmoid output learn it.

    float32 resolves about 1e-7 of the range, so only rounded values are exact.
    """

    kind: ClassVar[str] = "minmax"
    rounding: Rounding
    storage: str

    n_numbers: ClassVar[int] = 1
    n_levels: ClassVar[int] = 0

    def _bounds(self) -> NDArray[np.generic]:
        return np.array([self.rounding.low, self.rounding.high], dtype=self.storage)

    def knows(self, column: RawColumn) -> NDArray[np.bool_]:
        """Return which cells hold a number."""
        return ~column.missing

    def encode(self, column: RawColumn, draws: Draws) -> tuple[Matrix, Matrix]:
        """Scale each value; raise DataError for a missing value."""
        reject_missing(column)
        low, high = self._bounds()
        values = np.clip(column.values.astype(self.storage), low, high)
        scaled = _fraction(values, np.full_like(values, low), np.full_like(values, high))
        return scaled.astype(np.float32).reshape(-1, 1), no_part(len(values))

    def decode(self, numbers: Matrix, levels: Matrix, rows: RowNumbers) -> Part:
        """Scale back, clip to the observed bounds, round."""
        fraction = np.clip(numbers[:, 0].astype(np.float64), 0.0, 1.0)
        low, high = self._bounds()
        start, stop = np.full(len(fraction), low), np.full(len(fraction), high)
        values = self.rounding.apply(_interpolate(start, stop, fraction))
        return values, np.zeros(len(values), dtype=bool)

    def places(self, draws: Draws) -> Matrix:
        """Return places drawn uniformly, (n, 1)."""
        return draws.astype(np.float32).reshape(-1, 1)

    def to_document(self) -> tuple[dict[str, Json], Arrays]:
        """Return bounds and rounding."""
        return {"rounding": self.rounding.to_document(), "storage": self.storage}, {}

    @classmethod
    def from_document(cls, document: dict[str, Json], arrays: Arrays) -> "MinMaxCodec":
        """Rebuild the codec."""
        storage = str(np.dtype(cast("str", document["storage"])))
        return cls(Rounding.from_document(document["rounding"]), storage)


@dataclass(frozen=True)
class DiscreteCodec:
    """A number of very few distinct values with one matrix column per value, and one for missing values.

    Parameters
    ----------
    knots : ndarray of float64 or int64 of shape (m,)
        The values, in increasing order.
    has_missing : bool
        Whether any value was missing.
    """

    kind: ClassVar[str] = "discrete"
    knots: NDArray[np.generic]
    has_missing: bool

    n_numbers: ClassVar[int] = 0

    @property
    def n_levels(self) -> int:
        """Number of values, including the missing one."""
        return len(self.knots) + self.has_missing

    def knows(self, column: RawColumn) -> NDArray[np.bool_]:
        """Return which cells hold a number, or may be missing."""
        return ~column.missing | self.has_missing

    def encode(self, column: RawColumn, draws: Draws) -> tuple[Matrix, Matrix]:
        """Write a one at the value of each row, or at the nearest known value."""
        if not self.has_missing:
            reject_missing(column)
        values = np.clip(column.values.astype(self.knots.dtype), self.knots[0], self.knots[-1])
        below = np.searchsorted(self.knots, values, side="right") - 1
        above = np.minimum(below + 1, len(self.knots) - 1)
        nearest = below + (_fraction(values, self.knots[below], self.knots[above]) > 0.5)
        index = np.where(column.missing, len(self.knots), nearest)
        return no_part(len(index)), one_hot(index, self.n_levels)

    def decode(self, numbers: Matrix, levels: Matrix, rows: RowNumbers) -> Part:
        """Return the value with the greatest score."""
        index = highest(levels)
        missing = index == len(self.knots)
        return self.knots[np.where(missing, 0, index)], missing

    def to_document(self) -> tuple[dict[str, Json], Arrays]:
        """Return the values."""
        return {"has_missing": self.has_missing}, {"knots": self.knots}

    @classmethod
    def from_document(cls, document: dict[str, Json], arrays: Arrays) -> "DiscreteCodec":
        """Rebuild the codec."""
        return cls(arrays["knots"], bool(document["has_missing"]))


@dataclass(frozen=True)
class OptionalCodec:
    """A number that can be missing: its place, and a category of two levels, present and missing.

    A missing cell still needs a place in the number part. The place is drawn at random, so that it tells the
    discriminator nothing and a generator need not learn it.
    """

    kind: ClassVar[str] = "optional"
    number: QuantileCodec | MinMaxCodec

    n_numbers: ClassVar[int] = 1
    n_levels: ClassVar[int] = 2

    def knows(self, column: RawColumn) -> NDArray[np.bool_]:
        """Return that every cell can be encoded."""
        return np.ones(len(column.missing), dtype=bool)

    def places(self, draws: Draws) -> Matrix:
        """Return drawn places of numbers, (n, 1)."""
        return self.number.places(draws)

    def encode(self, column: RawColumn, draws: Draws) -> tuple[Matrix, Matrix]:
        """Encode the present numbers, and which cells are present."""
        missing = column.missing
        numbers = self.number.places(draws)
        present = np.flatnonzero(~missing)
        known = replace(column, values=column.values[present], missing=missing[present])
        numbers[present] = self.number.encode(known, draws[present])[0]
        return numbers, one_hot(missing.astype(np.intp), 2)

    def decode(self, numbers: Matrix, levels: Matrix, rows: RowNumbers) -> Part:
        """Decode every number, and return which cells are missing."""
        return self.number.decode(numbers, levels, rows)[0], highest(levels) == 1

    def to_document(self) -> tuple[dict[str, Json], Arrays]:
        """Return the codec of the number."""
        document, arrays = self.number.to_document()
        return {"number": self.number.kind, **document}, arrays

    @classmethod
    def from_document(cls, document: dict[str, Json], arrays: Arrays) -> "OptionalCodec":
        """Rebuild the codec."""
        kinds = {"quantile": QuantileCodec, "minmax": MinMaxCodec}
        return cls(kinds[cast("str", document["number"])].from_document(document, arrays))


def _fraction(
    values: NDArray[np.generic], start: NDArray[np.generic], stop: NDArray[np.generic]
) -> NDArray[np.float64]:
    """Return how far ``values`` lie from ``start`` to ``stop``, in [0, 1); 0 where both are equal."""
    if values.dtype == np.int64:
        # Differences of int64 may need 64 bits without a sign.
        whole = (stop.view(np.uint64) - start.view(np.uint64)).astype(np.float64)
        part = (values.view(np.uint64) - start.view(np.uint64)).astype(np.float64)
    else:
        # Halves, because the difference of two large floats may overflow.
        whole = _as_float64(stop) / 2 - _as_float64(start) / 2
        part = _as_float64(values) / 2 - _as_float64(start) / 2
    return np.where(whole > 0, part / np.where(whole > 0, whole, 1.0), 0.0)


def _interpolate(
    start: NDArray[np.generic], stop: NDArray[np.generic], fraction: NDArray[np.float64]
) -> NDArray[np.generic]:
    if start.dtype == np.int64:
        whole = stop.view(np.uint64) - start.view(np.uint64)
        wide = whole.astype(np.float64)
        part = np.rint(fraction * wide)
        # Near 2**64 a float rounds up to a value that uint64 cannot hold.
        offset = np.where(part >= wide, whole, np.where(part >= wide, 0.0, part).astype(np.uint64))
        return (start.view(np.uint64) + offset).view(np.int64)
    return _as_float64(start) * (1.0 - fraction) + _as_float64(stop) * fraction


def _as_float64(values: NDArray[np.generic]) -> NDArray[np.float64]:
    return values.astype(np.float64, copy=False)
