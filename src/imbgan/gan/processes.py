"""JAX and fork: a process that was forked after JAX had started has its locks, but not the threads that release them.

Such a process would wait for ever. Therefore it gets an error before any function of JAX is called.
"""

import os
import sys

from imbgan.exceptions import ForkedProcessError

_has_asked = False  # whether this process has called check_process
_is_forked = False  # whether this process was forked from one in which JAX had started


def check_process() -> None:
    """Check that JAX may be used; public functions of this room, and estimators above it, call this first.

    Raises
    ------
    ForkedProcessError
        If this process was forked from one in which JAX had started.
    """
    global _has_asked
    if _is_forked:
        raise ForkedProcessError(
            "A generator cannot be trained or used in a process that was forked after JAX had started, since it would "
            f"wait for ever. This process ({os.getpid()}) is such a fork. Start "
            "workers with the method 'spawn' or 'forkserver' (multiprocessing.get_context('spawn')) or with joblib's "
            "default backend 'loky', or fork them before the first fit."
        )
    _has_asked = True


def _has_started() -> bool:
    """Return whether JAX has a device, and so threads, in this process; the user may have started JAX as well."""
    # The public function acquires a lock, which nobody may release after a fork.
    backends = getattr(sys.modules.get("jax._src.xla_bridge"), "_backends", None)
    return _has_asked if backends is None else bool(backends)


def _after_fork() -> None:
    global _is_forked
    _is_forked = _is_forked or _has_started()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
