"""What the user of a folder of images should know before training: what was changed, and what may be wrong."""

import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from imbgan.exceptions import DuplicateImageWarning
from imbgan.image.decoding import Decoded
from imbgan.image.names import count, few

Size = tuple[int, int]
#: Of 16-bit images, the largest value from which on they are not called dark.
_DARK = 8192
#: Sides that are stretched by more than this are told.
_STRETCHED = 1.1


class FolderImage(NamedTuple):
    """The content of a file, its path relative to the folder, and its class."""

    path: Path
    label: str
    found: Decoded


def remarks_on(images: Sequence[FolderImage], wanted: Size | None) -> Iterator[str]:
    """Yield what was changed, and what a classifier could take for the label."""
    grays = [image for image in images if image.found.pixels.ndim == 2]
    if 0 < len(grays) < len(images):
        yield (
            f"{count(len(grays), 'gray image')} ({few([each.path for each in grays])}) among {count(len(images))} "
            f"became {'an image' if len(grays) == 1 else 'images'} in color."
        )
        for label in dict.fromkeys(image.label for image in grays):
            own = [image.found.pixels.ndim for image in images if image.label == label]
            if len(own) > 1 and 3 not in own and len(own) == len(grays):
                yield f"Only the class {label!r} is gray, and all of it: color alone tells it from others."
    turned = sum(image.found.is_turned for image in images)
    if turned:
        yield f"{count(turned)} turned as the EXIF data say."
    holes = sum(image.found.is_transparent for image in images)
    if holes:
        yield f"Transparent parts of {count(holes)} became white."
    deep = [image.found.largest for image in images if image.found.largest is not None]
    if deep:
        yield f"{count(len(deep))} of 16 bits scaled to 8: values were divided by 257."
        if max(deep) < _DARK:
            yield f"Values of 16-bit images go up to {max(deep):,} of 65,535, so that they became dark. Rescale them."
    if wanted is not None:
        ratios = [_stretch(image.found.size, wanted) for image in images]
        n_stretched = sum(ratio > _STRETCHED for ratio in ratios)
        if n_stretched:
            yield f"Resizing changed the proportions of {count(n_stretched)}, by a factor of {max(ratios):.2g} at most."
    for label, n in Counter(image.label for image in images).items():
        if n == 1:
            yield f"The class {label!r} has 1 image; at least 2 are needed to learn a class."
    yield from _on_twins(images)


def _stretch(size: Size, wanted: Size) -> float:
    ratio = (size[0] / size[1]) / (wanted[0] / wanted[1])
    return max(ratio, 1.0 / ratio)


def _twins(images: Sequence[FolderImage]) -> list[list[FolderImage]]:
    """Return groups of images with equal pixels."""
    groups: dict[bytes, list[FolderImage]] = {}
    for image in images:
        groups.setdefault(image.found.digest, []).append(image)
    return [group for group in groups.values() if len(group) > 1]


def warn_of_contradictions(images: Sequence[FolderImage], stacklevel: int) -> None:
    """Warn of images that stand in two classes."""
    twins = _twins(images)
    contrary = [group for group in twins if len({image.label for image in group}) > 1]
    if contrary:
        first = contrary[0]
        other = next(image for image in first if image.label != first[0].label)
        more = f" The same holds of {count(len(contrary) - 1, 'other image')}." if len(contrary) > 1 else ""
        warnings.warn(
            f"The same image stands in two classes: {first[0].path.as_posix()!r} and {other.path.as_posix()!r}.{more} "
            "One of the labels is wrong; remove one of the files.",
            DuplicateImageWarning,
            stacklevel=stacklevel + 1,
        )


def _on_twins(images: Sequence[FolderImage]) -> Iterator[str]:
    """Yield a remark on images that are equal and have one class."""
    twins = _twins(images)
    n_copies = sum(len(group) - len({image.label for image in group}) for group in twins)
    if n_copies:
        group = next(group for group in twins if len(group) > len({image.label for image in group}))
        yield (
            f"{count(n_copies)} equal to an earlier one of the same class, such as in "
            f"{few([image.path for image in group])}."
        )
