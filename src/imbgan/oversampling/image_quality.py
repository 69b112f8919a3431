"""Assess generated images, class by class, in features instead of pixels."""

from base64 import b64encode
from collections.abc import Callable
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from imbgan.exceptions import DataError
from imbgan.gan.processes import check_process
from imbgan.gan.space import Features
from imbgan.gan.spaces.images import ImageSpace
from imbgan.image import ImageEncoder, Images, png, read_images, scaled
from imbgan.measures import pairwise_distances
from imbgan.oversampling.image_features import GivenFeatures
from imbgan.quality import Assessment, Diagnostic, Pictures, assess, find_too_close
from imbgan.tabular.labels import Labels, read_labels

Pair = tuple[object, object]

# Images of a class, and classes, that a page shows: the smallest classes are those that matter.
N_SHOWN, MOST_CLASSES = 8, 20


def assess_images(
    real: Pair,
    synthetic: Pair,
    *,
    holdout: Pair | None = None,
    features: Callable[[Any], Any] | None = None,
    value_range: tuple[float, float] | None = None,
    resize: tuple[int, int] | None = None,
    random_state: int | np.random.RandomState | None = 0,
) -> Assessment:
    """Measure the quality of generated images per class, with a baseline for each measure.

    Distances between pixels see blur and shifts more than what an image shows. Therefore the images are compared in the
    features of a small classifier that learns the real ones, or in those that ``features`` returns; see
    :func:`imbgan.assess` for the measures. It is no Fréchet distance and must not be compared with one.

    Parameters
    ----------
    real, synthetic : (X, y)
        Images of shape (n, height, width[, channels]) of one size, and their labels.
    holdout : (X, y), optional
        Real images on which the generator was not trained. Memorization and membership risk need them.
    features : callable, optional
        Called with images; returns an array (n, n_features), such as the output of a pretrained network.
    value_range : (float, float), optional
        The values of black and of white; see :class:`imbgan.ImageGAN`.
    resize : (int, int), optional
        Height and width to which all images are resized first; needed where real images are larger than generated ones.
    random_state : int, RandomState instance or None, default=0
        Seed of splits, permutations and classifiers.

    Returns
    -------
    Assessment

    Raises
    ------
    DataError
        If images differ in size or range, or if a class has no real image.

    Examples
    --------
    >>> import numpy as np
    >>> from imbgan import assess_images
    >>> rng = np.random.default_rng(0)
    >>> X, y = rng.integers(0, 256, (60, 8, 8), dtype=np.uint8), np.repeat([0, 1], 30)
    >>> [found.code for found in assess_images((X, y), (X[:30], y[:30])).diagnostics]
    ['IMB002']
    """
    check_process()
    images, labels = _read(real, "real", value_range, resize)
    generated = _read(synthetic, "synthetic", images.value_range, resize, images)
    held_out = None if holdout is None else _read(holdout, "holdout", images.value_range, resize, images)
    look = _learned(images, labels, features)
    found = look(images), look(generated.images)
    assessment = assess(
        (found[0], labels),
        (found[1], generated.labels),
        holdout=None if held_out is None else (look(held_out.images), held_out.labels),
        kinds=_kinds(found[0]),
        by_column=False,
        random_state=random_state,
    )
    order = [quality.label for quality in assessment.classes][:MOST_CLASSES]
    shown = tuple(_pictures(label, _Read(images, labels), generated, found) for label in order)
    return replace(assessment, pictures=shown)


def find_too_close_images(
    real: Pair,
    synthetic: Pair,
    *,
    features: Callable[[Any], Any] | None = None,
    value_range: tuple[float, float] | None = None,
) -> tuple[Diagnostic, ...]:
    """Return the finding IMB012 of each class whose generated images lie too close to real ones.

    It is the quick part of :func:`assess_images`, with the same parameters; see :func:`imbgan.quality.find_too_close`.
    """
    check_process()
    images, labels = _read(real, "real", value_range, None)
    generated = _read(synthetic, "synthetic", images.value_range, None, images)
    look = _learned(images, labels, features)
    found = look(images)
    return find_too_close((found, labels), (look(generated.images), generated.labels), kinds=_kinds(found))


def _learned(
    images: Images, labels: Labels, features: Callable[[Any], Any] | None
) -> Callable[[Images], NDArray[np.float32]]:
    """Return a function from images like these to their features."""
    encoder = ImageEncoder.of(images)
    rows = encoder.transform(images)
    look: Features = (
        ImageSpace.of(encoder.size).features(rows, labels.codes)
        if features is None
        else GivenFeatures.fit(features, encoder, rows)
    )
    return lambda others: look(encoder.transform(others))


def _kinds(features: NDArray[np.float32]) -> dict[str | int, str]:
    """Return that all features are numbers, whatever their values look like."""
    return dict.fromkeys(range(features.shape[1]), "continuous")


class _Read(NamedTuple):
    """Images and their labels."""

    images: Images
    labels: Labels

    def of_class(self, label: str) -> NDArray[np.intp]:
        """Return the positions of the images of a class; none if there are no such images."""
        texts = self.labels.texts
        return np.flatnonzero(self.labels.codes == texts.index(label)) if label in texts else np.empty(0, np.intp)


def _pictures(label: str, real: _Read, generated: _Read, features: tuple[np.ndarray, np.ndarray]) -> Pictures:
    """Return the first images of a class, and the nearest real image of each generated one."""
    own, new = real.of_class(label), generated.of_class(label)[:N_SHOWN]
    nearest = own[pairwise_distances(features[1][new], features[0][own]).argmin(axis=1)]
    _, height, width, _ = real.images.pixels.shape

    def encoded(images: Images, chosen: NDArray[np.intp]) -> tuple[str, ...]:
        pixels = scaled(Images(images.pixels[chosen], images.has_channels, images.value_range))
        return tuple(b64encode(png(each)).decode() for each in ((pixels + 1.0) * 127.5).round().astype(np.uint8))

    return Pictures(
        label,
        width,
        height,
        encoded(real.images, own[:N_SHOWN]),
        encoded(generated.images, new),
        encoded(real.images, nearest),
    )


def _read(
    pair: Pair,
    role: str,
    value_range: tuple[float, float] | None,
    resize: tuple[int, int] | None,
    like: Images | None = None,
) -> _Read:
    """Return the images and labels of a pair; the images must have the shape of those of ``like``."""
    if not isinstance(pair, tuple) or len(pair) != 2:  # pyright: ignore[reportUnnecessaryIsInstance, reportUnnecessaryComparison]
        raise DataError(f"'{role}' must be a pair (X, y) of images and labels. Got {type(pair).__name__}.")
    X, y = pair
    images, labels = read_images(X, value_range, resize), read_labels(y, name=f"y of {role}")
    labels.check_rows(len(images), f"y of {role}")
    shape, expected = images.pixels.shape[1:], (like or images).pixels.shape[1:]
    if shape != expected:
        raise DataError(f"The images of {role} must have the shape of the real ones, {expected}. Got {shape}.")
    return _Read(images, labels)
