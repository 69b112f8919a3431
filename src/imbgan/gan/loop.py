"""The training loop: compiled chunks of steps, with an evaluation after each chunk."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import jax
import numpy as np
from jaxtyping import Float, Int

from imbgan.exceptions import ParameterError
from imbgan.gan.chunk import Chunks
from imbgan.gan.config import WORSE_THAN_BASELINE, MonitorConfig, TrainConfig
from imbgan.gan.devices import place
from imbgan.gan.evaluation import Evaluation
from imbgan.gan.model import GANModel
from imbgan.gan.monitor import Failure, Quality, name_failure
from imbgan.gan.networks.families import Networks
from imbgan.gan.processes import check_process
from imbgan.gan.records import ChunkSummary, Event, OnChunk, Result
from imbgan.gan.restarts import restarted, stronger
from imbgan.gan.sources import make_batches
from imbgan.gan.space import Features, Space
from imbgan.gan.state import TrainState, init_members, step_of
from imbgan.gan.stopping import has_levelled, smoothed
from imbgan.random import Streams


@dataclass(frozen=True)
class _Run:
    """The objects that stay the same from the first step to the last restart."""

    space: Space
    chunks: Chunks
    networks: Networks
    evaluation: Evaluation
    watch: MonitorConfig
    on_chunk: OnChunk | None
    names: Sequence[str] | None

    def model(self, config: TrainConfig, state: TrainState) -> GANModel:
        """Return the model of a state, with offsets of 0."""
        offsets = np.zeros((config.n_members, config.n_classes), np.float32)
        networks = self.chunks.placement.gather((state.averaged, state.discriminator))
        return GANModel(config, self.space, self.networks, *networks, offsets)

    def has_learned(self, score: float) -> bool:
        """Return whether a score is not clearly worse than that of the baseline.

        If it is worse, a level score is a plateau, on which modes are still missing. Without held-out rows the baseline
        tells nothing, since its rows lie close to the training rows.
        """
        return not self.evaluation.is_held_out or score <= WORSE_THAN_BASELINE * self.evaluation.baseline.score


@dataclass
class _Attempt:
    """One run of the loop, up to its end or its failure."""

    last_state: TrainState
    best_state: TrainState | None = None
    best_score: float = float("inf")  # the lowest score so far; later checkpoints within `tol` may replace the best
    quality: Quality | None = None
    failure: Failure | None = None
    stopped: str | None = None  # why training ends before `max_iter` without a failure

    def keep_if_best(self, state: TrainState, quality: Quality, score: float, tol: float) -> None:
        """Keep a checkpoint whose score is as good as the best one, within ``tol``."""
        if score <= self.best_score * (1 + tol):
            self.best_state, self.quality = state, quality
            self.best_score = min(self.best_score, score)


def _attempt(run: _Run, config: TrainConfig, state: TrainState, summaries: list[ChunkSummary]) -> _Attempt:
    """Train from ``state`` to the end, an early stop or a failure, and append a summary per chunk to ``summaries``."""
    attempt, first, watch = _Attempt(last_state=state), len(summaries), run.watch
    began = time.perf_counter() - (summaries[-1].seconds if summaries else 0.0)
    suspicions = 0
    while step_of(state) < config.max_iter:
        state, info = run.chunks.run(config, run.space, state)
        losses = float(np.mean(info.discriminator_loss)), float(np.mean(info.generator_loss))
        judgment = run.evaluation.judge(run.model(config, state))
        quality, step = judgment.quality, step_of(state)
        scores = [*(summary.quality.score for summary in summaries[first:]), quality.score]
        if np.isfinite([*losses, *(part.score for part in judgment.parts.values())]).all():
            attempt.keep_if_best(state, quality, smoothed(scores)[-1], watch.tol)
        attempt.last_state = state
        may_end = watch.early_stopping and watch.min_share * config.max_iter <= step < config.cooling_start
        is_level = may_end and run.has_learned(attempt.best_score) and has_levelled(scores, watch)
        # A run that is about to end, or ends early, is as far as it gets.
        progress = 1.0 if is_level or attempt.stopped else step / config.max_iter
        failure = name_failure(judgment.parts, losses, progress, run.names)
        if is_level and failure is None:
            attempt.stopped = f"the distance to real rows has levelled off by step {step}"
            config = config.ending_after(step)
        summary = ChunkSummary(
            step,
            int(config.max_iter),
            quality,
            attempt.best_score,
            *losses,
            float(np.mean(info.penalty)),
            judgment.real_accuracy,
            judgment.fake_accuracy,
            time.perf_counter() - began,
            attempt.stopped,
        )
        summaries.append(summary)
        # A clear chunk takes back one suspicion only: a collapsed run can leave its spot for a chunk and come back.
        suspicions = suspicions + 1 if failure else max(suspicions - 1, 0)
        if failure and (failure.is_certain or suspicions >= watch.n_suspicions):
            attempt.failure, attempt.stopped = failure, None
            return attempt
        if run.on_chunk is not None and run.on_chunk(summary):
            attempt.stopped = "a callback requested it"
            return attempt
    return attempt


def train(
    config: TrainConfig,
    watch: MonitorConfig,
    space: Space,
    rows: Float[np.ndarray, "n *row"],
    codes: Int[np.ndarray, " n"],
    *,
    monitored: Sequence[int],
    streams: Streams,
    networks: Callable[[np.ndarray], Networks] | None = None,
    resume: TrainState | None = None,
    on_chunk: OnChunk | None = None,
    names: Sequence[str] | None = None,
    features: Features | None = None,
) -> Result:
    """Train a class-conditional generative adversarial network.

    Parameters
    ----------
    config, watch : TrainConfig, MonitorConfig
        Resolved settings.
    space : Space
        Defines what a row is.
    rows : ndarray of shape (n, *row), float32
        Encoded rows without padding, n >= 1.
    codes : ndarray of shape (n,), int
        Class codes below ``config.n_classes``; every class has a row.
    monitored : sequence of int
        Codes of the classes by which training is judged.
    streams : Streams
        The source of all random draws.
    networks : callable, optional
        Called as ``networks(train_mask)`` for each member, with a mask of shape (n,), bool; returns its ``Networks``.
        The default is the perceptrons at their default sizes.
    resume : TrainState, optional
        State of an earlier run that this one continues; ``config.max_iter`` counts from the beginning of that run.
    on_chunk : callable, optional
        Receives a :class:`ChunkSummary` after each chunk; a true return value stops the training.
    names : sequence of str, optional
        Labels of the classes, for the text of events.
    features : Features, optional
        What distances between rows are taken in; by default the features of the space.

    Returns
    -------
    Result

    Raises
    ------
    ForkedProcessError
        If this process was forked after JAX had started.
    DeviceMemoryError
        If a device has too little memory, also for small parts.
    ParameterError
        If ``resume`` belongs to networks of other sizes.
    """
    check_process()
    evaluation = Evaluation(space, rows, codes, monitored, config.n_members, watch, streams, features)
    masks = evaluation.hold_out.train_masks
    placement = place(config.n_members, config.batch_size)
    source = make_batches(space.pad(rows), codes, masks, config.n_classes, config.class_tempering, placement.send)
    built = [networks(mask) if networks is not None else Networks() for mask in masks]
    initial = init_members(config, space.shape, streams, built)
    if resume is not None:
        _check_resumable(resume, initial)
        initial = resume
    run = _Run(space, Chunks(placement, source), built[0], evaluation, watch, on_chunk, names)
    return _with_restarts(run, config, initial, streams)


def _with_restarts(run: _Run, config: TrainConfig, initial: TrainState, streams: Streams) -> Result:
    """Train, and after a failure train again from the best checkpoint, up to ``max_restarts`` times."""
    state, summaries, events = initial, list[ChunkSummary](), list[Event]()
    best = attempt = _Attempt(last_state=state)
    for restart in range(run.watch.max_restarts + 1):
        attempt = _attempt(run, config, state, summaries)
        if restart == 0 or attempt.best_score < best.best_score:
            best = attempt
        step = summaries[-1].step if summaries else 0
        if attempt.stopped is not None:
            events.append(Event(step, "early stopping", attempt.stopped))
        if attempt.failure is None:
            break
        events.append(Event(step, attempt.failure.name, attempt.failure.detail))
        if restart < run.watch.max_restarts:
            state = restarted(attempt.best_state or initial, config, streams, restart)
            config = stronger(config)
            events.append(Event(step_of(state), "restart", f"gamma {config.gamma:g}, new random stream"))
    # If no score was finite, the result holds the untrained networks, never NaN.
    kept = jax.device_get(best.best_state if best.best_state is not None else initial)
    model = run.model(config, kept)
    return Result(
        model=replace(model, offsets=run.evaluation.offsets(model)),
        state=kept if attempt.failure else jax.device_get(attempt.last_state),
        summaries=summaries,
        events=events,
        quality=best.quality if best.quality is not None else summaries[-1].quality,
        baseline=run.evaluation.baseline,
        n_iter=step_of(kept),
        failure=attempt.failure.name if attempt.failure else None,
        is_held_out=run.evaluation.is_held_out,
    )


def _check_resumable(state: TrainState, fresh: TrainState) -> None:
    """Raise ParameterError if the state belongs to networks of other sizes."""
    sizes, expected = ([np.shape(leaf) for leaf in jax.tree.leaves(tree)] for tree in (state, fresh))
    if sizes != expected:
        raise ParameterError(
            "With warm_start, training continues with the same networks: 'n_generators' and the sizes in "
            "'train_options' must stay as they were. Set warm_start=False to start again."
        )
