"""An autoencoder of images: a few numbers per image, from which the image can be drawn again.

It is made of perceptrons. On a processor, a step with a convolutional decoder takes ten times as long, and after the
same time its images are further from the real ones.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple, Self

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax
from jax import Array
from jaxtyping import Float, Int

from imbgan.gan.checkpoint import Arrays, check_leaves, leaf_path, no_memory
from imbgan.gan.keys import wrapped
from imbgan.gan.networks.layers import LEAK, Draw, Linear
from imbgan.gan.program import Program
from imbgan.gan.sources import ClassBatches, make_batches
from imbgan.gan.spaces.images import ImageSpace
from imbgan.random import Streams

N_LATENTS, N_HIDDEN = 48, 256
BATCH, RATE = 64, 4e-3
# Steps that are compiled into one call.
CHUNK = 250
# Class c is drawn with probability proportional to n_c ** TEMPERING.
TEMPERING = 0.5
# Noise on the latents, and a pull of these to 0 so that the noise counts: close latents belong to similar images.
NOISE, SHRINKAGE = 0.1, 1e-3
# Images go through the networks in blocks of this many.
BLOCK = 256


class Autoencoder(eqx.Module):
    """Two perceptrons of one hidden layer: from an image to its latents, and from these to raw pixels."""

    encoder: tuple[Linear, Linear]
    decoder: tuple[Linear, Linear]

    def __init__(self, shape: tuple[int, ...], draw: Draw) -> None:
        n_pixels = int(np.prod(shape))
        self.encoder = Linear(n_pixels, N_HIDDEN, draw), Linear(N_HIDDEN, N_LATENTS, draw)
        self.decoder = Linear(N_LATENTS, N_HIDDEN, draw), Linear(N_HIDDEN, n_pixels, draw)

    def encode(self, images: Float[Array, "batch height width channels"]) -> Float[Array, "batch latents"]:
        """Return the latents of images."""
        first, last = self.encoder
        return last(jax.nn.leaky_relu(first(images.reshape(len(images), -1)), LEAK))

    def decode(self, latents: Float[Array, "batch latents"]) -> Float[Array, "batch pixels"]:
        """Return the raw pixels of the images that belong to latents."""
        first, last = self.decoder
        return last(jax.nn.leaky_relu(first(latents), LEAK))


def _drawn(networks: Autoencoder, space: ImageSpace, latents: Array) -> Array:
    """Return the images that belong to latents."""
    raw = networks.decode(latents).reshape(len(latents), *space.shape)
    return space.finish(raw, jnp.zeros(()), training=False)


class _Learning(NamedTuple):
    """The state of training."""

    networks: Autoencoder
    memory: Any  # of Adam
    step: Array | np.ndarray  # shape=(), int32


def _adam(n_steps: Array | int) -> optax.GradientTransformation:
    return optax.adam(lambda i: RATE * 0.5 * (1.0 + jnp.cos(jnp.pi * i / n_steps)))


def _learn_images(
    state: _Learning, space: ImageSpace, source: ClassBatches, key_data: Array, n_steps: Array
) -> _Learning:
    r"""Return the state after a chunk of the ``n_steps`` steps of Adam on augmented images x.

    The loss is the mean over pixels of :math:`(dec(z + \sigma n) - x)^2` plus a small multiple of the mean of
    :math:`z^2`, where z = enc(x) and n is normal noise: a regularized autoencoder (Ghosh et al. 2020, "From Variational
    to Deterministic Autoencoders").
    """
    adam, run_key = _adam(n_steps), wrapped(key_data)

    def loss_of(networks: Autoencoder, images: Array, noise: Array) -> Array:
        latents = networks.encode(images)
        drawn = _drawn(networks, space, latents + NOISE * noise)
        return ((drawn - images) ** 2).mean() + SHRINKAGE * (latents**2).mean()

    def step(i: Array, state: tuple[Autoencoder, Any]) -> tuple[Autoencoder, Any]:
        networks, memory = state
        batch_key, augment_key, noise_key = jax.random.split(jax.random.fold_in(run_key, i), 3)
        batch = source.draw(jax.tree.map(lambda leaf: leaf[0], source.members), batch_key, BATCH)
        images = space.augment(batch.rows, augment_key)
        noise = jax.random.normal(noise_key, (BATCH, N_LATENTS), jnp.float32)
        gradient = jax.grad(loss_of)(networks, images, noise)
        updates, memory = adam.update(gradient, memory)
        return eqx.apply_updates(networks, updates), memory

    stop = jnp.minimum(state.step + CHUNK, n_steps)
    networks, memory = jax.lax.fori_loop(state.step, stop, step, (state.networks, state.memory))
    return _Learning(networks, memory, stop)


def _learned(
    networks: Autoencoder, space: ImageSpace, source: ClassBatches, key_data: np.ndarray, n_steps: int
) -> Autoencoder:
    """Return trained networks, as NumPy arrays; Ctrl-C is answered between chunks."""
    shapes = jax.eval_shape(_adam(n_steps).init, networks)
    memory = jax.tree.map(lambda leaf: np.zeros(leaf.shape, leaf.dtype), shapes)
    state = _Learning(networks, memory, np.zeros((), np.int32))
    while int(state.step) < n_steps:
        state = _train(state, space, source, key_data, np.int32(n_steps))
    return jax.device_get(state.networks)


def _to_latents(networks: Autoencoder, images: Array) -> Array:
    return networks.encode(images)


_train = Program(_learn_images, lambda state, *arguments: state)
_encode = Program(_to_latents, lambda *arguments: 0)
_decode = Program(_drawn, lambda *arguments: 0)


@dataclass(frozen=True, eq=False)
class ImageLatents:
    """A trained autoencoder; over classes, drawn as in its training, each latent has the mean 0 and the variance 1.

    Attributes
    ----------
    networks : Autoencoder
    space : ImageSpace
        What an image is, and how images were changed in training.
    center, scale : ndarray of shape (n_latents,), float32
        Mean and standard deviation of the latents of the networks.
    """

    networks: Autoencoder
    space: ImageSpace
    center: np.ndarray
    scale: np.ndarray

    @classmethod
    def learned(
        cls,
        space: ImageSpace,
        rows: Float[np.ndarray, "n height width channels"],
        codes: Int[np.ndarray, " n"],
        seed: int,
        n_steps: int,
    ) -> Self:
        """Train an autoencoder on images with pixels in [-1, 1]; ``codes`` are those of their classes."""
        rng = Streams(seed).generator("autoencoder")
        networks = Autoencoder(
            space.shape, lambda shape, scale: (scale * rng.standard_normal(shape)).astype(np.float32)
        )
        source = make_batches(space.pad(rows), codes, [np.ones(len(rows), bool)], int(codes.max()) + 1, TEMPERING)
        key_data = rng.integers(2**32, size=2, dtype=np.uint32)
        networks = _learned(networks, space, source, key_data, n_steps)
        latents = cls(networks, space, np.zeros(N_LATENTS, np.float32), np.ones(N_LATENTS, np.float32)).encode(rows)
        weights = np.bincount(codes)[codes] ** (TEMPERING - 1.0)
        center = np.average(latents, axis=0, weights=weights)
        spread = np.average((latents - center) ** 2, axis=0, weights=weights) ** 0.5
        scale = np.where(spread > 0, spread, 1.0)  # images may all be alike
        return cls(networks, space, center.astype(np.float32), scale.astype(np.float32))

    @property
    def n_latents(self) -> int:
        """Number of latents per image."""
        return len(self.center)

    def encode(self, rows: Float[np.ndarray, "n height width channels"]) -> Float[np.ndarray, "n latents"]:
        """Return the latents of images, float32."""
        found = np.zeros((len(rows), self.n_latents), np.float32)
        for start in range(0, len(rows), BLOCK):
            part = rows[start : start + BLOCK]
            block = np.zeros((BLOCK, *self.space.shape), np.float32)
            block[: len(part)] = self.space.pad(part)
            found[start : start + BLOCK] = np.asarray(_encode(self.networks, block))[: len(part)]
        return (found - self.center) / self.scale

    def decode(self, latents: Float[np.ndarray, "n latents"]) -> Float[np.ndarray, "n height width channels"]:
        """Return the images that belong to latents, float32 in [-1, 1]."""
        drawn = np.zeros((len(latents), *self.space.size), np.float32)
        for start in range(0, len(latents), BLOCK):
            part = latents[start : start + BLOCK]
            block = np.zeros((BLOCK, self.n_latents), np.float32)
            block[: len(part)] = part * self.scale + self.center
            images = np.asarray(_decode(self.networks, self.space, block))[: len(part)]
            drawn[start : start + BLOCK] = self.space.trim(images)
        return drawn

    def to_arrays(self) -> Arrays:
        """Return what :meth:`from_arrays` reads."""
        return {
            **{leaf_path(path): np.asarray(leaf) for path, leaf in _leaves(self.networks)},
            "center": self.center,
            "scale": self.scale,
        }

    @classmethod
    def from_arrays(cls, space: ImageSpace, arrays: Arrays) -> Self:
        """Build an autoencoder again, after checking path, shape and dtype of each array.

        Raises
        ------
        ModelFileError
            If an array is missing or unknown, or has another shape or dtype.
        """
        skeleton = Autoencoder(space.shape, no_memory)
        expected = {leaf_path(path): (leaf.shape, leaf.dtype) for path, leaf in _leaves(skeleton)}
        own = dict.fromkeys(("center", "scale"), ((N_LATENTS,), np.dtype(np.float32)))
        check_leaves(arrays, expected | own)
        networks = jax.tree_util.tree_map_with_path(lambda path, _: arrays[leaf_path(path)], skeleton)
        return cls(networks, space, arrays["center"], arrays["scale"])


def _leaves(networks: Autoencoder) -> list[tuple[Any, np.ndarray]]:
    return jax.tree_util.tree_flatten_with_path(networks)[0]
