"""Run a command in a process of its own, and sample its resident memory while it works."""

import os
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psutil

#: Seconds between two samples at first; samples are thinned so that at most this many are kept.
EVERY, KEPT = 0.1, 400


def measure(command: Sequence[str], *, log: Path | None = None) -> dict[str, Any]:
    """Return what a command took.

    Parameters
    ----------
    command : sequence of str
    log : Path, default=None
        Where its output goes; by default nowhere.

    Returns
    -------
    dict
        ``"seconds"``; ``"cpu_seconds"``; ``"peak_mb"``, the greatest resident memory of the process and its
        children together; ``"samples"``, pairs of seconds and
        megabytes.

    Raises
    ------
    RuntimeError
        If the command fails.
    """
    began = time.perf_counter()
    out = subprocess.DEVNULL if log is None else log.open("wb")
    process = psutil.Popen(command, stdout=out, stderr=subprocess.STDOUT, env=os.environ)
    samples: list[tuple[float, float]] = []
    every, cpu, peak = EVERY, 0.0, 0.0
    while process.poll() is None:
        memory, used = _now(process)
        cpu, peak = max(cpu, used), max(peak, memory)
        samples.append((round(time.perf_counter() - began, 1), round(memory, 1)))
        if len(samples) >= 2 * KEPT:
            samples, every = samples[::2], 2 * every
        time.sleep(min(every, 2.0))
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}; see {log}")
    return {
        "command": " ".join(command),
        "seconds": round(time.perf_counter() - began, 1),
        "cpu_seconds": round(cpu, 1),
        "peak_mb": round(peak, 1),
        "samples": samples,
    }


def _now(process: psutil.Popen) -> tuple[float, float]:
    """Return megabytes of resident memory and seconds of processor time, of a process and its children."""
    memory = cpu = 0.0
    try:
        for each in (process, *process.children(recursive=True)):
            memory += each.memory_info().rss / 1e6
            times = each.cpu_times()
            cpu += times.user + times.system
    except psutil.Error:
        pass  # it has ended meanwhile
    return memory, cpu
