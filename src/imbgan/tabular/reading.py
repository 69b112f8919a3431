"""Read a table from any container, once, into plain arrays."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase
from typing import cast

import numpy as np
from numpy.typing import NDArray

from imbgan._text import did_you_mean, listed
from imbgan.exceptions import DataError, ParameterError
from imbgan.tabular.containers import container_of
from imbgan.tabular.kinds import as_kind
from imbgan.tabular.schema import KINDS, RawColumn, Table, column_label
from imbgan.tabular.vectors import Element, cell_names


def read_table(X: object, kinds: Mapping[str | int, str] | None = None, *, may_be_infinite: bool = False) -> Table:
    """Read a table from any container.

    Parameters
    ----------
    X : DataFrame, ndarray, list of rows or sparse container of shape (n, d)
        See :func:`container_of`. A :class:`Table` is not read again; only kinds that it lacks are applied to it.
    kinds : mapping from column name (position for unnamed columns) to kind, optional
        Overrides the kinds that are inferred from the values.
    may_be_infinite : bool, default=False
        Whether infinite values are read instead of refused.

    Returns
    -------
    Table
        One plain array and one missing mask per column.

    Raises
    ------
    DataError
        For an empty table, infinite values, duplicated names, ragged rows, or a wrong number of dimensions.
    DataTypeError
        For nested cells and for types that no kind describes.
    ParameterError
        If ``kinds`` names an unknown column or kind, or a kind that does not fit the values.
    """
    if isinstance(X, Table):
        return _with_kinds(X, kinds or {})
    container = container_of(X)
    n_rows, columns = container.read(X)
    for column in columns if not may_be_infinite else ():
        _reject_infinite(column)
    return _with_kinds(Table(tuple(columns), container.name, n_rows), kinds or {})


def _with_kinds(table: Table, kinds: Mapping[str | int, str]) -> Table:
    """Return ``table`` with ``kinds`` applied to its columns; if they are applied already, return the same table."""
    wanted = _check_kinds(kinds, table.names)
    new = {name: kind for name, kind in wanted.items() if table.kinds.get(name) != kind}
    if not new:
        return table
    blocks = {name: key for key, kind in kinds.items() if kind == "vector" for name in _matched(key, table.names)}
    columns: list[RawColumn] = []
    for column in table.columns:
        chosen = as_kind(column, new[column.name]) if column.name in new else column
        is_free = column.name in blocks and column.block is None
        columns.append(replace(chosen, block=blocks[column.name]) if is_free else chosen)
    return replace(table, columns=tuple(columns), kinds={**table.kinds, **new})


def read_names(X: object) -> tuple[Hashable, ...]:
    """Return the column names of ``X``, or positions if it has no names, without reading its values.

    The elements of a column of vectors have its name once.
    """
    return cell_names(X.names) if isinstance(X, Table) else container_of(X).names(X)


def is_named(X: object) -> bool:
    """Return whether the container of ``X`` names its columns."""
    return container_of(X).is_named


def _check_kinds(kinds: Mapping[str | int, str], names: Sequence[Hashable]) -> Mapping[Hashable, str]:
    found: dict[Hashable, str] = {}
    for name, kind in kinds.items():
        if kind not in KINDS:
            hint = did_you_mean(kind, KINDS)
            raise ParameterError(f"kinds[{name!r}] must be one of {', '.join(map(repr, KINDS))}. Got {kind!r}.{hint}")
        matched = _matched(name, names)
        if not matched:
            known = cell_names(names)
            hint = did_you_mean(name, known)
            raise ParameterError(f"kinds names a column that X lacks: {name!r}.{hint} X has {listed(known, 20)}.")
        for column in matched:
            if isinstance(column, Element) and kind not in ("vector", "text"):
                raise ParameterError(f"kinds[{name!r}] must be 'vector', since its cells are vectors. Got {kind!r}.")
            if found.get(column, kind) != kind:
                raise ParameterError(f"kinds names the column {column!r} as {found[column]!r} and as {kind!r}.")
            found[column] = kind
    return found


def _matched(key: Hashable, names: Sequence[Hashable]) -> list[Hashable]:
    """Return the columns that a key of ``kinds`` names; "*" and "?" in a text stand for any letters or one."""
    own = [name for name in names if (name.column if isinstance(name, Element) else name) == key]
    if own or not isinstance(key, str):
        return own
    return [name for name in names if isinstance(name, str) and fnmatchcase(name, key)]


def _reject_infinite(column: RawColumn) -> None:
    if column.family != "float":
        return
    wrong = np.isinf(cast("NDArray[np.float64]", column.values)) & ~column.missing
    if wrong.any():
        raise DataError(
            f"{column_label(column.name)} holds {int(wrong.sum())} infinite values (first at row "
            f"{int(wrong.argmax())}). Replace or drop them: every value must be finite or missing."
        )
