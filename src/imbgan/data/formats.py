"""File formats and compression, determined by the name of a file or by its first bytes."""

import bz2
import gzip
import lzma
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Literal, NamedTuple

from imbgan._optional import import_optional
from imbgan._text import did_you_mean
from imbgan.exceptions import DataError, ParameterError

Format = Literal["csv", "tsv", "jsonl", "parquet", "arrow", "excel"]

EXTENSIONS: dict[str, Format] = {
    "csv": "csv",
    "txt": "csv",
    "dat": "csv",
    "tsv": "tsv",
    "tab": "tsv",
    "jsonl": "jsonl",
    "ndjson": "jsonl",
    "parquet": "parquet",
    "pq": "parquet",
    "arrow": "arrow",
    "feather": "arrow",
    "ipc": "arrow",
    "xlsx": "excel",
    "xlsm": "excel",
    "xlsb": "excel",
    "xls": "excel",
    "ods": "excel",
}
#: What people call the formats that their first bytes tell.
TITLES: dict[Format, str] = {
    "csv": "text",
    "jsonl": "text",
    "parquet": "a Parquet file",
    "arrow": "an Arrow file",
    "excel": "a spreadsheet",
}
TEXT_FORMATS: tuple[Format, ...] = ("csv", "tsv", "jsonl")
COMPRESSIONS = ("gz", "bz2", "xz", "zst")

_MAGIC: dict[bytes, str] = {b"\x1f\x8b": "gz", b"BZh": "bz2", b"\xfd7zXZ\x00": "xz", b"\x28\xb5\x2f\xfd": "zst"}
#: The signature of spreadsheets before 2007.
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
#: A stream of Arrow starts with a continuation marker, a file with a word.
ARROW_STREAM = b"\xff\xff\xff\xff"


class FileFormat(NamedTuple):
    """The format of a file, and its compression ("" if there is none)."""

    format: Format
    compression: str


def format_of(path: Path, name: str | None) -> FileFormat:
    """Return the format for ``name``, such as "csv" or "csv.gz", or for the name of the file.

    Raises
    ------
    ParameterError
        If the format is unknown, or if the name of the file has no known ending.
    """
    if name is not None:
        found = _parse(name.lower().removeprefix(".").split("."))
        if found is None:
            hint = did_you_mean(name, EXTENSIONS)
            raise ParameterError(f"The format must be one of {_shown()}. Got {name!r}.{hint}")
        return found
    found = _parse([suffix.lower().removeprefix(".") for suffix in path.suffixes[-2:]])
    if found is None:
        advice = "Export the sheet as Excel or CSV. " if path.suffix.lower() == ".numbers" else ""
        raise ParameterError(
            f"The name of {str(path)!r} does not tell its format. {advice}Name the format, one of {_shown()}, or give "
            "the file such an ending."
        )
    return found


def _parse(parts: list[str]) -> FileFormat | None:
    compression = parts[-1] if parts and parts[-1] in COMPRESSIONS else ""
    parts = parts[:-1] if compression else parts
    return FileFormat(EXTENSIONS[parts[-1]], compression) if parts and parts[-1] in EXTENSIONS else None


def _shown() -> str:
    return f"{', '.join(EXTENSIONS)} (text also compressed: csv{', csv'.join(f'.{name}' for name in COMPRESSIONS)})"


def signed_format(data: bytes) -> Format | None:
    """Return the format whose signature uncompressed bytes begin with; None for text and foreign formats."""
    if data.startswith(b"PAR1"):
        return "parquet"
    if data.startswith((b"ARROW1", ARROW_STREAM)):
        return "arrow"
    is_zip = data.startswith(b"PK\x03\x04")
    is_sheet = is_zip and (b"xl/workbook" in data or b"opendocument.spreadsheet" in data[:200])
    return "excel" if is_sheet or data.startswith(_OLE) else None


def sniff(data: bytes) -> Format:
    """Return the format of text; the default is CSV."""
    return "jsonl" if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{") else "csv"


def compression_of(data: bytes) -> str:
    """Return the compression whose signature bytes begin with, "" if there is none."""
    return next((name for magic, name in _MAGIC.items() if data.startswith(magic)), "")


def decompress(data: bytes, source: str) -> bytes:
    """Return uncompressed bytes; the first bytes determine the compression, whatever the name of the file.

    Raises
    ------
    DataError
        If the file is truncated or damaged.
    ImportError
        If a file is compressed by zstd and pyarrow is not installed.
    """
    compression = compression_of(data)
    if not compression:
        return data
    openers: dict[str, Callable[[bytes], bytes]] = {
        "gz": gzip.decompress,
        "bz2": bz2.decompress,
        "xz": lzma.decompress,
        "zst": _read_zstd,
    }
    try:
        return openers[compression](data)
    except (OSError, EOFError, ValueError, lzma.LZMAError, zlib.error) as error:
        raise DataError(
            f"{source} is compressed ({compression}) and damaged or cut off ({error}). Copy or download it again."
        ) from error


def compress(data: bytes, compression: str) -> bytes:
    """Return the bytes of a file of this compression ("" returns them as they are)."""
    packers: dict[str, Callable[[bytes], bytes]] = {
        "": bytes,
        # There is no time stamp, so that equal tables give equal bytes.
        "gz": lambda plain: gzip.compress(plain, compresslevel=6, mtime=0),
        "bz2": bz2.compress,
        "xz": lzma.compress,
        "zst": _write_zstd,
    }
    return packers[compression](data)


def _read_zstd(data: bytes) -> bytes:
    arrow = import_optional("pyarrow", extra="parquet")
    return arrow.CompressedInputStream(arrow.BufferReader(data), "zstd").read()


def _write_zstd(data: bytes) -> bytes:
    arrow = import_optional("pyarrow", extra="parquet")
    sink = arrow.BufferOutputStream()
    with arrow.CompressedOutputStream(sink, "zstd") as stream:
        stream.write(data)
    return sink.getvalue().to_pybytes()
