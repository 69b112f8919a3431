"""The strategies for rare classes of images, by name; classifiers see an image as one row of pixels."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator

from imbgan.ensemble import PriorCorrectedClassifier
from imbgan.exceptions import ParameterError
from imbgan.oversampling.sharing import SharedImageGANOverSampler, Sharing
from imbgan.strategies.candidates import CANDIDATES
from imbgan.strategies.strategy import Classifier, Strategy

#: The share of generated images that the strategy ``image_gan`` gives every class.
SHARE = 0.25
# What strategies and sources of audits set themselves.
_FIXED = ("generated_share", "random_state")
#: What ``compare_images`` compares by default.
DEFAULT_IMAGE_STRATEGIES = ("none", "class_weight", "smote", "copies", "image_gan")


class RowsOfPixels(BaseEstimator):
    """A sampler of images for those who hold each image as one row of pixels.

    Parameters
    ----------
    sampler : ImageGANOverSampler
    shape : (int, int, int)
        Height, width and channels.
    """

    def __init__(self, sampler: Any, shape: tuple[int, int, int]) -> None:  # noqa: ANN401 - any sampler of images
        self.sampler = sampler
        self.shape = shape

    def fit_resample(self, X: NDArray[np.generic], y: ArrayLike) -> tuple[NDArray[np.generic], Any]:
        """Return the rows of the originals, followed by those of copies and generated images; and their labels."""
        images, labels = self.sampler.fit_resample(np.asarray(X).reshape(len(X), *self.shape), y)
        return images.reshape(len(images), -1), labels

    def within(self, sharing: Sharing | None) -> Self:
        """Share generators with other strategies of the fold."""
        self.sampler.within(sharing)
        return self


def _sampled(shape: tuple[int, int, int], share: float | None, options: Mapping[str, Any]) -> Callable[..., Classifier]:
    def make(estimator: Classifier, seed: int, sharing: Sharing | None = None) -> Classifier:
        # Pixels come scaled, and a fold without pure black or white must not change what they mean.
        given: dict[str, Any] = {"value_range": (-1.0, 1.0), **options}
        sampler = SharedImageGANOverSampler(generated_share=share, random_state=seed, **given)
        return PriorCorrectedClassifier(estimator, RowsOfPixels(sampler, shape).within(sharing), encoder=None)

    return make


def check_image_options(options: Mapping[str, Any]) -> None:
    """Raise an error for parameters of the sampler that a strategy or a source sets itself.

    Raises
    ------
    ParameterError
        It names them.
    """
    fixed = [name for name in _FIXED if name in options]
    if fixed:
        raise ParameterError(
            f"'sampler_options' must not hold {', '.join(map(repr, fixed))}: strategies and sources set them, "
            "and draw seeds from random_state. Leave them out."
        )


def image_strategies(
    shape: tuple[int, int, int], options: Mapping[str, Any] = MappingProxyType({})
) -> dict[str, Strategy]:
    """Return the strategies for images of a shape, by name.

    Parameters
    ----------
    shape : (int, int, int)
        Height, width and channels.
    options : mapping, optional
        Parameters of :class:`imbgan.ImageGANOverSampler`, such as ``{"max_iter": 1000}``.

    Returns
    -------
    dict of str to Strategy
        ``"none"``, ``"class_weight"`` and ``"smote"`` (between rows of pixels), as for tables; ``"copies"``, changed
        copies of real images up to full balance; ``"image_gan"``, the same with a quarter of generated images in every
        class; and ``"image_gan_fill"``, rare classes filled with generated images alone.
    """
    check_image_options(options)
    own = (
        Strategy(
            "copies",
            "randomly changed copies of real images up to full balance",
            _sampled(shape, 0.0, options),
            title="changed copies",
        ),
        Strategy(
            "image_gan",
            "changed copies, and a quarter of generated images in every class",
            _sampled(shape, SHARE, options),
            "image_gan",
            title="copies and GAN images",
        ),
        Strategy(
            "image_gan_fill",
            "rare classes filled with generated images alone",
            _sampled(shape, None, options),
            "image_gan",
            title="filled with GAN images",
        ),
    )
    return {name: CANDIDATES[name] for name in ("none", "class_weight", "smote")} | {each.name: each for each in own}
