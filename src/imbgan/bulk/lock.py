"""One run at a time in a folder: a lock that the system gives back when the process ends, however it ends."""

import importlib
from pathlib import Path
from typing import IO, Any, Self

from imbgan.exceptions import ParameterError


class Lock:
    """The lock of a folder, held from the start of the context to :meth:`release` or its end.

    Parameters
    ----------
    file : Path
        A file in the folder, which is created if it is not there.
    folder : Path
        The folder in messages.

    Raises
    ------
    ParameterError
        If another run holds it.
    """

    def __init__(self, file: Path, folder: Path) -> None:
        self._path, self._folder = file, folder
        self._file: IO[bytes] | None = None

    def __enter__(self) -> Self:
        self._file = self._path.open("a+b")
        try:
            _take(self._file)
        except OSError:
            self.release()
            raise ParameterError(
                f"Another run is at work in {str(self._folder)!r}. Wait for it, or name another OUT."
            ) from None
        return self

    def release(self) -> None:
        """Give the lock back; Windows renames and removes no folder in which a file is open."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def __getstate__(self) -> dict[str, Any]:
        """Leave the lock with the process that holds it: its workers get the folder alone."""
        return {**vars(self), "_file": None}

    def __exit__(self, *_: object) -> None:
        self.release()


def _take(file: IO[bytes]) -> None:
    """Lock an open file without waiting; OSError if another process, or another opening of this one, holds it."""
    try:
        import fcntl
    except ImportError:  # Windows
        windows: Any = importlib.import_module("msvcrt")
        file.seek(0)
        windows.locking(file.fileno(), windows.LK_NBLCK, 1)
    else:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
