"""Frames and text to files and pipes: whole or not at all."""

import io
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from imbgan._files import write_whole
from imbgan.data.formats import TEXT_FORMATS, FileFormat, compress, format_of
from imbgan.data.json_originals import JsonOriginal
from imbgan.data.originals import Original
from imbgan.data.readers import STANDARD_STREAM
from imbgan.exceptions import DataError, ParameterError

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

    The file appears under its name when it is whole; a failure or an interruption leaves nothing behind.

    Parameters
    ----------
    frame : polars.DataFrame
    path : str or Path
        Its ending tells the format, as in :func:`imbgan.data.read_frame`; ``"-"`` is standard output, as CSV.
    format : str, default=None
        Overrides that, such as ``"jsonl"`` or ``"csv.gz"``.
    overwrite : bool, default=False
        Replace a file that exists.
    original : Original or JsonOriginal, default=None
        The file that the first rows come from. In text of the same kind they are written as they stood there, and the
        others in the style of their columns.
    kept : polars.Series of bool, default=None
        Which rows of that file the first ones are; by default all.

    Raises
    ------
    DataError
        The file cannot be written, or cells that the format cannot hold.
    ParameterError
        An unknown format; a file that exists, without ``overwrite``.
    """
    found = check_output(path, format=format, overwrite=overwrite)
    like = None if original is None else _as_format(original, found)
    data = _to_bytes(frame, found) if like is None else like.with_rows(frame, kept)
    write_bytes(compress(data, found.compression), path, overwrite=overwrite)


def check_output(path: str | Path, *, format: str | None = None, overwrite: bool = False) -> FileFormat:
    """Return the format that a table will be written in; ask before the work is done.

    Raises
    ------
    ParameterError
        As :func:`write_frame`.
    """
    if str(path) == STANDARD_STREAM:
        return format_of(Path(), format or "csv")
    found = format_of(Path(path), format)
    check_place(path, overwrite=overwrite)
    return found


def check_place(path: str | Path, *, overwrite: bool = False) -> None:
    """Refuse a path that nothing can be written to.

    Raises
    ------
    ParameterError
        It exists (without ``overwrite``), is a folder, or is in no folder.
    """
    path = Path(path)
    if str(path) == STANDARD_STREAM or _is_device(path):
        return
    if path.is_dir():
        raise ParameterError(f"{str(path)!r} is a folder. Name a file in it.")
    if path.exists() and not overwrite:
        raise ParameterError(
            f"{str(path)!r} exists. Name another file, or have it overwritten (overwrite=True, --force)."
        )
    if not path.absolute().parent.is_dir():
        raise ParameterError(f"The folder {str(path.parent)!r} does not exist. Make it first.")
    if not os.access(path.absolute().parent, os.W_OK):
        raise ParameterError(f"Nothing can be written into the folder {str(path.parent)!r}. Name another.")


def write_bytes(data: bytes, path: str | Path, *, overwrite: bool = False) -> None:
    """Write a file whole or not at all; ``"-"`` is standard output.

    Raises
    ------
    DataError
        The file cannot be written.
    ParameterError
        As :func:`check_place`.
    """
    if str(path) == STANDARD_STREAM:
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return
    check_place(path, overwrite=overwrite)
    try:
        if _is_device(Path(path)):
            Path(path).write_bytes(data)
        else:
            # What a link points to is replaced, not the link.
            write_whole(Path(os.path.realpath(path)), data)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise DataError(f"{str(path)!r} cannot be written: {error.strerror or error}.") from error


def _is_device(path: Path) -> bool:
    """Whether the path is a pipe or device, which is written to rather than replaced."""
    return path.exists() and not path.is_file() and not path.is_dir()


def _as_format(original: Original | JsonOriginal, found: FileFormat) -> Original | JsonOriginal | None:
    """Return the file as the format has it; None where its cells have no place in it."""
    if isinstance(original, JsonOriginal):
        return original if found.format == "jsonl" and original.is_known else None
    if found.format not in ("csv", "tsv") or not original.is_known:
        return None
    wanted = "\t" if found.format == "tsv" else ","
    if original.format == found.format or original.separator == wanted:
        return original
    # Behind a semicolon the comma may be a decimal sign, which would be lost with it.
    return None if original.separator == ";" else original.separated_by(wanted)


def _to_bytes(frame: "pl.DataFrame", found: FileFormat) -> bytes:
    import polars as pl

    nested = next((name for name, dtype in frame.schema.items() if dtype.is_nested()), None)
    if nested is not None and found.format in TEXT_FORMATS:
        raise DataError(
            f"Column {nested!r} holds lists or records, which {found.format} cannot. Write Parquet instead."
        )
    sink = io.BytesIO()
    try:
        if found.format == "parquet":
            frame.write_parquet(sink)
        elif found.format == "arrow":
            frame.write_ipc(sink)
        elif found.format == "jsonl":
            # polars writes decimals as text, which would come back as levels.
            frame.with_columns(pl.selectors.decimal().cast(pl.Float64)).write_ndjson(sink)
        else:
            separator = "\t" if found.format == "tsv" else ","
            frame.write_csv(sink, separator=separator, time_format="%H:%M:%S%.f")
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
        reason = " ".join(str(error).split())[:200]
        raise DataError(f"The table cannot be written as {found.format}: {reason}") from error
    return sink.getvalue()
