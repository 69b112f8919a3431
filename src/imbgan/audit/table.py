"""The table of an audit: who can be learned from or not, and how all see the rows."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from imbgan._text import did_you_mean, listed
from imbgan.audit.attacks import Sight
from imbgan.audit.results import Note
from imbgan.exceptions import DataError, ParameterError
from imbgan.quality.encoding import encode, row_numbers
from imbgan.quality.rows import Cells, Field, Role, read_rows
from imbgan.random import Streams
from imbgan.tabular import eager, n_rows, take
from imbgan.tabular.labels import Labels, label_text, read_labels

Positions = NDArray[np.intp]

#: Fewer different rare rows cannot be split and attacked.
MIN_RARE = 20
#: Fewer learned rows, or fewer unseen ones, tell nothing of either side.
MIN_SIDE = 5
#: Larger classes are cut at random, since all distances between rows are measured.
MAX_RARE = 2_000
MAX_COMMON = 10_000


@dataclass(frozen=True)
class View:
    """In which form attackers compare rows.

    Parameters
    ----------
    of : callable, default=the rows themselves
        Called with rows of the audit, returns the table that is compared; equal rows of one call stay equal.
    kinds : mapping or None, default=None
        Kinds of the columns of this table, as for the samplers.
    has_cells : bool, default=True
        Whether a cell is a fact about a row, so that it tells something to guess one.
    is_linear : bool, default=True
        Whether rows on a line stay on a line.
    notes : tuple of Note, default=()
        What the reader of the results must know of it.
    """

    of: Callable[[object], object] = lambda rows: rows
    kinds: Mapping[str | int, str] | None = None
    has_cells: bool = True
    is_linear: bool = True
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True)
class AuditTable:
    """A table, cut where it is large, with the rows of the rare class as candidates.

    Parameters
    ----------
    X : container
    y : ndarray of shape (n_rows,)
        Labels.
    label : object
        The label of the rare class.
    text : str
        The same as text.
    candidates : ndarray of int of shape (n,)
        Positions of the different rows of the rare class.
    equal : ndarray of int of shape (n_rows,)
        For each row of the rare class, the number of its candidate (equal rows go together); -1 for other rows.
    common : ndarray of int of shape (c,)
        Positions of the rows of other classes.
    view : View
    seen : container
        ``X`` as attackers compare it.
    cut : dict of str to (int, int)
        ``"rare"`` and ``"common"`` -> number of rows that were used and that there were, where these differ.
    """

    X: object
    y: NDArray[np.generic]
    label: object
    text: str
    candidates: Positions
    equal: Positions
    common: Positions
    view: View
    seen: object
    cut: dict[str, tuple[int, int]]

    def training_rows(self, member: NDArray[np.bool_]) -> Positions:
        """Return the positions of all common rows and of the rare rows whose candidates are members."""
        return np.flatnonzero((self.equal < 0) | member[self.equal])

    def encoded_candidates(self) -> NDArray[np.float64]:
        """Return the candidates as a matrix in which distances are measured, shape (n, width)."""
        fields, rows = read_rows({"real": take(self.seen, self.candidates)}, None, self.view.kinds)
        return encode(fields, rows["real"].cells, [rows["real"].cells])[0]

    def look(self, generated: object) -> "Look":
        """Return how an attacker sees the table and these generated rows of its rare class."""
        n = len(self.candidates)
        tables: dict[Role, object] = {"real": (self.seen, self.y), "synthetic": self.view.of(generated)}
        fields, rows = read_rows(tables, None, self.view.kinds)
        real, generated_cells = rows["real"].cells, rows["synthetic"].cells
        rare, common = real[self.candidates], real[self.common]
        # Scales are fitted to as many common rows as rare ones, so that they resolve the rare class.
        scale = np.concatenate([rare, common[np.linspace(0, len(common) - 1, min(n, len(common))).astype(np.intp)]])
        blocks = [
            encode((field,), scale[:, [j]], [cells[:, [j]] for cells in (rare, generated_cells, common)])
            for j, field in enumerate(fields)
        ]
        candidates, generated_blocks, common_blocks = zip(*blocks, strict=True)
        sight = Sight(
            np.hstack(candidates),
            np.hstack(generated_blocks),
            np.hstack(common_blocks),
            _equal_cells(rare, generated_cells),
        )
        continuous = _continuous(fields, rare) if self.view.is_linear else []
        deviation = np.nanstd(rare[:, continuous], axis=0) if continuous else np.ones(0)
        return Look(
            sight,
            tuple(candidates),
            tuple(generated_blocks),
            rare[:, continuous] / deviation,
            generated_cells[:, continuous] / deviation,
            self.view.has_cells,
        )


@dataclass(frozen=True)
class Look:
    """What all attacks need of one source.

    Parameters
    ----------
    sight : Sight
    candidate_columns, generated_columns : tuple of ndarray
        The encoded rows, column by column of the table.
    candidate_numbers, generated_numbers : ndarray of shape (n, k), (m, k)
        The continuous columns on a linear scale, which interpolation keeps straight; NaN where missing.
    has_cells : bool
        As in :class:`View`.
    """

    sight: Sight
    candidate_columns: tuple[NDArray[np.float64], ...]
    generated_columns: tuple[NDArray[np.float64], ...]
    candidate_numbers: NDArray[np.float64]
    generated_numbers: NDArray[np.float64]
    has_cells: bool


def read_audit_table(
    X: object,
    y: object,
    label: Hashable | None,
    look: Callable[[object], View],
    streams: Streams,
) -> AuditTable:
    """Read a table and its labels, and cut it.

    Parameters
    ----------
    X, y, label
        As for :func:`imbgan.audit`.
    look : callable
        Called with the rows that are left, returns how attackers compare them.
    streams : Streams
        For the cut.

    Raises
    ------
    DataError
        If the rare class has fewer than ``MIN_RARE`` different rows, or if there is no other class.
    ParameterError
        If ``label`` is no class.
    """
    labels, held = read_labels(y), eager(X)
    labels.check_rows(n_rows(held))
    code = _code(labels, label)
    rows, cut = _cut(labels, code, streams)
    held, codes = take(held, rows), labels.codes[rows]
    view = look(held)
    seen = view.of(held)
    numbers = row_numbers([read_rows({"real": seen}, None, view.kinds)[1]["real"].cells])[0]
    rare = np.flatnonzero(codes == code)
    _, first, place = np.unique(numbers[rare], return_index=True, return_inverse=True)
    if len(first) < MIN_RARE:
        raise DataError(
            f"An audit needs at least {MIN_RARE} different rows of the rare class. The class "
            f"{labels.texts[code]!r} has {len(first)}; collect more, or audit a larger class (label=)."
        )
    equal = np.full(len(codes), -1)
    equal[rare] = place.reshape(-1)
    return AuditTable(
        held,
        labels.classes[codes],
        labels.classes.tolist()[code],
        labels.texts[code],
        rare[first],
        equal,
        np.flatnonzero(codes != code),
        view,
        seen,
        cut,
    )


def _code(labels: Labels, label: Hashable | None) -> int:
    if len(labels.classes) < 2:
        raise DataError("An audit needs rows of two classes or more. Got one class; add the rows of the others.")
    if label is None:
        # Of equally frequent classes the last one, as in a comparison.
        return int(len(labels.counts) - 1 - np.argmin(labels.counts[::-1]))
    wanted = label_text(label)
    if wanted not in labels.texts:
        raise ParameterError(
            f"'label' must be a class of y. Got {label!r}.{did_you_mean(wanted, labels.texts)} The classes are "
            f"{listed(labels.texts)}."
        )
    return labels.texts.index(wanted)


def _cut(labels: Labels, code: int, streams: Streams) -> tuple[Positions, dict[str, tuple[int, int]]]:
    is_rare = labels.codes == code
    parts: list[Positions] = []
    cut: dict[str, tuple[int, int]] = {}
    for name, rows, most in (
        ("rare", np.flatnonzero(is_rare), MAX_RARE),
        ("common", np.flatnonzero(~is_rare), MAX_COMMON),
    ):
        if len(rows) > most:
            cut[name] = (most, len(rows))
            rows = np.sort(streams.generator("cut", name).permutation(rows)[:most])
        parts.append(rows)
    return np.sort(np.concatenate(parts)), cut


def _equal_cells(candidates: Cells, generated: Cells) -> NDArray[np.float64]:
    """Return the largest share of cells of a candidate that one generated row has as well; missing cells are equal."""
    n_equal = np.zeros((len(candidates), len(generated)), np.int32)
    for x, g in zip(candidates.T, generated.T, strict=True):
        n_equal += (x[:, None] == g) | (np.isnan(x)[:, None] & np.isnan(g))
    return n_equal.max(axis=1) / max(candidates.shape[1], 1)


def _continuous(fields: tuple[Field, ...], rare: Cells) -> list[int]:
    """Return the columns of measured numbers that are hardly ever missing: those in which lines stay straight."""
    return [
        j
        for j, field in enumerate(fields)
        if field.is_number
        and field.family == "float"
        and np.isnan(rare[:, j]).mean() <= 0.05
        and (rare[:, j] % 1 != 0).mean() > 0.2
        and np.nanstd(rare[:, j]) > 0
    ]
