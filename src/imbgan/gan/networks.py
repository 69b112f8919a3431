"""Generator and projection discriminator: multi-layer perceptrons that know the class."""

from collections.abc import Callable
from itertools import pairwise
from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from imbgan.gan.config import TrainConfig

LEAK = 0.2

# Returns initial float32 values of a shape and a standard deviation. Drawn by NumPy: a compiled program that runs
# once would cost seconds.
Draw = Callable[[tuple[int, ...], float], np.ndarray]


class Linear(eqx.Module):
    """Affine map of a batch of rows, ``x W' + b``."""

    weight: Array | np.ndarray  # shape=(n_out, n_in)
    bias: Array | np.ndarray  # shape=(n_out,)

    def __init__(self, n_in: int, n_out: int, draw: Draw) -> None:
        # He initialization for leaky rectifiers: keeps the variance of activations from layer to layer.
        self.weight = draw((n_out, n_in), (2.0 / (1.0 + LEAK**2) / n_in) ** 0.5)
        self.bias = draw((n_out,), 0.0)

    def __call__(self, rows: Array) -> Array:
        """Shapes: rows (batch, n_in) -> (batch, n_out)."""
        return rows @ self.weight.T + self.bias


def spectral_norm(weight: Array, n_iterations: int = 20) -> Array:
    """Return the largest singular value of ``weight`` by power iteration from a fixed start.

    Differs from Miyato 2018: twenty iterations a step from a fixed vector instead of one from the last step's; the
    matrices are small, and a network without hidden state can be saved, averaged and restarted as it is.
    """
    fixed = jax.lax.stop_gradient(weight)
    right = jnp.ones((weight.shape[1],), weight.dtype) + 0.1 * jnp.cos(jnp.arange(weight.shape[1], dtype=weight.dtype))

    def iterate(_: int, right: Array) -> Array:
        left = fixed @ right
        right = fixed.T @ (left / (jnp.linalg.norm(left) + 1e-12))
        return right / (jnp.linalg.norm(right) + 1e-12)

    right = jax.lax.fori_loop(0, n_iterations, iterate, right)
    left = fixed @ right
    left = left / (jnp.linalg.norm(left) + 1e-12)
    return left @ weight @ right


def _layers(sizes: tuple[int, ...], draw: Draw) -> tuple[Linear, ...]:
    return tuple(Linear(n_in, n_out, draw) for n_in, n_out in pairwise(sizes))


class Generator(eqx.Module):
    """Maps noise and a class to the raw values of a row; :func:`imbgan.gan.heads.apply_heads` does the rest."""

    embedding: Array | np.ndarray  # shape=(n_classes, embedding_dim)
    layers: tuple[Linear, ...]

    def __init__(self, config: TrainConfig, width: int, draw: Draw) -> None:
        self.embedding = draw((config.n_classes, config.embedding_dim), 1.0)
        n_in = config.latent_dim + config.embedding_dim
        self.layers = _layers((n_in, *config.generator_hidden, width), draw)

    def __call__(self, noise: Array, labels: Array) -> Array:
        """Shapes: noise (batch, latent_dim), labels (batch,) -> (batch, width)."""
        hidden = jnp.concatenate([noise, jnp.asarray(self.embedding)[labels]], axis=1)
        for layer in self.layers[:-1]:
            hidden = jax.nn.leaky_relu(layer(hidden), LEAK)
        return self.layers[-1](hidden)


class Discriminator(eqx.Module):
    r"""Projection discriminator (Miyato and Koyama 2018).

    .. math:: D(x, c) = w \cdot h(x) + b + \langle e_c, h(x) \rangle

    The features h are shared by all classes, so that a rare class is judged with what the common ones teach.
    """

    layers: tuple[Linear, ...]
    output: Linear
    embedding: Array | np.ndarray  # shape=(n_classes, hidden)
    spectral_norm: bool = eqx.field(static=True)

    def __init__(self, config: TrainConfig, width: int, draw: Draw) -> None:
        self.layers = _layers((width, *config.discriminator_hidden), draw)
        self.output = Linear(config.discriminator_hidden[-1], 1, draw)
        self.embedding = draw((config.n_classes, config.discriminator_hidden[-1]), 0.0)
        self.spectral_norm = config.spectral_norm

    def _apply(self, layer: Linear, rows: Array) -> Array:
        if not self.spectral_norm:
            return layer(rows)
        weight = jnp.asarray(layer.weight)
        return rows @ (weight / (spectral_norm(weight) + 1e-12)).T + layer.bias

    def __call__(self, rows: Array, labels: Array) -> Array:
        """Shapes: rows (batch, width), labels (batch,) -> logits (batch,)."""
        hidden = rows
        for layer in self.layers:
            hidden = jax.nn.leaky_relu(self._apply(layer, hidden), LEAK)
        return self._apply(self.output, hidden)[:, 0] + (jnp.asarray(self.embedding)[labels] * hidden).sum(axis=1)


class Networks(NamedTuple):
    """What builds the two networks of a member.

    Each receives the settings, the padded width of a row, and a source of initial values. Instances are called as
    :class:`Generator` and :class:`Discriminator` are, and are pytrees of floating-point arrays whose shapes are the
    same for all members: gradients are taken of every leaf. A leaf that is not to be learned goes through
    ``jax.lax.stop_gradient``.
    """

    generator: Callable[[TrainConfig, int, Draw], Generator] = Generator
    discriminator: Callable[[TrainConfig, int, Draw], Discriminator] = Discriminator
