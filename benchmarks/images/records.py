"""The JSON lines of the runs, read back: macro accuracy and that of the three rarest classes, by subset."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks.images.sets import FIRST_DEVELOPMENT, SETS

Line = Mapping[str, Any]
METRICS = ("macro", "rare3")
#: Shares of a smaller gain would be noise.
LEAST_GAIN = 0.02

#: Files of lines that are not about arms.
OTHER_FILES = ("likeness",)


def read(folder: Path) -> list[Line]:
    """Return the lines of the runs of all sets; of lines about the same run, the last one.

    Raises
    ------
    ValueError
        A line that is no JSON object, or lacks what says which run it is.
    """
    found: dict[tuple[object, ...], Line] = {}
    for file in sorted(folder.glob("*.jsonl")):
        if file.stem in OTHER_FILES:
            continue
        for line in read_lines(file):
            try:
                found[line["set"], line["subset"], line["arm"], line["learner"], line["at_least"]] = line
            except (KeyError, TypeError) as error:
                raise ValueError(f"{file.name} must hold lines of runs. Got {str(line)[:80]} ({error!r}).") from error
    return list(found.values())


def read_lines(file: Path) -> list[Line]:
    """Return the JSON objects of a file; a last line that was cut off is left out."""
    if not file.exists():
        return []
    lines: list[Line] = []
    for number, text in enumerate(file.read_text(encoding="utf-8").split("\n")[:-1], start=1):
        try:
            lines.append(json.loads(text))
        except ValueError as error:
            raise ValueError(f"Line {number} of {file.name} must be JSON. Got {text[:60]!r}: remove it.") from error
    return lines


class Pair(NamedTuple):
    """Two arms on the subsets that both have: ``gains`` of the first over the second, one per subset."""

    gains: NDArray[np.float64]

    @property
    def mean(self) -> float:
        """Return the mean gain."""
        return float(self.gains.mean())

    @property
    def standard_error(self) -> float:
        """Return the standard error of the mean over subsets; NaN with fewer than two."""
        n = len(self.gains)
        return float(self.gains.std(ddof=1) / np.sqrt(n)) if n > 1 else float("nan")

    @property
    def n_ahead(self) -> int:
        """Return the number of subsets in which the first is ahead."""
        return int((self.gains > 0).sum())


class Results:
    """Figures by set, learner, arm and subset, from the claims' subsets alone.

    Parameters
    ----------
    lines : sequence of mapping
        Lines on validation images and on subsets for choices are left out.

    Attributes
    ----------
    lines : list of mapping
    """

    def __init__(self, lines: Sequence[Line]) -> None:
        self.lines = [line for line in lines if line["judged_by"] == "test" and line["subset"] < FIRST_DEVELOPMENT]
        self._figures: dict[tuple[str, str, str], dict[int, tuple[float, ...]]] = defaultdict(dict)
        for line in self.lines:
            key = (line["set"], line["learner"], line["arm"])
            self._figures[key][line["subset"]] = tuple(float(line[metric]) for metric in METRICS)

    @property
    def sets(self) -> list[str]:
        """Return the sets with any line, in the order of :data:`SETS`."""
        known = {name for name, *_ in self._figures}
        return [name for name in SETS if name in known]

    def arms(self, name: str, learner: str) -> list[str]:
        """Return the arms with any line, in order of appearance."""
        return [arm for found, other, arm in self._figures if (found, other) == (name, learner)]

    def subsets(self, name: str, learner: str, arms: Sequence[str]) -> list[int]:
        """Return the subsets that all of these arms have."""
        return sorted(set.intersection(*(set(self._figures.get((name, learner, arm), {})) for arm in arms)))

    def figures(self, name: str, learner: str, arm: str, subsets: Sequence[int], metric: str) -> NDArray[np.float64]:
        """Return one number per subset."""
        found, place = self._figures[name, learner, arm], METRICS.index(metric)
        return np.array([found[number][place] for number in subsets])

    def pair(self, names: Sequence[str], learner: str, ours: str, other: str, metric: str) -> Pair | None:
        """Return two arms beside one another on the subsets of some sets; None where there are none."""
        gains = [
            self.figures(name, learner, ours, shared, metric) - self.figures(name, learner, other, shared, metric)
            for name in names
            if (shared := self.subsets(name, learner, [ours, other]))
        ]
        return Pair(np.concatenate(gains)) if gains else None

    def share(self, names: Sequence[str], learner: str, arm: str, ceiling: str, metric: str) -> float | None:
        """Return which share of the ceiling's gain over doing nothing an arm takes, in means over subsets.

        None where the ceiling gains less than :data:`LEAST_GAIN`, as for a learner that cannot learn the set at all.
        """
        ours, best = [], []
        for name in names:
            shared = self.subsets(name, learner, [arm, ceiling, "none"])
            if shared:
                none = self.figures(name, learner, "none", shared, metric)
                ours.append(self.figures(name, learner, arm, shared, metric) - none)
                best.append(self.figures(name, learner, ceiling, shared, metric) - none)
        gain = float(np.concatenate(best).mean()) if best else 0.0
        return float(np.concatenate(ours).mean()) / gain if gain >= LEAST_GAIN else None
