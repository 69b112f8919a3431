"""A chunk of steps: the compiled program, and the threads or device that run it."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from imbgan.gan.config import TrainConfig
from imbgan.gan.program import Program
from imbgan.gan.sources import Source
from imbgan.gan.space import Space
from imbgan.gan.state import StepInfo, TrainState
from imbgan.gan.step import train_step


def members_run_together() -> bool:
    """Return whether one program runs all members (accelerators) or each member has its own thread (processors)."""
    return jax.default_backend() != "cpu"


def _train_chunk(
    config: TrainConfig, space: Space, source: Source, states: TrainState, together: bool
) -> tuple[TrainState, StepInfo]:
    """Run up to ``chunk_size`` steps of every member, but no step beyond ``max_iter``."""

    def member_chunk(arguments: tuple[TrainState, Any]) -> tuple[TrainState, StepInfo]:
        state, own = arguments

        def step(state: TrainState, _: None) -> tuple[TrainState, tuple[StepInfo, jax.Array]]:
            def take(state: TrainState) -> tuple[TrainState, tuple[StepInfo, jax.Array]]:
                run_key = jax.random.wrap_key_data(jnp.asarray(state.key_data), impl="threefry2x32")
                batch_key, step_key = jax.random.split(jax.random.fold_in(run_key, state.step))
                batch = source.draw(own, batch_key, config.batch_size)
                state, info = train_step(config, space, state, batch, step_key)
                return state, (info, jnp.ones((), jnp.float32))

            def skip(state: TrainState) -> tuple[TrainState, tuple[StepInfo, jax.Array]]:
                return state, (
                    StepInfo(*(jnp.zeros((), jnp.float32),) * len(StepInfo._fields)),
                    jnp.zeros((), jnp.float32),
                )

            return jax.lax.cond(state.step < config.max_iter, take, skip, state)

        state, (infos, taken) = jax.lax.scan(step, state, None, length=config.chunk_size)
        return state, jax.tree.map(lambda x: x.sum() / jnp.maximum(taken.sum(), 1.0), infos)

    batch_size = config.n_members if together else None
    return jax.lax.map(member_chunk, (states, source.members), batch_size=batch_size)


def _train_alone(config: TrainConfig, space: Space, source: Source, states: TrainState) -> tuple[TrainState, StepInfo]:
    return _train_chunk(config, space, source, states, together=False)


def _train_together(
    config: TrainConfig, space: Space, source: Source, states: TrainState
) -> tuple[TrainState, StepInfo]:
    return _train_chunk(config, space, source, states, together=True)


def _like(config: TrainConfig, space: Space, source: Source, states: TrainState) -> tuple[TrainState, StepInfo]:
    del config, space, source
    return states, StepInfo(*StepInfo._fields)  # pyright: ignore[reportArgumentType]


_run_alone, _run_together = Program(_train_alone, _like), Program(_train_together, _like)


def run_chunk(config: TrainConfig, space: Space, source: Source, states: TrainState) -> tuple[TrainState, StepInfo]:
    """Run a chunk of every member; the results do not depend on where members run.

    An accelerator runs all members in one program, and the state stays there. A processor runs the program of a single
    member on one thread per member, since the matrices are too small to keep more than one core busy; then the state
    consists of NumPy arrays.
    """
    if members_run_together():
        return _run_together(config, space, source, states)
    alone = replace(config, n_members=1)

    def run(member: int) -> tuple[TrainState, StepInfo]:
        state = jax.tree.map(lambda leaf: np.asarray(leaf)[member : member + 1], states)
        return jax.device_get(_run_alone(alone, space, source.alone(member), state))

    # More threads than cores: three members on two cores take the time of one and a half members, not of two.
    with ThreadPoolExecutor(config.n_members) as pool:
        members = list(pool.map(run, range(config.n_members)))
    return jax.tree.map(lambda *leaves: np.concatenate(leaves), *members)
