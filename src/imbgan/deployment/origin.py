"""What a classifier was trained on: the table, and the file, so that other files are read in the same way."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

from imbgan._plain import to_plain
from imbgan.data.reading import Form, Reading
from imbgan.tabular.document import read_dtype, write_dtype
from imbgan.tabular.schema import DType


def sha256_of(path: Path) -> str:
    """Return the hash of the bytes of a file, as ``sha256sum`` does."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@dataclass(frozen=True)
class Training:
    """What a classifier was trained on.

    Parameters
    ----------
    n_rows, n_columns : int
    class_counts : dict of str to int
        Number of rows of each class, by its text.
    fingerprint : str
        Equal for tables with equal columns, cells and labels, whatever their container.
    has_weights : bool
        Whether rows had weights.
    """

    n_rows: int
    n_columns: int
    class_counts: dict[str, int]
    fingerprint: str
    has_weights: bool


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

    def for_new_files(self) -> Reading:
        """Return how a file without labels is read: each column as in this file."""
        reading = self.reading.for_other_files()
        names = ("encoding", "delimiter", "decimal", "thousands", "date_order", "missing")
        columns = {
            name: self._any_number(form) if form.kind == "integer" and name not in self.set_aside else form
            for name, form in reading.columns.items()
            if name != self.target
        }
        return Reading(**{name: getattr(reading, name) for name in names}, columns=columns)

    def _any_number(self, form: Form) -> Form:
        """Return the form of a column of whole numbers that holds fractions in another file.

        Their decimal sign is that of the other columns, if they agree.
        """
        signs = {(each.decimal, each.thousands) for each in self.reading.columns.values() if each.kind == "number"}
        decimals = {decimal for decimal, _ in signs}
        if len(decimals) != 1 or form.thousands:
            return replace(form, kind="number")
        decimal = decimals.pop()
        return replace(form, kind="number", decimal=decimal, thousands=max(thousands for _, thousands in signs))

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
