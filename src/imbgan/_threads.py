"""Limit numerical libraries to one thread."""

from contextlib import AbstractContextManager
from importlib import import_module


def one_thread() -> AbstractContextManager[object]:
    """Return a context in which linear algebra and classifiers run on one thread.

    An assessment, or a fold of a comparison, consists of many small products and models. They gain nothing from
    threads, and if other processes keep the cores busy, threads that wait for one another take many times as long.
    """
    # Only libraries that are already loaded can be limited.
    import_module("sklearn.ensemble")
    from threadpoolctl import threadpool_limits

    return threadpool_limits(limits=1)
