"""Read files and pipes as polars frames."""

import codecs
import io
import json
import os
import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from imbgan._text import did_you_mean, listed
from imbgan.data.delimited import read_delimited
from imbgan.data.formats import (
    ARROW_STREAM,
    TEXT_FORMATS,
    TITLES,
    FileFormat,
    Format,
    compression_of,
    decompress,
    format_of,
    signed_format,
    sniff,
)
from imbgan.data.inference import Typed
from imbgan.data.json_originals import JsonOriginal
from imbgan.data.layout import find_layout
from imbgan.data.originals import Original
from imbgan.data.reading import Reading
from imbgan.data.spreadsheets import read_spreadsheet
from imbgan.data.typed import read_typed
from imbgan.exceptions import DataError, ParameterError

if TYPE_CHECKING:
    import polars as pl

STANDARD_STREAM = "-"
# A path has one slash where an address had two. Drives have one letter.
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:/")
#: Byte order marks; that of UTF-32 begins with that of UTF-16.
_MARKS = {
    codecs.BOM_UTF32_LE: "utf-32-le",
    codecs.BOM_UTF32_BE: "utf-32-be",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}


def read_frame(path: str | Path, reading: Reading | None = None) -> "pl.DataFrame":
    r"""Read a table.

    Parameters
    ----------
    path : str or Path
        A CSV, TSV, JSON lines, Parquet or Arrow (Feather) file, plain or compressed (.gz, .bz2, .xz, .zst); ``"-"``
        is standard input, whose first bytes determine its format.
    reading : Reading, default=None
        How the table is read, if the file does not tell it: format, encoding, decimal sign, kinds of columns, ...

    Returns
    -------
    polars.DataFrame
        Columns of text formats have the types that all their values allow; see
        :func:`imbgan.data.inference.infer_types`.

    Raises
    ------
    DataError
        If the file does not exist or cannot be read; the message tells where, and what to do.
    ParameterError
        If the format, the encoding or a column is unknown.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> path = Path(tempfile.mkdtemp()) / "people.csv"
    >>> _ = path.write_text("code,age\n007,34\n123,\n")
    >>> read_frame(path).to_dict(as_series=False)
    {'code': ['007', '123'], 'age': [34, None]}
    """
    frame = read_source(path, reading).frame
    _check_flat(frame, str(path))
    return frame


class Source(NamedTuple):
    """A table, its original text if it was a text file, how it was read, and what its user should know of that."""

    frame: "pl.DataFrame"
    original: Original | JsonOriginal | None
    reading: Reading
    notes: tuple[str, ...] = ()


def read_source(path: str | Path, reading: Reading | None = None) -> Source:
    """Read a table as :func:`read_frame` does, and keep its text, so that its rows can be written unchanged.

    Lists and records are no error here, since their columns can be dropped or cast.
    """
    reading = reading or Reading()
    is_pipe = str(path) == STANDARD_STREAM
    source = "Standard input" if is_pipe else repr(str(path))
    if is_pipe and sys.stdin is None:
        raise DataError("Standard input is closed. Name a file instead of '-'.")
    packed = sys.stdin.buffer.read() if is_pipe else _read_bytes(Path(path), source)
    data = decompress(packed, source)
    signed = signed_format(data)
    found = signed or (sniff(data) if is_pipe and reading.format is None else None)
    named = None if is_pipe and reading.format is None else _named(path, reading, found)
    found = found or (named or format_of(Path(path), reading.format)).format
    if found == "excel" and signed is None and not data.startswith((b"PK", b"<")):
        found = sniff(data)  # many programs call their text a spreadsheet
    if not data:
        raise DataError(f"{source} is empty. A table needs a header and at least one row.")
    notes = () if named is None else tuple(_surprises(named, found, compression_of(packed), source))
    if found in TEXT_FORMATS:
        original = read_text(data, found, reading, source)
        known = replace(reading, columns={**reading.columns, **original.forms})
        notes += tuple(_title(original, source))
        return Source(original.frame, original, known, notes)
    if found == "excel":
        sheet = read_spreadsheet(data, reading, source)
        typed, notes = sheet.typed, notes + sheet.notes
    else:
        typed = read_typed(_read_binary(data, found, source), reading, keeps_text=True)
    return Source(typed.frame, None, replace(reading, columns={**reading.columns, **typed.forms}), notes)


def _named(path: str | Path, reading: Reading, found: Format | None) -> FileFormat | None:
    """Return the format that is named; None if the name tells none but the first bytes do."""
    try:
        return format_of(Path(path), reading.format)
    except ParameterError:
        if found is None or reading.format is not None:
            raise
        return None


def _surprises(named: FileFormat, found: Format, compression: str, source: str) -> Iterator[str]:
    """Yield what a file is, whatever its name says."""
    if found != named.format:
        yield f"{source} is {TITLES[found]}, whatever its name says, and was read as such."
    if compression and not named.compression:
        yield f"{source} is compressed ({compression}), whatever its name says, and was unpacked."


def _title(original: Original | JsonOriginal, source: str) -> Iterator[str]:
    """Yield where the header of a file is, if a title stands above it."""
    above = original.mark.lstrip("\ufeff")
    n_lines = len(above.splitlines())
    if n_lines and not above.lower().lstrip('"').startswith("sep="):
        yield f"Took line {n_lines + 1} of {source} as the header; above it there is no table."


def is_other_address(path: str) -> bool:
    """Return whether a path is an address that is not read, such as ``https://example.com/a.csv``.

    Examples
    --------
    >>> is_other_address("https://example.com/a.csv"), is_other_address("C:/a.csv"), is_other_address("a:/b.csv")
    (True, False, False)
    """
    return _SCHEME.match(path) is not None


def other_address(path: str) -> str:
    """Return the message for such an address."""
    return (
        f"{path!r} is an address that is not read. Name a file or folder of this machine by its path, without "
        "'file://'; data sets lie in object stores as well, at addresses that begin with s3://, gs:// or abfs://."
    )


def open_file(path: Path) -> BinaryIO:
    """Open a file; the error of one that cannot be opened tells a near miss."""
    source = repr(str(path))
    try:
        return path.open("rb")
    except FileNotFoundError:
        if is_other_address(str(path)):
            raise DataError(other_address(str(path))) from None
        folder = path.parent
        names = sorted(entry.name for entry in folder.iterdir()) if folder.is_dir() else []
        if path.name in names:
            to = os.readlink(path)
            raise DataError(f"{source} is a link to {to!r}, which does not exist. Mend the link.") from None
        raise DataError(f"{source} does not exist.{did_you_mean(path.name, names) or ' Check the path.'}") from None
    except IsADirectoryError:
        raise DataError(f"{source} is a folder. Name one file in it.") from None
    except (OSError, ValueError) as error:  # a name that holds a zero is a ValueError
        raise DataError(f"{source} cannot be read: {getattr(error, 'strerror', None) or error}.") from error


def read_text(
    data: bytes, format: Format, reading: Reading, source: str, *, lines_above: int = 0
) -> Original | JsonOriginal:
    """Read the bytes of a text format, above which the file has this many lines."""
    if data.startswith(b"PK\x03\x04"):
        raise DataError(f"{source} is a ZIP archive, not text or a spreadsheet. Unpack it.")
    encoding = marked_encoding(data, reading.encoding)
    decoded = _decode(data, encoding, source)
    text = decoded.lstrip("\ufeff")  # programs that join files write more than one
    mark = decoded[: len(decoded) - len(text)]
    if not text.strip():
        raise DataError(f"{source} holds only blank lines. A table needs a header and at least one row.")
    if format == "jsonl":
        typed = _read_json_lines(text, reading, source, lines_above)
        return JsonOriginal(text, typed.frame, typed.forms, encoding, mark)
    separator, above = find_layout(text, "\t" if format == "tsv" else ",", chosen=reading.delimiter)
    lines_above += len(above.splitlines())
    text = text.removeprefix(above)
    original = read_delimited(text, format, source, reading, separator=separator, lines_above=lines_above)
    return replace(original, encoding=encoding, mark=mark + above)


def _read_bytes(path: Path, source: str) -> bytes:
    try:
        with open_file(path) as file:
            return file.read()
    except DataError:
        raise
    except OSError as error:
        raise DataError(f"{source} cannot be read: {error.strerror or error}.") from error


def marked_encoding(data: bytes, encoding: str) -> str:
    """Return the encoding whose byte order mark the text begins with, if an encoding of Unicode was expected.

    Its name tells the order of the bytes: then text that is written in parts has no mark in each of them.
    """
    if encoding.lower().replace("_", "-") not in ("utf-8", "utf8", "utf-16", "utf16", "utf-32", "utf32"):
        return encoding
    return next((name for mark, name in _MARKS.items() if data.startswith(mark)), encoding)


def _decode(data: bytes, encoding: str, source: str) -> str:
    advice = (
        "Name the encoding that it was saved in, often cp1252, latin-1 or utf-16 (encoding=..., --encoding), or save "
        "it as UTF-8."
    )
    try:
        text = data.decode(encoding)
    except LookupError:
        raise ParameterError(f"The encoding must be one that Python knows, such as utf-8. Got {encoding!r}.") from None
    except UnicodeError as error:
        start = getattr(error, "start", 0)
        line = data.count(b"\n", 0, start) + 1
        raise DataError(
            f"{source}, line {line}: byte {start} ({data[start : start + 1].hex() or 'end'}) is not {encoding} text. "
            f"{advice}"
        ) from error
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise DataError(f"{source}, line {line}: a zero byte, so this is not {encoding} text. {advice}")
    return text


def _read_json_lines(text: str, reading: Reading, source: str, lines_above: int = 0) -> Typed:
    import polars as pl

    try:
        frame = pl.read_ndjson(io.BytesIO(text.encode()), infer_schema_length=None)
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
        _find_bad_json(text, source, lines_above)
        raise DataError(f"{source} is not JSON lines: {' '.join(str(error).split())[:200]}") from error
    lines = [number for number, line in enumerate(text.split("\n"), start=lines_above + 1) if line.strip()]
    return read_typed(frame, reading, place=lambda row: f"line {lines[row]}")


def _find_bad_json(text: str, source: str, lines_above: int) -> None:
    """Name the first line that is not a JSON object."""
    for number, line in enumerate(text.splitlines(), start=lines_above + 1):
        try:
            is_object = not line.strip() or isinstance(json.loads(line), dict)
        except ValueError:
            is_object = False
        if not is_object:
            raise DataError(
                f"{source}, line {number}: not a JSON object. Write one object per line, such as "
                '{"age": 34, "label": "rare"}.'
            )


def _read_binary(data: bytes, format: Format, source: str) -> "pl.DataFrame":
    import polars as pl

    try:
        if format == "parquet":
            frame = pl.read_parquet(io.BytesIO(data))
        elif data.startswith(ARROW_STREAM):
            frame = pl.read_ipc_stream(io.BytesIO(data))
        else:
            frame = pl.read_ipc(io.BytesIO(data))
    # A damaged file can make polars panic, which is not an Exception.
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError, ValueError) as error:
        kind = {"parquet": "Parquet", "arrow": "Arrow"}[format]
        reason = " ".join(str(error).split())[:200]
        raise DataError(f"{source} is not a complete {kind} file ({reason}). Copy or write it again.") from error
    if frame.is_empty():
        raise DataError(f"{source} holds no rows. A table needs at least one.")
    return frame


def _check_flat(frame: "pl.DataFrame", path: str) -> None:
    """Raise DataError for cells that hold lists or records."""
    nested = [name for name, dtype in frame.schema.items() if dtype.is_nested()]
    if nested:
        raise DataError(
            f"{path!r} holds lists or records in {listed(nested, 5)}. Unpack them into columns, or drop them."
        )
