"""The columns that a classifier learned from, and how a new table departs from them."""

from collections import Counter
from collections.abc import Container, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self, cast

import numpy as np

from imbgan._text import cut, did_you_mean, listed, printable, quoted
from imbgan.exceptions import DataError, DataTypeError
from imbgan.tabular import read_table
from imbgan.tabular.containers import container_of
from imbgan.tabular.labels import label_text
from imbgan.tabular.scalars import Json, from_json, to_json
from imbgan.tabular.schema import FAMILIES, TIME_FAMILIES, Family, RawColumn, Table, column_label
from imbgan.tabular.statistics import check_names
from imbgan.tabular.vectors import cell_names
from imbgan.text import MAX_CHARACTERS, read_texts

# Levels of columns with more than this many are not kept: such a column holds names or texts, which would make the
# file large and tell what the table held.
MAX_LEVELS = 1_000

#: What a family of values is called in messages.
_WORDS: Mapping[str, str] = {
    "float": "numbers",
    "int": "numbers",
    "bool": "booleans",
    "level": "categories",
    "datetime": "dates",
    "timedelta": "durations",
    "time": "times of day",
}


@dataclass(frozen=True)
class LearnedColumn:
    """One column of the table that a classifier was fitted on.

    Parameters
    ----------
    name : Hashable
        Its name, or its position in a table without names.
    family : str
        The family of its values; see :data:`imbgan.tabular.schema.Family`.
    has_missing : bool
        Whether a cell was missing.
    levels : tuple of str or None
        Texts of all levels, sorted; None if the column holds no levels, or more than :data:`MAX_LEVELS`.
    is_text : bool, default=False
        Whether the column holds texts, which are read as vectors.
    """

    name: Hashable
    family: Family
    has_missing: bool
    levels: tuple[str, ...] | None
    is_text: bool = False

    @classmethod
    def of(cls, column: RawColumn, *, is_text: bool = False) -> Self:
        """Describe a column; the texts of a column of text are not kept."""
        levels: tuple[str, ...] | None = None
        if column.family == "level" and not is_text:
            texts = {label_text(cell) for cell in set(column.as_objects().tolist()) if cell is not None}
            levels = tuple(sorted(texts)) if len(texts) <= MAX_LEVELS else None
        return cls(column.name, column.family, bool(column.missing.any()), levels, is_text)

    @property
    def what(self) -> str:
        """What the column holds, in one word."""
        return _WORDS.get(self.family, "no values")

    def to_plain(self) -> dict[str, Any]:
        """Return JSON values."""
        levels = None if self.levels is None else list(self.levels)
        name = to_json(self.name)
        facts = {"name": name, "family": self.family, "has_missing": self.has_missing, "levels": levels}
        return facts | ({"is_text": True} if self.is_text else {})

    @classmethod
    def from_plain(cls, document: Mapping[str, Any]) -> Self:
        """Rebuild what :meth:`to_plain` returned; an error of Python for anything else."""
        family, levels = document["family"], document["levels"]
        if family not in FAMILIES:
            raise ValueError(f"a column is of the unknown family {family!r}")
        name = from_json(cast("Json", document["name"]))
        known = None if levels is None else tuple(map(str, levels))
        return cls(name, family, bool(document["has_missing"]), known, bool(document.get("is_text", False)))


@dataclass
class Departures:
    """How new tables depart from the one that was learned from; batches of one table add to one object.

    Parameters
    ----------
    extra : list
        Names of columns that were not learned from.
    unknown : dict of name to Counter
        Levels that did not occur, with their number of cells.
    missing : Counter
        Number of missing cells of columns in which no cell was missing.
    infinite : dict of name to (int, int)
        Number of infinite cells, and the row of the first one, from 0.
    cut, mended : Counter
        Number of texts that are cut, and of those in which halves of surrogate pairs are replaced.
    n_rows : int
        Number of rows that were looked at.
    """

    extra: list[Hashable] = field(default_factory=list[Hashable])
    unknown: dict[Hashable, Counter[str]] = field(default_factory=dict[Hashable, Counter[str]])
    missing: Counter[Hashable] = field(default_factory=Counter[Hashable])
    infinite: dict[Hashable, tuple[int, int]] = field(default_factory=dict[Hashable, tuple[int, int]])
    cut: Counter[Hashable] = field(default_factory=Counter[Hashable])
    mended: Counter[Hashable] = field(default_factory=Counter[Hashable])
    n_rows: int = 0

    def sentences(self) -> list[str]:
        """Return one sentence for each kind of departure."""
        found: list[str] = []
        if self.extra:
            found.append(f"Columns that the classifier does not know are ignored: {listed(self.extra)}.")
        for name, counts in self.unknown.items():
            examples = ", ".join(f"{quoted(cut(printable(level), 40))} ({n})" for level, n in counts.most_common(3))
            more = f" and {len(counts) - 3} more" if len(counts) > 3 else ""
            found.append(
                f"{column_label(name)} holds {_cells(counts.total())} with levels that did not occur in training: "
                f"{examples}{more}. They are treated as unknown."
            )
        for name, n in self.missing.items():
            found.append(f"{column_label(name)} has {_cells(n, 'missing ')}; in training it had none.")
        for name, (n, first) in self.infinite.items():
            found.append(
                f"{column_label(name)} holds {_cells(n, 'infinite ')} (first: row {first}, from 0). They are "
                "treated as missing."
            )
        for name, n in self.cut.items():
            found.append(f"{column_label(name)}: {_cells(n, kind='text')} cut after {MAX_CHARACTERS:,} characters.")
        for name, n in self.mended.items():
            found.append(f"{column_label(name)}: halves of surrogate pairs in {_cells(n, kind='text')} became U+FFFD.")
        return found


@dataclass(frozen=True)
class LearnedColumns:
    """The columns that a classifier was fitted on.

    Parameters
    ----------
    columns : tuple of LearnedColumn
    is_named : bool
        Whether the container of the table names its columns.
    """

    columns: tuple[LearnedColumn, ...]
    is_named: bool

    @classmethod
    def of(cls, table: Table, texts: Container[Hashable] = ()) -> Self:
        """Describe the columns of a table; ``texts`` are the names of those that hold text."""
        columns = tuple(LearnedColumn.of(column, is_text=column.name in texts) for column in table.columns)
        return cls(columns, container_of(table).is_named)

    @property
    def names(self) -> tuple[Hashable, ...]:
        """Names of the columns, or their positions."""
        return cell_names(column.name for column in self.columns)

    def select(self, X: object, departures: Departures) -> object:
        """Return the known columns of a table in their order, in the same container.

        Columns without names are known by their position.

        Raises
        ------
        DataError
            If a column is missing; the message names a near miss.
        """
        container = container_of(X)
        names = container.names(X)
        if not (container.is_named and self.is_named):
            return X
        absent = [name for name in self.names if name not in names]
        if absent:
            extra = [name for name in names if name not in self.names]
            raise DataError(_absent(absent, extra))
        if names == self.names:
            return X
        departures.extra = [name for name in names if name not in self.names]
        return container.select(X, self.names)

    def check(self, X: object, departures: Departures) -> None:
        """Check the cells of the selected columns, and count what departs.

        Raises
        ------
        DataError
            If a cell is infinite.
        DataTypeError
            If a column holds values of another kind than in training.
        """
        table = read_table(X)
        if len(table.columns) != len(self.columns):
            check_names(tuple(column.name for column in self.columns), table.names, named=self.is_named)
        for learned, column in zip(self.columns, table.columns, strict=False):
            _check_family(learned, column, departures.n_rows)
            n_missing = int(column.missing.sum())
            if n_missing and not learned.has_missing:
                departures.missing[learned.name] += n_missing
            if learned.is_text:
                texts = read_texts(column.as_objects(), name=str(learned.name), is_training=False)
                departures.cut += Counter({learned.name: texts.n_cut})
                departures.mended += Counter({learned.name: texts.n_mended})
            if learned.levels is not None and column.family != "none":
                _count_unknown(learned, column, departures)
        departures.n_rows += table.n_rows

    def to_plain(self) -> dict[str, Any]:
        """Return JSON values."""
        return {"is_named": self.is_named, "columns": [column.to_plain() for column in self.columns]}

    @classmethod
    def from_plain(cls, document: Mapping[str, Any]) -> Self:
        """Rebuild what :meth:`to_plain` returned; an error of Python for anything else."""
        return cls(tuple(map(LearnedColumn.from_plain, document["columns"])), bool(document["is_named"]))


def _cells(n: int, what: str = "", kind: str = "cell") -> str:
    return f"{n} {what}{kind}{'' if n == 1 else 's'}"


def _absent(absent: Sequence[Hashable], extra: Sequence[Hashable]) -> str:
    first = absent[0]
    hint = did_you_mean(first, extra)
    more = f" Further missing columns: {listed(absent[1:])}." if len(absent) > 1 else ""
    return f"The table lacks the column {quoted(first)}, which the classifier was trained on.{hint}{more}"


def _check_family(learned: LearnedColumn, column: RawColumn, n_above: int) -> None:
    """Raise DataTypeError unless the values of a column can stand for those of the learned one."""
    pair = {learned.family, column.family}
    if len(pair) == 1 or "none" in pair or pair <= {"float", "int", "bool"}:
        return
    if learned.family == "level" and column.family not in TIME_FAMILIES:
        return  # codes such as 7, which another file holds as text
    present = np.flatnonzero(~column.missing)
    cells = column.as_objects()
    # A column of text that holds one word among numbers: the word is the cell to mend.
    first = next((int(row) for row in present if not _is_number(cells[row])), int(present[0]))
    example = f"{quoted(cut(printable(cells[first]), 40))} in row {first + n_above}, from 0"
    raise DataTypeError(
        f"{column_label(learned.name)} held {learned.what} in training, and holds {_WORDS[column.family]} here (first: "
        f"{example}). Mend this cell, or convert the column."
    )


def _is_number(cell: object) -> bool:
    try:
        float(cast("Any", cell))
    except (TypeError, ValueError):
        return False
    return True


def _count_unknown(learned: LearnedColumn, column: RawColumn, departures: Departures) -> None:
    known = set(learned.levels or ())
    counts = Counter(column.as_objects().tolist())
    counts.pop(None, None)
    unknown = Counter[str]()
    for cell, n in counts.items():
        text = label_text(cell)
        if text not in known:
            unknown[text] += n
    if unknown:
        departures.unknown.setdefault(learned.name, Counter()).update(unknown)
