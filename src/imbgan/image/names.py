"""Names of folders and files from outside: what is refused, what is passed over, and how messages list them."""

import unicodedata
from collections.abc import Sequence
from pathlib import PurePath

from imbgan._text import quoted, writable
from imbgan.exceptions import DataError
from imbgan.image.manifest import MANIFEST

#: Kinds of images that are read.
ENDINGS = (".png", ".jpg", ".jpeg", ".webp")
#: Endings of images that are not read, so that none of them is lost without a word.
OTHER_ENDINGS = (".avif", ".bmp", ".gif", ".heic", ".heif", ".jp2", ".jxl", ".svg", ".tif", ".tiff")
#: What systems put beside the files of a user.
_LITTER = {"thumbs.db", "desktop.ini", "__macosx", "@eadir", "$recycle.bin"}
#: Names that Windows keeps for devices, with any ending.
_DEVICES = {"con", "prn", "aux", "nul", *(f"{port}{i}" for port in ("com", "lpt") for i in range(1, 10))}
_LONGEST = 200
_SHOWN = 3


def is_passed_over(name: str) -> bool:
    """Return whether a file or folder is hidden, or was left there by an operating system."""
    return name.startswith(".") or name.casefold() in _LITTER


def check_class_name(name: str) -> None:
    """Raise an error unless every operating system can have a folder of this name, and every terminal show it.

    Raises
    ------
    DataError
        If the name is empty, ``"."`` or ``".."``, is too long, holds a separator of folders, a control character or one
        that turns the direction of text, ends with a dot or a space, or is that of a device.

    Examples
    --------
    >>> check_class_name("ankle boot")
    >>> check_class_name("..")
    Traceback (most recent call last):
        ...
    imbgan.exceptions.DataError: The name of a class becomes the name of a folder. Got '..': it leads to another
    folder. Rename it.
    """
    reason = ""
    if name.strip(". ") == "":
        reason = "it leads to another folder" if name in (".", "..") else "it is blank"
    elif any(sign in name for sign in '/\\:*?"<>|'):
        reason = 'it holds one of / \\ : * ? " < > |, which some systems refuse'
    elif writable(name) != name or "\n" in name or "\t" in name:
        reason = "it holds characters that control a terminal, turn the direction of text or are no text"
    elif name[-1] in ". " or name[0] == " ":
        reason = "it begins or ends with a space, or ends with a dot, which some systems cut off"
    elif name.split(".")[0].casefold() in _DEVICES:
        reason = "Windows keeps this name for a device"
    elif name.casefold() == MANIFEST:
        reason = "a file of this name will lie beside the folders"
    elif len(name.encode()) > _LONGEST:
        reason = f"it is longer than {_LONGEST} bytes"
    if reason:
        raise DataError(f"The name of a class becomes the name of a folder. Got {quoted(name)}: {reason}. Rename it.")


def place_in_order(name: str) -> tuple[str, str]:
    """Return a key that sorts names alike on all file systems and in all languages."""
    return unicodedata.normalize("NFC", name), name


def few(names: Sequence[object], most: int = _SHOWN) -> str:
    """Return the first names, quoted, and how many more there are.

    Examples
    --------
    >>> few(["a", "b", "c", "d", "e"])
    "'a', 'b', 'c' and 2 more"
    """
    texts = [quoted(name.as_posix() if isinstance(name, PurePath) else name) for name in names]
    more = len(texts) - most
    return ", ".join(texts[:most]) + (f" and {more:,} more" if more > 0 else "")


def count(n: int, noun: str = "image", plural: str | None = None) -> str:
    """Return a number with its noun: "1 image", "1,200 images"."""
    return f"{n:,} {noun}" if n == 1 else f"{n:,} {plural or f'{noun}s'}"
