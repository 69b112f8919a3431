import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imbgan.gan import step as step_module
from imbgan.gan.keys import make_key
from imbgan.gan.sources import Batch
from imbgan.gan.step import Progress, cosine, generate, train_step, update_discriminator

compiled_step = jax.jit(train_step)


def leaves_of(tree):
    return [np.asarray(leaf) for leaf in jax.tree.leaves(tree)]


def largest_change(before, after):
    return max(np.abs(a - b).max() for a, b in zip(leaves_of(before), leaves_of(after), strict=True))


@pytest.fixture(scope="module")
def batch(problem):
    chosen = np.random.default_rng(0).integers(len(problem.rows), size=32)
    return Batch(jnp.asarray(problem.padded[chosen]), jnp.asarray(problem.codes[chosen], jnp.int32))


@pytest.fixture(scope="module")
def advance(problem, batch):
    """Return a function that takes a state a number of steps further."""

    def steps(config, state, n_steps=1, function=compiled_step):
        info = None
        for _ in range(n_steps):
            key = jax.random.fold_in(make_key(np.uint32(7)), state.step)
            state, info = function(config, problem.space, state, batch, key)
        return state, info

    return steps


@settings(max_examples=50)
@given(start=st.floats(1e-5, 100), share=st.floats(0, 1), progress=st.floats(0, 1))
def test_cosine_schedule_is_the_formula(start, share, progress):
    end = start * share
    expected = end + (start - end) * (1 + np.cos(np.pi * progress)) / 2
    assert float(cosine(start, share, jnp.float32(progress))) == pytest.approx(expected, rel=1e-4, abs=1e-6 * start)


def test_cosine_schedule_ends_where_it_should():
    assert float(cosine(2.0, 0.1, 0.0)) == pytest.approx(2.0)
    assert float(cosine(2.0, 0.1, 1.0)) == pytest.approx(0.2)
    assert float(cosine(2.0, 1.0, 0.37)) == 2.0


@pytest.mark.parametrize("at", [0, 5, 40, 500, 10_000])
def test_averaged_generator_follows_as_numpy_says(at, config_of, new_state, advance):
    config = config_of(ema_half_life=30.0, max_iter=20_000, generator_learning_rate=0.05)
    state = new_state(config)
    # An average that differs from the generator, as later in a run.
    state = state._replace(step=jnp.int32(at), averaged=jax.tree.map(lambda leaf: leaf + 1.0, state.generator))
    after, _ = advance(config, state)
    keep = min(2.0 ** (-1 / 30), (1 + at) / (10 + at))
    parts = (state.averaged, after.generator, after.averaged)
    for old, generator, new in zip(*map(leaves_of, parts), strict=True):
        np.testing.assert_allclose(new, keep * old + (1 - keep) * generator, rtol=1e-5, atol=1e-6)


def test_the_average_forgets_half_in_a_half_life(config_of, new_state, advance):
    config = config_of(ema_half_life=8.0, max_iter=20_000, generator_learning_rate=1e-12)
    state = new_state(config)._replace(step=jnp.int32(10_000))
    state = state._replace(averaged=jax.tree.map(lambda leaf: leaf + 1.0, state.generator))
    after, _ = advance(config, state, 8)
    for averaged, generator in zip(leaves_of(after.averaged), leaves_of(after.generator), strict=True):
        np.testing.assert_allclose(averaged - generator, 0.5, rtol=1e-4)


def test_instance_noise_blurs_both_sides_and_falls_linearly(config_of, new_state, problem, batch, monkeypatch):
    def spy(discriminator, config, batch, fake, gamma, key):
        del config, gamma, key
        return discriminator.output.bias.sum(), (batch.rows, fake, fake)

    monkeypatch.setattr(step_module, "discriminator_loss", spy)
    # A new function, so that no program compiled without the spy is taken.
    update = jax.jit(lambda *arguments: update_discriminator(*arguments)[2])

    def blurred(noise, progress):
        config = config_of(instance_noise=noise, instance_noise_share=0.4)
        fake, at = jnp.zeros_like(batch.rows), Progress(jnp.float32(progress), jnp.float32(0.0))
        rows = update(config, problem.space, new_state(config), batch, fake, make_key(np.uint32(0)), at)
        return np.stack(rows[:2])

    clean = blurred(0.0, 0.0)
    np.testing.assert_array_equal(clean[0], batch.rows)
    for progress, share in ((0.0, 1.0), (0.1, 0.75), (0.2, 0.5), (0.4, 0.0), (0.9, 0.0)):
        noise = blurred(0.5, progress) - clean
        # 256 values on each side, so their standard deviation is known to 4.4 %: three times that.
        np.testing.assert_allclose(noise.std(axis=(1, 2)), 0.5 * share, rtol=0.14, atol=1e-7)
        assert share == 0 or not np.allclose(noise[0], noise[1])


@pytest.mark.parametrize(("cooling_steps", "cooling_start"), [(200, 0), (8, 12)])
@pytest.mark.parametrize("at", [0, 10, 16, 20])
def test_each_network_moves_at_its_own_rate(at, cooling_steps, cooling_start, config_of, new_state, advance):
    """The first step of Adam moves each weight by the learning rate, whatever the gradient."""
    rates = {"generator_learning_rate": 1e-3, "discriminator_learning_rate": 4e-3, "final_learning_rate": 0.1}
    config = config_of(max_iter=20, cooling_steps=cooling_steps, **rates)
    state = new_state(config)._replace(step=jnp.int32(at))
    after, _ = advance(config, state)
    fraction = 0.1 + 0.9 * (1 + np.cos(np.pi * max(at - cooling_start, 0) / (20 - cooling_start))) / 2
    assert largest_change(state.generator, after.generator) == pytest.approx(1e-3 * fraction, rel=0.01)
    assert largest_change(state.discriminator, after.discriminator) == pytest.approx(4e-3 * fraction, rel=0.01)


def test_rows_are_generated_once_for_both_networks(config_of, new_state, problem, batch, monkeypatch):
    config, seen = config_of(discriminator_steps=3), []
    monkeypatch.setattr(step_module, "generate", lambda *args, **kwargs: seen.append(1) or generate(*args, **kwargs))
    # A new function is traced with the spy; nothing has to be compiled.
    jax.eval_shape(
        lambda *arguments: train_step(*arguments),
        *(config, problem.space, new_state(config), batch, make_key(np.uint32(0))),
    )
    assert len(seen) == 3  # once per update of the discriminator, and never for the generator


def test_a_step_is_pure(config_of, new_state, advance):
    config = config_of()
    state = new_state(config)
    before = [leaf.copy() for leaf in leaves_of(state)]
    outcomes = [leaves_of(advance(config, state)) for _ in range(2)]
    for first, second in zip(*outcomes, strict=True):
        np.testing.assert_array_equal(first, second)
    for old, now in zip(before, leaves_of(state), strict=True):
        np.testing.assert_array_equal(old, now)


@pytest.mark.slow
def test_compiled_and_eager_steps_agree(config_of, new_state, advance):
    config = config_of()
    state, _ = advance(config, new_state(config), 5)  # Adam has seen gradients: no division by about 0
    compiled, info = advance(config, state)
    with jax.disable_jit():
        eager, eager_info = advance(config, state, function=train_step)
    np.testing.assert_allclose(info, eager_info, rtol=1e-4, atol=1e-5)
    assert largest_change(compiled.generator, eager.generator) < 1e-5
    assert largest_change(compiled.discriminator, eager.discriminator) < 1e-5


def test_reported_numbers_are_those_of_the_step(config_of, new_state, problem, batch, advance):
    """Without noise, the logits on real rows are those of the discriminator before the step."""
    config = config_of(instance_noise=0.0)
    state = new_state(config)
    _, info = advance(config, state)
    expected = float(state.discriminator(batch.rows, batch.codes).mean())
    assert float(info.real_logit) == pytest.approx(expected, rel=1e-4, abs=1e-5)
    assert all(np.isfinite(float(value)) for value in info)
    assert float(info.penalty) > 0
