"""Generator and projection discriminator for images: class-conditional convolutional networks.

Images have the shape (height, width, channels). Convolutions are 3 x 3 with zeros beyond the border.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jaxtyping import Float, Int

from imbgan.gan.config import check_rules, merged
from imbgan.gan.devices import platform
from imbgan.gan.networks.layers import LEAK, Draw, Linear

KERNEL = 3


def n_levels(shape: tuple[int, ...]) -> int:
    """Return how often the sides of an image are halved: once up to 12 pixels, twice up to 32, and else three times."""
    side = max(shape[:2])
    return 1 if side <= 12 else 2 if side <= 32 else 3


@dataclass(frozen=True)
class ConvolutionConfig:
    """Sizes of the convolutional networks.

    Attributes
    ----------
    generator_channels : int
        Channels of the smallest feature maps of the generator; each level halves them, to 12 at least.
    discriminator_channels : int
        Channels of the largest feature maps of the discriminator; each level doubles them.
    discriminator_hidden : int
        Length of the features that the discriminator judges by.
    latent_dim : int
        Length of the noise vector z ~ N(0, 1).
    embedding_dim : int
        Length of the class embedding, which the generator reads together with the noise.
    """

    generator_channels: int = 48
    discriminator_channels: int = 24
    discriminator_hidden: int = 96
    latent_dim: int = 64
    embedding_dim: int = 32

    @classmethod
    def resolve(cls, options: Mapping[str, object], *, loss: str) -> "ConvolutionConfig":
        """Merge ``options`` into the defaults, and check every range; all losses have the same defaults.

        Raises
        ------
        ParameterError
            If an option is out of its range.
        """
        del loss
        config = merged(cls, options)
        config.check()
        return config

    def check(self) -> None:
        """Raise a ParameterError for a field out of its range."""
        check_rules(self, *((name, int(getattr(self, name)) >= 1, "an int of at least 1") for name in vars(self)))


class Convolution(eqx.Module):
    """A 3 x 3 convolution; its output has the size of the input divided by ``stride``."""

    weight: Array | np.ndarray  # shape=(9 * n_in, n_out), float32: nine taps, each of n_in channels
    bias: Array | np.ndarray  # shape=(n_out,), float32
    stride: int = eqx.field(static=True)

    def __init__(self, n_in: int, n_out: int, draw: Draw, stride: int = 1) -> None:
        taps = KERNEL**2 * n_in
        self.weight = draw((taps, n_out), (2.0 / (1.0 + LEAK**2) / taps) ** 0.5)
        self.bias = draw((n_out,), 0.0)
        self.stride = stride

    def __call__(self, images: Float[Array, "batch height width n_in"]) -> Float[Array, "batch rows columns n_out"]:
        """Convolve images."""
        return _convolve(images, jnp.asarray(self.weight), self.stride) + self.bias

    def enlarged(self, images: Float[Array, "batch height width n_in"]) -> Float[Array, "batch rows columns n_out"]:
        """Convolve images of which each pixel was repeated along both sides, without making these images.

        Each of the four pixels that come from one sees the nine neighbors of this one, with sums of the nine weights.
        """
        n, height, width, n_in = images.shape
        taps = jnp.asarray(self.weight).reshape(KERNEL**2, n_in, -1)
        weight = jnp.einsum("pth,hio->tipo", _PHASES, taps).reshape(KERNEL**2 * n_in, -1)
        maps = _convolve(images, weight, 1).reshape(n, height, width, 2, 2, -1)
        return maps.transpose(0, 1, 3, 2, 4, 5).reshape(n, 2 * height, 2 * width, -1) + self.bias


def _phases() -> np.ndarray:
    """Return which weight of an enlarged image belongs to which neighbor in the small one.

    The shape is (4 phases, 9 neighbors in the small image, 9 in the enlarged one).
    """
    found = np.zeros((2, 2, KERNEL, KERNEL, KERNEL, KERNEL), np.float32)
    for phase in np.ndindex(2, 2):
        for tap in np.ndindex(KERNEL, KERNEL):
            row, column = ((p + t - 1) // 2 + 1 for p, t in zip(phase, tap, strict=True))
            found[(*phase, row, column, *tap)] = 1.0
    return found.reshape(4, KERNEL**2, KERNEL**2)


_PHASES = _phases()


def _convolve(
    images: Float[Array, "batch height width n_in"], weight: Float[Array, "taps n_out"], stride: int
) -> Float[Array, "batch rows columns n_out"]:
    """Convolve with nine taps of all channels, zeros lying beyond the border.

    Inside of loops and branches, XLA's convolution on a processor is several times slower than outside, and so are its
    gradients. Nine shifted slices and one product are fast anywhere; where there are fewer outputs than inputs, the
    product comes first, since slices of its result are smaller.
    """
    _, height, width, n_in = images.shape
    if platform() != "cpu":
        kernel = weight.reshape(KERNEL, KERNEL, n_in, -1)
        axes, edge = ("NHWC", "HWIO", "NHWC"), ((1, 1), (1, 1))
        return jax.lax.conv_general_dilated(images, kernel, (stride, stride), edge, dimension_numbers=axes)
    offsets = [(row, column) for row in range(KERNEL) for column in range(KERNEL)]

    def shifted(maps: Array, row: int, column: int) -> Array:
        padded = jnp.pad(maps, ((0, 0), (1, 1), (1, 1), (0, 0)))
        return padded[:, row : row + height : stride, column : column + width : stride]

    if stride == 1 and weight.shape[1] < n_in:
        taps = weight.reshape(KERNEL**2, n_in, -1).swapaxes(0, 1).reshape(n_in, -1)
        parts = jnp.split(images @ taps, KERNEL**2, axis=-1)
        return sum((shifted(part, *offset) for part, offset in zip(parts, offsets, strict=True)), jnp.zeros(()))
    return jnp.concatenate([shifted(images, *offset) for offset in offsets], axis=-1) @ weight


def _leaky(values: Array) -> Array:
    return jax.nn.leaky_relu(values, LEAK)


class ConvolutionGenerator(eqx.Module):
    """Maps noise and a class to raw pixels.

    Maps are enlarged by repeating pixels before a convolution: transposed convolutions leave a checker pattern [1]_.

    References
    ----------
    .. [1] Odena et al., "Deconvolution and Checkerboard Artifacts", Distill 2016.
    """

    embedding: Array | np.ndarray  # shape=(n_classes, embedding_dim), float32
    start: Linear
    block: tuple[Convolution, Convolution]  # of a residual block on the smallest maps
    layers: tuple[Convolution, ...]  # one per level
    output: Convolution
    latent_dim: int = eqx.field(static=True)
    base: tuple[int, int] = eqx.field(static=True)  # height and width of the smallest maps

    def __init__(self, config: ConvolutionConfig, shape: tuple[int, ...], n_classes: int, draw: Draw) -> None:
        height, width, n_channels = shape
        levels = n_levels(shape)
        self.base = height // 2**levels, width // 2**levels
        self.latent_dim = config.latent_dim
        self.embedding = draw((n_classes, config.embedding_dim), 1.0)
        sizes = [max(config.generator_channels // 2**level, 12) for level in range(levels + 1)]
        self.start = Linear(config.latent_dim + config.embedding_dim, self.base[0] * self.base[1] * sizes[0], draw)
        self.block = Convolution(sizes[0], sizes[0], draw), Convolution(sizes[0], sizes[0], draw)
        self.layers = tuple(Convolution(n_in, n_out, draw) for n_in, n_out in pairwise(sizes))
        self.output = Convolution(sizes[-1], n_channels, draw)

    def __call__(
        self, noise: Float[Array, "batch latent_dim"], codes: Int[Array, " batch"]
    ) -> Float[Array, "batch height width channels"]:
        """Return the raw pixels of one image per class code."""
        hidden = self.start(jnp.concatenate([noise, jnp.asarray(self.embedding)[codes]], axis=1))
        maps = _leaky(hidden).reshape(len(noise), *self.base, -1)
        maps = _leaky(maps + self.block[1](_leaky(self.block[0](maps))))
        for layer in self.layers:
            maps = _leaky(layer.enlarged(maps))
        return self.output(maps)


class Trunk(eqx.Module):
    """Maps images to features: convolutions that halve the sides, and one dense layer."""

    layers: tuple[Convolution, ...]
    dense: Linear

    def __init__(self, shape: tuple[int, ...], n_channels: int, n_hidden: int, draw: Draw) -> None:
        levels = n_levels(shape) + 1
        sizes = [shape[2], *(n_channels * 2**level for level in range(levels))]
        self.layers = tuple(Convolution(n_in, n_out, draw, stride=2) for n_in, n_out in pairwise(sizes))
        height, width = (-(-side // 2**levels) for side in shape[:2])
        self.dense = Linear(height * width * sizes[-1], n_hidden, draw)

    def __call__(self, images: Float[Array, "batch height width channels"]) -> Float[Array, "batch n_hidden"]:
        """Return the features of images."""
        for layer in self.layers:
            images = _leaky(layer(images))
        return _leaky(self.dense(images.reshape(len(images), -1)))


class ConvolutionDiscriminator(eqx.Module):
    r"""Projection discriminator (Miyato and Koyama 2018).

    .. math:: D(x, c) = w \cdot h(x) + b + \langle e_c, h(x) \rangle

    All classes share the features h, so that a rare class benefits from what the common classes teach.
    """

    trunk: Trunk
    output: Linear
    embedding: Array | np.ndarray  # shape=(n_classes, discriminator_hidden), float32

    def __init__(self, config: ConvolutionConfig, shape: tuple[int, ...], n_classes: int, draw: Draw) -> None:
        self.trunk = Trunk(shape, config.discriminator_channels, config.discriminator_hidden, draw)
        self.output = Linear(config.discriminator_hidden, 1, draw)
        self.embedding = draw((n_classes, config.discriminator_hidden), 0.0)

    def __call__(
        self, rows: Float[Array, "batch height width channels"], codes: Int[Array, " batch"]
    ) -> Float[Array, " batch"]:
        """Return the logit of each image."""
        features = self.trunk(rows)
        return self.output(features)[:, 0] + (jnp.asarray(self.embedding)[codes] * features).sum(axis=1)
