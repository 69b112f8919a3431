"""Convolutional networks: shapes of every size, and XLA's own convolution as the referee of ours."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from imbgan.exceptions import ParameterError
from imbgan.gan.networks.convolutions import (
    Convolution,
    ConvolutionConfig,
    ConvolutionDiscriminator,
    ConvolutionGenerator,
    n_levels,
)
from imbgan.gan.spaces.images import ImageSpace

# Compiled as a whole: operation by operation, each would be a program of its own.
call = jax.jit(lambda network, *arguments: network(*arguments))


@pytest.fixture
def draw(rng):
    return lambda shape, scale: (scale * rng.standard_normal(shape)).astype(np.float32)


def referee(layer, images, stride=1):
    n_in = images.shape[-1]
    kernel = jnp.asarray(layer.weight).reshape(3, 3, n_in, -1)
    axes, edge = ("NHWC", "HWIO", "NHWC"), ((1, 1), (1, 1))
    return jax.lax.conv_general_dilated(images, kernel, (stride, stride), edge, dimension_numbers=axes) + layer.bias


@pytest.mark.parametrize(
    ("n_in", "n_out", "stride"), [(3, 5, 1), (5, 3, 1), (4, 6, 2), (6, 2, 2)], ids=["wider", "narrower", "half", "both"]
)
def test_convolutions_and_their_gradients_are_those_of_xla(n_in, n_out, stride, draw):
    layer, images = Convolution(n_in, n_out, draw, stride=stride), draw((2, 8, 12, n_in), 1.0)

    @partial(jax.jit, static_argnums=0)
    def maps_and_gradients(convolve, layer, images):
        maps, pull_back = jax.vjp(convolve, layer, images)
        return maps, *jax.tree.leaves(pull_back(2 * maps))

    ours = maps_and_gradients(lambda layer, images: layer(images), layer, images)
    theirs = maps_and_gradients(lambda layer, images: referee(layer, images, stride), layer, images)
    np.testing.assert_allclose(ours[0], theirs[0], atol=1e-5)
    for own, other in zip(ours[1:], theirs[1:], strict=True):
        np.testing.assert_allclose(own, other, rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize(("n_in", "n_out"), [(4, 2), (3, 5)])
def test_an_enlarged_convolution_is_one_of_repeated_pixels(n_in, n_out, draw):
    layer, images = Convolution(n_in, n_out, draw), draw((2, 5, 7, n_in), 1.0)
    repeated = images.repeat(2, axis=1).repeat(2, axis=2)
    enlarged = jax.jit(lambda layer, images: layer.enlarged(images))
    np.testing.assert_allclose(enlarged(layer, images), referee(layer, repeated), atol=1e-5)


@pytest.mark.parametrize("size", [(8, 8, 1), (28, 28, 1), (32, 32, 3), (9, 30, 3), (64, 40, 1)], ids=str)
def test_networks_of_every_size(size, draw):
    space, config = ImageSpace.of(size), ConvolutionConfig(latent_dim=6)
    generator = ConvolutionGenerator(config, space.shape, 3, draw)
    discriminator = ConvolutionDiscriminator(config, space.shape, 3, draw)
    codes = np.array([0, 1, 2, 2])
    raw = call(generator, draw((4, 6), 1.0), codes)
    images = space.finish(raw, jax.random.key(0), training=True)
    assert images.shape == (4, *space.shape)
    assert space.trim(np.asarray(images)).shape == (4, *size)
    assert call(discriminator, images, codes).shape == (4,)


def test_the_class_changes_image_and_logit(draw):
    space, config = ImageSpace.of((8, 8, 1)), ConvolutionConfig()
    generator = ConvolutionGenerator(config, space.shape, 2, draw)
    noise = np.repeat(draw((1, config.latent_dim), 1.0), 2, axis=0)
    images = call(generator, noise, np.array([0, 1]))
    assert np.abs(images[0] - images[1]).max() > 1e-3
    discriminator = ConvolutionDiscriminator(config, space.shape, 2, draw)
    # Before training, a discriminator judges all classes alike.
    np.testing.assert_allclose(*(call(discriminator, images[:1], np.array([code])) for code in (0, 1)))


def test_sides_are_halved_down_to_seven_or_eight_pixels():
    assert [n_levels((side, side, 1)) for side in (8, 12, 16, 28, 32, 48, 64)] == [1, 1, 2, 2, 2, 3, 3]


def test_sizes_are_checked():
    with pytest.raises(ParameterError, match="'latent_dim' option must be an int of at least 1"):
        ConvolutionConfig.resolve({"latent_dim": 0}, loss="hinge")
