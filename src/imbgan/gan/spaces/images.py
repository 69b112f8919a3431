"""Rows that are images: pixels in [-1, 1], and the random changes that keep what an image shows."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jaxtyping import Float, Int

from imbgan.gan.config import check_rules, merged, static
from imbgan.gan.networks.convolutions import n_levels
from imbgan.gan.spaces.image_features import ImageFeatures
from imbgan.measures import local_gaussian

#: The longest side that an image may have, in pixels.
MAX_SIDE = 64


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class ImageOptions:
    """Random changes of real and of generated images in training, which the discriminator sees (Zhao et al. 2020).

    Each is drawn for every image anew. The label of an image must survive it, so nothing is mirrored unless asked for.

    Attributes
    ----------
    shift : float
        Largest shift along each axis, as a share of the side, in [0, 0.5].
    rotation : float
        Largest angle in radians, in [0, pi / 4].
    scale : float
        Largest relative change of the size, in [0, 0.5].
    flip : bool
        Whether half of the images are mirrored, left and right.
    brightness : float
        Largest change of all pixels, in [0, 1]; images span 2.
    color : float
        Largest change of all pixels of a channel, in [0, 1].
    cutout : float
        Side of a square that becomes gray, as a share of the side of the image, in [0, 0.75].
    """

    shift: float | Array = 0.055
    rotation: float | Array = 0.1
    scale: float | Array = 0.08
    flip: bool = static(False)
    brightness: float | Array = 0.0
    color: float | Array = 0.0
    cutout: float | Array = 0.0

    @classmethod
    def resolve(cls, options: Mapping[str, object]) -> "ImageOptions":
        """Merge ``options`` into the defaults and check every range.

        Raises
        ------
        ParameterError
            If an option is out of its range.
        """
        config = merged(cls, options)
        check_rules(
            config,
            ("shift", bool(0 <= config.shift <= 0.5), "in [0, 0.5]"),
            ("rotation", bool(0 <= config.rotation <= np.pi / 4), "in [0, pi / 4]"),
            ("scale", bool(0 <= config.scale <= 0.5), "in [0, 0.5]"),
            ("brightness", bool(0 <= config.brightness <= 1), "in [0, 1]"),
            ("color", bool(0 <= config.color <= 1), "in [0, 1]"),
            ("cutout", bool(0 <= config.cutout <= 0.75), "in [0, 0.75]"),
        )
        return config


def resample(
    images: Float[Array, "batch height width channels"], positions: Float[Array, "batch height width"]
) -> Float[Array, "batch height width channels"]:
    """Return images whose row y holds, in column x, the value at column ``positions[y, x]`` of the same row.

    Values between pixels are interpolated linearly; beyond the border, those of the border continue. Weights times
    pixels is a product of matrices, of which the gradient is one as well: a gather would become a slow scatter.
    """
    width = images.shape[2]
    positions = jnp.clip(positions, 0.0, width - 1.0)
    weights = jnp.maximum(0.0, 1.0 - jnp.abs(positions[..., None] - jnp.arange(width, dtype=positions.dtype)))
    return jnp.einsum("bhoi,bhic->bhoc", weights, images)


def warp(
    images: Float[Array, "batch height width channels"],
    matrix: Float[Array, "batch 2 2"],
    shift: Float[Array, "batch 2"],
) -> Float[Array, "batch height width channels"]:
    r"""Return :math:`out(p) = in(A p + t)`, where p = (x, y) is measured from the center of the image.

    Two passes along one axis each (Catmull and Smith 1980): with A = ((a, b), (c, d)) and t = (s, r), first
    :math:`mid(u, y) = in(u, (c / a) u + (d - b c / a) y + r - s c / a)`, then
    :math:`out(x, y) = mid(a x + b y + s, y)`.
    """
    _, height, width, _ = images.shape
    x = jnp.arange(width, dtype=images.dtype) - (width - 1) / 2
    y = jnp.arange(height, dtype=images.dtype) - (height - 1) / 2
    a, b, c, d = (matrix[:, i, j][:, None, None] for i, j in ((0, 0), (0, 1), (1, 0), (1, 1)))
    s, r = (shift[:, i][:, None, None] for i in range(2))
    rows = (c / a) * x[None, :, None] + (d - b * c / a) * y[None, None, :] + r - s * c / a
    middle = resample(images.swapaxes(1, 2), rows + (height - 1) / 2).swapaxes(1, 2)
    columns = a * x[None, None, :] + b * y[None, :, None] + s
    return resample(middle, columns + (width - 1) / 2)


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class ImageSpace:
    """Images of the shape (height, width, channels), padded at the bottom and on the right with pixels of 0."""

    mask: Array  # shape=(padded height, padded width, 1), float32: 1 for pixels of the image
    options: ImageOptions
    n_channels: int = static(1)

    name: ClassVar[str] = "images"
    block_rows: ClassVar[int] = 256

    @classmethod
    def of(cls, size: tuple[int, int, int], options: ImageOptions | None = None) -> "ImageSpace":
        """Return the space of images of (height, width, channels)."""
        height, width, n_channels = size
        step = 2 ** n_levels(size)
        mask = np.zeros((-(-height // step) * step, -(-width // step) * step, 1), np.float32)
        mask[:height, :width] = 1.0
        return cls(mask, options or ImageOptions(), n_channels)  # pyright: ignore[reportArgumentType]

    @property
    def shape(self) -> tuple[int, int, int]:
        """The padded shape."""
        height, width, _ = self.mask.shape
        return height, width, self.n_channels

    @property
    def size(self) -> tuple[int, int, int]:
        """Height, width and channels without padding, derived from the mask."""
        mask = np.asarray(self.mask)[..., 0]
        return int(mask[:, 0].sum()), int(mask[0].sum()), self.n_channels

    def pad(self, rows: Float[np.ndarray, "n height width channels"]) -> Float[np.ndarray, "n rows columns channels"]:
        """Return float32 images of the padded size; padding is 0 in real and in generated images."""
        padded = np.zeros((len(rows), *self.shape), np.float32)
        padded[:, : rows.shape[1], : rows.shape[2]] = rows
        return padded

    def trim(self, rows: Float[np.ndarray, "n rows columns channels"]) -> Float[np.ndarray, "n height width channels"]:
        """Return the images without padding."""
        height, width, _ = self.size
        return rows[:, :height, :width]

    def finish(
        self, raw: Float[Array, "batch rows columns channels"], key: Array, *, training: bool
    ) -> Float[Array, "batch rows columns channels"]:
        """Return pixels in [-1, 1]."""
        del key, training
        return jnp.tanh(raw) * self.mask

    def augment(
        self, rows: Float[Array, "batch rows columns channels"], key: Array
    ) -> Float[Array, "batch rows columns channels"]:
        """Return randomly changed images; see :class:`ImageOptions`."""
        options, (height, width, n_channels) = self.options, self.shape
        n = rows.shape[0]
        draws = iter(jax.random.split(key, 6))

        def uniform(*shape: int) -> Array:
            return jax.random.uniform(next(draws), (n, *shape), jnp.float32, minval=-1.0, maxval=1.0)

        geometry = uniform(4)
        angle, size = geometry[:, 0] * options.rotation, jnp.exp(geometry[:, 1] * options.scale)
        cosine, sine = size * jnp.cos(angle), size * jnp.sin(angle)
        matrix = jnp.stack([jnp.stack([cosine, -sine], axis=1), jnp.stack([sine, cosine], axis=1)], axis=1)
        changed = warp(rows, matrix, geometry[:, 2:] * options.shift * jnp.array([width, height], jnp.float32))
        if options.flip:
            changed = jnp.where(uniform(1, 1, 1) > 0, changed[:, :, ::-1], changed)
        light = uniform(1, 1, 1) * options.brightness + uniform(1, 1, n_channels) * options.color
        changed = jnp.clip(changed + light, -1.0, 1.0)
        return changed * self._kept(uniform(2), options.cutout) * self.mask

    def _kept(self, center: Float[Array, "batch 2"], cutout: float | Array) -> Float[Array, "batch rows columns 1"]:
        """Return 0 in a square around the center, whose coordinates are in [-1, 1], and 1 elsewhere."""
        height, width, _ = self.shape
        y, x = (jnp.linspace(-1.0, 1.0, side, dtype=jnp.float32) for side in (height, width))
        far_y = jnp.abs(y[None, :] - center[:, :1]) >= cutout
        far_x = jnp.abs(x[None, :] - center[:, 1:]) >= cutout
        return (far_y[:, :, None] | far_x[:, None, :])[..., None].astype(jnp.float32)

    def features(
        self, rows: Float[np.ndarray, "n height width channels"], codes: Int[np.ndarray, " n"]
    ) -> ImageFeatures:
        """Return the features of a small classifier that learns these images."""
        return ImageFeatures.learned(self, rows, codes)

    def baseline(
        self, rows: Float[np.ndarray, "m height width channels"], n: int, rng: np.random.Generator
    ) -> Float[np.ndarray, "n height width channels"]:
        """Return images of the local-Gaussian generator in pixels."""
        flat = local_gaussian(rows.reshape(len(rows), -1), n, rng)
        return np.clip(flat, -1.0, 1.0).reshape(n, *rows.shape[1:])

    def to_document(self) -> dict[str, Any]:
        """Return size and options."""
        return {"size": list(self.size), "options": vars(self.options).copy()}

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> "ImageSpace":
        """Build the space that :meth:`to_document` described."""
        height, width, n_channels = (int(side) for side in document["size"])
        if not (1 <= height <= MAX_SIDE and 1 <= width <= MAX_SIDE and 1 <= n_channels <= 4):
            raise ValueError(f"images have sides up to {MAX_SIDE} and up to 4 channels, got {document['size']}")
        return cls.of((height, width, n_channels), ImageOptions.resolve(document["options"]))
