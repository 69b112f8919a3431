"""The JSON lines of the runs, read back: average precision by set, rare texts, encoder, arm, learner and draw."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t as student

from benchmarks.images.records import read_lines
from benchmarks.text.texts import FIRST_DEVELOPMENT, SETS

Line = Mapping[str, Any]
METRIC = "average_precision"


class Way(NamedTuple):
    """What was done: in which vectors, by which arm, with which learner."""

    encoder: str
    arm: str = "none"
    learner: str = "linear"


class Gain(NamedTuple):
    """A mean difference over sets and draws, the half width of its 95 % interval, and the number of differences.

    Sets are fixed, so that the interval is about other draws of the same sets. NaN with one draw per set.
    """

    mean: float
    half_width: float
    n: int


def read(folder: Path) -> list[Line]:
    """Return the lines of all sets.

    Raises
    ------
    ValueError
        A line that is no JSON object, or lacks what says which run it is.
    """
    lines: list[Line] = []
    for file in sorted(folder.glob("*.jsonl")):
        for line in read_lines(file):
            wanted = ("set", "rare", "draw", "encoder", "arm", "learners")
            if not isinstance(line, dict) or any(key not in line for key in wanted):
                raise ValueError(f"{file.name} must hold lines of runs with {', '.join(wanted)}. Got {str(line)[:80]}.")
            lines.append(line)
    return lines


def gain(differences: Sequence[NDArray[np.float64]]) -> Gain | None:
    """Return the mean of per-set differences over draws, every set with the same weight; None without any.

    Parameters
    ----------
    differences : sequence of ndarray of shape (n_draws_of_the_set,)
        One array per set. The variance over draws is that of all sets together.
    """
    parts = [part for part in differences if len(part)]
    if not parts:
        return None
    n = sum(map(len, parts))
    mean, freedom = float(np.mean([part.mean() for part in parts])), n - len(parts)
    if freedom < 1:
        return Gain(mean, float("nan"), n)
    variance = sum(float(((part - part.mean()) ** 2).sum()) for part in parts) / freedom
    error = np.sqrt(variance * sum(1.0 / len(part) for part in parts)) / len(parts)
    return Gain(mean, float(student.ppf(0.975, freedom) * error), n)


class Results:
    """Average precision by set, number of rare texts, way and draw, from the claims' draws alone.

    Parameters
    ----------
    lines : sequence of mapping
        Lines on draws for choices are left out.
    """

    def __init__(self, lines: Sequence[Line]) -> None:
        self.lines = [line for line in lines if line["draw"] < FIRST_DEVELOPMENT]
        self._figures: dict[tuple[str, int, Way], dict[int, float]] = defaultdict(dict)
        for line in self.lines:
            for learner, found in line["learners"].items():
                way = Way(line["encoder"], line["arm"], learner)
                self._figures[line["set"], line["rare"], way][line["draw"]] = float(found[METRIC])

    @property
    def sets(self) -> list[str]:
        """Return the sets with any line, in the order of :data:`SETS`."""
        known = {line["set"] for line in self.lines}
        return [name for name in SETS if name in known]

    @property
    def rare(self) -> list[int]:
        """Return the numbers of rare texts with any line."""
        return sorted({line["rare"] for line in self.lines})

    def ways(self, rare: int) -> list[Way]:
        """Return the ways with any line, in order of appearance."""
        return list(dict.fromkeys(way for _, n, way in self._figures if n == rare))

    def draws(self, name: str, rare: int, *ways: Way) -> list[int]:
        """Return the draws that all of these ways have."""
        return sorted(set.intersection(*(set(self._figures.get((name, rare, way), {})) for way in ways)))

    def values(self, name: str, rare: int, way: Way, draws: Sequence[int]) -> NDArray[np.float64]:
        """Return average precisions, one per draw."""
        found = self._figures[name, rare, way]
        return np.array([found[number] for number in draws])

    def mean(self, name: str, rare: int, way: Way) -> float | None:
        """Return the mean over draws, or None without any."""
        draws = self.draws(name, rare, way)
        return float(self.values(name, rare, way, draws).mean()) if draws else None

    def gain(self, names: Sequence[str], rare: int, ours: Way, other: Way) -> Gain | None:
        """Return how far one way is ahead of another, on the draws that both have."""
        return gain([self.differences(name, rare, ours, other) for name in names])

    def differences(self, name: str, rare: int, ours: Way, other: Way) -> NDArray[np.float64]:
        """Return the differences on one set, one per draw that both have."""
        draws = self.draws(name, rare, ours, other)
        if not draws:
            return np.empty(0)
        return self.values(name, rare, ours, draws) - self.values(name, rare, other, draws)
