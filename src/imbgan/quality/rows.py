"""Read real, generated and held-out rows of any container as aligned matrices of cells."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, cast

import numpy as np
from numpy.typing import NDArray

from imbgan._text import did_you_mean, listed
from imbgan.exceptions import DataError, DataTypeError, ParameterError
from imbgan.quality.results import ColumnQuality
from imbgan.quality.steps import Steps
from imbgan.tabular import read_table
from imbgan.tabular.containers import container_of
from imbgan.tabular.identifiers.evidence import FREE_TEXT, ROW_NUMBERS, identifiers_of
from imbgan.tabular.labels import Labels, label_text, read_labels
from imbgan.tabular.reading import is_named, read_names
from imbgan.tabular.schema import NANOSECONDS, TIME_FAMILIES, RawColumn, Table, column_label

Cells = NDArray[np.float64]
Role = Literal["real", "synthetic", "holdout"]
Kinds = Mapping[str | int, str]

# The only class of a table without labels.
ALL_ROWS = "all rows"


@dataclass(frozen=True)
class Field:
    """One column that all tables share: a number (also a date, duration or time of day) or a category."""

    name: str
    is_number: bool
    levels: tuple[str, ...] = ()
    family: str = ""  # family of a number: "float", "int", "datetime", "timedelta", "time"
    steps: str = ""  # the steps that real values keep, such as "steps of 50"; empty if there are none


@dataclass(frozen=True)
class Rows:
    """Rows of one table.

    Parameters
    ----------
    cells : ndarray of shape (n, d)
        Numbers are unchanged (dates, durations and times of day in nanoseconds), categories are positions among the
        levels of the field, and missing cells are NaN.
    labels : ndarray of str of shape (n,)
        Labels as text.
    identifiers : dict of str to list of str or None
        The values of columns that identify persons, as text; None where missing.
    off_steps : dict of str to ndarray of bool of shape (n,)
        Which values lie between the steps of their column, for columns with steps.
    """

    cells: Cells
    labels: NDArray[np.str_]
    identifiers: dict[str, list[str | None]] = field(default_factory=dict[str, "list[str | None]"])
    off_steps: dict[str, NDArray[np.bool_]] = field(default_factory=dict[str, "NDArray[np.bool_]"])

    def of_class(self, label: str) -> Cells:
        """Return the cells of one class."""
        return self.cells[self.labels == label]


def read_rows(
    tables: Mapping[Role, object], target: Hashable | None, kinds: Kinds | None
) -> tuple[tuple[Field, ...], dict[Role, Rows]]:
    """Read tables that must have the same columns.

    Parameters
    ----------
    tables : mapping from role to table
        The others must have the columns of ``"real"``. Columns that identify persons or rows are left out.
    target : hashable or None
        The column of the labels.
    kinds : mapping or None
        Kinds as for the samplers.

    Raises
    ------
    DataError
        If the target or labels are missing, or if columns differ from those of the real table.
    DataTypeError
        If a column holds numbers in one table and text in another.
    """
    labels: dict[Role, NDArray[np.str_]] = {}
    raw: dict[Role, Table] = {}
    for role, table in tables.items():
        X, y = _split_target(table, target, role)
        raw[role] = read_table(X, kinds)
        labels[role] = np.full(raw[role].n_rows, ALL_ROWS)
        if y is not None:
            y.check_rows(raw[role].n_rows, f"y of {role}")
            labels[role] = np.array(y.texts, dtype=np.str_)[y.codes]
    real = raw["real"]
    # Identifiers differ from row to row, whoever makes them: there is nothing to compare but whether they are real.
    identifiers = identifiers_of(real)
    identifiers |= {name: FREE_TEXT for name, kind in real.kinds.items() if kind == "text"}
    columns = {role: _aligned(table, real, role) for role, table in raw.items()}
    fields: list[Field] = []
    cells: dict[Role, list[Cells]] = {role: [] for role in tables}
    texts: dict[Role, dict[str, list[str | None]]] = {role: {} for role in tables}
    off: dict[Role, dict[str, NDArray[np.bool_]]] = {role: {} for role in tables}
    for place, column in enumerate(real.columns):
        found: dict[Role, RawColumn] = {role: columns[role][place] for role in tables}
        if identifiers.get(column.name, ROW_NUMBERS) != ROW_NUMBERS:
            for role in tables:
                texts[role][str(column.name)] = _level_texts(found[role])
        if column.name in identifiers and len(identifiers) < len(real.columns):
            continue
        read, values = _read_column(found)
        steps = Steps.of(column, labels["real"]) if read.is_number else None
        if steps is not None:
            read = replace(read, steps=steps.text)
            for role in tables:
                off[role][read.name] = steps.off(found[role])
        fields.append(read)
        for role in tables:
            cells[role].append(values[role])
    rows: dict[Role, Rows] = {
        role: Rows(np.stack(cells[role], axis=1), labels[role], texts[role], off[role]) for role in tables
    }
    return tuple(fields), rows


def _split_target(table: object, target: Hashable | None, role: Role) -> tuple[object, Labels | None]:
    """Return the columns without the target, and the labels, or None if there are none."""
    if isinstance(table, tuple) and len(cast("tuple[object, ...]", table)) == 2:
        X, y = cast("tuple[object, object]", table)
        return X, read_labels(y, name=f"y of {role}")
    if target is None:
        return table, None
    if not is_named(table):
        raise DataError(
            f"{role}: only a DataFrame can hold the target column {target!r}. Got {type(table).__name__}; pass the "
            "pair (X, y)."
        )
    names = read_names(table)
    if target not in names:
        raise DataError(
            f"{role} must hold the target column {target!r}.{did_you_mean(target, names)} It has {listed(names)}."
        )
    rest, column = container_of(table).split(table, target)
    return rest, read_labels(column, name=f"{target!r} of {role}")


def _aligned(table: Table, real: Table, role: Role) -> list[RawColumn]:
    """Return the columns of ``table`` in the order of the real ones."""
    if not (is_named(table) and is_named(real)):
        if len(table.columns) != len(real.columns):
            raise DataError(
                f"{role} and real must have the same columns. Got {len(table.columns)} and {len(real.columns)}."
            )
        return list(table.columns)
    lacking = [name for name in real.names if name not in table.names]
    further = [name for name in table.names if name not in real.names]
    if lacking or further:
        parts = [f"{role} lacks {listed(lacking)}"] if lacking else []
        parts += [f"{role} also has {listed(further)}"] if further else []
        hint = did_you_mean(lacking[0], further) if lacking and further else ""
        raise DataError(
            f"{role} and real must have the same columns: {'; '.join(parts)}.{hint} Drop or rename these columns."
        )
    by_name = {column.name: column for column in table.columns}
    return [by_name[name] for name in real.names]


def _read_column(columns: Mapping[Role, RawColumn]) -> tuple[Field, dict[Role, Cells]]:
    name = str(columns["real"].name)
    families = {column.family for column in columns.values()} - {"none"}
    # If a column mixes text and numbers, one table may by chance hold only numbers.
    is_mixed = columns["real"].dtype.cells == "mixed" and not families & TIME_FAMILIES
    is_number = "level" not in families and families != {"bool"}
    times = families & TIME_FAMILIES
    if (times and len(families) > 1) or not (is_number or is_mixed or families <= {"level", "bool"}):
        _reject_families(columns)
    if is_number:
        family = next(iter(times), "int" if families <= {"int", "bool"} else "float")
        return Field(name, True, family=family), {role: _numbers(column) for role, column in columns.items()}
    texts: dict[Role, list[str | None]] = {role: _level_texts(column) for role, column in columns.items()}
    levels = tuple(sorted({text for found in texts.values() for text in found if text is not None}))
    place = {level: float(code) for code, level in enumerate(levels)}
    codes: dict[Role, Cells] = {}
    for role, found in texts.items():
        codes[role] = np.array([np.nan if text is None else place[text] for text in found])
    return Field(name, False, levels), codes


def _numbers(column: RawColumn) -> Cells:
    return column.as_float64() * NANOSECONDS.get(column.dtype.unit, 1)


def _level_texts(column: RawColumn) -> list[str | None]:
    pairs = zip(column.as_objects().tolist(), column.missing.tolist(), strict=True)
    return [None if is_missing else label_text(value) for value, is_missing in pairs]


def _reject_families(columns: Mapping[Role, RawColumn]) -> None:
    held = ", ".join(f"{column.family} values in {role}" for role, column in columns.items())
    raise DataTypeError(
        f"{column_label(columns['real'].name)} must hold one type of value. Got {held}. Convert it to one type in all "
        "tables."
    )


def real_identifiers(real: Rows, synthetic: Rows, label: str) -> dict[str, float]:
    """Return, for each column that identifies persons, the share of generated rows of a class with a real value."""
    chosen = np.flatnonzero(synthetic.labels == label).tolist()
    shares: dict[str, float] = {}
    for name, texts in synthetic.identifiers.items():
        known = set(real.identifiers[name]) - {None}
        shares[name] = sum(texts[row] in known for row in chosen) / max(len(chosen), 1)
    return shares


def with_steps(
    columns: Sequence[ColumnQuality], fields: Sequence[Field], synthetic: Rows, label: str
) -> tuple[ColumnQuality, ...]:
    """Return the columns of a class with their steps and the shares of generated values that lie between them."""
    chosen, steps = synthetic.labels == label, {field.name: field.steps for field in fields}
    return tuple(
        replace(column, steps=steps[column.name], off_steps=float(synthetic.off_steps[column.name][chosen].mean()))
        if column.name in synthetic.off_steps
        else column
        for column in columns
    )


def check_classes(rows: Mapping[Role, Rows]) -> None:
    """Raise DataError if a class of the generated rows has no real row."""
    known = list(dict.fromkeys(rows["real"].labels.tolist()))
    for label in dict.fromkeys(rows["synthetic"].labels.tolist()):
        if label not in known:
            raise DataError(
                f"Each class of synthetic must occur in real. Got the class {label!r}, of which real has no row."
                f"{did_you_mean(label, known)} The classes of real are {listed(known)}."
            )


def check_tables(real: object, synthetic: object) -> None:
    """Raise ParameterError if a table is None."""
    for role, table in (("real", real), ("synthetic", synthetic)):
        if table is None:
            raise ParameterError(f"'{role}' must be a table or a pair (X, y). Got None.")
