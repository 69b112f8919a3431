"""Object stores: files at addresses such as ``s3://bucket/folder``, through the file systems of PyArrow."""

import re
from collections.abc import Generator
from contextlib import contextmanager
from functools import cached_property
from typing import Any, BinaryIO, Literal, cast

from imbgan._optional import import_optional
from imbgan._text import quoted
from imbgan.data.readers import is_other_address, other_address
from imbgan.data.stores import Entry, LocalStore, Store, is_passed_over
from imbgan.exceptions import DataError

_ADDRESS = re.compile(r"(s3|gs|gcs|abfs|abfss)://(?P<path>.*?)(?P<settings>\?\w+=[^?]*)?", re.DOTALL)


def is_address(path: str) -> bool:
    """Return whether a path is an address in an object store.

    Examples
    --------
    >>> is_address("s3://bucket/folder"), is_address("data/part-*.parquet"), is_address("https://example.com/x.csv")
    (True, False, False)
    """
    return _ADDRESS.fullmatch(path) is not None


def located(path: str) -> tuple[Store, str]:
    """Return the store of a path or address, and the path in this store; DataError for addresses of other kinds."""
    found = _ADDRESS.fullmatch(path)
    if found is None:
        if is_other_address(path):
            raise DataError(other_address(path))
        return LocalStore(), path
    bucket, _, _ = found["path"].partition("/")
    if not bucket:
        raise DataError(f"{path!r} names no bucket. An address is such as 's3://bucket/folder'.")
    return ObjectStore(f"{found[1]}://{bucket}{found['settings'] or ''}"), found["path"].rstrip("/")


class ObjectStore:
    """The buckets of one service. Other processes open it again from its address.

    Parameters
    ----------
    address : str
        A bucket, with what the file system needs to know after a question mark:
        ``s3://bucket?region=eu-central-1&endpoint_override=127.0.0.1:9000&scheme=http``. Who the user is tell the
        usual environment variables and files of the service.
    """

    def __init__(self, address: str) -> None:
        self.address = address

    def __reduce__(self) -> tuple[type["ObjectStore"], tuple[str]]:
        return type(self), (self.address,)

    @cached_property
    def _files(self) -> Any:  # noqa: ANN401 - pyarrow has no types
        fs = import_optional("pyarrow.fs", extra="parquet")
        with self._telling(self.address):
            return fs.FileSystem.from_uri(self.address)[0]

    def kind(self, path: str) -> Literal["file", "folder", "none"]:
        """Return what a path is."""
        with self._telling(path):
            info = self._files.get_file_info(path)
        return "file" if info.is_file else "folder" if info.type.name == "Directory" else "none"

    def entry(self, path: str) -> Entry:
        """Return one file; DataError if there is none."""
        with self._telling(path):
            info = self._files.get_file_info(path)
        if not info.is_file:
            raise DataError(f"{path!r} does not exist in {quoted(self._service)}. Check the address.")
        return Entry(path, info.size, info.mtime_ns or 0)

    def listed(self, folder: str) -> list[Entry]:
        """Return all files below a folder; DataError if it cannot be listed."""
        fs = import_optional("pyarrow.fs", extra="parquet")
        with self._telling(folder):
            found = self._files.get_file_info(fs.FileSelector(folder, recursive=True))
        below = len(folder.rstrip("/")) + 1
        return [
            Entry(info.path, info.size, info.mtime_ns or 0)
            for info in found
            if info.is_file and not any(map(is_passed_over, info.path[below:].split("/")))
        ]

    def open(self, path: str) -> BinaryIO:
        """Open a file for reading."""
        return cast("BinaryIO", self.open_arrow(path))

    def open_arrow(self, path: str) -> Any:  # noqa: ANN401 - pyarrow has no types
        """Open a file for PyArrow."""
        with self._telling(path):
            return self._files.open_input_file(path)

    def write(self, path: str, data: bytes) -> None:
        """Write a small file, which appears when it is complete."""
        with self._telling(path), self._files.open_output_stream(path) as file:
            file.write(data)

    def upload(self, source: BinaryIO, path: str) -> None:
        """Write a file of any size, which appears when it is complete."""
        with self._telling(path), self._files.open_output_stream(path) as file:
            while block := source.read(2**23):
                file.write(block)

    def remove(self, folder: str) -> None:
        """Delete a folder with all that is in it."""
        with self._telling(folder):
            self._files.delete_dir(folder)

    @property
    def _service(self) -> str:
        return self.address.partition("?")[0]

    @contextmanager
    def _telling(self, path: str) -> Generator[None]:
        """Say in errors of the service which object they are about."""
        try:
            yield
        except FileNotFoundError as error:
            raise DataError(f"{path!r} does not exist in {quoted(self._service)}. Check the address.") from error
        except (OSError, ValueError) as error:
            raise DataError(
                f"{path!r} in {quoted(self._service)} cannot be used: {' '.join(str(error).split())[:300]}."
            ) from error
