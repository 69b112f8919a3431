"""Restarts after a failure: from the best checkpoint, with stronger regularization and other random numbers."""

from dataclasses import replace

import numpy as np

from imbgan.gan.config import TrainConfig
from imbgan.gan.state import TrainState
from imbgan.random import Streams

# A restart multiplies the penalties, the instance noise and the learning rates by these factors.
RESTART_GAMMA = 4.0
RESTART_NOISE = 2.0
RESTART_RATE = 0.5


def stronger(config: TrainConfig) -> TrainConfig:
    """Return the settings of a restart; a run without penalties gets R1 and R2."""
    return replace(
        config,
        penalties=config.penalties or ("r1", "r2"),
        gamma=max(config.gamma * RESTART_GAMMA, 1.0),
        instance_noise=max(config.instance_noise * RESTART_NOISE, 0.1),
        generator_learning_rate=config.generator_learning_rate * RESTART_RATE,
        discriminator_learning_rate=config.discriminator_learning_rate * RESTART_RATE,
    )


def restarted(state: TrainState, config: TrainConfig, streams: Streams, restart: int) -> TrainState:
    """Return ``state`` with a new random stream."""
    shape = (config.n_members, 2)
    key_data = streams.generator("restart", restart).integers(2**32, size=shape, dtype=np.uint32)
    return state._replace(key_data=key_data)  # pyright: ignore[reportArgumentType]
