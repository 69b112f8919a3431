"""Random changes of images: small ones keep what an image shows, and nothing changes unless asked for."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imbgan.image import augment

STILL = {"shift": 0.0, "rotation": 0.0, "scale": 0.0}


def images(n=3, height=9, width=12, n_channels=1, seed=0):
    return np.random.default_rng(seed).uniform(-1, 1, (n, height, width, n_channels)).astype(np.float32)


def rng():
    return np.random.default_rng(1)


@settings(max_examples=25)
@given(st.integers(8, 20), st.integers(8, 20), st.sampled_from([1, 3]), st.integers(0, 4))
def test_copies_have_the_shape_and_range_of_their_originals(height, width, n_channels, n):
    original = images(n, height, width, n_channels)
    before = original.copy()
    copies = augment(original, rng(), flip=True, brightness=0.5, color=0.5, cutout=0.3)
    assert copies.shape == original.shape
    assert copies.dtype == np.float32
    assert (np.abs(copies) <= 1).all()
    np.testing.assert_array_equal(original, before)


def test_without_changes_a_copy_is_its_original():
    np.testing.assert_allclose(augment(images(), rng(), **STILL), images(), atol=1e-6)


def test_images_are_mirrored_only_if_asked():
    copies = augment(images(200), rng(), **STILL, flip=True)
    mirrored = np.isclose(copies, images(200)[:, :, ::-1], atol=1e-6).all(axis=(1, 2, 3))
    kept = np.isclose(copies, images(200), atol=1e-6).all(axis=(1, 2, 3))
    assert (mirrored ^ kept).all()
    assert 60 < mirrored.sum() < 140


@pytest.mark.parametrize(("axis", "changes"), [(1, {"shift": 0.25}), (2, {"shift": 0.25})])
def test_a_shift_moves_the_center_of_a_spot_by_at_most_its_share(axis, changes):
    spot = np.full((300, 16, 16, 1), -1.0, np.float32)
    spot[:, 7:9, 7:9] = 1.0
    weights = augment(spot, rng(), **{**STILL, **changes}) + 1.0
    place = (weights * np.moveaxis(np.arange(16.0)[:, None, None, None], 0, axis)).sum(axis=(1, 2, 3))
    moved = place / weights.sum(axis=(1, 2, 3)) - 7.5
    assert np.abs(moved).max() <= 4.0 + 1e-3
    assert np.abs(moved).max() > 3.5
    assert abs(moved.mean()) < 0.5


def test_a_scale_changes_the_size_and_not_the_center():
    square = np.full((200, 21, 21, 1), -1.0, np.float32)
    square[:, 5:16, 5:16] = 1.0
    areas = (augment(square, rng(), **{**STILL, "scale": 0.3}) + 1.0).sum(axis=(1, 2, 3)) / 2
    assert 11**2 * np.exp(-0.6) * 0.97 <= areas.min() < 11**2 * 0.7
    assert 11**2 * 1.4 < areas.max() <= 11**2 * np.exp(0.6) * 1.03


def test_light_and_color_change_whole_images_and_channels():
    gray = np.zeros((100, 8, 8, 3), np.float32)
    light = augment(gray, rng(), **STILL, brightness=0.4)
    assert (light == light[:, :1, :1, :1]).all()
    assert 0.3 < np.abs(light).max() <= 0.4
    tinted = augment(gray, rng(), **STILL, color=0.4)
    assert (tinted == tinted[:, :1, :1]).all()
    assert (np.ptp(tinted[:, 0, 0], axis=1) > 0).all()


def test_a_cutout_makes_a_square_gray():
    white = np.ones((100, 20, 20, 1), np.float32)
    share = (augment(white, rng(), **STILL, cutout=0.5) == 0).mean(axis=(1, 2, 3))
    assert 0.2 < share.max() <= 0.26
    assert share.min() > 0.04  # a quarter of the square stays inside at least
