"""Rows that meet conditions: those of the endless table that do, and, where these are too rare, rows that are moved."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from imbgan._text import aligned, quoted, shown
from imbgan.exceptions import ParameterError
from imbgan.measures import energy_distance, pairwise_distances
from imbgan.oversampling.chunks import BLOCK_ROWS
from imbgan.oversampling.requests import Range
from imbgan.random import Streams
from imbgan.tabular.conditions import Condition
from imbgan.tabular.schema import Coded, Decoded, plain_part

#: Candidates for each row that is certain, and the candidates that are generated together.
CANDIDATES_PER_ROW = 200
STRETCH = 20 * BLOCK_ROWS
#: Rows that each stretch of candidates gives at least, by moving if need be.
OWED = STRETCH // CANDIDATES_PER_ROW
#: Rows from which the departure is measured.
N_MEASURED = 500

Matrix = NDArray[np.float32]
# Called as `rows(n, code, start)` and, for one class, as `rows(start, stop)`: encoded rows of its endless table.
RowsOf = Callable[[int, int, int], Matrix]
Rows = Callable[[int, int], Matrix]
# Called as `decode(rows, codes, places)` and, for one class, as `decode(rows, places)`: the columns of encoded rows.
DecodeOf = Callable[[Matrix, NDArray[np.intp], NDArray[np.int64]], list[Decoded]]
Decode = Callable[[Matrix, NDArray[np.int64]], list[Decoded]]


@dataclass(frozen=True)
class ClassConditions:
    """How the rows of one class came to meet conditions.

    Attributes
    ----------
    label : object
    n_candidates : int
        Rows of the endless table of the class that were looked at.
    n_met : int
        Those of them that meet all conditions as they are.
    n_kept : int
        Returned rows that are rows of the endless table.
    n_moved : int
        Returned rows of which the conditioned cells were changed.
    departure : float
        Energy distance between the returned rows and rows without conditions, in the columns without conditions,
        divided by that of rows without conditions to others: about 1 where conditions change nothing else. NaN for
        fewer than 2 rows, or if each column has a condition.
    """

    label: object
    n_candidates: int
    n_met: int
    n_kept: int
    n_moved: int
    departure: float

    @property
    def probability(self) -> float:
        """Share of the candidates that meet all conditions: their probability in the class, for the generator."""
        return self.n_met / self.n_candidates if self.n_candidates else float("nan")


@dataclass(frozen=True)
class Conditions:
    """What the last ``sample(..., where=...)`` did, class by class; as text, a table.

    Attributes
    ----------
    classes : tuple of ClassConditions
    """

    classes: tuple[ClassConditions, ...]

    @property
    def n_moved(self) -> int:
        """Number of returned rows that were moved."""
        return sum(each.n_moved for each in self.classes)

    def __str__(self) -> str:
        head = ("class", "candidates", "meet all", "kept", "moved", "departure")
        lines = [
            (shown(c.label), c.n_candidates, f"{100 * c.probability:.3g} %", c.n_kept, c.n_moved, f"{c.departure:.2f}")
            for c in self.classes
        ]
        return aligned([head, *lines])


class Found(NamedTuple):
    """Rows of a class that meet the conditions, encoded and decoded, with their numbers in the endless table."""

    rows: Matrix
    places: NDArray[np.int64]
    is_moved: NDArray[np.bool_]
    columns: list[Decoded]


class _Search:
    """The endless table of the rows of one class that meet conditions.

    It is made of stretches of 20,480 rows of the endless table of the class. A stretch gives its rows that meet the
    conditions, in their order, and after them as many moved rows as are missing to 102. So row i is a pure function of
    the model, the class, the conditions and i, and at most 200 candidates are generated per row.
    """

    def __init__(self, conditions: Sequence[Condition], rows: Rows, decode: Decode, streams: Streams) -> None:
        self._conditions = conditions
        self._rows = rows
        self._decode = decode
        self._streams = streams
        self.n_candidates = self.n_met = 0
        self._alone = np.zeros(len(conditions), np.int64)

    def find(self, start: int, stop: int) -> Found:
        """Return rows ``start`` to ``stop``."""
        parts: list[Found] = []
        passed = stretch = 0
        while passed < stop:
            found = self._stretch(stretch, stop - passed)
            parts.append(_taken(found, slice(max(start - passed, 0), stop - passed)))
            passed, stretch = passed + len(found.rows), stretch + 1
            if passed < min(stop, stretch * OWED):
                raise ParameterError(
                    f"Too few rows meet all conditions of 'where' together: {passed} were found among "
                    f"{self.n_candidates:,} generated rows and those whose cells were changed, and {stop} are needed. "
                    f"Of the generated rows, {self._met_alone()}. Leave a condition out, widen it, or ask for fewer "
                    "rows."
                )
        return _joined(parts) if parts else self._empty()

    def _met_alone(self) -> str:
        pairs = zip(self._conditions, self._alone.tolist(), strict=True)
        return ", ".join(f"{number:,} meet that on {quoted(each.name)}" for each, number in pairs)

    def _empty(self) -> Found:
        rows, places = self._rows(0, 0), np.empty(0, np.int64)
        return Found(rows, places, np.empty(0, bool), self._decode(rows, places))

    def _met(self, columns: Sequence[Decoded], n_rows: int) -> NDArray[np.bool_]:
        met = np.ones(n_rows, bool)
        for each in self._conditions:
            met &= each.met_by(columns[each.position])
        return met

    def _stretch(self, number: int, wanted: int) -> Found:
        """Return the rows of a stretch; no more candidates are generated than ``wanted`` rows need."""
        kept: list[Found] = []
        candidates: list[Matrix] = []
        unmet: list[NDArray[np.bool_]] = []
        n_kept = 0
        for begin in range(number * STRETCH, (number + 1) * STRETCH, BLOCK_ROWS):
            rows, places = self._rows(begin, begin + BLOCK_ROWS), np.arange(begin, begin + BLOCK_ROWS)
            columns = self._decode(rows, places)
            met = self._met(columns, len(rows))
            self.n_candidates, self.n_met = self.n_candidates + len(rows), self.n_met + int(met.sum())
            kept.append(_taken(Found(rows, places, np.zeros(len(rows), bool), columns), np.flatnonzero(met)))
            candidates.append(rows)
            own = [~each.met_by(columns[each.position]) for each in self._conditions]
            unmet.append(np.array(own, bool).reshape(len(own), len(rows)))
            self._alone += (~unmet[-1]).sum(axis=1)
            n_kept += int(met.sum())
            if n_kept >= wanted:
                return _joined(kept)
        if n_kept < OWED:
            met_places = np.concatenate([found.places for found in kept]) - number * STRETCH
            kept.append(self._moved(number, np.concatenate(candidates), np.hstack(unmet), met_places, OWED - n_kept))
        return _joined(kept)

    def _moved(self, number: int, rows: Matrix, unmet: NDArray[np.bool_], met: NDArray[np.int64], wanted: int) -> Found:
        """Return ``wanted`` candidates, nearest first, with cells that meet the conditions."""
        # A cell that rules derive from others cannot be moved; rows that meet such a condition come first.
        far = np.stack(
            [
                each.distance(rows) if each.is_movable else 1e3 * own
                for each, own in zip(self._conditions, unmet, strict=True)
            ]
        )
        total = far.sum(axis=0)
        total[met] = np.inf
        order = np.argsort(total, kind="stable")[: min(4 * wanted, len(rows) - len(met))]
        moved = rows[order].copy()
        rng = self._streams.generator("moved", number)
        for own, each in zip(far, self._conditions, strict=True):
            wrong = np.flatnonzero(own[order] > 0)
            if each.is_movable:
                _move(each, moved, wrong, rows[np.flatnonzero(own == 0)], rng)
        places = order + number * STRETCH
        columns = self._decode(moved, places)
        good = np.flatnonzero(self._met(columns, len(moved)))[:wanted]
        return _taken(Found(moved, places, np.ones(len(moved), bool), columns), good)


def _move(
    condition: Condition, rows: Matrix, wrong: NDArray[np.intp], donors: Matrix, rng: np.random.Generator
) -> None:
    """Give rows the cell of a candidate of the class that meets the condition; if none does, a drawn one.

    The draw is even over the places, or levels, that meet it: the scale of all classes, within what was observed.
    """
    numbers, scores = condition.numbers, condition.scores
    if len(donors):
        chosen = donors[rng.integers(len(donors), size=len(wrong))]
        rows[wrong, numbers], rows[wrong, scores] = chosen[:, numbers], chosen[:, scores]
        return
    if condition.places and numbers.stop > numbers.start:
        ends = np.array(condition.places, np.float64)
        chosen = ends[rng.integers(len(ends), size=len(wrong))]
        drawn = chosen[:, 0] + (chosen[:, 1] - chosen[:, 0]) * rng.random(len(wrong))
        rows[wrong, numbers.start] = np.clip(drawn, chosen[:, 0], chosen[:, 1])
    if condition.levels:
        rows[wrong, scores] = 0.0
        rows[wrong, scores.start + rng.choice(condition.levels, size=len(wrong))] = 1.0


class Meeting(NamedTuple):
    """Rows of several classes that meet conditions: their columns, their class codes (n,), and how they were found."""

    columns: list[Decoded]
    codes: NDArray[np.intp]
    record: Conditions


def rows_that_meet(
    conditions: Sequence[Condition],
    ranges: Sequence[Range],
    rows: RowsOf,
    decode: DecodeOf,
    classes: Sequence[object],
    streams: Streams,
) -> Meeting:
    """Return ranges of the endless tables of the rows of each class that meet conditions.

    Parameters
    ----------
    conditions : sequence of Condition
    ranges : sequence of (int, int, int)
        Class, start and stop.
    rows : callable
        ``rows(n, code, start)`` returns n encoded rows of the endless table of a class, float32 of shape (n, width).
    decode : callable
        ``decode(rows, codes, places)`` returns the columns of encoded rows.
    classes : sequence of labels
        For the record.
    streams : Streams
        The source of the draws of moved cells.

    Raises
    ------
    ParameterError
        If no row meets all conditions, moved or not.
    """
    parts: list[Found] = []
    records: list[ClassConditions] = []
    for code, start, stop in ranges:

        def own_rows(first: int, last: int, code: int = code) -> Matrix:
            return rows(last - first, code, first)

        def own_columns(encoded: Matrix, places: NDArray[np.int64], code: int = code) -> list[Decoded]:
            return decode(encoded, np.full(len(encoded), code), places)

        search = _Search(conditions, own_rows, own_columns, streams)
        found = search.find(start, stop)
        n_moved = int(found.is_moved.sum())
        departure = _departure(found.rows, own_rows, conditions)
        n_kept = len(found.rows) - n_moved
        records.append(ClassConditions(classes[code], search.n_candidates, search.n_met, n_kept, n_moved, departure))
        parts.append(found)
    codes = np.repeat([code for code, *_ in ranges], [len(each.rows) for each in parts])
    return Meeting(_joined_columns(parts), codes, Conditions(tuple(records)))


def _departure(found: Matrix, rows: Rows, conditions: Sequence[Condition]) -> float:
    """Return the energy distance to rows without conditions, over that of two samples of those."""
    n = min(len(found), N_MEASURED)
    given = {c for each in conditions for part in (each.numbers, each.scores) for c in range(part.start, part.stop)}
    others = [column for column in range(found.shape[1]) if column not in given]
    if n < 2 or not others:
        return float("nan")
    # Rows at distant places of the table share no block with the candidates.
    x, y, z = (
        found[:n][:, others],
        *(rows(2**40 + i * N_MEASURED, 2**40 + i * N_MEASURED + n)[:, others] for i in (0, 1)),
    )
    among = [pairwise_distances(each, each) for each in (x, y, z)]
    real = energy_distance(pairwise_distances(y, z), among[1], among[2], size=n)
    return energy_distance(pairwise_distances(x, y), among[0], among[1], size=n) / real if real > 0 else float("nan")


def _column(column: Decoded, rows: slice | NDArray[np.intp]) -> Decoded:
    if isinstance(column, Coded):
        return Coded(column.cells, column.codes[rows])
    return column[0][rows], column[1][rows]


def _taken(found: Found, rows: slice | NDArray[np.intp]) -> Found:
    columns = [_column(column, rows) for column in found.columns]
    return Found(found.rows[rows], found.places[rows], found.is_moved[rows], columns)


def _joined(parts: Sequence[Found]) -> Found:
    rows, places, is_moved = (np.concatenate([part[i] for part in parts]) for i in range(3))
    return Found(rows, places, is_moved, _joined_columns(parts))


def _joined_columns(parts: Sequence[Found]) -> list[Decoded]:
    return [_joined_column(several) for several in zip(*(part.columns for part in parts), strict=True)]


def _joined_column(parts: Sequence[Decoded]) -> Decoded:
    """Return a decoded column of the rows of several parts, one after the other."""
    first = parts[0]
    if isinstance(first, Coded) and all(isinstance(part, Coded) for part in parts):
        # All parts are decoded by one codec, whose cells they share.
        return Coded(first.cells, np.concatenate([part.codes for part in parts if isinstance(part, Coded)]))
    plain = [plain_part(part) for part in parts]
    return np.concatenate([values for values, _ in plain]), np.concatenate([missing for _, missing in plain])
