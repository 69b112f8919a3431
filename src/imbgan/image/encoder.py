"""The encoder of images: pixels as they were given, as float32 in [-1, 1], and back."""

from dataclasses import asdict, dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from imbgan.exceptions import DataError
from imbgan.image.arrays import CHANNELS, MAX_SIDE, MIN_SIDE, Images, Range, read_images, scaled


@dataclass(frozen=True)
class ImageEncoder:
    """What images of a fit look like.

    Attributes
    ----------
    size : (int, int, int)
        Height, width and channels.
    dtype : str
        NumPy's name of the type of pixels.
    has_channels : bool
        Whether images have an axis of channels.
    value_range : (float, float)
        The values of black and of white.
    """

    size: tuple[int, int, int]
    dtype: str
    has_channels: bool
    value_range: Range

    @classmethod
    def of(cls, images: Images) -> Self:
        """Return the encoder of images that were read."""
        _, height, width, n_channels = images.pixels.shape
        return cls((height, width, n_channels), images.pixels.dtype.str, images.has_channels, images.value_range)

    def transform(self, images: Images, seed: int = 0) -> NDArray[np.float32]:
        """Return pixels in [-1, 1]; nothing is drawn, so the seed does not matter."""
        del seed
        return scaled(images)

    def inverse_transform(self, rows: NDArray[np.float32]) -> NDArray[np.generic]:
        """Return pixels in the range and of the type of the images that were read; integers are rounded."""
        low, high = self.value_range
        values = np.clip((rows.astype(np.float64) + 1.0) * ((high - low) / 2.0) + low, low, high)
        dtype = np.dtype(self.dtype)
        pixels = (values.round() if dtype.kind in "ui" else values).astype(dtype)
        return pixels if self.has_channels else pixels[..., 0]

    def read(self, X: object, resize: tuple[int, int] | None = None) -> Images:
        """Read images like those that the encoder was fitted to; DataError for another size or range."""
        images = read_images(X, self.value_range, resize)
        if images.pixels.shape[1:] != self.size:
            raise DataError(f"Images must have the shape {self.size} of those of fit. Got {images.pixels.shape[1:]}.")
        return images

    def to_document(self) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
        """Return the document that :meth:`from_document` reads; there are no arrays."""
        return {**asdict(self), "size": list(self.size), "value_range": list(self.value_range)}, {}

    @classmethod
    def from_document(cls, document: dict[str, Any], arrays: dict[str, np.ndarray]) -> Self:
        """Build the encoder that :meth:`to_document` described."""
        height, width, n_channels = (int(side) for side in document["size"])
        low, high = (float(value) for value in document["value_range"])
        dtype = np.dtype(str(document["dtype"]))
        sides = all(MIN_SIDE <= side <= MAX_SIDE for side in (height, width))
        if arrays or dtype.kind not in "uif" or not sides or n_channels not in CHANNELS or not low < high < np.inf:
            raise ValueError(f"this does not describe images: {document}")
        return cls((height, width, n_channels), dtype.str, bool(document["has_channels"]), (low, high))
