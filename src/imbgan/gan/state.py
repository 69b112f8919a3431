"""What the next step needs (:class:`TrainState`) and what people read (:class:`StepInfo`)."""

from typing import NamedTuple

import jax
import jax.numpy as jnp
import optax
from jax import Array

from imbgan.gan.config import TrainConfig
from imbgan.gan.networks import Discriminator, Generator


class TrainState(NamedTuple):
    """Everything that one training step reads and writes."""

    generator: Generator
    discriminator: Discriminator
    averaged: Generator  # exponential moving average of `generator`, the one that is used afterwards
    generator_optimizer: optax.OptState
    discriminator_optimizer: optax.OptState
    step: Array  # shape=(), int32: steps of this run
    key_data: Array  # shape=(2,), uint32: the stream of this run; step t uses fold_in(key, t)


class StepInfo(NamedTuple):
    """Scalars of one step, float32."""

    discriminator_loss: Array
    generator_loss: Array
    penalty: Array
    real_logit: Array
    fake_logit: Array


def make_key(seed: Array) -> Array:
    """Return the key of a 32-bit seed; the generator is named, since a user may have changed JAX's default."""
    return jax.random.key(seed, impl="threefry2x32")


def optimizer(config: TrainConfig) -> optax.GradientTransformation:
    """Return Adam without its step size, which the schedule supplies."""
    return optax.scale_by_adam(b1=config.adam_b1, b2=config.adam_b2)


def init_member(config: TrainConfig, width: int, key: Array) -> TrainState:
    """Return the state before the first step of one member."""
    generator_key, discriminator_key, run_key = jax.random.split(key, 3)
    generator = Generator(config, width, generator_key)
    discriminator = Discriminator(config, width, discriminator_key)
    adam = optimizer(config)
    return TrainState(
        generator,
        discriminator,
        generator,
        adam.init(generator),  # pyright: ignore[reportArgumentType]
        adam.init(discriminator),  # pyright: ignore[reportArgumentType]
        jnp.zeros((), jnp.int32),
        jax.random.key_data(run_key),
    )
