"""Where the time of a training step goes: its arithmetic beside the matrix-product peak of the machine.

One process trains the default generator on 2,000 rows of 20 columns with three members, and measures in turns

- the peak: products of large float32 matrices by the same compiler on all cores;
- a step of one member alone, and one step of each of three members, which share the cores;
- what happens between chunks: judging generated rows on held-out ones.

The floating-point operations of a step are those that XLA counts in the compiled step (``cost_analysis``).
"""

import statistics
import time
import warnings
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch

import jax
import jax.numpy as jnp
import numpy as np
from sklearn.datasets import make_classification

from benchmarks.images.records import read_lines
from benchmarks.speed.records import Record, append, table
from benchmarks.speed.sections import Section, Settings
from imbgan import GANOverSampler
from imbgan.gan import chunk as chunk_module
from imbgan.gan.chunk import run_chunk
from imbgan.gan.evaluation import Evaluation
from imbgan.gan.step import train_step

FILE = "step.jsonl"
SIZE = 2048  # of the matrices whose product gives the peak


class Fit(NamedTuple):
    """The arguments of a chunk in the middle of a fit, and the seconds that its judgments took."""

    chunk: tuple[Any, ...]
    judging: list[float]


def watch_fit(max_iter: int = 1500) -> Fit:
    """Fit once, and keep what the loop handed to a chunk."""
    X, y = make_classification(2000, 20, n_informative=5, weights=[0.9], flip_y=0, random_state=0)
    chunks: list[tuple[Any, ...]] = []
    judging: list[float] = []
    judge = Evaluation.judge

    def watched_chunk(*arguments: Any) -> Any:  # noqa: ANN401 - handed on
        chunks.append(arguments[:4])  # without the placement
        return run_chunk(*arguments)

    def watched_judge(self: Evaluation, *arguments: Any) -> Any:  # noqa: ANN401 - handed on
        began = time.perf_counter()
        judgment = judge(self, *arguments)
        judging.append(time.perf_counter() - began)
        return judgment

    with patch.object(chunk_module, "run_chunk", watched_chunk), patch.object(Evaluation, "judge", watched_judge):
        GANOverSampler(max_iter=max_iter, random_state=0).fit_resample(X, y)
    return Fit(chunks[len(chunks) // 2], judging[1:])


def operations_of_a_step(chunk: tuple[Any, ...]) -> float:
    """Return the floating-point operations of one step of one member, as XLA counts them."""
    config, space, source, states = chunk
    state, own = (jax.tree.map(lambda leaf: np.asarray(leaf)[0], tree) for tree in (states, source.members))
    key = jax.random.key(0, impl="threefry2x32")

    def step(state: Any, own: Any, key: jax.Array) -> Any:  # noqa: ANN401 - pytrees
        return train_step(config, space, state, source.draw(own, key, config.batch_size), key)

    costs: Any = jax.jit(step).lower(state, own, key).compile().cost_analysis()
    return float(costs["flops"])


def seconds_of(work: Callable[[], object]) -> float:
    """Return the seconds of one call, until its results are there."""
    began = time.perf_counter()
    jax.block_until_ready(work())
    return time.perf_counter() - began


def measure(fit: Fit, n: int) -> dict[str, float]:
    """Return median seconds of n products of large matrices, and of n steps of one member and of all members."""
    config, space, source, states = fit.chunk
    state = jax.tree.map(lambda leaf: np.asarray(leaf)[:1], states)
    alone = (replace(config, n_members=1), space, source.alone(0), state)
    large, product = jnp.ones((SIZE, SIZE), jnp.float32), jax.jit(lambda a: a @ a)
    jobs: dict[str, Callable[[], object]] = {
        "product": lambda: product(large),
        "one": lambda: run_chunk(*alone),
        "all": lambda: run_chunk(*fit.chunk),
    }
    for job in jobs.values():
        seconds_of(job)  # compiles
    times: dict[str, list[float]] = {name: [] for name in jobs}
    for _ in range(n):
        for name, job in jobs.items():
            times[name].append(seconds_of(job))
    n_steps = {"product": 1, "one": config.chunk_size, "all": config.chunk_size}
    return {name: statistics.median(values) / n_steps[name] for name, values in times.items()}


def of(fit: Fit, seconds: Mapping[str, float], operations: float) -> Record:
    """Return the line of a run."""
    config = fit.chunk[0]
    return {
        "n_members": config.n_members,
        "batch_size": config.batch_size,
        "chunk_size": config.chunk_size,
        "operations": operations,
        "judging_s": statistics.median(fit.judging),
        **{f"{name}_s": value for name, value in seconds.items()},
    }


def run(settings: Settings) -> None:
    """Measure once; a file that has a line is left alone."""
    if read_lines(settings.out / FILE):
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fit = watch_fit()
    append(settings.out / FILE, of(fit, measure(fit, 3 if settings.quick else 20), operations_of_a_step(fit.chunk)))


def write(results: Path, figures: Path) -> list[str]:
    """Return the table of the last line, and a sentence on what happens between chunks."""
    del figures
    lines = read_lines(results / FILE)
    return markdown(lines[-1]) if lines else []


def markdown(line: Record) -> list[str]:
    """Return the table, and a sentence on what happens between chunks."""
    peak = 2 * SIZE**3 / line["product_s"]
    rows = [[f"product of two {SIZE} x {SIZE} matrices", f"{1e3 * line['product_s']:.1f}", f"{peak / 1e9:.0f}", "1"]]
    n = line["n_members"]
    for name, title, n_members in (("one", "one member", 1), ("all", f"{n} members", n)):
        seconds = line[f"{name}_s"]
        rate = n_members * line["operations"] / seconds
        rows.append([f"a step of {title}", f"{1e3 * seconds:.2f}", f"{rate / 1e9:.0f}", f"{rate / peak:.2f}"])
    share = line["judging_s"] / (line["judging_s"] + line["chunk_size"] * line["all_s"])
    told = f"A step of one member has {line['operations'] / 1e6:.1f} million operations "
    told += f"(batches of {line['batch_size']} rows). Judging takes {1e3 * line['judging_s']:.0f} ms after each "
    told += f"{line['chunk_size']} steps, {share:.0%} of the time."
    return [*table(("", "ms", "Gflop/s", "share of the peak"), rows), told, ""]


SECTION = Section("A training step", run, write)
