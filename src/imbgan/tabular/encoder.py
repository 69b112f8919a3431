"""The encoder turns a table into a float32 matrix that a GAN learns, and back."""

import warnings
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, replace
from typing import Literal, Self

import numpy as np
from numpy.typing import NDArray

from imbgan.exceptions import DataError, IdentifierColumnWarning, ParameterError
from imbgan.random import Streams
from imbgan.tabular.atoms import Atom, find_atoms
from imbgan.tabular.codecs import Codec, NumberCodec
from imbgan.tabular.codecs.base import Arrays, Draws, Matrix, RowNumbers, no_part
from imbgan.tabular.codecs.build import Numbers, build_codec
from imbgan.tabular.codecs.identifier import IdentifierCodec
from imbgan.tabular.conform import conform
from imbgan.tabular.containers import container_named, holds_missing
from imbgan.tabular.decoding import Decoder
from imbgan.tabular.document import Document, read_document, write_document
from imbgan.tabular.identifiers.choice import choose_shape
from imbgan.tabular.identifiers.evidence import identifiers_text, what_identifies
from imbgan.tabular.kinds import infer_kind
from imbgan.tabular.norms import Norms, keep_norm, known_norms
from imbgan.tabular.reading import is_named, read_names, read_table
from imbgan.tabular.schema import (
    Coded,
    Column,
    Decoded,
    Family,
    Kind,
    Part,
    RawColumn,
    TableSchema,
    column_label,
)
from imbgan.tabular.statistics import ColumnStatistics, NumberStatistics, TableStatistics, check_names
from imbgan.tabular.vectors import Element, cell_names

Identifiers = Literal["fresh", "missing", "keep"]
IDENTIFIERS: tuple[Identifiers, ...] = ("fresh", "missing", "keep")
_FRESH = (
    "They are not learned, and generated rows get {} there. For a column that does not identify, choose its kind, or "
    "identifiers='keep' for all."
)
#: What the warning says of identifiers.
_TOLD: dict[Identifiers, str] = {
    "fresh": _FRESH.format("fresh values that no row of the table has"),
    "missing": _FRESH.format("missing cells"),
    "keep": "They are learned like other columns (identifiers='keep'): generated rows hold values of real rows.",
}


@dataclass(frozen=True)
class _Field:
    """A column of the table, the representation of its values, and its codec."""

    column: Column
    family: Family
    codec: Codec


@dataclass(frozen=True)
class CellPlace:
    """A column of the table, and where its cells are in the matrix.

    Attributes
    ----------
    column : Column
    family : str
    codec : Codec or None
        None for a column that is derived from others when rows are decoded.
    numbers, scores : slice
        Matrix columns of its place and of its levels; either may be empty.
    joint : Part or None
        For one of several columns that are one category of joint levels: its cell in each of them. The levels of
        ``codec`` are then the numbers of joint levels.
    """

    column: Column
    family: Family
    codec: Codec | None
    numbers: slice
    scores: slice
    joint: Part | None = None


class TableEncoder(Decoder):
    """Turn a table into a float32 matrix and back into the same container.

    A number becomes one matrix column: its place on the class-balanced cumulative distribution, as a normal score. A
    value that occurs often (zeros, whole numbers, caps) has an interval of this distribution; encoding draws a place in
    it, and decoding returns exactly the value. A category becomes one column per level, or, with more than
    ``max_levels`` levels, one column on which each level has an interval. Constant columns need no matrix column. Of
    columns that identify persons or rows, only where they are missing is encoded, unless ``identifiers="keep"``. If the
    floats of all rows have one Euclidean norm, as those of many embeddings have, decoded rows are stretched to it.

    Decoding an encoded table restores missing values, categories and booleans exactly, and every number that is a knot
    of the distribution of its column (all numbers, up to 16,384 distinct values per class and 32,768 in total). A
    number between two knots comes back within 2 % of their distance (float32 resolves 1.5e-8 in probability, and a gap
    has a mass of at least about 1e-6, usually 1e-4), and is then rounded to the grid of its column:
    the coarsest steps that nearly all rows of all classes keep, such as hundredths, fifties or whole hours.

    Parameters
    ----------
    numbers : {"quantile", "minmax"}, default="quantile"
        "minmax" scales numbers to [0, 1] instead, for classical GANs with a sigmoid output; precise to about
        1e-7 of the range before rounding.
    max_levels : int, default=64
        Largest number of levels, including the missing one, of a one-hot category.
    identifiers : {"keep", "fresh", "missing"}, default="keep"
        How columns that identify are decoded: as any other column, as fresh values that no row of the table has, or as
        missing cells. A column whose kind the caller chose is treated as that kind; kind "identifier" is never kept.

    Attributes
    ----------
    schema_ : TableSchema
        Columns with names, kinds and data types, and the container.
    spans : tuple of (str, int)
        The matrix columns from left to right: first ("number", 1) for each number, then
        ("category", n_levels) for each category.
    width : int
        Number of matrix columns; 0 if every column is constant.
    atoms : tuple of Atom
        Values that at least half of the rows hold, of numbers with more than two values.

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

    def __init__(
        self, *, numbers: Numbers = "quantile", max_levels: int = 64, identifiers: Identifiers = "keep"
    ) -> None:
        if numbers not in ("quantile", "minmax"):
            raise ParameterError(f"numbers must be 'quantile' or 'minmax', got {numbers!r}.")
        if not max_levels >= 2:
            raise ParameterError(f"max_levels must be at least 2, got {max_levels!r}.")
        if identifiers not in IDENTIFIERS:
            raise ParameterError(f"identifiers must be 'fresh', 'missing' or 'keep', got {identifiers!r}.")
        self.numbers: Numbers = numbers
        self.max_levels = max_levels
        self.identifiers: Identifiers = identifiers

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
        cls,
        statistics: TableStatistics,
        *,
        numbers: Numbers = "quantile",
        max_levels: int = 64,
        identifiers: Identifiers = "keep",
    ) -> "TableEncoder":
        """Build an encoder from (merged) statistics; it equals the encoder that is fitted to the whole table."""
        return cls(numbers=numbers, max_levels=max_levels, identifiers=identifiers).fit_statistics(statistics)

    def fit_statistics(self, statistics: TableStatistics) -> Self:
        """Build the codecs from statistics; raise DataError if they hold no rows."""
        if not statistics.columns:
            raise DataError("Found statistics with 0 sample(s) while a minimum of 1 is required.")
        self.kinds = statistics.kinds
        fields: list[_Field] = []
        found: dict[Hashable, str] = {}
        for column in statistics.columns:
            wanted = statistics.chosen.get(column.name)
            what = what_identifies(column) if wanted in (None, "identifier") else None
            if what is not None and wanted is None:
                found[column.name] = what
            # Texts are learned where they are vectors already.
            is_text = wanted == "text" and not isinstance(column.name, Element)
            if is_text or wanted == "identifier" or (what is not None and self.identifiers != "keep"):
                fields.append(self._identifier(column, what or "values", statistics.container))
                continue
            kind = _kind(column, wanted)
            codec = build_codec(column, self.numbers, self.max_levels, is_smooth=wanted == "continuous")
            fields.append(_Field(Column(column.name, kind, column.dtype), column.family, codec))
        norms = known_norms(statistics.norms, [(f.family, f.codec) for f in fields])
        self._set(fields, statistics.container, norms)
        if found:
            warnings.warn(identifiers_text(found, _TOLD[self.identifiers]), IdentifierColumnWarning, stacklevel=3)
        return self

    def _identifier(self, column: ColumnStatistics, what: str, container: str) -> _Field:
        """Return a column of which nothing is learned; its type no longer knows the values."""
        is_missing = self.identifiers == "missing"
        if is_missing and not holds_missing(container, column.dtype):
            raise ParameterError(
                f"identifiers='missing' needs columns that can be missing, but {column_label(column.name)} ({what}) "
                f"has the data type {column.dtype.text}. Convert it, drop it, or choose identifiers='fresh' or 'keep'."
            )
        shape = None if is_missing else choose_shape(column, what)
        dtype = column.dtype
        if dtype.categories is not None:
            dtype = replace(dtype, categories=(), native=None)
        storage = "object" if column.family == "level" else "float64" if column.family == "float" else "int64"
        codec = IdentifierCodec(shape, storage, bool(column.data.missing.any()))
        return _Field(Column(column.name, "identifier", dtype), column.family, codec)

    def _set(self, fields: list[_Field], container: str, norms: dict[tuple[int, ...], Norms]) -> None:
        self._fields = fields
        self._norms = norms
        self.schema_ = TableSchema(tuple(field.column for field in fields), container)
        numbers = [("number", 1) for field in fields if field.codec.n_numbers]
        categories = [("category", field.codec.n_levels) for field in fields if field.codec.n_levels]
        self.spans: tuple[tuple[str, int], ...] = (*numbers, *categories)
        self.width: int = sum(width for _, width in self.spans)
        self.atoms: tuple[Atom, ...] = find_atoms(field.codec for field in fields)

    @property
    def cells(self) -> tuple[CellPlace, ...]:
        """Where the cells of each column of the table are in the matrix."""
        found: list[CellPlace] = []
        number, level = 0, sum(field.codec.n_numbers for field in self._fields)
        for field in self._fields:
            next_number, next_level = number + field.codec.n_numbers, level + field.codec.n_levels
            numbers, scores = slice(number, next_number), slice(level, next_level)
            found.append(CellPlace(field.column, field.family, field.codec, numbers, scores))
            number, level = next_number, next_level
        return tuple(found)

    def transform(self, X: object, seed: int, *, start: int = 0, may_be_unknown: bool = False) -> Matrix:
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
        may_be_unknown : bool, default=False
            Whether levels and missing values that did not occur in fit are encoded as if nothing were known of the
            cell: without a level, and numbers at a drawn place.

        Returns
        -------
        ndarray of float32 of shape (n, width)

        Raises
        ------
        DataError
            If columns differ, or if a level or a missing value did not occur in fit and may not be unknown.
        DataTypeError
            If a column holds another type of value than in fit.
        """
        self.check(X)
        table = read_table(X, self.kinds)
        check_names(self.schema_.names, table.names, named=is_named(X))
        numbers: list[Matrix] = []
        levels: list[Matrix] = []
        streams, nothing = Streams(seed), np.empty(0)
        for position, (field, column) in enumerate(zip(self._fields, table.columns, strict=True)):
            draws = (
                streams.uniform(position, start=start, stop=start + table.n_rows) if field.codec.n_numbers else nothing
            )
            held = conform(column, field.family, field.column.dtype)
            number, level = (
                _encode_known(field.codec, held, draws) if may_be_unknown else field.codec.encode(held, draws)
            )
            numbers.append(number)
            levels.append(level)
        return np.hstack([*numbers, *levels], dtype=np.float32)

    def decode(
        self, matrix: NDArray[np.floating], *, rows: NDArray[np.integer] | None = None, seed: int = 0
    ) -> list[Decoded]:
        """Decode a matrix into columns; see :meth:`inverse_transform`."""
        # Each column is read by itself, and so lies together.
        cells = np.asarray(matrix, dtype=np.float32, order="F")
        if cells.ndim != 2 or cells.shape[1] != self.width:
            raise DataError(f"The matrix must have the shape (n, {self.width}), got {cells.shape}.")
        if np.isnan(cells).any():
            raise DataError(
                f"The matrix must not hold NaN (first in row {int(np.isnan(cells).any(axis=1).argmax())}). "
                "The generator has diverged; restore an earlier state."
            )
        parts: list[Decoded] = []
        places = np.arange(len(cells)) if rows is None else np.asarray(rows, dtype=np.int64)
        streams = Streams(seed)
        for position, (field, place) in enumerate(zip(self._fields, self.cells, strict=True)):
            row_numbers = RowNumbers(places, streams.integer("identifier", position))
            parts.append(field.codec.decode(cells[:, place.numbers], cells[:, place.scores], row_numbers))
        for places, norms in self._norms.items():
            # Elements of vectors are numbers, or constants: no column of levels.
            own = [part for part in (parts[i] for i in places) if not isinstance(part, Coded)]
            for i, part in zip(places, keep_norm(norms, [self._fields[i].codec for i in places], own), strict=True):
                parts[i] = part
        return parts

    def check(self, X: object) -> None:
        """Raise DataError, with the names of columns, unless ``X`` has the fitted columns in their order."""
        names = read_names(X)
        named = is_named(X) and container_named(self.schema_.container).is_named
        check_names(cell_names(self.schema_.names), names, named=named)

    def to_document(self) -> tuple[Document, Arrays]:
        """Return the encoder as a JSON-able document and named arrays; an exact round trip.

        Raises
        ------
        DataTypeError
            If a level or column name has no JSON form.
        """
        norms = [[list(places), each.low, each.high] for places, each in self._norms.items()]
        head: Document = {"numbers": self.numbers, "max_levels": self.max_levels, "norms": norms}
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
        encoder._set([_Field(*field) for field in saved.fields], saved.container, saved.norms)
        return encoder


def _encode_known(codec: Codec, column: RawColumn, draws: Draws) -> tuple[Matrix, Matrix]:
    """Encode the cells that a codec knows; the others get a drawn place and no level."""
    known = np.flatnonzero(codec.knows(column))
    if len(known) == len(column.missing):
        return codec.encode(column, draws)
    numbers = codec.places(draws) if isinstance(codec, NumberCodec) else no_part(len(column.missing))
    levels = np.zeros((len(column.missing), codec.n_levels), np.float32)
    part = replace(column, values=column.values[known], missing=column.missing[known])
    numbers[known], levels[known] = codec.encode(part, draws[known] if codec.n_numbers else draws)
    return numbers, levels


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
