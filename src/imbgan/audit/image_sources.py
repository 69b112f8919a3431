"""Sources of generated images, by name, and samplers of images for those who hold each image as one row."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator

from imbgan.audit.sources import SAMPLERS
from imbgan.exceptions import DataError
from imbgan.image import ImageEncoder
from imbgan.oversampling import ImageGANOverSampler
from imbgan.tabular import n_rows

#: The sources of images that have names, and what each does.
IMAGE_SOURCES = {
    "image_gan": "generated images of ImageGANOverSampler, without copies",
    "copies": "randomly changed copies of rare images",
    "smote": "SMOTE between rows of pixels",
    "bootstrap": "rare images repeated at random: copies that are not changed, the ceiling of every attack",
    "independent": "each pixel drawn by itself: the floor, as nothing ties the pixels of an image together",
}


class RowsOfImages(BaseEstimator):
    """A sampler of images for rows of pixels in [-1, 1]; it is given images as their owner holds them.

    Parameters
    ----------
    sampler : sampler of images
        It returns the original images first, and has the parameter ``sampling_strategy``.
    encoder : ImageEncoder
        How the owner holds images.
    sampling_strategy : dict of label to int, default=None
        Number of images of each class after resampling.
    """

    def __init__(
        self,
        sampler: Any,  # noqa: ANN401 - any sampler
        encoder: ImageEncoder,
        sampling_strategy: Mapping[Any, int] | None = None,
    ) -> None:
        self.sampler = sampler
        self.encoder = encoder
        self.sampling_strategy = sampling_strategy

    def fit_resample(self, X: NDArray[np.float32], y: object) -> tuple[NDArray[np.float32], object]:
        """Return the rows of the originals, followed by those of the new images; and their labels.

        Raises
        ------
        DataError
            If the sampler does not return images like those that it learned.
        """
        known: dict[str, Any] = {"sampling_strategy": self.sampling_strategy}
        if self.sampler.get_params().get("value_range", ()) is None:
            known["value_range"] = self.encoder.value_range  # a part of the images may hold no pure black or white
        images = self.encoder.inverse_transform(X.reshape(len(X), *self.encoder.size))
        resampled, labels = self.sampler.set_params(**known).fit_resample(images, y)
        new = np.asarray(resampled)[len(X) :]
        if not len(new):
            return X[: n_rows(resampled)], labels
        try:
            read = self.encoder.read(new)
        except DataError as error:
            raise DataError(
                f"A source of images must return images like those that it learned. {type(self.sampler).__name__} did "
                f"not. {error}"
            ) from error
        return np.concatenate([X, self.encoder.transform(read).reshape(len(new), -1)]), labels


def image_samplers(encoder: ImageEncoder, options: Mapping[str, Any]) -> dict[str, Callable[[], Any]]:
    """Return what makes the sampler of each of :data:`IMAGE_SOURCES`, for rows of pixels in [-1, 1].

    Parameters
    ----------
    encoder : ImageEncoder
        How the owner of the images holds them.
    options : mapping of str to Any
        Parameters of :class:`imbgan.ImageGANOverSampler`.
    """

    def of_share(share: float | None) -> Callable[[], RowsOfImages]:
        chosen: dict[str, Any] = {**options, "generated_share": share}
        return lambda: RowsOfImages(ImageGANOverSampler(**chosen), encoder)

    own = {"image_gan": of_share(None), "copies": of_share(0.0)}
    return {name: own.get(name) or SAMPLERS[name] for name in IMAGE_SOURCES}
