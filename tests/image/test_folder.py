"""Folders of images: each picture as it looks, and one clear error or remark for whatever is odd."""

import os
import random
import re
import shutil
import struct
import sys
import unicodedata
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from imbgan.exceptions import DataError, DuplicateImageWarning, ParameterError
from imbgan.image import read_folder
from imbgan.image.names import check_class_name

SIDE = 12


def drawn(seed, height=SIDE, width=SIDE, channels=None):
    shape = (height, width) if channels is None else (height, width, channels)
    return np.random.default_rng(seed).integers(0, 256, shape).astype(np.uint8)


def put(root, place, pixels, **options):
    path = root / place
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(path, **options)
    return path


@pytest.fixture
def root(tmp_path):
    """Two classes of two gray images each."""
    root = tmp_path / "photos"
    for i, place in enumerate(("bag/a.png", "bag/b.png", "shoe/a.png", "shoe/b.png")):
        put(root, place, drawn(i))
    return root


def remarks(folder, words):
    return [remark for remark in folder.remarks if words in remark]


def test_pixels_labels_and_paths_belong_together(root):
    folder = read_folder(root)
    assert folder.pixels.dtype == np.uint8
    np.testing.assert_array_equal(folder.pixels, [drawn(i) for i in range(4)])
    assert folder.labels.tolist() == ["bag", "bag", "shoe", "shoe"]
    assert [path.as_posix() for path in folder.paths] == ["bag/a.png", "bag/b.png", "shoe/a.png", "shoe/b.png"]
    assert (folder.counts, len(folder), folder.skipped, folder.remarks) == ({"bag": 2, "shoe": 2}, 4, (), ())


def test_images_in_color_and_in_folders_below_are_read(tmp_path):
    put(tmp_path, "a/deep/er/1.PNG", drawn(1, 9, 10, 3))
    put(tmp_path, "a/2.webp", drawn(2, 9, 10, 3), lossless=True)
    put(tmp_path, "b/3.jpg", np.full((9, 10, 3), 200, np.uint8))
    put(tmp_path, "b/4.JPEG", np.full((9, 10, 3), 100, np.uint8))
    folder = read_folder(tmp_path)
    assert folder.pixels.shape == (4, 9, 10, 3)
    assert [path.as_posix() for path in folder.paths] == ["a/2.webp", "a/deep/er/1.PNG", "b/3.jpg", "b/4.JPEG"]
    np.testing.assert_array_equal(folder.pixels[:2], [drawn(2, 9, 10, 3), drawn(1, 9, 10, 3)])
    np.testing.assert_allclose(folder.pixels[2:].mean(axis=(1, 2, 3)), [200, 100], atol=2)


def test_order_is_that_of_names_and_not_of_the_file_system(root, monkeypatch):
    expected = read_folder(root).paths
    scandir = os.scandir

    class Shuffled:
        def __init__(self, path):
            with scandir(path) as found:
                self.entries = list(found)
            random.Random(len(self.entries)).shuffle(self.entries)

        def __enter__(self):
            return iter(reversed(self.entries))

        def __exit__(self, *_):
            return None

    monkeypatch.setattr(os, "scandir", Shuffled)
    assert read_folder(root).paths == expected


@given(names=st.lists(st.text(st.characters(codec="utf-8"), max_size=9), max_size=6, unique=True))
@settings(deadline=None)
def test_any_name_is_a_safe_folder_or_refused(names, tmp_path_factory):
    root = tmp_path_factory.mktemp("names")
    kept = []
    for name in names:
        try:
            check_class_name(name)
            kept.append(name)
        except DataError:
            continue
    for name in kept:
        assert len(Path(name).parts) == 1
        assert name == name.strip(" ")
        assert not any(unicodedata.category(sign) == "Cc" for sign in name)
    folded = {unicodedata.normalize("NFC", name).casefold() for name in kept if not name.startswith(".")}
    seen = [name for name in kept if not name.startswith(".")]
    for i, name in enumerate(kept):
        for file in range(2):
            put(root, f"{name}/{file}.png", drawn(2 * i + file))
    if not seen:
        with pytest.raises(DataError):
            read_folder(root)
    elif len(folded) < len(seen):
        with pytest.raises(DataError, match="differ in case only"):
            read_folder(root)
    else:
        assert set(read_folder(root).counts) == set(seen)


@pytest.mark.parametrize(
    "name",
    [
        *("", " ", ".", "..", "...", "a/b", "..\\b", "C:", "a\0b", "a\nb", "a\tb", "\x1b[31m", "a\u202eb", "a\u2066b"),
        *("end.", "end ", " start", "CON", "nul.txt", "Lpt1", "a" * 201, "é" * 101, "\ud800", "a|b", "what?"),
    ],
)
def test_names_that_are_no_folder_everywhere_are_refused(name):
    with pytest.raises(DataError, match="becomes the name of a folder"):
        check_class_name(name)


@pytest.mark.parametrize(
    "name",
    ["ankle boot", "猫", "C++", "0", "a.b", "कुत्ता", "\u06a9\u062a\u0627\u0628\u200c\u0647\u0627", "console", "x" * 200],
)
def test_names_of_all_languages_are_taken(name):
    check_class_name(name)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such names")
def test_the_name_of_a_class_folder_is_checked_and_escaped(root):
    put(root, "a\x1b[31m\u202eb/1.png", drawn(9))
    with pytest.raises(DataError, match=r"Got 'a\\x1b\[31m\\u202eb'"):
        read_folder(root)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "I;16", "RGB", "RGBA", "CMYK", "YCbCr"])
def test_every_mode_is_gray_or_color_of_8_bits(tmp_path, mode):
    # Blocks of 8 x 8 pixels survive JPEG's compression.
    gray = np.kron(np.array([[0, 255], [128, 64]], np.uint8), np.ones((8, 8), np.uint8))
    if mode == "I;16":
        image = Image.fromarray(gray.astype(np.uint16) * 257)
    elif mode == "P":
        image = Image.fromarray(gray).convert("RGB").quantize(4)
    else:
        image = Image.fromarray(gray).convert(mode)
    (tmp_path / "a").mkdir()
    ending = "jpg" if mode in ("CMYK", "YCbCr") else "png"
    for i in range(2):
        image.save(tmp_path / "a" / f"{i}.{ending}")
    pixels = read_folder(tmp_path).pixels
    assert pixels.ndim == (4 if mode in ("RGB", "RGBA", "CMYK", "YCbCr") else 3)
    expected = np.where(gray > 127, 255, 0) if mode == "1" else gray
    got = pixels[0] if pixels.ndim == 3 else pixels[0].mean(axis=-1)
    if mode == "1":  # dithered, so only whole blocks are known
        got, expected = got[:8], expected[:8]
    np.testing.assert_allclose(got, expected, atol=3)


def test_transparent_parts_become_white_with_a_remark(tmp_path):
    pixels = np.zeros((SIDE, SIDE, 4), np.uint8)
    pixels[:4, :, 3] = 255
    pixels[4:8, :, 3] = 51  # a fifth of black over white
    put(tmp_path, "a/holes.png", pixels)
    put(tmp_path, "a/opaque.png", np.full((SIDE, SIDE, 4), 255, np.uint8))
    palette = Image.fromarray(np.repeat([[0, 1]], SIDE, axis=0).repeat(SIDE // 2, axis=1).astype(np.uint8), "P")
    palette.putpalette([255, 0, 0, 0, 0, 255])
    palette.save(tmp_path / "a" / "palette.png", transparency=0)
    folder = read_folder(tmp_path)
    np.testing.assert_array_equal(folder.pixels[0, [0, 4, 8], 0], [[0] * 3, [204] * 3, [255] * 3])
    np.testing.assert_array_equal(folder.pixels[2, 0, [0, -1]], [[255, 255, 255], [0, 0, 255]])
    assert remarks(folder, "Transparent parts of 2 images became white.")


def test_16_bits_are_scaled_and_told(tmp_path):
    deep = np.linspace(0, 65535, SIDE * SIDE).reshape(SIDE, SIDE).astype(np.uint16)
    put(tmp_path, "a/1.png", deep)
    put(tmp_path, "a/2.png", drawn(0))
    folder = read_folder(tmp_path)
    np.testing.assert_array_equal(folder.pixels[0], np.round(deep / 257).astype(np.uint8))
    assert remarks(folder, "1 image of 16 bits scaled to 8")
    assert not remarks(folder, "dark")
    put(tmp_path, "a/1.png", deep // 16)
    assert remarks(read_folder(tmp_path), "go up to 4,095 of 65,535, so that they became dark")


def test_colors_of_16_bits_are_told(tmp_path):
    # Pillow writes no such files, so this one is built by hand.
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    row = b"\0" + struct.pack(">HHH", 65535, 32896, 0) * 8
    head = struct.pack(">IIBBBBB", 8, 8, 16, 2, 0, 0, 0)
    data = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(row * 8)) + chunk(b"IEND", b"")
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "1.png").write_bytes(data)
    folder = read_folder(tmp_path)
    assert folder.pixels[0, 0, 0].tolist() == [255, 128, 0]
    assert remarks(folder, "1 image of 16 bits scaled to 8")


@pytest.mark.parametrize("orientation", range(1, 9))
def test_photographs_are_turned_as_their_exif_data_say(tmp_path, orientation):
    # A referee of its own: what each orientation does to an array, by the EXIF standard.
    upright = np.kron(drawn(3, 2, 3), np.ones((8, 8), np.uint8))
    stored = {
        1: upright,
        2: upright[:, ::-1],
        3: upright[::-1, ::-1],
        4: upright[::-1],
        5: upright.T,
        6: np.rot90(upright),
        7: upright[::-1, ::-1].T,
        8: np.rot90(upright, -1),
    }[orientation]
    exif = Image.Exif()
    exif[0x0112] = orientation
    put(tmp_path, "a/1.png", np.ascontiguousarray(stored), exif=exif)
    put(tmp_path, "a/2.png", drawn(4, 16, 24))
    folder = read_folder(tmp_path)
    np.testing.assert_array_equal(folder.pixels[0], upright)
    assert bool(remarks(folder, "1 image turned")) == (orientation > 1)


def test_damaged_exif_data_do_no_harm(root):
    put(root, "bag/a.png", drawn(0), exif=b"Exif\0\0XX damaged \xff\xff")
    np.testing.assert_array_equal(read_folder(root).pixels[0], drawn(0))


def test_gray_among_color_becomes_color_with_a_remark(root):
    put(root, "bag/c.png", drawn(7, channels=3))
    folder = read_folder(root)
    assert folder.pixels.shape == (5, SIDE, SIDE, 3)
    np.testing.assert_array_equal(folder.pixels[0], np.stack([drawn(0)] * 3, axis=-1))
    assert remarks(folder, "4 gray images ('bag/a.png', 'bag/b.png', 'shoe/a.png' and 1 more) among 5 images became")
    assert not remarks(folder, "color alone")


def test_a_class_that_alone_is_gray_is_told(root):
    for name in "ab":
        put(root, f"bag/{name}.png", drawn(ord(name), channels=3))
    assert remarks(read_folder(root), "Only the class 'shoe' is gray")


def test_mixed_sizes_are_refused_with_what_to_type(root):
    put(root, "shoe/large.png", drawn(9, 20, 30))
    with pytest.raises(
        DataError, match=r"Got 2 in .*photos': 12 x 12 \(4 images, such as 'bag/a.png'\), 30 x 20"
    ) as raised:
        read_folder(root)
    assert "Resize them (resize=(12, 12), --resize 12x12)" in str(raised.value)
    folder = read_folder(root, resize=(10, 8))
    assert folder.pixels.shape == (5, 10, 8)
    assert remarks(folder, "changed the proportions of 5 images, by a factor of 1.9 at most")
    assert read_folder(root, resize=16).pixels.shape == (5, 16, 16)


def test_resizing_keeps_what_the_picture_shows(tmp_path):
    picture = np.zeros((300, 400, 3), np.uint8)
    picture[:150, 200:] = (255, 128, 0)
    for ending, options in (("png", {}), ("jpg", {"quality": 95}), ("webp", {"lossless": True})):
        put(tmp_path, f"a/1.{ending}", picture, **options)
    folder = read_folder(tmp_path, resize=(8, 8))
    assert folder.pixels.shape == (3, 8, 8, 3)
    for pixels in folder.pixels.astype(int):
        np.testing.assert_allclose(pixels[:3, 5:].mean(axis=(0, 1)), [255, 128, 0], atol=8)
        np.testing.assert_allclose(pixels[5:].mean(axis=(0, 1)), [0, 0, 0], atol=8)


def test_too_large_and_too_small_images_are_refused_before_they_are_decoded(tmp_path, monkeypatch):
    put(tmp_path / "large", "a/1.png", drawn(0, 100, 90))
    put(tmp_path / "small", "a/1.png", drawn(0, 7, 9))
    monkeypatch.setattr(Image.Image, "convert", lambda *_: pytest.fail("decoded"))
    with pytest.raises(
        DataError, match=r"8 to 64 pixels.* have 90 x 100\. Resize them \(resize=\(32, 32\), --resize 32x32\)"
    ):
        read_folder(tmp_path / "large")
    monkeypatch.undo()
    with pytest.raises(DataError, match=r"8 to 64 pixels.* have 9 x 7\. Resize"):
        read_folder(tmp_path / "small")


@pytest.mark.parametrize("size", [7, 65, (8,), (8, 8, 3), "32", (8.0, 8.0), None.__class__])
def test_a_size_out_of_range_is_refused(root, size):
    with pytest.raises(ParameterError, match="'resize' must be a height and a width of 8 to 64"):
        read_folder(root, resize=size)


def animated(path, ending):
    frames = [Image.fromarray(drawn(i, channels=3)) for i in range(3)]
    frames[0].save(path.with_suffix(ending), save_all=True, append_images=frames[1:])
    with Image.open(path.with_suffix(ending)) as image:
        assert image.n_frames == 3


def cut(path):
    data = path.read_bytes()
    path.write_bytes(data[: len(data) * 2 // 3])


def bomb(path):
    Image.new("1", (20000, 10000)).save(path)


UNREADABLE = {
    "text": (lambda path: path.write_text("<html>Not found</html>"), "it is text"),
    "noise": (lambda path: path.write_bytes(bytes(range(200))), "it is no image"),
    "empty": (lambda path: path.write_bytes(b""), "it is an empty file"),
    "cut off": (cut, "it is cut off"),
    "head only": (lambda path: path.write_bytes(path.read_bytes()[:30]), "it is"),
    "GIF": (lambda path: Image.fromarray(drawn(0)).save(path, format="GIF"), "it is a GIF file, whatever"),
    "bomb": (bomb, "decompression bomb"),
    "folder": (lambda path: (path.unlink(), path.mkdir(), put(path, "x.gif", drawn(0))), "GIF file; convert it to PNG"),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_unreadable_files_are_named_and_skipped_only_on_request(root, name):
    spoil, words = UNREADABLE[name]
    spoil(root / "shoe" / "a.png")
    with pytest.raises(
        DataError, match=r"'shoe/a\.png.* cannot be read: .*skip_unreadable=True, --skip-unreadable"
    ) as raised:
        read_folder(root)
    assert words in str(raised.value)
    folder = read_folder(root, skip_unreadable=True)
    assert [path.as_posix() for path in folder.paths] == ["bag/a.png", "bag/b.png", "shoe/b.png"]
    ((path, reason),) = folder.skipped
    assert path.parts[:2] == ("shoe", "a.png")
    assert words in reason
    assert remarks(folder, "1 file ('shoe/a.png")


@pytest.mark.parametrize("ending", [".png", ".webp", ".gif"])
def test_animated_files_are_refused(root, ending):
    animated(root / "shoe" / "moving.png", ending)
    with pytest.raises(DataError, match=rf"'shoe/moving\{ending}' .*(animated \(3 pictures\)|GIF file)"):
        read_folder(root)
    assert len(read_folder(root, skip_unreadable=True)) == 4


def test_a_file_cut_at_any_place_is_read_or_named(tmp_path):
    for ending in ("png", "jpg", "webp"):
        path = put(tmp_path, f"a/1.{ending}", drawn(0, 16, 16))
        data = path.read_bytes()
        put(tmp_path, f"a/2.{ending}", drawn(1, 16, 16))
        for n in range(0, len(data), 7):
            path.write_bytes(data[:n])
            folder = read_folder(tmp_path, skip_unreadable=True)
            assert len(folder) + len(folder.skipped) == len(list((tmp_path / "a").iterdir()))
        path.write_bytes(data)


def test_files_that_may_not_be_opened_are_named(root, monkeypatch):
    # Whoever runs the tests as an administrator may open every file.
    opened = Image.open

    def refuse(file, **options):
        if file == root / "shoe" / "a.png":
            raise PermissionError(13, "Permission denied", str(file))
        return opened(file, **options)

    monkeypatch.setattr(Image, "open", refuse)
    with pytest.raises(DataError, match=r"'shoe/a\.png' in .* cannot be read: you may not open it"):
        read_folder(root)


def test_many_unreadable_files_are_told_in_one_line(root):
    for i in range(9):
        (root / "shoe" / f"x{i}.png").write_text("no image")
    with pytest.raises(DataError, match=r"Nor can 8 others \('shoe/x1.png', 'shoe/x2.png', 'shoe/x3.png' and 5 more\)"):
        read_folder(root)


def test_a_class_that_cannot_be_read_is_told(root):
    for name in "ab":
        (root / "shoe" / f"{name}.png").write_text("no image")
    folder = read_folder(root, skip_unreadable=True)
    assert folder.counts == {"bag": 2}
    assert remarks(folder, "No image of the class 'shoe' can be read")
    for name in "ab":
        (root / "bag" / f"{name}.png").write_text("no image")
    with pytest.raises(DataError, match=r"No image in .* can be read"):
        read_folder(root, skip_unreadable=True)


def test_what_cannot_be_learned_is_told(root):
    assert read_folder(root).obstacle is None
    put(root, "hat/1.png", drawn(9))
    folder = read_folder(root)
    assert remarks(folder, "The class 'hat' has 1 image; at least 2")
    with pytest.raises(DataError, match=r"Got 1 of 'hat'\. Add images"):
        folder.check_learnable()
    for label in ("hat", "bag"):
        shutil.rmtree(root / label)
    with pytest.raises(DataError, match="Two classes are needed"):
        read_folder(root).check_learnable()


def test_progress_is_shown_for_many_files_on_request(root, monkeypatch, capsys):
    read_folder(root, verbose=True)
    assert capsys.readouterr() == ("", "")
    monkeypatch.setattr("imbgan.image.folder._MANY", 4)
    expected = read_folder(root)
    assert capsys.readouterr() == ("", "")
    assert read_folder(root, verbose=True).paths == expected.paths
    assert "4/4" in capsys.readouterr().out


def test_litter_is_passed_over_and_other_files_are_told(root):
    for name in (".DS_Store", "Thumbs.db", "desktop.ini", "._a.png"):
        (root / name).write_text("x")
        (root / "bag" / name).write_text("x")
    put(root, ".git/a.png", drawn(0))
    put(root, "__MACOSX/bag/a.png", drawn(0))
    assert read_folder(root).remarks == ()
    (root / "labels.csv").write_text("x")
    (root / "bag" / "notes.txt").write_text("x")
    assert read_folder(root).remarks == ("2 other files ('labels.csv', 'bag/notes.txt') were left out.",)


def test_images_beside_the_class_folders_are_told(root):
    put(root, "cover.png", drawn(8))
    (root / "cover.gif").write_text("x")
    assert remarks(
        read_folder(root), "2 images beside the class folders ('cover.gif', 'cover.png') have no class and were"
    )


def test_empty_class_folders_are_told(root):
    (root / "hat").mkdir()
    (root / "tie" / "silk").mkdir(parents=True)
    assert remarks(read_folder(root), "2 class folders without images ('hat', 'tie') were left out.")


def test_folders_that_hold_no_classes_are_refused(tmp_path):
    with pytest.raises(DataError, match=r"photos' does not exist"):
        read_folder(tmp_path / "photos")
    (tmp_path / "photos").mkdir()
    with pytest.raises(DataError, match=r"does not exist. Did you mean 'photos'\?"):
        read_folder(tmp_path / "photo")
    with pytest.raises(DataError, match="is empty: put the images of each class into a folder"):
        read_folder(tmp_path / "photos")
    (tmp_path / "photos" / "notes.txt").write_text("x")
    with pytest.raises(DataError, match="holds no folders of classes"):
        read_folder(tmp_path / "photos")
    put(tmp_path, "photos/1.png", drawn(0))
    with pytest.raises(DataError, match="holds images, but no folders of classes"):
        read_folder(tmp_path / "photos")
    with pytest.raises(DataError, match=r"is no folder\. Name one"):
        read_folder(tmp_path / "photos" / "1.png")
    (tmp_path / "photos" / "a").mkdir()
    with pytest.raises(DataError, match=r"class folders of .* \('a'\) hold no images"):
        read_folder(tmp_path / "photos")
    with pytest.raises(DataError, match="does not exist"):
        read_folder("a\0b")


def test_parts_of_a_data_set_are_no_classes(tmp_path):
    for part in ("test", "train"):
        put(tmp_path, f"{part}/bag/1.png", drawn(0))
    with pytest.raises(DataError, match=r"parts of a data set \('test', 'train'\), not classes. Name one of them"):
        read_folder(tmp_path)


@pytest.mark.skipif(os.path.normcase("A") == "a" or sys.platform == "darwin", reason="one folder on this system")
@pytest.mark.parametrize(
    "pair", [("Bag", "bag"), (unicodedata.normalize("NFC", "é"), unicodedata.normalize("NFD", "é"))]
)
def test_names_that_are_one_folder_elsewhere_are_refused(tmp_path, pair):
    for i, name in enumerate(pair):
        put(tmp_path, f"{name}/1.png", drawn(i))
    with pytest.raises(DataError, match="differ in case only"):
        read_folder(tmp_path)


def test_the_same_image_in_two_classes_is_a_warning_that_names_both(root):
    put(root, "shoe/copy.webp", drawn(0), lossless=True)
    with pytest.warns(DuplicateImageWarning, match=r"'bag/a\.png' and 'shoe/copy\.webp'\. One of the labels") as caught:
        read_folder(root)
    assert caught[0].filename == __file__


def test_duplicates_within_a_class_are_a_remark(root):
    put(root, "bag/c.png", drawn(0))
    assert remarks(
        read_folder(root), "1 image equal to an earlier one of the same class, such as in 'bag/a.png', 'bag/c.png'."
    )


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_links_that_lead_out_are_refused(root, tmp_path):
    outside = put(tmp_path, "outside/1.png", drawn(9))
    link = root / "shoe" / "link.png"
    link.symlink_to(outside)
    for skip in (False, True):
        with pytest.raises(DataError, match=r"'shoe/link\.png' is a link that leads out of the folder"):
            read_folder(root, skip_unreadable=skip)
    link.unlink()
    (root / "hat").symlink_to(outside.parent)
    with pytest.raises(DataError, match=r"'hat' is a link that leads out of the folder"):
        read_folder(root)
    (root / "hat").unlink()
    (root / "shoe" / "loop").symlink_to(root)
    with pytest.raises(DataError, match=r"'shoe/loop' is a link that leads to another folder"):
        read_folder(root)
    (root / "shoe" / "loop").unlink()
    (root / "shoe" / "broken.png").symlink_to(root / "nowhere.png")
    with pytest.raises(DataError, match=r"'shoe/broken\.png' .* it is a link to nothing"):
        read_folder(root)
    (tmp_path / "alias").symlink_to(root)
    assert len(read_folder(tmp_path / "alias", skip_unreadable=True)) == 4


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_pipes_are_not_opened(root):
    os.mkfifo(root / "shoe" / "pipe.png")
    with pytest.raises(DataError, match=r"'shoe/pipe\.png' .* it is no file"):
        read_folder(root)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse such names")
def test_file_names_that_are_no_text_are_refused(root):
    os.rename(os.fsencode(root / "shoe" / "a.png"), os.fsencode(root / "shoe") + b"/\xff.png")
    with pytest.raises(DataError, match="its name is not UTF-8"):
        read_folder(root)


def test_messages_hold_no_control_characters(root):
    if sys.platform == "win32":
        pytest.skip("Windows has no such names")
    (root / "shoe" / "a\x1b[31m\u202e.png").write_text("x")
    (root / "shoe" / "b\x1b[31m\u202e.txt").write_text("x")
    with pytest.raises(DataError) as raised:
        read_folder(root)
    folder = read_folder(root, skip_unreadable=True)
    for text in (str(raised.value), *folder.remarks):
        assert re.search("[\x00-\x1f\u202e]", text) is None


def test_without_pillow_the_command_that_installs_it_is_named(root, monkeypatch):
    monkeypatch.setitem(sys.modules, "PIL.Image", None)
    with pytest.raises(ImportError, match=r"pip install 'imbgan\[images\]'"):
        read_folder(root)
