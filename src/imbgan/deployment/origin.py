"""The file that a classifier was trained on, so that other files are read in the same way."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from imbgan._plain import to_plain
from imbgan.data.reading import Form, Reading
from imbgan.tabular.document import read_dtype, write_dtype
from imbgan.tabular.schema import DType


@dataclass(frozen=True)
class Origin:
    """A file with labels.

    Parameters
    ----------
    file : str
        Its name without folders; empty for standard input.
    sha256 : str
        The hash of its bytes; empty for standard input.
    target : str
        Name of the target column.
    dtype : DType
        Data type of the target column.
    reading : Reading
        How further files of the same table are read.
    weight, groups : str or None
        Names of the columns of weights and of groups.
    """

    file: str
    sha256: str
    target: str
    dtype: DType
    reading: Reading
    weight: str | None = None
    groups: str | None = None

    @property
    def set_aside(self) -> tuple[str, ...]:
        """Names of the columns that the file has besides those that were learned from, but for the target."""
        return (*self.reading.drop, *(name for name in (self.weight, self.groups) if name is not None))

    def for_new_files(self, *, format: str | None = None) -> Reading:
        """Return how a file without labels is read; a column of whole numbers may hold others there."""
        reading = self.reading.for_other_files(format=format)
        columns = {
            name: Form("number", form.decimal, form.thousands) if form.kind == "integer" else form
            for name, form in reading.columns.items()
            if name != self.target and name not in self.set_aside
        }
        fields = {name: getattr(reading, name) for name in ("encoding", "delimiter", "decimal", "thousands")}
        return Reading(**fields, format=format, date_order=reading.date_order, missing=reading.missing, columns=columns)

    def to_plain(self) -> dict[str, Any]:
        """Return JSON values."""
        return {**to_plain(self), "dtype": write_dtype(self.dtype), "reading": self.reading.to_dict()}

    @classmethod
    def from_plain(cls, document: Mapping[str, Any]) -> Self:
        """Rebuild what :meth:`to_plain` returned; an error of Python for anything else."""
        texts = {name: document[name] for name in ("file", "sha256", "target")}
        optional = {name: document[name] for name in ("weight", "groups")}
        if not all(isinstance(text, str) for text in (*texts.values(), *filter(None, optional.values()))):
            raise TypeError("a name of the origin is not text")
        return cls(
            **texts, **optional, dtype=read_dtype(document["dtype"]), reading=Reading.from_dict(document["reading"])
        )
