"""The one place that decides where programs run: on which devices, and which part of the work each of them has.

- One processor: each member runs on a thread of its own, because the matrices are too small to keep more than one core
  busy.
- One accelerator: one program runs all members side by side.
- Several devices: members are spread over them, and devices that are left share the rows of each batch. A step whose
  batch is shared waits for sums over devices, which takes longer than a small batch does on one device. Without a
  request, batches are therefore cut only into parts of at least ``LEAST_ROWS`` rows.
"""

from collections.abc import Callable, Generator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, TypeVar

import jax
import numpy as np
from jax.sharding import Mesh, NamedSharding, PartitionSpec

from imbgan.exceptions import ParameterError

Device = Any  # jax.Device is no type to type checkers
Tree = TypeVar("Tree")

# The axes over which work is spread.
MEMBERS, ROWS = "members", "rows"
# Rows of a batch per device, below which a batch is not cut unless devices were asked for.
LEAST_ROWS = 1024
# Largest share of the memory of a device that the training rows may take; the rest is for states and batches.
ROWS_SHARE = 0.5


def default_device() -> Device:
    """Return the device on which JAX runs a program by default."""
    named = jax.config.values.get("jax_default_device")
    return named if isinstance(named, jax.Device) else jax.devices(named)[0]


@dataclass(frozen=True)
class Placement:
    """The devices of one training, as a grid: one line per part of the members, one column per part of a batch.

    Attributes
    ----------
    devices : tuple of jax.Device
        ``n_member_parts * n_row_parts`` devices of one platform, line by line.
    n_member_parts, n_row_parts : int
        Numbers of parts into which the members and the rows of each batch are cut.
    is_sparing : bool
        Whether the members of a device run one after the other, to save memory.
    """

    devices: tuple[Device, ...]
    n_member_parts: int = 1
    n_row_parts: int = 1
    is_sparing: bool = False

    @property
    def is_spread(self) -> bool:
        """Whether several devices work together."""
        return len(self.devices) > 1

    @property
    def has_threads(self) -> bool:
        """Whether each member runs on a thread of its own."""
        return not self.is_spread and self.devices[0].platform == "cpu"

    @property
    def is_side_by_side(self) -> bool:
        """Whether the members of a device run side by side, which accelerators do in little more time than one."""
        return self.devices[0].platform != "cpu" and not self.is_sparing

    def sparing(self) -> "Placement":
        """Return the placement that needs less memory."""
        return replace(self, is_sparing=True)

    @cached_property
    def mesh(self) -> Mesh:
        """The grid as JAX knows it."""
        return Mesh(np.array(self.devices).reshape(self.n_member_parts, self.n_row_parts), (MEMBERS, ROWS))

    @property
    def shared(self) -> NamedSharding:
        """How an array lies that every device has as a whole."""
        return NamedSharding(self.mesh, PartitionSpec())

    @property
    def by_member(self) -> NamedSharding:
        """How an array with a leading member axis lies."""
        return NamedSharding(self.mesh, PartitionSpec(MEMBERS))

    @property
    def description(self) -> str:
        """Kind, number and grid of the devices, as text."""
        device = self.devices[0]
        numbers = ",".join(str(device.id) for device in self.devices)
        grid = f"{self.n_member_parts} x {self.n_row_parts} ({numbers}){' sparing' if self.is_sparing else ''}"
        return f"{device.platform} {device.device_kind} {grid}"

    def send(self, rows: np.ndarray) -> Any:  # noqa: ANN401 - an array of NumPy or JAX
        """Return the training rows where they are needed: on each device, or on the host if a device lacks the room."""
        if not has_room(self.devices, rows.nbytes):
            return rows
        return jax.device_put(rows, self.shared if self.is_spread else None)

    def gather(self, tree: Tree) -> Tree:
        """Return a pytree on the first device, where rows are generated and judged; elsewhere it stays as it is."""
        return jax.device_put(tree, self.devices[0]) if self.is_spread else tree

    def cut(self, batch: Tree) -> Tree:
        """Tell the compiler that the rows of a batch are spread over the devices of a member."""
        if self.n_row_parts == 1:
            return batch
        return jax.lax.with_sharding_constraint(batch, PartitionSpec(ROWS))


def rows_are_cut() -> bool:
    """Return whether the program that is being traced spreads the rows of a batch over devices."""
    return jax.sharding.get_abstract_mesh().shape.get(ROWS, 1) > 1


@dataclass(frozen=True)
class _Choice:
    """Devices to choose from, and the number of rows of a batch that each must have."""

    devices: tuple[Device, ...]
    least_rows: int


_chosen: ContextVar[_Choice | None] = ContextVar("imbgan_devices", default=None)


def _default_choice() -> _Choice:
    """Return all local accelerators of the default kind; one processor, or the device that JAX was told to use."""
    device = default_device()
    is_named = isinstance(jax.config.values.get("jax_default_device"), jax.Device)
    if is_named or device.platform == "cpu":
        return _Choice((device,), LEAST_ROWS)
    return _Choice(tuple(jax.local_devices(backend=device.platform)), LEAST_ROWS)


def place(n_members: int, batch_size: int) -> Placement:
    """Return where members with batches of this size are trained: as many devices as divide the work evenly."""
    choice = _chosen.get() or _default_choice()
    n_member_parts = max(n for n in range(1, min(n_members, len(choice.devices)) + 1) if n_members % n == 0)
    n_row_parts = max(
        n
        for n in range(1, len(choice.devices) // n_member_parts + 1)
        if n == 1 or (batch_size % n == 0 and batch_size // n >= choice.least_rows)
    )
    return Placement(choice.devices[: n_member_parts * n_row_parts], n_member_parts, n_row_parts)


def local_devices() -> list[str]:
    """Return the names of the devices of this process, the default kind alone, such as "cpu" or "gpu NVIDIA H100"."""
    return [
        device.platform if device.platform == device.device_kind else f"{device.platform} {device.device_kind}"
        for device in jax.local_devices(backend=default_device().platform)
    ]


def platform() -> str:
    """Return the kind of the device on which programs run, such as "cpu" or "gpu"."""
    choice = _chosen.get()
    return (choice.devices[0] if choice else default_device()).platform


def has_room(devices: Sequence[Device], n_bytes: int) -> bool:
    """Return whether training rows of this size fit each device; those that tell no limit share the host's memory."""
    limits = [(device.memory_stats() or {}).get("bytes_limit") for device in devices]
    return all(limit is None or n_bytes <= ROWS_SHARE * limit for limit in limits)


def thread_context() -> Callable[[], AbstractContextManager[object]]:
    """Return what another thread calls to run programs where the present one does: both settings are per thread."""
    named, choice = jax.config.values.get("jax_default_device"), _chosen.get()
    if named is None:
        return nullcontext

    @contextmanager
    def as_here() -> Generator[None]:
        token = _chosen.set(choice)
        try:
            with jax.default_device(named):
                yield
        finally:
            _chosen.reset(token)

    return as_here


@contextmanager
def on_devices(devices: int | Sequence[Device]) -> Generator[None]:
    """Train and generate on these devices, within a ``with`` block.

    Without it, imbgan uses all accelerators of this process, or the processor, or the one device that
    ``jax.default_device`` names. Members (``n_generators``) are spread over the devices first. If devices are left,
    they share the rows of each batch, as far as ``batch_size`` can be divided evenly. Members on devices of their own
    give the same numbers, bit by bit, as on one device of that kind; shared batches give them up to rounding.

    Parameters
    ----------
    devices : int or sequence of jax.Device
        Devices of this process and of one kind; an int n means the first n of JAX's default kind.

    Raises
    ------
    ParameterError
        If there are fewer devices, or none is named, or one belongs to another process or kind.

    Examples
    --------
    >>> from imbgan import on_devices
    >>> with on_devices(1):
    ...     pass  # TabularGAN().fit(X, y)
    """
    chosen = _checked(devices)
    token = _chosen.set(_Choice(chosen, 1))
    try:
        with jax.default_device(chosen[0]):
            yield
    finally:
        _chosen.reset(token)


def _checked(devices: int | Sequence[Device]) -> tuple[Device, ...]:
    """Return the devices; raise ParameterError if they cannot work together."""
    local: Sequence[Device] = jax.local_devices(backend=default_device().platform)
    if isinstance(devices, int | np.integer):
        if not 1 <= devices <= len(local) or isinstance(devices, bool):
            raise ParameterError(
                f"on_devices needs a number of devices from 1 to {len(local)}, since JAX has {len(local)} of the kind "
                f"{default_device().platform!r} in this process. Got {devices!r}."
            )
        return tuple(local[:devices])
    chosen: tuple[Device, ...] = tuple(devices)
    if not chosen or len(set(chosen)) < len(chosen) or len({getattr(each, "platform", each) for each in chosen}) > 1:
        raise ParameterError(f"on_devices needs at least one device, all different and of one kind. Got {devices!r}.")
    foreign = [each for each in chosen if each not in jax.local_devices(backend=getattr(each, "platform", None))]
    if foreign:
        raise ParameterError(f"on_devices needs devices of this process (jax.local_devices()). Got {foreign!r}.")
    return chosen
