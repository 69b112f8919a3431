"""Layers and their initial values."""

from collections.abc import Callable

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jaxtyping import Float

LEAK = 0.2

# Returns initial float32 values for a shape and a standard deviation. NumPy draws them, since compiling a program that
# runs once would cost seconds.
Draw = Callable[[tuple[int, ...], float], np.ndarray]


class Linear(eqx.Module):
    """Affine map of a batch of rows, ``x W' + b``."""

    weight: Array | np.ndarray  # shape=(n_out, n_in), float32
    bias: Array | np.ndarray  # shape=(n_out,), float32

    def __init__(self, n_in: int, n_out: int, draw: Draw) -> None:
        # He initialization for leaky rectifiers keeps the variance of activations from layer to layer.
        self.weight = draw((n_out, n_in), (2.0 / (1.0 + LEAK**2) / n_in) ** 0.5)
        self.bias = draw((n_out,), 0.0)

    def __call__(self, rows: Float[Array, "batch n_in"]) -> Float[Array, "batch n_out"]:
        """Map each row."""
        return rows @ self.weight.T + self.bias


def spectral_norm(weight: Float[Array, "n_out n_in"], n_iterations: int = 20) -> Float[Array, ""]:
    """Return the largest singular value of ``weight`` by power iteration from a fixed start.

    One detail differs from Miyato 2018: twenty iterations from a fixed vector, instead of one iteration from the vector
    of the previous step. The matrices are small, and a network without hidden state can be saved, averaged and
    restarted easily.
    """
    fixed = jax.lax.stop_gradient(weight)
    right = jnp.ones((weight.shape[1],), weight.dtype) + 0.1 * jnp.cos(jnp.arange(weight.shape[1], dtype=weight.dtype))

    def iterate(_: Array | int, right: Array) -> Array:
        left = fixed @ right
        right = fixed.T @ (left / (jnp.linalg.norm(left) + 1e-12))
        return right / (jnp.linalg.norm(right) + 1e-12)

    right = jax.lax.fori_loop(0, n_iterations, iterate, right)
    left = fixed @ right
    left = left / (jnp.linalg.norm(left) + 1e-12)
    return left @ weight @ right
