"""The files of a folder of images, class by class, before any of them is opened."""

import os
from dataclasses import dataclass, field
from pathlib import Path

from imbgan._text import did_you_mean
from imbgan.exceptions import DataError
from imbgan.image.manifest import MANIFEST, read_kinds
from imbgan.image.names import (
    ENDINGS,
    OTHER_ENDINGS,
    check_class_name,
    count,
    few,
    is_passed_over,
    place_in_order,
)

#: Names of folders that hold parts of a data set, not classes.
_PARTS = {"dev", "eval", "test", "testing", "train", "training", "val", "valid", "validation"}


@dataclass
class Listing:
    """What a folder holds.

    Attributes
    ----------
    images : list of (Path, str)
        Path of each file relative to the folder, and its class, in order.
    unusable : list of (Path, str)
        Files that look like images and cannot be opened as such, and why.
    remarks : list of str
        What was left out, for the user.
    """

    images: list[tuple[Path, str]] = field(default_factory=list)
    unusable: list[tuple[Path, str]] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


def is_image_folder(path: str | Path) -> bool:
    """Return whether a path is a folder that holds images, also in folders below it, or that is empty.

    Examples
    --------
    >>> is_image_folder("train.csv")
    False
    """
    try:
        if not Path(path).is_dir():
            return False
    except (OSError, ValueError):
        return False
    is_empty = True
    for _, folders, files in os.walk(path):  # folders that cannot be read are passed over
        folders[:] = [name for name in folders if not is_passed_over(name)]
        seen = [name.lower() for name in files if not is_passed_over(name)]
        if any(name.endswith((*ENDINGS, *OTHER_ENDINGS)) for name in seen):
            return True
        is_empty &= not seen
    return is_empty


def list_images(path: str | Path) -> Listing:
    """List the images of the class folders of ``path``, sorted by class and path.

    Raises
    ------
    DataError
        If there is no such folder, if it has no class folders with images, if the name of a class cannot be that of a
        folder everywhere, or if a link leads out of the folder.
    """
    root = _existing(Path(path))
    listing = Listing()
    inside = _entries(root, root)
    classes = [entry.name for entry in inside if entry.is_dir()]
    _check_classes(root, classes, inside)
    empty: list[str] = []
    others: list[Path] = []
    for name in classes:
        before = len(listing.images) + len(listing.unusable)
        for file in _files_below(root, root / name):
            _sort_in(root, file, name, listing, others)
        if before == len(listing.images) + len(listing.unusable):
            empty.append(name)
    if not listing.images and not listing.unusable:
        raise DataError(f"The class folders of {str(root)!r} ({few(classes)}) hold no images: {_advice()}.")
    _remark(root, listing, [Path(entry.name) for entry in inside if not entry.is_dir()], empty, others)
    return listing


def _existing(root: Path) -> Path:
    source = repr(str(root))
    try:
        if not os.path.lexists(root):
            names = [entry.name for entry in root.parent.iterdir()] if root.parent.is_dir() else []
            raise DataError(f"{source} does not exist.{did_you_mean(root.name, names) or ' Check the path.'}")
        if not root.is_dir():
            raise DataError(f"{source} is no folder. Name one that holds a folder of images per class.")
        return root
    except (OSError, ValueError) as error:
        if isinstance(error, DataError):
            raise
        raise DataError(f"{source} cannot be read: {getattr(error, 'strerror', None) or error}.") from error


def _entries(root: Path, folder: Path) -> list[os.DirEntry[str]]:
    """Return what a folder holds, in order, but for what is passed over; raise for links out of ``root``."""
    try:
        with os.scandir(folder) as found:
            entries = [entry for entry in found if not is_passed_over(entry.name)]
    except OSError as error:
        raise DataError(f"{str(folder)!r} cannot be read: {error.strerror or error}.") from error
    entries.sort(key=lambda entry: place_in_order(entry.name))
    for entry in entries:
        if entry.is_symlink():
            target = Path(os.path.realpath(entry.path))
            leads_out = not target.is_relative_to(os.path.realpath(root))
            if leads_out or target.is_dir():
                where = "out of the folder" if leads_out else "to another folder"
                raise DataError(
                    f"{str(Path(entry.path).relative_to(root))!r} is a link that leads {where}. Put the files "
                    f"themselves there, such as by: cp -rL {root.name} copy"
                )
    return entries


def _files_below(root: Path, folder: Path) -> list[os.DirEntry[str]]:
    """Return all files below a folder, sorted by path."""
    files: list[os.DirEntry[str]] = []
    for entry in _entries(root, folder):
        if entry.is_dir(follow_symlinks=False):
            files += _files_below(root, Path(entry.path))
        else:
            files.append(entry)
    return files


def _check_classes(root: Path, classes: list[str], inside: list[os.DirEntry[str]]) -> None:
    source = repr(str(root))
    if not inside:
        raise DataError(f"{source} is empty: {_advice()}.")
    if not classes:
        lies = any(entry.name.lower().endswith(ENDINGS) for entry in inside)
        what = "holds images, but no folders of classes" if lies else "holds no folders of classes"
        raise DataError(f"{source} {what}: {_advice()}.")
    for name in classes:
        check_class_name(name)
    if len(classes) > 1 and {name.casefold() for name in classes} <= _PARTS:
        raise DataError(
            f"The folders of {source} are parts of a data set ({few(classes)}), not classes. Name one of them, such as "
            f"{str(root / classes[0])!r}."
        )
    texts = [place_in_order(name)[0].casefold() for name in classes]
    for i, text in enumerate(texts):
        if text in texts[:i]:
            pair = few([classes[texts.index(text)], classes[i]])
            raise DataError(
                f"The names of the class folders {pair} in {source} differ in case only, or in how accents are stored. "
                "Some systems take them for one folder; rename one of them, or put their images together."
            )


def _sort_in(root: Path, file: os.DirEntry[str], label: str, listing: Listing, others: list[Path]) -> None:
    """Put a file where it belongs: images, unusable ones, others."""
    path = Path(file.path).relative_to(root)
    ending = path.suffix.lower()
    if ending in OTHER_ENDINGS:
        listing.unusable.append((path, f"it is a {ending[1:].upper()} file; convert it to PNG"))
    elif ending not in ENDINGS:
        others.append(path)
    elif not file.is_file():  # opening a pipe would wait for ever
        listing.unusable.append((path, "it is a link to nothing" if file.is_symlink() else "it is no file"))
    elif any("\ud800" <= sign <= "\udfff" for sign in str(path)):
        listing.unusable.append((path, "its name is not UTF-8; rename it"))
    else:
        listing.images.append((path, label))


def _remark(root: Path, listing: Listing, beside: list[Path], empty: list[str], others: list[Path]) -> None:
    """Tell what was left out."""
    kinds = read_kinds(root)
    if kinds is not None:
        beside = [path for path in beside if path.name != MANIFEST]
        listing.remarks.append(
            f"{MANIFEST} tells of {count(kinds['generated'], 'generated image')} and "
            f"{count(kinds['augmented'], 'changed copy', 'changed copies')} here. Learn from "
            "real images alone, and test on them alone."
        )
    lost = [path for path in beside if path.suffix.lower() in (*ENDINGS, *OTHER_ENDINGS)]
    others = [*(path for path in beside if path not in lost), *others]
    if lost:
        listing.remarks.append(
            f"{count(len(lost))} beside the class folders ({few(lost)}) "
            f"{'has' if len(lost) == 1 else 'have'} no class and {_were(lost)} left out."
        )
    if empty:
        listing.remarks.append(
            f"{count(len(empty), 'class folder')} without images ({few(empty)}) {_were(empty)} left out."
        )
    if others:
        listing.remarks.append(f"{count(len(others), 'other file')} ({few(others)}) {_were(others)} left out.")


def _were(items: list[Path] | list[str]) -> str:
    return "was" if len(items) == 1 else "were"


def _advice() -> str:
    kinds = ", ".join(ending[1:].upper() for ending in ENDINGS if ending != ".jpg")
    return f"put the images of each class into a folder of its own, which is named like the class ({kinds})"
