"""The results file has one JSON line per fold, strategy and estimator; an interrupted comparison resumes from it."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import joblib

from imbgan._plain import from_plain, to_plain
from imbgan.comparison.fold_results import FoldResult
from imbgan.exceptions import DataError, ParameterError
from imbgan.tabular import read_table

# Since version 3, each row holds predictions, on which thresholds of other folds are tuned.
FORMAT, VERSION = "imbgan.comparison", 3


def table_hash(X: object) -> str:
    """Return a text that is equal for tables with equal values, whatever their layout in memory."""
    columns: list[tuple[str, object, object]] = []
    for column in read_table(X).columns:
        present = column.values[~column.missing]
        columns.append((repr(column.name), present.tolist() if present.dtype == object else present, column.missing))
    return str(joblib.hash(columns))


class Journal:
    """Results on disk, after a first line that identifies their comparison.

    Parameters
    ----------
    path : path-like
        A new file, or one that an earlier run of the same comparison has written.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)

    def read(self) -> tuple[dict[str, Any] | None, list[FoldResult]]:
        """Return the head and the results; (None, []) if there is no file. A last line that a crash cut off is dropped.

        Raises
        ------
        DataError
            If the file is something else, or has another version.
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
                f"{str(self.path)!r} is not a results file of this version of imbgan. Pass another path, or delete it."
            ) from error
        if is_other_version:
            raise DataError(
                f"{str(self.path)!r} was written by another version of imbgan (format {head['version']!r}, this one "
                f"reads {VERSION}), so the comparison cannot resume from it. Delete it, or pass another path, and the "
                "comparison starts again."
            )
        if cut:
            self._write([head, *rows], mode="w")
        return head, rows

    def check(self, found: Mapping[str, Any], head: Mapping[str, Any]) -> None:
        """Raise ParameterError if the file belongs to another comparison; the message names the differences."""
        differing = [name for name, value in to_plain(head).items() if found.get(name) != value]
        if differing:
            raise ParameterError(
                f"{str(self.path)!r} holds results of another comparison: {', '.join(differing)} differ. Pass another "
                "path, delete the file, or use the same table and settings again."
            )

    def begin(self, head: Mapping[str, Any]) -> None:
        """Write the first line."""
        self._write([{"format": FORMAT, "version": VERSION, **head}], mode="w")

    def append(self, rows: Iterable[FoldResult]) -> None:
        """Append results as complete lines."""
        self._write(rows, mode="a")

    def _write(self, rows: Iterable[Mapping[str, Any] | FoldResult], *, mode: str) -> None:
        text = "".join(f"{json.dumps(to_plain(row), ensure_ascii=False, allow_nan=False)}\n" for row in rows)
        with self.path.open(mode, encoding="utf-8", newline="") as file:
            file.write(text)
