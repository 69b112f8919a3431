"""Write levels and column names of any scalar type as JSON, and read them without executing anything."""

import math
from collections.abc import Hashable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any, Literal, cast
from uuid import UUID

import numpy as np

from imbgan._text import quoted
from imbgan.exceptions import DataTypeError
from imbgan.tabular.vectors import Element

#: A JSON value of this module: a plain scalar, or [type name, fields...].
Json = str | int | float | bool | None | list["Json"]

_SCALARS: tuple[type[np.generic], ...] = (np.bool_, np.str_, np.integer, np.floating)
_Unit = Literal["s", "ms", "us", "ns"]


def to_json(value: object) -> Json:
    """Write a scalar as a JSON value that :func:`from_json` reads back with its type.

    A member of an enumeration of texts or numbers comes back as its value, which equals the member.

    Raises
    ------
    DataTypeError
        If the value is of a type that has no JSON form.
    """
    if value is None or type(value) in (str, bool, int):
        return cast("Json", value)
    if type(value) is float:
        return value if math.isfinite(value) else ["float", repr(value)]
    if isinstance(value, Enum) and isinstance(value, str | int):
        return to_json(value.value)  # equal to the member, whose class no file can hold
    if type(value) is bytes:
        return ["bytes", value.hex()]
    if type(value) is complex:
        return ["complex", to_json(value.real), to_json(value.imag)]
    if isinstance(value, Element):
        return ["element", to_json(value.column), value.place, value.size]
    if isinstance(value, tuple):
        return ["tuple", *[to_json(item) for item in cast("tuple[object, ...]", value)]]
    kind = type(value).__name__
    if kind in ("Timestamp", "Timedelta", "Interval", "Period", "NaTType", "NAType"):
        return _pandas_to_json(value, kind)
    if type(value) in (datetime, date, time):
        return [kind, cast("date", value).isoformat()]
    if type(value) is timedelta:
        return ["timedelta", value.days, value.seconds, value.microseconds]
    if type(value) in (Decimal, UUID):
        return [kind, str(value)]
    # A longdouble has no Python scalar.
    if issubclass(type(value), _SCALARS) and kind != "longdouble":
        return ["numpy", kind, to_json(cast("np.generic", value).item())]
    raise DataTypeError(
        f"A level or column name of the type {kind} ({quoted(value)}) cannot be saved. Convert it to text, a number, a "
        "boolean or a date before fit."
    )


def from_json(value: Json) -> Hashable:
    """Read a value that :func:`to_json` wrote.

    Raises
    ------
    ValueError
        If the type name is unknown.
    """
    if not isinstance(value, list):
        return value
    kind, *fields = value
    if kind == "tuple":
        return tuple(from_json(item) for item in fields)
    if kind == "element":
        return Element(from_json(fields[0]), int(cast("int", fields[1])), int(cast("int", fields[2])))
    if kind == "bytes":
        return bytes.fromhex(cast("str", fields[0]))
    if kind == "complex":
        real, imaginary = (cast("float", from_json(part)) for part in fields)
        return complex(real, imaginary)
    if kind == "float":
        return float(cast("str", fields[0]))
    if kind == "datetime":
        return datetime.fromisoformat(cast("str", fields[0]))
    if kind == "date":
        return date.fromisoformat(cast("str", fields[0]))
    if kind == "time":
        return time.fromisoformat(cast("str", fields[0]))
    if kind in ("Decimal", "UUID"):
        return Decimal(cast("str", fields[0])) if kind == "Decimal" else UUID(cast("str", fields[0]))
    if kind == "numpy":
        return _numpy_from_json(cast("str", fields[0]), fields[1])
    if kind == "timedelta":
        days, seconds, microseconds = cast("list[int]", fields)
        return timedelta(days, seconds, microseconds)
    return _pandas_from_json(cast("str", kind), fields)


def _pandas_to_json(value: object, kind: str) -> Json:
    import pandas as pd

    if isinstance(value, pd.Interval):
        return ["Interval", to_json(_plain(value.left)), to_json(_plain(value.right)), value.closed]
    if isinstance(value, pd.Period):
        return ["Period", str(value), value.freqstr]
    if isinstance(value, pd.Timestamp | pd.Timedelta):
        return [kind, value.isoformat(), value.unit]
    return [kind]


def _pandas_from_json(kind: str, fields: list[Json]) -> Hashable:
    import pandas as pd

    text = cast("list[str]", fields)
    if kind == "Interval":
        left, right = from_json(fields[0]), from_json(fields[1])
        return pd.Interval(
            cast("float", left),
            cast("float", right),
            closed=cast("Literal['left', 'right', 'both', 'neither']", text[2]),
        )
    if kind == "Period":
        return pd.Period(text[0], freq=text[1])
    if kind == "Timestamp":
        return pd.Timestamp(text[0]).as_unit(cast("_Unit", text[1]))
    if kind == "Timedelta":
        return pd.Timedelta(text[0]).as_unit(cast("_Unit", text[1]))
    if kind in ("NaTType", "NAType"):
        return cast("Hashable", pd.NaT if kind == "NaTType" else pd.NA)
    raise ValueError(f"unknown scalar type {kind!r}")


def _numpy_from_json(kind: str, value: Json) -> Hashable:
    scalar = getattr(np, kind, None)
    if not (isinstance(scalar, type) and issubclass(scalar, _SCALARS)):
        raise ValueError(f"unknown scalar type {kind!r}")
    return cast("Hashable", scalar(cast("Any", from_json(value))))


def _plain(value: object) -> object:
    return value.item() if isinstance(value, np.generic) else value
