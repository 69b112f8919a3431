r"""One training step: the whole algorithm on one screen.

For a batch of real rows x with classes c and noise z ~ N(0, 1),

    L_D = loss_D(D(t(x), c), D(t(G(z, c)), c)) + gamma * (R1 + R2)
    L_G = loss_G(D(t(x), c), D(t(G(z, c)), c))

are minimized in turn by Adam, where t is the augmentation of the space (the identity for columns). The averaged
generator follows.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jaxtyping import Float, Int

from imbgan.gan.config import TrainConfig
from imbgan.gan.devices import rows_are_cut
from imbgan.gan.losses import LOSSES
from imbgan.gan.networks.families import Discriminator, Generator
from imbgan.gan.penalties import interpolate, logits_and_gradients, one_centered, zero_centered
from imbgan.gan.sources import Batch
from imbgan.gan.space import Space
from imbgan.gan.state import StepInfo, TrainState, optimizer

# The random stream of the augmentation, different from those into which a key is split.
AUGMENT = 0xA06


def generate(
    space: Space, generator: Generator, codes: Int[Array, " batch"], key: Array, *, training: bool, n_parts: int = 1
) -> Float[Array, "batch *row"]:
    """Return one generated row per class code; the generator maps them in ``n_parts`` equal parts."""
    noise_key, finish_key = jax.random.split(key)
    noise = jax.random.normal(noise_key, (codes.shape[0], generator.latent_dim), jnp.float32)
    return space.finish(in_parts(generator, n_parts, noise, codes), finish_key, training=training)


def in_parts(network: Callable[..., Array], n_parts: int, *arguments: Array) -> Array:
    """Apply a network to the rows of arrays in equal parts, one after the other."""
    if n_parts == 1:
        return network(*arguments)
    parts = tuple(array.reshape(n_parts, -1, *array.shape[1:]) for array in arguments)
    results = jax.lax.map(lambda part: network(*part), parts)
    return results.reshape(-1, *results.shape[2:])


def augmented(
    space: Space, real: Float[Array, "batch *row"], fake: Float[Array, "batch *row"], key: Array
) -> tuple[Float[Array, "batch *row"], Float[Array, "batch *row"]]:
    """Return real and generated rows after augmentation, with independent random draws."""
    real_key, fake_key = jax.random.split(jax.random.fold_in(key, AUGMENT))
    return space.augment(real, real_key), space.augment(fake, fake_key)


def paired(real: Array, fake: Array) -> Array:
    """Return real and generated rows as one batch for the discriminator.

    On devices that share a batch they alternate, so that each row stays on its device.
    """
    if rows_are_cut():
        return jnp.stack([real, fake], axis=1).reshape(-1, *real.shape[1:])
    return jnp.concatenate([real, fake])


def unpaired(values: Array) -> tuple[Array, Array]:
    """Undo :func:`paired`."""
    if rows_are_cut():
        pairs = values.reshape(-1, 2, *values.shape[1:])
        return pairs[:, 0], pairs[:, 1]
    n = len(values) // 2
    return values[:n], values[n:]


def cosine(start: Array | float, end_share: Array | float, progress: Array | float) -> Array | float:
    """Return the value of a schedule that falls from ``start`` to ``start * end_share`` along half a cosine."""
    return start * (end_share + (1.0 - end_share) * 0.5 * (1.0 + jnp.cos(jnp.pi * progress)))


class Progress(NamedTuple):
    """How far a run is at a step, in [0, 1]."""

    run: Array  # share of the steps that are done
    cooling: Array  # share of the cooling that is done

    @classmethod
    def of(cls, config: TrainConfig, step: Array | np.ndarray) -> "Progress":
        """Return the progress before ``step``."""
        left = jnp.maximum(config.max_iter - step, 0)
        cooling_steps = jnp.minimum(config.cooling_steps, config.max_iter)
        return cls(1.0 - left / config.max_iter, jnp.maximum(1.0 - left / cooling_steps, 0.0))


def blurred(
    config: TrainConfig, batch: Batch, fake: Float[Array, "batch *row"], key: Array, progress: Progress
) -> tuple[Batch, Float[Array, "batch *row"]]:
    """Return real and generated rows with instance noise, which keeps their distributions overlapping (Sonderby 2017).

    The noise falls linearly to 0, and then none is drawn.
    """
    spread = config.instance_noise * (1.0 - progress.run / jnp.maximum(config.instance_noise_share, 1e-6))

    def add() -> tuple[Array, Array]:
        noise = spread * jax.random.normal(key, (2, *fake.shape), jnp.float32)
        return batch.rows + noise[0], fake + noise[1]

    real, fake = jax.lax.cond(spread > 0, add, lambda: (batch.rows, fake))
    return Batch(real, batch.codes), fake


def discriminator_loss(
    discriminator: Discriminator,
    config: TrainConfig,
    batch: Batch,
    fake: Float[Array, "batch *row"],
    gamma: Array,
    key: Array,
) -> tuple[Array, tuple[Array, Array, Array]]:
    """Return L_D and, for the history, the penalty and the logits."""
    rows, codes = paired(batch.rows, fake), paired(batch.codes, batch.codes)
    zero_penalties = set(config.penalties) & {"r1", "r2"}
    if zero_penalties:
        logits, gradients = logits_and_gradients(lambda x: discriminator(x, codes), rows)
    else:
        logits, gradients = discriminator(rows, codes), rows
    of_real, of_fake = unpaired(gradients)
    penalty = jnp.zeros((), jnp.float32)
    if "r1" in zero_penalties:
        penalty += zero_centered(of_real)
    if "r2" in zero_penalties:
        penalty += zero_centered(of_fake)
    if "gp" in config.penalties:
        between = interpolate(batch.rows, fake, key)
        penalty += one_centered(logits_and_gradients(lambda x: discriminator(x, batch.codes), between)[1])
    real_logits, fake_logits = unpaired(logits)
    loss = LOSSES[config.loss].discriminator(real_logits, fake_logits)
    return loss + gamma * penalty, (penalty, real_logits, fake_logits)


def _without_penalties(config: TrainConfig) -> TrainConfig:
    return replace(config, penalties=())


def update_discriminator(
    config: TrainConfig,
    space: Space,
    state: TrainState,
    batch: Batch,
    fake: Float[Array, "batch *row"],
    key: Array,
    progress: Progress,
) -> tuple[TrainState, Array, tuple[Array, Array, Array]]:
    """Update the discriminator by one Adam step on real rows and on generated rows of the same classes."""
    noise_key, between_key = jax.random.split(key)
    real, fake = augmented(space, batch.rows, jax.lax.stop_gradient(fake), key)
    batch, fake = blurred(config, Batch(real, batch.codes), fake, noise_key, progress)
    gamma = cosine(config.gamma, config.final_gamma, progress.cooling) * config.penalty_interval
    gradient = jax.value_and_grad(discriminator_loss, has_aux=True)
    if config.penalty_interval == 1 or not config.penalties:
        (loss, aux), grads = gradient(state.discriminator, config, batch, fake, gamma, between_key)
    else:
        bare = _without_penalties(config)
        (loss, aux), grads = jax.lax.cond(
            state.step % config.penalty_interval == 0,
            lambda: gradient(state.discriminator, config, batch, fake, gamma, between_key),
            lambda: gradient(state.discriminator, bare, batch, fake, gamma, between_key),
        )
    rate = cosine(config.discriminator_learning_rate, config.final_learning_rate, progress.cooling)
    updates, optimizer_state = optimizer(config).update(grads, state.discriminator_optimizer)
    discriminator = eqx.apply_updates(state.discriminator, jax.tree.map(lambda u: -rate * u, updates))
    return state._replace(discriminator=discriminator, discriminator_optimizer=optimizer_state), loss, aux


def update_generator(
    config: TrainConfig,
    space: Space,
    state: TrainState,
    batch: Batch,
    fake: Float[Array, "batch *row"],
    pullback: Callable[[Array], tuple[Any]],
    key: Array,
    progress: Progress,
) -> tuple[TrainState, Array]:
    """Update the generator by one Adam step on rows that it generated, and then its average.

    ``pullback`` maps a gradient with respect to these rows to one with respect to the generator.
    """

    def loss_of(fake: Array) -> Array:
        rows = paired(*augmented(space, batch.rows, fake, key))
        logits = state.discriminator(rows, paired(batch.codes, batch.codes))
        return LOSSES[config.loss].generator(*unpaired(logits))

    loss, gradient = jax.value_and_grad(loss_of)(fake)
    (grads,) = pullback(gradient)
    rate = cosine(config.generator_learning_rate, config.final_learning_rate, progress.cooling)
    updates, optimizer_state = optimizer(config).update(grads, state.generator_optimizer)
    generator = eqx.apply_updates(state.generator, jax.tree.map(lambda u: -rate * u, updates))
    # Early in training the average follows closely, so that it forgets the untrained generator.
    keep = jnp.minimum(0.5 ** (1.0 / config.ema_half_life), (1.0 + state.step) / (10.0 + state.step))
    averaged = jax.tree.map(lambda a, g: keep * a + (1.0 - keep) * g, state.averaged, generator)
    return state._replace(generator=generator, generator_optimizer=optimizer_state, averaged=averaged), loss


def train_step(
    config: TrainConfig, space: Space, state: TrainState, batch: Batch, key: Array
) -> tuple[TrainState, StepInfo]:
    """Update the discriminator ``discriminator_steps`` times and the generator once.

    The generator learns from the rows on which the discriminator was updated last: they are generated once.
    """
    progress = Progress.of(config, state.step)
    *early_keys, key = jax.random.split(key, config.discriminator_steps)
    for early_key in early_keys:
        fake_key, critic_key = jax.random.split(early_key)
        fake = generate(space, state.generator, batch.codes, fake_key, training=True)
        state, _, _ = update_discriminator(config, space, state, batch, fake, critic_key, progress)
    fake_key, critic_key, generator_key = jax.random.split(key, 3)
    fake, pullback = jax.vjp(
        lambda generator: generate(space, generator, batch.codes, fake_key, training=True), state.generator
    )
    state, loss_d, aux = update_discriminator(config, space, state, batch, fake, critic_key, progress)
    state, loss_g = update_generator(config, space, state, batch, fake, pullback, generator_key, progress)
    penalty, real_logits, fake_logits = aux
    info = StepInfo(loss_d, loss_g, penalty, real_logits.mean(), fake_logits.mean())
    return state._replace(step=state.step + 1), info
