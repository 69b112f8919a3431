"""The small convolutional network: one compiled step, and a loop on the host that draws the batches.

Three 3 x 3 convolutions of stride 2 with 24, 48 and 96 channels, a dense layer of 64, and one output per class.
"""

from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import optax
from jax import Array
from numpy.typing import NDArray

from imbgan.gan.spaces.images import ImageOptions, ImageSpace
from imbgan.random import Streams

CHANNELS, N_HIDDEN = (24, 48, 96), 64
N_STEPS, BATCH, RATE = 800, 96, 2e-3
#: Share of the steps that are the end of a training, where its images may be drawn otherwise.
END = 0.7
BLOCK = 1_000

Floats = NDArray[np.float32]
Weights = dict[str, Array]


def pixels(images: NDArray[np.uint8]) -> Floats:
    """Return pixels in [-1, 1], float32, of the same shape."""
    return images.astype(np.float32) * np.float32(2 / 255) - np.float32(1)


class Recipe(NamedTuple):
    """How a network is trained.

    Attributes
    ----------
    augment : bool
        Whether images are shifted, turned and scaled at random while the network learns.
    mixup : float
        Parameter of the beta distribution that mixes pairs of images; 0 mixes none (Zhang et al. 2018).
    n_steps : int, default=N_STEPS
    """

    augment: bool = False
    mixup: float = 0.0
    n_steps: int | None = None


class Network(NamedTuple):
    """A trained network."""

    weights: Weights

    def logits(self, X: NDArray[np.uint8]) -> Floats:
        """Return one number per class for each image."""
        return self._blocks(X, 0)

    def features(self, X: NDArray[np.uint8]) -> Floats:
        """Return the 64 values before the last layer."""
        return self._blocks(X, 1)

    def _blocks(self, X: NDArray[np.uint8], which: int) -> Floats:
        found: list[Floats] = []
        for start in range(0, len(X), BLOCK):
            part = pixels(X[start : start + BLOCK])
            block = np.zeros((BLOCK, *X.shape[1:]), np.float32)
            block[: len(part)] = part
            found.append(np.asarray(_look(self.weights, block)[which])[: len(part)])
        return np.concatenate(found)


def fit(
    X: NDArray[np.uint8],
    y: NDArray[np.intp],
    n_classes: int,
    recipe: Recipe = Recipe(),  # noqa: B008 - immutable
    *,
    seed: int,
    draw_with: NDArray[np.float64] | None = None,
    end_with: NDArray[np.float64] | None = None,
    adjustment: NDArray[np.float64] | None = None,
    class_weights: NDArray[np.float64] | None = None,
    deferred: bool = False,
) -> Network:
    """Train a network.

    Parameters
    ----------
    X : ndarray of shape (n, height, width, channels), uint8
    y : ndarray of shape (n,), int
    n_classes : int
    recipe : Recipe
    seed : int
    draw_with : ndarray of shape (n,), default=None
        How often a row is drawn, relative to others; all alike by default.
    end_with : ndarray of shape (n,), default=None
        The same in the last ``END`` of the steps; ``draw_with`` by default.
    adjustment : ndarray of shape (n_classes,), default=None
        Added to the logits in the loss: log class shares are logit adjustment (Menon et al. 2021).
    class_weights : ndarray of shape (n_classes,), default=None
        Weights of classes in the loss.
    deferred : bool, default=False
        Whether class weights count in the last fifth of the steps alone (Cao et al. 2019).

    Returns
    -------
    Network
    """
    streams, n_steps = Streams(seed), recipe.n_steps or N_STEPS
    rng = streams.generator("images", "batches")
    weights = _initial(X.shape[1:], n_classes, streams.generator("images", "weights"))
    memory = _adam(n_steps).init(weights)
    key = jax.random.key(int(streams.generator("images", "augment").integers(2**31)))
    options = ImageSpace.of((X.shape[1], X.shape[2], X.shape[3]), ImageOptions())
    first, last = (None if often is None else often / often.sum() for often in (draw_with, end_with))
    rows, targets = pixels(X), np.eye(n_classes, dtype=np.float32)[y]
    added = np.zeros(n_classes) if adjustment is None else adjustment
    shares = np.ones(n_classes) if class_weights is None else class_weights
    for step in range(n_steps):
        is_end = last is not None and step >= (1.0 - END) * n_steps
        batch = rng.choice(len(X), BATCH, p=last if is_end else first)
        images, wanted = rows[batch], targets[batch]
        if recipe.augment:
            images = augmented(options, images, jax.random.fold_in(key, step))
        if recipe.mixup:
            share, other = np.float32(rng.beta(recipe.mixup, recipe.mixup)), rng.permutation(BATCH)
            images = share * images + (1 - share) * images[other]
            wanted = share * wanted + (1 - share) * wanted[other]
        is_weighted = not deferred or step >= 0.8 * n_steps
        loss_weights = (shares if is_weighted else np.ones(n_classes)).astype(np.float32)
        weights, memory = _step(weights, memory, images, wanted, added.astype(np.float32), loss_weights, n_steps)
    return Network(weights)


@jax.jit
def augmented(space: ImageSpace, images: Array | Floats, key: Array) -> Array:
    """Return randomly changed images: those that the discriminator of ``ImageGAN`` sees by default."""
    padded = jnp.pad(
        jnp.asarray(images), [(0, 0), *((0, space.shape[i] - images.shape[i + 1]) for i in (0, 1)), (0, 0)]
    )
    return space.augment(padded, key)[:, : images.shape[1], : images.shape[2]]


def _adam(n_steps: int) -> optax.GradientTransformation:
    return optax.adam(optax.cosine_decay_schedule(RATE, n_steps))


def _initial(size: tuple[int, ...], n_classes: int, rng: np.random.Generator) -> Weights:
    weights: dict[str, np.ndarray] = {}
    height, width, n_in = size
    for i, n_out in enumerate(CHANNELS):
        scale = np.sqrt(2.0 / (9 * n_in))
        weights[f"kernel {i}"] = rng.normal(0.0, scale, (3, 3, n_in, n_out))
        weights[f"bias {i}"] = np.zeros(n_out)
        height, width, n_in = -(-height // 2), -(-width // 2), n_out
    for name, sizes in (("dense", (height * width * n_in, N_HIDDEN)), ("output", (N_HIDDEN, n_classes))):
        weights[name] = rng.normal(0.0, np.sqrt(2.0 / sizes[0]), sizes)
        weights[f"{name} bias"] = np.zeros(sizes[1])
    return {name: jnp.asarray(value, jnp.float32) for name, value in weights.items()}


def _forward(weights: Weights, images: Array) -> tuple[Array, Array]:
    maps = images
    for i in range(len(CHANNELS)):
        maps = jax.lax.conv_general_dilated(
            maps, weights[f"kernel {i}"], (2, 2), "SAME", dimension_numbers=("NHWC", "HWIO", "NHWC")
        )
        maps = jax.nn.relu(maps + weights[f"bias {i}"])
    features = jax.nn.relu(maps.reshape(len(maps), -1) @ weights["dense"] + weights["dense bias"])
    return features @ weights["output"] + weights["output bias"], features


_look = jax.jit(_forward)


@partial(jax.jit, static_argnames="n_steps")
def _step(
    weights: Weights,
    memory: Any,  # noqa: ANN401
    images: Array,
    wanted: Array,
    added: Array,
    class_weights: Array,
    n_steps: int,
) -> tuple[Weights, Any]:
    def loss_of(weights: Weights) -> Array:
        logits, _ = _forward(weights, images)
        chance = jax.nn.log_softmax(logits + added)
        weighted = wanted * class_weights
        return -(weighted * chance).sum() / weighted.sum()

    updates, memory = _adam(n_steps).update(jax.grad(loss_of)(weights), memory)
    return optax.apply_updates(weights, updates), memory  # pyright: ignore[reportReturnType]
