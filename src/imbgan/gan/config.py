"""Everything that one training run needs to know, resolved: below this file nothing is ``None`` or ``"auto"``."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from numbers import Real
from typing import Any, Self

import jax

from imbgan.exceptions import ParameterError
from imbgan.gan.losses import LOSSES
from imbgan.gan.penalties import PENALTIES

# What a loss is usually trained with, where it differs from the defaults below: gradient penalty as in Gulrajani
# 2017 (with three critic steps instead of five, to save time), spectral normalization as in Miyato 2018.
LOSS_OPTIONS: dict[str, dict[str, object]] = {
    "wasserstein": {"penalties": ("gp",), "gamma": 10.0, "discriminator_steps": 3, "adam_b2": 0.9},
    "hinge": {"penalties": (), "spectral_norm": True},
}

# Held-out rows are needed to judge a generator, and every row is needed to train one. Below this many rows of
# the rarest class, several members each hold out another fold, so that together they train on every row.
CROSS_FIT_BELOW = 400
CROSS_FIT_MEMBERS = 3


def _static(default: object) -> Any:  # noqa: ANN401 - the type is that of the field
    return field(default=default, metadata={"static": True})


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class TrainConfig:
    r"""Resolved settings of a generative adversarial network and of its training.

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
    generator_hidden, discriminator_hidden : tuple of int
        Widths of the hidden layers.
    latent_dim : int
        Length of the noise vector z ~ N(0, 1).
    embedding_dim : int
        Length of the class embedding that the generator reads beside the noise.
    number_output : {"linear", "sigmoid"}
        Output of number columns; ``"sigmoid"`` for data scaled to [0, 1].
    straight_through : bool
        Whether categories reach the discriminator as exact one-hots (with the gradient of the soft ones).
    spectral_norm : bool
        Whether each weight matrix of the discriminator is divided by its largest singular value [2]_.
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
    parallel_members : bool
        Whether members run in one program (accelerators) or each on a thread of its own (processors).
    adam_b1, adam_b2 : float
        Exponential decay rates of Adam.
    max_iter : int
        Generator updates of a run.
    generator_learning_rate, discriminator_learning_rate : float
        Step sizes at the start of training (two time scales [3]_ where they differ).
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
    temperature : float
        Temperature of the Gumbel softmax of categories, in [0.3, 5].
    class_tempering : float
        Class c is drawn with probability proportional to n_c ** class_tempering: 0 draws all classes alike, 1 as
        often as they occur.

    References
    ----------
    .. [1] Karras et al., "Analyzing and Improving the Image Quality of StyleGAN", CVPR 2020, appendix B.
    .. [2] Miyato et al., "Spectral Normalization for Generative Adversarial Networks", ICLR 2018.
    .. [3] Heusel et al., "GANs Trained by a Two Time-Scale Update Rule ...", NeurIPS 2017.
    """

    loss: str = _static("relativistic")
    penalties: tuple[str, ...] = _static(("r1", "r2"))
    penalty_interval: int = _static(1)
    generator_hidden: tuple[int, ...] = _static((96, 96, 96))
    discriminator_hidden: tuple[int, ...] = _static((96, 96))
    latent_dim: int = _static(64)
    embedding_dim: int = _static(16)
    number_output: str = _static("linear")
    straight_through: bool = _static(True)
    spectral_norm: bool = _static(False)
    batch_size: int = _static(128)
    discriminator_steps: int = _static(1)
    chunk_size: int = _static(100)
    n_classes: int = _static(2)
    n_members: int = _static(1)
    parallel_members: bool = _static(False)
    adam_b1: float = _static(0.0)
    adam_b2: float = _static(0.99)
    max_iter: int = 1500
    generator_learning_rate: float = 1e-3
    discriminator_learning_rate: float = 1e-3
    final_learning_rate: float = 0.1
    gamma: float = 0.1
    final_gamma: float = 1.0
    ema_half_life: float = 100.0
    instance_noise: float = 0.1
    instance_noise_share: float = 0.3
    temperature: float = 0.5
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
        tuples = {name: tuple(value) for name, value in options.items() if isinstance(value, list)}
        published = LOSS_OPTIONS.get(str(options.get("loss")), {})
        config = cls(**{**published, **options, **tuples})  # pyright: ignore[reportArgumentType]
        config = replace(
            config,
            n_classes=len(class_counts),
            n_members=int(n_members),
            parallel_members=jax.default_backend() != "cpu",
        )
        # An int or a NumPy scalar in place of a float would be another program.
        numbers = {f.name: getattr(config, f.name) for f in fields(cls) if isinstance(f.default, float)}
        config = replace(config, **{name: float(n) for name, n in numbers.items() if isinstance(n, Real)})
        config.check()
        return config

    def extended(self, n_steps: int) -> Self:
        """Return the same settings for a run that goes on for ``max_iter`` steps after ``n_steps`` of them."""
        return replace(self, max_iter=self.max_iter + n_steps)

    def check(self) -> None:
        """Raise a ParameterError for a field out of its range."""

        def must(holds: bool, name: str, rule: str) -> None:
            if not holds:
                raise ParameterError(f"The {name!r} option must be {rule}. Got {getattr(self, name)!r} instead.")

        must(self.loss in LOSSES, "loss", f"one of {sorted(LOSSES)}")
        must(set(self.penalties) <= PENALTIES, "penalties", f"a tuple of names out of {sorted(PENALTIES)}")
        must(self.number_output in ("linear", "sigmoid"), "number_output", "'linear' or 'sigmoid'")
        for name in (
            "penalty_interval",
            "latent_dim",
            "embedding_dim",
            "discriminator_steps",
            "chunk_size",
            "max_iter",
        ):
            must(int(getattr(self, name)) >= 1, name, "an int of at least 1")
        must(self.batch_size >= 2, "batch_size", "an int of at least 2")
        for name in ("generator_hidden", "discriminator_hidden"):
            widths = getattr(self, name)
            must(len(widths) > 0 and min(widths) >= 1, name, "a non-empty tuple of positive ints")
        for name in ("generator_learning_rate", "discriminator_learning_rate", "ema_half_life"):
            must(getattr(self, name) > 0, name, "positive")
        for name in ("gamma", "instance_noise"):
            must(getattr(self, name) >= 0, name, "non-negative")
        for name in ("final_learning_rate", "final_gamma", "instance_noise_share", "class_tempering"):
            must(0 <= getattr(self, name) <= 1, name, "in [0, 1]")
        for name in ("adam_b1", "adam_b2"):
            must(0 <= getattr(self, name) < 1, name, "in [0, 1)")
        must(0.3 <= self.temperature <= 5, "temperature", "in [0.3, 5]")


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
        watch = cls(**options)  # pyright: ignore[reportArgumentType]
        for name, holds, rule in (
            ("n_iter_no_change", watch.n_iter_no_change >= 1, "an int of at least 1"),
            ("n_suspicions", watch.n_suspicions >= 1, "an int of at least 1"),
            ("max_restarts", watch.max_restarts >= 0, "an int of at least 0"),
            ("min_share", 0 <= watch.min_share <= 1, "in [0, 1]"),
            ("tol", watch.tol >= 0, "non-negative"),
            ("validation_fraction", 0 < watch.validation_fraction <= 0.5, "in (0, 0.5]"),
        ):
            if not holds:
                raise ParameterError(f"The {name!r} option must be {rule}. Got {getattr(watch, name)!r} instead.")
        return watch
