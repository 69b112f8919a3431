"""One image file: its pixels in 8 bits, gray or color, and what was changed to get them."""

import hashlib
import warnings
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from imbgan._optional import import_optional
from imbgan._text import one_line
from imbgan.image.arrays import MAX_SIDE

if TYPE_CHECKING:
    from PIL.Image import Image

#: Formats that are decoded, by Pillow's names; MPO is what some cameras call a JPEG file.
FORMATS = ("PNG", "JPEG", "WEBP")
#: Modes of one channel, without and with transparency.
_GRAY = {"1", "L", "LA", "La"}
#: Modes of one channel of 16 bits, which some versions of Pillow store in 32.
_DEEP = {"I", "I;16", "I;16L", "I;16B", "I;16N"}
_DEEP_BITS, _DEEP_MAX = 16, 65535
#: The number of the field of EXIF that says how the camera was held, and the first value that exchanges the sides.
_ORIENTATION, _FIRST_SIDEWAYS = 0x0112, 5
#: A JPEG file may be decoded at a lower resolution that is still this many times the wanted size.
_SPARE = 3
_REASON = 120


class UnusableImageError(Exception):
    """A file that holds no image that can be learned from; the text is the reason, and is the middle of a sentence."""


@dataclass(frozen=True)
class Decoded:
    """The content of a file.

    Attributes
    ----------
    pixels : ndarray of shape (height, width) or (height, width, 3), uint8
        After resizing. There are none if the image is too large and is not resized: it is not decoded.
    size : (int, int)
        Height and width before resizing.
    digest : bytes
        Of the pixels before resizing: equal images have equal ones.
    is_turned, is_transparent : bool
        Whether it was turned as its EXIF data say, and whether transparent parts became white.
    largest : int or None
        The largest value if the file holds 16 bits per value, None if it holds 8.
    """

    pixels: NDArray[np.uint8]
    size: tuple[int, int]
    digest: bytes
    is_turned: bool
    is_transparent: bool
    largest: int | None


@contextmanager
def decoding() -> Generator[None]:
    """Turn Pillow's warning of a file that is too large into an error while images are decoded."""
    pillow = pillow_image()
    with warnings.catch_warnings():
        # Others are of no use to the caller, who did not write the file: damaged EXIF data, odd palettes.
        warnings.simplefilter("ignore")
        warnings.simplefilter("error", pillow.DecompressionBombWarning)
        yield


def decode(file: Path, size: tuple[int, int] | None) -> Decoded:
    """Read an image file, and resize it to ``size`` (height, width); call it within :func:`decoding`.

    Raises
    ------
    UnusableImageError
        If the file is damaged, cut off, animated or of another format.
    """
    pillow = pillow_image()
    try:
        with pillow.open(file, formats=FORMATS) as image:
            return _decode(image, file, size)
    except (UnusableImageError, MemoryError, ImportError):
        raise
    except (pillow.DecompressionBombError, pillow.DecompressionBombWarning) as error:
        raise UnusableImageError(
            f"it has more than {pillow.MAX_IMAGE_PIXELS:,} pixels, which Pillow refuses as a decompression bomb; "
            "shrink it first"
        ) from error
    except pillow.UnidentifiedImageError as error:
        raise UnusableImageError(_what(file)) from error
    except PermissionError as error:
        raise UnusableImageError("you may not open it") from error
    except Exception as error:  # decoders raise errors of many types for damaged files
        text = one_line(error)
        reason = "it is cut off" if "truncated" in text.lower() else f"it is damaged ({text[:_REASON]})"
        raise UnusableImageError(reason) from error


def pillow_image() -> Any:  # noqa: ANN401 - a module
    """Return the module ``PIL.Image``; ImportError tells how to install it."""
    return import_optional("PIL.Image", extra="images")


def _decode(image: "Image", file: Path, size: tuple[int, int] | None) -> Decoded:
    # A photograph of some cameras has a second picture behind the first one, which is no animation.
    n_frames = getattr(image, "n_frames", 1) if image.format != "MPO" else 1
    if n_frames > 1:
        raise UnusableImageError(f"it is animated ({n_frames} pictures); save one of them as PNG")
    orientation = _orientation(image)
    width, height = image.size if orientation < _FIRST_SIDEWAYS else image.size[::-1]
    if size is None and max(width, height) > MAX_SIDE:
        return Decoded(np.empty((0, 0), np.uint8), (height, width), b"", False, False, None)
    if size is not None:
        least = _SPARE * max(size)
        image.draft(None, (least, least))  # the decoder of JPEG shrinks while it reads
    turned = image
    if orientation > 1:
        turned = import_optional("PIL.ImageOps", extra="images").exif_transpose(image)
    is_deep = turned.mode in _DEEP
    is_transparent = turned.has_transparency_data and not is_deep and _has_holes(turned)
    pixels, largest = _deep_pixels(turned) if is_deep else (_pixels(turned, is_transparent), None)
    if not is_deep and _png_depth(file) == _DEEP_BITS:  # Pillow decodes colors of 16 bits into 8
        largest = _DEEP_MAX
    return Decoded(_resized(pixels, size), (height, width), _digest(pixels), orientation > 1, is_transparent, largest)


def _orientation(image: "Image") -> int:
    """Return how the camera was held, from 1 (upright) to 8; damaged data about it say nothing."""
    try:
        found = image.getexif().get(_ORIENTATION, 1)
    except Exception:  # of many types
        return 1
    return found if isinstance(found, int) and 1 <= found <= 8 else 1


def _has_holes(image: "Image") -> bool:
    return image.convert("RGBA").getchannel("A").getextrema() != (255, 255)


def _pixels(image: "Image", is_transparent: bool) -> NDArray[np.uint8]:
    """Return opaque pixels of 8 bits, gray if the picture is."""
    opaque: Image = image
    if is_transparent:
        pillow = pillow_image()
        over = image.convert("RGBA")
        opaque = pillow.alpha_composite(pillow.new("RGBA", over.size, "white"), over)
    if image.mode in _GRAY:
        return np.asarray(opaque.convert("L"))
    color = np.asarray(opaque.convert("RGB"))
    has_gray_palette = image.mode == "P" and bool((color == color[..., :1]).all())
    return np.ascontiguousarray(color[..., 0]) if has_gray_palette else color


def _deep_pixels(image: "Image") -> tuple[NDArray[np.uint8], int]:
    """Return pixels of 16 bits in 8, and their largest value."""
    values = np.clip(np.asarray(image), 0, _DEEP_MAX).astype(np.int64)
    return ((values + 128) // 257).astype(np.uint8), int(values.max())


def _digest(pixels: NDArray[np.uint8]) -> bytes:
    """Return a hash of what an image shows: gray images can also be stored in color, as WebP always does."""
    is_gray = pixels.ndim == 2 or bool((pixels == pixels[..., :1]).all())
    shown = pixels[..., 0] if pixels.ndim == 3 and is_gray else pixels
    return hashlib.blake2b(f"{shown.shape}".encode() + shown.tobytes(), digest_size=16).digest()


def _png_depth(file: Path) -> int:
    """Return the bits per value of a PNG file; 0 for other files. Pillow decodes colors of 16 bits into 8."""
    with file.open("rb") as opened:
        head = opened.read(25)
    return head[24] if len(head) == 25 and head.startswith(b"\x89PNG\r\n\x1a\n") else 0


def _resized(pixels: NDArray[np.uint8], size: tuple[int, int] | None) -> NDArray[np.uint8]:
    if size is None or pixels.shape[:2] == size:
        return pixels
    pillow = pillow_image()
    image = pillow.fromarray(pixels).resize(size[::-1], pillow.Resampling.LANCZOS, reducing_gap=3.0)
    return np.asarray(image)


def _what(file: Path) -> str:
    """Say why no decoder takes a file."""
    with file.open("rb") as opened:
        head = opened.read(12)
    known = {
        b"GIF8": "a GIF file",
        b"BM": "a BMP file",
        b"II*\0": "a TIFF file",
        b"MM\0*": "a TIFF file",
        b"<": "text",
        b"version https": "a pointer of Git LFS; run git lfs pull",
    }
    if not head:
        return "it is an empty file"
    found = next((what for start, what in known.items() if head.startswith(start)), None)
    if found is None and head[4:8] == b"ftyp":
        found = "a HEIC or AVIF file"
    return f"it is {found or 'no image'}, whatever its name says"
