"""The text of a JSON lines file, from which its rows can be written again with unchanged values."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from imbgan.data.originals import encoded
from imbgan.data.reading import Form
from imbgan.data.styles import Style, learn_style

if TYPE_CHECKING:
    import polars as pl

_SPACE = re.compile(r"\s*")


@dataclass(frozen=True)
class JsonOriginal:
    """The original text of a file with one JSON object per line.

    Parameters
    ----------
    text : str
        The text without a byte order mark.
    frame : polars.DataFrame
        The frame that was read from it.
    forms : mapping of str to Form
        How the text of each column was read.
    encoding : str, default="utf-8"
    mark : str, default=""
        The byte order mark.
    known_styles : mapping of str to Style, default=None
        The style of the values of each column, if the text has no rows that show it.
    """

    text: str
    frame: "pl.DataFrame"
    forms: Mapping[str, Form]
    encoding: str = "utf-8"
    mark: str = ""
    known_styles: Mapping[str, Style] | None = None

    @cached_property
    def records(self) -> list[dict[str, str]]:
        """The values of each object by name, as written in the file."""
        return [split_object(line) for line in self.text.split("\n") if line.strip()]

    @cached_property
    def is_known(self) -> bool:
        """Whether these values are those of the frame."""
        if any(dtype.is_nested() for dtype in self.frame.dtypes):
            return False
        names = set(self.frame.columns)
        try:
            _ = self.records
        except (ValueError, IndexError):  # polars reads this text, but Python's json does not
            return False
        return len(self.records) == self.frame.height and all(record.keys() <= names for record in self.records)

    @cached_property
    def styles(self) -> Mapping[str, Style]:
        """The style of the values of each column."""
        import polars as pl

        if self.known_styles is not None:
            return self.known_styles
        return {
            series.name: learn_style(
                pl.Series([_readable(record.get(series.name)) for record in self.records], dtype=pl.String),
                series,
                self.forms.get(series.name),
            )
            for series in self.frame.get_columns()
        }

    def with_rows(self, frame: "pl.DataFrame", kept: "pl.Series | None" = None) -> bytes:
        """Return the text with columns and rows removed or added; see :meth:`Original.with_rows`."""
        import polars as pl

        kept = pl.repeat(True, self.frame.height, eager=True) if kept is None else kept
        n_kept = int(kept.sum())
        if frame.columns == self.frame.columns and n_kept == self.frame.height:
            begin = self.text if self.text.endswith("\n") else self.text + self._line_end
        else:
            begin = "".join(map(self._line, self._select(frame.head(n_kept), kept)))
        text = begin + "".join(map(self._line, self._write(frame.slice(n_kept))))
        return encoded(
            self.mark + (text if self.text.endswith("\n") else text.removesuffix(self._line_end)), self.encoding
        )

    @property
    def _line_end(self) -> str:
        return "\r\n" if "\r\n" in self.text else "\n"

    @cached_property
    def _signs(self) -> tuple[str, str]:
        """The separators between values, and between a name and its value, with their spaces."""
        item = re.search(r'(?<=["\d\]}el])(,[ ]*)"', self.text)
        pair = re.match(r'\s*\{\s*"(?:[^"\\]|\\.)*"(\s*:[ ]*)', self.text)
        return item[1] if item else ", ", pair[1] if pair else ": "

    def _line(self, record: Mapping[str, str]) -> str:
        between, colon = self._signs
        names = {name: json.dumps(name, ensure_ascii=self.text.isascii()) for name in record}
        return (
            "{" + between.join(f"{names[name]}{colon}{value}" for name, value in record.items()) + "}" + self._line_end
        )

    def _select(self, old: "pl.DataFrame", kept: "pl.Series") -> list[dict[str, str]]:
        chosen = [record for record, is_kept in zip(self.records, kept, strict=True) if is_kept]
        added = self._write(old.select(name for name in old.columns if name not in self.frame.columns))
        names = set(old.columns)
        return [
            {name: value for name, value in record.items() if name in names} | (added[i] if added else {})
            for i, record in enumerate(chosen)
        ]

    def _write(self, rows: "pl.DataFrame") -> list[dict[str, str]]:
        columns = {
            series.name: self.styles.get(series.name, Style()).write_json(series, is_ascii=self.text.isascii())
            for series in rows.get_columns()
        }
        return [
            # Some files omit the name of a missing value.
            {name: value for name, value in zip(columns, values, strict=True) if value}
            for values in zip(*columns.values(), strict=True)
        ]


def _readable(value: str | None) -> str | None:
    """Return the JSON of a text with its characters instead of their escapes."""
    if value is None or "\\u" not in value:
        return value
    # A frame holds no half of a surrogate pair.
    text = json.dumps(json.loads(value), ensure_ascii=False)
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def split_object(line: str) -> dict[str, str]:
    """Return the values of a JSON object by name, as written in its text."""
    decoder = json.JSONDecoder()
    values: dict[str, str] = {}
    place = _skip(line, line.index("{") + 1)
    while line[place] != "}":
        name, place = decoder.raw_decode(line, place)
        begin = _skip(line, _skip(line, place) + 1)  # after the colon
        _, end = decoder.raw_decode(line, begin)
        values[name] = line[begin:end]
        place = _skip(line, end)
        if line[place] == ",":
            place = _skip(line, place + 1)
    return values


def _skip(line: str, place: int) -> int:
    found = _SPACE.match(line, place)
    return place if found is None else found.end()
