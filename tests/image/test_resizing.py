"""Images in another size: means of pixels, checked against a library of pictures."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from imbgan import DataError, ParameterError
from imbgan.image import read_images, resize_images


@pytest.mark.parametrize("size", [(8, 8), (20, 11), (48, 64)])
def test_another_library_gives_the_same_gray_values(size):
    pixels = np.random.default_rng(0).uniform(0, 255, (3, 30, 40, 1)).astype(np.float32)
    ours = resize_images(pixels, size)
    theirs = [Image.fromarray(each[..., 0]).resize(size[::-1], Image.Resampling.BILINEAR) for each in pixels]
    np.testing.assert_allclose(ours[..., 0], np.stack([np.asarray(each) for each in theirs]), atol=1e-3)


@settings(max_examples=50, deadline=None)
@given(st.integers(1, 90), st.integers(1, 90), st.integers(8, 64), st.integers(8, 64), st.sampled_from([1, 3]))
def test_values_stay_in_range_and_a_flat_image_stays_flat(height, width, new_height, new_width, n_channels):
    rng = np.random.default_rng(0)
    pixels = rng.integers(0, 256, (2, height, width, n_channels), dtype=np.uint8)
    resized = resize_images(pixels, (new_height, new_width))
    assert resized.shape == (2, new_height, new_width, n_channels)
    assert resized.dtype == np.uint8
    assert pixels.min() <= resized.min()
    assert resized.max() <= pixels.max()
    assert (resize_images(np.full_like(pixels, 77), (new_height, new_width)) == 77).all()
    np.testing.assert_array_equal(resize_images(pixels, (height, width)), pixels)


def test_many_images_are_resized_like_few():
    pixels = np.random.default_rng(0).uniform(size=(1100, 10, 9, 1))
    np.testing.assert_allclose(resize_images(pixels, (8, 8))[1050:], resize_images(pixels[1050:], (8, 8)))


def test_large_images_need_a_size():
    X = np.zeros((4, 100, 80, 3), np.uint8)
    with pytest.raises(DataError, match=r"Got 100 x 80; set resize, such as resize=\(32, 32\)"):
        read_images(X)
    assert read_images(X, resize=(32, 24)).pixels.shape == (4, 32, 24, 3)
    for wrong in ((32,), (4, 32), (32, 65), (32.0, 32), "32", (True, 32)):
        with pytest.raises(ParameterError, match="'resize' must be"):
            read_images(X, resize=wrong)
