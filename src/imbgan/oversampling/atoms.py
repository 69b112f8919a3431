"""Shares of atoms: generated rows hold the values that dominate a number as often as real rows of their class do."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from imbgan.tabular.atoms import Atom

#: Generated rows per class from which shares are measured.
N_MEASURED = 8192
#: Rows with the mean shares of all classes that count beside the rows of a class: a value that no row of a small class
#: holds is rare there, not impossible.
PRIOR_ROWS = 1.0
#: Places beyond this are ends of the scale.
_END = 5.0
_BOUND = np.nextafter(np.float32(_END), np.float32(np.inf))
#: Least distance of two moved places, which float32 resolves.
_LEAST = 1e-3

# Called as `draw(code, n)`: generated rows (n, width) of a class, None if it was not learned.
Draw = Callable[[int, int], NDArray[np.float32] | None]


@dataclass(frozen=True)
class AtomShares:
    r"""Moves generated places so that each atom gets the share that it has among the real rows of the class.

    A generator maps noise smoothly to places, and undershoots or overshoots the share of an atom: in tables with many
    columns that are mostly 0, generated rows of a rare class hold up to twice as many other values as real ones. Let
    :math:`[a, b)` be the interval of the atom, :math:`p` and :math:`q` the shares of real rows of a class below and
    above it, and :math:`G` the distribution of generated places of this class. Then :math:`G^{-1}(p)` moves to
    :math:`a`, :math:`G^{-1}(1 - q)` to :math:`b`, the ends of the scale stay, and places between these are moved
    linearly. The order of rows stays, and so does the dependence between columns, as far as ranks describe it.

    Attributes
    ----------
    atoms : tuple of Atom
    ends : ndarray of float32 of shape (n_classes, n_atoms, 2)
        Places of generated rows that move to the start and the end of the interval of the atom, increasing, in
        (-5, 5). At an end of the scale, the start or end is that of the interval itself.

    Examples
    --------
    Three of four real rows hold the atom, and one of two generated rows:

    >>> atom = Atom(column=0, low=-5.0, high=0.0)
    >>> real = np.array([[-1.0], [-1.0], [-1.0], [1.0]], np.float32)
    >>> generated = np.linspace(-1, 1, 401, dtype=np.float32).reshape(-1, 1)
    >>> shares = AtomShares.measured([atom], real, np.zeros(4, int), 1, lambda code, n: generated)
    >>> moved = shares.apply(generated, 0)
    >>> print(f"{(generated < atom.high).mean():.2f} {(moved < atom.high).mean():.2f}")
    0.50 0.75
    """

    atoms: tuple[Atom, ...]
    ends: NDArray[np.float32]

    @classmethod
    def measured(
        cls, atoms: Sequence[Atom], rows: NDArray[np.float32], codes: NDArray[np.intp], n_classes: int, draw: Draw
    ) -> "AtomShares":
        """Measure the shares in real and in generated rows.

        Parameters
        ----------
        atoms : sequence of Atom
        rows : ndarray of float32 of shape (n, width)
            Encoded real rows.
        codes : ndarray of int of shape (n,)
            Their classes.
        n_classes : int
        draw : callable
            ``draw(code, n)`` returns generated rows of a class, None if the class was not learned.
        """
        ends = np.tile(
            np.array([(atom.low, atom.high) for atom in atoms], np.float32).reshape(-1, 2), (n_classes, 1, 1)
        )
        if not atoms:
            return cls((), ends)
        counts = np.stack([_counts(atoms, rows[codes == code]) for code in range(n_classes)])
        totals = counts.sum(axis=2, keepdims=True)
        means = (counts / np.maximum(totals, 1)).sum(axis=0) / np.maximum((totals > 0).sum(axis=0), 1)
        shares = (counts + PRIOR_ROWS * means) / (totals + PRIOR_ROWS)
        for code in range(n_classes):
            generated = draw(code, N_MEASURED)
            if generated is None:
                continue
            for index, atom in enumerate(atoms):
                places = generated[atom.among(generated), atom.column]
                if len(places):
                    ends[code, index] = _ends(atom, np.clip(places, -_END, _END), shares[code, index])
        return cls(tuple(atoms), ends)

    def is_valid(self, n_classes: int) -> bool:
        """Return whether the places fit atoms and classes; those of a saved model may not."""
        start, end = np.moveaxis(self.ends, -1, 0) if self.ends.shape[-1:] == (2,) else (np.nan, np.nan)
        is_ordered = bool(((start >= -_BOUND) & (start < end) & (end <= _BOUND)).all())
        return self.ends.shape == (n_classes, len(self.atoms), 2) and self.ends.dtype == np.float32 and is_ordered

    def apply(self, rows: NDArray[np.float32], code: int) -> NDArray[np.float32]:
        """Return generated rows (n, width) of a class with moved places."""
        if not self.atoms:
            return rows
        moved = rows.copy()
        for atom, (start, end) in zip(self.atoms, self.ends[code], strict=True):
            # An interval that begins or stops at an end of the scale has no place to be moved there.
            inner = [(a, b) for a, b in ((start, atom.low), (end, atom.high)) if not _is_end(b)]
            before, after = zip((-_END, -_END), *inner, (_END, _END), strict=True)
            moved[:, atom.column] = np.interp(rows[:, atom.column], before, after)
        return moved


def _counts(atoms: Sequence[Atom], rows: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return how many rows lie below, at and above each atom: (n_atoms, 3)."""
    counts = np.zeros((len(atoms), 3))
    for index, atom in enumerate(atoms):
        places = rows[atom.among(rows), atom.column]
        below, above = np.count_nonzero(places < atom.low), np.count_nonzero(places >= atom.high)
        counts[index] = below, len(places) - below - above, above
    return counts


def _ends(atom: Atom, places: NDArray[np.float32], shares: NDArray[np.float64]) -> tuple[float, float]:
    """Return the generated places that move to the start and the end of the atom."""
    start, end = np.quantile(places, [shares[0], 1.0 - shares[2]])
    start = atom.low if _is_end(atom.low) else np.clip(start, -_END + _LEAST, _END - 2 * _LEAST)
    end = atom.high if _is_end(atom.high) else np.clip(end, start + _LEAST, _END - _LEAST)
    return float(start), float(end)


def _is_end(place: float) -> bool:
    """Return whether a place is an end of the scale; all others lie well within it (``MIN_MASS``)."""
    return abs(place) > _END - _LEAST
