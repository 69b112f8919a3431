"""The space of images: what is augmented and how, what stays padding, and what features see."""

import jax
import numpy as np
import pytest
from scipy import ndimage

from imbgan.exceptions import ParameterError
from imbgan.gan.monitor import Monitor, name_failure, split
from imbgan.gan.space import Features, Space
from imbgan.gan.spaces import image_features
from imbgan.gan.spaces.image_features import ImageFeatures
from imbgan.gan.spaces.images import ImageOptions, ImageSpace, warp
from imbgan.random import Streams

SIZE = (10, 14, 3)
# Compiled as a whole: operation by operation, each would be a program of its own.
warped = jax.jit(warp)
augmented = jax.jit(lambda space, rows, key: space.augment(rows, key))


def smooth(rng, n, height=20, width=24):
    return ndimage.gaussian_filter(rng.normal(size=(n, height, width, 1)), (0, 3, 3, 0)).astype(np.float32)


def identity(n):
    return np.tile(np.eye(2, dtype=np.float32), (n, 1, 1))


def test_it_is_a_space():
    assert isinstance(ImageSpace.of(SIZE), Space)


def test_no_change_is_no_change(rng):
    images = smooth(rng, 3)
    np.testing.assert_allclose(warped(images, identity(3), np.zeros((3, 2), np.float32)), images, atol=1e-5)


def test_a_shift_by_whole_pixels_moves_them_and_the_border_continues(rng):
    images = smooth(rng, 1)
    moved = np.asarray(warped(images, identity(1), np.array([[2.0, -1.0]], np.float32)))
    np.testing.assert_allclose(moved[:, 1:, :-2], images[:, :-1, 2:], atol=1e-5)
    np.testing.assert_allclose(moved[:, 1:, -1], images[:, :-1, -1], atol=1e-5)


@pytest.mark.parametrize(("angle", "size"), [(0.2, 1.0), (-0.3, 1.1), (0.1, 0.9)])
def test_turned_and_scaled_images_are_those_of_scipy(angle, size, rng):
    images = smooth(rng, 1)
    cosine, sine = size * np.cos(angle), size * np.sin(angle)
    matrix = np.array([[[cosine, -sine], [sine, cosine]]], np.float32)
    ours = np.asarray(warped(images, matrix, np.zeros((1, 2), np.float32)))[0, ..., 0]
    # SciPy's first axis is y, and its coordinates start in a corner.
    swapped = np.array([[cosine, sine], [-sine, cosine]])
    center = (np.array(images.shape[1:3]) - 1) / 2
    theirs = ndimage.affine_transform(images[0, ..., 0], swapped, center - swapped @ center, order=1, mode="nearest")
    inner = slice(5, -5)
    # Two passes along one axis each interpolate otherwise than one pass in the plane.
    assert np.abs(ours - theirs)[inner, inner].max() < 0.06 * np.ptp(images)


def test_augmented_images_keep_range_and_padding(rng):
    space = ImageSpace.of(SIZE, ImageOptions(flip=True, brightness=0.5, color=0.5, cutout=0.3))
    rows = space.pad(rng.uniform(-1, 1, (6, *SIZE)).astype(np.float32))
    changed = np.asarray(augmented(space, rows, jax.random.key(1)))
    assert np.abs(changed).max() <= 1.0
    assert np.abs(changed - rows).max() > 0.1
    np.testing.assert_array_equal(changed * (1 - np.asarray(space.mask)), 0.0)
    gradient = jax.jit(jax.grad(lambda x: (space.augment(x, jax.random.key(1)) ** 2).sum()))(rows)
    assert np.isfinite(gradient).all()
    assert np.abs(gradient).max() > 0


def test_without_options_nothing_changes(rng):
    space = ImageSpace.of((8, 8, 1), ImageOptions(shift=0.0, rotation=0.0, scale=0.0))
    rows = rng.uniform(-1, 1, (4, 8, 8, 1)).astype(np.float32)
    np.testing.assert_allclose(augmented(space, rows, jax.random.key(0)), rows, atol=1e-5)


def test_images_are_mirrored_only_when_asked(rng):
    ramp = np.tile(np.linspace(-1, 1, 8, dtype=np.float32)[None, None, :, None], (64, 8, 1, 1))
    rising = {}
    for flip in (False, True):
        space = ImageSpace.of((8, 8, 1), ImageOptions(flip=flip))
        changed = np.asarray(augmented(space, ramp, jax.random.key(2)))
        rising[flip] = float((changed[:, :, -1].mean(axis=(1, 2)) > changed[:, :, 0].mean(axis=(1, 2))).mean())
    assert rising[False] == 1.0
    assert 0.3 < rising[True] < 0.7


def test_cutout_hides_a_square_of_the_size_that_was_asked():
    space = ImageSpace.of((16, 16, 1), ImageOptions(shift=0.0, rotation=0.0, scale=0.0, cutout=0.5))
    changed = np.asarray(augmented(space, np.ones((32, 16, 16, 1), np.float32), jax.random.key(3)))
    hidden = (changed == 0).mean(axis=(1, 2, 3))
    # All of the square lies inside the image, or a part of it.
    assert hidden.max() <= 0.27
    assert hidden.min() > 0.02


@pytest.mark.parametrize("option", ["shift", "rotation", "scale", "brightness", "color", "cutout"])
def test_ranges_of_options_are_checked(option):
    with pytest.raises(ParameterError, match=f"'{option}' option must be in"):
        ImageOptions.resolve({option: -0.1})


def test_a_document_describes_the_space():
    space = ImageSpace.of(SIZE, ImageOptions(flip=True, shift=0.2))
    again = ImageSpace.from_document(space.to_document())
    assert again.size == SIZE
    assert again.options == space.options
    for size in ([0, 8, 1], [8, 65, 1], [8, 8, 5]):
        with pytest.raises(ValueError, match="sides up to"):
            ImageSpace.from_document({**space.to_document(), "size": size})


@pytest.fixture(scope="module")
def shapes():
    """Images of a bright bar that lies (class 0) or stands (class 1) anywhere."""
    rng = np.random.default_rng(0)
    codes = np.repeat([0, 1], [150, 60])
    rows = rng.normal(-0.8, 0.05, (len(codes), 8, 8, 1)).astype(np.float32)
    for i, code in enumerate(codes):
        where = slice((start := rng.integers(0, 7)), start + 2)
        if code == 0:
            rows[i, where] += rng.uniform(1.0, 1.6)
        else:
            rows[i, :, where] += rng.uniform(1.0, 1.6)
    return np.clip(rows, -1, 1), codes, ImageSpace.of((8, 8, 1))


@pytest.fixture(scope="module")
def features(shapes):
    rows, codes, space = shapes
    return space.features(rows, codes)


def test_features_see_the_class_and_not_the_place(shapes, features):
    rows, codes, _ = shapes
    assert isinstance(features, Features)
    found = features(rows)
    assert found.shape == (len(rows), 64)
    centers = np.stack([found[codes == code].mean(axis=0) for code in (0, 1)])
    nearest = ((found[:, None] - centers) ** 2).sum(axis=2).argmin(axis=1)
    assert (nearest == codes).mean() > 0.97
    pixels = rows.reshape(len(rows), -1)
    centers = np.stack([pixels[codes == code].mean(axis=0) for code in (0, 1)])
    assert (((pixels[:, None] - centers) ** 2).sum(axis=2).argmin(axis=1) == codes).mean() < 0.95


def test_features_of_a_block_are_those_of_its_images(shapes, features):
    rows, _, _ = shapes
    np.testing.assert_allclose(features(rows)[:5], features(rows[:5]), rtol=1e-4, atol=1e-4)


def test_known_features_are_those_that_would_be_learned_again(shapes, monkeypatch):
    rows, codes, space = shapes
    known = space.features(rows, codes)
    assert space.features(rows.copy(), codes) is known
    monkeypatch.setattr(image_features, "_kept", {})
    again = space.features(rows, codes)
    assert again is not known
    np.testing.assert_array_equal(again(rows), known(rows))
    # Other images, classes or changes are learned.
    monkeypatch.setattr(ImageFeatures, "_trained", lambda *arguments: "learned")
    for other in (
        (space, -rows, codes),
        (space, rows, 1 - codes),
        (ImageSpace.of((8, 8, 1), ImageOptions(shift=0.1)), rows, codes),
    ):
        assert ImageFeatures.learned(*other) == "learned"


def judged(shapes, generated):
    """Return what the monitor says of generated images of the rare class."""
    rows, codes, space = shapes
    hold_out = split(codes, [1], 1, Streams(0))
    parts = Monitor(rows, codes, hold_out, space, np.random.default_rng(0)).measure({(0, 1): generated})
    return parts, name_failure(parts, [0.5, 0.5], progress=1.0)


def test_a_class_of_one_image_is_collapse(shapes):
    rows, codes, _ = shapes
    parts, failure = judged(shapes, np.repeat(rows[codes == 1][:1], 256, axis=0))
    assert failure is not None
    assert failure.name == "mode collapse"
    assert parts[0, 1].spread_ratio < 0.1


def test_copies_of_training_images_are_memorization(shapes):
    rows, codes, _ = shapes
    mask = split(codes, [1], 1, Streams(0)).train_masks[0]
    own = rows[mask & (codes == 1)]
    parts, _ = judged(shapes, own[np.random.default_rng(0).integers(len(own), size=256)])
    fresh, failure = judged(shapes, fresh_bars(256))
    assert failure is None
    assert parts[0, 1].memorization > 0.95
    assert parts[0, 1].duplicate_rate == 1.0
    assert fresh[0, 1].memorization < 0.8


def fresh_bars(n):
    rng = np.random.default_rng(7)
    rows = rng.normal(-0.8, 0.05, (n, 8, 8, 1)).astype(np.float32)
    for row in rows:
        start = rng.integers(0, 7)
        row[:, start : start + 2] += rng.uniform(1.0, 1.6)
    return np.clip(rows, -1, 1)


def test_the_baseline_is_local_gaussian_in_pixels(shapes):
    rows, codes, space = shapes
    drawn = space.baseline(rows[codes == 1], 20, np.random.default_rng(0))
    assert drawn.shape == (20, 8, 8, 1)
    assert np.abs(drawn).max() <= 1.0
