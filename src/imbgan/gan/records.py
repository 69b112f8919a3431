"""Records of training: summaries for callbacks and the history, events for users, and the result."""

from collections.abc import Callable
from dataclasses import dataclass, fields

from imbgan.gan.model import GANModel
from imbgan.gan.monitor import Quality
from imbgan.gan.state import TrainState


@dataclass(frozen=True)
class ChunkSummary:
    """The state of training after one chunk; callbacks receive it."""

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
    ending: str | None = None  # why the run ends at `max_iter`, if that is earlier than was asked

    @property
    def seconds_left(self) -> float:
        """Expected seconds until ``max_iter`` at the present pace; early stopping can make it fewer."""
        return self.seconds / max(self.step, 1) * (self.max_iter - self.step)


#: What a history holds, in the order in which it is shown.
MEASURES = tuple(
    measure.name
    for measure in (*fields(ChunkSummary), *fields(Quality))
    if measure.name not in ("quality", "max_iter", "ending")
)


@dataclass(frozen=True)
class Event:
    """Something that happened in training and that the user should know."""

    step: int
    name: str
    detail: str


# A callback that receives a summary after each chunk; a true return value stops training.
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
    is_held_out: bool  # whether every monitored class was judged by held-out rows
