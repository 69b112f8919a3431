"""The codec of a column with one value."""

from dataclasses import dataclass
from typing import ClassVar, cast

import numpy as np
from numpy.typing import NDArray

from imbgan.tabular.codecs.base import Arrays, Draws, Matrix, RowNumbers, no_part
from imbgan.tabular.codecs.levels import Levels
from imbgan.tabular.scalars import Json, from_json, to_json
from imbgan.tabular.schema import Part, RawColumn


@dataclass(frozen=True)
class ConstantCodec:
    """A column with one value, which needs no matrix column and is restored by decoding."""

    kind: ClassVar[str] = "constant"
    value: object
    storage: str

    n_numbers: ClassVar[int] = 0
    n_levels: ClassVar[int] = 0

    def knows(self, column: RawColumn) -> NDArray[np.bool_]:
        """Return which cells hold the constant."""
        if self.storage != "object" or self.value is None:
            return np.ones(len(column.missing), dtype=bool)
        return Levels((self.value,), has_missing=True, storage=self.storage).knows(column)

    def encode(self, column: RawColumn, draws: Draws) -> tuple[Matrix, Matrix]:
        """Write nothing; raise DataError for any other value than the constant."""
        if self.storage == "object" and self.value is not None:
            Levels((self.value,), has_missing=True, storage=self.storage).index(column)
        nothing = no_part(len(column.missing))
        return nothing, nothing

    def decode(self, numbers: Matrix, levels: Matrix, rows: RowNumbers) -> Part:
        """Repeat the value; None means that all cells are missing."""
        n_rows = len(numbers)
        value = 0 if self.value is None else self.value
        values: NDArray[np.generic] = np.fromiter([value], dtype=self.storage).repeat(n_rows)
        return values, np.full(n_rows, self.value is None)

    def to_document(self) -> tuple[dict[str, Json], Arrays]:
        """Return the value and the type of its array."""
        return {"value": to_json(self.value), "storage": self.storage}, {}

    @classmethod
    def from_document(cls, document: dict[str, Json], arrays: Arrays) -> "ConstantCodec":
        """Rebuild the codec."""
        return cls(from_json(document["value"]), str(np.dtype(cast("str", document["storage"]))))
