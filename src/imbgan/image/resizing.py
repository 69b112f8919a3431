"""Arrays of images in another size."""

import numpy as np
from numpy.typing import NDArray

# Images are resized in blocks, so that memory stays constant.
BLOCK = 512


def resize_images(pixels: NDArray[np.generic], size: tuple[int, int]) -> NDArray[np.generic]:
    r"""Return images of another size, of the same dtype.

    Pixel i of the new axis is a mean with triangular weights around its place :math:`u = (i + 1/2) \cdot n / m`,

    .. math::
        w_j \propto \max\left(0, 1 - \frac{\lvert j + 1/2 - u \rvert}{\max(1, n / m)}\right),

    where n and m are the old and the new side. This is linear interpolation where images grow, and includes all old
    pixels where they shrink, so that fine patterns leave no waves.

    Parameters
    ----------
    pixels : ndarray of shape (n, height, width, channels)
        Integers or floats.
    size : (int, int)
        New height and width.

    Returns
    -------
    ndarray of shape (n, new height, new width, channels)
        Integers are rounded.

    Examples
    --------
    >>> import numpy as np
    >>> resize_images(np.full((1, 40, 30, 1), 7, np.uint8), (8, 10))[0, :2, :2, 0].tolist()
    [[7, 7], [7, 7]]
    """
    rows, columns = (_weights(old, new) for old, new in zip(pixels.shape[1:3], size, strict=True))
    resized = np.empty((len(pixels), *size, pixels.shape[3]), pixels.dtype)
    for start in range(0, len(pixels), BLOCK):
        block = pixels[start : start + BLOCK].astype(np.float64)
        values = np.einsum("ah,nhwc,bw->nabc", rows, block, columns, optimize=True)
        resized[start : start + BLOCK] = values.round() if pixels.dtype.kind in "ui" else values
    return resized


def _weights(old: int, new: int) -> NDArray[np.float64]:
    """Return the weights of old pixels for each new one, shape (new, old); each row sums to 1."""
    places = (np.arange(new) + 0.5) * old / new
    distances = np.abs(np.arange(old) + 0.5 - places[:, None])
    weights = np.maximum(0.0, 1.0 - distances / max(1.0, old / new))
    return weights / weights.sum(axis=1, keepdims=True)
