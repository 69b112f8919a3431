"""Random numbers do not depend on the generator that users choose for themselves."""

import jax
import numpy as np

from imbgan.gan.keys import make_key, wrapped


def test_the_default_generator_of_jax_changes_nothing():
    def drawn():
        keys = make_key(np.uint32(1)), wrapped(np.array([1, 2], np.uint32))
        return [np.asarray(jax.random.normal(jax.random.fold_in(key, 3), (5,))) for key in keys]

    expected = drawn()
    with jax.default_prng_impl("rbg"):
        np.testing.assert_array_equal(drawn(), expected)
