"""A small autoencoder: images to 48 numbers and back, for SMOTE and local Gaussians between images, as in DeepSMOTE.

DeepSMOTE (Dablain et al. 2021) also trains the decoder on images of one class in another order; this one does not.
"""

from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import optax
from jax import Array
from numpy.typing import NDArray

from benchmarks.images.network import BLOCK, Floats, Weights, augmented, pixels
from imbgan.gan.spaces.images import ImageOptions, ImageSpace
from imbgan.random import Streams

N_LATENT, N_WIDE = 48, 48
N_STEPS, BATCH, RATE = 800, 96, 2e-3


class Autoencoder(NamedTuple):
    """A trained autoencoder."""

    weights: Weights
    size: tuple[int, int, int]

    def encode(self, X: NDArray[np.uint8]) -> Floats:
        """Return the latents, (n, 48)."""
        return self._blocks(_encode_compiled, pixels(X))

    def decode(self, latents: Floats) -> NDArray[np.uint8]:
        """Return images of latents."""
        height, width, _ = self.size
        raw = self._blocks(_decode_compiled, latents)[:, :height, :width]
        return np.clip((raw + 1) * 127.5, 0, 255).round().astype(np.uint8)

    def _blocks(self, function: Any, rows: Floats) -> Floats:  # noqa: ANN401
        found: list[Floats] = []
        for start in range(0, len(rows), BLOCK):
            part = rows[start : start + BLOCK]
            block = np.zeros((BLOCK, *rows.shape[1:]), np.float32)
            block[: len(part)] = part
            found.append(np.asarray(function(self.weights, block, self.size))[: len(part)])
        return np.concatenate(found)


def fit(X: NDArray[np.uint8], seed: int) -> Autoencoder:
    """Train on randomly changed images, all rows alike; the loss is the mean squared error of pixels."""
    streams = Streams(seed)
    rng, size = streams.generator("images", "autoencoder"), (X.shape[1], X.shape[2], X.shape[3])
    weights, rows, options = _initial(size, rng), pixels(X), ImageSpace.of(size, ImageOptions())
    memory, key = _ADAM.init(weights), jax.random.key(int(rng.integers(2**31)))
    for step in range(N_STEPS):
        images = augmented(options, rows[rng.integers(len(rows), size=BATCH)], jax.random.fold_in(key, step))
        weights, memory = _step(weights, memory, images)
    return Autoencoder(weights, size)


_ADAM = optax.adam(optax.cosine_decay_schedule(RATE, N_STEPS))


def _quarter(size: tuple[int, int, int]) -> tuple[int, int]:
    return -(-size[0] // 4), -(-size[1] // 4)


def _initial(size: tuple[int, int, int], rng: np.random.Generator) -> Weights:
    height, width = _quarter(size)
    shapes = {
        "in 0": (3, 3, size[2], 24),
        "in 1": (3, 3, 24, N_WIDE),
        "to latent": (height * width * N_WIDE, N_LATENT),
        "from latent": (N_LATENT, height * width * N_WIDE),
        # Pixels are enlarged by making four of the channels of one, twice.
        "out 0": (3, 3, N_WIDE, 4 * 24),
        "out 1": (3, 3, 24, 4 * size[2]),
    }
    return {
        name: jnp.asarray(rng.normal(0.0, np.sqrt(2.0 / np.prod(shape[:-1])), shape), jnp.float32)
        for name, shape in shapes.items()
    }


def _convolve(maps: Array, kernel: Array, stride: int) -> Array:
    return jax.lax.conv_general_dilated(
        maps, kernel, (stride, stride), "SAME", dimension_numbers=("NHWC", "HWIO", "NHWC")
    )


def _encode(weights: Weights, images: Array, size: tuple[int, int, int]) -> Array:
    del size
    maps = jax.nn.relu(_convolve(images, weights["in 0"], 2))
    maps = jax.nn.relu(_convolve(maps, weights["in 1"], 2))
    return maps.reshape(len(maps), -1) @ weights["to latent"]


def _decode(weights: Weights, latents: Array, size: tuple[int, int, int]) -> Array:
    height, width = _quarter(size)
    maps = jax.nn.relu(latents @ weights["from latent"]).reshape(-1, height, width, N_WIDE)
    maps = jax.nn.relu(_enlarged(_convolve(maps, weights["out 0"], 1)))
    return jnp.tanh(_enlarged(_convolve(maps, weights["out 1"], 1)))


def _enlarged(maps: Array) -> Array:
    n, height, width, n_channels = maps.shape
    parts = maps.reshape(n, height, width, 2, 2, n_channels // 4)
    return parts.transpose(0, 1, 3, 2, 4, 5).reshape(n, 2 * height, 2 * width, n_channels // 4)


_encode_compiled = jax.jit(_encode, static_argnums=2)
_decode_compiled = jax.jit(_decode, static_argnums=2)


@jax.jit
def _step(weights: Weights, memory: Any, images: Array) -> tuple[Weights, Any]:  # noqa: ANN401
    def loss_of(weights: Weights) -> Array:
        size = (images.shape[1], images.shape[2], images.shape[3])
        decoded = _decode(weights, _encode(weights, images, size), size)[:, : size[0], : size[1]]
        return ((decoded - images) ** 2).mean()

    updates, memory = _ADAM.update(jax.grad(loss_of)(weights), memory)
    return optax.apply_updates(weights, updates), memory  # pyright: ignore[reportReturnType]
