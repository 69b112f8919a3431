"""Columns of Python objects: what their cells are, and how to make such cells again."""

from collections.abc import Hashable, Sequence
from datetime import date, datetime, timedelta
from typing import cast

import numpy as np
from numpy.typing import NDArray

from imbgan.exceptions import DataError, DataTypeError
from imbgan.tabular.schema import DType, Family, RawColumn, describe

# A cell's type decides what it is; subclasses come before their bases (bool is an int, datetime a date).
_CELL_TYPES: tuple[tuple[tuple[type, ...], str], ...] = (
    ((str,), "str"),
    ((bool, np.bool_), "bool"),
    ((np.timedelta64, timedelta), "timedelta"),
    ((int, np.integer), "int"),
    ((float, np.floating), "float"),
    ((np.datetime64, datetime), "datetime"),
    ((date,), "date"),
)
_FAMILIES: dict[str, Family] = {
    "bool": "bool",
    "int": "int",
    "float": "float",
    "str": "level",
    "mixed": "level",
    "datetime": "datetime",
    "date": "datetime",
    "timedelta": "timedelta",
}


def read_cells(name: Hashable, cells: Sequence[object] | NDArray[np.object_], text: str) -> RawColumn:
    """Read a column of Python objects and infer from its cells what it holds.

    Parameters
    ----------
    name : Hashable
        Column name, or position.
    cells : sequence of object
        None, NaN, NaT and pandas' NA are missing.
    text : str
        Name of the container's data type.

    Raises
    ------
    DataTypeError
        If a cell is not a scalar, or the cells are of types that make no column together.
    """
    kinds = {kind: _classify(kind) for kind in set(map(type, cells))}
    missing, mark = _missing(cells, kinds)
    _reject_unknown(name, cells, kinds)
    present = [cell for cell, gone in zip(cells, missing, strict=True) if not gone]
    found = {kinds[type(cell)] for cell in present}
    if not found:
        dtype = DType(text, cells="none", missing=mark)
        return RawColumn(name, dtype, "none", np.zeros(len(missing)), missing)
    holds = _common(name, found)
    family = _FAMILIES[holds]
    unit = {"date": "D", "datetime": "us", "timedelta": "us"}.get(holds, "")
    dtype = DType(text, unit=unit, cells=holds, missing=mark)
    return RawColumn(name, dtype, family, scatter(_to_array(name, present, holds), missing), missing)


def write_cells(dtype: DType, values: NDArray[np.generic], missing: NDArray[np.bool_]) -> NDArray[np.object_]:
    """Make the Python objects of a column again, the inverse of :func:`read_cells`."""
    if dtype.cells == "date":
        plain = values.astype("int64").astype("datetime64[D]").astype(object)
    elif dtype.cells == "datetime":
        plain = values.astype("int64").astype("datetime64[us]").astype(object)
    elif dtype.cells == "timedelta":
        plain = values.astype("int64").astype("timedelta64[us]").astype(object)
    else:
        # astype(object) turns NumPy scalars into the Python scalars that the cells were.
        plain = values.astype(object)
    if missing.any():
        plain[missing] = missing_cell(dtype.missing)
    return plain


def missing_cell(mark: str) -> object:
    """Return the object that ``mark`` names: None, a NaN, or pandas' NaT or NA."""
    if mark == "nan":
        return float("nan")
    if mark in ("NaT", "NA"):
        import pandas as pd  # only a column that came from pandas carries these marks

        return cast(object, pd.NaT if mark == "NaT" else pd.NA)
    return None


def scatter(present: NDArray[np.generic], missing: NDArray[np.bool_]) -> NDArray[np.generic]:
    """Spread the values of the present cells over the whole column; zero where missing."""
    if not missing.any():
        return present
    values = np.zeros(len(missing), dtype=present.dtype)
    values[~missing] = present
    return values


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


def _missing(cells: Sequence[object] | NDArray[np.object_], kinds: dict[type, str]) -> tuple[NDArray[np.bool_], str]:
    """Return which cells are missing, and how the first of them was written."""
    missing = np.zeros(len(cells), dtype=bool)
    mark = ""
    # Only these types can be missing; most columns are spared the walk.
    if not {"None", "NA", "NaT", "float", "timedelta", "datetime"} & set(kinds.values()):
        return missing, mark
    for row, cell in enumerate(cells):
        kind = kinds[type(cell)]
        if kind in ("None", "NA", "NaT"):
            missing[row], mark = True, mark or kind
        elif kind == "float" and cell != cell:
            missing[row], mark = True, mark or "nan"
        elif isinstance(cell, np.datetime64 | np.timedelta64) and np.isnat(cell):
            missing[row], mark = True, mark or "NaT"
    return missing, mark


def _reject_unknown(name: Hashable, cells: Sequence[object] | NDArray[np.object_], kinds: dict[type, str]) -> None:
    wrong = [kind for kind, label in kinds.items() if label in ("unknown", "complex")]
    if not wrong:
        return
    row = next(row for row, cell in enumerate(cells) if type(cell) in wrong)
    found = type(cells[row])
    if kinds[found] == "complex":
        raise DataError(
            f"Complex data not supported. {describe(name)} holds a complex number at row {row}; split it "
            "into its real and imaginary parts."
        )
    raise DataTypeError(
        f"{describe(name)} holds a {found.__name__} at row {row}, but every cell must be one "
        "scalar, such as a string or a number. Unpack it into columns of its own, or convert it to text or a "
        "number."
    )


def _common(name: Hashable, found: set[str]) -> str:
    if len(found) == 1:
        return next(iter(found))
    if found == {"int", "float"}:
        return "float"
    if found == {"date", "datetime"}:
        return "datetime"
    if found <= {"str", "bool", "int", "float"}:
        return "mixed"
    raise DataTypeError(
        f"{describe(name)} mixes cells that make no column together ({', '.join(sorted(found))}). "
        "Convert the column to one type."
    )


def _to_array(name: Hashable, present: list[object], holds: str) -> NDArray[np.generic]:
    if holds in ("datetime", "date", "timedelta"):
        return _ticks(name, present, holds)
    if holds == "int":
        try:
            return np.array(present, dtype=np.int64)
        except OverflowError:
            raise DataError(
                f"{describe(name)} holds an integer that does not fit 64 bits. Convert the column to float, "
                "or to strings if its values are codes."
            ) from None
    if holds in ("float", "bool"):
        return np.array(present, dtype=np.float64 if holds == "float" else np.bool_)
    levels = np.empty(len(present), dtype=object)
    levels[:] = [cell.item() if isinstance(cell, np.generic) else cell for cell in present]
    return levels


def _ticks(name: Hashable, present: list[object], holds: str) -> NDArray[np.generic]:
    if any(getattr(cell, "tzinfo", None) is not None for cell in present):
        raise DataTypeError(
            f"{describe(name)} holds datetime objects with a time zone. Convert the column to a datetime "
            "dtype of your dataframe library, which keeps the zone."
        )
    code = {"datetime": "datetime64[us]", "date": "datetime64[D]", "timedelta": "timedelta64[us]"}[holds]
    return np.array(present, dtype=code).astype(np.int64)
