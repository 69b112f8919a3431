"""Random numbers are those of JAX's Threefry, whatever users set."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imbgan.gan.keys import make_key, wrapped

uint32 = st.integers(0, 2**32 - 1)


def drawn(key):
    """Return numbers of all kinds that are drawn in this package."""
    first, *others = jax.random.split(jax.random.fold_in(key, 7), 4)
    return [
        jax.random.normal(first, (3, 5), jnp.float32),
        jax.random.uniform(others[0], (7,), jnp.float32),
        jax.random.gumbel(others[1], (2, 3), jnp.float32),
        jax.random.categorical(others[2], jnp.zeros(4), shape=(6,)),
        jax.random.bits(first, (2, 3, 4), jnp.uint32),
        jax.random.bits(first, (), jnp.uint32),
        jax.random.bits(first, (5,), jnp.uint8),
        *map(jax.random.key_data, (first, *others)),
    ]


@pytest.fixture(scope="module")
def both():
    def of(data, seed):
        data, seed = np.array(data, np.uint32), np.uint32(seed)
        ours = wrapped(data), make_key(seed)
        theirs = jax.random.wrap_key_data(data, impl="threefry2x32"), jax.random.key(seed, impl="threefry2x32")
        return [[drawn(key) for key in keys] for keys in (ours, theirs)]

    return of


@settings(max_examples=20)
@given(st.tuples(uint32, uint32), uint32)
def test_numbers_are_those_of_the_threefry_of_jax(both, data, seed):
    ours, theirs = both(data, seed)
    for one, other in zip(jax.tree.leaves(ours), jax.tree.leaves(theirs), strict=True):
        np.testing.assert_array_equal(one, other)


def test_many_keys_at_once_give_what_each_gives():
    data = np.arange(6, dtype=np.uint32).reshape(3, 2)
    together = jax.vmap(lambda one: drawn(wrapped(one)))(data)
    for number, one in enumerate(data):
        for leaf, other in zip(together, drawn(wrapped(one)), strict=True):
            np.testing.assert_array_equal(leaf[number], other)


def test_how_jax_counts_by_default_changes_nothing():
    expected = drawn(make_key(np.uint32(1)))[0]
    with jax.threefry_partitionable(False):
        np.testing.assert_array_equal(drawn(make_key(np.uint32(1)))[0], expected)
