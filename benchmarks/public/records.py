"""The lines of a collection as results of the quality benchmark, whose statistics are used here."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.public.collections import COLLECTIONS, key_of
from benchmarks.public.methods import METHODS, OWN
from benchmarks.quality.records import MAIN, MEAN, Results

Line = Mapping[str, Any]
NONE = "none"


def read(path: Path) -> list[Line]:
    """Return the lines of a file; of lines about the same run, the last one.

    Members of ensembles are as many as in most lines; lines with another number are left out, as is a last line that
    was cut off.
    """
    written = path.read_text(encoding="utf-8").split("\n")[:-1] if path.exists() else []
    lines = {key_of(line): line for line in map(json.loads, written)}
    counts = Counter(line["members"] for line in lines.values())
    usual = counts.most_common(1)[0][0] if counts else 0
    return [line for line in lines.values() if line["members"] == usual]


def results_of(lines: Iterable[Line]) -> Results:
    """Return the lines as results; where a method cannot be applied, it counts as doing nothing."""
    return Results(
        {
            **line,
            "half": "public",
            "group": MAIN,
            "task": "binary" if line["counts"]["classes"] == 2 else "native",
            "rare": "natural",
            "fold": line["repeat"],
            "counts": {**line["counts"], "train_rare": line["counts"]["rare"] * 4 // 5},
        }
        for line in lines
    ).with_fallback(NONE)


def by_data_set(results: Results, learners: Mapping[str, Sequence[str]]) -> Results:
    """Return one figure for each method, data set and repeat: the mean over the learners named for the method.

    A method that is a classifier of its own has that figure.
    """
    lines: list[Line] = []
    for line in results.lines:
        own = OWN in line["learners"]
        chosen = [line["learners"].get(name) for name in ((OWN,) if own else learners.get(line["method"], ()))]
        if line["status"] == "ok" and chosen and all(chosen):
            shared = set.intersection(*(set(figures) for figures in chosen))
            means = {name: float(np.mean([figures[name] for figures in chosen])) for name in sorted(shared)}
            lines.append({**line, "learners": {MEAN: means}})
    return Results(lines)


class Figures:
    """What the lines of a collection say.

    Parameters
    ----------
    name : str
        Of the collection.
    lines : sequence of mapping

    Attributes
    ----------
    learners : list of str
        Those that doing nothing has figures of.
    methods : list of str
        Those that were run on every data set that doing nothing was run on, in the order of the benchmark.
    fewer : list of str
        The other ones.
    results : Results
        Of ``methods``, over the repeats that all of them have.
    sets : Results
        The same, as means over the learners.
    """

    def __init__(self, name: str, lines: Sequence[Line]) -> None:
        self.lines = lines
        self.results = results_of(lines)
        of_none = {learner for _, learner in self.results.pairs(NONE)}
        self.learners = [learner for learner in COLLECTIONS[name].learners if learner in of_none]
        repeats: dict[str, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
        for line in lines:
            repeats[line["method"]][line["table"]].add(line["repeat"])
        known = [method for method in METHODS if method in self.results.methods]
        self.tables = sorted(repeats[NONE]) if NONE in repeats else []
        self.methods = [method for method in known if all(repeats[method][table] for table in self.tables)]
        self.fewer = [method for method in known if method not in self.methods]
        shared = {
            table: set.intersection(*(repeats[method][table] for method in self.methods))
            for table in self.tables
            if self.methods
        }
        self.everything = self.means(self.results)
        self.results = Results(
            line
            for line in self.results.lines
            if line["method"] in self.methods and line["fold"] in shared.get(line["table"], ())
        )
        self.sets = self.means(self.results)

    def means(self, results: Results) -> Results:
        """Return the means over the learners."""
        return by_data_set(results, dict.fromkeys(METHODS, self.learners))

    def at_best_learner(self, metric: str) -> tuple[Results, dict[str, str]]:
        """Return every method with the learner that has the highest mean, and these learners."""
        best: dict[str, str] = {}
        for method in self.methods:
            means = {}
            for learner in self.learners:
                _, values = self.results.aligned([method], metric, [learner])
                if len(values):
                    means[learner] = float(values.mean())
            if means:
                best[method] = max(means, key=lambda name: means[name])
        return by_data_set(self.results, {method: [learner] for method, learner in best.items()}), best
