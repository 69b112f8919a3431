"""The state that a step reads and writes (:class:`TrainState`), and its scalars for the history (:class:`StepInfo`)."""

from collections.abc import Sequence
from typing import NamedTuple

import jax
import numpy as np
import optax
from jax import Array

from imbgan.gan.config import TrainConfig
from imbgan.gan.keys import wrapped
from imbgan.gan.networks.families import Discriminator, Generator, Networks
from imbgan.gan.networks.layers import Draw
from imbgan.random import Streams


class TrainState(NamedTuple):
    """Everything that one training step reads and writes."""

    generator: Generator
    discriminator: Discriminator
    averaged: Generator  # exponential moving average of `generator`; models generate with this one
    generator_optimizer: optax.OptState
    discriminator_optimizer: optax.OptState
    step: Array | np.ndarray  # shape=(), int32: number of steps so far
    key_data: Array | np.ndarray  # shape=(2,), uint32: random stream of this run; step t uses fold_in(key, t)


class StepInfo(NamedTuple):
    """Scalars of one step, float32."""

    discriminator_loss: Array
    generator_loss: Array
    penalty: Array
    real_logit: Array
    fake_logit: Array


def step_keys(key_data: Array | np.ndarray, step: Array | np.ndarray) -> tuple[Array, Array]:
    """Return the keys of the batch of a step, and of the step itself."""
    batch_key, step_key = jax.random.split(jax.random.fold_in(wrapped(key_data), step))
    return batch_key, step_key


def step_of(states: TrainState) -> int:
    """Return the number of steps that the members have done."""
    return int(np.asarray(states.step)[0])


def optimizer(config: TrainConfig) -> optax.GradientTransformation:
    """Return Adam without its step size, which the schedule supplies."""
    return optax.scale_by_adam(b1=config.adam_b1, b2=config.adam_b2)


def init_member(config: TrainConfig, shape: tuple[int, ...], draw: Draw, networks: Networks) -> TrainState:
    """Return the state of one member before its first step, as NumPy arrays."""
    generator, discriminator = networks.build(shape, config.n_classes, draw)
    memory_of_generator, memory_of_discriminator = (
        jax.tree.map(lambda leaf: np.zeros(leaf.shape, leaf.dtype), jax.eval_shape(optimizer(config).init, network))
        for network in (generator, discriminator)
    )
    step, key_data = np.zeros((), np.int32), np.zeros(2, np.uint32)
    return TrainState(generator, discriminator, generator, memory_of_generator, memory_of_discriminator, step, key_data)


def init_members(
    config: TrainConfig, shape: tuple[int, ...], streams: Streams, networks: Sequence[Networks]
) -> TrainState:
    """Return the state of all members before the first step, for rows of a padded shape; leaves have a member axis."""
    members: list[TrainState] = []
    for member, own in enumerate(networks):
        rng = streams.generator("init", member)

        def draw(shape: tuple[int, ...], scale: float, rng: np.random.Generator = rng) -> np.ndarray:
            return (scale * rng.standard_normal(shape)).astype(np.float32)

        key_data = rng.integers(2**32, size=2, dtype=np.uint32)
        members.append(init_member(config, shape, draw, own)._replace(key_data=key_data))
    return jax.tree.map(lambda *leaves: np.stack(leaves), *members)
