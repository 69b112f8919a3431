"""Every figure beside its real-versus-real baseline: repeated random halves of the real rows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from imbgan.quality.results import Measure

Indices = NDArray[np.intp]
# (rows of real halves, rows compared with them) -> one figure a split (and name).
Figure = Callable[[Indices, Indices], NDArray[np.floating]]

# Percentiles of 20 splits are coarse, but a mean and a rough interval is all that is read off them.
N_SPLITS = 20
# Halves of fewer rows say nothing: two figures of one distribution differ by more than any fault.
MIN_HALF = 8
NO_BASELINE = f"fewer than {2 * MIN_HALF} real or {MIN_HALF} generated rows: no baseline"


@dataclass(frozen=True)
class Splits:
    """Positions in a pool of rows: first the real ones, behind them the generated ones.

    Parameters
    ----------
    real : ndarray of shape (r, s)
        One half of the real rows, a row a split.
    peer : ndarray of shape (r, s) or None
        The other half; None where there are too few rows for a baseline.
    synthetic : ndarray of shape (r, s)
        As many generated rows (all of them without a baseline).
    n_real, n_synthetic : int
        Rows in the pool.
    """

    real: Indices
    peer: Indices | None
    synthetic: Indices
    n_real: int
    n_synthetic: int

    @classmethod
    def draw(cls, n_real: int, n_synthetic: int, rng: np.random.Generator) -> "Splits":
        """Draw the splits for so many rows; halves have as many rows as both sides can give."""
        size = min(n_real // 2, n_synthetic)
        generated = n_real + np.arange(n_synthetic)
        if size < MIN_HALF:
            return cls(np.arange(n_real)[None], None, generated[None], n_real, n_synthetic)
        orders = rng.permuted(np.tile(np.arange(n_real), (N_SPLITS, 1)), axis=1)
        drawn = rng.permuted(np.tile(generated, (N_SPLITS, 1)), axis=1)[:, :size]
        return cls(orders[:, :size], orders[:, size : 2 * size], drawn, n_real, n_synthetic)

    def membership(self, indices: Indices) -> NDArray[np.float32]:
        """Return ``indices`` as 0 and 1 over the pool, shape (r, n_real + n_synthetic)."""
        member = np.zeros((len(indices), self.n_real + self.n_synthetic), np.float32)
        np.put_along_axis(member, indices, 1.0, axis=1)
        return member

    def measures(self, names: Sequence[str], figure: Figure) -> tuple[Measure, ...]:
        """Return figures that are computed together, ``figure`` giving shape (r, len(names)), each a Measure."""
        values = figure(self.real, self.synthetic)
        baselines = None if self.peer is None else figure(self.real, self.peer)
        return tuple(
            summarize(name, values[:, i], None if baselines is None else baselines[:, i])
            for i, name in enumerate(names)
        )

    def measure(self, name: str, figure: Figure) -> Measure:
        """Return one figure, ``figure`` giving shape (r,), as a Measure."""
        return self.measures((name,), lambda real, other: figure(real, other)[:, None])[0]


def summarize(
    name: str, values: NDArray[np.floating], baselines: NDArray[np.floating] | None, note: str = ""
) -> Measure:
    """Return the mean over splits, with mean and 2.5 and 97.5 % points of the baselines; NaN counts as not computed."""
    values = values[np.isfinite(values)]
    if not len(values):
        return Measure(name, None, note=note or "cannot be computed from these rows")
    value = float(values.mean())
    finite = np.zeros(0) if baselines is None else baselines[np.isfinite(baselines)]
    if not len(finite):
        return Measure(name, value, note=note or NO_BASELINE)
    low, high = np.percentile(finite, [2.5, 97.5])
    return Measure(name, value, float(finite.mean()), float(low), float(high), note)
