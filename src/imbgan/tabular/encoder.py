"""The encoder turns a table into a float32 matrix that a GAN learns, and back."""

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from imbgan.exceptions import DataError, IdentifierColumnWarning, ParameterError
from imbgan.random import Streams
from imbgan.tabular.codecs import Codec
from imbgan.tabular.codecs.base import Arrays, Matrix
from imbgan.tabular.codecs.build import Numbers, build_codec
from imbgan.tabular.conform import conform
from imbgan.tabular.containers import container_named, write_table
from imbgan.tabular.document import Document, read_document, write_document
from imbgan.tabular.kinds import infer_kind
from imbgan.tabular.reading import is_named, read_names, read_table
from imbgan.tabular.schema import (
    Column,
    Family,
    Kind,
    TableSchema,
    column_label,
)
from imbgan.tabular.statistics import ColumnStatistics, NumberStatistics, TableStatistics, check_names


@dataclass(frozen=True)
class _Field:
    """A column of the table, the representation of its values, and its codec."""

    column: Column
    family: Family
    codec: Codec


class TableEncoder:
    """Turn a table into a float32 matrix and back into the same container.

    A number becomes one matrix column: its place on the class-balanced cumulative distribution, as a normal score. A
    value that occurs often (zeros, whole numbers, caps) has an interval of this distribution; encoding draws a place in
    it, and decoding returns exactly the value. A category becomes one column per level, or, with more than
    ``max_levels`` levels, one column on which each level has an interval. Constant columns need no matrix column.

    Decoding an encoded table restores missing values, categories and booleans exactly, and every number that is a knot
    of the distribution of its column (all numbers, up to 16,384 distinct values per class and 32,768 in total). A
    number between two knots comes back within 2 % of their distance (float32 resolves 1.5e-8 in probability, and a gap
    has a mass of at least about 1e-6, usually 1e-4), and is then rounded like its column.

    Parameters
    ----------
    numbers : {"quantile", "minmax"}, default="quantile"
        "minmax" scales numbers to [0, 1] instead, for classical GANs with a sigmoid output; precise to about
        1e-7 of the range before rounding.
    max_levels : int, default=64
        Largest number of levels, including the missing one, of a one-hot category.

    Attributes
    ----------
    schema_ : TableSchema
        Columns with names, kinds and data types, and the container.
    spans : tuple of (str, int)
        The matrix columns from left to right: first ("number", 1) for each number, then
        ("category", n_levels) for each category.
    width : int
        Number of matrix columns; 0 if every column is constant.

    Raises
    ------
    ParameterError
        If a parameter is out of range.

    Examples
    --------
    >>> X = [[0.0, "a"], [1.5, "b"], [0.0, "a"]]
    >>> encoder = TableEncoder().fit(X, np.array([0, 0, 1]), n_classes=2)
    >>> encoder.spans
    (('number', 1), ('category', 2))
    >>> encoder.inverse_transform(encoder.transform(X, seed=0)) == X
    True
    """

    def __init__(self, *, numbers: Numbers = "quantile", max_levels: int = 64) -> None:
        if numbers not in ("quantile", "minmax"):
            raise ParameterError(f"numbers must be 'quantile' or 'minmax', got {numbers!r}.")
        if not max_levels >= 2:
            raise ParameterError(f"max_levels must be at least 2, got {max_levels!r}.")
        self.numbers: Numbers = numbers
        self.max_levels = max_levels

    def fit(
        self,
        X: object,
        y: NDArray[np.integer],
        *,
        n_classes: int,
        kinds: Mapping[str | int, str] | None = None,
    ) -> Self:
        """Learn the columns of a table.

        Parameters
        ----------
        X : DataFrame, ndarray, list of rows or sparse container of shape (n, d)
            Values may be missing, but not infinite.
        y : ndarray of int of shape (n,)
            Class codes 0..K-1.
        n_classes : int
            K.
        kinds : mapping from column name (position for unnamed columns) to kind, optional
            Overrides the inferred kind.

        Raises
        ------
        DataError, DataTypeError, ParameterError
            If the table cannot be read, see :func:`read_table`.
        """
        return self.fit_statistics(TableStatistics(n_classes, kinds).update(X, y))

    @classmethod
    def from_statistics(
        cls, statistics: TableStatistics, *, numbers: Numbers = "quantile", max_levels: int = 64
    ) -> "TableEncoder":
        """Build an encoder from (merged) statistics; it equals the encoder that is fitted to the whole table."""
        return cls(numbers=numbers, max_levels=max_levels).fit_statistics(statistics)

    def fit_statistics(self, statistics: TableStatistics) -> Self:
        """Build the codecs from statistics; raise DataError if they hold no rows."""
        if not statistics.columns:
            raise DataError("Found statistics with 0 sample(s) while a minimum of 1 is required.")
        self.kinds = statistics.kinds
        fields: list[_Field] = []
        for column in statistics.columns:
            wanted = self.kinds.get(column.name)  # pyright: ignore[reportArgumentType, reportCallIssue]
            kind = _kind(column, wanted)
            codec = build_codec(column, self.numbers, self.max_levels, is_smooth=wanted == "continuous")
            fields.append(_Field(Column(column.name, kind, column.dtype), column.family, codec))
            _warn_identifier(column, kind, statistics.n_rows)
        self._set(fields, statistics.container)
        return self

    def _set(self, fields: list[_Field], container: str) -> None:
        self._fields = fields
        self.schema_ = TableSchema(tuple(field.column for field in fields), container)
        numbers = [("number", 1) for field in fields if field.codec.n_numbers]
        categories = [("category", field.codec.n_levels) for field in fields if field.codec.n_levels]
        self.spans: tuple[tuple[str, int], ...] = (*numbers, *categories)
        self.width: int = sum(width for _, width in self.spans)

    def transform(self, X: object, seed: int, *, start: int = 0) -> Matrix:
        """Encode a table.

        Parameters
        ----------
        X : container of shape (n, d)
            A table with the fitted columns.
        seed : int
            Non-negative. Where a tied value lies in its interval is a pure function of the seed, the position of the
            column and the position of the row: the parts of a table that is cut anywhere encode as the whole does.
        start : int, default=0
            Position of the first row of ``X`` in the whole table.

        Returns
        -------
        ndarray of float32 of shape (n, width)

        Raises
        ------
        DataError
            If columns differ, or if a level or a missing value did not occur in fit.
        DataTypeError
            If a column holds another type of value than in fit.
        """
        self.check(X)
        table = read_table(X, self.kinds)
        numbers: list[Matrix] = []
        levels: list[Matrix] = []
        streams, nothing = Streams(seed), np.empty(0)
        for position, (field, column) in enumerate(zip(self._fields, table.columns, strict=True)):
            draws = (
                streams.uniform(position, start=start, stop=start + table.n_rows) if field.codec.n_numbers else nothing
            )
            number, level = field.codec.encode(conform(column, field.family, field.column.dtype), draws)
            numbers.append(number)
            levels.append(level)
        return np.hstack([*numbers, *levels], dtype=np.float32)

    def inverse_transform(self, matrix: NDArray[np.floating]) -> object:
        """Decode a matrix (n, width), such as a generator's output, into the container that was fitted.

        Category spans hold one score per level, and the greatest one determines the level. Numbers beyond the observed
        range are set to its bounds.

        Raises
        ------
        DataError
            If the matrix has another shape or holds NaN.
        """
        rows = np.asarray(matrix, dtype=np.float32)
        if rows.ndim != 2 or rows.shape[1] != self.width:
            raise DataError(f"The matrix must have the shape (n, {self.width}), got {rows.shape}.")
        if np.isnan(rows).any():
            raise DataError(
                f"The matrix must not hold NaN (first in row {int(np.isnan(rows).any(axis=1).argmax())}). "
                "The generator has diverged; restore an earlier state."
            )
        number = 0
        level = sum(field.codec.n_numbers for field in self._fields)
        parts = []
        for field in self._fields:
            next_number, next_level = number + field.codec.n_numbers, level + field.codec.n_levels
            parts.append(field.codec.decode(rows[:, number:next_number], rows[:, level:next_level]))
            number, level = next_number, next_level
        return write_table(self.schema_, parts, len(rows))

    def check(self, X: object) -> None:
        """Raise DataError, with the names of columns, unless ``X`` has the fitted columns in their order."""
        names = read_names(X)
        named = is_named(X) and container_named(self.schema_.container).is_named
        check_names(self.schema_.names, names, named=named)

    def to_document(self) -> tuple[Document, Arrays]:
        """Return the encoder as a JSON-able document and named arrays; an exact round trip.

        Raises
        ------
        DataTypeError
            If a level or column name has no JSON form.
        """
        head: Document = {"numbers": self.numbers, "max_levels": self.max_levels}
        fields: list[tuple[Column, Family, Codec]] = [(f.column, f.family, f.codec) for f in self._fields]
        return write_document(head, self.schema_.container, self.kinds, fields)

    @classmethod
    def from_document(cls, document: object, arrays: Mapping[str, NDArray[np.generic]]) -> "TableEncoder":
        """Rebuild an encoder from the result of :meth:`to_document`; nothing in it is executed.

        Raises
        ------
        ModelFileError
            If the document is malformed or does not fit the arrays.
        """
        saved = read_document(document, arrays)
        encoder = cls(numbers=saved.numbers, max_levels=saved.max_levels)
        encoder.kinds = saved.kinds
        encoder._set([_Field(*field) for field in saved.fields], saved.container)
        return encoder


def _kind(column: ColumnStatistics, wanted: str | None) -> Kind:
    data = column.data
    if data.is_constant:
        return "constant"
    if wanted == "constant":
        raise ParameterError(
            f"{column_label(column.name)} cannot be of kind 'constant': it holds more than one value. Choose another "
            "kind."
        )
    whole = isinstance(data, NumberStatistics) and data.decimals == 0
    inferred = infer_kind(column.family, whole=whole)
    # The reader has checked that the values are of the wanted kind.
    return wanted or inferred  # pyright: ignore[reportReturnType]


def _warn_identifier(column: ColumnStatistics, kind: Kind, n_rows: int) -> None:
    if kind in ("integer", "categorical") and column.data.is_identifier:
        gapless = " and count up without a gap" if kind == "integer" else ""
        warnings.warn(
            f"{column_label(column.name)} looks like an identifier: its {n_rows} values are all "
            f"different{gapless}. Drop it, or a model learns row numbers.",
            IdentifierColumnWarning,
            stacklevel=4,
        )
