"""Resolved settings of one training run: below this file, no setting is ``None`` or ``"auto"``."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from numbers import Real
from typing import Any, Self, TypeVar

import jax
import numpy as np

from imbgan.exceptions import ParameterError
from imbgan.gan.losses import LOSSES
from imbgan.gan.penalties import PENALTIES

# Usual settings of a loss, where they differ from the defaults below: the gradient penalty of Gulrajani 2017 (with
# three critic steps instead of five, to save time). Hinge uses spectral normalization, which the networks set.
LOSS_OPTIONS: dict[str, dict[str, object]] = {
    "wasserstein": {"penalties": ("gp",), "gamma": 10.0, "discriminator_steps": 3, "adam_b2": 0.9},
    "hinge": {"penalties": ()},
}

# Judging a generator needs held-out rows, and training needs every row. If the rarest class has fewer rows than this,
# several members hold out different folds, so that together they train on every row.
CROSS_FIT_BELOW = 400
CROSS_FIT_MEMBERS = 3

# A generator is clearly worse than the baseline of its space if its score is higher by this factor.
WORSE_THAN_BASELINE = 1.25


Config = TypeVar("Config")


def static(default: object) -> Any:  # noqa: ANN401 - the type is that of the field
    """Return a dataclass field that is part of the compiled program instead of an input to it."""
    return field(default=default, metadata={"static": True})


def merged(cls: type[Config], options: Mapping[str, object]) -> Config:
    """Return the configuration of class ``cls`` with ``options`` in place of its defaults.

    NumPy scalars become Python numbers, lists become tuples, and ints become floats where a float belongs. Otherwise
    each type would compile another program, and NumPy scalars have no JSON form.
    """
    floats = {f.name for f in fields(cls) if isinstance(f.default, float)}  # pyright: ignore[reportArgumentType]
    values = {name: as_python(value) for name, value in options.items()}
    numbers = {name: float(value) for name, value in values.items() if name in floats and isinstance(value, Real)}
    return cls(**{**values, **numbers})


def as_python(value: Any) -> Any:  # noqa: ANN401 - any value
    """Return a Python number for a NumPy scalar, and a tuple for a list; return any other value unchanged."""
    if isinstance(value, list | tuple):
        return tuple(map(as_python, value))
    return value.item() if isinstance(value, np.generic) else value


def check_rules(config: object, *rules: tuple[str, bool, str]) -> None:
    """Raise a ParameterError for the first broken rule (name of the field, whether the rule holds, its text)."""
    for name, holds, rule in rules:
        if not holds:
            raise ParameterError(f"The {name!r} option must be {rule}. Got {getattr(config, name)!r} instead.")


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class TrainConfig:
    r"""Resolved settings of training. Sizes of networks belong to their family instead.

    Static fields are part of the compiled program, and changing one compiles again. The others are inputs to the
    program, so that a restart with a stronger penalty, or another ``max_iter``, reuses the same program.

    Attributes
    ----------
    loss : {"relativistic", "non_saturating", "minimax", "hinge", "wasserstein"}
        See :mod:`imbgan.gan.losses`.
    penalties : tuple of {"r1", "r2", "gp"}
        Gradient penalties of the discriminator, see :mod:`imbgan.gan.penalties`.
    penalty_interval : int
        Steps between computations of the penalties, which get a weight that is larger by this factor (lazy
        regularization [1]_).
    batch_size : int
        Number of real rows, and of generated rows, in each step.
    discriminator_steps : int
        Discriminator updates per generator update.
    chunk_size : int
        Steps that are compiled into one call; the host monitors training between chunks.
    n_classes : int
        Number of classes that the networks know.
    n_members : int
        Number of generators that are trained together.
    adam_b1, adam_b2 : float
        Exponential decay rates of Adam.
    max_iter : int
        Number of generator updates of a run; early stopping makes it fewer.
    generator_learning_rate, discriminator_learning_rate : float
        Step sizes before the cooling (two time scales [2]_ if they differ).
    cooling_steps : int
        Length of the cooling, the last steps of a run: learning rates and ``gamma`` are constant before it, and change
        along half a cosine in it. A run of fewer steps is all cooling.
    final_learning_rate : float
        Share of the learning rates at the end of the cooling; 1 keeps them constant.
    gamma : float
        Weight of the penalties before the cooling.
    final_gamma : float
        Share of ``gamma`` at the end of the cooling.
    ema_half_life : float
        Steps after which the weight of the present generator in the averaged one has halved.
    instance_noise : float
        Standard deviation of the noise that is added to real and generated rows at the start of training. It falls
        linearly to 0 over the first ``instance_noise_share`` of the run.
    class_tempering : float
        Class c is drawn with probability proportional to n_c ** class_tempering: 0 draws all classes equally often, 1
        draws each as often as it occurs.

    References
    ----------
    .. [1] Karras et al., "Analyzing and Improving the Image Quality of StyleGAN", CVPR 2020, appendix B.
    .. [2] Heusel et al., "GANs Trained by a Two Time-Scale Update Rule ...", NeurIPS 2017.
    """

    loss: str = static("relativistic")
    penalties: tuple[str, ...] = static(("r1", "r2"))
    penalty_interval: int = static(1)
    batch_size: int = static(96)
    discriminator_steps: int = static(1)
    chunk_size: int = static(100)
    n_classes: int = static(2)
    n_members: int = static(1)
    adam_b1: float = static(0.0)
    adam_b2: float = static(0.99)
    max_iter: int = 1500
    generator_learning_rate: float = 1e-3
    discriminator_learning_rate: float = 1e-3
    cooling_steps: int = 200
    final_learning_rate: float = 0.1
    gamma: float = 0.1
    final_gamma: float = 1.0
    ema_half_life: float = 100.0
    instance_noise: float = 0.1
    instance_noise_share: float = 0.3
    class_tempering: float = 0.0

    @classmethod
    def resolve(cls, options: Mapping[str, object], *, class_counts: Sequence[int], n_members: int | str) -> Self:
        """Merge ``options`` into the defaults, set values that depend on the data, and check every range.

        Parameters
        ----------
        options : mapping of str to object
            Values of fields of this class, by name.
        class_counts : sequence of int
            Number of rows of each class.
        n_members : int or "auto"
            Number of generators that are trained together. ``"auto"`` means 3 if the rarest class has fewer than 400
            rows (each generator then holds out another fold of it), and 1 otherwise.

        Raises
        ------
        ParameterError
            If an option is out of its range.
        """
        if n_members == "auto":
            n_members = CROSS_FIT_MEMBERS if min(class_counts) < CROSS_FIT_BELOW else 1
        published = LOSS_OPTIONS.get(str(options.get("loss")), {})
        config = merged(cls, {**published, **options})
        config = replace(config, n_classes=len(class_counts), n_members=int(n_members))
        config.check()
        return config

    @property
    def cooling_start(self) -> int:
        """Step at which the cooling begins; negative for a run that is all cooling."""
        return self.max_iter - self.cooling_steps

    def ending_after(self, step: int) -> Self:
        """Return the settings of a run whose cooling begins at ``step``."""
        return replace(self, max_iter=step + self.cooling_steps)

    def extended(self, n_steps: int) -> Self:
        """Return the settings of a run that continues for ``max_iter`` steps after its first ``n_steps``."""
        return replace(self, max_iter=self.max_iter + n_steps)

    def check(self) -> None:
        """Raise a ParameterError for a field out of its range."""
        check_rules(
            self,
            ("loss", self.loss in LOSSES, f"one of {sorted(LOSSES)}"),
            ("penalties", set(self.penalties) <= PENALTIES, f"a tuple of names out of {sorted(PENALTIES)}"),
            *(
                (name, int(getattr(self, name)) >= 1, "an int of at least 1")
                for name in ("penalty_interval", "discriminator_steps", "chunk_size", "max_iter", "cooling_steps")
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
    """Settings that judge and stop training; none of them is part of the compiled program.

    Attributes
    ----------
    early_stopping : bool
        Whether the cooling begins, and with it the end of the run, as soon as the score has levelled off, unless it is
        still clearly worse than that of the baseline; the best checkpoint is restored either way.
    n_iter_no_change : int
        The score has levelled off if it has not fallen by more than ``tol`` in this number of chunks.
    min_share : float
        Share of ``max_iter`` before which the cooling does not begin early, in [0, 1].
    tol : float
        Smallest relative difference between two scores that counts. A later checkpoint replaces the best one if its
        score, averaged over three chunks, is at most ``1 + tol`` times the lowest such score.
    n_suspicions : int
        Number of chunks that must show mode collapse or memorization before it counts as a failure. A chunk that shows
        neither takes back one of them.
    max_restarts : int
        Maximum number of restarts after mode collapse, divergence or memorization.
    validation_fraction : float
        Share of each judged class that a member holds out, in (0, 0.5].
    """

    early_stopping: bool = True
    n_iter_no_change: int = 2
    min_share: float = 0.2
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
            If a value is out of its range.
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
