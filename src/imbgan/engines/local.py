"""The processes of this machine, or of whatever backend of joblib is in force."""

import warnings
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from types import TracebackType
from typing import Any, Self, TypeVar, cast

import joblib

from imbgan._signals import shielded
from imbgan.engines.trees import Tree

Result = TypeVar("Result")


class LocalEngine:
    """Runs parts in the processes of joblib: on this machine, or within ``joblib.parallel_config``, on another backend.

    Its own processes stay for the next call.
    """

    def __enter__(self) -> Self:
        """Start nothing; :meth:`map` does."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave the processes to joblib."""

    def n_workers(self, n_jobs: int | None) -> int:
        """Return the number of processes that joblib uses: 1 for None, one per core for -1."""
        return cast("int", joblib.effective_n_jobs(cast("Any", n_jobs)))

    def map(
        self,
        function: Callable[..., Result],
        items: Iterable[object],
        *,
        shared: Sequence[object] = (),
        n_jobs: int | None = None,
    ) -> Iterator[Result]:
        """Yield the results; see :class:`imbgan.engines.Engine`."""
        start_workers(n_jobs)
        results = _parallel(n_jobs)(joblib.delayed(function)(*shared, item) for item in items)
        yield from _without_warnings_of_restarts(iter(results))

    def reduce(
        self,
        function: Callable[..., Result],
        items: Sequence[object],
        merge: Callable[[Result, Result], Result],
        *,
        shared: Sequence[object] = (),
        n_jobs: int | None = None,
    ) -> Result:
        """Return the merged results; see :class:`imbgan.engines.Engine`. This process merges."""
        tree = Tree[Result](len(items))
        numbered = self.map(_numbered, list(enumerate(items)), shared=(function, shared), n_jobs=n_jobs)
        for number, result in numbered:
            pair = tree.add(result, 0, number)
            while pair is not None:
                pair = tree.add(merge(pair.first, pair.second), pair.level, pair.number)
        assert tree.root is not None
        return tree.root

    def call(self, function: Callable[..., Result], *arguments: object) -> Result:
        """Return ``function(*arguments)``, computed by this process."""
        return function(*arguments)


def _without_warnings_of_restarts(results: Iterator[Result]) -> Generator[Result]:
    """Yield results; between them, the filters of warnings are those of the caller."""
    try:
        while True:
            with warnings.catch_warnings():
                # loky takes the memory of compiled programs for a leak and starts a fresh process; its warning says
                # nothing.
                warnings.filterwarnings("ignore", message="A worker stopped while some jobs were given")
                try:
                    result = next(results)
                except StopIteration:
                    return
            yield result
    finally:
        if isinstance(results, Generator):
            results.close()


def _numbered(
    function: Callable[..., Result], shared: Sequence[object], item: tuple[int, object]
) -> tuple[int, Result]:
    number, each = item
    return number, function(*shared, each)


def start_workers(n_jobs: int | None) -> None:
    """Start the processes of joblib so that Ctrl-C does not reach them, since joblib stops them itself."""
    n_workers = LocalEngine().n_workers(n_jobs)
    if n_workers > 1:
        with shielded():
            joblib.Parallel(n_jobs=n_jobs)(joblib.delayed(abs)(0) for _ in range(n_workers))


def _parallel(n_jobs: int | None) -> Any:  # noqa: ANN401 - not typed
    settings: dict[str, Any] = {"n_jobs": n_jobs, "pre_dispatch": "n_jobs", "batch_size": 1}
    try:
        return joblib.Parallel(return_as="generator_unordered", **settings)
    except ValueError:  # some backends, such as Ray's, return all results together
        return joblib.Parallel(**settings)
