"""Shapes and dtypes at the border of the room are checked in the tests: what breaks them is an error here."""

import jax.numpy as jnp
import numpy as np
import pytest
from jaxtyping import TypeCheckError

from imbgan.gan.keys import make_key
from imbgan.gan.losses import hinge_discriminator
from imbgan.gan.networks.layers import Linear
from imbgan.gan.penalties import interpolate
from imbgan.gan.sources import make_batches
from imbgan.gan.spaces.columns import ColumnSpace

LINEAR = Linear(3, 2, lambda shape, scale: jnp.full(shape, scale))

VIOLATIONS = {
    "logits with a second axis": lambda: hinge_discriminator(jnp.ones((4, 1)), jnp.ones((4, 1))),
    "logits of two lengths": lambda: hinge_discriminator(jnp.ones(4), jnp.ones(5)),
    "one row without its batch": lambda: LINEAR(jnp.ones(3)),
    "real and generated rows of two shapes": lambda: interpolate(
        jnp.ones((2, 4, 4)), jnp.ones((2, 4, 1)), make_key(np.uint32(0))
    ),
    "codes that are floats": lambda: make_batches(np.ones((3, 2), np.float32), np.zeros(3), [], 1, 0.0),
    "as many codes as columns": lambda: make_batches(np.ones((3, 2), np.float32), np.zeros(2, int), [], 1, 0.0),
    "rows that are integers": lambda: ColumnSpace.of([("number", 1)]).pad(np.ones((3, 1), int)),
}


@pytest.mark.parametrize("call", VIOLATIONS.values(), ids=VIOLATIONS)
def test_a_wrong_shape_is_found_at_the_border(call):
    with pytest.raises(TypeCheckError):
        call()
