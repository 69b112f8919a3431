"""Measures with their baselines, from repeated random halves of the real rows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from imbgan.quality.results import Measure

Indices = NDArray[np.intp]
# (rows of real halves, rows compared with them) -> one figure per split (and per name).
Figure = Callable[[Indices, Indices], NDArray[np.floating]]

# Percentiles of 20 splits are coarse, but only a mean and a rough interval are needed.
N_SPLITS = 20
# Smaller halves tell nothing, since two samples of one distribution differ by more than any fault.
MIN_HALF = 8
NO_BASELINE = f"there is no baseline with fewer than {2 * MIN_HALF} real or {MIN_HALF} generated rows"


@dataclass(frozen=True)
class Splits:
    """Positions in pooled rows: first the real ones, then the generated ones.

    Parameters
    ----------
    real : ndarray of shape (r, s)
        One half of the real rows, for each of r splits.
    peer : ndarray of shape (r, s) or None
        The other half; None if there are too few rows for a baseline.
    synthetic : ndarray of shape (r, s)
        As many generated rows; all of them if there is no baseline.
    n_real, n_synthetic : int
        Numbers of pooled rows.
    """

    real: Indices
    peer: Indices | None
    synthetic: Indices
    n_real: int
    n_synthetic: int

    @classmethod
    def draw(cls, n_real: int, n_synthetic: int, rng: np.random.Generator) -> "Splits":
        """Draw the splits; halves have as many rows as both real and generated rows allow."""
        size = min(n_real // 2, n_synthetic)
        generated = n_real + np.arange(n_synthetic)
        if size < MIN_HALF:
            return cls(np.arange(n_real)[None], None, generated[None], n_real, n_synthetic)
        orders = rng.permuted(np.tile(np.arange(n_real), (N_SPLITS, 1)), axis=1)
        drawn = rng.permuted(np.tile(generated, (N_SPLITS, 1)), axis=1)[:, :size]
        return cls(orders[:, :size], orders[:, size : 2 * size], drawn, n_real, n_synthetic)

    def membership(self, indices: Indices) -> NDArray[np.float32]:
        """Return ``indices`` as 0 and 1 for all pooled rows, shape (r, n_real + n_synthetic)."""
        member = np.zeros((len(indices), self.n_real + self.n_synthetic), np.float32)
        np.put_along_axis(member, indices, 1.0, axis=1)
        return member

    def measures(self, names: Sequence[str], figure: Figure) -> tuple[Measure, ...]:
        """Return one Measure per name; ``figure`` computes them together, in shape (r, len(names))."""
        values = figure(self.real, self.synthetic)
        baselines = None if self.peer is None else figure(self.real, self.peer)
        return tuple(
            summarize(name, values[:, i], None if baselines is None else baselines[:, i])
            for i, name in enumerate(names)
        )

    def measure(self, name: str, figure: Figure) -> Measure:
        """Return one Measure; ``figure`` returns shape (r,)."""
        return self.measures((name,), lambda real, other: figure(real, other)[:, None])[0]


def summarize(
    name: str, values: NDArray[np.floating], baselines: NDArray[np.floating] | None, note: str = ""
) -> Measure:
    """Return the mean over splits, and the mean and 95 % interval of the baselines; NaN values do not count."""
    values = values[np.isfinite(values)]
    if not len(values):
        return Measure(name, None, note=note or "it cannot be computed from these rows")
    value = float(values.mean())
    finite = np.zeros(0) if baselines is None else baselines[np.isfinite(baselines)]
    if not len(finite):
        return Measure(name, value, note=note or NO_BASELINE)
    low, high = np.percentile(finite, [2.5, 97.5])
    return Measure(name, value, float(finite.mean()), float(low), float(high), note)
