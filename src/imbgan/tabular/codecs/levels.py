"""Codecs of categories: one matrix column per level, or all levels on one line."""

from dataclasses import dataclass
from typing import ClassVar, cast

import numpy as np
from numpy.typing import NDArray

from imbgan.exceptions import DataError
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
from imbgan.tabular.equality import LevelKey, level_key
from imbgan.tabular.scalars import Json, from_json, to_json
from imbgan.tabular.schema import Coded, Part, RawColumn, column_label


class Levels:
    """The levels of a column in their order; the last one may represent missing values."""

    def __init__(self, levels: tuple[object, ...], *, has_missing: bool, storage: str) -> None:
        self.levels = levels
        self.has_missing = has_missing
        self.storage = storage
        self._index: dict[LevelKey, int] = {level_key(level): i for i, level in enumerate(levels)}
        # Missing cells need any value, since they are masked.
        padded = [*levels, levels[0]] if has_missing and levels else list(levels)
        #: Each level once, and a missing cell where there is one.
        self._cells: Part = np.fromiter(padded, dtype=storage), np.arange(len(padded)) == len(levels)

    def __len__(self) -> int:
        return len(self.levels) + self.has_missing

    def knows(self, column: RawColumn) -> NDArray[np.bool_]:
        """Return which cells hold a level that occurred in fit (n,)."""
        return (self._places(column) >= 0) & (~column.missing | self.has_missing)

    def _places(self, column: RawColumn) -> NDArray[np.intp]:
        """Return the position of each cell's level (n,), and -1 for a level that did not occur in fit."""
        found = [self._index.get(level_key(level), -1) for level in column.values.tolist()]
        return np.where(column.missing, len(self.levels), np.asarray(found, dtype=np.intp))

    def index(self, column: RawColumn) -> NDArray[np.intp]:
        """Return the position of each cell's level (n,); raise DataError for a level that did not occur in fit."""
        if not self.has_missing:
            reject_missing(column)
        index = self._places(column)
        if (index < 0).any():
            row = int(np.argmin(index))
            raise DataError(
                f"{column_label(column.name)} holds a level that was not seen when fitted: "
                f"{column.values[row]!r} (first at row {row}). Map it to a known level, "
                "or fit on data that hold it."
            )
        return index

    def at(self, index: NDArray[np.integer]) -> Coded:
        """Return the column that holds the levels at ``index``."""
        return Coded(self._cells, index)

    def to_document(self) -> dict[str, Json]:
        """Return the levels as JSON."""
        return {
            "levels": [to_json(level) for level in self.levels],
            "has_missing": self.has_missing,
            "storage": self.storage,
        }

    @classmethod
    def from_document(cls, document: dict[str, Json]) -> "Levels":
        """Rebuild the levels."""
        levels = tuple(from_json(level) for level in cast("list[Json]", document["levels"]))
        storage = str(np.dtype(cast("str", document["storage"])))
        return cls(levels, has_missing=bool(document["has_missing"]), storage=storage)


@dataclass(frozen=True)
class OneHotCodec:
    """A category with one matrix column per level."""

    kind: ClassVar[str] = "one-hot"
    levels: Levels

    n_numbers: ClassVar[int] = 0

    @property
    def n_levels(self) -> int:
        """Number of levels, including the missing one."""
        return len(self.levels)

    def knows(self, column: RawColumn) -> NDArray[np.bool_]:
        """Return which cells hold a level that occurred in fit."""
        return self.levels.knows(column)

    def encode(self, column: RawColumn, draws: Draws) -> tuple[Matrix, Matrix]:
        """Write a one at the level of each row."""
        return no_part(len(column.missing)), one_hot(self.levels.index(column), len(self.levels))

    def decode(self, numbers: Matrix, levels: Matrix, rows: RowNumbers) -> Coded:
        """Return the level with the greatest score."""
        return self.levels.at(highest(levels))

    def to_document(self) -> tuple[dict[str, Json], Arrays]:
        """Return the levels."""
        return self.levels.to_document(), {}

    @classmethod
    def from_document(cls, document: dict[str, Json], arrays: Arrays) -> "OneHotCodec":
        """Rebuild the codec."""
        return cls(Levels.from_document(document))


@dataclass(frozen=True)
class LineCodec:
    """A category of many levels on one line, where the width of the interval of a level is its frequency.

    The order of levels depends on the classes in which they occur (see `fitting`), so that neighbors on the line have
    similar classes, and a generator can learn the line like a number.
    """

    kind: ClassVar[str] = "line"
    levels: Levels
    scale: Scale

    n_numbers: ClassVar[int] = 1
    n_levels: ClassVar[int] = 0

    def knows(self, column: RawColumn) -> NDArray[np.bool_]:
        """Return which cells hold a level that occurred in fit."""
        return self.levels.knows(column)

    def places(self, draws: Draws) -> Matrix:
        """Return places of levels drawn from the balanced distribution, (n, 1)."""
        return self.scale.places(draws).reshape(-1, 1)

    def encode(self, column: RawColumn, draws: Draws) -> tuple[Matrix, Matrix]:
        """Return a drawn place in the interval of the level of each row."""
        index = self.levels.index(column)
        numbers = self.scale.encode(index, np.zeros(len(index)), draws)
        return numbers.reshape(-1, 1), no_part(len(index))

    def decode(self, numbers: Matrix, levels: Matrix, rows: RowNumbers) -> Coded:
        """Return the level whose interval contains the value."""
        index, _ = self.scale.decode(numbers[:, 0])
        return self.levels.at(index)

    def to_document(self) -> tuple[dict[str, Json], Arrays]:
        """Return the levels in their order and the interval ends."""
        return {**self.levels.to_document(), "link": self.scale.link}, {"edges": self.scale.edges}

    @classmethod
    def from_document(cls, document: dict[str, Json], arrays: Arrays) -> "LineCodec":
        """Rebuild the codec."""
        levels = Levels.from_document(document)
        return cls(levels, read_scale(document, arrays, len(levels)))
