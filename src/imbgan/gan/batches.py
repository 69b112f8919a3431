"""Sources of batches. The loop draws from a source and does not know what a row is."""

from collections.abc import Sequence
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from imbgan.gan.heads import bucket


class Batch(NamedTuple):
    """Real rows and their classes; the generated rows of a step are made for the same classes."""

    rows: Array  # shape=(batch, width), float32
    labels: Array  # shape=(batch,), int32


class ClassBatches(NamedTuple):
    """Rows in memory, drawn by class: first the class, then one of its rows, with replacement.

    Members share ``rows``; ``order``, ``start`` and ``n_rows`` carry a member axis outside the compiled map, since
    each member leaves other rows out.
    """

    rows: Array  # shape=(n_rows, width), float32, padded to a bucket
    order: Array  # shape=(n_rows,), int32: positions of the rows to draw from, class by class
    start: Array  # shape=(n_classes,), int32: where each class begins in `order`
    n_rows: Array  # shape=(n_classes,), int32: rows of each class in `order`
    log_share: Array  # shape=(n_classes,), float32: log of the unnormalized share of each class

    def draw(self, key: Array, batch_size: int) -> Batch:
        """Draw a batch; a pure function of the key."""
        class_key, row_key = jax.random.split(key)
        labels = jax.random.categorical(class_key, self.log_share, shape=(batch_size,)).astype(jnp.int32)
        count = self.n_rows[labels]
        offset = jnp.floor(jax.random.uniform(row_key, (batch_size,), jnp.float32) * count).astype(jnp.int32)
        # float32 rounds u * count up to count itself once in a while.
        position = self.order[self.start[labels] + jnp.minimum(offset, count - 1)]
        return Batch(self.rows[position], labels)


def make_batches(
    rows: np.ndarray, labels: np.ndarray, train_masks: Sequence[np.ndarray], n_classes: int, tempering: float
) -> ClassBatches:
    """Lay out rows ``(n, width)`` with class codes ``(n,)`` for members that train on the rows of their mask."""
    n_padded = bucket(len(rows), 64)
    padded = np.zeros((n_padded, rows.shape[1]), np.float32)
    padded[: len(rows)] = rows
    order = np.zeros((len(train_masks), n_padded), np.int32)
    counts = np.zeros((len(train_masks), n_classes), np.int32)
    for member, mask in enumerate(train_masks):
        kept = np.flatnonzero(mask)
        kept = kept[np.argsort(labels[kept], kind="stable")]
        order[member, : len(kept)] = kept
        counts[member] = np.bincount(labels[kept], minlength=n_classes)
    start = np.cumsum(counts, axis=1) - counts
    with np.errstate(divide="ignore"):
        share = np.where(counts > 0, tempering * np.log(counts), -np.inf).astype(np.float32)
    return ClassBatches(padded, order, start.astype(np.int32), counts, share)  # pyright: ignore[reportArgumentType]
