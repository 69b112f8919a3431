"""Collections of data sets with a protocol, and their runs: one line of JSON for each method on each repeat."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import joblib

from benchmarks.public import names, protocol, sets
from benchmarks.public.methods import METHODS
from benchmarks.quality.run import append, read_keys, versions

RESULTS = Path(__file__).parent / "results"


@dataclass(frozen=True)
class Collection:
    """Data sets, how they are read, and the protocol.

    Parameters
    ----------
    names : callable
        Returns the names of the data sets; needs the package that has them.
    n_tables : int
        How many they are.
    read : callable
        Returns a data set by its name.
    learners : mapping of str to callable
    n_repeats : int
    n_members : int
        Members of every ensemble.
    """

    names: Callable[[], Sequence[str]]
    n_tables: int
    read: Callable[[str], sets.Table]
    learners: protocol.Learners
    n_repeats: int
    n_members: int = 16


COLLECTIONS = {
    "convgen": Collection(lambda: names.FOURTEEN, len(names.FOURTEEN), sets.read, protocol.CONVGEN, 5),
    "study": Collection(sets.names, sets.N_NAMES, sets.read, protocol.STUDY, 1),
    "climb": Collection(
        lambda: tuple(names.CLIMB), len(names.CLIMB), sets.read_openml, protocol.CLIMB, 1, n_members=100
    ),
}


def key_of(line: Mapping[str, Any]) -> tuple[Any, ...]:
    """Return what a line is about."""
    return line["table"], line["repeat"], line["method"], line["members"]


def _finished(line: Mapping[str, Any]) -> tuple[Any, frozenset[str] | None]:
    """Return what a line is about and the learners that it has figures of; None for a failure, which is final."""
    return key_of(line), None if line["status"] != "ok" else frozenset(line["learners"])


def run_table(
    name: str, table: str, repeat: int, methods: Sequence[str], learners: Sequence[str], n_members: int, path: Path
) -> float:
    """Append the lines of one repeat on one data set, and return the seconds that they took."""
    began = time.perf_counter()
    collection = COLLECTIONS[name]
    X, y = collection.read(table)
    chosen = {learner: collection.learners[learner] for learner in learners}
    about = {
        "table": table,
        "repeat": repeat,
        "members": n_members,
        "counts": {
            "rows": len(y),
            "rare": int((y == y.max()).sum()),
            "columns": X.shape[1],
            "classes": int(y.max()) + 1,
        },
    }
    arms = {method: METHODS[method] for method in methods}
    for line in protocol.run_repeat((X, y), repeat, arms, chosen, n_members):
        append(path, {**about, **line, "versions": versions()})
    return time.perf_counter() - began


def run(
    name: str,
    path: Path,
    *,
    tables: Sequence[str] | None = None,
    methods: Sequence[str] | None = None,
    learners: Sequence[str] | None = None,
    n_repeats: int | None = None,
    n_members: int | None = None,
    n_jobs: int = 1,
) -> None:
    """Run what ``path`` has no lines for yet; None means what the protocol says.

    All data sets of a repeat come before the next repeat. Where a line lacks one of the learners, another line with all
    of them is appended, and counts.
    """
    collection = COLLECTIONS[name]
    n_members = n_members or collection.n_members
    path.parent.mkdir(parents=True, exist_ok=True)
    chosen = list(learners or collection.learners)
    wanted = {
        method: frozenset(
            protocol.learners_of(METHODS[method], {name: collection.learners[name] for name in chosen}, 0)
        )
        for method in methods or METHODS
    }
    done: dict[Any, list[frozenset[str] | None]] = {}
    for key, found in read_keys(path, _finished):
        done.setdefault(key, []).append(found)

    def is_done(table: str, repeat: int, method: str) -> bool:
        found = done.get((table, repeat, method, n_members), [])
        return any(each is None or wanted[method] <= each for each in found)

    tasks: list[tuple[str, int, list[str]]] = []
    for repeat in range(n_repeats or collection.n_repeats):
        for table in tables or collection.names():
            left = [method for method in wanted if not is_done(table, repeat, method)]
            tasks += [(table, repeat, left)] if left else []
    calls = (
        joblib.delayed(run_table)(name, table, repeat, left, chosen, n_members, path) for table, repeat, left in tasks
    )
    parallel = joblib.Parallel(n_jobs=n_jobs, return_as="generator", batch_size=1, pre_dispatch="all")
    began = time.perf_counter()
    for i, ((table, repeat, _), seconds) in enumerate(zip(tasks, parallel(calls), strict=True), 1):
        elapsed = time.perf_counter() - began
        left_minutes = elapsed / i * (len(tasks) - i) / 60
        print(
            f"{name} {i}/{len(tasks)} {table} repeat {repeat}: {seconds:.0f} s; about {left_minutes:.0f} min to go",
            flush=True,
        )
