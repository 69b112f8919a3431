"""What teachers teach: tables and targets of the arms of the group ``distillation``."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from benchmarks.quality.analysis import ENOUGH, compare, wilcoxon
from benchmarks.quality.markdown import Row, markdown, number, p_value, signed
from benchmarks.quality.records import OWN, Results

GROUP = "distillation"
ALONE, WEIGHTS, TAUGHT = "nothing", "class weights", "taught on GAN rows"
REAL_ONLY, LOCAL_GAUSSIAN = "taught on real rows only", "taught on local-Gaussian rows"
MUNGE = "taught on MUNGE rows"
# The pool that won on the development half, which the package takes by default.
SHIPPED = LOCAL_GAUSSIAN
TEACHER, WITH_BAGS = "mixture", "mixture with bags, half with GAN rows"
# Pools of other packages were run on the first fold alone.
PEERS = ("taught on ARF rows", "taught on TVAE rows", "taught on ForestDiffusion rows")
NO_GAN = "mixture with bags of real rows"
STUDENTS = {
    "readable_tree": "tree of at most 32 leaves",
    "lightgbm": "LightGBM",
    "hist_gradient_boosting": "histogram gradient boosting",
    "random_forest": "random forest",
}
METRICS = {"average_precision": "average precision", "roc_auc": "ROC AUC", "log_loss": "log-loss"}

Quantity = Literal["mean gain", "tables ahead", "p (Holm)"]


@dataclass(frozen=True)
class Target:
    """A target that was set before the run.

    Parameters
    ----------
    ours, other : str
        Arms.
    students : tuple of str
        Their mean counts; :data:`OWN` where both arms are classifiers.
    quantity : str
    least : float
        The least that is asked for; the most, for a p-value.
    metric : str, default="average_precision"
    """

    ours: str
    other: str
    students: tuple[str, ...]
    quantity: Quantity
    least: float
    metric: str = "average_precision"


def _targets() -> Iterator[Target]:
    tree, boosting, forest = ("readable_tree",), ("lightgbm", "hist_gradient_boosting"), ("random_forest",)
    yield Target(SHIPPED, ALONE, tree, "mean gain", 0.10)
    yield Target(SHIPPED, ALONE, tree, "mean gain", 0.15, "roc_auc")
    yield Target(SHIPPED, WEIGHTS, tree, "mean gain", 0.06)
    yield Target(SHIPPED, WEIGHTS, tree, "mean gain", 0.08, "roc_auc")
    yield Target(SHIPPED, TEACHER, tree, "mean gain", -0.03)
    for student in boosting:
        yield Target(SHIPPED, ALONE, (student,), "mean gain", 0.015)
        yield Target(SHIPPED, ALONE, (student,), "mean gain", 0.025, "roc_auc")
        yield Target(SHIPPED, TEACHER, (student,), "mean gain", -0.003)
    yield Target(SHIPPED, ALONE, forest, "mean gain", 0.0)
    yield Target(SHIPPED, ALONE, forest, "mean gain", 0.02, "roc_auc")
    for student in (*tree, *boosting, *forest):
        yield Target(SHIPPED, ALONE, (student,), "tables ahead", 0.75)
        yield Target(SHIPPED, ALONE, (student,), "p (Holm)", 0.01)
    for other in (LOCAL_GAUSSIAN, MUNGE):
        yield Target(TAUGHT, other, tuple(STUDENTS), "mean gain", 0.007)
        yield Target(TAUGHT, other, tuple(STUDENTS), "tables ahead", 0.6)
    yield Target(TAUGHT, REAL_ONLY, tuple(STUDENTS), "mean gain", 0.02)
    yield Target(WITH_BAGS, TEACHER, (OWN,), "mean gain", 0.01, "roc_auc")
    yield Target(WITH_BAGS, TEACHER, (OWN,), "mean gain", 0.0)
    yield Target(WITH_BAGS, NO_GAN, (OWN,), "mean gain", 0.0)


TARGETS = tuple(_targets())


def report(results: Results) -> list[str]:
    """Return the lines of one half: teachers, one table per student, and the targets."""
    teachers = [method for method in results.methods if results.is_classifier(method)]
    arms = [method for method in results.methods if method not in teachers]
    parts = ["Teachers", "", *_means(results, teachers, OWN)]
    for student, title in STUDENTS.items():
        if any(learner == student for arm in arms for _, learner in results.pairs(arm)):
            own = [arm for arm in arms if arm not in PEERS]
            parts += [f"Student: {title}", "", *_means(results, own, student)]
            peers = [arm for arm in arms if arm in (ALONE, SHIPPED, *PEERS)]
            if len(peers) > len((ALONE, SHIPPED)):
                parts += [f"The same beside pools of other packages: {title}", "", *_means(results, peers, student)]
    return [*parts, "Targets, set before the run", "", *_outcomes(results)]


def _means(results: Results, methods: Sequence[str], learner: str) -> list[str]:
    """Return means over the cases that nearly all of these methods share, with gains over the first."""
    n_wanted = ENOUGH * len([pair for pair in results.pairs(methods[0]) if pair[1] == learner])
    methods = [m for m in methods if len([pair for pair in results.pairs(m) if pair[1] == learner]) >= n_wanted]
    columns = {metric: results.aligned(methods, metric, (learner,)) for metric in METRICS}
    pairs, precision = columns["average_precision"]
    if not pairs:
        return []
    rows: list[Row] = []
    for i, method in enumerate(methods):
        gains = precision[:, i] - precision[:, 0]
        ahead = ["–", "–"] if i == 0 else [signed(float(gains.mean())), f"{(gains > 0).mean():.0%}"]
        rows.append([method, *(number(float(values[:, i].mean())) for _, values in columns.values()), *ahead])
    header = [f"{len(pairs)} tables", *METRICS.values(), f"gain over {methods[0]}", "tables ahead"]
    return markdown(header, rows)


def gains(results: Results, target: Target) -> np.ndarray | None:
    """Return the gain of each table, as a mean over the students; None where an arm was not run."""
    by_case: dict[object, list[float]] = {}
    for student in target.students:
        found = compare(results, target.ours, target.other, target.metric, (student,))
        if found is None:
            return None
        for case, gain in found.by_case().items():
            by_case.setdefault(case, []).append(gain)
    return np.array([np.mean(each) for each in by_case.values()])


def _outcomes(results: Results) -> list[str]:
    measured = {target: gains(results, target) for target in TARGETS}
    tested = [target for target in TARGETS if target.quantity == "p (Holm)" and measured[target] is not None]
    adjusted = _holm({target: wilcoxon(found) for target in tested if (found := measured[target]) is not None})
    rows: list[Row] = []
    for target, found in measured.items():
        if found is None or not len(found):
            continue
        value, text = float(found.mean()), signed(float(found.mean()))
        reached = value > 0.0 if target.least == 0.0 else value >= target.least
        asked = f"at least {signed(target.least)}"
        if target.quantity == "tables ahead":
            value = float((found > 0).mean())
            reached, text, asked = value >= target.least, f"{value:.0%}", f"at least {target.least:.0%}"
        elif target.quantity == "p (Holm)":
            # A difference to the wrong side is no evidence for the target, however sure.
            value = adjusted[target] if found.mean() > 0 else 1.0
            reached, text, asked = value <= target.least, p_value(value), f"at most {target.least:g}"
        who = "" if target.students == (OWN,) else ", ".join(STUDENTS[student] for student in target.students)
        who = "all four students" if len(target.students) == len(STUDENTS) else who
        what = f"{target.quantity}, {METRICS[target.metric]}"
        rows.append([target.ours, target.other, who, what, asked, text, "yes" if reached else "no"])
    return markdown(["ours", "against", "student", "what", "target", "measured", "reached"], rows, n_text=4)


def _holm(p_values: dict[Target, float]) -> dict[Target, float]:
    adjusted: dict[Target, float] = {}
    greatest = 0.0
    for i, (target, p) in enumerate(sorted(p_values.items(), key=lambda item: item[1])):
        greatest = max(greatest, min(1.0, (len(p_values) - i) * p))
        adjusted[target] = greatest
    return adjusted


def shared(results: Results) -> Results:
    """Return the cases in which all rows of the README's second table were run."""
    wanted = [(SHIPPED, "readable_tree"), (SHIPPED, "lightgbm"), (TEACHER, OWN), (WITH_BAGS, OWN)]
    found = [{case for case, name in results.pairs(arm) if name == learner} for arm, learner in wanted]
    common = set.intersection(*found)
    return results.where(lambda case: case in common)


def readme_rows(results: Results) -> list[str]:
    """Return the README's second table: one model that was taught, beside itself and its teacher."""
    rows: list[Row] = []
    for student in ("readable_tree", "lightgbm"):
        for arm in (ALONE, WEIGHTS, SHIPPED):
            found = [results.aligned([arm, ALONE, SHIPPED], metric, (student,))[1] for metric in METRICS]
            if all(len(each) for each in found):
                title = {ALONE: "alone", WEIGHTS: "with class weights", SHIPPED: "**taught**"}[arm]
                rows.append([STUDENTS[student], title, *(number(float(each[:, 0].mean())) for each in found)])
    for method, title in (
        (TEACHER, "the teacher: four learners, averaged"),
        (WITH_BAGS, "the same with bags, half of them with GAN rows"),
    ):
        found = [results.aligned([method], metric, (OWN,))[1] for metric in METRICS]
        if all(len(each) for each in found):
            rows.append([title, "", *(number(float(each[:, 0].mean())) for each in found)])
    return markdown(["model", "", *METRICS.values()], rows, n_text=2)
