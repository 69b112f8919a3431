"""Random changes of images that keep what they show: copies of real images for classes that have few."""

from typing import Any

import numpy as np
from numpy.typing import NDArray


def augment(
    pixels: NDArray[np.float32],
    rng: np.random.Generator,
    *,
    shift: float = 0.055,
    rotation: float = 0.1,
    scale: float = 0.08,
    flip: bool = False,
    brightness: float = 0.0,
    color: float = 0.0,
    cutout: float = 0.0,
) -> NDArray[np.float32]:
    """Return a randomly changed copy of each image.

    Parameters
    ----------
    pixels : ndarray of shape (n, height, width, channels), float32
        Pixels in [-1, 1].
    rng : numpy.random.Generator
        Source of the changes; they are drawn for every image anew.
    shift : float, default=0.055
        Largest shift along each axis, as a share of the side. Beyond the border, its pixels continue.
    rotation : float, default=0.1
        Largest angle in radians.
    scale : float, default=0.08
        Largest logarithm of the factor of the size.
    flip : bool, default=False
        Whether half of the images are mirrored, left and right.
    brightness : float, default=0.0
        Largest change of all pixels; images span 2.
    color : float, default=0.0
        Largest change of all pixels of a channel.
    cutout : float, default=0.0
        Side of a square that becomes gray, as a share of the side of the image.

    Returns
    -------
    ndarray of the same shape, float32
        Pixels in [-1, 1], interpolated linearly.

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(0)
    >>> augment(rng.uniform(-1, 1, (2, 8, 8, 1)).astype(np.float32), rng).shape
    (2, 8, 8, 1)
    """
    from scipy.ndimage import affine_transform

    n, height, width, n_channels = pixels.shape
    draws = rng.uniform(-1.0, 1.0, (n, 8 + n_channels))
    angle, size = draws[:, 0] * rotation, np.exp(draws[:, 1] * scale)
    shifts = draws[:, 2:4] * shift * [height, width]
    is_mirrored = flip & (draws[:, 4] > 0)
    center = np.array([(height - 1) / 2, (width - 1) / 2, 0.0])
    changed = np.empty_like(pixels)
    for i, image in enumerate(pixels):
        cosine, sine = size[i] * np.cos(angle[i]), size[i] * np.sin(angle[i])
        matrix = np.array([[cosine, sine, 0.0], [-sine, cosine, 0.0], [0.0, 0.0, 1.0]])
        offset: Any = center - matrix @ center + [*shifts[i], 0.0]
        turned = image[:, ::-1] if is_mirrored[i] else image
        affine_transform(turned, matrix, offset, output=changed[i], order=1, mode="nearest")
    light = draws[:, 5, None] * brightness + draws[:, 8:] * color
    changed += light[:, None, None, :].astype(np.float32)
    np.clip(changed, -1.0, 1.0, out=changed)
    if cutout > 0:
        y = np.abs(np.linspace(-1.0, 1.0, height) - draws[:, 6, None]) < cutout
        x = np.abs(np.linspace(-1.0, 1.0, width) - draws[:, 7, None]) < cutout
        changed[y[:, :, None] & x[:, None, :]] = 0.0
    return changed
