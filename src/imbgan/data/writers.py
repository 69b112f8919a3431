"""Write frames and text to files and pipes, completely or not at all."""

import contextlib
import io
import os
import sys
from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING

from imbgan._files import write_whole
from imbgan._optional import import_optional
from imbgan.data.formats import FileFormat, compress, format_of
from imbgan.data.json_originals import JsonOriginal
from imbgan.data.originals import Original
from imbgan.data.readers import STANDARD_STREAM
from imbgan.data.spreadsheets import write_spreadsheet
from imbgan.exceptions import DataError, ImbganError, ParameterError

if TYPE_CHECKING:
    import polars as pl


def write_frame(
    frame: "pl.DataFrame",
    path: str | Path,
    *,
    format: str | None = None,
    overwrite: bool = False,
    original: Original | JsonOriginal | None = None,
    kept: "pl.Series | None" = None,
) -> None:
    """Write a table.

    The file appears under its name when it is complete; a failure or an interruption leaves no file.

    Parameters
    ----------
    frame : polars.DataFrame
    path : str or Path
        Its ending determines the format, as in :func:`imbgan.data.read_frame`; ``"-"`` is standard output, as CSV.
    format : str, default=None
        Overrides this format, such as ``"jsonl"`` or ``"csv.gz"``.
    overwrite : bool, default=False
        Whether an existing file may be replaced.
    original : Original or JsonOriginal, default=None
        The file from which the first rows come. In text of the same kind, these rows are written unchanged, and the
        others in the style of their columns.
    kept : polars.Series of bool, default=None
        Which rows of this file were kept; by default all.

    Raises
    ------
    DataError
        If the file cannot be written, or if the format cannot hold the cells.
    ParameterError
        If the format is unknown, or if the file exists and ``overwrite`` is false.
    """
    found = check_output(path, format=format, overwrite=overwrite)
    like = None if original is None else _as_format(original, found)
    data = frame_bytes(frame, found) if like is None else like.with_rows(frame, kept)
    write_bytes(compress(data, found.compression), path, overwrite=overwrite)


def check_output(path: str | Path, *, format: str | None = None, overwrite: bool = False) -> FileFormat:
    """Return the format in which a table will be written, so that errors occur before the work is done.

    Raises
    ------
    ParameterError
        In the same cases as :func:`write_frame`.
    """
    if str(path) == STANDARD_STREAM:
        return format_of(Path(), format or "csv")
    found = format_of(Path(path), format)
    ending = (format or Path(path).suffix).lower().removeprefix(".")
    if found.format == "excel" and ending not in ("xlsx", "excel"):
        raise ParameterError(f"A spreadsheet can be written as .xlsx. Got {ending!r}. Name a file that ends in .xlsx.")
    if found.format == "excel":
        import_optional("xlsxwriter", extra="excel")
    check_place(path, overwrite=overwrite)
    return found


def check_place(path: str | Path, *, overwrite: bool = False) -> None:
    """Raise an error if a file cannot be written to this path.

    Raises
    ------
    ParameterError
        If the path exists (without ``overwrite``), is a folder, or lies in a folder that does not exist.
    """
    with possible_name(path):
        _check_place(Path(path), overwrite=overwrite)


@contextlib.contextmanager
def possible_name(path: str | Path) -> Generator[None]:
    """Turn what the operating system says of a name that no file can have into a ParameterError."""
    try:
        yield
    except ImbganError:
        raise
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ParameterError(f"No file can be called {str(path)!r}: {reason}. Choose another name.") from error


def _check_place(path: Path, *, overwrite: bool) -> None:
    if str(path) == STANDARD_STREAM or is_device(path):
        return
    if path.is_dir():
        raise ParameterError(f"{str(path)!r} is a folder. Name a file in it.")
    if path.exists() and not overwrite:
        raise ParameterError(
            f"{str(path)!r} exists. Name another file, or have it overwritten (overwrite=True, --force)."
        )
    if not path.absolute().parent.is_dir():
        raise ParameterError(f"The folder {str(path.parent)!r} does not exist. Create it first.")
    if not os.access(path.absolute().parent, os.W_OK):
        raise ParameterError(f"Nothing can be written into the folder {str(path.parent)!r}. Name another.")


def write_bytes(data: bytes, path: str | Path, *, overwrite: bool = False) -> None:
    """Write a file completely or not at all; ``"-"`` is standard output.

    Raises
    ------
    DataError
        If the file cannot be written.
    ParameterError
        In the same cases as :func:`check_place`.
    """
    if str(path) == STANDARD_STREAM:
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return
    check_place(path, overwrite=overwrite)
    try:
        if is_device(Path(path)):
            Path(path).write_bytes(data)
        else:
            # The target of a link is replaced, not the link.
            write_whole(Path(os.path.realpath(path)), data)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise DataError(f"{str(path)!r} cannot be written: {error.strerror or error}.") from error


def is_device(path: Path) -> bool:
    """Return whether the path is a pipe or device, which cannot be replaced."""
    return path.exists() and not path.is_file() and not path.is_dir()


def _as_format(original: Original | JsonOriginal, found: FileFormat) -> Original | JsonOriginal | None:
    """Return the original text for this format; None if it cannot hold the cells."""
    if isinstance(original, JsonOriginal):
        return original if found.format == "jsonl" and original.is_known else None
    if found.format not in ("csv", "tsv") or not original.is_known:
        return None
    wanted = "\t" if found.format == "tsv" else ","
    if original.format == found.format or original.separator == wanted:
        return original
    # With the semicolon, the comma may be a decimal sign, which another separator would break.
    return None if original.separator == ";" else original.separated_by(wanted)


def frame_bytes(frame: "pl.DataFrame", found: FileFormat, *, header: bool = True) -> bytes:
    """Return an uncompressed file; without ``header``, delimited text begins with the first row."""
    import polars as pl

    nested = next((name for name, dtype in frame.schema.items() if dtype.is_nested()), None)
    if nested is not None and found.format in ("csv", "tsv", "excel"):
        raise DataError(
            f"Column {nested!r} holds lists or records, which {found.format} cannot. Write Parquet instead."
        )
    sink = io.BytesIO()
    try:
        if found.format == "excel":
            return write_spreadsheet(frame)
        if found.format == "parquet":
            frame.write_parquet(sink)
        elif found.format == "arrow":
            frame.write_ipc(sink)
        elif found.format == "jsonl":
            # polars writes decimals as text, which would come back as levels.
            frame.with_columns(pl.selectors.decimal().cast(pl.Float64)).write_ndjson(sink)
        else:
            separator = "\t" if found.format == "tsv" else ","
            frame.write_csv(sink, include_header=header, separator=separator, time_format="%H:%M:%S%.f")
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
        reason = " ".join(str(error).split())[:200]
        raise DataError(f"The table cannot be written as {found.format}: {reason}") from error
    return sink.getvalue()
