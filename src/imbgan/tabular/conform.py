"""Convert columns of equal values between types: integers and floats, time units, uint64 and int64."""

import numpy as np
from numpy.typing import NDArray

from imbgan.exceptions import DataError, DataTypeError
from imbgan.tabular.schema import NANOSECONDS, TIME_FAMILIES, DType, Family, RawColumn, column_label
from imbgan.tabular.unsigned import shifted, unshifted

_STORAGE = {"level": "object", "float": "float64", "none": "float64", "bool": "bool"}


def conform(column: RawColumn, family: Family, dtype: DType) -> RawColumn:
    """Return ``column`` with values in the representation of a column that holds ``family`` as ``dtype``.

    Raises
    ------
    DataTypeError
        If the column holds another type of value.
    DataError
        If a value does not fit this type.
    """
    pair = (column.family, family)
    values = column.values
    if "none" in pair:
        values = np.zeros(len(values), dtype=_STORAGE.get(family, "int64"))
    elif pair == ("int", "int"):
        values = _integers(column, is_unsigned=dtype.is_unsigned_64)
    elif column.family == family and family in TIME_FAMILIES:
        values = _in_unit(column, dtype.unit)
    elif pair == ("int", "float"):
        values = column.as_float64()
    elif pair == ("float", "int") and (np.mod(present := np.where(column.missing, 0.0, values), 1) == 0).all():
        # Some libraries write integers as floats where cells are missing.
        values = _whole(column, present, is_unsigned=dtype.is_unsigned_64)
    elif pair == ("bool", "level") or (dtype.cells == "mixed" and pair in {("int", "level"), ("float", "level")}):
        # If a column mixes text and numbers, these rows may by chance hold only numbers.
        values = column.as_objects()
    elif column.family != family:
        raise DataTypeError(
            f"{column_label(column.name)} holds {column.family} values (data type {column.dtype.text}), but held "
            f"{family} values (data type {dtype.text}) when fitted. Convert it to that type."
        )
    return RawColumn(column.name, column.dtype, family, values, column.missing)


def _integers(column: RawColumn, *, is_unsigned: bool) -> NDArray[np.generic]:
    if column.dtype.is_unsigned_64 == is_unsigned:
        return column.values
    values = np.where(column.missing, 0, unshifted(column.values) if column.dtype.is_unsigned_64 else column.values)
    # Values that do not fit the other type are out of order after the conversion.
    if (values < 0).any() if is_unsigned else (values > np.uint64(2**63 - 1)).any():
        raise _does_not_fit(column)
    return shifted(values) if is_unsigned else values.astype(np.int64)


def _whole(column: RawColumn, values: NDArray[np.float64], *, is_unsigned: bool) -> NDArray[np.generic]:
    low, high = (0.0, 2.0**64) if is_unsigned else (-(2.0**63), 2.0**63)
    if (values < low).any() or (values >= high).any():
        raise _does_not_fit(column)
    return shifted(values.astype(np.uint64)) if is_unsigned else values.astype(np.int64)


def _in_unit(column: RawColumn, unit: str) -> NDArray[np.generic]:
    own, wanted = NANOSECONDS[column.dtype.unit], NANOSECONDS[unit]
    if own == wanted:
        return column.values
    ticks = np.where(column.missing, 0, column.values).astype(np.int64)
    if own < wanted:
        return ticks // (wanted // own)
    factor = own // wanted
    finer = ticks * factor
    if (finer // factor != ticks).any():
        raise _does_not_fit(column)
    return finer


def _does_not_fit(column: RawColumn) -> DataError:
    return DataError(
        f"{column_label(column.name)} (data type {column.dtype.text}) holds a value that does not fit the data type "
        "that the column had when fitted. Convert it to that type."
    )
