"""The JSON lines of the runs, read back: folds averaged first, one number for each (case, learner)."""

import json
import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

MAIN = "main"
# The learner of methods that are classifiers themselves, and the name of a mean over the six learners.
OWN, MEAN = "own", "mean"
LEARNERS: tuple[str, ...] = ("logistic_regression", "k_neighbors", "decision_tree", "random_forest", "lightgbm", "mlp")
HIGHER_IS_BETTER = {
    "average_precision": True,
    "roc_auc": True,
    "log_loss": False,
    "brier": False,
    "mcc": True,
    "mcc_default": True,
    "f1": True,
    "f1_tuned": True,
    "kappa": True,
}
FEW = (20, 200)

Line = Mapping[str, Any]


class Case(NamedTuple):
    """A table with a task; ``rare`` is how many rare training rows were kept, or "natural"."""

    half: str
    table: str
    task: str
    rare: int | str

    @property
    def kind(self) -> str:
        """Return "native", "natural" or "thinned to 50"."""
        if self.task == "native":
            return self.task
        return f"thinned to {self.rare}" if isinstance(self.rare, int) else "natural"

    @property
    def order(self) -> tuple[str, str, str, float]:
        """Return what cases are sorted by: thinned ones first, by their rare rows."""
        return self.half, self.table, self.task, float(self.rare) if isinstance(self.rare, int) else math.inf


Pair = tuple[Case, str]
Scores = dict[str, float]


def read(folder: Path) -> list[Line]:
    """Return the lines of all ``*.jsonl`` of a folder; of lines for the same run, the last one.

    Files are read in the order of their names. A last line that was cut off is left out.

    Raises
    ------
    ValueError
        A line that is no JSON object, or lacks what says which run it is.
    """
    lines: dict[tuple[object, ...], Line] = {}
    for file in sorted(folder.glob("*.jsonl")):
        written = file.read_text(encoding="utf-8").split("\n")
        for number, text in enumerate(written[:-1], start=1):
            try:
                line = json.loads(text)
                lines[*_case(line), line["group"], line["method"], line["fold"]] = line
            except (ValueError, KeyError, TypeError) as error:
                raise ValueError(
                    f"Every line of {file.name} must be the JSON object of one run. "
                    f"Line {number} is {text[:60]!r} ({error!r}). Remove it and run the benchmark again."
                ) from error
    return list(lines.values())


def _case(line: Line) -> Case:
    return Case(line["half"], line["table"], line["task"], line["rare"])


class Results:
    """Scores of one group of runs, by method, (case, learner) and fold.

    Parameters
    ----------
    lines : iterable of mapping
        Of one group.

    Attributes
    ----------
    lines : list of mapping
    """

    def __init__(self, lines: Iterable[Line]) -> None:
        self.lines = list(lines)
        self._folds: dict[str, dict[Pair, dict[int, Scores]]] = {}
        rare: dict[Case, list[float]] = defaultdict(list)
        for line in self.lines:
            if line["status"] != "ok":
                continue
            case = _case(line)
            rare[case].append(line["counts"]["train_rare"])
            by_pair = self._folds.setdefault(line["method"], {})
            for learner, scores in line["learners"].items():
                by_pair.setdefault((case, learner), {})[line["fold"]] = {
                    name: float(value) for name, value in scores.items() if value is not None and math.isfinite(value)
                }
        for method, by_pair in self._folds.items():
            self._folds[method] = {pair: by_pair[pair] for pair in sorted(by_pair, key=_order_of_pair)}
        self.rare_rows = {case: float(np.mean(counts)) for case, counts in rare.items()}

    @property
    def methods(self) -> list[str]:
        """Return the methods with any score, in order of appearance."""
        return [method for method, by_pair in self._folds.items() if by_pair]

    @property
    def cases(self) -> list[Case]:
        """Return the cases with any score, sorted."""
        return sorted(self.rare_rows, key=lambda case: case.order)

    @property
    def tables(self) -> list[str]:
        """Return the tables with any score, sorted."""
        return sorted({case.table for case in self.rare_rows})

    def where(self, keep: Callable[[Case], bool]) -> Self:
        """Return the results of some cases."""
        return type(self)(line for line in self.lines if keep(_case(line)))

    def with_fallback(self, fallback: str) -> Self:
        """Return the results in which a method that cannot be applied counts as another one there.

        This holds for the cases in which it was tried without success, and for the learners that it cannot train;
        what was never tried stays missing.

        Parameters
        ----------
        fallback : str
            What a user would do instead.
        """
        runs = {(_case(line), line["fold"]): line for line in self.lines if line["method"] == fallback}
        filled: list[Line] = []
        for line in self.lines:
            method = line["method"]
            # One that never succeeded is not there at all, say because its package is not.
            if method not in self._folds or self.is_classifier(method):
                filled.append(line)
                continue
            instead = runs.get((_case(line), line["fold"]), line)["learners"]
            own = line["learners"] if line["status"] == "ok" else {}
            filled.append({**line, "status": "ok", "learners": {**instead, **own}})
        return type(self)(filled)

    def with_few_rare(self) -> Self:
        """Return the two-class cases with 20 to 200 rare training rows, thinned or by nature."""
        return self.where(lambda case: case.task == "binary" and FEW[0] <= self.rare_rows.get(case, 0.0) <= FEW[1])

    def is_classifier(self, method: str) -> bool:
        """Return whether a method is a classifier itself, and no way to train others."""
        return {learner for _, learner in self._folds.get(method, {})} == {OWN}

    def pairs(self, method: str, metric: str = "average_precision") -> set[Pair]:
        """Return the (case, learner) pairs in which a method has a score."""
        by_pair = self._folds.get(method, {})
        return {pair for pair, folds in by_pair.items() if any(metric in scores for scores in folds.values())}

    def aligned(
        self, methods: Sequence[str], metric: str, learners: Sequence[str] = ()
    ) -> tuple[list[Pair], NDArray[np.float64]]:
        """Return what several methods can be compared in.

        Parameters
        ----------
        methods : sequence of str
        metric : str
        learners : sequence of str, default=()
            Only these; all where empty.

        Returns
        -------
        pairs : list of (Case, str)
            Those in which every method has a score in one fold at least, sorted.
        values : ndarray of shape (n_pairs, n_methods), float64
            Means over the folds that all of the methods share.
        """
        pairs: list[Pair] = []
        rows: list[list[float]] = []
        by_method = [self._folds.get(method, {}) for method in methods]
        for pair in by_method[0]:
            if learners and pair[1] not in learners:
                continue
            values = _shared_means([by_pair.get(pair, {}) for by_pair in by_method], metric)
            if values is not None:
                pairs.append(pair)
                rows.append(values)
        return pairs, np.array(rows, np.float64).reshape(len(rows), len(methods))

    def against_classifier(
        self, method: str, classifier: str, metric: str, learner: str = MEAN
    ) -> tuple[list[Pair], NDArray[np.float64]]:
        """Return a method with one learner, or its mean over the learners, beside a method that is a classifier.

        Returns
        -------
        pairs : list of (Case, str)
        values : ndarray of shape (n_pairs, 2), float64
        """
        by_pair, own = self._folds.get(method, {}), self._folds.get(classifier, {})
        rows: dict[Pair, list[float]] = {}
        for case in sorted({case for case, _ in own}, key=lambda case: case.order):
            wanted = [pair for pair in by_pair if pair[0] == case and learner in (MEAN, pair[1])]
            found = [_shared_means([by_pair[pair], own[case, OWN]], metric) for pair in wanted]
            values = [row for row in found if row is not None]
            if values:
                rows[case, learner] = np.mean(values, axis=0).tolist()
        return list(rows), np.array(list(rows.values()), np.float64).reshape(len(rows), 2)

    def seconds(self, method: str, learner: str | None = None) -> dict[tuple[Case, int], float]:
        """Return the seconds of each run: to make the rows, or of a learner."""
        found: dict[tuple[Case, int], float] = {}
        for line in self.lines:
            if line["method"] == method and line["status"] == "ok":
                scores = line if learner is None else line["learners"].get(learner, {})
                value = scores.get("sampler_seconds" if learner is None else "seconds")
                if value is not None:
                    found[_case(line), line["fold"]] = float(value)
        return found


def _order_of_pair(pair: Pair) -> tuple[object, ...]:
    case, learner = pair
    return (*case.order, LEARNERS.index(learner) if learner in LEARNERS else len(LEARNERS), learner)


def _shared_means(folds: Sequence[Mapping[int, Scores]], metric: str) -> list[float] | None:
    """Return the mean of each over the folds in which all have a score; None where there is no such fold."""
    shared = [fold for fold in sorted(folds[0]) if all(metric in scores.get(fold, {}) for scores in folds)]
    return [float(np.mean([scores[fold][metric] for fold in shared])) for scores in folds] if shared else None


def grouped(lines: Iterable[Line]) -> dict[tuple[str, str], Results]:
    """Return the results by (half, group)."""
    parts: dict[tuple[str, str], list[Line]] = defaultdict(list)
    for line in lines:
        parts[line["half"], line["group"]].append(line)
    return {key: Results(parts[key]) for key in sorted(parts)}
