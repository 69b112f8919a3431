"""``assess_images``: planted faults are found in features; fresh images raise no alarm."""

import io
from base64 import b64decode

import numpy as np
import pytest
from PIL import Image

from imbgan import Assessment, DataError, assess_images, report
from imbgan.oversampling.image_quality import find_too_close_images


def shapes(n, seed, label, side=16):
    """Gray images of a bright square (1) or a bright bar (0) at random places, with noise."""
    rng = np.random.default_rng(seed)
    X = rng.integers(0, 60, (n, side, side)).astype(np.uint8)
    for image in X:
        i, j = rng.integers(0, side - 6, 2)
        image[i : i + (6 if label else 2), j : j + 6] += rng.integers(120, 190).astype(np.uint8)
    return X


def labelled(n, seed, side=16):
    return np.concatenate([shapes(n, seed + label, label, side) for label in (0, 1)]), np.repeat([0, 1], n)


@pytest.fixture(scope="module")
def real():
    return labelled(120, 0)


def look(images):
    """Return what a small network could see: rows and columns of pixels, sorted and not."""
    rows, columns = images.mean(axis=1, dtype=float), images.mean(axis=2, dtype=float)
    return np.hstack([rows, columns, np.sort(rows, axis=1), np.sort(columns, axis=1)])


def errors(found):
    return {(d.code, d.label) for d in found.diagnostics if d.severity == "error"}


def test_fresh_images_raise_no_alarm():
    found = assess_images(labelled(120, 0, 12), labelled(60, 10, 12), holdout=labelled(60, 20, 12))
    assert [d for d in found.diagnostics if d.severity != "info"] == []
    for quality in found.classes:
        assert 0.8 < quality.measure("nearest_distance").value < 1.25
        assert quality.measure("two_sample_auc").value is not None
        assert quality.columns == ()
        assert quality.measure("dependence_difference").note == "columns are not judged by themselves"


def test_one_image_repeated_is_a_collapse_and_copies_are_copies(real):
    X, y = labelled(60, 10)
    X[y == 1] = X[y == 1][0]
    X[y == 0] = real[0][:60]
    found = assess_images(real, (X, y), features=look)
    assert ("IMB001", "1") in errors(found)
    assert ("IMB002", "0") in errors(found)
    assert found.classes[0].measure("nearest_distance").value < 0.01


def test_the_quick_finding_is_that_of_the_assessment(real):
    rng = np.random.default_rng(0)
    X, y = labelled(60, 10)
    bars = real[0][:120].astype(float)
    X[y == 0] = (0.9 * bars[:60] + 0.1 * bars[60:]).astype(np.uint8) + rng.integers(0, 3, (60, 16, 16), dtype=np.uint8)
    found = find_too_close_images(real, (X, y), features=look)
    assert [(each.code, each.label) for each in found] == [("IMB012", "0")]
    assert find_too_close_images(real, labelled(60, 10), features=look) == ()


def test_a_page_shows_images_and_the_nearest_real_ones(real, tmp_path):
    X, y = labelled(12, 10)
    X[y == 0] = real[0][5:17]  # each is its own nearest real image
    found = assess_images(real, (X, y), features=look)
    assert [pictures.label for pictures in found.pictures] == ["1", "0"]
    bars = found.pictures[1]
    assert bars.nearest == bars.generated
    assert len(bars.real) == len(bars.generated) == 8
    stored = np.asarray(Image.open(io.BytesIO(b64decode(bars.generated[0]))))
    np.testing.assert_array_equal(stored, X[y == 0][0])
    assert Assessment.from_dict(found.to_dict()) == found
    page = report(found, tmp_path / "page.html").read_text(encoding="utf-8")
    assert page.count("data:image/png;base64,") == 2 * 3 * 8
    assert 'alt="real image that is nearest to generated image 1 of class 0"' in page
    assert 'id="pictures"' in page
    assert "图像" in report(found, tmp_path / "zh.html", lang="zh").read_text(encoding="utf-8")


def test_slightly_changed_copies_show_as_memorized(real):
    X, y = labelled(60, 10)
    noise = np.random.default_rng(3).integers(-3, 4, (60, 16, 16))
    X[y == 0] = np.clip(real[0][:60].astype(int) + noise, 0, 255)
    found = assess_images(real, (X, y), holdout=labelled(60, 20), features=look)
    assert {(d.code, d.label) for d in found.diagnostics} >= {("IMB002", "0")}
    assert not {d.code for d in found.diagnostics if d.label == "1"} - {"IMB009"}


def test_images_of_another_class_are_told_apart_from_their_label(real):
    X, y = labelled(60, 10)
    found = assess_images(real, (X, 1 - y), features=look)
    assert {(d.code, d.label) for d in found.diagnostics if d.severity == "warning"} == {
        ("IMB006", "0"),
        ("IMB006", "1"),
    }
    assert [quality.measure("coverage").value for quality in found.classes] == [0.0, 0.0]


def test_pairs_and_sizes_are_checked(real):
    with pytest.raises(DataError, match=r"'synthetic' must be a pair \(X, y\)"):
        assess_images(real, real[0])
    with pytest.raises(DataError, match=r"must have the shape of the real ones, \(16, 16, 1\)\. Got \(12, 16, 1\)"):
        assess_images(real, (real[0][:, :12], real[1]))
    with pytest.raises(DataError, match="must occur in real"):
        assess_images(real, (real[0], real[1] + 1), features=look)
