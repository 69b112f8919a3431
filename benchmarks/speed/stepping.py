"""A training step of one size: its arithmetic beside the peak of the machine; run in a process of its own.

The process works on as many cores as it has networks, and at most on those of the machine. It measures in turns

- the peak: the highest rate of products of two square float32 matrices of several sizes, by the same compiler;
- a chunk of steps, as training runs it (:func:`imbgan.gan.chunk.run_chunk`), compiled programs ready;
- products of the shape of the hidden layers alone;
- where the share of the peak is below ``ENOUGH``, the same chunk without one of its parts. What is saved is what the
  part takes.

The floating-point operations are those that XLA counts in the chunk before it is compiled, where nothing is computed
twice to save memory. It counts the body of a loop once, so that they are those of one step of one network.
"""

import json
import os
import statistics
import sys
import time
import warnings
from collections.abc import Callable, Generator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, NamedTuple
from unittest.mock import patch

import jax
import jax.numpy as jnp
import numpy as np

from benchmarks.speed.records import Record
from imbgan.gan import chunk, step
from imbgan.gan.config import TrainConfig
from imbgan.gan.networks.families import Networks
from imbgan.gan.networks.perceptrons import PerceptronConfig
from imbgan.gan.sources import Batch, ClassBatches, make_batches
from imbgan.gan.spaces.columns import ColumnSpace
from imbgan.gan.state import TrainState, init_members
from imbgan.random import Streams

#: Share of the peak at which nothing is left out.
ENOUGH = 0.6
#: What can be left out.
PARTS = ("random numbers", "optimizer", "batches", "penalties")
#: Sizes of the square matrices whose fastest product is the peak; small ones stay in the caches.
PEAK_SIZES = (256, 512, 1024, 2048)
#: About as many seconds, at half of the peak, and at least as many steps has a chunk.
CHUNK_SECONDS, LEAST_STEPS, MOST_STEPS = 0.3, 2, 100
#: The table: numbers, and categories of four levels.
N_ROWS, SPANS = 2_000, (("number", 1),) * 16 + (("category", 4),) * 4


class Size(NamedTuple):
    """Rows per batch, width of the hidden layers, and number of networks that are trained together."""

    batch: int
    width: int
    networks: int


class Chunk(NamedTuple):
    """The arguments of :func:`imbgan.gan.chunk.run_chunk`."""

    config: TrainConfig
    space: ColumnSpace
    source: ClassBatches
    states: TrainState


def make_chunk(size: Size, n_steps: int) -> Chunk:
    """Return the first chunk of a training at the defaults, but of this size."""
    rng = np.random.default_rng(0)
    codes = (np.arange(N_ROWS) % 10 == 0).astype(int)
    numbers = rng.normal(size=(N_ROWS, 16)) + codes[:, None]
    levels = [np.eye(4)[rng.integers(4, size=N_ROWS)] for _ in range(4)]
    space = ColumnSpace.of(SPANS)
    rows = space.pad(np.hstack([numbers, *levels]).astype(np.float32))
    options = {"batch_size": size.batch, "chunk_size": n_steps, "max_iter": 10**6}
    config = TrainConfig.resolve(options, class_counts=np.bincount(codes).tolist(), n_members=size.networks)
    hidden = {"generator_hidden": (size.width,) * 3, "discriminator_hidden": (size.width,) * 2}
    networks = Networks(config=PerceptronConfig.resolve(hidden, loss=config.loss))
    masks = [np.arange(N_ROWS) // 10 % 5 != member % 5 for member in range(size.networks)]
    source = make_batches(rows, codes, masks, config.n_classes, config.class_tempering)
    states = init_members(config, space.shape, Streams(0), [networks] * size.networks)
    return Chunk(config, space, source, states)


def operations_of_products(size: Size) -> int:
    """Return the floating-point operations of the matrix products of one step of one network, nearly.

    With b rows, a product with a matrix of m numbers takes 2 b m. A generator maps b rows, and its gradient takes twice
    as much. The discriminator maps 2 b rows, real and generated ones, and so does each pass back: one for the gradients
    of its input, four for the derivative of both, and two more passes teach the generator.
    """
    shape, latent, width = ColumnSpace.of(SPANS).shape[0], PerceptronConfig().latent_dim, size.width
    of_generator = (latent + PerceptronConfig().embedding_dim) * width + 2 * width**2 + width * shape
    of_discriminator = shape * width + width**2 + width
    return 2 * size.batch * (3 * of_generator + 2 * 8 * of_discriminator)


class FixedBatches(NamedTuple):
    """A source that has the same batch for each step."""

    members: Batch  # leaves of shape (n_members, batch, ...)

    def draw(self, own: Batch, key: jax.Array, batch_size: int, place: jax.Array | int) -> Batch:
        """Return the batch of a member."""
        del key, batch_size, place
        return own

    def for_chunk(self, config: TrainConfig, states: TrainState) -> "FixedBatches":
        """Return itself."""
        del config, states
        return self

    def on_host(self) -> "FixedBatches":
        """Return itself."""
        return self

    def alone(self, member: int) -> "FixedBatches":
        """Return the batch of one member."""
        return FixedBatches(jax.tree.map(lambda leaf: leaf[member : member + 1], self.members))


def fixed_batches(whole: Chunk) -> FixedBatches:
    """Return the first rows as the batch of each member."""
    n_members, n = whole.config.n_members, whole.config.batch_size
    rows = np.asarray(whole.source.rows)[:n]
    shape = (n_members, *rows.shape)
    return FixedBatches(Batch(np.broadcast_to(rows, shape), np.zeros((n_members, n), np.int32)))  # pyright: ignore[reportArgumentType]


def _no_draws(key: jax.Array, shape: tuple[int, ...], dtype: Any = jnp.float32) -> jax.Array:  # noqa: ANN401
    """Return different numbers without drawing them; equal ones would let the compiler leave products out."""
    del key
    return jnp.linspace(-1, 1, int(np.prod(shape)), dtype=dtype).reshape(shape)


@contextmanager
def left_out(part: str | None, whole: Chunk) -> Generator[Chunk]:
    """Trace the chunk without a part within this context, whose value is the chunk to trace."""
    if part == "random numbers":
        with patch.object(jax.random, "normal", _no_draws), patch.object(jax.random, "gumbel", _no_draws):
            yield whole
    elif part == "optimizer":
        as_they_are = SimpleNamespace(update=lambda gradients, state: (gradients, state))
        with patch.object(step, "optimizer", lambda config: as_they_are):
            yield whole
    elif part == "batches":
        yield whole._replace(source=fixed_batches(whole))  # pyright: ignore[reportArgumentType]
    elif part == "penalties":
        yield whole._replace(config=replace(whole.config, penalties=()))
    else:
        yield whole


def _lowered(whole: Chunk, part: str | None) -> Any:  # noqa: ANN401 - jax.stages.Lowered
    with left_out(part, whole) as less:
        state = jax.tree.map(lambda leaf: np.asarray(leaf)[:1], less.states)
        leaves, tree = jax.tree.flatten((replace(less.config, n_members=1), less.space, less.source.alone(0), state))
        return jax.jit(lambda *leaves: chunk._train_alone(*tree.unflatten(leaves))).lower(*leaves)


def operations_of(whole: Chunk, part: str | None = None) -> float:
    """Return the floating-point operations of a step of one network, without a part, as XLA counts them."""
    # XLA counts operations on whole numbers as well; the Threefry of JAX is a loop, of which it counts next to nothing.
    return float(_lowered(whole, part).cost_analysis()["flops"])


def compiled(whole: Chunk, part: str | None = None) -> Callable[[], object]:
    """Return what runs the chunk without a part."""
    program = _lowered(whole, part).compile()
    with left_out(part, whole) as less:
        arguments = less

    def run() -> object:
        # The program of this part; the package's own stays as it is, and its file of programs too.
        with patch.object(chunk, "_run_alone", lambda *arguments: program(*jax.tree.leaves(arguments))):
            return chunk.run_chunk(*arguments)

    return run


def medians(jobs: Mapping[str, Callable[[], object]], n: int) -> dict[str, float]:
    """Return median seconds of jobs that take turns, after one call of each."""
    times: dict[str, list[float]] = {name: [] for name in jobs}
    for turn in range(n + 1):
        for name, job in jobs.items():
            began = time.perf_counter()
            jax.block_until_ready(job())
            if turn:
                times[name].append(time.perf_counter() - began)
    return {name: statistics.median(values) for name, values in times.items()}


def _products(size: Size, n_cores: int) -> tuple[Callable[[], object], float]:
    """Return what multiplies a batch with a hidden layer many times on each core, and the operations of all."""
    rows, weights = jnp.ones((size.batch, size.width)), jnp.full((size.width, size.width), 1 / size.width)
    n = int(np.clip(1e10 / (2 * size.batch * size.width**2), 2, 1000))

    @jax.jit
    def chain(rows: jax.Array, weights: jax.Array) -> jax.Array:
        return jax.lax.scan(lambda rows, _: (rows @ weights, None), rows, None, length=n, unroll=10)[0]

    def run() -> object:
        with ThreadPoolExecutor(n_cores) as pool:
            return list(pool.map(lambda _: jax.block_until_ready(chain(rows, weights)), range(n_cores)))

    return run, 2.0 * n_cores * n * size.batch * size.width**2


def pinned(networks: int) -> int:
    """Keep this process on as many of its cores as there are networks; return their number."""
    if not hasattr(os, "sched_setaffinity"):
        return os.cpu_count() or 1
    cores = sorted(os.sched_getaffinity(0))[:networks]
    os.sched_setaffinity(0, cores)
    return len(cores)


def measure(size: Size, n: int, n_cores: int) -> Record:
    """Return the line of a size, from n turns."""
    squares = {str(k): jnp.ones((k, k), jnp.float32) for k in PEAK_SIZES}
    product = jax.jit(lambda a: a @ a)
    of_peak = {name: lambda square=square: product(square) for name, square in squares.items()}
    roughly = max(2 * int(k) ** 3 / seconds for k, seconds in medians(of_peak, 3).items())
    estimate = size.networks * operations_of_products(size)
    n_steps = int(np.clip(0.5 * roughly * CHUNK_SECONDS / estimate, LEAST_STEPS, MOST_STEPS))
    whole = make_chunk(size, n_steps)
    run, operations = compiled(whole), operations_of(whole)
    chain, operations_of_chain = _products(size, n_cores)
    jobs = {**of_peak, "chunk": run, "chain": chain}
    seconds = medians(jobs, n)
    found = _line(seconds, size, n_steps, operations, operations_of_chain)
    if found["share"] < ENOUGH:
        parts = {part: compiled(whole, part) for part in PARTS}
        seconds = medians({**jobs, **parts}, n)
        found = _line(seconds, size, n_steps, operations, operations_of_chain)
        found["parts"] = {part: (seconds["chunk"] - seconds[part]) / seconds["chunk"] for part in PARTS}
    return {**size._asdict(), "cores": n_cores, "steps": n_steps, **found}


def _line(seconds: Mapping[str, float], size: Size, n_steps: int, operations: float, of_chain: float) -> Record:
    peak = max(2 * k**3 / seconds[str(k)] for k in PEAK_SIZES)
    rate = size.networks * n_steps * operations / seconds["chunk"]
    return {
        "operations": operations,
        "step_s": seconds["chunk"] / n_steps,
        "peak": peak,
        "share": rate / peak,
        "product_share": of_chain / seconds["chain"] / peak,
    }


def main(batch: str, width: str, networks: str, turns: str) -> None:
    """Print the line of a size."""
    warnings.simplefilter("ignore")
    size = Size(int(batch), int(width), int(networks))
    # Before JAX starts its threads, of which there is one per core.
    n_cores = pinned(size.networks)
    print(json.dumps(measure(size, int(turns), n_cores)))


if __name__ == "__main__":
    main(*sys.argv[1:])
