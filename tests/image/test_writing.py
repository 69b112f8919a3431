"""Folders of images that are written: originals to the byte, names that collide with none, all or nothing."""

import csv
import os
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from imbgan.exceptions import DataError, ParameterError
from imbgan.image import as_bytes, check_new_folder, new_folder, read_folder, write_resampled, writing
from imbgan.image.names import check_class_name


def drawn(seed, *shape):
    return np.random.default_rng(seed).integers(0, 256, shape or (8, 8)).astype(np.uint8)


@pytest.fixture
def root(tmp_path):
    """Three images of one class and one of another, one of them a photograph with data that PNG could not keep."""
    root = tmp_path / "photos"
    for i, place in enumerate(("a/0.png", "a/1.png", "a/deep/2.png", "b/3.jpg")):
        (root / place).parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(drawn(i, 8, 8, 3)).save(root / place)
    return root


def manifest(folder):
    with (folder / "manifest.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write(path, root, **options):
    folder = read_folder(root)
    new = [drawn(10 + i, 8, 8, 3) for i in range(4)]
    labels = np.array([*folder.labels, "b", "b", "a", "b"])
    sources = np.array([*range(4), 3, 3, -1, -1])
    pixels = np.concatenate([folder.pixels, new])
    return write_resampled(path, root, folder, pixels, labels, sources, seed=5, **options), new


def test_a_resampled_folder_holds_originals_to_the_byte_and_tells_what_is_new(root, tmp_path):
    counts, new = write(tmp_path / "balanced", root)
    assert counts == {"a": (3, 0, 1), "b": (1, 2, 1)}
    rows = manifest(tmp_path / "balanced")
    files = [path for path in (tmp_path / "balanced").rglob("*") if path.is_file()]
    assert {path.relative_to(tmp_path / "balanced").as_posix() for path in files} == {
        "manifest.csv",
        *(row["path"] for row in rows),
    }
    for row in rows[:4]:
        assert (row["kind"], row["source"]) == ("original", "")
        assert (tmp_path / "balanced" / row["path"]).read_bytes() == (root / row["path"]).read_bytes()
    assert [tuple(row.values())[1:] for row in rows[4:]] == [
        ("b", "augmented", "b/3.jpg", "", ""),
        ("b", "augmented", "b/3.jpg", "", ""),
        ("a", "generated", "", "5", "0"),
        ("b", "generated", "", "5", "0"),
    ]
    for row, pixels in zip(rows[4:], new, strict=True):
        assert row["path"].startswith(f"{row['label']}/{row['kind']}-")
        np.testing.assert_array_equal(np.asarray(Image.open(tmp_path / "balanced" / row["path"])), pixels)
    # Editing the output in place must not reach the photographs of the user.
    assert not os.path.samefile(tmp_path / "balanced" / "a" / "0.png", root / "a" / "0.png")


def test_what_was_written_is_told_when_it_is_read(root, tmp_path):
    write(tmp_path / "balanced", root)
    folder = read_folder(tmp_path / "balanced")
    assert len(folder) == 8
    assert "manifest.csv tells of 2 generated images and 2 changed copies here" in folder.remarks[0]


@given(
    names=st.lists(
        st.sampled_from(["generated-0000000", "GENERATED-0000001", "generated-0000000-2", "Augmented-0000000", "x"]),
        min_size=1,
        unique=True,
    ),
    nested=st.booleans(),
)
@settings(deadline=None)
def test_new_names_collide_with_no_original(names, nested, tmp_path_factory):
    base = tmp_path_factory.mktemp("names")
    source = base / "x.png"
    Image.fromarray(drawn(0)).save(source)
    with new_folder(base / "out") as writer:
        for name in names:
            original = source.relative_to(base).with_name(f"{name}.png")
            inside = base.__class__("a", original, "inner.png") if nested else base.__class__("a", original)
            writer.add_original(source, inside, "a")
        for i in range(3):
            writer.add_generated(drawn(i), "a", seed=0, place=i)
            writer.add_copy(drawn(i), "a", inside)
    rows = manifest(base / "out")
    assert len({row["path"].casefold() for row in rows}) == len(names) + 6
    assert sorted(row["path"] for row in rows) == sorted(
        path.relative_to(base / "out").as_posix() for path in (base / "out").rglob("*.png") if path.is_file()
    )


@given(label=st.text(st.characters(codec="utf-8"), max_size=12))
@settings(deadline=None)
def test_a_label_from_a_foreign_model_stays_in_the_folder(label, tmp_path_factory):
    base = tmp_path_factory.mktemp("labels")
    try:
        check_class_name(label)
    except DataError:
        with pytest.raises(DataError), new_folder(base / "out") as writer:
            writer.add_generated(drawn(0), label, seed=0, place=0)
        assert list(base.iterdir()) == []
        return
    with new_folder(base / "out") as writer:
        writer.add_generated(drawn(0), label, seed=0, place=0)
    assert [entry.name for entry in base.iterdir()] == ["out"]
    (row,) = manifest(base / "out")
    assert row["label"] == label
    assert (base / "out" / row["path"]).is_file()


@pytest.mark.parametrize(("first", "second"), [("Cat", "cat"), ("caf\u00e9", "cafe\u0301")])
def test_classes_that_some_systems_take_for_one_folder_are_refused(tmp_path, first, second):
    with new_folder(tmp_path / "out") as writer:
        writer.add_generated(drawn(0), first, seed=0, place=0)
        with pytest.raises(DataError, match="differ in case only"):
            writer.add_generated(drawn(1), second, seed=0, place=0)


@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError(28, "No space left on device"), ValueError])
def test_a_failure_leaves_nothing(root, tmp_path, monkeypatch, error):
    n_encoded = []

    def encode(pixels):
        n_encoded.append(pixels)
        if len(n_encoded) == 3:
            raise error
        return b"x"

    monkeypatch.setattr(writing, "png", encode)
    expected = DataError if isinstance(error, OSError) else error
    with pytest.raises(expected) as raised:
        write(tmp_path / "balanced", root)
    if isinstance(error, OSError):
        assert str(raised.value) == f"{str(tmp_path / 'balanced')!r} cannot be written: No space left on device."
    assert [entry.name for entry in tmp_path.iterdir()] == ["photos"]


def test_an_original_that_vanished_is_named(root, tmp_path):
    folder = read_folder(root)
    (root / "a" / "1.png").unlink()
    with pytest.raises(DataError, match=r"a/1\.png' has vanished since it was read. Nothing was written"):
        write_resampled(tmp_path / "out", root, folder, folder.pixels, folder.labels, np.arange(4))
    assert not (tmp_path / "out").exists()


def test_only_a_folder_of_ours_is_replaced(root, tmp_path):
    write(tmp_path / "balanced", root)
    with pytest.raises(ParameterError, match=r"exists. Name another folder, or have it replaced"):
        write(tmp_path / "balanced", root)
    (tmp_path / "balanced" / "a" / "0.png").unlink()
    write(tmp_path / "balanced", root, overwrite=True)
    assert (tmp_path / "balanced" / "a" / "0.png").is_file()
    other = tmp_path / "other"
    other.mkdir()
    (other / "manifest.csv").write_text("name,size\n")
    for overwrite in (False, True):
        with pytest.raises(ParameterError, match=r"exists and was not written by imbgan. Name another folder"):
            check_new_folder(other, overwrite=overwrite)
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["balanced", "other", "photos"]


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("photos", "must not lie in the folder that is read"),
        ("photos/out", "must not lie in the folder that is read"),
        (".", "must not lie in the folder that is read, or hold it"),
        ("nowhere/out", "does not exist. Create it first"),
        ("a\0b", "No folder can be called"),
        ("x" * 300, "No folder can be called"),
    ],
)
def test_places_that_cannot_be_are_refused(root, tmp_path, place, words):
    with pytest.raises(ParameterError, match=words):
        check_new_folder(tmp_path / place, source=root)
    with pytest.raises(ParameterError, match="not to standard output"):
        check_new_folder("-")


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_a_link_into_the_input_is_no_way_around(root, tmp_path):
    (tmp_path / "alias").symlink_to(root)
    with pytest.raises(ParameterError, match="must not lie in the folder that is read"):
        check_new_folder(tmp_path / "alias" / "out", source=root)


def test_generated_images_need_the_seed_of_their_model(root, tmp_path):
    folder = read_folder(root)
    pixels, labels = np.concatenate([folder.pixels, folder.pixels[:1]]), np.append(folder.labels, "a")
    with pytest.raises(ParameterError, match="'seed' must be that of the model"):
        write_resampled(tmp_path / "out", root, folder, pixels, labels, np.append(np.arange(4), -1))
    assert not (tmp_path / "out").exists()


@given(st.integers(0, 255), st.sampled_from([(0.0, 1.0), (-1.0, 1.0), (0.0, 255.0), (0.0, 65535.0), (0.0, 16.0)]))
def test_bytes_come_back_from_every_range(value, value_range):
    low, high = value_range
    assert as_bytes(np.array([low + value / 255 * (high - low)]), value_range).tolist() == [value]
