"""Threads: limit numerical libraries to one, and share independent work among several."""

import os
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from importlib import import_module
from typing import TypeVar

T = TypeVar("T")
#: More threads wait for memory and for the interpreter.
MOST_THREADS = 8


def one_thread() -> AbstractContextManager[object]:
    """Return a context in which linear algebra and classifiers run on one thread.

    An assessment, or a fold of a comparison, consists of many small products and models. They gain nothing from
    threads, and if other processes keep the cores busy, threads that wait for one another take many times as long.
    """
    # Only libraries that are already loaded can be limited.
    import_module("sklearn.ensemble")
    from threadpoolctl import threadpool_limits

    return threadpool_limits(limits=1)


def usable_cores() -> int:
    """Return how many cores this process may use, at least 1."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def in_threads(work: Callable[[T], object], items: Sequence[T]) -> None:
    """Call ``work`` with each item, on as many threads as this process has cores, but at most eight.

    The calls must not depend on one another. The first error is raised, and what has not begun by then is left out.
    """
    n_threads = min(usable_cores(), MOST_THREADS, len(items))
    if n_threads <= 1:
        for item in items:
            work(item)
        return
    from concurrent.futures import ThreadPoolExecutor

    pool = ThreadPoolExecutor(n_threads)
    try:
        for _ in pool.map(work, items):
            pass
    finally:
        pool.shutdown(cancel_futures=True)
