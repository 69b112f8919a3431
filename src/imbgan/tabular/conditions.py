"""Conditions on columns: which cells meet them, and which places of the matrix decode to such cells."""

from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from imbgan._text import did_you_mean, listed, quoted
from imbgan.exceptions import ParameterError
from imbgan.tabular.asked import ends_of, is_missing
from imbgan.tabular.codecs import Codec, DiscreteCodec, LineCodec, NumberCodec, OneHotCodec, OptionalCodec
from imbgan.tabular.codecs.base import RowNumbers
from imbgan.tabular.codecs.constant import ConstantCodec
from imbgan.tabular.encoder import CellPlace
from imbgan.tabular.equality import level_key
from imbgan.tabular.schema import NUMBER_FAMILIES, Coded, Decoded, Part, RawColumn, column_label
from imbgan.tabular.ticks import text_of_duration, text_of_time
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
    where : mapping of column to value, (low, high), or list, set or array of these
        A pair is a closed interval of numbers, dates or times, with None for an open end. None, NaN, NaT or NA as a
        value stands for a missing cell. A date stands for all its moments.
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
                f"{listed(wholes)}. For a class, use 'label'."
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
    alternatives = _alternatives(label, wanted)
    allows_missing = any(map(is_missing, alternatives))
    present = [each for each in alternatives if not is_missing(each)]
    if allows_missing and codec is not None and not _holds_missing(codec):
        raise ParameterError(f"{label}: no cell of this column is missing. Leave None out.")
    if field.family not in NUMBER_FAMILIES:
        _check_values(label, field, present)
        if codec is None:
            keys = frozenset({*map(level_key, present), *(("", value) for value in present if isinstance(value, bool))})
            return Condition(name, position, numbers, scores, (), (), (), keys, allows_missing)
        if isinstance(codec, ConstantCodec):
            return _of_constant(label, codec, wanted, _equal_levels((codec.value,), present), missing=allows_missing)
        return _of_levels(name, position, label, field, present, allows_missing=allows_missing)
    if isinstance(codec, ConstantCodec):
        held: Any = codec.value
        met = [low for low, high in (_ends(label, field, each) for each in present) if low <= held <= high]
        return _of_constant(label, codec, wanted, met, missing=allows_missing, shown=field_text(field, held))
    intervals = [_interval(label, field, codec, each) for each in present]
    if codec is None:
        return Condition(name, position, numbers, scores, (), (), tuple(intervals), frozenset(), allows_missing)
    if isinstance(codec, DiscreteCodec):
        levels = [i for i, knot in enumerate(codec.knots) if any(low <= knot <= high for low, high in intervals)]
        for low, high in intervals:
            if not any(low <= knot <= high for knot in codec.knots):
                known = [field_text(field, knot) for knot in codec.knots]
                raise ParameterError(f"{label}: no row can meet it, since the values are {_plain_list(known)}.")
        levels += [len(codec.knots)] if allows_missing else []
        return Condition(
            name, position, numbers, scores, (), tuple(levels), tuple(intervals), frozenset(), allows_missing
        )
    inner = cast("NumberCodec", codec.number if isinstance(codec, OptionalCodec) else codec)
    places = tuple(_places(label, field, inner, pair, each) for pair, each in zip(intervals, present, strict=True))
    levels = (*([0] if present else []), *([1] if allows_missing else []))
    kept_levels = tuple(levels) if isinstance(codec, OptionalCodec) else ()
    return Condition(
        name, position, numbers, scores, places, kept_levels, tuple(intervals), frozenset(), allows_missing
    )


def _alternatives(label: str, wanted: object) -> list[object]:
    """Return the values and the pairs of which a cell must meet one."""
    if isinstance(wanted, np.ndarray) and wanted.ndim == 0:
        wanted = wanted.item()
    # Arrays, and columns of data frames, are collections as well.
    is_one = isinstance(wanted, str | bytes | tuple | Mapping) or not isinstance(wanted, Collection)
    several = [wanted] if is_one else _distinct(cast("Iterable[object]", wanted))
    if not several:
        raise ParameterError(f"{label} must allow at least one value. Got {quoted(wanted)}.")
    for each in several:
        if isinstance(each, tuple) and len(cast("tuple[object, ...]", each)) != 2:
            raise ParameterError(
                f"{label}: an interval is a pair (low, high). Got {quoted(each)}. Pass values as a list."
            )
    return several


def _distinct(values: Iterable[object]) -> list[object]:
    several = list(values)
    is_hashable = all(isinstance(each, Hashable) for each in several)
    # True and 1 are equal, and no one value.
    return list({(type(each), each): each for each in several}.values()) if is_hashable else several


def _check_values(label: str, field: CellPlace, present: Sequence[object]) -> None:
    for each in present:
        if isinstance(each, tuple):
            raise ParameterError(
                f"{label}: an interval needs numbers, dates or times, and this column holds {field.column.kind} "
                f"values. Got {quoted(each)}. Pass a list of values."
            )


def _holds_missing(codec: Codec) -> bool:
    if isinstance(codec, ConstantCodec):
        return codec.value is None
    if isinstance(codec, OneHotCodec | LineCodec):
        return codec.levels.has_missing
    return isinstance(codec, OptionalCodec) or (isinstance(codec, DiscreteCodec) and codec.has_missing)


def _of_levels(
    name: Hashable, position: int, label: str, field: CellPlace, present: Sequence[object], *, allows_missing: bool
) -> Condition:
    codec = cast("OneHotCodec | LineCodec", field.codec)
    levels = codec.levels
    index: list[int] = []
    for value in present:
        equal = _equal_levels(levels.levels, [value])
        if not equal:
            raise ParameterError(
                f"{label} must be levels of the column. Got {quoted(value)}.{did_you_mean(value, levels.levels)} "
                f"Levels are {listed(levels.levels)}."
            )
        index += equal
    index = sorted({*index, *([len(levels.levels)] if allows_missing else [])})
    places = ()
    if isinstance(codec, LineCodec):
        edges = codec.scale.edges
        inside = [(edges[2 * i], np.nextafter(edges[2 * i + 1], edges[2 * i])) for i in index]
        places = tuple((low, high) for low, high in inside if low <= high)
    keys = frozenset(_key(levels.levels[i], levels.storage) for i in index if i < len(levels.levels))
    return Condition(name, position, field.numbers, field.scores, places, tuple(index), (), keys, allows_missing)


def _key(level: object, storage: str) -> Any:  # noqa: ANN401
    return level_key(level) if storage == "object" else ("", level)


def _equal_levels(levels: Sequence[object], wanted: Sequence[object]) -> list[int]:
    """Return the places of the levels that are equal to one of the values, as users take them.

    1 and 1.0 are different levels, but nobody who asks for one of them where the other is means none. True is no number
    unless all levels are true or false.
    """
    only_bools = all(isinstance(level, bool) for level in levels)
    found: list[int] = []
    for value in wanted:
        is_plain = isinstance(value, np.datetime64 | np.timedelta64) or not isinstance(value, np.generic)
        plain: object = value if is_plain else cast("np.generic", value).item()
        if not isinstance(plain, Hashable):
            continue
        same = [i for i, level in enumerate(levels) if level_key(level) == level_key(plain)]
        alike = [
            i
            for i, level in enumerate(levels)
            if not isinstance(level, str)
            and (only_bools or isinstance(level, bool) == isinstance(plain, bool))
            and bool(level == plain)
        ]
        found += same or (alike if len(alike) == 1 else [])
    return found


def _of_constant(
    label: str, codec: ConstantCodec, wanted: object, met: Sequence[object], *, missing: bool, shown: str = ""
) -> None:
    """Raise ParameterError unless the one value of the column meets the condition."""
    if not met and not missing:
        held = shown if shown and codec.value is not None else quoted(codec.value)
        raise ParameterError(f"{label}: no row can meet it, since each row holds {held}. Got {quoted(wanted)}.")


def _ends(label: str, field: CellPlace, wanted: object) -> tuple[Any, Any]:
    """Return the ends of a value or a pair in the representation of the column; infinity for an open end.

    The first end is greater than the last one if no number of the column lies between them.
    """
    pair = cast("tuple[object, object]", wanted) if isinstance(wanted, tuple) else (wanted, wanted)
    first, last = ends_of(pair, field.family, field.column.dtype, label)
    # Numbers of uint64 lie shifted in memory.
    shift = 2**63 if field.family == "int" and field.column.dtype.is_unsigned_64 else 0
    return (first - shift, last - shift) if shift else (first, last)


def _interval(label: str, field: CellPlace, codec: Codec | None, wanted: object) -> tuple[Any, Any]:
    """Return the ends of an interval in the representation of the column; raise if it is empty or unobserved."""
    low, high = _ends(label, field, wanted)
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


def _plain_list(texts: Sequence[str], most: int = 10) -> str:
    return ", ".join(texts[:most]) + (", ..." if len(texts) > most else "")


def _places(label: str, field: CellPlace, codec: NumberCodec, pair: tuple[Any, Any], wanted: object) -> Places:
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
            f"{_plain_list([field_text(field, each) for each in near])}. Ask for a wider interval (low, high)."
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
