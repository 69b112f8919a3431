"""Generators that are made of trees, as samplers of tables: adversarial random forests and ForestDiffusion.

Both make rows without a condition. ForestDiffusion learns one model per class in any case, and forests of all classes
would need hundreds of rows for one of the rare class; so each class that lacks rows has its own model, learned from its
rows alone. Their packages are installed in the environment of the benchmark (``README.md``).
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from benchmarks.quality.peers import Labels, PeerSampler, PeerTable


class _ClassByClass(PeerSampler):
    """A generator that learns from the rows of one class at a time, at its defaults.

    Parameters
    ----------
    sampling_strategy : as in imbalanced-learn, default="auto"
    random_state : int, default=0
    """

    def __init__(self, *, sampling_strategy: Any = "auto", random_state: int = 0) -> None:  # noqa: ANN401
        self.sampling_strategy = sampling_strategy
        self.random_state = random_state

    def _learn_and_draw(self, frame: pd.DataFrame, discrete: list[str], n: int) -> pd.DataFrame:
        """Return n rows like those of a frame."""
        raise NotImplementedError

    def _make(self, table: PeerTable, labels: Labels, wanted: Mapping[Any, int]) -> dict[Any, pd.DataFrame]:
        rows = {label: table.frame[labels == label].reset_index(drop=True) for label in wanted}
        drawn = {label: self._learn_and_draw(rows[label], table.discrete, n) for label, n in wanted.items()}
        return {label: found.dropna(ignore_index=True) for label, found in drawn.items()}


class ARFSampler(_ClassByClass):
    """Adversarial random forests: ``arfpy.arf`` at its defaults (Watson et al. 2023)."""

    def _learn_and_draw(self, frame: pd.DataFrame, discrete: list[str], n: int) -> pd.DataFrame:
        if not hasattr(np, "in1d"):  # NumPy 2.4 removed it; the package has not noticed
            setattr(np, "in1d", np.isin)  # noqa: B010 - NumPy's types do not know it
        from arfpy.arf import arf

        forest = arf(frame, verbose=False)
        forest.forde()
        return forest.forge(n)


class ForestDiffusionSampler(_ClassByClass):
    """Flow matching with boosted trees: ``ForestDiffusion`` at its defaults (Jolicoeur-Martineau et al. 2024)."""

    def _learn_and_draw(self, frame: pd.DataFrame, discrete: list[str], n: int) -> pd.DataFrame:
        from ForestDiffusion import ForestDiffusionModel

        matrix, places, levels = _columns_for_diffusion(frame, discrete)
        n_levels = {place: len(found) for place, found in zip(places, levels, strict=True)}
        model = ForestDiffusionModel(
            matrix,
            bin_indexes=[place for place in places if n_levels[place] <= 2],
            cat_indexes=[place for place in places if n_levels[place] > 2],
            n_jobs=1,
            nthread=1,
            seed=self.random_state,
        )
        drawn = model.generate(n)
        found: dict[str, Any] = {}
        for i, name in enumerate(name for name in frame.columns if name not in discrete):
            found[name] = drawn[:, i]
        names = [name for name in frame.columns if name in discrete]
        for name, place, values in zip(names, places, levels, strict=True):
            found[name] = values[drawn[:, place].astype(int)]
        return pd.DataFrame(found)[frame.columns.tolist()]


def _columns_for_diffusion(
    frame: pd.DataFrame, discrete: list[str]
) -> tuple[NDArray[np.float64], list[int], list[pd.Index]]:
    """Return numbers followed by codes, the places of the codes, and what they stand for.

    The package names dummy columns by the place of their column, and takes column 11 for column 1. Constant columns
    are put before the codes, so that all their places have equally many digits.
    """
    numbers = [name for name in frame.columns if name not in discrete]
    codes = [name for name in frame.columns if name in discrete]
    start, power = len(numbers), 1
    while max(start, power) + len(codes) > 10 * power:
        power *= 10
    first = max(start, power if start + len(codes) > 10 else start)
    matrix = np.zeros((len(frame), first + len(codes)))
    matrix[:, :start] = frame[numbers].to_numpy(np.float64)
    levels: list[pd.Index] = []
    for i, name in enumerate(codes):
        matrix[:, first + i], found = pd.factorize(frame[name])
        levels.append(found)
    return matrix, list(range(first, matrix.shape[1])), levels
