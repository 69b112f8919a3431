"""The training loop: compiled chunks of steps, and between them one look at how it goes."""

import os
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import jax
import jax.numpy as jnp
import numpy as np

from imbgan.exceptions import ParameterError
from imbgan.gan.batches import ClassBatches, make_batches
from imbgan.gan.config import MonitorConfig, TrainConfig
from imbgan.gan.heads import Layout, make_layout, pad_columns
from imbgan.gan.losses import LOSSES
from imbgan.gan.model import BLOCK_ROWS, GANModel
from imbgan.gan.monitor import N_GENERATED, Monitor, Quality, name_failure, split
from imbgan.gan.networks import Networks
from imbgan.gan.processes import check_process
from imbgan.gan.state import StepInfo, TrainState, init_members
from imbgan.gan.step import train_step
from imbgan.random import Streams

# A restart multiplies the penalties, the instance noise and the learning rates by these.
RESTART_GAMMA = 4.0
RESTART_NOISE = 2.0
RESTART_RATE = 0.5
# The discriminator cannot tell when it is right on so little more than half of the rows.
CANNOT_TELL = 0.05


@dataclass(frozen=True)
class ChunkSummary:
    """What the host knows after a chunk; callbacks receive it."""

    step: int
    max_iter: int
    quality: Quality
    best_score: float
    discriminator_loss: float
    generator_loss: float
    penalty: float
    real_accuracy: float
    fake_accuracy: float
    seconds: float

    @property
    def seconds_left(self) -> float:
        """Expected seconds to ``max_iter`` at the pace so far; early stopping may need fewer."""
        return self.seconds / max(self.step, 1) * (self.max_iter - self.step)


@dataclass(frozen=True)
class Event:
    """Something that happened in training that a user should know."""

    step: int
    name: str
    detail: str


OnChunk = Callable[[ChunkSummary], object]


@dataclass
class Result:
    """A finished training run."""

    model: GANModel
    state: TrainState
    summaries: list[ChunkSummary]
    events: list[Event]
    quality: Quality
    baseline: Quality
    n_iter: int
    failure: str | None
    is_held_out: bool  # whether every monitored class was judged by rows that were not trained on


def _train_chunk(
    config: TrainConfig, layout: Layout, source: ClassBatches, states: TrainState
) -> tuple[TrainState, StepInfo]:
    """Run up to ``chunk_size`` steps of every member; no step beyond ``max_iter`` is taken."""

    def member_chunk(arguments: tuple[TrainState, ClassBatches]) -> tuple[TrainState, StepInfo]:
        state, own = arguments
        source_of_member = own._replace(rows=source.rows)

        def step(state: TrainState, _: None) -> tuple[TrainState, tuple[StepInfo, jax.Array]]:
            def take(state: TrainState) -> tuple[TrainState, tuple[StepInfo, jax.Array]]:
                run_key = jax.random.wrap_key_data(jnp.asarray(state.key_data), impl="threefry2x32")
                batch_key, step_key = jax.random.split(jax.random.fold_in(run_key, state.step))
                batch = source_of_member.draw(batch_key, config.batch_size)
                state, info = train_step(config, layout, state, batch, step_key)
                return state, (info, jnp.ones((), jnp.float32))

            def skip(state: TrainState) -> tuple[TrainState, tuple[StepInfo, jax.Array]]:
                return state, (
                    StepInfo(*(jnp.zeros((), jnp.float32),) * len(StepInfo._fields)),
                    jnp.zeros((), jnp.float32),
                )

            return jax.lax.cond(state.step < config.max_iter, take, skip, state)

        state, (infos, taken) = jax.lax.scan(step, state, None, length=config.chunk_size)
        return state, jax.tree.map(lambda x: x.sum() / jnp.maximum(taken.sum(), 1.0), infos)

    own = source._replace(rows=jnp.zeros((config.n_members, 0)))
    together = config.n_members if config.parallel_members else None
    return jax.lax.map(member_chunk, (states, own), batch_size=together)


_run_program = jax.jit(_train_chunk, donate_argnames="states")


def run_chunk(
    config: TrainConfig, layout: Layout, source: ClassBatches, states: TrainState
) -> tuple[TrainState, StepInfo]:
    """Run a chunk of every member and return NumPy arrays; members do not depend on how they are run.

    An accelerator runs all members in one program. A processor runs the program of a single member on one thread a
    member: the matrices are too small to keep more than one core busy, and the cores run members side by side.
    """
    if config.parallel_members:
        return jax.device_get(_run_program(config, layout, source, states))
    alone = replace(config, n_members=1)

    def run(member: int) -> tuple[TrainState, StepInfo]:
        own, state = jax.tree.map(
            lambda leaf: np.asarray(leaf)[member : member + 1], (source._replace(rows=None), states)
        )
        return jax.device_get(_run_program(alone, layout, own._replace(rows=source.rows), state))

    with ThreadPoolExecutor(min(config.n_members, os.cpu_count() or 1)) as pool:
        members = list(pool.map(run, range(config.n_members)))
    return jax.tree.map(lambda *leaves: np.concatenate(leaves), *members)


class _Training:
    """The fixed surroundings of a run: source, layout and monitor."""

    def __init__(
        self,
        spans: tuple[tuple[str, int], ...],
        rows: np.ndarray,
        labels: np.ndarray,
        config: TrainConfig,
        watch: MonitorConfig,
        monitored: Sequence[int],
        streams: Streams,
        names: Sequence[str] | None,
    ) -> None:
        self.spans, self.rows, self.labels, self.watch, self.names = spans, rows, labels, watch, names
        self.monitored = tuple(monitored)
        self.layout = make_layout(spans)
        hold_out = split(labels, monitored, config.n_members, streams, fraction=watch.validation_fraction)
        self.hold_out = hold_out
        self.monitor = Monitor(rows, labels, hold_out, spans, streams.generator("monitor"))
        padded = pad_columns(rows, self.layout)
        source = make_batches(padded, labels, hold_out.train_masks, config.n_classes, config.class_tempering)
        self.source = jax.device_put(source)
        self.seed = streams.integer("monitor")

    def model(self, config: TrainConfig, state: TrainState) -> GANModel:
        """Return the model of a state, with offsets of 0."""
        offsets = np.zeros((config.n_members, config.n_classes), np.float32)
        return GANModel(config, self.spans, state.averaged, state.discriminator, offsets)

    def generate(self, model: GANModel) -> dict[tuple[int, int], np.ndarray]:
        """Return the rows to judge of each (member, class)."""
        n_members = model.config.n_members
        n_blocks = -(-N_GENERATED * n_members // BLOCK_ROWS)
        members = np.tile(np.arange(BLOCK_ROWS) % n_members, n_blocks)
        fakes: dict[tuple[int, int], np.ndarray] = {}
        for code in self.monitored:
            rows = np.concatenate([model.block(code, self.seed, block) for block in range(n_blocks)])
            fakes.update({(member, code): rows[members == member][:N_GENERATED] for member in range(n_members)})
        return fakes

    def accuracies(self, model: GANModel, fakes: Mapping[tuple[int, int], np.ndarray]) -> tuple[float, float]:
        """Return the discriminators' accuracy on held-out real rows and on generated rows."""
        absolute = LOSSES[model.config.loss].is_absolute
        real_right, fake_right = [], []
        for code in self.monitored:
            held_out = [self.hold_out.held_out[member, code] for member in range(model.config.n_members)]
            rows = np.concatenate([self.rows[p] for p in held_out] + [fakes[m, code] for m in range(len(held_out))])
            logits = model.member_logits(rows, np.full(len(rows), code))
            start = 0
            for member, positions in enumerate(held_out):
                real = logits[member, start : start + len(positions)]
                fake_start = sum(map(len, held_out)) + member * N_GENERATED
                fake = logits[member, fake_start : fake_start + N_GENERATED]
                threshold = 0.0 if absolute else (real.mean() + fake.mean()) / 2
                real_right.append(float(np.mean(real > threshold)))
                fake_right.append(float(np.mean(fake < threshold)))
                start += len(positions)
        return float(np.mean(real_right)), float(np.mean(fake_right))

    def offsets(self, model: GANModel, streams: Streams) -> np.ndarray:
        """Return the logit at which each member cannot tell, for each class, shape (n_members, n_classes)."""
        config = model.config
        offsets = np.zeros((config.n_members, config.n_classes), np.float32)
        if LOSSES[config.loss].is_absolute:
            return offsets
        for code in range(config.n_classes):
            positions = streams.generator("offsets", code).permutation(np.flatnonzero(self.labels == code))[:BLOCK_ROWS]
            for rows in (self.rows[positions], model.block(code, self.seed, 0)):
                offsets[:, code] += model.member_logits(rows, np.full(len(rows), code)).mean(axis=1) / 2
        return offsets


@dataclass
class _Attempt:
    """One run of the loop, up to its end or its failure."""

    last_state: TrainState
    best_state: TrainState | None = None
    best_score: float = float("inf")  # lowest score seen, which later checkpoints within `tol` may replace
    quality: Quality | None = None
    failure: tuple[str, str] | None = None


def _smoothed(scores: Sequence[float]) -> list[float]:
    """Average each score with the two before it: a few held-out rows make single scores noisy."""
    return [float(np.mean(scores[max(0, i - 2) : i + 1])) for i in range(len(scores))]


def _should_stop(summaries: Sequence[ChunkSummary], watch: MonitorConfig) -> str | None:
    """Say why training should stop now, if it should; ``summaries`` are those of the present attempt."""
    last = summaries[-1]
    if last.step < watch.min_share * last.max_iter:
        return None
    scores = _smoothed([summary.quality.score for summary in summaries])
    is_best = np.array(scores) <= min(scores) * (1 + watch.tol)
    since_best = int(np.argmax(is_best[::-1]))
    accuracy = (last.real_accuracy + last.fake_accuracy) / 2
    if since_best >= watch.n_iter_no_change:
        return f"the score has not improved for {since_best} chunks"
    if abs(accuracy - 0.5) < CANNOT_TELL and since_best >= (watch.n_iter_no_change + 1) // 2:
        return f"the discriminator is right on {accuracy:.0%} of rows and the score has leveled"
    return None


def _attempt(
    training: _Training,
    config: TrainConfig,
    state: TrainState,
    summaries: list[ChunkSummary],
    on_chunk: OnChunk | None,
) -> tuple[_Attempt, str | None]:
    """Train from ``state`` to the end, to an early stop or to a failure; return the outcome and why it stopped."""
    attempt, first, watch = _Attempt(last_state=state), len(summaries), training.watch
    began = time.perf_counter() - (summaries[-1].seconds if summaries else 0.0)
    suspicions = 0
    while int(state.step[0]) < config.max_iter:
        state, info = run_chunk(config, training.layout, training.source, state)
        losses = float(np.mean(info.discriminator_loss)), float(np.mean(info.generator_loss))
        model = training.model(config, state)
        fakes = training.generate(model)
        parts = training.monitor.measure(fakes)
        quality = Quality.mean(list(parts.values()))
        step = int(state.step[0])
        finite = bool(np.isfinite([*losses, *(part.score for part in parts.values())]).all())
        score = _smoothed([*(summary.quality.score for summary in summaries[first:]), quality.score])[-1]
        if finite and score <= attempt.best_score * (1 + watch.tol):
            attempt.best_state, attempt.quality = state, quality
            attempt.best_score = min(attempt.best_score, score)
        accuracies = training.accuracies(model, fakes)
        penalty, seconds = float(np.mean(info.penalty)), time.perf_counter() - began
        summary = ChunkSummary(
            step, int(config.max_iter), quality, attempt.best_score, *losses, penalty, *accuracies, seconds
        )
        summaries.append(summary)
        attempt.last_state = state
        failure = name_failure(parts, losses, step / config.max_iter, training.names)
        suspicions = suspicions + 1 if failure else 0
        if failure and (failure[0] == "divergence" or suspicions >= watch.n_suspicions):
            attempt.failure = failure
            return attempt, None
        if on_chunk is not None and on_chunk(summary):
            return attempt, "a callback asked for it"
        reason = _should_stop(summaries[first:], watch) if watch.early_stopping else None
        if reason is not None:
            return attempt, reason
    return attempt, None


def train(
    config: TrainConfig,
    watch: MonitorConfig,
    spans: tuple[tuple[str, int], ...],
    rows: np.ndarray,
    labels: np.ndarray,
    *,
    monitored: Sequence[int],
    streams: Streams,
    resume: TrainState | None = None,
    on_chunk: OnChunk | None = None,
    names: Sequence[str] | None = None,
    networks: Callable[[np.ndarray], Networks] | None = None,
) -> Result:
    """Train a class-conditional generative adversarial network.

    Parameters
    ----------
    config, watch : TrainConfig, MonitorConfig
        Resolved settings.
    spans : tuple of (str, int)
        Columns of ``rows`` from left to right: ``("number", 1)`` or ``("category", n_levels)``.
    rows : ndarray of shape (n, width), float32
        Encoded rows, n >= 1 and width >= 1.
    labels : ndarray of shape (n,), int
        Class codes below ``config.n_classes``; every class has a row.
    monitored : sequence of int
        Classes that will be generated, and by which training is judged.
    streams : Streams
        Source of all randomness.
    resume : TrainState, optional
        State of an earlier run to go on from; ``config.max_iter`` counts from its beginning.
    on_chunk : callable, optional
        Receives a :class:`ChunkSummary` after each chunk; a true return value stops the training.
    names : sequence of str, optional
        The classes as people know them, for events.
    networks : callable, optional
        Receives which rows a member trains on, a mask of shape (n,), and returns what builds its networks; without
        it they are :class:`imbgan.gan.networks.Generator` and ``Discriminator``.

    Returns
    -------
    Result
    """
    check_process()
    training = _Training(spans, rows, labels, config, watch, monitored, streams, names)
    width = training.layout.is_number.shape[0]
    builders = [networks(mask) for mask in training.hold_out.train_masks] if networks is not None else None
    state = init_members(config, width, streams, builders)
    if resume is not None:
        _check_resumable(resume, state)
        state = resume
    initial, summaries, events = state, list[ChunkSummary](), list[Event]()
    best = attempt = _Attempt(last_state=state)
    for restart in range(watch.max_restarts + 1):
        attempt, reason = _attempt(training, config, state, summaries, on_chunk)
        if restart == 0 or attempt.best_score < best.best_score:
            best = attempt
        step = summaries[-1].step if summaries else 0
        if reason is not None:
            events.append(Event(step, "early stopping", reason))
        if attempt.failure is None:
            break
        events.append(Event(step, *attempt.failure))
        if restart < watch.max_restarts:
            state = _restarted(attempt.best_state or initial, config, streams, restart)
            config = _stronger(config)
            events.append(Event(int(state.step[0]), "restart", f"gamma {config.gamma:g}, new random stream"))
    # A run that never gave a finite score leaves the untrained networks, never NaN.
    kept = best.best_state if best.best_state is not None else initial
    last = kept if attempt.failure else attempt.last_state
    model = training.model(config, kept)
    model = replace(model, offsets=training.offsets(model, streams))
    baseline = training.monitor.baseline(streams.generator("baseline"))
    quality = best.quality if best.quality is not None else summaries[-1].quality
    failure = attempt.failure[0] if attempt.failure else None
    held = all(part.is_held_out for part in training.monitor.parts.values())
    return Result(model, last, summaries, events, quality, baseline, int(kept.step[0]), failure, held)


def _check_resumable(state: TrainState, fresh: TrainState) -> None:
    """Refuse a state of networks of other sizes."""
    sizes, expected = ([np.shape(leaf) for leaf in jax.tree.leaves(tree)] for tree in (state, fresh))
    if sizes != expected:
        raise ParameterError(
            "Training goes on with the networks it began with: with warm_start, 'n_generators' and the sizes in "
            "'train_options' must stay as they were. Set warm_start=False to begin anew."
        )


def _stronger(config: TrainConfig) -> TrainConfig:
    """Return the settings of a restart; a run without penalties gets R1 and R2."""
    return replace(
        config,
        penalties=config.penalties or ("r1", "r2"),
        gamma=max(config.gamma * RESTART_GAMMA, 1.0),
        instance_noise=max(config.instance_noise * RESTART_NOISE, 0.1),
        generator_learning_rate=config.generator_learning_rate * RESTART_RATE,
        discriminator_learning_rate=config.discriminator_learning_rate * RESTART_RATE,
    )


def _restarted(state: TrainState, config: TrainConfig, streams: Streams, restart: int) -> TrainState:
    """Return ``state`` with a new random stream."""
    shape = (config.n_members, 2)
    key_data = streams.generator("restart", restart).integers(2**32, size=shape, dtype=np.uint32)
    return state._replace(key_data=key_data)  # pyright: ignore[reportArgumentType]
