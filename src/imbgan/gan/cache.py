"""The compilation cache: a folder in which compiled programs outlive the process. This file knows bytes, not programs.

Loading a compiled program executes what the file holds, so the folder must belong to the user alone. Everything else
is forgiven: a folder that cannot be made or written, and an entry that is damaged, only cost a compilation.
"""

import hashlib
import os
import stat
import zlib
from pathlib import Path

from platformdirs import user_cache_path

from imbgan._files import write_whole

# The environment variable that moves the cache (a folder) or turns it off ("off").
VARIABLE = "IMBGAN_CACHE"
# A folder of its own, so that a folder that the user names may be readable by others.
SUBFOLDER = "programs"
SUFFIX = ".program"
# About 0.3 MB each: the least recently used entries beyond this number are removed.
MAX_ENTRIES = 200
_DIGEST = hashlib.sha256().digest_size


def cache_folder() -> Path | None:
    """Return the folder of compiled programs, which exists and is the user's own, or None if there is no such folder.

    It is ``programs`` within the user's cache folder, or within the folder that the environment variable
    ``IMBGAN_CACHE`` names; ``IMBGAN_CACHE=off`` means that nothing is kept.
    """
    named = os.environ.get(VARIABLE)
    if named is not None and named.strip().lower() in ("", "off"):
        return None
    try:
        base = user_cache_path("imbgan", appauthor=False) if named is None else Path(named).expanduser().absolute()
        if not base.is_absolute():  # there is no home folder, and "~" would be made in the working folder
            return None
        folder = base / SUBFOLDER
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)
        return folder if _is_private(folder) else None
    except (OSError, RuntimeError, ValueError):  # no home folder; a name that is none
        return None


def _is_private(folder: Path) -> bool:
    """Return whether the folder is this user's, who can write to it, and nobody else has access to it.

    Windows knows no owner and no bits of others here (every folder shows all bits): a folder below the user's own is
    closed to others by what it inherits, and one that ``IMBGAN_CACHE`` names is the user's choice.
    """
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or not os.access(folder, os.W_OK | os.X_OK):
        return False
    if not hasattr(os, "getuid"):
        return True
    return found.st_uid == os.getuid() and not found.st_mode & (stat.S_IRWXG | stat.S_IRWXO)


def read_entry(folder: Path, key: str) -> bytes | None:
    """Return what was kept under ``key``, or None if there is nothing or it is damaged; damaged entries are removed."""
    path = folder / (key + SUFFIX)
    try:
        data = path.read_bytes()
        content = data[_DIGEST:]
        if hashlib.sha256(content).digest() == data[:_DIGEST]:
            os.utime(path)  # the time of its last use
            return zlib.decompress(content)
        path.unlink()
    except (OSError, zlib.error):
        pass
    return None


def write_entry(folder: Path, key: str, content: bytes) -> None:
    """Keep ``content`` under ``key``, and remove the entries that were not used for the longest time."""
    packed = zlib.compress(content, 1)
    try:
        write_whole(folder / (key + SUFFIX), hashlib.sha256(packed).digest() + packed)
        entries = sorted(folder.glob(f"*{SUFFIX}"), key=lambda path: path.stat().st_mtime)
        for path in entries[:-MAX_ENTRIES]:
            path.unlink(missing_ok=True)
    except OSError:  # a full disk, or another process has just removed an entry
        pass
