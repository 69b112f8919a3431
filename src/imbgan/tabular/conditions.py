"""Conditions on columns: which cells meet them, and which places of the matrix decode to such cells."""

from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from imbgan._text import did_you_mean, listed, quoted
from imbgan.exceptions import ParameterError
from imbgan.tabular.asked import is_missing
from imbgan.tabular.codecs import Codec, DiscreteCodec, LineCodec, NumberCodec, OneHotCodec, OptionalCodec
from imbgan.tabular.codecs.constant import ConstantCodec
from imbgan.tabular.condition_ends import Places, ends_in, field_text, interval_in, places_of, plain_list
from imbgan.tabular.encoder import CellPlace
from imbgan.tabular.equality import level_key
from imbgan.tabular.schema import NUMBER_FAMILIES, Coded, Decoded, Part, column_label
from imbgan.tabular.vectors import Element

#: Kinds of which nothing is learned that a condition could ask for.
_REFUSED = ("identifier", "text", "vector")


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
            met = np.isin(values, [key[1] for key in self.values])
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
    return tuple(_met_together(condition, found, fields) for condition in found)


def levels_of(field: CellPlace) -> list[object] | None:
    """Return the values of which a condition on a column names some; None for numbers, dates and times."""
    if field.joint is not None:
        cells, missing = field.joint
        return None if field.family in NUMBER_FAMILIES else list(dict.fromkeys(cells[~missing].tolist()))
    return list(field.codec.levels.levels) if isinstance(field.codec, OneHotCodec | LineCodec) else None


def _read(name: Hashable, position: int, field: CellPlace, wanted: object) -> Condition | None:
    """Return a condition; None for one that each row meets."""
    codec, numbers, scores = field.codec, field.numbers, field.scores
    label = f"'where' of {column_label(name)[0].lower()}{column_label(name)[1:]}"
    alternatives = _alternatives(label, wanted)
    allows_missing = any(map(is_missing, alternatives))
    present = [each for each in alternatives if not is_missing(each)]
    if field.joint is not None:
        return _of_joint(name, position, label, field, present, allows_missing=allows_missing)
    if allows_missing and codec is not None and not _holds_missing(codec):
        raise ParameterError(f"{label}: no cell of this column is missing. Leave None out.")
    if field.family not in NUMBER_FAMILIES:
        _check_values(label, field, present)
        if isinstance(codec, ConstantCodec):
            return _of_constant(label, codec, wanted, _equal_levels((codec.value,), present), missing=allows_missing)
        return _of_levels(name, position, label, field, present, allows_missing=allows_missing)
    if isinstance(codec, ConstantCodec):
        held: Any = codec.value
        met = [low for low, high in (ends_in(label, field, each) for each in present) if low <= held <= high]
        return _of_constant(label, codec, wanted, met, missing=allows_missing, shown=field_text(field, held))
    intervals = [interval_in(label, field, codec, each) for each in present]
    if codec is None:
        return Condition(name, position, numbers, scores, (), (), tuple(intervals), frozenset(), allows_missing)
    if isinstance(codec, DiscreteCodec):
        levels = [i for i, knot in enumerate(codec.knots) if any(low <= knot <= high for low, high in intervals)]
        for low, high in intervals:
            if not any(low <= knot <= high for knot in codec.knots):
                known = [field_text(field, knot) for knot in codec.knots]
                raise ParameterError(f"{label}: no row can meet it, since the values are {plain_list(known)}.")
        levels += [len(codec.knots)] if allows_missing else []
        return Condition(
            name, position, numbers, scores, (), tuple(levels), tuple(intervals), frozenset(), allows_missing
        )
    inner = cast("NumberCodec", codec.number if isinstance(codec, OptionalCodec) else codec)
    places = tuple(places_of(label, field, inner, pair, each) for pair, each in zip(intervals, present, strict=True))
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
    index: list[int] = sorted(
        {*_indices(label, levels.levels, present), *([len(levels.levels)] if allows_missing else [])}
    )
    places = _places_on_line(codec, index)
    keys = frozenset(_key(levels.levels[i], levels.storage) for i in index if i < len(levels.levels))
    return Condition(name, position, field.numbers, field.scores, places, tuple(index), (), keys, allows_missing)


def _indices(label: str, levels: Sequence[object], present: Sequence[object]) -> list[int]:
    index: list[int] = []
    for value in present:
        equal = _equal_levels(levels, [value])
        if not equal:
            raise ParameterError(
                f"{label} must be levels of the column. Got {quoted(value)}.{did_you_mean(value, levels)} "
                f"Levels are {listed(levels)}."
            )
        index += equal
    return index


def _places_on_line(codec: Codec | None, index: Sequence[int]) -> tuple[Places, ...]:
    if not isinstance(codec, LineCodec):
        return ()
    edges = codec.scale.edges
    inside = [(edges[2 * i], np.nextafter(edges[2 * i + 1], edges[2 * i])) for i in index]
    return tuple((low, high) for low, high in inside if low <= high)


def _of_joint(
    name: Hashable, position: int, label: str, field: CellPlace, present: Sequence[object], *, allows_missing: bool
) -> Condition | None:
    """Return a condition on one of several columns that are one category of joint levels."""
    assert field.joint is not None
    cells, missing = field.joint
    if allows_missing and not missing.any():
        raise ParameterError(f"{label}: no cell of this column is missing. Leave None out.")
    intervals: list[tuple[Any, Any]] = []
    keys: frozenset[Any] = frozenset()
    levels = levels_of(field)
    met = np.zeros(len(cells), bool)
    if levels is None:
        intervals = [ends_in(label, field, each) for each in present]
        for each, (low, high) in zip(present, intervals, strict=True):
            own = (cells >= low) & (cells <= high) & ~missing
            if not own.any():
                known = [field_text(field, value) for value in np.unique(cells[~missing]).tolist()]
                raise ParameterError(
                    f"{label}: no row can meet it, since the values are {plain_list(known)}. Got {quoted(each)}."
                )
            met |= own
    else:
        _check_values(label, field, present)
        wanted = {level_key(levels[i]) for i in _indices(label, levels, present)}
        met = np.array([level_key(cell) in wanted for cell in cells.tolist()], bool) & ~missing
        keys = frozenset(_key(cell, cells.dtype.name) for cell in cells[met].tolist())
    met |= missing & allows_missing
    if not isinstance(field.codec, OneHotCodec | LineCodec):  # a single joint level, which meets it
        return None
    index = tuple(i for i, number in enumerate(field.codec.levels.levels) if met[cast("int", number)])
    places = _places_on_line(field.codec, index)
    return Condition(name, position, field.numbers, field.scores, places, index, tuple(intervals), keys, allows_missing)


def _met_together(condition: Condition, found: Sequence[Condition], fields: Sequence[CellPlace]) -> Condition:
    """Return a condition on a joint category with the joint levels alone that meet all conditions on it."""
    field = fields[condition.position]
    if field.joint is None:
        return condition
    place = condition.numbers, condition.scores
    others = [each for each in found if (each.numbers, each.scores) == place]
    index = sorted(set(condition.levels).intersection(*(each.levels for each in others)))
    if not index:
        raise ParameterError(
            f"No row can meet all conditions of 'where' on {listed([each.name for each in others])}: a rule lets only "
            "those values occur together that do so in the table. Leave one of them out."
        )
    return replace(condition, levels=tuple(index), places=_places_on_line(field.codec, index))


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
