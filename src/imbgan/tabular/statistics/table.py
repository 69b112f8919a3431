"""Statistics of a whole table."""

from collections.abc import Hashable, Mapping

import numpy as np
from numpy.typing import NDArray

from imbgan.exceptions import DataError, ParameterError
from imbgan.tabular.norms import Norms, merged, norms_of
from imbgan.tabular.reading import is_named, read_table
from imbgan.tabular.statistics.columns import ColumnStatistics
from imbgan.tabular.statistics.levels import LevelStatistics, rearranged
from imbgan.tabular.vectors import Element


class TableStatistics:
    """Statistics of a whole table, from which :class:`TableEncoder` is built.

    Parameters
    ----------
    n_classes : int
        Number of classes K.
    kinds : mapping, optional
        Column name (or position) to kind, as in :meth:`TableEncoder.fit`.
    most_levels : int, optional
        Number of levels that are kept per column, by default all; see :class:`LevelStatistics`.

    Examples
    --------
    >>> first = TableStatistics(n_classes=2).update([[1.5], [2.5]], np.array([0, 1]))
    >>> second = TableStatistics(n_classes=2).update([[3.5]], np.array([0]))
    >>> first.merge(second).n_rows
    3
    """

    def __init__(
        self, n_classes: int, kinds: Mapping[str | int, str] | None = None, *, most_levels: int | None = None
    ) -> None:
        self.n_classes = n_classes
        self.most_levels = most_levels
        self.kinds: dict[str | int, str] = dict(kinds or {})
        self.container = ""
        self.chosen: dict[Hashable, str] = {}
        self.columns: list[ColumnStatistics] = []
        self.norms: dict[tuple[int, ...], Norms] = {}
        self.class_counts: NDArray[np.int64] = np.zeros(n_classes, dtype=np.int64)

    @property
    def n_rows(self) -> int:
        """Number of rows."""
        return int(self.class_counts.sum())

    def update(self, X: object, y: NDArray[np.integer]) -> "TableStatistics":
        """Add the rows of ``X`` (any container of shape (n, d)) with class codes ``y`` (n,) in 0..K-1.

        Raises
        ------
        DataError, DataTypeError, ParameterError
            As :func:`read_table` does; also if ``y`` does not fit ``X`` or the columns differ from before.
        """
        table = read_table(X, self.kinds)
        codes = np.asarray(y)
        if codes.shape != (table.n_rows,) or codes.dtype.kind not in "iu":
            raise DataError(
                f"y must be integer class codes of shape ({table.n_rows},), one per row of X, got "
                f"{codes.dtype} of shape {codes.shape}."
            )
        if codes.min() < 0 or codes.max() >= self.n_classes:
            raise ParameterError(
                f"y must hold class codes from 0 to {self.n_classes - 1}, got {codes.min()} to {codes.max()}."
            )
        if not self.columns:
            self.container = table.container
            vectors = {c.name: "vector" for c in table.columns if isinstance(c.name, Element)}
            self.chosen = {**vectors, **table.kinds}
            self.columns = [
                ColumnStatistics(c.name, c.dtype, c.family, self.n_classes, self.most_levels) for c in table.columns
            ]
        check_names(tuple(c.name for c in self.columns), table.names, named=is_named(table))
        for statistics, column in zip(self.columns, table.columns, strict=True):
            statistics.update(column, codes)
        self.norms = merged(self.norms, norms_of(table))
        self.class_counts = self.class_counts + np.bincount(codes, minlength=self.n_classes)
        return self

    def merge(self, other: "TableStatistics") -> "TableStatistics":
        """Add the rows of ``other``."""
        if not self.columns:
            self.container, self.columns, self.chosen = other.container, other.columns, other.chosen
        elif other.columns:
            if len(self.columns) != len(other.columns) or self.n_classes != other.n_classes:
                raise DataError(
                    f"Statistics must be of the same columns and classes, got {len(other.columns)} columns "
                    f"and {other.n_classes} classes where {len(self.columns)} and {self.n_classes} were."
                )
            for mine, theirs in zip(self.columns, other.columns, strict=True):
                mine.merge(theirs)
        self.norms = merged(self.norms, other.norms)
        self.class_counts = self.class_counts + other.class_counts
        return self

    def rearrange(self, places: NDArray[np.integer], n_classes: int) -> None:
        """Make class c the class ``places[c]`` of ``n_classes``, which may be more than before.

        Parameters
        ----------
        places : ndarray of int of shape (n_classes before,)
            Distinct codes from 0 to ``n_classes - 1``.
        n_classes : int
        """
        for column in self.columns:
            column.rearrange(places, n_classes)
        self.class_counts = rearranged(self.class_counts, places, n_classes)
        self.n_classes = n_classes

    def settle(self) -> None:
        """Forget levels that are kept beyond ``most_levels``: then statistics depend on the rows alone."""
        for column in self.columns:
            if isinstance(column.data, LevelStatistics):
                column.data.settle()


def check_names(fitted: tuple[Hashable, ...], found: tuple[Hashable, ...], *, named: bool) -> None:
    """Raise DataError unless the columns are the fitted ones in their order."""
    if fitted == found or (not named and len(fitted) == len(found)):
        return
    _check_vectors(fitted, found)
    if not named:
        raise DataError(
            f"X has {len(found)} features, but TableEncoder is expecting {len(fitted)} features as input. "
            "Pass the columns that were fitted."
        )
    missing = [name for name in fitted if name not in found]
    unexpected = [name for name in found if name not in fitted]
    problems = [f"missing {', '.join(map(repr, missing))}"] if missing else []
    problems += [f"unexpected {', '.join(map(repr, unexpected))}"] if unexpected else []
    if not problems:
        at = next(i for i, (a, b) in enumerate(zip(fitted, found, strict=True)) if a != b)
        problems = [f"reordered: position {at} holds {found[at]!r} instead of {fitted[at]!r}"]
    raise DataError(
        f"The columns of X must be those that were fitted, in their order: {'; '.join(problems)}. "
        "Select them with X[fitted_columns]."
    )


def _check_vectors(fitted: tuple[Hashable, ...], found: tuple[Hashable, ...]) -> None:
    """Raise DataError for vectors of another length, which would otherwise be hundreds of columns too many."""
    sizes = {name.column: name.size for name in fitted if isinstance(name, Element)}
    for name in found:
        if isinstance(name, Element) and sizes.get(name.column, name.size) != name.size:
            raise DataError(
                f"Column {name.column!r} holds vectors of {name.size} numbers, but of {sizes[name.column]} when "
                "fitted. Make them by the same encoder."
            )
