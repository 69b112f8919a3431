"""Arrays of images: what comes in goes out, and what cannot be learned is refused with advice."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from imbgan.exceptions import DataError, DataTypeError, ParameterError
from imbgan.image import ImageEncoder, read_images

DTYPES = ("uint8", "uint16", "int32", "int64", "float32", "float64")


@given(
    dtype=st.sampled_from(DTYPES),
    n=st.integers(1, 4),
    height=st.integers(8, 12),
    width=st.integers(8, 12),
    channels=st.sampled_from([None, 1, 3]),
    seed=st.integers(0, 99),
)
def test_images_come_back_as_they_were(dtype, n, height, width, channels, seed):
    rng = np.random.default_rng(seed)
    shape = (n, height, width) if channels is None else (n, height, width, channels)
    pixels = (rng.uniform(size=shape) if dtype.startswith("float") else rng.integers(0, 200, shape)).astype(dtype)
    images = read_images(pixels)
    encoder = ImageEncoder.of(images)
    rows = encoder.transform(images)
    assert rows.dtype == np.float32
    assert rows.shape == (n, height, width, channels or 1)
    assert rows.min() >= -1.0
    assert rows.max() <= 1.0
    back = encoder.inverse_transform(rows)
    assert back.dtype == pixels.dtype
    assert back.shape == pixels.shape
    if dtype.startswith("float") or dtype == "uint16":
        # Single precision holds pixels to about seven digits.
        np.testing.assert_allclose(back, pixels, atol=1e-2 if dtype == "uint16" else 1e-6)
    else:
        np.testing.assert_array_equal(back, pixels)


def test_lists_and_masks_that_hide_nothing_are_images():
    assert len(read_images([np.zeros((8, 8)), np.ones((8, 8))])) == 2
    assert len(read_images(np.ma.array(np.zeros((3, 8, 8)), mask=False))) == 3


def test_values_beyond_the_range_are_clipped_to_it():
    encoder = ImageEncoder.of(read_images(np.zeros((1, 8, 8), np.uint8)))
    assert encoder.inverse_transform(np.full((1, 8, 8, 1), 1.5, np.float32)).max() == 255
    assert encoder.inverse_transform(np.full((1, 8, 8, 1), -1.5, np.float32)).min() == 0


@pytest.mark.parametrize(
    ("pixels", "expected"),
    [
        (np.zeros((1, 8, 8), np.uint8), (0, 255)),
        (np.zeros((1, 8, 8), np.uint16), (0, 65535)),
        (np.full((1, 8, 8), 0.5), (0, 1)),
        (np.full((1, 8, 8), -0.5), (-1, 1)),
        (np.linspace(0, 16, 64).reshape(1, 8, 8), (0, 16)),
        (np.arange(64).reshape(1, 8, 8), (0, 63)),
        (np.full((1, 8, 8), 7), (7, 8)),
    ],
    ids=["bytes", "words", "unit", "signed unit", "digits", "integers", "constant"],
)
def test_the_range_is_that_of_the_type_or_of_the_values(pixels, expected):
    assert read_images(pixels).value_range == expected


def test_a_range_that_is_given_is_taken():
    assert read_images(np.zeros((1, 8, 8)), (-3, 5)).value_range == (-3.0, 5.0)
    with pytest.raises(DataError, match="must lie in 'value_range'"):
        read_images(np.ones((1, 8, 8)), (2, 5))
    for wrong in ((5, 2), (0, np.inf), (np.nan, 1), (0, 1, 2), ("a", "b")):
        with pytest.raises(ParameterError, match="black < white"):
            read_images(np.zeros((1, 8, 8)), wrong)


def holed(value):
    pixels = np.zeros((3, 8, 8))
    pixels[1, 2, 3] = value
    return pixels


@pytest.mark.parametrize(
    ("pixels", "error", "words"),
    [
        (np.zeros((5, 64), np.uint8), DataError, r"reshape\(len\(X\), height, width\)"),
        (np.zeros((5, 8, 8, 4), np.uint8), DataError, r"transparency: X\[\.\.\., :3\]"),
        (np.zeros((5, 3, 8, 8), np.uint8), DataError, r"X.transpose\(0, 2, 3, 1\)"),
        (np.zeros((5, 7, 8), np.uint8), DataError, "8 to 64 pixels along each side. Got 7 x 8"),
        (np.zeros((5, 65, 8), np.uint8), DataError, "8 to 64 pixels along each side. Got 65 x 8"),
        (np.zeros((0, 8, 8), np.uint8), DataError, "At least one image"),
        (np.zeros((5, 8, 8), bool), DataTypeError, "integers or floats. Got dtype bool"),
        (np.zeros((5, 8, 8), complex), DataTypeError, "integers or floats"),
        (np.array([np.zeros((8, 8)), np.zeros((9, 9))], object), DataTypeError, "different sizes"),
        ([np.zeros((8, 8)), np.zeros((9, 9))], DataError, "one size"),
        (np.ma.masked_equal(holed(7.0), 7.0), DataError, "masked pixels"),
        (holed(np.nan), DataError, r"Image 1 \(and 0 others\)"),
        (holed(np.inf), DataError, "missing or infinite"),
    ],
    ids=[
        "flat",
        "alpha",
        "channels first",
        "small",
        "large",
        "none",
        "bool",
        "complex",
        "objects",
        "sizes",
        "masked",
        "NaN",
        "infinite",
    ],
)
def test_what_cannot_be_learned_is_refused(pixels, error, words):
    with pytest.raises(error, match=words):
        read_images(pixels)


def test_a_document_describes_the_encoder():
    encoder = ImageEncoder.of(read_images(np.zeros((2, 9, 8, 3), np.float32), (-2, 2)))
    document, arrays = encoder.to_document()
    assert ImageEncoder.from_document(json.loads(json.dumps(document)), arrays) == encoder
    for change in ({"dtype": "O"}, {"size": [9, 8, 2]}, {"size": [99, 8, 1]}, {"value_range": [1.0, 1.0]}):
        with pytest.raises(ValueError, match="does not describe images"):
            ImageEncoder.from_document({**document, **change}, arrays)


def test_further_images_must_be_like_those_of_fit():
    encoder = ImageEncoder.of(read_images(np.zeros((2, 9, 8))))
    assert len(encoder.read(np.ones((4, 9, 8)))) == 4
    with pytest.raises(DataError, match=r"shape \(9, 8, 1\) of those of fit"):
        encoder.read(np.zeros((1, 8, 8)))
    with pytest.raises(DataError, match="must lie in 'value_range'"):
        encoder.read(np.full((1, 9, 8), 2.0))
