"""Evaluate a model on the rows that its members held out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Float, Int

from imbgan.gan.config import MonitorConfig
from imbgan.gan.losses import LOSSES
from imbgan.gan.model import GANModel
from imbgan.gan.monitor import N_GENERATED, HoldOut, Monitor, Quality, split
from imbgan.gan.space import Features, Space
from imbgan.random import Streams


@dataclass(frozen=True)
class Judgment:
    """The measures of a model after one chunk."""

    parts: Mapping[tuple[int, int], Quality]  # by (member, class)
    real_accuracy: float  # accuracy of the discriminators on held-out real rows
    fake_accuracy: float  # and on generated rows

    @property
    def quality(self) -> Quality:
        """The mean over members and classes."""
        return Quality.mean(list(self.parts.values()))


class Evaluation:
    """The rows of one training, and the held-out rows by which each member is judged."""

    def __init__(
        self,
        space: Space,
        rows: Float[np.ndarray, "n *row"],
        codes: Int[np.ndarray, " n"],
        monitored: Sequence[int],
        n_members: int,
        watch: MonitorConfig,
        streams: Streams,
        features: Features | None = None,
    ) -> None:
        self.rows, self.codes, self.monitored = rows, codes, tuple(monitored)
        self.hold_out: HoldOut = split(codes, monitored, n_members, streams, fraction=watch.validation_fraction)
        self.monitor = Monitor(rows, codes, self.hold_out, space, streams.generator("monitor"), features)
        self._streams = streams
        self._seed = streams.integer("monitor")

    @property
    def is_held_out(self) -> bool:
        """Whether every monitored class is judged by held-out rows."""
        return all(part.is_held_out for part in self.monitor.parts.values())

    def judge(self, model: GANModel) -> Judgment:
        """Judge generated rows of each member and monitored class, and the discriminators."""
        generated = self._generate(model)
        return Judgment(self.monitor.measure(generated), *self._accuracies(model, generated))

    @cached_property
    def baseline(self) -> Quality:
        """Judgment of the baseline of the space on the same held-out rows; averages are taken as for a run."""
        return self.monitor.baseline(self._streams.generator("baseline"))

    def _generate(self, model: GANModel) -> dict[tuple[int, int], np.ndarray]:
        """Return generated rows of each (member, class)."""
        n_members = model.config.n_members
        block_rows = model.space.block_rows
        n_blocks = -(-N_GENERATED * n_members // block_rows)
        members = np.tile(np.arange(block_rows) % n_members, n_blocks)
        generated: dict[tuple[int, int], np.ndarray] = {}
        for code in self.monitored:
            rows = np.concatenate([model.block(code, self._seed, block) for block in range(n_blocks)])
            generated.update({(member, code): rows[members == member][:N_GENERATED] for member in range(n_members)})
        return generated

    def _accuracies(self, model: GANModel, generated: Mapping[tuple[int, int], np.ndarray]) -> tuple[float, float]:
        """Return the discriminators' accuracy on held-out real rows and on generated rows."""
        absolute = LOSSES[model.config.loss].is_absolute
        real_right, fake_right = [], []
        for code in self.monitored:
            held_out = [self.hold_out.held_out[member, code] for member in range(model.config.n_members)]
            rows = np.concatenate([self.rows[p] for p in held_out] + [generated[m, code] for m in range(len(held_out))])
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

    def offsets(self, model: GANModel) -> Float[np.ndarray, "n_members n_classes"]:
        """Return the logit at which each member is undecided, for each class."""
        config = model.config
        offsets = np.zeros((config.n_members, config.n_classes), np.float32)
        if LOSSES[config.loss].is_absolute:
            return offsets
        for code in range(config.n_classes):
            order = self._streams.generator("offsets", code).permutation(np.flatnonzero(self.codes == code))
            for rows in (self.rows[order[: model.space.block_rows]], model.block(code, self._seed, 0)):
                offsets[:, code] += model.member_logits(rows, np.full(len(rows), code)).mean(axis=1) / 2
        return offsets
