"""Intervals of numbers that are asked for, in the representation of a column, and the places that decode to them."""

from collections.abc import Sequence
from typing import Any, cast

import numpy as np

from imbgan._text import quoted
from imbgan.exceptions import ParameterError
from imbgan.tabular.asked import ends_of
from imbgan.tabular.codecs import Codec, NumberCodec, OptionalCodec
from imbgan.tabular.codecs.base import RowNumbers
from imbgan.tabular.encoder import CellPlace
from imbgan.tabular.schema import RawColumn
from imbgan.tabular.ticks import text_of_duration, text_of_time

#: Places of numbers lie within these bounds, whatever the link.
_FAR = np.float32(8.0)
#: Halvings after which the bounds of float32 are next to one another.
_HALVINGS = 48

Places = tuple[np.float32, np.float32]


def ends_in(label: str, field: CellPlace, wanted: object) -> tuple[Any, Any]:
    """Return the ends of a value or a pair in the representation of the column; infinity for an open end.

    The first end is greater than the last one if no number of the column lies between them.
    """
    pair = cast("tuple[object, object]", wanted) if isinstance(wanted, tuple) else (wanted, wanted)
    first, last = ends_of(pair, field.family, field.column.dtype, label)
    # Numbers of uint64 lie shifted in memory.
    shift = 2**63 if field.family == "int" and field.column.dtype.is_unsigned_64 else 0
    return (first - shift, last - shift) if shift else (first, last)


def interval_in(label: str, field: CellPlace, codec: Codec | None, wanted: object) -> tuple[Any, Any]:
    """Return the ends of an interval in the representation of the column; raise if it is empty or unobserved."""
    low, high = ends_in(label, field, wanted)
    if codec is not None:
        least, most = _observed(codec)
        if low > most or high < least:
            bounds = f"{field_text(field, least)} to {field_text(field, most)}"
            raise ParameterError(
                f"{label}: no row can meet it, since the values observed are {bounds}. Got {quoted(wanted)}."
            )
    return low, high


def _observed(codec: Codec) -> tuple[Any, Any]:
    inner = codec.number if isinstance(codec, OptionalCodec) else codec
    if hasattr(inner, "knots"):
        return inner.knots[0], inner.knots[-1]  # pyright: ignore[reportAttributeAccessIssue]
    return inner.rounding.low, inner.rounding.high  # pyright: ignore[reportAttributeAccessIssue]


def field_text(field: CellPlace, value: Any) -> str:  # noqa: ANN401
    """Return a value of the representation of a column as a text, in a form in which it can be asked for."""
    # Knots of whole numbers may be floats.
    held = np.empty(0, np.float64 if field.family == "float" else np.int64)
    column = RawColumn(field.column.name, field.column.dtype, field.family, held, np.empty(0, bool))
    cell = column.cell(0 if value is None else value)
    if isinstance(cell, np.datetime64):
        return np.datetime_as_string(cell, unit="auto") + ("Z" if field.column.dtype.zone else "")
    if isinstance(cell, np.timedelta64):
        return text_of_time(cell) if field.family == "time" else text_of_duration(cell)
    return repr(cell.item() if isinstance(cell, np.generic) else cell)


def plain_list(texts: Sequence[str], most: int = 10) -> str:
    """Return at most ``most`` texts as one, without quotes."""
    return ", ".join(texts[:most]) + (", ..." if len(texts) > most else "")


def places_of(label: str, field: CellPlace, codec: NumberCodec, pair: tuple[Any, Any], wanted: object) -> Places:
    """Return the places that decode to values in a closed interval; raise ParameterError if there are none.

    Decoding is monotone, so that they are an interval, whose ends are found by halving.
    """
    low, high = pair

    def value(place: np.float32) -> Any:  # noqa: ANN401
        none = np.empty((1, 0), np.float32)
        part = codec.decode(np.array([[place]], np.float32), none, RowNumbers(np.zeros(1, np.int64)))
        return part[0][0]  # pyright: ignore[reportIndexIssue]

    first = _boundary(lambda place: bool(value(place) >= low))
    last = _boundary(lambda place: bool(value(place) > high))
    last = np.nextafter(last, -_FAR) if value(last) > high else _FAR
    if not (first <= last and low <= value(first) <= high):
        near = sorted({value(np.nextafter(first, -_FAR)), value(first)})
        raise ParameterError(
            f"{label}: no row can hold {quoted(wanted)}; the nearest values that can be generated are "
            f"{plain_list([field_text(field, each) for each in near])}. Ask for a wider interval (low, high)."
        )
    bound = np.float32(5.0)
    return np.float32(max(first, -bound)), np.float32(min(last, bound))


def _boundary(is_past: Any) -> np.float32:  # noqa: ANN401 - a monotone predicate of places
    """Return the least place for which a predicate holds, or the greatest of all places."""
    low, high = -_FAR, _FAR
    if is_past(low):
        return low
    for _ in range(_HALVINGS):
        middle = np.float32((float(low) + float(high)) / 2)
        if middle in (low, high):
            break
        if is_past(middle):
            high = middle
        else:
            low = middle
    return high
