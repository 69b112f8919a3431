"""PNG files that Pillow reads back as the same pixels."""

import io

import numpy as np
import pytest
from PIL import Image

from imbgan.image import png


@pytest.mark.parametrize("shape", [(8, 8, 1), (9, 13, 1), (64, 10, 3), (1, 1, 3)])
def test_another_library_reads_the_same_pixels(shape):
    pixels = np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)
    picture = Image.open(io.BytesIO(png(pixels)))
    picture.load()
    assert picture.format == "PNG"
    assert picture.mode == ("L" if shape[2] == 1 else "RGB")
    np.testing.assert_array_equal(np.asarray(picture).reshape(shape), pixels)
