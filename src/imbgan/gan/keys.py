"""Keys of random numbers: the bits of JAX's Threefry, made in one go.

The generator is explicit, since users can change JAX's default and how it counts. On a processor, JAX makes the bits in
a loop that writes them to memory after every fourth of the 20 rounds, because that compiles sooner; here all rounds are
one expression, which the compiler merges with what is done with the bits. The numbers are the same.
"""

import math

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array, lax
from jax.extend.random import define_prng_impl, threefry_prng_impl

# Salmon et al., "Parallel Random Numbers: As Easy as 1, 2, 3", SC 2011: Threefry-2x32 with 20 rounds.
ROTATIONS = ((13, 15, 26, 6), (17, 29, 16, 24))
PARITY = np.uint32(0x1BD11BDA)


def _hashed(key: Array, high: Array, low: Array) -> tuple[Array, Array]:
    """Return 64 random bits, as two uint32, for each 64-bit count."""
    keys = (key[0], key[1], key[0] ^ key[1] ^ PARITY)
    high, low = high + keys[0], low + keys[1]
    for i in range(5):
        for rotation in ROTATIONS[i % 2]:
            high = high + low
            low = high ^ (low << np.uint32(rotation) | low >> np.uint32(32 - rotation))
        high, low = high + keys[(i + 1) % 3], low + keys[(i + 2) % 3] + np.uint32(i + 1)
    return high, low


def _counted(key: Array, shape: tuple[int, ...]) -> tuple[Array, Array]:
    """Return 64 random bits for each position of an array of fewer than 2**32 numbers."""
    low = jnp.zeros(shape, jnp.uint32)
    for axis in range(len(shape)):
        low += lax.broadcasted_iota(jnp.uint32, shape, axis) * np.uint32(math.prod(shape[axis + 1 :]))
    return _hashed(key, jnp.zeros(shape, jnp.uint32), low)


def _bits(key: Array, bit_width: int, shape: tuple[int, ...]) -> Array:
    if bit_width != 32 or math.prod(shape) >= 2**32:
        return threefry_prng_impl.random_bits(key, bit_width, shape)
    high, low = _counted(key, shape)
    return high ^ low


def _split(key: Array, shape: tuple[int, ...]) -> Array:
    return jnp.stack(_counted(key, shape), axis=-1)


def _fold_in(key: Array, data: Array | int) -> Array:
    low = jnp.asarray(data).astype(jnp.uint32)
    return jnp.stack(_hashed(key, jnp.zeros_like(low), low))


_THREEFRY = define_prng_impl(
    key_shape=(2,),
    seed=threefry_prng_impl.seed,
    split=_split,
    random_bits=_bits,
    fold_in=_fold_in,
    name="imbgan_threefry2x32",
    tag="imbgan",
)


def make_key(seed: Array) -> Array:
    """Return the key of a 32-bit seed."""
    return jax.random.key(seed, impl=_THREEFRY)


def wrapped(key_data: Array | np.ndarray) -> Array:
    """Return the key that two numbers, uint32, stand for."""
    return jax.random.wrap_key_data(jnp.asarray(key_data), impl=_THREEFRY)
