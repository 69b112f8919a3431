"""Write a table batch by batch, completely or not at all."""

import bz2
import contextlib
import gzip
import io
import lzma
import os
import sys
import tempfile
from collections.abc import Callable, Generator
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from imbgan._files import whole_file
from imbgan._optional import import_optional
from imbgan.data.formats import TEXT_FORMATS, FileFormat, compress
from imbgan.data.readers import STANDARD_STREAM
from imbgan.data.writers import check_output, frame_bytes, is_device, write_bytes
from imbgan.exceptions import DataError, ImbganError

if TYPE_CHECKING:
    import polars as pl

Append = Callable[["pl.DataFrame"], None]


@contextlib.contextmanager
def append_frames(path: str, *, format: str | None = None, overwrite: bool = False) -> Generator[Append]:
    """Yield a function that appends a frame to a new table; all frames have the same columns.

    The file appears under its name when the context ends; a failure or an interruption leaves no file. Memory does not
    grow with the table, except for spreadsheets.

    Parameters
    ----------
    path : str
        As for :func:`imbgan.data.write_frame`.
    format : str, default=None
    overwrite : bool, default=False

    Raises
    ------
    DataError
        If the file cannot be written, if the format cannot hold the cells, or if the types of a column differ.
    ParameterError
        If the format is unknown, or if the file exists and ``overwrite`` is false.
    """
    found = check_output(path, format=format, overwrite=overwrite)
    try:
        if found.format in TEXT_FORMATS:
            with text_file(path, found.compression) as file:
                yield _appending_text(file, found)
        else:
            with _parts(path, found, overwrite=overwrite) as append:
                yield append
    except BrokenPipeError:
        raise
    except OSError as error:
        if error.filename is not None or isinstance(error, ImbganError):
            raise
        raise DataError(f"{path!r} cannot be written: {error.strerror or error}.") from error


def _appending_text(file: IO[bytes], found: FileFormat) -> Append:
    schemas: list[Any] = []

    def append(frame: "pl.DataFrame") -> None:
        file.write(frame_bytes(_like_first(frame, schemas), found, header=len(schemas) == 1))
        schemas.append(None)

    return append


def _like_first(frame: "pl.DataFrame", schemas: list[Any]) -> "pl.DataFrame":
    """Return the frame with the types of the first one, which ``schemas`` keeps."""
    import polars as pl

    if not schemas:
        schemas.append(frame.schema)
        return frame
    for name, dtype in schemas[0].items():
        if frame.schema[name] != dtype:
            try:
                frame = frame.with_columns(pl.col(name).cast(dtype))
            except pl.exceptions.PolarsError as error:
                raise DataError(
                    f"Column {name!r} holds {dtype} in the first rows and {frame.schema[name]} in later ones. Give it "
                    "one type, or do not keep it."
                ) from error
    return frame


class _LeftOpen(io.RawIOBase):
    """A file for a library that closes what it is given."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:  # noqa: ANN401 - any buffer
        return self._file.write(data)


@contextlib.contextmanager
def text_file(path: str, compression: str) -> Generator[IO[bytes]]:
    """Yield a file that takes uncompressed bytes."""
    with contextlib.ExitStack() as stack:
        if path == STANDARD_STREAM:
            sys.stdout.flush()
            file: IO[bytes] = sys.stdout.buffer
            stack.callback(file.flush)
        elif is_device(Path(path)):
            file = stack.enter_context(Path(path).open("wb"))
        else:
            # The target of a link is replaced, not the link.
            file = stack.enter_context(whole_file(Path(os.path.realpath(path))))
        if compression == "zst":
            arrow = import_optional("pyarrow", extra="parquet")
            yield stack.enter_context(arrow.CompressedOutputStream(arrow.PythonFile(_LeftOpen(file), mode="w"), "zstd"))
            return
        packers: dict[str, Callable[[], Any]] = {
            "gz": lambda: gzip.GzipFile(filename="", mode="wb", compresslevel=6, fileobj=file, mtime=0),
            "bz2": lambda: bz2.BZ2File(file, "wb"),
            "xz": lambda: lzma.LZMAFile(file, "wb"),  # noqa: SIM115 - the stack closes it
        }
        yield stack.enter_context(packers[compression]()) if compression else file


@contextlib.contextmanager
def _parts(path: str, found: FileFormat, *, overwrite: bool) -> Generator[Append]:
    """Yield a function that keeps frames in files of a temporary folder, which are joined in the end."""
    import polars as pl

    beside = None if path == STANDARD_STREAM or is_device(Path(path)) else Path(os.path.realpath(path)).parent
    with tempfile.TemporaryDirectory(prefix=".imbgan-", suffix=".part", dir=beside) as name:
        folder, schemas, n_parts = Path(name), list[Any](), 0

        def append(frame: "pl.DataFrame") -> None:
            nonlocal n_parts
            _like_first(frame, schemas).write_ipc(folder / f"{n_parts:09d}.arrow")
            n_parts += 1

        yield append
        parts = pl.scan_ipc(sorted(folder.glob("*.arrow")))
        whole = folder / "whole"
        try:
            if found.format == "excel":
                whole.write_bytes(frame_bytes(parts.collect(), found))
            elif found.format == "parquet":
                parts.sink_parquet(whole)
            else:
                parts.sink_ipc(whole)
        except (pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
            reason = " ".join(str(error).split())[:200]
            raise DataError(f"The table cannot be written as {found.format}: {reason}") from error
        if beside is None or found.compression:
            write_bytes(compress(whole.read_bytes(), found.compression), path, overwrite=overwrite)
        else:
            os.replace(whole, os.path.realpath(path))
