"""Write files and folders completely or not at all."""

import contextlib
import errno
import os
import secrets
import shutil
import unicodedata
from collections.abc import Generator
from pathlib import Path
from typing import BinaryIO


def write_whole(path: Path, data: bytes) -> None:
    """Write a file so that a reader sees the old one or the new one; see :func:`whole_file`."""
    with whole_file(path) as file:
        file.write(data)


@contextlib.contextmanager
def whole_file(path: Path) -> Generator[BinaryIO]:
    """Yield a file with a temporary name, which is renamed when the context ends.

    A failure or an interruption leaves no file.
    """
    temporary = _beside(path)
    try:
        with temporary.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


@contextlib.contextmanager
def whole_folder(path: Path, *, overwrite: bool = False) -> Generator[Path]:
    """Yield the name of a folder to create and fill, which replaces ``path`` when the context ends.

    A failure or an interruption leaves no new folder and does not change an old one.

    Parameters
    ----------
    path : Path
    overwrite : bool, default=False
        Whether an existing folder is replaced; otherwise it causes a FileExistsError.
    """
    path = path.absolute()
    fresh, old = _beside(path), _beside(path)
    try:
        yield fresh
        if overwrite and path.exists():
            os.rename(path, old)
        elif os.path.lexists(path):  # POSIX would replace an empty folder without a word
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path))
        os.rename(fresh, path)
    except BaseException:
        if old.exists() and not path.exists():
            os.rename(old, path)
        raise
    finally:
        for leftover in (fresh, old):
            shutil.rmtree(leftover, ignore_errors=True)


def folded(name: str) -> str:
    """Return a text that is equal for names that some file system takes for one.

    Examples
    --------
    >>> folded("Caf\N{LATIN SMALL LETTER E WITH ACUTE}") == folded("CAFE\N{COMBINING ACUTE ACCENT}")
    True
    """
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def _beside(path: Path) -> Path:
    # Long names are cut, since the suffix must not make them longer than the file system allows.
    return path.with_name(f".{path.name[:40]}.{secrets.token_hex(4)}.part")
