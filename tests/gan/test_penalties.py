import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imbgan.gan.keys import make_key
from imbgan.gan.losses import LOSSES
from imbgan.gan.penalties import interpolate, logits_and_gradients, one_centered, zero_centered
from imbgan.gan.sources import Batch
from imbgan.gan.step import Progress, discriminator_loss, update_discriminator

LEAK = 0.2
# Compiled as a whole: operation by operation, each would be a program of its own.
compiled_loss = jax.jit(discriminator_loss)


def numpy_gradients(discriminator, rows, codes):
    """Gradients of the logits by hand, float64: the network is linear between its rectifiers' corners."""
    hidden, slopes = np.asarray(rows, np.float64), []
    for layer in discriminator.layers:
        raw = hidden @ np.asarray(layer.weight, np.float64).T + np.asarray(layer.bias, np.float64)
        slopes.append(np.where(raw > 0, 1.0, LEAK))
        hidden = raw * slopes[-1]
    head = np.asarray(discriminator.output.weight, np.float64)[0]
    back = head + np.asarray(discriminator.embedding, np.float64)[codes]
    logits = (hidden * back).sum(axis=1) + float(discriminator.output.bias[0])
    for layer, slope in zip(discriminator.layers[::-1], slopes[::-1], strict=True):
        back = (back * slope) @ np.asarray(layer.weight, np.float64)
    return logits, back


@pytest.fixture
def discriminator(config_of, new_state):
    """A discriminator whose class embedding, 0 before training, matters."""
    network = new_state(config_of()).discriminator
    embedding = np.random.default_rng(1).normal(size=network.embedding.shape).astype(np.float32)
    return jax.tree.map(lambda leaf: embedding if leaf is network.embedding else leaf, network)


@pytest.fixture
def batch(problem):
    chosen = np.r_[:4, -4:0]
    return Batch(jnp.asarray(problem.padded[chosen]), jnp.asarray(problem.codes[chosen], jnp.int32))


@pytest.fixture
def fake(batch, rng):
    return jnp.asarray(batch.rows + rng.normal(size=batch.rows.shape), jnp.float32)


@settings(max_examples=25)
@given(seed=st.integers(0, 2**31))
def test_penalties_of_a_quadratic_critic_in_closed_form(seed):
    rng = np.random.default_rng(seed)
    root, slope = rng.normal(size=(3, 3)), rng.normal(size=3)
    matrix, rows = root + root.T, rng.normal(size=(6, 3)).astype(np.float32)
    matrix32, slope32 = matrix.astype(np.float32), slope.astype(np.float32)
    logits, gradients = logits_and_gradients(
        lambda x: 0.5 * ((x @ matrix32) * x).sum(axis=1) + x @ slope32, jnp.asarray(rows)
    )
    expected = rows @ matrix + slope  # of x'Ax / 2 + b'x, which is Ax + b
    np.testing.assert_allclose(logits, 0.5 * ((rows @ matrix) * rows).sum(axis=1) + rows @ slope, atol=1e-4)
    np.testing.assert_allclose(gradients, expected, atol=1e-4)
    norms = np.linalg.norm(expected, axis=1)
    assert float(zero_centered(gradients)) == pytest.approx(0.5 * (norms**2).mean(), rel=1e-4)
    assert float(one_centered(gradients)) == pytest.approx(((norms - 1) ** 2).mean(), rel=1e-3, abs=1e-4)


@pytest.mark.parametrize("shape", [(), (12,), (4, 3), (2, 3, 2), (4, 4, 1), (1, 1, 5)], ids=str)
def test_penalties_of_rows_of_any_shape_are_those_of_the_same_rows_in_a_line(shape):
    """A quadratic critic of a picture: its gradient is Ax + b, whatever shape the picture has."""
    rng = np.random.default_rng(0)
    size = int(np.prod(shape))
    root, slope = rng.normal(size=(size, size)), rng.normal(size=size)
    matrix, rows = root + root.T, rng.normal(size=(6, *shape)).astype(np.float32)
    matrix32, slope32 = matrix.astype(np.float32), slope.astype(np.float32)

    def critic(x):
        flat = x.reshape(6, -1)
        return 0.5 * ((flat @ matrix32) * flat).sum(axis=1) + flat @ slope32

    _, gradients = logits_and_gradients(critic, jnp.asarray(rows))
    assert gradients.shape == rows.shape
    norms = np.linalg.norm(rows.reshape(6, -1) @ matrix + slope, axis=1)
    assert float(zero_centered(gradients)) == pytest.approx(0.5 * (norms**2).mean(), rel=1e-4)
    assert float(one_centered(gradients)) == pytest.approx(((norms - 1) ** 2).mean(), rel=1e-3)


@pytest.mark.parametrize("shape", [(2,), (4, 4, 1), (3, 2, 2, 2)], ids=str)
def test_rows_of_any_shape_are_interpolated_with_one_share_per_row(shape):
    real, fake = jnp.ones((50, *shape)), jnp.zeros((50, *shape))
    between = np.asarray(interpolate(real, fake, make_key(np.uint32(0))))
    assert between.shape == real.shape
    flat = between.reshape(50, -1)
    np.testing.assert_array_equal(flat, np.repeat(flat[:, :1], flat.shape[1], axis=1))
    assert len(np.unique(flat[:, 0])) == 50


def test_one_centered_penalty_has_a_gradient_where_the_critic_is_flat():
    gradient = jax.grad(lambda g: one_centered(g))(jnp.zeros((4, 3)))
    assert bool(jnp.isfinite(gradient).all())


def test_gradients_through_the_discriminator(discriminator, batch):
    compiled = jax.jit(lambda network, rows, codes: logits_and_gradients(lambda x: network(x, codes), rows))
    logits, gradients = compiled(discriminator, batch.rows, batch.codes)
    expected_logits, expected = numpy_gradients(discriminator, batch.rows, batch.codes)
    np.testing.assert_allclose(logits, expected_logits, rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(gradients, expected, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("penalties", [("r1",), ("r2",), ("r1", "r2")])
def test_discriminator_loss_adds_the_chosen_zero_centered_penalties(penalties, config_of, discriminator, batch, fake):
    config = config_of(penalties=penalties)
    loss, (penalty, real_logits, fake_logits) = compiled_loss(
        discriminator, config, batch, fake, jnp.float32(3.0), make_key(np.uint32(0))
    )
    sides = {"r1": batch.rows, "r2": fake}
    norms = {name: (numpy_gradients(discriminator, sides[name], batch.codes)[1] ** 2).sum(1) for name in penalties}
    expected = sum(0.5 * norm.mean() for norm in norms.values())
    assert float(penalty) == pytest.approx(expected, rel=1e-4)
    bare = LOSSES[config.loss].discriminator(real_logits, fake_logits)
    assert float(loss) == pytest.approx(float(bare) + 3.0 * expected, rel=1e-4)


def test_penalty_gradient_in_the_weights_is_a_finite_difference(config_of, discriminator, batch, fake):
    """The second derivative, which the training of the discriminator runs on."""
    config, key = config_of(penalties=("r1", "r2")), make_key(np.uint32(0))

    def penalty(network):
        return discriminator_loss(network, config, batch, fake, jnp.float32(0.0), key)[1][0]

    def reference(network):
        rows, codes = np.concatenate([batch.rows, fake]), np.tile(batch.codes, 2)
        return (numpy_gradients(network, rows, codes)[1] ** 2).sum(1).mean()  # two halves of n rows, 1/2 each

    leaves, structure = jax.tree.flatten(discriminator)
    gradients = jax.tree.leaves(jax.jit(jax.grad(penalty))(discriminator))
    rng = np.random.default_rng(0)
    for position, leaf in enumerate(leaves):
        index = tuple(rng.integers(size) for size in leaf.shape)
        values = []
        for step in (1e-6, -1e-6):
            shifted = [np.array(other, np.float64) for other in leaves]
            shifted[position][index] += step
            values.append(reference(jax.tree.unflatten(structure, shifted)))
        difference = (values[0] - values[1]) / 2e-6
        assert float(gradients[position][index]) == pytest.approx(difference, rel=1e-3, abs=1e-4)


def test_gradient_penalty_is_taken_between_real_and_generated_rows(config_of, discriminator, batch, fake):
    config, key = config_of(penalties=("gp",)), make_key(np.uint32(5))
    _, (penalty, _, _) = compiled_loss(discriminator, config, batch, fake, jnp.float32(1.0), key)
    between = np.asarray(interpolate(batch.rows, fake, key))
    norms = np.linalg.norm(numpy_gradients(discriminator, between, batch.codes)[1], axis=1)
    assert float(penalty) == pytest.approx(((norms - 1) ** 2).mean(), rel=1e-4)


def test_interpolated_rows_lie_on_the_segment_with_a_uniform_share():
    real, fake = jnp.ones((2000, 2)), jnp.zeros((2000, 2))
    between = np.asarray(interpolate(real, fake, make_key(np.uint32(0))))
    np.testing.assert_array_equal(between[:, 0], between[:, 1])  # one share per row, not per value
    assert between.min() >= 0
    assert between.max() <= 1
    shares = np.sort(between[:, 0])
    assert np.abs(shares - (np.arange(2000) + 0.5) / 2000).max() < 0.04  # Kolmogorov-Smirnov, far beyond 1 %


def test_lazy_penalties_push_as_hard_on_average(config_of, new_state, problem, batch):
    """With Adam's b1 = 0 the first moment is the gradient itself."""
    key, interval, update = make_key(np.uint32(3)), 4, jax.jit(update_discriminator)

    def gradient(penalty_interval, step):
        config = config_of(penalty_interval=penalty_interval, adam_b1=0.0, gamma=2.0)
        state = new_state(config)._replace(step=jnp.int32(step))
        at = Progress(jnp.float32(0.0), jnp.float32(0.0))
        state, _, _ = update(config, problem.space, state, batch, jnp.zeros_like(batch.rows), key, at)
        return np.concatenate([np.ravel(leaf) for leaf in jax.tree.leaves(state.discriminator_optimizer.mu)])

    lazy = [gradient(interval, step) for step in range(interval)]
    assert np.abs(lazy[0] - lazy[1]).max() > 1e-3  # only one step in four is penalized
    np.testing.assert_array_equal(lazy[1], lazy[2])
    np.testing.assert_allclose(np.mean(lazy, axis=0), gradient(1, 0), rtol=1e-4, atol=1e-5)
