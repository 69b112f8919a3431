"""Conditions on columns: which cells meet them, and which places of the matrix decode to such cells."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from imbgan._text import did_you_mean, listed, quoted
from imbgan.exceptions import ImbganError, ParameterError
from imbgan.tabular.cells import read_cells
from imbgan.tabular.codecs import Codec, DiscreteCodec, LineCodec, NumberCodec, OneHotCodec, OptionalCodec
from imbgan.tabular.codecs.base import RowNumbers
from imbgan.tabular.codecs.constant import ConstantCodec
from imbgan.tabular.codecs.levels import Levels
from imbgan.tabular.conform import conform
from imbgan.tabular.encoder import CellPlace
from imbgan.tabular.equality import level_key
from imbgan.tabular.schema import NUMBER_FAMILIES, Coded, Decoded, Part, RawColumn, column_label
from imbgan.tabular.vectors import Element

#: Kinds of which nothing is learned that a condition could ask for.
_REFUSED = ("identifier", "text", "vector")
#: Places of numbers lie within these bounds, whatever the link.
_FAR = np.float32(8.0)
#: Halvings after which the bounds of float32 are next to one another.
_HALVINGS = 48

Places = tuple[np.float32, np.float32]


@dataclass(frozen=True)
class Condition:
    """What the cells of one column must be.

    Attributes
    ----------
    name : Hashable
    position : int
        Position of the column in the table.
    numbers : slice
        Matrix column of its place; empty for categories.
    scores : slice
        Matrix columns of its levels; empty where it has none.
    places : tuple of (float32, float32)
        Closed intervals of places that decode to cells that meet the condition.
    levels : tuple of int
        Levels that do so.
    intervals : tuple of (value, value)
        Closed intervals of numbers, in the representation of the column.
    values : frozenset
        Keys of the levels that are allowed.
    allows_missing : bool
    """

    name: Hashable
    position: int
    numbers: slice
    scores: slice
    places: tuple[Places, ...]
    levels: tuple[int, ...]
    intervals: tuple[tuple[Any, Any], ...]
    values: frozenset[Any]
    allows_missing: bool

    def met_by(self, part: Decoded) -> NDArray[np.bool_]:
        """Return which decoded cells meet the condition (n,)."""
        if isinstance(part, Coded):
            return self._met(part.cells)[part.codes]
        return self._met(part)

    def _met(self, part: Part) -> NDArray[np.bool_]:
        values, missing = part
        if values.dtype == object:
            met = np.array([level_key(value) in self.values for value in values.tolist()], bool)
        elif self.intervals:
            met = np.zeros(len(values), bool)
            for low, high in self.intervals:
                met |= (values >= low) & (values <= high)
        else:
            met = np.isin(values, [value for _, value in cast("Iterable[tuple[str, Any]]", self.values)])
        return np.where(missing, self.allows_missing, met)

    @property
    def is_movable(self) -> bool:
        """Whether cells of the matrix alone decide; else rules derive the column from others."""
        return self.numbers.stop > self.numbers.start or self.scores.stop > self.scores.start

    def distance(self, rows: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return how far encoded rows (n, width) are from meeting the condition, by their own cell alone (n,)."""
        far = np.zeros(len(rows))
        if self.places and self.numbers.stop > self.numbers.start:
            place = rows[:, self.numbers.start].astype(float)
            far = np.min([np.maximum(np.maximum(low - place, place - high), 0.0) for low, high in self.places], axis=0)
        if self.scores.stop > self.scores.start:
            wrong = ~np.isin(rows[:, self.scores].argmax(axis=1), self.levels)
            far = far + wrong
        return far


def read_conditions(where: object, fields: Sequence[CellPlace]) -> tuple[Condition, ...]:
    """Return the conditions that a mapping of columns describes.

    Parameters
    ----------
    where : mapping of column to value, list or set of values, or (low, high)
        A pair is a closed interval of numbers, dates or times, with None for an open end. None as a value stands for
        a missing cell.
    fields : sequence of CellPlace
        The columns of the table.

    Raises
    ------
    ParameterError
        If a column is unknown or cannot have conditions, if a level is unknown, or if no row can meet a condition.
    """
    if not isinstance(where, Mapping) or not where:
        raise ParameterError(
            "'where' must map columns to what their cells must be, such as {'area': 'rural', 'age': (18, 25)}. Got "
            f"{quoted(where)}."
        )
    names = [field.column.name for field in fields]
    wholes = list(dict.fromkeys(name.column if isinstance(name, Element) else name for name in names))
    found: list[Condition] = []
    for name, wanted in cast("Mapping[Hashable, object]", where).items():
        if name not in wholes:
            raise ParameterError(
                f"'where' must name columns of the table. Got {quoted(name)}.{did_you_mean(name, wholes)} Columns are "
                f"{listed(wholes)}."
            )
        if name not in names or fields[names.index(name)].column.kind in _REFUSED:
            kind = fields[names.index(name)].column.kind if name in names else "vector or text"
            raise ParameterError(
                f"{column_label(name)} is of kind {kind}, whose values are not generated one by one, so that no "
                "condition can be put on it. Leave it out of 'where'."
            )
        position = names.index(name)
        condition = _read(name, position, fields[position], wanted)
        if condition is not None:
            found.append(condition)
    return tuple(found)


def _read(name: Hashable, position: int, field: CellPlace, wanted: object) -> Condition | None:
    """Return a condition; None for one that each row meets."""
    codec, numbers, scores = field.codec, field.numbers, field.scores
    label = f"'where' of {column_label(name)[0].lower()}{column_label(name)[1:]}"
    is_interval = isinstance(wanted, tuple)
    if is_interval and len(cast("tuple[object, ...]", wanted)) != 2:
        raise ParameterError(
            f"{label}: an interval is a pair (low, high). Got {quoted(wanted)}. Pass values as a list."
        )
    if is_interval and field.family not in NUMBER_FAMILIES:
        raise ParameterError(
            f"{label}: an interval needs numbers, dates or times, and this column holds {field.column.kind} values. "
            f"Got {quoted(wanted)}. Pass a list of values."
        )
    several = list(cast("Iterable[object]", wanted)) if isinstance(wanted, list | set | frozenset) else [wanted]
    if not several:
        raise ParameterError(f"{label} must allow at least one value. Got {quoted(wanted)}.")
    allows_missing = not is_interval and any(value is None for value in several)
    present = [value for value in several if value is not None]
    if codec is None:
        return _of_derived(name, position, label, field, wanted, present, is_interval=is_interval)
    if isinstance(codec, ConstantCodec):
        return _of_constant(label, field, codec, wanted, present, is_interval=is_interval, missing=allows_missing)
    if allows_missing and not _holds_missing(codec):
        raise ParameterError(f"{label}: no cell of this column is missing. Leave None out.")
    if isinstance(codec, OneHotCodec | LineCodec):
        index = _levels(label, codec.levels, present, field, has_missing=allows_missing)
        places = ()
        if isinstance(codec, LineCodec):
            edges = codec.scale.edges
            inside = [(edges[2 * i], np.nextafter(edges[2 * i + 1], edges[2 * i])) for i in index]
            places = tuple((low, high) for low, high in inside if low <= high)
        keys = frozenset(
            _key(codec.levels.levels[i], codec.levels.storage) for i in index if i < len(codec.levels.levels)
        )
        return Condition(name, position, numbers, scores, places, tuple(index), (), keys, allows_missing)
    wanted_pairs = [cast("tuple[object, object]", wanted)] if is_interval else [(value, value) for value in present]
    intervals = [_interval(label, field, codec, pair) for pair in wanted_pairs]
    if isinstance(codec, DiscreteCodec):
        levels = [i for i, knot in enumerate(codec.knots) if any(low <= knot <= high for low, high in intervals)]
        for low, high in intervals:
            if not any(low <= knot <= high for knot in codec.knots):
                known = [field_cell(field, knot) for knot in codec.knots]
                raise ParameterError(f"{label}: no row can meet it, since the values are {listed(known)}.")
        levels += [len(codec.knots)] if allows_missing else []
        return Condition(
            name, position, numbers, scores, (), tuple(levels), tuple(intervals), frozenset(), allows_missing
        )
    inner = codec.number if isinstance(codec, OptionalCodec) else codec
    places = tuple(_places(label, field, cast("NumberCodec", inner), pair) for pair in intervals)
    levels = (*([0] if present or is_interval else []), *([1] if allows_missing else []))
    kept_levels = tuple(levels) if isinstance(codec, OptionalCodec) else ()
    return Condition(
        name, position, numbers, scores, places, kept_levels, tuple(intervals), frozenset(), allows_missing
    )


def _holds_missing(codec: Codec) -> bool:
    if isinstance(codec, OneHotCodec | LineCodec):
        return codec.levels.has_missing
    return isinstance(codec, OptionalCodec) or (isinstance(codec, DiscreteCodec) and codec.has_missing)


def _key(level: object, storage: str) -> Any:  # noqa: ANN401
    return level_key(level) if storage == "object" else ("", level)


def _levels(label: str, levels: Levels, wanted: Sequence[object], field: CellPlace, *, has_missing: bool) -> list[int]:
    known = {level_key(level): i for i, level in enumerate(levels.levels)}
    index: list[int] = []
    for value in wanted:
        plain: object = value.item() if isinstance(value, np.generic) else value
        key = level_key(plain)
        if key not in known and not isinstance(plain, str):
            # 1 and 1.0 are different levels, but nobody who asks for one of them means none.
            equal = [level_key(level) for level in levels.levels if not isinstance(level, str) and level == plain]
            key = equal[0] if len(equal) == 1 else key
        if key not in known:
            raise ParameterError(
                f"{label} must be levels of the column. Got {quoted(value)}.{did_you_mean(value, levels.levels)} "
                f"Levels are {listed(levels.levels)}."
            )
        index.append(known[key])
    return sorted({*index, *([len(levels.levels)] if has_missing else [])})


def _of_derived(
    name: Hashable,
    position: int,
    label: str,
    field: CellPlace,
    wanted: object,
    present: Sequence[object],
    *,
    is_interval: bool,
) -> Condition:
    """Return a condition on a column that rules determine: which values it can have is known row by row."""
    pairs = [cast("tuple[object, object]", wanted)] if is_interval else [(value, value) for value in present]
    nothing, allows_missing = slice(0, 0), len(present) == 0 or (isinstance(wanted, list | set) and None in wanted)
    if field.family not in NUMBER_FAMILIES:
        keys = frozenset({*map(level_key, present), *(("", value) for value in present if isinstance(value, bool))})
        return Condition(name, position, nothing, nothing, (), (), (), keys, allows_missing)
    intervals: list[tuple[Any, Any]] = []
    bounds = np.iinfo(np.int64) if field.family != "float" else np.finfo(np.float64)
    for pair in pairs:
        low, high = _ends(label, field, pair)
        if low is not None and high is not None and low > high:
            raise ParameterError(f"{label}: low must be at most high. Got {quoted(pair)}.")
        intervals.append((bounds.min if low is None else low, bounds.max if high is None else high))
    return Condition(name, position, nothing, nothing, (), (), tuple(intervals), frozenset(), allows_missing)


def _of_constant(
    label: str,
    field: CellPlace,
    codec: ConstantCodec,
    wanted: object,
    present: Sequence[object],
    *,
    is_interval: bool,
    missing: bool,
) -> None:
    """Raise ParameterError unless the one value of the column meets the condition."""
    if codec.value is None:
        is_met = missing
    elif is_interval:
        low, high = _ends(label, field, cast("tuple[object, object]", wanted))
        is_met = (low is None or low <= codec.value) and (high is None or codec.value <= high)
    else:
        is_met = any(bool(value == codec.value) for value in present)
    if not is_met:
        held = None if codec.value is None else codec.value
        raise ParameterError(f"{label}: no row can meet it, since each row holds {quoted(held)}. Got {quoted(wanted)}.")


def _interval(label: str, field: CellPlace, codec: Codec, pair: tuple[object, object]) -> tuple[Any, Any]:
    """Return the ends of an interval in the representation of the column; raise if it is empty or unobserved."""
    least, most = _observed(codec)
    low, high = _ends(label, field, pair)
    if low is not None and high is not None and low > high:
        raise ParameterError(f"{label}: low must be at most high. Got {quoted(pair)}.")
    if (low is not None and low > most) or (high is not None and high < least):
        bounds = f"{field_cell(field, least)!r} to {field_cell(field, most)!r}"
        got = quoted(pair[0]) if pair[0] is pair[1] else quoted(pair)
        raise ParameterError(f"{label}: no row can meet it, since the values observed are {bounds}. Got {got}.")
    return (least if low is None else low), (most if high is None else high)


def _observed(codec: Codec) -> tuple[Any, Any]:
    inner = codec.number if isinstance(codec, OptionalCodec) else codec
    if hasattr(inner, "knots"):
        return inner.knots[0], inner.knots[-1]  # pyright: ignore[reportAttributeAccessIssue]
    return inner.rounding.low, inner.rounding.high  # pyright: ignore[reportAttributeAccessIssue]


def _ends(label: str, field: CellPlace, pair: tuple[object, object]) -> tuple[Any, Any]:
    """Return the ends of an interval in the representation of the column, None for an open end."""
    return _end(label, field, pair[0]), _end(label, field, pair[1])


def _end(label: str, field: CellPlace, value: object) -> Any:  # noqa: ANN401
    if value is None:
        return None
    cell = value.item() if isinstance(value, np.generic) and not isinstance(value, np.datetime64) else value
    cell = _from_text(cell, field.family) if isinstance(cell, str) else cell
    if field.family in ("int", "float") and isinstance(cell, int | float) and not isinstance(cell, bool):
        if cell != cell:
            raise ParameterError(f"{label}: NaN is no end of an interval. Use None for an open end or a missing cell.")
        # Beyond 64 bits, and between whole numbers, an end still says which values lie before it.
        if field.family == "int" and not field.column.dtype.is_unsigned_64 and field.column.dtype.scale == 0:
            return cell
    try:
        column = conform(read_cells(field.column.name, [cell], "object"), field.family, field.column.dtype)
    except ImbganError as error:
        raise ParameterError(
            f"{label} must hold values like those of the column (data type {field.column.dtype.text}). Got "
            f"{quoted(value)}."
        ) from error
    if column.missing[0] or isinstance(cell, str):
        raise ParameterError(f"{label} must hold {field.column.kind} values. Got {quoted(value)}.")
    return column.values[0]


def _from_text(text: str, family: str) -> object:
    """Return a date or time that is written in the form of ISO 8601; other texts stay."""
    try:
        if family == "datetime":
            return datetime.fromisoformat(text) if len(text) > 10 else date.fromisoformat(text)
        return time.fromisoformat(text) if family == "time" else text
    except ValueError:
        return text


def field_cell(field: CellPlace, value: object) -> object:
    """Return a value of the representation of a column as it is in the table."""
    if field.family not in NUMBER_FAMILIES:
        return value
    # Knots of whole numbers may be floats.
    held = np.empty(0, np.float64 if field.family == "float" else np.int64)
    column = RawColumn(field.column.name, field.column.dtype, field.family, held, np.empty(0, bool))
    cell = column.cell(value)
    return (
        cell.item() if isinstance(cell, np.generic) and not isinstance(cell, np.datetime64 | np.timedelta64) else cell
    )


def _places(label: str, field: CellPlace, codec: NumberCodec, pair: tuple[Any, Any]) -> Places:
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
        near = sorted(
            {field_cell(field, value(np.float32(each))) for each in (np.nextafter(first, -_FAR), first)}, key=str
        )
        raise ParameterError(
            f"{label}: no row can hold a value from {field_cell(field, low)!r} to {field_cell(field, high)!r}; the "
            f"nearest ones that can be generated are {listed(near)}. Widen the interval."
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
