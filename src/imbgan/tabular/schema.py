"""The parts of a table: columns, their kinds and dtypes, and the plain arrays that the encoder reads."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, cast, get_args

import numpy as np
from numpy.typing import NDArray

from imbgan.tabular.unsigned import unshifted

Kind = Literal[
    "continuous",
    "integer",
    "boolean",
    "categorical",
    "datetime",
    "timedelta",
    "time",
    "constant",
    "identifier",
    "vector",
    "text",
]
KINDS: tuple[Kind, ...] = get_args(Kind)

#: The representation of the values of a column: float64, int64 (also ticks of dates, durations and times of day), bool
#: or objects. "none" is a column without any value, which agrees with every other family.
Family = Literal["float", "int", "bool", "level", "datetime", "timedelta", "time", "none"]
FAMILIES: tuple[Family, ...] = ("float", "int", "bool", "level", "datetime", "timedelta", "time", "none")
#: Families of ticks, of which a data type names the unit.
TIME_FAMILIES: frozenset[Family] = frozenset({"datetime", "timedelta", "time"})
NUMBER_FAMILIES: frozenset[Family] = TIME_FAMILIES.union({"float", "int"})

#: Values and missing mask of one column; "level" holds objects, every other family its plain array.
Part = tuple[NDArray[np.generic], NDArray[np.bool_]]


class Coded(NamedTuple):
    """A column of few different cells, each of which is kept once.

    Parameters
    ----------
    cells : Part
        Values and missing mask of the different cells, each of shape (m,).
    codes : ndarray of int of shape (n,)
        Which of them each row holds.
    """

    cells: Part
    codes: NDArray[np.integer]

    @property
    def part(self) -> Part:
        """The values and the missing mask of all rows."""
        values, missing = self.cells
        return values[self.codes], missing[self.codes]


#: A decoded column.
Decoded = Part | Coded


def plain_part(column: Decoded) -> Part:
    """Return the values and the missing mask of all rows."""
    return column.part if isinstance(column, Coded) else column


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
    """The data type of a column, in a form that JSON can hold, together with the type of the library.

    Parameters
    ----------
    text : str
        The name that the container's own library gives the type.
    unit : str
        Time unit of one tick for dates, durations and times of day, else empty.
    zone : str
        Time zone of datetimes as :mod:`imbgan.tabular.zones` writes it, else empty.
    scale : int
        Number of digits after the point of a decimal type.
    cells : str
        For object columns, the type of the cells, a name of :mod:`imbgan.tabular.cells`; "none" if no cell holds a
        value; else empty.
    missing : str
        How a missing cell is written when the type allows several ways: "None", "nan", "NaT" or "NA".
    categories : tuple of object or None
        All categories of a categorical type, also those that no row has, in their order.
    categories_text : str
        The data type of the categories themselves; for polars the names of its ``Categories``.
    ordered : bool
        Whether the categories are ordered.
    fill : object
        Fill value of a pandas sparse type or of a masked array.
    storage : str
        Where pandas keeps strings, or the categories that are strings: "python" or "pyarrow"; "arrow" for a type of
        Arrow; else empty.
    native : object
        The library's own data type, with which a column comes back as the very same type. It is not saved: a loaded
        model makes it from the other fields.
    """

    text: str
    unit: str = ""
    zone: str = ""
    scale: int = 0
    cells: str = ""
    missing: str = ""
    categories: tuple[object, ...] | None = None
    categories_text: str = ""
    ordered: bool = False
    fill: object = None
    storage: str = ""
    native: Any = field(default=None, compare=False, repr=False)

    @property
    def is_known_to_numpy(self) -> bool:
        """Whether NumPy has such a number: not a decimal, nor one of 128 bits, which arrays hold as objects."""
        return self.cells != "decimal" and "decimal" not in self.text.lower() and "128" not in self.text

    @property
    def is_unsigned_64(self) -> bool:
        """Whether the column holds uint64, whose values lie shifted in memory; see :mod:`imbgan.tabular.unsigned`."""
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
        One entry per column.
    container : str
        The name of a container; see ``imbgan.tabular.containers``.
    """

    columns: tuple[Column, ...]
    container: str

    @property
    def names(self) -> tuple[Hashable, ...]:
        """Names of the columns; positions for containers without names. Each number of a vector is a column."""
        return tuple(column.name for column in self.columns)


@dataclass(frozen=True)
class RawColumn:
    """The values of one column as a plain array.

    Parameters
    ----------
    name : Hashable
        Column name, or position.
    dtype : DType
        The type that decoded columns must have.
    family : Family
        The family of ``values``.
    values : ndarray of shape (n,)
        float64, int64, bool or object; arbitrary where ``missing``. Integers of uint64 are shifted;
        :meth:`as_float64` and :meth:`as_objects` return the numbers themselves.
    missing : ndarray of bool of shape (n,)
        Which cells hold no value.
    block : Hashable, optional
        What columns that are one vector together have in common: the name of a column of vectors, or the key of
        ``kinds`` that chose them; else None.
    """

    name: Hashable
    dtype: DType
    family: Family
    values: NDArray[np.generic]
    missing: NDArray[np.bool_]
    block: Hashable = None

    @property
    def is_shifted(self) -> bool:
        """Whether ``values`` are uint64 numbers shifted down by 2**63."""
        return self.family == "int" and self.dtype.is_unsigned_64

    def as_float64(self) -> NDArray[np.float64]:
        """Return numbers, booleans, or ticks of dates and durations (n,) as float64; NaN where missing.

        Raises
        ------
        ValueError
            If the column holds levels.
        """
        if self.family == "level":
            raise ValueError(f"{column_label(self.name)} holds levels, which are no numbers.")
        values = unshifted(self.values) if self.is_shifted else self.values
        return np.where(self.missing, np.nan, values.astype(np.float64))

    def as_objects(self) -> NDArray[np.object_]:
        """Return the cells (n,) as :meth:`cell` does, None where missing."""
        cells = self._true_values().astype(object)
        cells[self.missing] = None
        return cells

    def cell(self, value: object) -> object:
        """Return an element of ``values`` as it is in the table.

        Numbers and booleans are those of Python, levels are unchanged, dates (in UTC) and durations are datetime64
        and timedelta64 of the column's unit, times of day are durations since midnight.
        """
        one: NDArray[Any] = np.empty(1, dtype=self.values.dtype)
        one[0] = value
        return cast(object, RawColumn(self.name, self.dtype, self.family, one, np.zeros(1, bool)).as_objects()[0])

    def _true_values(self) -> NDArray[np.generic]:
        if self.is_shifted:
            return unshifted(self.values)
        if self.family in TIME_FAMILIES:
            # As single scalars: turned into Python's dates as an array, those beyond the year 9999 would become ints.
            ticks = np.empty(len(self.values), dtype=object)
            kind = "datetime64" if self.family == "datetime" else "timedelta64"
            ticks[:] = list(self.values.astype(np.int64).astype(f"{kind}[{self.dtype.unit}]"))
            return ticks
        return self.values


@dataclass(frozen=True)
class Table:
    """A table read from any container.

    Parameters
    ----------
    columns : tuple of RawColumn
    container : str
        The name of its container, as in :class:`TableSchema`.
    n_rows : int
    kinds : mapping from column name to kind
        The kinds that the caller chose when the table was read.
    """

    columns: tuple[RawColumn, ...]
    container: str
    n_rows: int
    kinds: Mapping[Hashable, str] = field(default_factory=dict[Hashable, str])

    @property
    def names(self) -> tuple[Hashable, ...]:
        """Names of the columns."""
        return tuple(column.name for column in self.columns)


def column_label(name: Hashable) -> str:
    """Return the name of a column for a message; it is quoted, since names are untrusted text."""
    return f"Column {name!r}"
