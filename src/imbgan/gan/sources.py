"""Sources of batches. The training loop draws from a source and does not know where the rows are stored."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, Protocol, runtime_checkable

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jaxtyping import Float, Int

from imbgan.gan.config import TrainConfig
from imbgan.gan.padding import bucket
from imbgan.gan.program import Program
from imbgan.gan.state import TrainState, step_keys


class Batch(NamedTuple):
    """Real rows and their class codes. The generated rows of a step have the same class codes."""

    rows: Float[Array, "batch *row"]
    codes: Int[Array, " batch"]


@runtime_checkable
class Source(Protocol):
    """Delivers batches of rows to the members; a pytree of arrays."""

    @property
    def members(self) -> Any:  # noqa: ANN401 - any pytree
        """The part that differs between members: a pytree with a leading member axis on every leaf."""
        ...

    def draw(self, own: Any, key: Array, batch_size: int, number: Array | int) -> Batch:  # noqa: ANN401 - any pytree
        """Draw a batch for the member whose part of ``members`` is ``own``.

        It is a pure function of the key; ``number`` is that of the step in its chunk.
        """
        ...

    def for_chunk(self, config: TrainConfig, states: TrainState) -> "Source":
        """Return the source of the next chunk; one that knows its batches beforehand can bring these alone."""
        ...

    def on_host(self) -> "Source":
        """Return a source of the same batches that keeps its rows in the memory of the host."""
        ...

    def alone(self, member: int) -> "Source":
        """Return the source of one member, whose ``members`` keep an axis of length 1."""
        ...


class ClassOrder(NamedTuple):
    """The training rows of a member, class by class."""

    order: Array  # shape=(n_rows,), int32: positions of its training rows, class by class
    start: Array  # shape=(n_classes,), int32: where each class begins in `order`
    n_rows: Array  # shape=(n_classes,), int32: number of rows of each class in `order`
    log_share: Array  # shape=(n_classes,), float32: log of the unnormalized share of each class

    def draw(self, key: Array, batch_size: int) -> tuple[Int[Array, " batch"], Int[Array, " batch"]]:
        """Return the positions and the class codes of a batch."""
        class_key, row_key = jax.random.split(key)
        codes = jax.random.categorical(class_key, self.log_share, shape=(batch_size,)).astype(jnp.int32)
        count = self.n_rows[codes]
        offset = jnp.floor(jax.random.uniform(row_key, (batch_size,), jnp.float32) * count).astype(jnp.int32)
        # float32 rounds u * count up to count itself once in a while.
        return self.order[self.start[codes] + jnp.minimum(offset, count - 1)], codes


class ClassBatches(NamedTuple):
    """Rows in memory, drawn by class: first the class, then one of its rows, with replacement.

    Members share ``rows``, and each holds out other rows.
    """

    rows: Array  # shape=(n_rows, *row), float32, padded to a bucket
    members: ClassOrder  # with a member axis on every leaf

    def draw(self, own: ClassOrder, key: Array, batch_size: int, number: Array | int = 0) -> Batch:
        """Draw a batch for the member whose order is ``own``; a pure function of the key."""
        del number
        positions, codes = own.draw(key, batch_size)
        return Batch(self.rows[positions], codes)

    def for_chunk(self, config: TrainConfig, states: TrainState) -> "ClassBatches | DrawnBatches":
        """Return the batches of the next chunk alone if the rows lie on the host."""
        if not isinstance(self.rows, np.ndarray):
            return self
        keys, steps = np.asarray(states.key_data), np.asarray(states.step)  # which several devices may hold
        positions, codes = _draw_positions(config, self.members, keys, steps)
        return DrawnBatches(Batch(self.rows[np.asarray(positions)], np.asarray(codes)))  # pyright: ignore[reportArgumentType]

    def on_host(self) -> "ClassBatches":
        """Return the source with its rows in the memory of the host."""
        return self._replace(rows=np.asarray(self.rows))

    def alone(self, member: int) -> "ClassBatches":
        """Return the source of one member, which shares the rows."""
        return self._replace(members=jax.tree.map(lambda leaf: leaf[member : member + 1], self.members))


class DrawnBatches(NamedTuple):
    """The batches of one chunk, drawn beforehand."""

    members: Batch  # leaves of shape (n_members, chunk_size, batch, ...)

    def draw(self, own: Batch, key: Array, batch_size: int, number: Array | int) -> Batch:
        """Return the batch of the step with this number in the chunk."""
        del key, batch_size
        return Batch(own.rows[number], own.codes[number])

    def for_chunk(self, config: TrainConfig, states: TrainState) -> "DrawnBatches":
        """Return itself."""
        del config, states
        return self

    def on_host(self) -> "DrawnBatches":
        """Return itself."""
        return self

    def alone(self, member: int) -> "DrawnBatches":
        """Return the batches of one member."""
        return DrawnBatches(jax.tree.map(lambda leaf: leaf[member : member + 1], self.members))


def _positions_of_a_chunk(
    config: TrainConfig, members: ClassOrder, key_data: Array, steps: Array
) -> tuple[Array, Array]:
    """Return the positions and codes of the batches of a chunk, of shape (n_members, chunk_size, batch)."""

    def of_member(arguments: tuple[ClassOrder, Array, Array]) -> tuple[Array, Array]:
        own, key_data, first = arguments
        return jax.lax.map(
            lambda number: own.draw(step_keys(key_data, first + number)[0], config.batch_size),
            jnp.arange(config.chunk_size),
        )

    return jax.lax.map(of_member, (members, key_data, steps))


_draw_positions = Program(_positions_of_a_chunk, lambda *arguments: (0, 0))


def make_batches(
    rows: Float[np.ndarray, "n *row"],
    codes: Int[np.ndarray, " n"],
    train_masks: Sequence[np.ndarray],
    n_classes: int,
    tempering: float,
    send: Callable[[np.ndarray], Any] = jax.device_put,
) -> ClassBatches:
    """Return the source of padded rows for members, each of which trains on the rows of its mask, shape (n,), bool.

    ``send`` moves the rows to where they are needed, once and not with each chunk.
    """
    n_padded = bucket(len(rows), 64)
    padded = np.zeros((n_padded, *rows.shape[1:]), np.float32)
    padded[: len(rows)] = rows
    order = np.zeros((len(train_masks), n_padded), np.int32)
    counts = np.zeros((len(train_masks), n_classes), np.int32)
    for member, mask in enumerate(train_masks):
        kept = np.flatnonzero(mask)
        kept = kept[np.argsort(codes[kept], kind="stable")]
        order[member, : len(kept)] = kept
        counts[member] = np.bincount(codes[kept], minlength=n_classes)
    start = np.cumsum(counts, axis=1) - counts
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(counts > 0, tempering * np.log(counts), -np.inf).astype(np.float32)
    members = ClassOrder(order, start.astype(np.int32), counts, share)  # pyright: ignore[reportArgumentType]
    # The part of the members stays on the host, since each member is sent separately.
    return ClassBatches(send(padded), members)
