"""Runs: one line of JSON for each arm and learner on each subset, appended as soon as it is known."""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.images.learners import LEARNERS, arms_of, scores
from benchmarks.images.material import Material
from benchmarks.images.sets import Part
from benchmarks.quality.run import append, read_keys, versions

RESULTS = Path(__file__).parent / "results"
Key = tuple[str, int, str, str, int]

#: To which learners of rows raise a class at least; the network draws batches, and gets classes of one size.
N_ROWS = 400


def key_of(line: dict[str, Any]) -> Key:
    """Return what a line is about."""
    return line["set"], line["subset"], line["arm"], line["learner"], line["at_least"]


def recalls(predicted: NDArray[np.intp], part: Part, n_classes: int) -> list[float]:
    """Return the share of the images of each class that is predicted rightly."""
    return [float((predicted[part.y == code] == code).mean()) for code in range(n_classes)]


def measure(material: Material, arm: str, learner: str, at_least: int, *, on_test: bool = True) -> dict[str, Any]:
    """Return the line of one arm with one learner; ``on_test`` is false where choices are made."""
    part = material.subset.test if on_test else material.subset.validation
    what = arms_of(learner)[arm]
    if what.source.startswith("gan"):
        material.pool(what.source)  # trained before the clock runs
    began = time.perf_counter()
    found = scores(material, learner, what, part.X, at_least)
    seconds = time.perf_counter() - began
    each = recalls(found.values.argmax(axis=1), part, material.n_classes)
    return {
        "set": material.name,
        "subset": material.number,
        "arm": arm,
        "learner": learner,
        "at_least": at_least,
        "judged_by": "test" if on_test else "validation",
        "macro": round(float(np.mean(each)), 5),
        "rare3": round(float(np.mean([each[code] for code in material.subset.rare])), 5),
        "recalls": [round(recall, 4) for recall in each],
        "rows": found.n_rows,
        "divisor": found.divisor,
        "seconds": round(seconds, 2),
        "source_seconds": round(material.seconds.get(what.source, 0.0), 2),
        "versions": versions(),
    }


def run(
    name: str,
    numbers: Sequence[int],
    path: Path,
    cache: Path,
    *,
    arms: Sequence[str] | None = None,
    learners: Sequence[str] = LEARNERS,
    at_least: int | None = None,
    on_test: bool = True,
) -> None:
    """Run what the file has no lines for yet.

    Parameters
    ----------
    name : str
        A set.
    numbers : sequence of int
        Subsets.
    path : Path
        File of lines.
    cache : Path
        Folder of trained generators.
    arms : sequence of str, default=None
        All that fit a learner by default.
    learners : sequence of str, default=all
    at_least : int, default=None
        Rows per class; by default the largest class for the network, and 400 or the largest class for the others.
    on_test : bool, default=True
        Whether test images judge, and not validation images.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    done = read_keys(path, key_of)
    for number in numbers:
        material = Material(name, number, cache)
        for learner in learners:
            fitting = [arm for arm in arms_of(learner) if arms is None or arm in arms]
            n = at_least or _n_rows(material, learner)
            for arm in fitting:
                if (name, number, arm, learner, n) in done:
                    continue
                line = measure(material, arm, learner, n, on_test=on_test)
                append(path, line)
                print(
                    f"{name} {number} {learner} {arm}: macro {line['macro']:.3f}, three rarest {line['rare3']:.3f}, "
                    f"{line['seconds']:.0f} s",
                    flush=True,
                )


def _n_rows(material: Material, learner: str) -> int:
    largest = material.subset.largest()
    return largest if learner == "network" else min(N_ROWS, largest)
