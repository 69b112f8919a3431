"""Gradient penalties of the discriminator, for rows of any shape."""

from collections.abc import Callable

import jax
import jax.numpy as jnp
from jax import Array
from jaxtyping import Float

PENALTIES = frozenset({"r1", "r2", "gp"})

Critic = Callable[[Float[Array, "batch *row"]], Float[Array, " batch"]]


def logits_and_gradients(
    critic: Critic, rows: Float[Array, "batch *row"]
) -> tuple[Float[Array, " batch"], Float[Array, "batch *row"]]:
    """Return the logits of rows, and the gradient of each with respect to its own row."""
    logits, pullback = jax.vjp(critic, rows)
    (gradients,) = pullback(jnp.ones_like(logits))
    return logits, gradients


def squared_norms(gradients: Float[Array, "batch *row"]) -> Float[Array, " batch"]:
    """Return the squared Euclidean norm of the gradient of each row, summed over all axes but the first."""
    return jnp.square(gradients).sum(axis=tuple(range(1, gradients.ndim)))


def zero_centered(gradients: Float[Array, "batch *row"]) -> Float[Array, ""]:
    r"""R1 on real rows, R2 on generated ones (Mescheder 2018, eq. 9).

    .. math:: \frac{1}{2} E \lVert \nabla_x D(x) \rVert^2
    """
    return 0.5 * squared_norms(gradients).mean()


def one_centered(gradients: Float[Array, "batch *row"]) -> Float[Array, ""]:
    r"""Gradient penalty :math:`E (\lVert \nabla_x D(x) \rVert - 1)^2` on interpolated rows (Gulrajani 2017, eq. 3)."""
    # The derivative of the square root is infinite at 0, so a gradient of exactly 0 would give NaN.
    norms = jnp.sqrt(squared_norms(gradients) + 1e-12)
    return jnp.square(norms - 1.0).mean()


def interpolate(
    real: Float[Array, "batch *row"], fake: Float[Array, "batch *row"], key: Array
) -> Float[Array, "batch *row"]:
    r"""Return :math:`\epsilon x + (1 - \epsilon) G(z)` with one :math:`\epsilon \sim U(0, 1)` per row."""
    epsilon = jax.random.uniform(key, (real.shape[0],) + (1,) * (real.ndim - 1), dtype=real.dtype)
    return epsilon * real + (1.0 - epsilon) * fake
