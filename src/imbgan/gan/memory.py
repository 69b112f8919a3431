"""What happens when a device has too little memory: less of it is used, once and with a warning, and then an error."""

import warnings
from collections.abc import Callable
from typing import Any

import jax

from imbgan.exceptions import DeviceMemoryError, DeviceMemoryWarning

# Most parts into which work is cut after a device had too little memory.
MOST_PARTS = 10


def parts_of(size: int) -> int:
    """Return into how many equal parts ``size`` is cut.

    >>> [parts_of(size) for size in (100, 342, 1024, 7, 11)]
    [10, 9, 8, 7, 1]
    """
    return max(n for n in range(1, MOST_PARTS + 1) if size % n == 0)


def is_out_of_memory(error: BaseException) -> bool:
    """Return whether an error of JAX means that a device has too little memory."""
    return isinstance(error, jax.errors.JaxRuntimeError) and "RESOURCE_EXHAUSTED" in str(error)


def _first_line(error: BaseException) -> str:
    return str(error).partition("\n")[0][:200]


def warn_of_little_memory(task: str, remedy: str, error: BaseException) -> None:
    """Warn that a task goes on with less memory."""
    warnings.warn(
        f"A device has too little memory for {task}, which goes on with {remedy}. It takes longer and gives the same "
        f"rows up to rounding. The device said: {_first_line(error)}",
        DeviceMemoryWarning,
        stacklevel=2,
    )


def too_little_memory(task: str, error: BaseException) -> DeviceMemoryError:
    """Return the error that says what can be done."""
    return DeviceMemoryError(
        f"A device has too little memory for {task}, also in small parts. Choose a smaller 'batch_size' or smaller "
        "networks in train_options, stop other programs on the device, or use the processor: "
        f'with jax.default_device(jax.devices("cpu")[0]). The device said: {_first_line(error)}'
    )


class Sparing:
    """A function of arrays that runs on a device, and another one that gives the same in smaller parts.

    Parameters
    ----------
    usual, sparing : callable
        Functions of the same arguments. The second is called when the device has too little memory for the first, and
        from then on for arguments of the same shapes.
    task : str
        What they do, for the warning and the error: "generating rows".
    """

    def __init__(self, usual: Callable[..., Any], sparing: Callable[..., Any], task: str) -> None:
        self._usual, self._sparing, self._task = usual, sparing, task
        self._large: set[tuple[Any, ...]] = set()

    def __call__(self, *arguments: Any) -> Any:  # noqa: ANN401 - any pytrees
        """Return what the functions return; raise DeviceMemoryError if the second one needs too much memory as well."""
        shapes = tuple(getattr(leaf, "shape", ()) for leaf in jax.tree.leaves(arguments))
        if shapes not in self._large:
            try:
                return jax.block_until_ready(self._usual(*arguments))
            except jax.errors.JaxRuntimeError as error:
                if not is_out_of_memory(error):
                    raise
                warn_of_little_memory(self._task, "smaller parts", error)
                self._large.add(shapes)
        try:
            return jax.block_until_ready(self._sparing(*arguments))
        except jax.errors.JaxRuntimeError as error:
            if not is_out_of_memory(error):
                raise
            raise too_little_memory(self._task, error) from error
