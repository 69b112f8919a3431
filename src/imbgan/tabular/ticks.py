"""Convert dates, durations and times of day between objects and ticks of one unit."""

from collections.abc import Hashable, Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from imbgan.exceptions import DataError, DataTypeError
from imbgan.tabular.schema import NANOSECONDS, column_label

#: The names of the cells of such columns.
TICK_LABELS = ("date", "datetime", "timedelta", "time")

_OWN_UNITS: dict[type, str] = {date: "D", datetime: "us", timedelta: "us", time: "us"}
_MIDNIGHT = datetime(1970, 1, 1)


def read_ticks(name: Hashable, present: Sequence[object], holds: str) -> tuple[str, str, NDArray[np.int64]]:
    """Return the type of generated cells, the unit, and the ticks (n,), in UTC since 1970 or since midnight.

    Raises
    ------
    DataTypeError
        If a cell has a time zone, which the column of a data frame could hold.
    DataError
        If cells need a fine unit in which they do not fit 64 bits.
    """
    _reject_zones(name, present)
    kinds = set(map(type, present))
    made_as = _made_as(kinds, present)
    if kinds <= _OWN_UNITS.keys() and holds != "time":
        unit = "D" if holds == "date" else "us"
        code = "timedelta64" if holds == "timedelta" else "datetime64"
        return made_as, unit, np.array(cast("Any", present), dtype=f"{code}[{unit}]").astype(np.int64)
    scalars = [_scalar(cell) for cell in present]
    units = {np.datetime_data(scalar.dtype)[0] for scalar in scalars}
    if not units <= {*NANOSECONDS, "W", "M", "Y"}:
        raise DataTypeError(
            f"{column_label(name)} holds dates in {', '.join(sorted(units - NANOSECONDS.keys()))}. Convert it to a "
            "unit between days and nanoseconds."
        )
    unit = min((unit if unit in NANOSECONDS else "D" for unit in units), key=NANOSECONDS.__getitem__)
    code = "timedelta64" if holds in ("timedelta", "time") else "datetime64"
    return made_as, unit, np.array([_exact(name, scalar, f"{code}[{unit}]") for scalar in scalars], dtype=np.int64)


def write_ticks(ticks: NDArray[np.int64], made_as: str, unit: str) -> Iterable[object]:
    """Return cells of the type that :func:`read_ticks` returned."""
    if made_as == "time":
        return ((_MIDNIGHT + span).time() for span in ticks.astype(f"timedelta64[{unit}]").astype(object))
    is_span = "timedelta" in made_as.lower()
    values = ticks.astype(f"{'timedelta64' if is_span else 'datetime64'}[{unit}]")
    if made_as in ("Timestamp", "Timedelta"):
        import pandas as pd  # only cells that are pandas' own are called so

        return (getattr(pd, made_as)(value) for value in values)
    if made_as.startswith("numpy."):
        return iter(values.astype(np.dtype(made_as.removeprefix("numpy."))))
    # Python's own types resolve microseconds and, for dates, days.
    values = values.astype("datetime64[D]") if made_as == "date" else values.astype(values.dtype.str[:3] + "[us]")
    return values.astype(object)


def _made_as(kinds: set[type], present: Sequence[object]) -> str:
    """Return the most precise type: that of pandas, of NumPy (in its finest unit), or of Python, in this order."""
    names = {kind.__name__ for kind in kinds}
    for name in ("Timestamp", "Timedelta"):
        if name in names:
            return name
    if names & {"datetime64", "timedelta64"}:
        scalars = np.array([cell for cell in present if isinstance(cell, np.generic)])
        return f"numpy.{scalars.dtype.name}"
    return "datetime" if "datetime" in names else names.pop()


def _scalar(cell: object) -> Any:  # noqa: ANN401 - a datetime64 or timedelta64
    if isinstance(cell, np.generic):
        return cell
    if isinstance(cell, time):
        since = timedelta(hours=cell.hour, minutes=cell.minute, seconds=cell.second, microseconds=cell.microsecond)
        return np.timedelta64(since, "us")
    if type(cell).__name__ in ("Timestamp", "Timedelta"):
        return cast("Any", cell).to_numpy()
    if isinstance(cell, timedelta):
        return np.timedelta64(cell, "us")
    return np.datetime64(cast("Any", cell), _OWN_UNITS[type(cell)])


def _exact(name: Hashable, scalar: Any, code: str) -> int:  # noqa: ANN401 - a datetime64 or timedelta64
    finer = scalar.astype(code)
    if finer.astype(scalar.dtype) != scalar:
        raise DataError(
            f"{column_label(name)} holds {scalar}, which does not fit 64 bits in the finest unit of the column, "
            f"{code}. Convert the column to one unit."
        )
    return int(finer.astype(np.int64))


def _reject_zones(name: Hashable, present: Sequence[object]) -> None:
    for cell in present:
        if getattr(cell, "tzinfo", None) is not None:
            raise DataTypeError(
                f"{column_label(name)} holds {type(cell).__name__} objects with a time zone. Convert the column to a "
                "datetime dtype of your dataframe library, which keeps the zone."
            )


def text_of_time(since_midnight: np.timedelta64) -> str:
    """Return a time of day as text: 09:30:00, with a fraction of the second only if there is one."""
    text = str(np.datetime64(0, "ns") + since_midnight).partition("T")[2]
    return text.rstrip("0").rstrip(".") if "." in text else text


def text_of_duration(span: np.timedelta64) -> str:
    """Return a duration as text: 1 day 2 h 30 min, with seconds and parts of them only if there are some.

    Examples
    --------
    >>> text_of_duration(np.timedelta64(26 * 60 + 30, "m"))
    '1 day 2 h 30 min'
    """
    rest = int(span.astype(np.int64)) * NANOSECONDS[np.datetime_data(span.dtype)[0]]
    sign, rest = ("-" if rest < 0 else ""), abs(rest)
    pieces: list[str] = []
    for name, unit in (("days", "D"), ("h", "h"), ("min", "m"), ("s", "s"), ("ms", "ms"), ("us", "us"), ("ns", "ns")):
        count, rest = divmod(rest, NANOSECONDS[unit])
        if count:
            pieces.append(f"{count} {'day' if (name, count) == ('days', 1) else name}")
    return sign + (" ".join(pieces) or "0 s")
