"""Runs: one line of JSON for each arm on each draw of each set, with the figures of its learners."""

import json
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.quality.run import append, read_keys, versions
from benchmarks.text.arms import Cell
from benchmarks.text.encoders import ENCODERS, SPARSE, encoders
from benchmarks.text.learners import LEARNERS, judge, rare_scores
from benchmarks.text.recommended import AUTO, CHOICES, MEANS, as_table, fitted_pool
from benchmarks.text.texts import Draw, Texts, draw, pool

RESULTS = Path(__file__).parent / "results"
Key = tuple[str, int, int, str, str]
Line = dict[str, Any]

#: The support vector machine stands beside the linear learner on sparse vectors alone.
ONLY_SPARSE = ("svm",)


def key_of(line: Mapping[str, Any]) -> Key:
    """Return what a line is about; several lines of one key hold different learners."""
    return line["set"], int(line["rare"]), int(line["draw"]), line["encoder"], line["arm"]


def done(path: Path) -> dict[Key, set[str]]:
    """Return the learners that a file has per key; a last line that was cut off is removed from it."""
    read_keys(path, key_of)
    found: dict[Key, set[str]] = {}
    if path.exists():
        for text in path.read_text(encoding="utf-8").splitlines():
            line = json.loads(text)
            found.setdefault(key_of(line), set()).update(line["learners"])
    return found


def counts(part: Draw) -> dict[str, int]:
    """Return the numbers of texts of a draw."""
    return {
        "train": len(part.train.values),
        "train_rare": int(part.train.is_rare.sum()),
        "test": len(part.test.values),
        "test_rare": int(part.test.is_rare.sum()),
        "further": len(part.further),
    }


def measure(cell: Cell, arm: str, learners: Sequence[str]) -> Line:
    """Return the line of one arm in one cell."""
    figures: dict[str, dict[str, float]] = {}
    cell.resampled(arm)  # before the clock of learners runs
    for learner in learners:
        began = time.perf_counter()
        found = judge(cell.draw.test.is_rare, cell.scores(learner, arm))
        figures[learner] = {**found, "seconds": round(time.perf_counter() - began, 2)}
    return {
        "set": cell.name,
        "rare": int(cell.draw.train.is_rare.sum()),
        "draw": cell.number,
        "encoder": cell.encoder_name,
        "arm": arm,
        "learners": figures,
        "neighbor_share": cell.crowding(arm),
        "seconds": round(cell.seconds.get(arm, 0.0), 2),
        "counts": counts(cell.draw),
        "versions": versions(),
    }


def run(
    names: Iterable[str],
    numbers: Iterable[int],
    rare: Iterable[int],
    folder: Path,
    *,
    chosen: Sequence[str] = (*ENCODERS, *MEANS, AUTO),
    arms: Sequence[str] | None = None,
    learners: Sequence[str] = tuple(LEARNERS),
) -> None:
    """Run what there are no lines for yet; all sets of a draw before the next draw.

    Parameters
    ----------
    names : iterable of str
        Sets.
    numbers, rare : iterable of int
        Draws, and numbers of rare texts.
    folder : Path
        Holds one file of lines per set.
    chosen : sequence of str
        Encoders, means of encoders and ``auto``.
    arms : sequence of str, default=None
        All that an encoder has by default.
    learners : sequence of str
    """
    folder.mkdir(parents=True, exist_ok=True)
    known: dict[str, tuple[Texts, Any]] = {}
    names, numbers = list(names), list(numbers)
    for n_rare in rare:
        for number in numbers:
            for name in names:
                if name not in known:
                    texts = pool(name)
                    known[name] = texts, encoders(name, texts)
                texts, makers = known[name]
                part, path = draw(texts, name, number, n_rare), folder / f"{name}.jsonl"
                finished = done(path)
                for encoder in [each for each in ENCODERS if each in chosen]:
                    cell = Cell(name, number, part, encoder, makers[encoder])
                    _run_cell(cell, path, finished, arms, learners)
                _run_means(name, number, part, makers, path, finished, chosen)


def _run_cell(
    cell: Cell, path: Path, finished: Mapping[Key, set[str]], arms: Sequence[str] | None, learners: Sequence[str]
) -> None:
    n_rare, began = int(cell.draw.train.is_rare.sum()), time.perf_counter()
    wanted: dict[str, list[str]] = {}
    for learner in learners:
        if learner in ONLY_SPARSE and cell.encoder_name not in SPARSE:
            continue
        for arm in cell.arms(learner):
            known = finished.get((cell.name, n_rare, cell.number, cell.encoder_name, arm), set())
            if (arms is None or arm in arms) and learner not in known:
                wanted.setdefault(arm, []).append(learner)
    for arm, missing in wanted.items():
        append(path, measure(cell, arm, missing))
    if wanted:
        seconds = time.perf_counter() - began
        print(f"{cell.name} {n_rare} draw {cell.number} {cell.encoder_name}: {seconds:.0f} s", flush=True)


def _run_means(
    name: str,
    number: int,
    part: Draw,
    makers: Any,  # noqa: ANN401
    path: Path,
    finished: Mapping[Key, set[str]],
    chosen: Sequence[str],
) -> None:
    n_rare = int(part.train.is_rare.sum())
    for encoder in [each for each in (*MEANS, AUTO) if each in chosen]:
        if (name, n_rare, number, encoder, "none") in finished:
            continue
        began = time.perf_counter()
        fitted = fitted_pool(encoder, part, makers, number)
        found = judge(part.test.is_rare, rare_scores(fitted, as_table(part.test.values)))
        seconds = round(time.perf_counter() - began, 2)
        line: Line = {
            "set": name,
            "rare": n_rare,
            "draw": number,
            "encoder": encoder,
            "arm": "none",
            "learners": {"linear": {**found, "seconds": seconds}},
            "neighbor_share": None,
            "seconds": 0.0,
            "counts": counts(part),
            "versions": versions(),
        }
        if encoder == AUTO:
            line["chosen"] = CHOICES[fitted.choice_]
            line["by_folds"] = {CHOICES[key]: round(value, 5) for key, value in fitted.scores_.items()}
        append(path, line)
