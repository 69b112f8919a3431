"""The codec of a column that identifies: nothing of it is learned but where it is missing."""

from dataclasses import dataclass
from typing import ClassVar, cast

import numpy as np
from numpy.typing import NDArray

from imbgan.exceptions import DataError
from imbgan.tabular.codecs.base import Arrays, Draws, Matrix, RowNumbers, highest, no_part, one_hot
from imbgan.tabular.identifiers.shapes import Shape, read_shape, write_shape
from imbgan.tabular.scalars import Json
from imbgan.tabular.schema import Part, RawColumn


@dataclass(frozen=True)
class IdentifierCodec:
    """Fresh values of the shape of an identifier, or missing cells.

    Parameters
    ----------
    shape : Shape or None
        None leaves all cells missing.
    storage : str
        Type of the array of decoded values.
    has_missing : bool
        Whether cells of the table are missing; which ones is learned as a category of two levels.
    """

    kind: ClassVar[str] = "identifier"
    shape: Shape | None
    storage: str
    has_missing: bool

    n_numbers: ClassVar[int] = 0

    @property
    def n_levels(self) -> int:
        """Two levels, present and missing, if both occur."""
        return 2 if self.has_missing and self.shape is not None else 0

    def knows(self, column: RawColumn) -> NDArray[np.bool_]:
        """Return that every cell can be encoded, whatever it holds."""
        return np.ones(len(column.missing), dtype=bool)

    def encode(self, column: RawColumn, draws: Draws) -> tuple[Matrix, Matrix]:
        """Write which cells are missing, if that is learned."""
        missing = column.missing
        nothing = no_part(len(missing))
        return nothing, one_hot(missing.astype(np.intp), 2) if self.n_levels else nothing

    def decode(self, numbers: Matrix, levels: Matrix, rows: RowNumbers) -> Part:
        """Return a fresh value for each row; raise DataError if there are no more."""
        if self.shape is None:
            return np.zeros(len(numbers), dtype=self.storage), np.ones(len(numbers), dtype=bool)
        if len(rows.numbers) and int(rows.numbers.max()) >= self.shape.room:
            raise DataError(
                f"A column that identifies has {self.shape.room} fresh values, but row {int(rows.numbers.max())} is "
                "asked for. Convert the column to a wider type, drop it, or choose identifiers='keep'."
            )
        values: NDArray[np.generic] = self.shape.values(rows.numbers, rows.seed).astype(self.storage)
        missing = highest(levels) == 1 if self.n_levels else np.zeros(len(values), dtype=bool)
        return values, missing

    def to_document(self) -> tuple[dict[str, Json], Arrays]:
        """Return the shape, which holds no value of the table."""
        shape = None if self.shape is None else cast("Json", write_shape(self.shape))
        return {"shape": shape, "storage": self.storage, "has_missing": self.has_missing}, {}

    @classmethod
    def from_document(cls, document: dict[str, Json], arrays: Arrays) -> "IdentifierCodec":
        """Rebuild the codec."""
        shape = document["shape"]
        storage = str(np.dtype(cast("str", document["storage"])))
        return cls(None if shape is None else read_shape(shape), storage, bool(document["has_missing"]))
