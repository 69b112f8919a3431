"""JAX and fork: a process that was forked after JAX had started holds its locks, but not the threads that open them.

Such a process would wait for ever. It is refused with an error instead, before anything of JAX is called.
"""

import os
import sys

from imbgan.exceptions import ForkedProcessError

_has_asked = False  # whether this process has asked to use JAX
_is_forked = False  # whether this process was forked from one in which JAX had started


def check_process() -> None:
    """Ask to use JAX; every public entry into this room, and every estimator above it, begins with this call.

    Raises
    ------
    ForkedProcessError
        This process was forked from one in which JAX had started.
    """
    global _has_asked
    if _is_forked:
        raise ForkedProcessError(
            "A generator must be trained and used in a process of its own, or in the one that started it. This process "
            f"({os.getpid()}) was forked after JAX had started in its parent, where it would wait for ever. Start "
            "workers with the method 'spawn' or 'forkserver' (multiprocessing.get_context('spawn')) or with joblib's "
            "default backend 'loky', or fork them before the first fit."
        )
    _has_asked = True


def _has_started() -> bool:
    """Return whether JAX holds a device, and with it threads, in this process; a caller may have used JAX himself."""
    # The public function takes a lock, which after a fork may be one that nobody opens.
    backends = getattr(sys.modules.get("jax._src.xla_bridge"), "_backends", None)
    return _has_asked if backends is None else bool(backends)


def _after_fork() -> None:
    global _is_forked
    _is_forked = _is_forked or _has_started()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
