"""Columns of Python objects: read cells of any type, and build cells of the same type again."""

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any, cast
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from imbgan.exceptions import DataError, DataTypeError
from imbgan.tabular.decimals import from_decimals, to_decimals
from imbgan.tabular.schema import DType, Family, RawColumn, column_label
from imbgan.tabular.ticks import TICK_LABELS, read_ticks, write_ticks
from imbgan.tabular.vectors import holds_vectors, read_vectors, vector_type, write_vectors

Cells = Sequence[object] | NDArray[np.object_]

# The type of a cell decides its family. Subclasses come before their bases: a bool is an int, a datetime is a date, and
# an enumeration can be anything.
_CELL_TYPES: tuple[tuple[tuple[type, ...], str], ...] = (
    ((Enum,), "enum"),
    ((str,), "str"),
    ((bool, np.bool_), "bool"),
    ((np.timedelta64, timedelta), "timedelta"),
    ((int, np.integer), "int"),
    ((float, np.floating), "float"),
    ((np.datetime64, datetime), "datetime"),
    ((date,), "date"),
    ((time,), "time"),
    ((Decimal,), "decimal"),
    ((UUID,), "uuid"),
)
_FAMILIES: dict[str, Family] = {
    "bool": "bool",
    "int": "int",
    "float": "float",
    "datetime": "datetime",
    "date": "datetime",
    "timedelta": "timedelta",
    "time": "time",
}
_PYTHON_TYPES = (bool, int, float, date, datetime, timedelta, time, Decimal)


def read_cells(name: Hashable, cells: Cells, text: str, *, fill: object = None) -> RawColumn:
    """Read a column of Python objects, and infer its type from its cells.

    Parameters
    ----------
    name : Hashable
        Column name, or position.
    cells : sequence of object
        None, NaN, NaT and pandas' NA are missing.
    text : str
        Name of the container's data type.
    fill : object, optional
        Fill value of a masked array.

    Raises
    ------
    DataTypeError
        If a cell is not a scalar, or the cells are of types that make no column together.
    """
    labels = {kind: _classify(kind) for kind in set(map(type, cells))}
    missing, mark = _missing(cells, labels)
    _reject_unknown(name, cells, labels)
    present = [cell for cell, gap in zip(cells, missing, strict=True) if not gap]
    kinds = list(dict.fromkeys(map(type, present)))
    if not kinds:
        dtype = DType(text, cells="none", missing=mark, fill=fill)
        return RawColumn(name, dtype, "none", np.zeros(len(missing)), missing)
    holds = _common(name, {labels[kind] for kind in kinds})
    dtype = DType(text, cells=holds, missing=mark, fill=fill)
    if holds not in _FAMILIES and holds != "decimal":
        # Levels are the original objects, so that they come back with their types.
        return RawColumn(name, dtype, "level", scatter(_objects(present, len(present)), missing), missing)
    _reject_subclasses(name, cells, kinds)
    if holds == "decimal":
        family, dtype, values = _decimals(name, cast("list[Decimal | int]", present), dtype)
    elif holds in TICK_LABELS:
        family = _FAMILIES[holds]
        made_as, unit, values = read_ticks(name, present, holds)
        dtype = replace(dtype, cells=made_as, unit=unit)
    else:
        family, values = _FAMILIES[holds], _numbers(name, present, holds)
        dtype = replace(dtype, cells=_number_type([kind for kind in kinds if labels[kind] == holds], holds))
    return RawColumn(name, dtype, family, scatter(values, missing), missing)


def read_columns(name: Hashable, cells: Cells, text: str, *, fill: object = None) -> list[RawColumn]:
    """Read a column of Python objects: one column, or one for each number if its cells are vectors."""
    if holds_vectors(cells):
        return read_vectors(name, cells, vector_type(cells, DType(text, fill=fill)))
    return [read_cells(name, cells, text, fill=fill)]


def write_cells(dtype: DType, values: NDArray[np.generic], missing: NDArray[np.bool_]) -> NDArray[np.object_]:
    """Return the objects of a column, with the type of the cells that :func:`read_cells` read."""
    if values.ndim == 2:
        return write_vectors(dtype, values)
    kind, _, name = dtype.cells.partition(".")
    if dtype.cells == "decimal":
        plain = _objects(to_decimals(values, missing, dtype.scale), len(values))
    elif dtype.unit:
        plain = _objects(write_ticks(values.astype(np.int64), dtype.cells, dtype.unit), len(values))
    elif kind == "numpy":
        # Elements of an array of the type are scalars of NumPy, not of Python.
        plain = _objects(values.astype(_scalar_type(name)), len(values))
    else:
        # astype(object) turns the elements of arrays of numbers into Python's scalars, and leaves objects alone.
        plain = values.astype(object)
    if missing.any():
        plain[missing] = missing_cell(dtype.missing)
    return plain


def missing_cell(mark: str) -> object:
    """Return the object that ``mark`` names: None, a NaN, or a NaT or NA of pandas or NumPy."""
    if mark == "nan":
        return float("nan")
    if mark == "Decimal nan":
        return Decimal("NaN")
    if mark in ("datetime64", "timedelta64"):
        return getattr(np, mark)("NaT")
    if mark in ("NaT", "NA"):
        import pandas as pd  # only columns from pandas have these marks

        return cast(object, pd.NaT if mark == "NaT" else pd.NA)
    return None


def scatter(present: NDArray[np.generic], missing: NDArray[np.bool_]) -> NDArray[np.generic]:
    """Return the whole column with the values of present cells, and zero where missing."""
    if not missing.any():
        return present
    values = np.zeros(len(missing), dtype=present.dtype)
    values[~missing] = present
    return values


def _objects(cells: Iterable[object], n: int) -> NDArray[np.object_]:
    return np.fromiter(cells, dtype=object, count=n)


def _classify(kind: type) -> str:
    if kind is type(None):
        return "None"
    if kind.__name__ == "NAType":
        return "NA"
    if kind.__name__ == "NaTType":
        return "NaT"
    for types, label in _CELL_TYPES:
        if issubclass(kind, types):
            return label
    return "complex" if issubclass(kind, complex | np.complexfloating) else "unknown"


def _missing(cells: Cells, labels: dict[type, str]) -> tuple[NDArray[np.bool_], str]:
    """Return which cells are missing, and the mark of the first missing one."""
    missing = np.zeros(len(cells), dtype=bool)
    mark = ""
    # Only these types can be missing, so that most columns need no loop.
    if not {"None", "NA", "NaT", "float", "timedelta", "datetime", "decimal"} & set(labels.values()):
        return missing, mark
    for row, cell in enumerate(cells):
        label = labels[type(cell)]
        if label in ("None", "NA", "NaT"):
            missing[row], mark = True, mark or label
        elif label == "float" and cell != cell:
            missing[row], mark = True, mark or "nan"
        elif isinstance(cell, np.datetime64 | np.timedelta64) and np.isnat(cell):
            missing[row], mark = True, mark or type(cell).__name__
        elif isinstance(cell, Decimal) and cell.is_nan():
            missing[row], mark = True, mark or "Decimal nan"
    return missing, mark


def _reject_unknown(name: Hashable, cells: Cells, labels: dict[type, str]) -> None:
    wrong = [kind for kind, label in labels.items() if label in ("unknown", "complex")]
    if not wrong:
        return
    row = next(row for row, cell in enumerate(cells) if type(cell) in wrong)
    found = type(cells[row])
    if labels[found] == "complex":
        raise DataError(
            f"Complex data not supported. {column_label(name)} holds a complex number at row {row}; split it "
            "into its real and imaginary parts."
        )
    raise DataTypeError(
        f"{column_label(name)} holds a {found.__name__} at row {row}, but every cell must be one "
        "scalar, such as a string or a number. Unpack it into separate columns, or convert it to text or a "
        "number."
    )


def _reject_subclasses(name: Hashable, cells: Cells, kinds: list[type]) -> None:
    """Raise DataTypeError for numbers and times of a derived class, since its cells cannot be built from values."""
    for kind in kinds:
        is_known = kind in _PYTHON_TYPES or issubclass(kind, np.generic) or kind.__name__ in ("Timestamp", "Timedelta")
        if not is_known:
            row = next(row for row, cell in enumerate(cells) if type(cell) is kind)
            base = next(known.__name__ for known in kind.__mro__ if known in _PYTHON_TYPES)
            raise DataTypeError(
                f"{column_label(name)} holds a {kind.__name__} at row {row}, a class of its own derived from {base}, "
                f"of which no new cells can be made. Convert the column to {base}."
            )


def _common(name: Hashable, found: set[str]) -> str:
    if len(found) == 1:
        return next(iter(found))
    if found == {"int", "float"}:
        return "float"
    if found == {"int", "decimal"}:
        return "decimal"
    if found == {"date", "datetime"}:
        return "datetime"
    if found <= {"str", "bool", "int", "float"}:
        return "mixed"
    raise DataTypeError(
        f"{column_label(name)} mixes cells that make no column together ({', '.join(sorted(found))}). "
        "Convert the column to one type."
    )


def _decimals(name: Hashable, present: list[Decimal | int], dtype: DType) -> tuple[Family, DType, NDArray[np.generic]]:
    """Read decimals; an object column has as many digits after the point as its longest cell."""
    decimals = [Decimal(cell) for cell in present]
    exponents = [cast(int, cell.as_tuple().exponent) for cell in decimals if cell.is_finite()]
    scale = max(0, -min(exponents, default=0))
    is_finite = len(exponents) == len(decimals)
    family, values = from_decimals(name, decimals, scale if is_finite else 1)
    return family, replace(dtype, scale=scale), values


def _numbers(name: Hashable, present: list[object], holds: str) -> NDArray[np.generic]:
    if holds == "int":
        try:
            return np.array(present, dtype=np.int64)
        except OverflowError:
            raise DataError(
                f"{column_label(name)} holds an integer that does not fit 64 bits. Convert the column to float, "
                "or to strings if its values are codes."
            ) from None
    return np.array(present, dtype=np.float64 if holds == "float" else np.bool_)


def _number_type(kinds: list[type], holds: str) -> str:
    """Return the type of generated cells: the Python type if any cell has it, otherwise the widest NumPy type."""
    scalars = [kind for kind in kinds if issubclass(kind, np.generic)]
    if len(scalars) < len(kinds):
        return holds
    width: Callable[[Any], int] = lambda kind: np.dtype(kind).itemsize  # noqa: E731
    return f"numpy.{max(scalars, key=width).__name__}"


def _scalar_type(name: str) -> type[np.generic]:
    """Return the NumPy type that a saved document names; ValueError for anything else."""
    kind = getattr(np, name, None)
    if not (isinstance(kind, type) and issubclass(kind, np.generic)):
        raise ValueError(f"{name!r} is no scalar type of NumPy")
    return kind
