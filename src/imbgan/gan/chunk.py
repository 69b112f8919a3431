"""A chunk of steps: the compiled program, run where the placement says."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import cache, partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.sharding import PartitionSpec

from imbgan.gan.config import TrainConfig
from imbgan.gan.devices import MEMBERS, Placement, place, thread_context
from imbgan.gan.memory import is_out_of_memory, parts_of, too_little_memory, warn_of_little_memory
from imbgan.gan.program import Program, Spread
from imbgan.gan.sources import Source
from imbgan.gan.space import Space
from imbgan.gan.state import StepInfo, TrainState, step_keys, step_of
from imbgan.gan.step import train_step


def _train_chunk(
    config: TrainConfig,
    space: Space,
    source: Source,
    own: Any,  # noqa: ANN401 - the part of the source that differs between members
    states: TrainState,
    placement: Placement | None,
) -> tuple[TrainState, StepInfo]:
    """Run up to ``chunk_size`` steps of the members of one device, but no step beyond ``max_iter``."""

    def member_chunk(arguments: tuple[TrainState, Any]) -> tuple[TrainState, StepInfo]:
        state, own = arguments

        def step(state: TrainState, number: jax.Array) -> tuple[TrainState, tuple[StepInfo, jax.Array]]:
            def take(state: TrainState) -> tuple[TrainState, tuple[StepInfo, jax.Array]]:
                batch_key, step_key = step_keys(state.key_data, state.step)
                batch = source.draw(own, batch_key, config.batch_size, number)
                batch = batch if placement is None else placement.cut(batch)
                state, info = train_step(config, space, state, batch, step_key)
                return state, (info, jnp.ones((), jnp.float32))

            def skip(state: TrainState) -> tuple[TrainState, tuple[StepInfo, jax.Array]]:
                return state, (
                    StepInfo(*(jnp.zeros((), jnp.float32),) * len(StepInfo._fields)),
                    jnp.zeros((), jnp.float32),
                )

            return jax.lax.cond(state.step < config.max_iter, take, skip, state)

        state, (infos, taken) = jax.lax.scan(step, state, jnp.arange(config.chunk_size))
        return state, jax.tree.map(lambda x: x.sum() / jnp.maximum(taken.sum(), 1.0), infos)

    n_members = states.step.shape[0]
    batch_size = n_members if placement is not None and placement.is_side_by_side else None
    return jax.lax.map(member_chunk, (states, own), batch_size=batch_size)


def _train_alone(config: TrainConfig, space: Space, source: Source, states: TrainState) -> tuple[TrainState, StepInfo]:
    return _train_chunk(config, space, source, source.members, states, None)


def _like(config: TrainConfig, space: Space, source: Source, *others: Any) -> tuple[TrainState, StepInfo]:  # noqa: ANN401
    del config, space, source
    return others[-1], StepInfo(*StepInfo._fields)  # pyright: ignore[reportArgumentType]


_run_alone = Program(_train_alone, _like)


@cache
def _program_of(placement: Placement) -> Program:
    """Return the program of all members on accelerators, or on several devices."""

    def train_together(
        config: TrainConfig,
        space: Space,
        source: Source,
        own: Any,  # noqa: ANN401
        states: TrainState,
    ) -> tuple[TrainState, StepInfo]:
        if not placement.is_spread:
            return _train_chunk(config, space, source, own, states, placement)
        # Within a device, its members alone are visible, so that its program is that of one device. The rows of a batch
        # are left to the compiler, which keeps the random numbers of the whole batch.
        shared, by_member = PartitionSpec(), PartitionSpec(MEMBERS)
        run: Callable[..., tuple[TrainState, StepInfo]] = jax.shard_map(
            partial(_train_chunk, placement=placement),
            mesh=placement.mesh,
            in_specs=(shared, shared, shared, by_member, by_member),
            out_specs=by_member,
            axis_names={MEMBERS},
            check_vma=False,
        )
        return run(config, space, source, own, states)

    spread = None
    if placement.is_spread:
        shared, by_member = placement.shared, placement.by_member
        spread = Spread(placement.devices, (shared, shared, shared, by_member, by_member), by_member)
    return Program(train_together, _like, spread, placement.description)


def run_chunk(
    config: TrainConfig, space: Space, source: Source, states: TrainState, placement: Placement | None = None
) -> tuple[TrainState, StepInfo]:
    """Run a chunk of every member; the results do not depend on where members run.

    On accelerators, the state stays on the device. A processor runs the program of a single member on one thread per
    member; then the state consists of NumPy arrays.
    """
    placement = placement or place(config.n_members, config.batch_size)
    source = source.for_chunk(config, states)
    if not placement.has_threads:
        return _program_of(placement)(config, space, source, source.members, states)
    alone, in_context = replace(config, n_members=1), thread_context()

    def run(member: int) -> tuple[TrainState, StepInfo]:
        state = jax.tree.map(lambda leaf: np.asarray(leaf)[member : member + 1], states)
        with in_context():
            return jax.device_get(_run_alone(alone, space, source.alone(member), state))

    # More threads than cores: three members on two cores take the time of one and a half members, not of two.
    with ThreadPoolExecutor(config.n_members) as pool:
        members = list(pool.map(run, range(config.n_members)))
    return jax.tree.map(lambda *leaves: np.concatenate(leaves), *members)


class Chunks:
    """The chunks of one training: where they run, and with less memory after a device had too little."""

    def __init__(self, placement: Placement, source: Source) -> None:
        self.placement, self._source = placement, source
        self._n_parts, self._is_sparing = 1, False

    def run(self, config: TrainConfig, space: Space, states: TrainState) -> tuple[TrainState, StepInfo]:
        """Run a chunk; see :func:`run_chunk`.

        Raises
        ------
        DeviceMemoryError
            If a device has too little memory also for members one after the other, in parts of a chunk, with the
            training rows on the host.
        """
        if not self._is_sparing:
            try:
                return self._run(config, space, states)
            except jax.errors.JaxRuntimeError as error:
                if not is_out_of_memory(error):
                    raise
                warn_of_little_memory("training", "members one after the other, and rows sent in small parts", error)
            # Here the error is gone, and with it the arrays that it held.
            self.placement, self._source = self.placement.sparing(), self._source.on_host()
            self._n_parts, self._is_sparing = parts_of(config.chunk_size), True
        try:
            return self._run(config, space, states)
        except jax.errors.JaxRuntimeError as error:
            if not is_out_of_memory(error):
                raise
            raise too_little_memory("training", error) from error

    def _run(self, config: TrainConfig, space: Space, states: TrainState) -> tuple[TrainState, StepInfo]:
        part = replace(config, chunk_size=config.chunk_size // self._n_parts)
        infos: list[StepInfo] = []
        n_steps: list[int] = []
        for _ in range(self._n_parts):
            before = step_of(states)
            if before >= config.max_iter:
                break
            # Waiting here is where a lack of memory is reported.
            states, info = jax.block_until_ready(run_chunk(part, space, self._source, states, self.placement))
            infos.append(info)
            n_steps.append(step_of(states) - before)
        return states, jax.tree.map(lambda *means: np.average(np.stack(means), axis=0, weights=n_steps), *infos)
