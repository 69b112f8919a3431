"""What a collection says, as Markdown: means by learner, the published figures beside them, ranks and tests."""

from collections import Counter
from collections.abc import Sequence

import numpy as np

from benchmarks.public import evidence, published
from benchmarks.public.collections import COLLECTIONS
from benchmarks.public.methods import OWN
from benchmarks.public.records import NONE, Figures, Line
from benchmarks.quality.markdown import Row, markdown, number
from benchmarks.quality.records import Case

TITLES = {
    "f1": "F1 of what a method predicts",
    "f1_tuned": "F1 at the threshold that was best on the other folds",
    "average_precision": "Average precision",
}
# What methods on fewer data sets are seen beside.
BESIDE = (NONE, "self_paced_ensemble", "mixture")


def report(name: str, lines: Sequence[Line]) -> list[str]:
    """Return the lines of the report of a collection."""
    figures = Figures(name, lines)
    if not figures.tables:
        return ["No lines yet.", ""]
    parts = _runs(name, figures)
    for metric, title in TITLES.items():
        if figures.sets.aligned([NONE], metric)[0]:
            parts += [f"**{title}**", "", *_means(name, metric, figures)]
    parts += _fewer(figures)
    for metric in ("f1_tuned", "average_precision"):
        parts += evidence.ranks(figures, metric, TITLES[metric])
    for metric in ("f1_tuned", "average_precision"):
        parts += evidence.tests(figures, metric, TITLES[metric])
    parts += evidence.at_best_learners(figures, "average_precision", TITLES["average_precision"])
    if name == "convgen":
        parts += _by_data_set(figures, "f1") + _by_data_set(figures, "average_precision")
    return parts + _failures(figures)


def _runs(name: str, figures: Figures) -> list[str]:
    versions = sorted({(package, value) for line in figures.lines for package, value in line["versions"].items()})
    per_set = Counter(case.table for case, *_ in {(Case(*key), fold) for key, fold in _runs_of(figures)}).values()
    span = " to ".join(str(n) for n in sorted({min(per_set), max(per_set)}))
    hours = sum(scores["seconds"] for line in figures.lines for scores in line["learners"].values()) / 3600.0
    return [
        f"{len(figures.tables)} of {COLLECTIONS[name].n_tables} data sets, {len(figures.methods)} methods on all of "
        f"them, {len(figures.learners)} learners ({', '.join(map(_words, figures.learners))}), repeats of five folds "
        f"that all of these methods have: {span}. {figures.lines[0]['members']} members of every ensemble; {hours:.1f} "
        "hours in all, beside other work.",
        "",
        f"Versions: {', '.join(f'{package} {value}' for package, value in versions)}.",
        "",
    ]


def _runs_of(figures: Figures) -> set[tuple[tuple[str, str, str, str], int]]:
    return {
        ((line["half"], line["table"], line["task"], line["rare"]), line["fold"])
        for line in figures.results.lines
        if line["method"] == NONE
    }


def _means(name: str, metric: str, figures: Figures) -> list[str]:
    rows: list[tuple[str, list[float]]] = []
    for method in figures.methods:
        if figures.results.is_classifier(method):
            _, values = figures.results.aligned([method], metric, [OWN])
            rows.append((method, [np.nan] * len(figures.learners) + [_mean(values)]))
            continue
        each = [_mean(figures.results.aligned([method], metric, [learner])[1]) for learner in figures.learners]
        rows.append((method, [*each, float(np.mean(each))]))
    best = np.nanmax(np.array([values for _, values in rows]), axis=0)
    cells: list[Row] = [
        [_words(method), *(number(value, is_bold=bool(value == top)) for value, top in zip(values, best, strict=True))]
        for method, values in rows
    ]
    if name == "convgen" and metric == "f1" and set(figures.tables) == set(published.CONVGEN):
        for method, means in published.MEANS.items():
            values = [dict(zip(published.LEARNERS, means, strict=True))[learner] for learner in figures.learners]
            cells.append([f"published: {method}", *map(number, [*values, float(np.mean(values))])])
    return markdown(["method", *map(_words, figures.learners), "mean"], cells)


def _mean(values: np.ndarray) -> float:
    return float(values.mean()) if len(values) else np.nan


def _fewer(figures: Figures) -> list[str]:
    rows: list[Row] = []
    beside = [method for method in BESIDE if method in figures.methods]
    for method in figures.fewer:
        pairs, values = figures.everything.aligned([method, *beside], "average_precision")
        if pairs:
            rows.append([_words(method), str(len(pairs)), *(number(value) for value in values.mean(axis=0).tolist())])
    header = ["on fewer data sets", "data sets", "average precision", *(f"{_words(name)} there" for name in beside)]
    return markdown(header, rows) if rows else []


def _by_data_set(figures: Figures, metric: str) -> list[str]:
    """Return the means over the learners for each data set; with F1, ConvGeN's in the last column."""
    pairs, values = figures.sets.aligned(figures.methods, metric)
    has_published = metric == "f1"
    rows: list[Row] = []
    for (case, _), each in zip(pairs, values.tolist(), strict=True):
        cells = [number(value, is_bold=value == max(each)) for value in each]
        if has_published:
            theirs = dict(zip(published.LEARNERS, published.CONVGEN[case.table][0], strict=True))
            cells.append(number(float(np.mean([theirs[learner] for learner in figures.learners]))))
        rows.append([_words(case.table), *cells])
    header = ["data set", *map(_words, figures.methods), *(["published: ConvGeN"] if has_published else [])]
    return [f"**{TITLES[metric]}, by data set**: means over the learners.", "", *markdown(header, rows)]


def _failures(figures: Figures) -> list[str]:
    missing: dict[tuple[str, str], list[str]] = {}
    for line in figures.lines:
        if line["status"] != "ok":
            missing.setdefault((line["method"], line["reason"]), []).append(line["table"])
    rows = [[_words(method), reason, ", ".join(sorted(set(tables)))] for (method, reason), tables in missing.items()]
    header = ["did not run", "reason", "data sets"]
    return markdown(header, sorted(rows), n_text=3) if rows else []


def _words(name: str) -> str:
    return name.replace("_", " ")
