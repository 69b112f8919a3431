"""The figures of a collection as Markdown, with the published ones beside them."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import compress
from pathlib import Path

import numpy as np

from benchmarks.public import published
from benchmarks.public.collections import COLLECTIONS, means

TITLES = {
    "f1": "F1 of what the method predicts",
    "f1_tuned": "F1 at the threshold that was best on the other folds",
    "kappa": "Cohen's kappa of what the method predicts",
    "average_precision": "Average precision",
}
Figures = Mapping[str, Mapping[str, Mapping[str, float]]]


def report(name: str, path: Path) -> Iterator[str]:
    """Yield the lines of the report of a collection."""
    for metric, title in TITLES.items():
        found = means(path, metric)
        if found:
            yield from _overview(name, metric, title, found)
            yield ""
    if name == "convgen":
        yield from _by_table(means(path, "f1"))


def complete(found: Figures, learners: Sequence[str]) -> set[str]:
    """Return the data sets for which every method has a figure with every learner."""
    parts = [set(found[method].get(learner, {})) for method in found for learner in learners]
    return set.intersection(*parts)


def _overview(name: str, metric: str, title: str, found: Figures) -> Iterator[str]:
    learners = [learner for learner in COLLECTIONS[name].learners if any(learner in each for each in found.values())]
    tables = complete(found, learners)
    yield f"{title}: means over the data sets that every method has been run on ({len(tables)})."
    yield ""
    yield f"| method | {' | '.join(_words(learner) for learner in learners)} | mean |"
    yield f"| :-- |{' --: |' * (len(learners) + 1)}"
    for method, by_learner in found.items():
        row = [_mean([by_learner.get(learner, {}).get(table) for table in tables]) for learner in learners]
        yield _row(_words(method), [*row, _mean(row)])
    if name == "convgen" and metric == "f1" and tables == set(published.CONVGEN):
        for method, figures in published.MEANS.items():
            values = [dict(zip(published.LEARNERS, figures, strict=True)).get(learner) for learner in learners]
            yield _row(f"published: {method}", [*values, _mean(values)])


def _by_table(found: Figures) -> Iterator[str]:
    """Yield F1 as means over the learners that were run, for each data set, with ConvGeN's in the last column."""
    run = [any(learner in by_learner for by_learner in found.values()) for learner in published.LEARNERS]
    learners = list(compress(published.LEARNERS, run))
    yield f"F1 of what the method predicts, for each data set: means over {', '.join(map(_words, learners))}."
    yield ""
    yield f"| data set | {' | '.join(_words(method) for method in found)} | published: ConvGeN |"
    yield f"| :-- |{' --: |' * (len(found) + 1)}"
    for table, (figures, _) in published.CONVGEN.items():
        row = [_mean([by_learner.get(learner, {}).get(table) for learner in learners]) for by_learner in found.values()]
        if any(value is not None for value in row):
            yield _row(table, [*row, _mean(list(compress(figures, run)))])


def _mean(values: Sequence[float | None]) -> float | None:
    """Return the mean; None if one is missing, since means over different data sets are not to be compared."""
    known = [value for value in values if value is not None]
    return float(np.mean(known)) if known and len(known) == len(values) else None


def _row(first: str, values: Sequence[float | None]) -> str:
    cells = ["–" if value is None else f"{value:.3f}".replace("0.", ".", 1) for value in values]
    return f"| {' | '.join([first, *cells])} |"


def _words(name: str) -> str:
    return name.replace("_", " ")
