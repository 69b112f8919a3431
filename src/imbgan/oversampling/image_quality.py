"""Assess generated images, class by class, in features instead of pixels."""

from collections.abc import Callable
from typing import Any

import numpy as np

from imbgan.exceptions import DataError
from imbgan.gan.processes import check_process
from imbgan.gan.space import Features
from imbgan.gan.spaces.images import ImageSpace
from imbgan.image import ImageEncoder, Images, read_images
from imbgan.oversampling.image_features import GivenFeatures
from imbgan.quality import Assessment, assess
from imbgan.tabular.labels import Labels, read_labels

Pair = tuple[object, object]


def assess_images(
    real: Pair,
    synthetic: Pair,
    *,
    holdout: Pair | None = None,
    features: Callable[[Any], Any] | None = None,
    value_range: tuple[float, float] | None = None,
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
    images, labels = _read(real, "real", value_range)
    generated = _read(synthetic, "synthetic", images.value_range, images)
    held_out = None if holdout is None else _read(holdout, "holdout", images.value_range, images)
    encoder = ImageEncoder.of(images)
    rows = encoder.transform(images)
    look: Features = (
        ImageSpace.of(encoder.size).features(rows, labels.codes)
        if features is None
        else GivenFeatures.fit(features, encoder, rows)
    )

    def features_of(pair: tuple[Images, Labels]) -> Pair:
        return look(encoder.transform(pair[0])), pair[1]

    found = look(rows)
    return assess(
        (found, labels),
        features_of(generated),
        holdout=None if held_out is None else features_of(held_out),
        kinds=dict.fromkeys(range(found.shape[1]), "continuous"),
        by_column=False,
        random_state=random_state,
    )


def _read(
    pair: Pair, role: str, value_range: tuple[float, float] | None, like: Images | None = None
) -> tuple[Images, Labels]:
    """Return the images and labels of a pair; the images must have the shape of those of ``like``."""
    if not isinstance(pair, tuple) or len(pair) != 2:  # pyright: ignore[reportUnnecessaryIsInstance, reportUnnecessaryComparison]
        raise DataError(f"'{role}' must be a pair (X, y) of images and labels. Got {type(pair).__name__}.")
    X, y = pair
    images, labels = read_images(X, value_range), read_labels(y, name=f"y of {role}")
    labels.check_rows(len(images), f"y of {role}")
    shape, expected = images.pixels.shape[1:], (like or images).pixels.shape[1:]
    if shape != expected:
        raise DataError(f"The images of {role} must have the shape of the real ones, {expected}. Got {shape}.")
    return images, labels
