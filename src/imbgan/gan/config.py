"""Everything that one training run needs to know, resolved: below this file nothing is ``None`` or ``"auto"``."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from numbers import Real
from typing import Any, Self, TypeVar

import jax
import numpy as np

from imbgan.exceptions import ParameterError
from imbgan.gan.losses import LOSSES
from imbgan.gan.penalties import PENALTIES

# What a loss is usually trained with, where it differs from the defaults below: gradient penalty as in Gulrajani
# 2017 (with three critic steps instead of five, to save time); hinge brings spectral normalization, see the networks.
LOSS_OPTIONS: dict[str, dict[str, object]] = {
    "wasserstein": {"penalties": ("gp",), "gamma": 10.0, "discriminator_steps": 3, "adam_b2": 0.9},
    "hinge": {"penalties": ()},
}

# Held-out rows are needed to judge a generator, and every row is needed to train one. Below this many rows of
# the rarest class, several members each hold out another fold, so that together they train on every row.
CROSS_FIT_BELOW = 400
CROSS_FIT_MEMBERS = 3


Config = TypeVar("Config")


def static(default: object) -> Any:  # noqa: ANN401 - the type is that of the field
    """Return a dataclass field that is part of the compiled program instead of flowing into it."""
    return field(default=default, metadata={"static": True})


def merged(cls: type[Config], options: Mapping[str, object]) -> Config:
    """Return the configuration of class ``cls`` with ``options`` in place of its defaults.

    NumPy's scalars become Python's, lists tuples, and ints in the place of floats become floats: each would be
    another program, and NumPy's have no JSON form.
    """
    floats = {f.name for f in fields(cls) if isinstance(f.default, float)}  # pyright: ignore[reportArgumentType]
    values = {name: as_python(value) for name, value in options.items()}
    numbers = {name: float(value) for name, value in values.items() if name in floats and isinstance(value, Real)}
    return cls(**{**values, **numbers})


def as_python(value: Any) -> Any:  # noqa: ANN401 - any value
    """Return Python's own number for one of NumPy, and a tuple for a list of them; anything else as it is."""
    if isinstance(value, list | tuple):
        return tuple(map(as_python, value))
    return value.item() if isinstance(value, np.generic) else value


def check_rules(config: object, *rules: tuple[str, bool, str]) -> None:
    """Raise a ParameterError for the first field whose rule, (name, whether it holds, what it says), is broken."""
    for name, holds, rule in rules:
        if not holds:
            raise ParameterError(f"The {name!r} option must be {rule}. Got {getattr(config, name)!r} instead.")


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class TrainConfig:
    r"""Resolved settings of a training; the sizes of networks are those of their family.

    Static fields are part of the compiled program; changing one compiles anew. The others are numbers that flow
    into it, so that a restart with a stronger penalty, or another ``max_iter``, reuses the same program.

    Attributes
    ----------
    loss : {"relativistic", "non_saturating", "minimax", "hinge", "wasserstein"}
        See :mod:`imbgan.gan.losses`.
    penalties : tuple of {"r1", "r2", "gp"}
        Gradient penalties of the discriminator, see :mod:`imbgan.gan.penalties`.
    penalty_interval : int
        The penalties are computed every so many steps, and weighted as much more (lazy regularization [1]_).
    batch_size : int
        Real rows, and as many generated ones, of each step.
    discriminator_steps : int
        Discriminator updates per generator update.
    chunk_size : int
        Steps compiled into one call; the host looks at the training between chunks.
    n_classes : int
        Classes that the networks know.
    n_members : int
        Generators trained together.
    adam_b1, adam_b2 : float
        Exponential decay rates of Adam.
    max_iter : int
        Generator updates of a run.
    generator_learning_rate, discriminator_learning_rate : float
        Step sizes at the start of training (two time scales [2]_ where they differ).
    final_learning_rate : float
        Share of the learning rates that the cosine schedule ends on; 1 keeps them constant.
    gamma : float
        Weight of the penalties at the start of training.
    final_gamma : float
        Share of ``gamma`` that the cosine schedule ends on.
    ema_half_life : float
        Steps after which the averaged generator has forgotten half of what it was.
    instance_noise : float
        Standard deviation of the noise added to real and generated rows alike at the start; falls linearly to 0
        over the first ``instance_noise_share`` of the run.
    class_tempering : float
        Class c is drawn with probability proportional to n_c ** class_tempering: 0 draws all classes alike, 1 as
        often as they occur.

    References
    ----------
    .. [1] Karras et al., "Analyzing and Improving the Image Quality of StyleGAN", CVPR 2020, appendix B.
    .. [2] Heusel et al., "GANs Trained by a Two Time-Scale Update Rule ...", NeurIPS 2017.
    """

    loss: str = static("relativistic")
    penalties: tuple[str, ...] = static(("r1", "r2"))
    penalty_interval: int = static(1)
    batch_size: int = static(128)
    discriminator_steps: int = static(1)
    chunk_size: int = static(100)
    n_classes: int = static(2)
    n_members: int = static(1)
    adam_b1: float = static(0.0)
    adam_b2: float = static(0.99)
    max_iter: int = 1500
    generator_learning_rate: float = 1e-3
    discriminator_learning_rate: float = 1e-3
    final_learning_rate: float = 0.1
    gamma: float = 0.1
    final_gamma: float = 1.0
    ema_half_life: float = 100.0
    instance_noise: float = 0.1
    instance_noise_share: float = 0.3
    class_tempering: float = 0.0

    @classmethod
    def resolve(cls, options: Mapping[str, object], *, class_counts: Sequence[int], n_members: int | str) -> Self:
        """Merge ``options`` into the defaults, settle what depends on the data, and check every range.

        Parameters
        ----------
        options : mapping of str to object
            Fields of this class by name.
        class_counts : sequence of int
            Rows of each class.
        n_members : int or "auto"
            Generators trained together; ``"auto"`` takes 3 where the rarest class has fewer than 400 rows (each
            then holds out another fold of it), and 1 otherwise.

        Raises
        ------
        ParameterError
            An option out of its range.
        """
        if n_members == "auto":
            n_members = CROSS_FIT_MEMBERS if min(class_counts) < CROSS_FIT_BELOW else 1
        published = LOSS_OPTIONS.get(str(options.get("loss")), {})
        config = merged(cls, {**published, **options})
        config = replace(config, n_classes=len(class_counts), n_members=int(n_members))
        config.check()
        return config

    def extended(self, n_steps: int) -> Self:
        """Return the same settings for a run that goes on for ``max_iter`` steps after ``n_steps`` of them."""
        return replace(self, max_iter=self.max_iter + n_steps)

    def check(self) -> None:
        """Raise a ParameterError for a field out of its range."""
        check_rules(
            self,
            ("loss", self.loss in LOSSES, f"one of {sorted(LOSSES)}"),
            ("penalties", set(self.penalties) <= PENALTIES, f"a tuple of names out of {sorted(PENALTIES)}"),
            *(
                (name, int(getattr(self, name)) >= 1, "an int of at least 1")
                for name in ("penalty_interval", "discriminator_steps", "chunk_size", "max_iter")
            ),
            ("batch_size", self.batch_size >= 2, "an int of at least 2"),
            *(
                (name, getattr(self, name) > 0, "positive")
                for name in ("generator_learning_rate", "discriminator_learning_rate", "ema_half_life")
            ),
            *((name, getattr(self, name) >= 0, "non-negative") for name in ("gamma", "instance_noise")),
            *(
                (name, 0 <= getattr(self, name) <= 1, "in [0, 1]")
                for name in ("final_learning_rate", "final_gamma", "instance_noise_share", "class_tempering")
            ),
            *((name, 0 <= getattr(self, name) < 1, "in [0, 1)") for name in ("adam_b1", "adam_b2")),
        )


@dataclass(frozen=True)
class MonitorConfig:
    """How training is judged and when it stops; none of it is part of the compiled program.

    Attributes
    ----------
    early_stopping : bool
        Whether to stop when the score no longer improves; the best checkpoint is restored either way.
    n_iter_no_change : int
        Chunks without a better score until training stops; half as many when the discriminator cannot tell.
    min_share : float
        Share of ``max_iter`` before which training does not stop early, in [0, 1].
    tol : float
        A later checkpoint replaces the best one when its score, averaged over three chunks, is at most ``1 + tol``
        times the lowest.
    n_suspicions : int
        Chunks in a row that must show a collapse or memorization before it is called one.
    max_restarts : int
        Restarts after a collapse, divergence or memorization.
    validation_fraction : float
        Share of each judged class that a member holds out, in (0, 0.5].
    """

    early_stopping: bool = True
    n_iter_no_change: int = 5
    min_share: float = 0.5
    tol: float = 0.05
    n_suspicions: int = 3
    max_restarts: int = 2
    validation_fraction: float = 0.2

    @classmethod
    def resolve(cls, options: Mapping[str, object]) -> Self:
        """Merge ``options`` into the defaults and check every range.

        Raises
        ------
        ParameterError
            A value out of its range.
        """
        watch = merged(cls, options)
        check_rules(
            watch,
            ("n_iter_no_change", watch.n_iter_no_change >= 1, "an int of at least 1"),
            ("n_suspicions", watch.n_suspicions >= 1, "an int of at least 1"),
            ("max_restarts", watch.max_restarts >= 0, "an int of at least 0"),
            ("min_share", 0 <= watch.min_share <= 1, "in [0, 1]"),
            ("tol", watch.tol >= 0, "non-negative"),
            ("validation_fraction", 0 < watch.validation_fraction <= 0.5, "in (0, 0.5]"),
        )
        return watch
