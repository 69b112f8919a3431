"""Read a table batch by batch, so that memory does not grow with the file."""

import bz2
import codecs
import contextlib
import gzip
import io
import lzma
import shutil
import sys
import tempfile
import warnings
import zlib
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, cast

from imbgan._optional import import_optional
from imbgan.data.formats import (
    ARROW_STREAM,
    TEXT_FORMATS,
    TITLES,
    Format,
    compression_of,
    format_of,
    signed_format,
    sniff,
)
from imbgan.data.json_originals import JsonOriginal
from imbgan.data.layout import find_layout
from imbgan.data.originals import Original
from imbgan.data.readers import (
    STANDARD_STREAM,
    marked_encoding,
    open_file,
    read_source,
    read_text,
)
from imbgan.data.reading import Form, Reading
from imbgan.data.typed import read_typed
from imbgan.exceptions import DataError, ParameterError, ReadingWarning

if TYPE_CHECKING:
    import polars as pl

#: Characters of text, and rows of other formats, that are read at a time.
BLOCK, ROWS = 2**23, 2**16
# Enough bytes for the signature of any format, and to tell JSON from CSV.
_HEAD = 2**12


@dataclass
class Batches:
    """The batches of a table, in its order.

    Parameters
    ----------
    path : str
        A file as for :func:`imbgan.data.read_frame`; ``"-"`` is standard input.
    reading : Reading
        How the table is read. Text columns of which it knows no form are read as text, so that all batches agree.
    notes : list of str
        What the user should know of how the table was read; complete after the last batch.
    open : callable, default=None
        Opens the file; by default the file of this machine that is called ``path``.
    may_be_empty : bool, default=False
        Whether a file of text may be empty or hold a header alone, as parts of a larger table may.
    """

    path: str
    reading: Reading
    notes: list[str] = field(default_factory=list[str])
    open: Callable[[], IO[bytes]] | None = None
    may_be_empty: bool = False

    def __iter__(self) -> Iterator["pl.DataFrame"]:
        """Yield frames of at least one row.

        Raises
        ------
        DataError
            If the file does not exist or cannot be read, or if it holds no row.
        """
        with self._unpacked_stream() as (stream, head, compression):
            found = self._format(head)
            if found in TEXT_FORMATS:
                with _damage(self._source, compression):
                    for original in self._of_text(stream, head, found):
                        yield original.frame
            else:
                yield from self._of_others(stream, head, found, compression)

    def originals(self) -> Iterator[Original | JsonOriginal]:
        """Yield the parts of a file of text with their text; each part of a delimited file has the header.

        Raises
        ------
        DataError
            As in an iteration, and if the file holds no text.
        """
        with self._unpacked_stream() as (stream, head, compression), _damage(self._source, compression):
            encoding = marked_encoding(head, self.reading.encoding)
            for number, original in enumerate(self._of_text(stream, head, self._text_format(head))):
                # What begins a file, such as a byte order mark, stands there once.
                yield replace(original, encoding=encoding, mark=original.mark if number == 0 else "")

    def _text_format(self, head: bytes) -> Format:
        found = self._format(head)
        if found not in TEXT_FORMATS:
            raise DataError(f"{self._source} is {TITLES[found]}, whatever its name says. Name it as what it is.")
        return found

    def sample(self, n_characters: int = BLOCK) -> Original | JsonOriginal | None:
        """Read the beginning of a file of text, and find the form of each column there; None if it holds no row.

        Raises
        ------
        DataError
            If the file does not exist, cannot be read, or holds no text.
        """
        with self._unpacked_stream() as (stream, head, compression), _damage(self._source, compression):
            found = self._text_format(head)
            encoding = marked_encoding(head, self.reading.encoding)
            text = next(_blocks(_decoded(stream, encoding, self._source), found))
            end = _last_row_end(text[:n_characters], has_quotes=found != "jsonl") if len(text) > n_characters else 0
            text = text[:end] if end else text
            title, header, body = _divided(text, found, self.reading.delimiter)
            if not body.strip():
                return None
            data = (title + header + body).encode("utf-8", "surrogatepass")
            original = read_text(data, found, replace(self.reading, encoding="utf-8"), self._source)
            return replace(original, encoding=encoding)

    @property
    def _source(self) -> str:
        return "Standard input" if self.path == STANDARD_STREAM else repr(self.path)

    @contextlib.contextmanager
    def _unpacked_stream(self) -> Generator[tuple[IO[bytes], bytes, str]]:
        """Yield the uncompressed bytes, the first of them, and the compression."""
        with contextlib.ExitStack() as stack:
            opened = stack.enter_context(self.open() if self.open is not None else _opened(self.path))
            with _damage(self._source, ""):
                stream, packed_head = _peeked(opened)
            compression = compression_of(packed_head)
            with _damage(self._source, compression):
                stream = stack.enter_context(contextlib.closing(_unpacked(stream, compression)))
                stream, head = _peeked(stream)
            yield stream, head, compression

    def _format(self, head: bytes) -> Format:
        """Return the format by the first bytes, or else by the name."""
        signed = signed_format(head)
        if signed is None and head.startswith(b"PK\x03\x04"):
            signed = "excel"  # whether it is a spreadsheet is known when it is read
        if signed is not None:
            return signed
        if self.path == STANDARD_STREAM and self.reading.format is None:
            return sniff(head)
        return format_of(Path(self.path), self.reading.format).format

    def _of_text(self, stream: IO[bytes], head: bytes, found: Format) -> Iterator[Original | JsonOriginal]:
        source = self._source
        if not head and self.may_be_empty:
            return
        if not head:
            raise DataError(f"{source} is empty. A table needs a header and at least one row.")
        encoding = marked_encoding(head, self.reading.encoding)
        reading, line, header = replace(self.reading, encoding="utf-8"), 0, ""
        for block in _blocks(_decoded(stream, encoding, source), found):
            title, body = "", block
            if not line:
                title, header, body = _divided(block, found, self.reading.delimiter)
            if not body.strip() and (line or self.may_be_empty):
                continue
            data = (title + header + body).encode("utf-8", "surrogatepass")
            lines_above = max(line - header.count("\n"), 0)
            if not line:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore", ReadingWarning)  # about columns that are read as text
                    reading = _frozen(reading, read_text(data, found, reading, source), found)
                line += (title + header).count("\n")
            line += body.count("\n")
            yield read_text(data, found, reading, source, lines_above=lines_above)

    def _of_others(self, stream: IO[bytes], head: bytes, found: Format, compression: str) -> Iterator["pl.DataFrame"]:
        """Yield slices of a format that cannot be read from a pipe; a pipe is copied into a temporary file."""
        import polars as pl

        source = self._source
        is_plain = self.path != STANDARD_STREAM and not compression
        with contextlib.ExitStack() as stack:
            place = self.path if is_plain else stack.enter_context(_copied(stream))
            if found == "excel" or head.startswith(ARROW_STREAM):
                whole = read_source(place, replace(self.reading, format=found))
                self.notes += whole.notes
                yield from whole.frame.iter_slices(ROWS)
                return
            scan: Any = pl.scan_parquet if found == "parquet" else pl.scan_ipc
            with _incomplete(source, {"parquet": "Parquet", "arrow": "Arrow"}[found]):
                lazy = scan(place)
                n_rows = int(lazy.select(pl.len()).collect().item())
            if n_rows == 0:
                raise DataError(f"{source} holds no rows. A table needs at least one.")
            for start in range(0, n_rows, ROWS):
                with _incomplete(source, {"parquet": "Parquet", "arrow": "Arrow"}[found]):
                    frame = lazy.slice(start, ROWS).collect()
                frame = _with_text(frame, self.reading)
                texts = {name: Form("text") for name, dtype in frame.schema.items() if dtype == pl.String}
                reading = replace(self.reading, columns={**texts, **self.reading.columns})
                place = partial(_row, start)
                yield read_typed(frame, reading, keeps_text=True, place=place).frame


def _with_text(frame: "pl.DataFrame", reading: Reading) -> "pl.DataFrame":
    """Return the frame with text instead of categories, where a column held numbers or dates in an earlier file."""
    import polars as pl

    typed = [name for name, form in reading.columns.items() if form.kind != "text" and name in frame.columns]
    categories = [name for name in typed if isinstance(frame.schema[name], pl.Categorical | pl.Enum)]
    return frame.with_columns(pl.col(categories).cast(pl.String)) if categories else frame


def _row(start: int, row: int) -> str:
    return f"row {start + row} (from 0)"


def _frozen(reading: Reading, original: Any, found: Format) -> Reading:  # noqa: ANN401 - one of two originals
    """Return how all blocks are read: by the separator of the first one, and unknown columns of text as text."""
    texts = original.forms if found == "jsonl" else original.frame.columns
    unknown = {name: Form("text") for name in texts if name not in {**reading.columns, **reading.kinds}}
    separator = getattr(original, "separator", reading.delimiter)
    return replace(reading, delimiter=separator, columns={**reading.columns, **unknown})


@contextlib.contextmanager
def _opened(path: str) -> Generator[IO[bytes]]:
    if path == STANDARD_STREAM:
        if sys.stdin is None:
            raise DataError("Standard input is closed. Name a file instead of '-'.")
        yield sys.stdin.buffer
        return
    with open_file(Path(path)) as file:
        yield file


def _peeked(stream: IO[bytes]) -> tuple[IO[bytes], bytes]:
    """Return a stream of the same bytes, and its first bytes."""
    head = bytearray()
    while len(head) < _HEAD:
        part = stream.read(_HEAD - len(head))
        if not part:
            break
        head += part
    return cast("IO[bytes]", _Joined(bytes(head), stream)), bytes(head)


class _Joined(io.RawIOBase):
    """A stream of some bytes and then of those of another stream."""

    def __init__(self, head: bytes, rest: IO[bytes]) -> None:
        self._head, self._rest = io.BytesIO(head), rest

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        found = self._head.read(size)
        if size < 0:
            return found + self._rest.read()
        return found or self._rest.read(size)

    def readinto(self, buffer: Any) -> int:  # noqa: ANN401 - any buffer
        found = self.read(len(buffer))
        buffer[: len(found)] = found
        return len(found)


def _unpacked(stream: IO[bytes], compression: str) -> IO[bytes]:
    if compression == "gz":
        return cast("IO[bytes]", gzip.GzipFile(fileobj=stream))
    if compression == "bz2":
        return bz2.BZ2File(stream)
    if compression == "xz":
        return lzma.LZMAFile(stream)
    if compression == "zst":
        arrow = import_optional("pyarrow", extra="parquet")
        return arrow.CompressedInputStream(arrow.PythonFile(stream, mode="r"), "zstd")
    return stream


@contextlib.contextmanager
def _damage(source: str, compression: str) -> Generator[None]:
    try:
        yield
    except (DataError, ParameterError):
        raise
    except (OSError, EOFError, lzma.LZMAError, zlib.error) as error:
        if not compression:
            raise DataError(f"{source} cannot be read: {getattr(error, 'strerror', None) or error}.") from error
        raise DataError(
            f"{source} is compressed ({compression}) and damaged or cut off ({error}). Copy or download it again."
        ) from error


@contextlib.contextmanager
def _incomplete(source: str, title: str) -> Generator[None]:
    import polars as pl

    try:
        yield
    # A damaged file can make polars panic, which is not an Exception.
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as error:
        reason = " ".join(str(error).split())[:200]
        raise DataError(f"{source} is not a complete {title} file ({reason}). Copy or write it again.") from error


@contextlib.contextmanager
def _copied(stream: IO[bytes]) -> Generator[str]:
    with tempfile.TemporaryDirectory(prefix="imbgan-") as folder:
        path = Path(folder) / "table"
        with path.open("wb") as file:
            shutil.copyfileobj(stream, file)
        yield str(path)


def _decoded(stream: IO[bytes], encoding: str, source: str) -> Iterator[str]:
    try:
        decoder = codecs.getincrementaldecoder(encoding)()
    except LookupError:
        raise ParameterError(f"The encoding must be one that Python knows, such as utf-8. Got {encoding!r}.") from None
    line = 1
    while True:
        data = stream.read(BLOCK)
        try:
            text = decoder.decode(data, final=not data)
        except UnicodeError as error:
            raise DataError(
                f"{source}, after line {line}: the text is not {encoding}. Name the encoding that it was saved in, "
                "often cp1252, latin-1 or utf-16 (encoding=..., --encoding), or save it as UTF-8."
            ) from error
        line += text.count("\n")
        if text:
            yield text
        if not data:
            return


def _blocks(texts: Iterator[str], found: Format) -> Iterator[str]:
    """Yield text that ends where a row ends."""
    rest = ""
    for text in texts:
        rest += text
        if len(rest) < BLOCK:
            continue
        end = _last_row_end(rest, has_quotes=found != "jsonl")
        if end:
            yield rest[:end]
            rest = rest[end:]
    yield rest


def _last_row_end(text: str, *, has_quotes: bool) -> int:
    """Return the position after the last line end that no quote encloses; 0 if there is none."""
    end = text.rfind("\n") + 1
    if not has_quotes or '"' not in text:
        return end
    n_quotes = text.count('"', 0, end)
    while end and n_quotes % 2:
        before = text.rfind("\n", 0, end - 1) + 1
        n_quotes -= text.count('"', before, end)
        end = before
    return end


def _divided(text: str, found: Format, delimiter: str | None) -> tuple[str, str, str]:
    """Return the text above the header, the header, and the rest; JSON lines have no header."""
    return ("", "", text) if found == "jsonl" else _split_header(text, found, delimiter)


def _split_header(text: str, found: Format, delimiter: str | None) -> tuple[str, str, str]:
    """Return the text above the header, the header, and the rest."""
    start = len(text) - len(text.lstrip("\r\n\ufeff"))
    start += len(find_layout(text[start:], "\t" if found == "tsv" else ",", chosen=delimiter).above)
    end = text.find("\n", start) + 1
    while end and text.count('"', start, end) % 2:
        end = text.find("\n", end) + 1
    return (text[:start], text[start:end], text[end:]) if end else (text[:start], text[start:], "")
