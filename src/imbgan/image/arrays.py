"""Arrays of images: one shape for all, checked once."""

from dataclasses import dataclass
from numbers import Integral
from typing import Any

import numpy as np
from numpy.typing import NDArray

from imbgan.exceptions import DataError, DataTypeError, ParameterError
from imbgan.image.resizing import resize_images

#: Sides, in pixels, and numbers of channels that can be learned.
MIN_SIDE, MAX_SIDE = 8, 64
CHANNELS = (1, 3)
#: Ranges that floating-point pixels usually have, narrowest first.
RANGES = ((0.0, 1.0), (-1.0, 1.0))

Range = tuple[float, float]


@dataclass(frozen=True)
class Images:
    """Images of one size.

    Attributes
    ----------
    pixels : ndarray of shape (n, height, width, channels)
        As they were given, with an axis of channels.
    has_channels : bool
        Whether they were given with an axis of channels.
    value_range : (float, float)
        The values of black and of white.
    """

    pixels: NDArray[np.generic]
    has_channels: bool
    value_range: Range

    def __len__(self) -> int:
        return len(self.pixels)


def read_images(X: object, value_range: Range | None = None, resize: tuple[int, int] | None = None) -> Images:
    """Read an array of images.

    Parameters
    ----------
    X : array-like of shape (n, height, width) or (n, height, width, channels)
        Gray or color (red, green, blue) images of 8 to 64 pixels along each side, of integers or floats.
    value_range : (float, float), default=None
        The values of black and of white. By default, unsigned integers of 8 and 16 bits have the range of their type,
        floats within [0, 1] or [-1, 1] that range, and other pixels the range of the values that occur.
    resize : (int, int), default=None
        Height and width to which images are resized; see :func:`resize_images`. They can then be larger than 64 pixels.

    Returns
    -------
    Images

    Raises
    ------
    DataError
        If the shape is none of these, if there are no images, or if a pixel is missing, infinite or out of range.
    DataTypeError
        If pixels are not real numbers.
    ParameterError
        If ``value_range`` is not an increasing pair of finite numbers, or ``resize`` not a pair of sides.

    Examples
    --------
    >>> import numpy as np
    >>> read_images(np.zeros((5, 8, 8), np.uint8)).value_range
    (0.0, 255.0)
    """
    if np.ma.is_masked(X):
        raise DataError("Pixels must not be missing. Got a masked array with masked pixels; fill or remove them.")
    try:
        pixels = np.asarray(X)
    except ValueError as error:  # a list of arrays of different shapes
        raise DataError(f"Images must all have one size. NumPy cannot stack them ({error}); resize them.") from error
    if pixels.dtype.kind not in "uif":
        raise DataTypeError(
            f"Pixels must be integers or floats. Got dtype {pixels.dtype}: "
            + (
                "images of different sizes do not form one array; resize them."
                if pixels.dtype.kind == "O"
                else "convert them."
            )
        )
    if pixels.ndim not in (3, 4):
        raise DataError(
            "Images must be an array of shape (n, height, width) or (n, height, width, channels). Got shape "
            f"{pixels.shape}. Reshape rows of pixels first: X.reshape(len(X), height, width)."
        )
    has_channels = pixels.ndim == 4
    pixels = pixels if has_channels else pixels[..., None]
    size = pixels.shape[1:3] if resize is None else _checked_size(resize)
    _check_shape(pixels.shape, size)
    found = _range_of(pixels, value_range)
    return Images(pixels if resize is None else resize_images(pixels, size), has_channels, found)


def _checked_size(resize: object) -> tuple[int, int]:
    """Return ``resize`` as (height, width); raise ParameterError unless it is a pair of sides that can be learned."""
    sides: list[Any] = list(resize) if isinstance(resize, tuple | list) else []
    is_pair = len(sides) == 2 and all(isinstance(side, Integral) and side is not True for side in sides)
    if not is_pair or not all(MIN_SIDE <= side <= MAX_SIDE for side in sides):
        raise ParameterError(f"'resize' must be (height, width), each {MIN_SIDE} to {MAX_SIDE} pixels. Got {resize!r}.")
    return int(sides[0]), int(sides[1])


def _check_shape(shape: tuple[int, ...], size: tuple[int, int]) -> None:
    n, height, width, n_channels = shape
    if n_channels not in CHANNELS:
        hint = " Drop the channel of transparency: X[..., :3]." if n_channels in (2, 4) else ""
        hint = " The channels must come last: X.transpose(0, 2, 3, 1)." if height in CHANNELS and width > 4 else hint
        raise DataError(f"Images must have 1 or 3 channels, on the last axis. Got {n_channels} in shape {shape}.{hint}")
    if not all(MIN_SIDE <= side <= MAX_SIDE for side in size) or not height * width:
        raise DataError(
            f"Images must have {MIN_SIDE} to {MAX_SIDE} pixels along each side. Got {height} x {width}; set resize, "
            "such as resize=(32, 32)."
        )
    if n == 0:
        raise DataError("At least one image is needed. Got 0.")


def _range_of(pixels: NDArray[np.generic], value_range: Range | None) -> Range:
    """Return the values of black and white, and check that all pixels lie between them."""
    low, high = float(pixels.min()), float(pixels.max())
    if not np.isfinite([low, high]).all():
        bad = np.flatnonzero(~np.isfinite(pixels.astype(np.float64)).all(axis=(1, 2, 3)))
        raise DataError(
            f"Pixels must be finite. Image {bad[0]} (and {len(bad) - 1} others) holds missing or infinite pixels; "
            "remove or repair them."
        )
    if value_range is not None:
        try:
            first, last = (float(value) for value in value_range)
        except (TypeError, ValueError):
            first = last = np.nan
        if not (np.isfinite([first, last]).all() and first < last):
            raise ParameterError(f"'value_range' must be (black, white) with black < white. Got {value_range!r}.")
        if low < first or high > last:
            raise DataError(f"Pixels must lie in 'value_range', {value_range}. Got values from {low:g} to {high:g}.")
        return first, last
    if pixels.dtype.kind == "u" and pixels.dtype.itemsize <= 2:
        return 0.0, 2.0 ** (8 * pixels.dtype.itemsize) - 1.0
    if pixels.dtype.kind == "f":
        for usual in RANGES:
            if usual[0] <= low and high <= usual[1]:
                return usual
    # Images of one value everywhere have no contrast, and any range will do.
    return low, high if high > low else low + 1.0


def scaled(images: Images) -> NDArray[np.float32]:
    """Return pixels in [-1, 1], float32, of shape (n, height, width, channels)."""
    low, high = images.value_range
    return ((images.pixels.astype(np.float64) - low) * (2.0 / (high - low)) - 1.0).astype(np.float32)


def as_bytes(pixels: NDArray[np.generic], value_range: Range) -> NDArray[np.uint8]:
    """Return pixels of this range as bytes, which files of images hold.

    Examples
    --------
    >>> import numpy as np
    >>> as_bytes(np.array([-1.0, 0.0, 1.0]), (-1.0, 1.0)).tolist()
    [0, 128, 255]
    """
    low, high = value_range
    shares = (pixels.astype(np.float64) - low) / (high - low)
    return (np.clip(shares, 0.0, 1.0) * 255.0).round().astype(np.uint8)
