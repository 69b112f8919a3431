"""What an engine is, and the names of engines."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from types import TracebackType
from typing import Protocol, Self, TypeVar, runtime_checkable

from imbgan._text import did_you_mean, quoted
from imbgan.engines.local import LocalEngine
from imbgan.engines.ray import RayEngine
from imbgan.exceptions import ParameterError

Result = TypeVar("Result")

#: The engines by name.
ENGINES: dict[str, Callable[[], "Engine"]] = {"local": LocalEngine, "ray": RayEngine}


@runtime_checkable
class Engine(Protocol):
    """Computes independent parts in several processes. It is entered before use and left afterwards.

    An engine that has been entered can be entered again; it stops when the outermost ``with`` ends.

    Where and in which order parts run changes no result: a part is a function of its arguments alone.
    """

    def __enter__(self) -> Self:
        """Connect, or start what is needed."""
        ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop what :meth:`__enter__` started."""
        ...

    def n_workers(self, n_jobs: int | None) -> int:
        """Return how many parts run at a time if the user asked for ``n_jobs``."""
        ...

    def map(
        self,
        function: Callable[..., Result],
        items: Iterable[object],
        *,
        shared: Sequence[object] = (),
        n_jobs: int | None = None,
    ) -> Iterator[Result]:
        """Yield ``function(*shared, item)`` for each item, each as soon as it exists and so in any order.

        Parameters
        ----------
        function : callable
            Of a module, so that other processes can import it.
        items : iterable
            The next one is taken only when a process is free.
        shared : sequence, default=()
            Arguments that all parts read and none changes. Each process gets them once.
        n_jobs : int or None, default=None
            See :meth:`n_workers`.
        """
        ...

    def reduce(
        self,
        function: Callable[..., Result],
        items: Sequence[object],
        merge: Callable[[Result, Result], Result],
        *,
        shared: Sequence[object] = (),
        n_jobs: int | None = None,
    ) -> Result:
        """Return the results of :meth:`map` merged by a tree, in which neighbors are merged first.

        Parameters
        ----------
        function : callable
            As for :meth:`map`.
        items : sequence
            At least one. The shape of the tree depends on their number alone; see :class:`imbgan.engines.trees.Tree`.
        merge : callable
            Called with the results of neighbors in their order. It may use them up.
        shared, n_jobs
            As for :meth:`map`.
        """
        ...

    def call(self, function: Callable[..., Result], *arguments: object) -> Result:
        """Return ``function(*arguments)``, computed where a long part that uses several cores is best computed."""
        ...


def resolve_engine(engine: object) -> Engine:
    """Return an engine by name, or the engine itself.

    Raises
    ------
    ParameterError
        If it is neither a name of :data:`ENGINES` nor an engine.
    """
    if isinstance(engine, str) and engine in ENGINES:
        return ENGINES[engine]()
    if isinstance(engine, Engine) and not isinstance(engine, type):
        return engine
    hint = did_you_mean(engine, list(ENGINES)) if isinstance(engine, str) else ""
    raise ParameterError(
        f"'engine' must be one of {', '.join(map(repr, ENGINES))}, or an engine such as RayEngine(address=...). "
        f"Got {quoted(engine)}.{hint}"
    )
