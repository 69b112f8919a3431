"""The results file: one JSON line a fold, strategy and estimator, so that an interrupted comparison goes on."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import joblib

from imbgan._plain import from_plain, to_plain
from imbgan.comparison.results import FoldResult
from imbgan.exceptions import DataError, ParameterError
from imbgan.tabular import read_table

# Version 2: labels are written as assessments write them, and every row is whole.
FORMAT, VERSION = "imbgan.comparison", 2


def table_hash(X: object) -> str:
    """Return a text that is the same for tables of the same values, whatever their containers look like in memory."""
    columns: list[tuple[str, object, object]] = []
    for column in read_table(X).columns:
        present = column.values[~column.missing]
        columns.append((repr(column.name), present.tolist() if present.dtype == object else present, column.missing))
    return str(joblib.hash(columns))


class Journal:
    """Rows on disk, behind a first line that says which comparison they belong to.

    Parameters
    ----------
    path : path-like
        A new file, or one that an earlier run of the same comparison has written.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)

    def read(self) -> tuple[dict[str, Any] | None, list[FoldResult]]:
        """Return the head and the rows, (None, []) without a file; a last line cut short by a crash is left out.

        Raises
        ------
        DataError
            The file is something else, or of another version.
        """
        if not self.path.exists() or self.path.stat().st_size == 0:
            return None, []
        lines = self.path.read_text(encoding="utf-8").split("\n")
        whole, cut = lines[:-1], lines[-1]
        try:
            head = json.loads(whole[0])
            is_other_version = head["format"] == FORMAT and head["version"] != VERSION
            if head["format"] != FORMAT:
                raise KeyError("format")
            rows = [] if is_other_version else [from_plain(FoldResult, json.loads(line)) for line in whole[1:]]
        except (ValueError, KeyError, TypeError, IndexError) as error:
            raise DataError(
                f"{str(self.path)!r} is not a results file of this version of imbgan. Name another path, or delete it."
            ) from error
        if is_other_version:
            raise DataError(
                f"{str(self.path)!r} was written by another version of imbgan (format {head['version']!r}, this one "
                f"reads {VERSION}), so its rows cannot be continued. Delete it, or name another path: the comparison "
                "is then run anew."
            )
        if cut:
            self._write([head, *rows], mode="w")
        return head, rows

    def check(self, found: Mapping[str, Any], head: Mapping[str, Any]) -> None:
        """Refuse rows of another comparison, naming what differs; ParameterError."""
        differing = [name for name, value in to_plain(head).items() if found.get(name) != value]
        if differing:
            raise ParameterError(
                f"{str(self.path)!r} holds results of another comparison: {', '.join(differing)} differ. Name another "
                "path, delete the file, or repeat with the same table and settings."
            )

    def begin(self, head: Mapping[str, Any]) -> None:
        """Write the first line."""
        self._write([{"format": FORMAT, "version": VERSION, **head}], mode="w")

    def append(self, rows: Iterable[FoldResult]) -> None:
        """Add rows, each whole."""
        self._write(rows, mode="a")

    def _write(self, rows: Iterable[Mapping[str, Any] | FoldResult], *, mode: str) -> None:
        text = "".join(f"{json.dumps(to_plain(row), ensure_ascii=False, allow_nan=False)}\n" for row in rows)
        with self.path.open(mode, encoding="utf-8") as file:
            file.write(text)
