"""Where the files of a data set lie: the one place that lists, opens and measures them.

A store of another kind, such as an object store, needs the methods of :class:`Store` and nothing else.
"""

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Literal, Protocol

from imbgan._text import did_you_mean
from imbgan.data.readers import open_file
from imbgan.exceptions import DataError

_GLOB = re.compile(r"[*?\[]")
_PARTS = re.compile(r"(\*\*/)|(\*\*)|(\*)|(\?)|(\[!?\]?[^\]/]*\])")


@dataclass(frozen=True)
class Entry:
    """A file: its path in the store, its size in bytes, and when it was changed (nanoseconds; 0 if unknown)."""

    path: str
    size: int
    modified: int


class Store(Protocol):
    """Files by path, whose parts are separated by slashes."""

    def kind(self, path: str) -> Literal["file", "folder", "none"]:
        """Return what a path is."""
        ...

    def entry(self, path: str) -> Entry:
        """Return one file; DataError if there is none."""
        ...

    def listed(self, folder: str) -> list[Entry]:
        """Return all files below a folder, in any order; DataError if it cannot be listed."""
        ...

    def open(self, path: str) -> BinaryIO:
        """Open a file for reading."""
        ...

    def open_arrow(self, path: str) -> Any:  # noqa: ANN401 - pyarrow has no types
        """Open a file for PyArrow, which reads parts of it from several threads."""
        ...


class LocalStore:
    """The file system of this machine."""

    def kind(self, path: str) -> Literal["file", "folder", "none"]:
        """Return what a path is."""
        try:
            return "folder" if os.path.isdir(path) else "file" if os.path.exists(path) else "none"
        except ValueError:  # a zero in the name
            return "none"

    def entry(self, path: str) -> Entry:
        """Return one file; DataError if there is none."""
        if self.kind(path) == "none":
            open_file(Path(path)).close()  # raises the error that tells a near miss
        return _entry(path)

    def listed(self, folder: str) -> list[Entry]:
        """Return all files below a folder; DataError if it cannot be listed."""
        if self.kind(folder) == "none":
            parent = Path(folder).absolute().parent
            names = [each.name for each in parent.iterdir()] if parent.is_dir() else []
            hint = did_you_mean(Path(folder).name, names) or " Check the path."
            raise DataError(f"{folder!r} does not exist.{hint}")
        found: list[Entry] = []
        for at, folders, names in os.walk(folder, onerror=_raise, followlinks=True):
            folders[:] = [name for name in folders if not is_passed_over(name) and not _leads_back(folder, at, name)]
            found += [_entry(os.path.join(at, name)) for name in names if not is_passed_over(name)]
        return found

    def open(self, path: str) -> BinaryIO:
        """Open a file for reading."""
        return open_file(Path(path))

    def open_arrow(self, path: str) -> Any:  # noqa: ANN401 - pyarrow has no types
        """Open a file for PyArrow."""
        import pyarrow

        open_file(Path(path)).close()  # its errors tell more
        return pyarrow.OSFile(os.fsencode(path), "rb")  # PyArrow refuses a text with a name that is not UTF-8


def _leads_back(root: str, at: str, name: str) -> bool:
    """Return whether the folder ``name`` in ``at`` is a link to a folder in which ``at`` lies, below ``root``."""
    path = os.path.join(at, name)
    if not os.path.islink(path):
        return False
    steps = [step for step in os.path.relpath(at, root).split(os.sep) if step != os.curdir]
    return any(os.path.samefile(os.path.join(root, *steps[:n]), path) for n in range(len(steps) + 1))


def _raise(error: OSError) -> None:
    raise DataError(f"{error.filename!r} cannot be listed: {error.strerror or error}.") from error


def _entry(path: str) -> Entry:
    try:
        found = os.stat(path)
    except OSError as error:
        open_file(Path(path)).close()  # its error tells more, such as of a link to nothing
        raise DataError(f"{path!r} cannot be read: {error.strerror or error}.") from error
    return Entry(path, found.st_size, found.st_mtime_ns)


def is_passed_over(name: str) -> bool:
    """Return whether readers of data sets ignore a file or folder of this name, such as ``_SUCCESS`` and ``.crc``.

    Examples
    --------
    >>> is_passed_over("_imbgan.json"), is_passed_over("_label=1"), is_passed_over("part-0.parquet")
    (True, False, False)
    """
    return name.startswith(".") or (name.startswith("_") and "=" not in name)


def is_pattern(path: str) -> bool:
    """Return whether a path holds the signs of a pattern: ``*``, ``?`` or ``[``."""
    return _GLOB.search(path) is not None


def divided(pattern: str) -> tuple[str, str]:
    """Return the folder above the first part of a pattern that holds a sign, and the pattern below this folder.

    Examples
    --------
    >>> divided("data/year=*/part-*.parquet"), divided("*.csv")
    (('data', 'year=*/part-*.parquet'), ('.', '*.csv'))
    """
    parts = pattern.split("/")
    first = next(i for i, part in enumerate(parts) if is_pattern(part))
    folder = "/".join(parts[:first]) or ("/" if pattern.startswith("/") else ".")
    return folder, "/".join(part for part in parts[first:] if part not in ("", "."))


def pattern_of(glob: str) -> re.Pattern[str]:
    """Return the regular expression of a pattern in which ``**`` stands for any folders.

    Examples
    --------
    >>> bool(pattern_of("a/**/*.csv").fullmatch("a/b/c/x.csv")), bool(pattern_of("a/*.csv").fullmatch("a/b/x.csv"))
    (True, False)
    """
    regex, end = "", 0
    for found in _PARTS.finditer(glob):
        regex += re.escape(glob[end : found.start()])
        folders, anything, some, one, choice = found.groups()
        if folders:
            regex += "(?:[^/]+/)*"
        elif anything:
            regex += ".*"
        elif some or one:
            regex += "[^/]*" if some else "[^/]"
        else:
            regex += choice.replace("[!", "[^", 1).replace("\\", "\\\\")
        end = found.end()
    return re.compile(regex + re.escape(glob[end:]), re.DOTALL)
