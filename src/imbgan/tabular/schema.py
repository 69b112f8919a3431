"""What a table is made of: columns, their kinds and dtypes, and the plain arrays that the encoder reads."""

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Kind = Literal["continuous", "integer", "boolean", "categorical", "datetime", "timedelta", "constant"]
KINDS: tuple[Kind, ...] = (
    "continuous",
    "integer",
    "boolean",
    "categorical",
    "datetime",
    "timedelta",
    "constant",
)

#: How the values of a column lie in memory: float64, int64 (also ticks of dates and durations), bool, or
#: objects. "none" is a column without a single value, which agrees with every other family.
Family = Literal["float", "int", "bool", "level", "datetime", "timedelta", "none"]
NUMBER_FAMILIES: frozenset[Family] = frozenset({"float", "int", "datetime", "timedelta"})

#: Nanoseconds in one tick of each time unit, finest first.
NANOSECONDS: dict[str, int] = {
    "ns": 1,
    "us": 10**3,
    "ms": 10**6,
    "s": 10**9,
    "m": 60 * 10**9,
    "h": 3600 * 10**9,
    "D": 86_400 * 10**9,
}


@dataclass(frozen=True)
class DType:
    """The data type of a column, written so that it survives JSON.

    Parameters
    ----------
    text : str
        The name that the container's own library gives the type.
    unit : str
        Time unit of one tick for dates and durations, else empty.
    zone : str
        Time zone of polars datetimes, else empty (pandas keeps it in ``text``).
    cells : str
        For object columns, the Python type of the cells: "str", "int", "float", "bool", "date", "datetime",
        "timedelta" or "mixed"; else empty.
    missing : str
        How a missing cell is written when the type allows several ways: "None", "nan", "NaT" or "NA".
    categories : tuple of object or None
        All categories of a categorical type, also those that no row has, in their order.
    categories_text : str
        The data type of the categories themselves.
    ordered : bool
        Whether the categories are ordered.
    fill : object
        Fill value of a pandas sparse type.
    storage : str
        Where pandas keeps its strings ("python" or "pyarrow"), else empty.
    """

    text: str
    unit: str = ""
    zone: str = ""
    cells: str = ""
    missing: str = ""
    categories: tuple[object, ...] | None = None
    categories_text: str = ""
    ordered: bool = False
    fill: object = None
    storage: str = ""

    @property
    def is_unsigned_64(self) -> bool:
        """Whether values are shifted by 2**63, which keeps their order and makes them fit int64."""
        return self.text.lower().removeprefix("sparse[").startswith("uint64")


@dataclass(frozen=True)
class Column:
    """One column as the encoder learned it: its name, kind and data type."""

    name: Hashable
    kind: Kind
    dtype: DType


@dataclass(frozen=True)
class TableSchema:
    """The columns of a table, from left to right, and the container that held it.

    Parameters
    ----------
    columns : tuple of Column
        One entry a column.
    container : str
        "pandas", "polars", "numpy", "list", or the class name of a SciPy sparse container.
    """

    columns: tuple[Column, ...]
    container: str

    @property
    def names(self) -> tuple[Hashable, ...]:
        """Names of the columns; positions for containers that name none."""
        return tuple(column.name for column in self.columns)


@dataclass(frozen=True)
class RawColumn:
    """The values of one column as a plain array.

    Parameters
    ----------
    name : Hashable
        Column name, or position.
    dtype : DType
        The type that must come back.
    family : Family
        What ``values`` holds.
    values : ndarray of shape (n,)
        float64, int64, bool or object; arbitrary where ``missing``.
    missing : ndarray of bool of shape (n,)
        Which cells hold no value.
    """

    name: Hashable
    dtype: DType
    family: Family
    values: NDArray[np.generic]
    missing: NDArray[np.bool_]


@dataclass(frozen=True)
class Table:
    """A table read from any container."""

    columns: tuple[RawColumn, ...]
    container: str
    n_rows: int

    @property
    def names(self) -> tuple[Hashable, ...]:
        """Names of the columns."""
        return tuple(column.name for column in self.columns)


def describe(name: Hashable) -> str:
    """Name a column in a message; names are untrusted text, so they are quoted."""
    return f"Column {name!r}"


def is_named(container: str) -> bool:
    """Whether a container names its columns."""
    return container in ("pandas", "polars")
