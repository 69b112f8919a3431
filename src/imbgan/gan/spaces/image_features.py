"""Features of images: what a small classifier, trained on the same images, looks at.

Distances between pixels see blur and shifts more than what an image shows.
"""

import hashlib
from dataclasses import dataclass
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax
from jax import Array
from jaxtyping import Float, Int

from imbgan.gan.keys import wrapped
from imbgan.gan.networks.convolutions import Trunk
from imbgan.gan.networks.layers import Draw, Linear
from imbgan.gan.program import Program, settings_text
from imbgan.gan.sources import ClassBatches, make_batches
from imbgan.random import Streams

N_CHANNELS, N_FEATURES = 16, 64
N_STEPS, BATCH, RATE = 400, 64, 2e-3
# Images go through the classifier in blocks of this many.
BLOCK = 256
# A sampler, its quality and a report of it ask for the features of the same images: those of the last ones are kept.
MOST_KEPT = 4


class Classifier(eqx.Module):
    """The classifier; its features are the values before the last layer."""

    trunk: Trunk
    output: Linear

    def __init__(self, shape: tuple[int, ...], n_classes: int, draw: Draw) -> None:
        self.trunk = Trunk(shape, N_CHANNELS, N_FEATURES, draw)
        self.output = Linear(N_FEATURES, n_classes, draw)


def _learn(classifier: Classifier, space: Any, source: ClassBatches, key_data: Array) -> Classifier:  # noqa: ANN401
    """Return the classifier after N_STEPS steps of Adam on augmented images, all classes being drawn equally often."""
    adam = optax.adam(optax.cosine_decay_schedule(RATE, N_STEPS))
    run_key = wrapped(key_data)

    def loss_of(classifier: Classifier, images: Array, codes: Array) -> Array:
        logits = classifier.output(classifier.trunk(images))
        return optax.softmax_cross_entropy_with_integer_labels(logits, codes).mean()

    def step(state: tuple[Classifier, Any], i: Array) -> tuple[tuple[Classifier, Any], None]:
        classifier, memory = state
        batch_key, augment_key = jax.random.split(jax.random.fold_in(run_key, i))
        batch = source.draw(jax.tree.map(lambda leaf: leaf[0], source.members), batch_key, BATCH)
        images = space.augment(batch.rows, augment_key)
        gradient = jax.grad(loss_of)(classifier, images, batch.codes)
        updates, memory = adam.update(gradient, memory)
        return (eqx.apply_updates(classifier, updates), memory), None

    memory = adam.init(classifier)  # pyright: ignore[reportArgumentType] - a pytree of arrays
    (classifier, _), _ = jax.lax.scan(step, (classifier, memory), jnp.arange(N_STEPS))
    return classifier


def _look(classifier: Classifier, images: Array) -> Array:
    return classifier.trunk(images)


_train = Program(_learn, lambda classifier, *arguments: classifier)
_see = Program(_look, lambda *arguments: 0)


@dataclass(frozen=True)
class ImageFeatures:
    """The features of images, each divided by its standard deviation over the training images."""

    classifier: Classifier
    space: Any
    scale: np.ndarray  # shape=(N_FEATURES,)

    @classmethod
    def learned(
        cls,
        space: Any,  # noqa: ANN401 - an ImageSpace, which imports this module
        rows: Float[np.ndarray, "n *row"],
        codes: Int[np.ndarray, " n"],
    ) -> "ImageFeatures":
        """Train a classifier on these images; with one class, its features are those of random weights.

        Nothing else decides the result, so that images of which the features are known are not learned again.
        """
        key = _key_of(space, rows, codes)
        found = _kept.pop(key, None) or cls._trained(space, rows, codes)
        _kept[key] = found  # at the end: the dict is ordered by last use
        while len(_kept) > MOST_KEPT:
            _kept.pop(next(iter(_kept)), None)
        return found

    @classmethod
    def _trained(cls, space: Any, rows: np.ndarray, codes: np.ndarray) -> "ImageFeatures":  # noqa: ANN401
        rng, n_classes = Streams(0).generator("features"), int(codes.max()) + 1
        classifier = Classifier(
            space.shape, n_classes, lambda shape, scale: (scale * rng.standard_normal(shape)).astype(np.float32)
        )
        if n_classes > 1:
            source = make_batches(space.pad(rows), codes, [np.ones(len(rows), bool)], n_classes, 0.0)
            classifier = jax.device_get(_train(classifier, space, source, rng.integers(2**32, size=2, dtype=np.uint32)))
        features = cls(classifier, space, np.ones(N_FEATURES, np.float32))
        spread = features(rows).std(axis=0)
        return cls(classifier, space, np.where(spread > 0, 1.0 / np.where(spread > 0, spread, 1.0), 1.0))

    def __call__(self, rows: Float[np.ndarray, "n *row"]) -> Float[np.ndarray, "n features"]:
        """Return the scaled features."""
        found = np.zeros((len(rows), N_FEATURES), np.float32)
        for start in range(0, len(rows), BLOCK):
            part = rows[start : start + BLOCK]
            block = np.zeros((BLOCK, *self.space.shape), np.float32)
            block[: len(part)] = self.space.pad(part)
            found[start : start + BLOCK] = np.asarray(_see(self.classifier, block))[: len(part)]
        return found * self.scale


_kept: dict[str, ImageFeatures] = {}


def _key_of(space: Any, rows: np.ndarray, codes: np.ndarray) -> str:  # noqa: ANN401
    """Return all that features depend on, as a hash: images, classes, random changes, and what JAX does with them."""
    content = hashlib.sha256(repr((rows.shape, codes.dtype, space.options, settings_text())).encode())
    for array in (rows, codes):
        content.update(np.ascontiguousarray(array).data)
    return content.hexdigest()
