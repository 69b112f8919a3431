"""Sources of batches. The training loop draws from a source and does not know where the rows are stored."""

from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol, runtime_checkable

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jaxtyping import Float, Int

from imbgan.gan.padding import bucket


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

    def draw(self, own: Any, key: Array, batch_size: int) -> Batch:  # noqa: ANN401 - any pytree
        """Draw a batch for the member whose part of ``members`` is ``own``; a pure function of the key."""
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


class ClassBatches(NamedTuple):
    """Rows in memory, drawn by class: first the class, then one of its rows, with replacement.

    Members share ``rows``, and each holds out other rows.
    """

    rows: Array  # shape=(n_rows, *row), float32, padded to a bucket
    members: ClassOrder  # with a member axis on every leaf

    def draw(self, own: ClassOrder, key: Array, batch_size: int) -> Batch:
        """Draw a batch for the member whose order is ``own``; a pure function of the key."""
        class_key, row_key = jax.random.split(key)
        codes = jax.random.categorical(class_key, own.log_share, shape=(batch_size,)).astype(jnp.int32)
        count = own.n_rows[codes]
        offset = jnp.floor(jax.random.uniform(row_key, (batch_size,), jnp.float32) * count).astype(jnp.int32)
        # float32 rounds u * count up to count itself once in a while.
        position = own.order[own.start[codes] + jnp.minimum(offset, count - 1)]
        return Batch(self.rows[position], codes)

    def alone(self, member: int) -> "ClassBatches":
        """Return the source of one member, which shares the rows."""
        return self._replace(members=jax.tree.map(lambda leaf: leaf[member : member + 1], self.members))


def make_batches(
    rows: Float[np.ndarray, "n *row"],
    codes: Int[np.ndarray, " n"],
    train_masks: Sequence[np.ndarray],
    n_classes: int,
    tempering: float,
) -> ClassBatches:
    """Return the source of padded rows for members, each of which trains on the rows of its mask, shape (n,), bool."""
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
    with np.errstate(divide="ignore"):
        share = np.where(counts > 0, tempering * np.log(counts), -np.inf).astype(np.float32)
    members = ClassOrder(order, start.astype(np.int32), counts, share)  # pyright: ignore[reportArgumentType]
    # The rows move to the device once, not with each chunk. The part of the members stays on the host, since each
    # member is sent separately.
    return ClassBatches(jax.device_put(padded), members)
