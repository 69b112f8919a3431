"""Folders of images: one folder per class, which holds PNG, JPEG or WebP files."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from numbers import Integral
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from imbgan._progress import make_progress
from imbgan.exceptions import DataError, ParameterError
from imbgan.image.arrays import MAX_SIDE, MIN_SIDE
from imbgan.image.decoding import UnusableImageError, decode, decoding
from imbgan.image.listing import Listing, list_images
from imbgan.image.names import count, few, place_in_order
from imbgan.image.remarks import FolderImage, Size, remarks_on, warn_of_contradictions

#: From this number of files on, progress can be shown.
_MANY = 1000


class Skipped(NamedTuple):
    """A file that was left out, and why."""

    path: Path
    reason: str


@dataclass(frozen=True)
class ImageFolder:
    """The images of a folder, in order of class and path.

    Attributes
    ----------
    pixels : ndarray of shape (n, height, width) or (n, height, width, 3), uint8
        Gray images, or images in color (red, green, blue).
    labels : ndarray of shape (n,), str
        The class of each image: the name of its class folder.
    paths : tuple of Path
        Its file, relative to the folder.
    skipped : tuple of Skipped
        Files that could not be read, and why; only with ``skip_unreadable``.
    remarks : tuple of str
        What was changed or left out, and what may be wrong, as sentences.
    is_resized : bool
        Whether files have other sizes than ``pixels``.
    """

    pixels: NDArray[np.uint8]
    labels: NDArray[np.str_]
    paths: tuple[Path, ...]
    skipped: tuple[Skipped, ...]
    remarks: tuple[str, ...]
    is_resized: bool = False

    def __len__(self) -> int:
        return len(self.paths)

    @property
    def counts(self) -> dict[str, int]:
        """Number of images of each class, in order."""
        return dict(Counter(self.labels.tolist()))

    @property
    def obstacle(self) -> str | None:
        """Why nothing can be learned: there are not two classes, or not two images of each. None if all is well."""
        if len(self.counts) == 1:
            return f"Two classes are needed, each in a folder of its own. Got {few(list(self.counts))} alone."
        single = [label for label, n in self.counts.items() if n == 1]
        if not single:
            return None
        names = few(single)
        return f"At least 2 images are needed to learn a class. Got 1 of {names}. Add images, or move its folder away."

    def check_learnable(self) -> None:
        """Raise DataError if there is an :attr:`obstacle`."""
        if self.obstacle is not None:
            raise DataError(self.obstacle)


def read_folder(
    path: str | Path, *, resize: int | Size | None = None, skip_unreadable: bool = False, verbose: bool = False
) -> ImageFolder:
    """Read a folder that holds one folder of images per class.

    Files are ``path/<class>/*.png``, ``.jpg``, ``.jpeg`` and ``.webp``, also in folders below that of the class. They
    are sorted by class and path, whatever the order of the file system. One file is decoded at a time.

    Gray images stay gray, unless there are images in color as well. Transparent parts become white, images of 16 bits
    are scaled to 8 (their values are divided by 257), photographs are turned as their EXIF data say, and ``remarks``
    tell how many. Hidden files are passed over.

    Parameters
    ----------
    path : str or Path
    resize : int or (int, int), default=None
        Height and width to which all images are resized, 8 to 64; one number stands for both. By default, all images
        must have one size. Sides are resized independently; a remark tells if this changes proportions.
    skip_unreadable : bool, default=False
        Whether files that are damaged, cut off, animated, too large or of another format are left out instead of
        causing an error.
    verbose : bool, default=False
        Whether a progress line is shown while many files are read.

    Returns
    -------
    ImageFolder

    Raises
    ------
    DataError
        If the folder does not exist or has no class folders with images, if a file cannot be read, if images have
        several sizes or one that cannot be learned, if a link leads out of the folder, or if the name of a class cannot
        be that of a folder on all systems.
    ParameterError
        If ``resize`` is out of range.
    ImportError
        If Pillow is not installed: ``pip install 'imbgan[images]'``.

    Warns
    -----
    DuplicateImageWarning
        If the same image stands in two classes.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> import numpy as np
    >>> from PIL import Image
    >>> root = Path(tempfile.mkdtemp())
    >>> for label, value in (("night", 10), ("night", 20), ("day", 200)):
    ...     (root / label).mkdir(exist_ok=True)
    ...     Image.fromarray(np.full((8, 8), value, np.uint8)).save(root / label / f"{value}.png")
    >>> folder = read_folder(root)
    >>> folder.pixels.shape, folder.counts, folder.paths[0].as_posix()
    ((3, 8, 8), {'day': 1, 'night': 2}, 'day/200.png')
    """
    wanted = _check_size(resize)
    root = Path(path)
    listing = list_images(root)
    images, skipped = _decode_all(root, listing, wanted, verbose)
    if skipped and not skip_unreadable:
        raise DataError(_why_unreadable(root, skipped))
    if not images:
        raise DataError(f"No image in {str(root)!r} can be read; of the first one: {skipped[0].reason}.")
    _check_sizes(root, images, wanted)
    warn_of_contradictions(images, stacklevel=2)
    return ImageFolder(
        _stacked([image.found.pixels for image in images]),
        np.array([image.label for image in images], dtype=np.str_),
        tuple(image.path for image in images),
        tuple(skipped),
        (*listing.remarks, *_on_skipped(images, skipped), *remarks_on(images, wanted)),
        wanted is not None and any(image.found.size != wanted for image in images),
    )


def _check_size(size: int | Size | None) -> Size | None:
    if size is None:
        return None
    sides = size if isinstance(size, tuple | list) else (size, size)
    is_pair = len(sides) == 2 and all(isinstance(side, Integral) for side in sides)
    if not is_pair or not all(MIN_SIDE <= side <= MAX_SIDE for side in sides):
        raise ParameterError(
            f"'resize' must be a height and a width of {MIN_SIDE} to {MAX_SIDE} pixels, such as (32, 32). Got {size!r}."
        )
    return int(sides[0]), int(sides[1])


def _decode_all(
    root: Path, listing: Listing, size: Size | None, verbose: bool
) -> tuple[list[FolderImage], list[Skipped]]:
    """Decode all files, one at a time; images that are too large to be learned are not kept."""
    images: list[FolderImage] = []
    skipped = [Skipped(*each) for each in listing.unusable]
    with decoding():
        for path, label in _shown(listing.images, verbose and len(listing.images) >= _MANY):
            try:
                images.append(FolderImage(path, label, decode(root / path, size)))
            except UnusableImageError as error:
                skipped.append(Skipped(path, str(error)))
    return images, sorted(skipped, key=lambda each: [place_in_order(part) for part in each.path.parts])


def _shown(files: Sequence[tuple[Path, str]], is_shown: bool) -> Iterator[tuple[Path, str]]:
    """Yield the files, and show how many have been read."""
    if not is_shown:
        yield from files
        return
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with make_progress(*columns) as progress:
        task = progress.add_task("Reading images", total=len(files))
        for file in files:
            yield file
            progress.advance(task)


def _why_unreadable(root: Path, skipped: Sequence[Skipped]) -> str:
    first, *rest = skipped
    others = f" Nor can {count(len(rest), 'other')} ({few([each.path for each in rest])})." if rest else ""
    return (
        f"{first.path.as_posix()!r} in {str(root)!r} cannot be read: {first.reason}.{others} Repair or remove such "
        "files, or leave them out (skip_unreadable=True, --skip-unreadable)."
    )


def _on_skipped(images: Sequence[FolderImage], skipped: Sequence[Skipped]) -> Iterator[str]:
    """Yield what was left out because it cannot be read."""
    if not skipped:
        return
    were = "was" if len(skipped) == 1 else "were"
    names = few([each.path for each in skipped])
    yield f"{count(len(skipped), 'file')} ({names}) cannot be read and {were} left out."
    lost = {each.path.parts[0] for each in skipped}
    for label in sorted(lost - {image.label for image in images}):
        yield f"No image of the class {label!r} can be read; the class was left out."


def _check_sizes(root: Path, images: Sequence[FolderImage], wanted: Size | None) -> None:
    if wanted is not None:
        return
    sizes = Counter(image.found.size for image in images)
    (height, width), _ = sizes.most_common(1)[0]
    fits = all(MIN_SIDE <= side <= MAX_SIDE for side in (height, width))
    target = (height, width) if fits else (32, 32)
    advice = f"Resize them (resize={target}, --resize {target[1]}x{target[0]})"
    if len(sizes) > 1:
        firsts = {image.found.size: image.path for image in reversed(images)}
        shown = [f"{w} x {h} ({count(n)}, such as {few([firsts[h, w]])})" for (h, w), n in sizes.most_common(3)]
        more = f" and {len(sizes) - 3:,} further sizes" if len(sizes) > 3 else ""
        raise DataError(
            f"Images must have one size. Got {len(sizes):,} in {str(root)!r}: {', '.join(shown)}{more}. {advice}."
        )
    if not fits:
        raise DataError(
            f"Images must have {MIN_SIDE} to {MAX_SIDE} pixels along each side. Those in {str(root)!r} have {width} x "
            f"{height}. {advice}."
        )


def _stacked(pixels: Sequence[NDArray[np.uint8]]) -> NDArray[np.uint8]:
    """Return one array: of gray images, or in color if one image is."""
    is_color = any(each.ndim == 3 for each in pixels)
    height, width = pixels[0].shape[:2]
    stack = np.empty((len(pixels), height, width, *([3] if is_color else [])), np.uint8)
    for place, each in zip(stack, pixels, strict=True):
        place[:] = each[..., None] if is_color and each.ndim == 2 else each
    return stack
