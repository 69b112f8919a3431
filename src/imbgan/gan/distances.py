"""Distances between the rows of two samples, computed on the device on which training runs."""

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Float

from imbgan.gan.devices import platform
from imbgan.gan.padding import bucket
from imbgan.gan.program import Program
from imbgan.measures import pairwise_distances


def distances(x: Float[np.ndarray, "n features"], y: Float[np.ndarray, "m features"]) -> Float[np.ndarray, "n m"]:
    """Return Euclidean distances between rows.

    A processor multiplies matrices of float64, see :func:`imbgan.measures.pairwise_distances`. An accelerator sums
    squares of differences, which keeps the digits of small distances in its float32: copies have a distance of 0.
    """
    if platform() == "cpu":
        return pairwise_distances(x, y)
    return on_accelerator(x, y)


def on_accelerator(x: Float[np.ndarray, "n features"], y: Float[np.ndarray, "m features"]) -> Float[np.ndarray, "n m"]:
    """Return the distances by a compiled program, one per bucket of sizes."""
    padded = [np.pad(np.asarray(rows, np.float32), ((0, bucket(len(rows)) - len(rows)), (0, 0))) for rows in (x, y)]
    return np.asarray(_program(*padded), np.float64)[: len(x), : len(y)]


def _norms_of_differences(x: jax.Array, y: jax.Array) -> jax.Array:
    # A few rows at a time, so that the differences of wide rows take little memory even where they are kept.
    return jax.lax.map(lambda row: jnp.sqrt(jnp.square(y - row).sum(axis=1)), x, batch_size=64)


_program = Program(_norms_of_differences, lambda *arguments: 0)
