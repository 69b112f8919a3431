"""The table of an audit: who can be learned from or not, and how all see the rows."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone

from imbgan._text import did_you_mean, listed
from imbgan.audit.attacks import Sight, TextCells, text_scores
from imbgan.audit.results import Note
from imbgan.audit.texts import AuditTexts
from imbgan.exceptions import DataError, ParameterError
from imbgan.learners.text_estimators import with_texts
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
    texts : AuditTexts or None, default=None
        The columns of text; they are no part of what ``of`` returns unless rows are texts alone.
    """

    of: Callable[[object], object] = lambda rows: rows
    kinds: Mapping[str | int, str] | None = None
    has_cells: bool = True
    is_linear: bool = True
    notes: tuple[Note, ...] = ()
    texts: AuditTexts | None = None


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
        ``X`` as attackers compare it, without columns of text.
    text_cells : tuple of TextCells
        The columns of text of all rows.
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
    text_cells: tuple[TextCells, ...]
    cut: dict[str, tuple[int, int]]

    def training_rows(self, member: NDArray[np.bool_]) -> Positions:
        """Return the positions of all common rows and of the rare rows whose candidates are members."""
        return np.flatnonzero((self.equal < 0) | member[self.equal])

    def encoded_candidates(self) -> NDArray[np.float64]:
        """Return the candidates as a matrix in which distances are measured, shape (n, width)."""
        fields, rows = read_rows({"real": self.seen}, None, self.view.kinds)
        cells = rows["real"].cells[self.candidates]
        encoded = encode(fields, cells, [cells])[0]
        texts = [own.numbers[self.candidates] for own in self.text_cells if self._has_text_blocks]
        return np.hstack([encoded, *texts])

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
        texts = () if self.view.texts is None else self.view.texts.cells(generated)
        pairs = list(zip(self.text_cells, texts, strict=True))
        handed = [(own, new) for own, new in pairs if self._has_text_blocks and not new.is_empty]
        blocks += [[own.numbers[self.candidates], new.numbers, own.numbers[self.common]] for own, new in handed]
        candidates, generated_blocks, common_blocks = zip(*blocks, strict=True)
        sight = Sight(
            np.hstack(candidates),
            np.hstack(generated_blocks),
            np.hstack(common_blocks),
            _equal_cells(rare, generated_cells, [(own.part(self.candidates), new) for own, new in handed]),
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
            text_scores([(own.part(self.candidates), new) for own, new in pairs]),
            bool(texts) and all(new.is_empty for new in texts),
        )

    @property
    def _has_text_blocks(self) -> bool:
        """Whether columns of text are compared beside others; of texts alone, the view has the numbers."""
        return self.view.texts is not None and not self.view.texts.alone

    def learner(self, estimator: Any) -> Any:  # noqa: ANN401 - any classifier
        """Return a classifier that can learn rows of this table."""
        return clone(estimator) if self.view.texts is None else with_texts(estimator, self.view.texts.encoders)

    def lesson(self, estimator: Any, X: object, generated: object) -> tuple[Any, object, object]:  # noqa: ANN401
        """Return a classifier that can learn rows of X beside generated ones, and X and the candidates for it."""
        candidates = take(self.X, self.candidates)
        texts = self.view.texts
        if texts is None:
            return clone(estimator), X, candidates
        if texts.hold_vectors(generated):
            return clone(estimator), texts.vectors(X), texts.vectors(candidates)
        # A classifier would learn that a missing text is a rare one.
        lacks = all(cells.is_empty for cells in texts.cells(generated)) and not texts.alone
        encoders = dict.fromkeys(texts.encoders) if lacks else texts.encoders
        return with_texts(estimator, encoders), X, candidates


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
    text_scores : dict of str to ndarray of shape (n,)
        The scores of the attacks on texts; empty if generated rows can hold none.
    lacks_texts : bool
        Whether there are columns of text, in which no generated row holds a text.
    """

    sight: Sight
    candidate_columns: tuple[NDArray[np.float64], ...]
    generated_columns: tuple[NDArray[np.float64], ...]
    candidate_numbers: NDArray[np.float64]
    generated_numbers: NDArray[np.float64]
    has_cells: bool
    text_scores: dict[str, NDArray[np.float64]]
    lacks_texts: bool


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
    text_cells = () if view.texts is None else view.texts.cells(held)
    cells = read_rows({"real": seen}, None, view.kinds)[1]["real"].cells
    numbers = row_numbers([np.column_stack([cells, *map(_text_codes, text_cells)])])[0]
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
        text_cells,
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


def _text_codes(cells: TextCells) -> NDArray[np.float64]:
    """Return a number for each text (n,); equal texts have equal numbers."""
    codes: dict[object, int] = {}
    texts = cells.texts if cells.texts is not None else ()
    return np.array([codes.setdefault(text, len(codes)) for text in texts], np.float64)


def _equal_cells(
    candidates: Cells, generated: Cells, texts: Sequence[tuple[TextCells, TextCells]]
) -> NDArray[np.float64]:
    """Return the largest share of cells of a candidate that one generated row has as well; missing cells are equal."""
    n_equal = np.zeros((len(candidates), len(generated)), np.int32)
    for x, g in zip(candidates.T, generated.T, strict=True):
        n_equal += (x[:, None] == g) | (np.isnan(x)[:, None] & np.isnan(g))
    n_columns = candidates.shape[1]
    for own, new in texts:
        if own.texts is not None and new.texts is not None:
            n_equal += own.texts[:, None] == new.texts
            n_columns += 1
    return n_equal.max(axis=1) / max(n_columns, 1)


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
