"""The autoencoder of images: its numbers are on one scale, and images come back from them."""

import jax
import numpy as np
import pytest

from imbgan.exceptions import ModelFileError
from imbgan.gan import autoencoder
from imbgan.gan.autoencoder import ImageLatents
from imbgan.gan.spaces.images import ImageOptions, ImageSpace

STILL = ImageOptions(shift=0.0, rotation=0.0, scale=0.0)
SIZE = (9, 10, 1)


@pytest.fixture(scope="module")
def bars():
    """Images of a bright bar that lies (class 0) or stands (class 1) anywhere, 120 and 30 of them."""
    rng = np.random.default_rng(0)
    codes = np.repeat([0, 1], [120, 30])
    rows = rng.normal(-0.8, 0.05, (len(codes), *SIZE)).astype(np.float32)
    for i, code in enumerate(codes):
        where = slice((start := rng.integers(0, 7)), start + 2)
        rows[i][where if code == 0 else (slice(None), where)] += rng.uniform(1.0, 1.6)
    return np.clip(rows, -1, 1), codes


@pytest.fixture(scope="module")
def learned(bars):
    return ImageLatents.learned(ImageSpace.of(SIZE, STILL), *bars, 0, 300)


def test_images_come_back_but_for_a_small_part_of_their_variance(learned, bars):
    rows, _ = bars
    drawn = learned.decode(learned.encode(rows))
    assert drawn.shape == rows.shape
    assert drawn.dtype == np.float32
    assert np.abs(drawn).max() <= 1.0
    assert ((drawn - rows) ** 2).mean() < 0.1 * rows.var(axis=0).mean()


def test_latents_have_mean_0_and_variance_1_over_the_classes_of_training(learned, bars):
    rows, codes = bars
    latents = learned.encode(rows)
    assert latents.shape == (len(rows), learned.n_latents)
    assert latents.dtype == np.float32
    # Classes of 120 and 30 images are drawn as if the smaller one had twice its images.
    weights = np.where(codes == 1, 2.0, 1.0)
    center = np.average(latents, axis=0, weights=weights)
    np.testing.assert_allclose(center, 0.0, atol=1e-4)
    np.testing.assert_allclose(np.average(latents**2, axis=0, weights=weights), 1.0, rtol=1e-3)


def test_close_latents_belong_to_similar_images(learned, bars):
    rows, _ = bars
    latents = learned.encode(rows)
    rng = np.random.default_rng(1)
    moved = learned.decode(latents + 0.1 * rng.standard_normal(latents.shape).astype(np.float32))
    assert ((moved - learned.decode(latents)) ** 2).mean() < 0.1 * rows.var(axis=0).mean()


def test_each_image_is_encoded_and_drawn_by_itself(learned, bars, monkeypatch):
    rows, _ = bars
    latents, drawn = learned.encode(rows), learned.decode(learned.encode(rows))
    np.testing.assert_array_equal(learned.encode(rows[40:43]), latents[40:43])
    np.testing.assert_array_equal(learned.decode(latents[40:43]), drawn[40:43])
    assert learned.encode(rows[:0]).shape == (0, learned.n_latents)
    assert learned.decode(latents[:0]).shape == (0, *SIZE)
    monkeypatch.setattr(autoencoder, "BLOCK", 64)
    np.testing.assert_allclose(learned.decode(latents), drawn, atol=1e-5)


def test_the_seed_decides(bars):
    space = ImageSpace.of(SIZE, STILL)
    first, again, other = (ImageLatents.learned(space, *bars, seed, 5).encode(bars[0]) for seed in (3, 3, 4))
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()


def test_chunks_of_steps_change_nothing(bars, monkeypatch):
    space = ImageSpace.of(SIZE, STILL)
    whole = ImageLatents.learned(space, *bars, 0, 12).encode(bars[0])
    monkeypatch.setattr(autoencoder, "CHUNK", 5)
    # The size of a chunk is part of the compiled program.
    monkeypatch.setattr(autoencoder, "_train", jax.jit(autoencoder._learn_images))
    np.testing.assert_allclose(ImageLatents.learned(space, *bars, 0, 12).encode(bars[0]), whole, rtol=1e-3, atol=1e-3)


def test_the_number_of_steps_is_what_was_asked(bars):
    """More steps draw images better."""
    space = ImageSpace.of(SIZE, STILL)
    rows, _ = bars

    def error(n_steps):
        found = ImageLatents.learned(space, *bars, 0, n_steps)
        return ((found.decode(found.encode(rows)) - rows) ** 2).mean()

    assert error(1) > error(30) > error(300)


def test_images_that_are_all_alike_are_learned():
    rows = np.full((6, *SIZE), 0.5, np.float32)
    found = ImageLatents.learned(ImageSpace.of(SIZE, STILL), rows, np.array([0, 0, 0, 0, 1, 1]), 0, 200)
    assert np.isfinite(found.encode(rows)).all()
    np.testing.assert_allclose(found.decode(found.encode(rows)), rows, atol=0.2)


def test_arrays_make_the_same_autoencoder(learned, bars):
    rows, _ = bars
    arrays = learned.to_arrays()
    assert all(type(array) is np.ndarray for array in arrays.values())
    again = ImageLatents.from_arrays(learned.space, arrays)
    np.testing.assert_array_equal(again.encode(rows), learned.encode(rows))
    np.testing.assert_array_equal(again.decode(again.encode(rows)), learned.decode(learned.encode(rows)))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda arrays: arrays.pop("center"), "leaf center is missing"),
        (lambda arrays: arrays.update(scale=np.ones(3, np.float32)), "leaf scale must have shape"),
        (lambda arrays: arrays.update(more=np.ones(3, np.float32)), "leaf 'more' is not part"),
        (lambda arrays: arrays.update(center=np.zeros(48)), "float64"),
    ],
    ids=["missing", "shape", "unknown", "type"],
)
def test_other_arrays_are_refused(learned, change, words):
    arrays = learned.to_arrays()
    change(arrays)
    with pytest.raises(ModelFileError, match=words):
        ImageLatents.from_arrays(learned.space, arrays)
