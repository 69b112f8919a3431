"""A Ray cluster: the machines of a network, or several processes of this one."""

import logging
import os
import re
import signal
import socket
import warnings
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Self, TypeVar

from imbgan._optional import import_optional
from imbgan._signals import shielded
from imbgan._text import quoted
from imbgan.engines.trees import Pair, Tree
from imbgan.exceptions import EngineError, ImbganWarning, ParameterError

Result = TypeVar("Result")

#: Seconds in which the machine of an address must answer.
PATIENCE = 10.0
_HOST_PORT = re.compile(r"(?:ray://)?(?P<host>\[[^\]]+\]|[^:/\[\]]+):(?P<port>\d+)")
#: How often a part runs again whose process or machine was lost.
N_RETRIES = 4


class RayEngine:
    """Runs each part as a task of a Ray cluster.

    What parts share lies once in the object store of each machine. A part whose worker was killed, or whose machine was
    lost, runs again. A connection that exists already is used and left as it is; otherwise one is made, and closed at
    the end. All machines need the same versions of Python, Ray and imbgan.

    Parameters
    ----------
    address : str or None, default=None
        The address of the cluster, such as ``"10.0.0.1:6379"`` or ``"ray://10.0.0.1:10001"``; ``"auto"`` is the cluster
        to which this machine belongs. None means the environment variable ``RAY_ADDRESS``, else a new cluster of this
        machine alone, which ends with the connection; ``"local"`` always means the latter. A cluster that another
        program started for itself is joined by none of these: it would end with that program.
    cpus, gpus : float, default=1 and 0
        What each part reserves on its machine.

    Examples
    --------
    >>> RayEngine("10.0.0.1:6379", gpus=0.25)
    RayEngine(address='10.0.0.1:6379', cpus=1, gpus=0.25)
    """

    def __init__(self, address: str | None = None, *, cpus: float = 1, gpus: float = 0) -> None:
        self.address, self.cpus, self.gpus = address, cpus, gpus
        self._is_ours, self._is_alone, self._n_entered = False, False, 0

    def __repr__(self) -> str:
        return f"RayEngine(address={self.address!r}, cpus={self.cpus}, gpus={self.gpus})"

    def __enter__(self) -> Self:
        """Use the connection that exists, or connect.

        Raises
        ------
        ImportError
            If Ray is not installed.
        EngineError
            If no cluster answers at the address.
        ParameterError
            If there is a connection to another cluster than ``address``.
        """
        ray = _ray()
        if ray.is_initialized():
            self._check_connection(ray)
        else:
            self._is_alone = connect(self.address)
            self._is_ours = True
        self._n_entered += 1
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the connection that :meth:`__enter__` made, when the outermost ``with`` ends."""
        self._n_entered -= 1
        if self._is_ours and self._n_entered == 0:
            self._is_ours, self._is_alone = False, False
            _ray().shutdown()

    def n_workers(self, n_jobs: int | None) -> int:
        """Return how many parts run at a time: as many as the cluster can hold, and at most ``n_jobs``.

        None means all that the cluster can hold, and -2 one less, as in joblib.
        """
        resources = _ray().cluster_resources()
        fits = [resources.get("CPU", 0.0) / self.cpus] if self.cpus else []
        fits += [resources.get("GPU", 0.0) / self.gpus] if self.gpus else []
        most = max(1, int(min(fits, default=1.0) + 1e-9))  # 0.3 / 0.1 is a little less than 3
        if n_jobs is None:
            return most
        return max(1, min(most, n_jobs) if n_jobs > 0 else most + 1 + n_jobs)

    def map(
        self,
        function: Callable[..., Result],
        items: Iterable[object],
        *,
        shared: Sequence[object] = (),
        n_jobs: int | None = None,
    ) -> Iterator[Result]:
        """Yield the results; see :class:`imbgan.engines.Engine`.

        Raises
        ------
        EngineError
            If the worker of one part is lost more than four times.
        """
        ray = _ray()
        n_workers = self.n_workers(n_jobs)
        call = self._task(ray, _call)
        at = ray.put((function, tuple(shared)))
        left, running = iter(items), list[Any]()
        try:
            while True:
                # As many as can run: the next item is often chosen by what is known when a process is free.
                while len(running) < n_workers and (item := next(left, running)) is not running:
                    running.append(call.remote(at, item))
                if not running:
                    return
                done, running = ray.wait(running)
                yield _result(ray, done[0])
        finally:
            for part in running:
                ray.cancel(part, force=True)

    def reduce(
        self,
        function: Callable[..., Result],
        items: Sequence[object],
        merge: Callable[[Result, Result], Result],
        *,
        shared: Sequence[object] = (),
        n_jobs: int | None = None,
    ) -> Result:
        """Return the merged results; see :class:`imbgan.engines.Engine`.

        Results stay where they were computed until a task merges them; only the last one comes to this process.
        """
        ray = _ray()
        n_workers = self.n_workers(n_jobs)
        call, join = (self._task(ray, each, num_returns=2) for each in (_leaf, _merged))
        at = ray.put((function, tuple(shared)))
        tree = Tree[Any](len(items))
        left = iter(enumerate(items))
        running: dict[Any, tuple[Any, int, int]] = {}
        pairs: list[Pair[Any]] = []
        try:
            while tree.root is None:
                while len(running) < n_workers:
                    # Merges first: they free memory.
                    if pairs:
                        pair = pairs.pop()
                        sign, node = join.remote(merge, pair.first, pair.second)
                        running[sign] = node, pair.level, pair.number
                    elif (item := next(left, None)) is not None:
                        sign, node = call.remote(at, item[1])
                        running[sign] = node, 0, item[0]
                    else:
                        break
                sign = ray.wait(list(running))[0][0]
                _result(ray, sign)
                pair = tree.add(*running.pop(sign))
                if pair is not None:
                    pairs.append(pair)
        finally:
            for part in running:
                ray.cancel(part, force=True)
        return _result(ray, tree.root)

    def call(self, function: Callable[..., Result], *arguments: object) -> Result:
        """Return ``function(*arguments)``, computed by a task that reserves a GPU where the cluster has one."""
        ray = _ray()
        gpus = max(self.gpus, 1) if ray.cluster_resources().get("GPU", 0) >= 1 else 0
        part = self._task(ray, _all).options(num_gpus=gpus).remote(function, *arguments)
        try:
            return _result(ray, part)
        except KeyboardInterrupt:
            ray.cancel(part, force=True)
            raise

    def _task(self, ray: Any, function: Callable[..., Any], num_returns: int = 1) -> Any:  # noqa: ANN401 - not typed
        self._check_resources(ray)
        return ray.remote(num_cpus=self.cpus, num_gpus=self.gpus, max_retries=N_RETRIES, num_returns=num_returns)(
            function
        )

    def _check_resources(self, ray: Any) -> None:  # noqa: ANN401 - not typed
        """Warn where no machine has what a part reserves: Ray waits for one without a word.

        Raises
        ------
        ParameterError
            If none can join, since the cluster is this machine alone.
        """
        machines = [machine["Resources"] for machine in ray.nodes() if machine["Alive"]]
        if any(each.get("CPU", 0) >= self.cpus and each.get("GPU", 0) >= self.gpus for each in machines):
            return
        wanted = f"{self.cpus:g} CPUs and {self.gpus:g} GPUs, which each part reserves"
        if self._is_alone:
            raise ParameterError(f"This machine lacks {wanted}. Give RayEngine smaller 'cpus' and 'gpus'.")
        warnings.warn(
            f"No machine of the Ray cluster has {wanted}. The work waits until one joins; it goes on at once with "
            f"smaller 'cpus' and 'gpus' of RayEngine.",
            ImbganWarning,
            stacklevel=3,
        )

    def _check_connection(self, ray: Any) -> None:  # noqa: ANN401 - not typed
        here = ray.get_runtime_context().gcs_address
        if self.address not in (None, "auto", "local", here) and not str(self.address).startswith("ray://"):
            raise ParameterError(
                f"This process is connected to the Ray cluster at {here!r}, not at {quoted(self.address)}. Leave the "
                "address out to use it, or call ray.shutdown() first."
            )


def _call(at: tuple[Callable[..., Result], tuple[object, ...]], item: object) -> Result:
    function, shared = at
    return function(*shared, item)


def _all(function: Callable[..., Result], *arguments: object) -> Result:
    return function(*arguments)


# Nodes of a tree stay where they are. A sign that each is there, or the error of its task, comes to the first process.
def _leaf(at: tuple[Callable[..., Result], tuple[object, ...]], item: object) -> tuple[None, Result]:
    return None, _call(at, item)


def _merged(merge: Callable[[Result, Result], Result], first: Result, second: Result) -> tuple[None, Result]:
    return None, merge(first, second)


def _result(ray: Any, part: Any) -> Any:  # noqa: ANN401 - not typed
    try:
        return ray.get(part)
    except ray.exceptions.RayTaskError as error:
        # The error itself, as if it had been raised here, without the text of a traceback in its message.
        raise error.cause from None
    except ray.exceptions.RayError as error:
        raise EngineError(
            f"A part of the work was lost, also after it ran again {N_RETRIES} times, because its worker or machine "
            f"failed: {type(error).__name__}. A worker that needs more memory than its machine has is one reason."
        ) from error


def _ray() -> Any:  # noqa: ANN401 - not typed
    return import_optional("ray", extra="ray")


def connect(address: str | None = None, **settings: Any) -> bool:  # noqa: ANN401 - those of Ray
    """Connect this process to a cluster, or start one, so that Ray's processes neither print here nor get Ctrl-C.

    Returns
    -------
    bool
        Whether a cluster of this machine alone was started.

    Raises
    ------
    EngineError
        If no cluster answers at the address, or none can be started.
    """
    ray = _ray()
    # Ray itself would join a cluster that another program has started for itself, and break off when that one ends.
    address = address or os.environ.get("RAY_ADDRESS") or "local"
    _check_answers(address)
    try:
        with shielded(), _own_handlers(), warnings.catch_warnings():
            # JAX warns of forks; these become other programs at once.
            warnings.filterwarnings("ignore", message=r"os\.fork\(\) was called")
            # Its workers would print here whatever libraries say; results carry the warnings that matter.
            settings |= {"log_to_driver": False, "logging_level": logging.ERROR}
            ray.init(address, **settings)
            return address == "local"
    except Exception as error:  # Ray raises that itself where a local cluster does not start
        raise EngineError(
            f"No Ray cluster could be reached or started at {quoted(address)}: "
            f"{' '.join(str(error).split())[:300]}. Check the address, or start one with 'ray start --head'."
        ) from error


def _check_answers(address: str) -> None:
    """Raise EngineError if nothing listens at HOST:PORT: Ray would try again for minutes, without a word."""
    found = _HOST_PORT.fullmatch(address)
    if found is None:
        return
    host, port = found["host"].strip("[]"), int(found["port"])
    try:
        socket.create_connection((host, port), timeout=PATIENCE).close()
    except (
        OSError,
        ValueError,
        OverflowError,
    ) as error:  # also of hosts that are no names, and ports that are too high
        raise EngineError(
            f"No Ray cluster answers at {quoted(address)} ({error}). Check the address (--address, RAY_ADDRESS), and "
            "whether this machine may connect to it; 'ray status' on a machine of the cluster tells whether it runs."
        ) from error


@contextmanager
def _own_handlers() -> Generator[None]:
    """Keep the handlers of signals of this process, which Ray replaces by its own when it connects."""
    known = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in known.items():
            if handler is None:  # not installed from Python, and so not to be put back from there
                continue
            try:
                signal.signal(number, handler)
            except ValueError:  # not the main thread, in which Ray sets none
                return
