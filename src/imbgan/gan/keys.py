"""Keys of random numbers. The generator is explicit, since users can change JAX's default."""

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

_GENERATOR = "threefry2x32"


def make_key(seed: Array) -> Array:
    """Return the key of a 32-bit seed."""
    return jax.random.key(seed, impl=_GENERATOR)


def wrapped(key_data: Array | np.ndarray) -> Array:
    """Return the key that two numbers, uint32, stand for."""
    return jax.random.wrap_key_data(jnp.asarray(key_data), impl=_GENERATOR)
