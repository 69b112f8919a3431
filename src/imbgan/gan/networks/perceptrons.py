"""Generator and projection discriminator: class-conditional multi-layer perceptrons."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jaxtyping import Float, Int

from imbgan.gan.config import check_rules, merged
from imbgan.gan.networks.layers import LEAK, Draw, Linear, spectral_norm

# Usual settings of a loss: spectral normalization as in Miyato 2018.
LOSS_OPTIONS: dict[str, dict[str, object]] = {"hinge": {"spectral_norm": True}}


@dataclass(frozen=True)
class PerceptronConfig:
    """Sizes of the perceptrons.

    Attributes
    ----------
    generator_hidden, discriminator_hidden : tuple of int
        Widths of the hidden layers.
    latent_dim : int
        Length of the noise vector z ~ N(0, 1).
    embedding_dim : int
        Length of the class embedding, which the generator reads together with the noise.
    spectral_norm : bool
        Whether each weight matrix of the discriminator is divided by its largest singular value [1]_.

    References
    ----------
    .. [1] Miyato et al., "Spectral Normalization for Generative Adversarial Networks", ICLR 2018.
    """

    generator_hidden: tuple[int, ...] = (96, 96, 96)
    discriminator_hidden: tuple[int, ...] = (96, 96)
    latent_dim: int = 64
    embedding_dim: int = 16
    spectral_norm: bool = False

    @classmethod
    def resolve(cls, options: Mapping[str, object], *, loss: str) -> "PerceptronConfig":
        """Merge ``options`` into the usual settings of the loss, and check every range.

        Raises
        ------
        ParameterError
            If an option is out of its range.
        """
        config = merged(cls, {**LOSS_OPTIONS.get(loss, {}), **options})
        config.check()
        return config

    def check(self) -> None:
        """Raise a ParameterError for a field out of its range."""
        check_rules(
            self,
            *(
                (name, int(getattr(self, name)) >= 1, "an int of at least 1")
                for name in ("latent_dim", "embedding_dim")
            ),
            *(
                (name, min(getattr(self, name), default=0) >= 1, "a non-empty tuple of positive ints")
                for name in ("generator_hidden", "discriminator_hidden")
            ),
        )


def _layers(sizes: tuple[int, ...], draw: Draw) -> tuple[Linear, ...]:
    return tuple(Linear(n_in, n_out, draw) for n_in, n_out in pairwise(sizes))


class PerceptronGenerator(eqx.Module):
    """Maps noise and a class to raw values, which :meth:`imbgan.gan.space.Space.finish` turns into a row."""

    embedding: Array | np.ndarray  # shape=(n_classes, embedding_dim), float32
    layers: tuple[Linear, ...]
    latent_dim: int = eqx.field(static=True)

    def __init__(self, config: PerceptronConfig, shape: tuple[int, ...], n_classes: int, draw: Draw) -> None:
        (width,) = shape
        self.latent_dim = config.latent_dim
        self.embedding = draw((n_classes, config.embedding_dim), 1.0)
        n_in = config.latent_dim + config.embedding_dim
        self.layers = _layers((n_in, *config.generator_hidden, width), draw)

    def __call__(
        self, noise: Float[Array, "batch latent_dim"], codes: Int[Array, " batch"]
    ) -> Float[Array, "batch width"]:
        """Return the raw values of one row per class code."""
        hidden = jnp.concatenate([noise, jnp.asarray(self.embedding)[codes]], axis=1)
        for layer in self.layers[:-1]:
            hidden = jax.nn.leaky_relu(layer(hidden), LEAK)
        return self.layers[-1](hidden)


class PerceptronDiscriminator(eqx.Module):
    r"""Projection discriminator (Miyato and Koyama 2018).

    .. math:: D(x, c) = w \cdot h(x) + b + \langle e_c, h(x) \rangle

    All classes share the features h, so that a rare class benefits from what the common classes teach.
    """

    layers: tuple[Linear, ...]
    output: Linear
    embedding: Array | np.ndarray  # shape=(n_classes, hidden), float32
    spectral_norm: bool = eqx.field(static=True)

    def __init__(self, config: PerceptronConfig, shape: tuple[int, ...], n_classes: int, draw: Draw) -> None:
        (width,) = shape
        self.layers = _layers((width, *config.discriminator_hidden), draw)
        self.output = Linear(config.discriminator_hidden[-1], 1, draw)
        self.embedding = draw((n_classes, config.discriminator_hidden[-1]), 0.0)
        self.spectral_norm = config.spectral_norm

    def _apply(self, layer: Linear, rows: Array) -> Array:
        if not self.spectral_norm:
            return layer(rows)
        weight = jnp.asarray(layer.weight)
        return rows @ (weight / (spectral_norm(weight) + 1e-12)).T + layer.bias

    def __call__(self, rows: Float[Array, "batch width"], codes: Int[Array, " batch"]) -> Float[Array, " batch"]:
        """Return the logit of each row, which judges how real it is for its class."""
        hidden = rows
        for layer in self.layers:
            hidden = jax.nn.leaky_relu(self._apply(layer, hidden), LEAK)
        return self._apply(self.output, hidden)[:, 0] + (jnp.asarray(self.embedding)[codes] * hidden).sum(axis=1)
