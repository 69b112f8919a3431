"""Columns of text in an audit: in which form sources hand them out, and how attackers compare them."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from imbgan.audit.attacks.texts import TextCells
from imbgan.exceptions import DataError
from imbgan.learners.texts import dense_vectors, texts_of
from imbgan.tabular import read_table
from imbgan.tabular.identifiers.evidence import identifiers_of
from imbgan.tabular.schema import Table
from imbgan.tabular.vectors import Element
from imbgan.text import dense_encoder, read_texts, title_of

Kinds = Mapping[str | int, str]
Vectors = NDArray[np.float32]

#: Attackers compare texts by at most this many numbers. With fewer they find less of what vectors give away, so that
#: figures would flatter.
MOST_NUMBERS = 100
#: Decimals of these numbers, so that texts with equal vectors have equal ones.
DECIMALS = 6
#: Components with a smaller share of the variance are rounding errors.
LEAST_SHARE = 1e-7


@dataclass(frozen=True)
class TextColumn:
    """One column of text, with the encoder that attackers have.

    Parameters
    ----------
    name : Hashable
    encoder : transformer
        Fitted to the texts of all rows of the audit, learned and unseen ones.
    mean, axes : ndarray of shape (size,), (size, k)
        The vectors' mean, and their first principal components, scaled so that their variance is 1 altogether: as much
        as that of a column of numbers.
    """

    name: Hashable
    encoder: Any
    mean: NDArray[np.float64]
    axes: NDArray[np.float64]

    @classmethod
    def fit(cls, name: Hashable, encoder: object, texts: NDArray[np.object_], seed: int) -> "TextColumn":
        """Fit the encoder to texts (n,), None where missing, and find the components of their vectors."""
        from sklearn.decomposition import PCA

        fitted = dense_encoder(encoder, texts, stacklevel=None).fit(texts)
        vectors = dense_vectors(fitted.transform(texts), name).astype(np.float64)
        with np.errstate(invalid="ignore"):  # shares of a variance of 0
            found: Any = PCA(min(MOST_NUMBERS, *vectors.shape), random_state=seed).fit(vectors)
        variance = found.explained_variance_
        n = max(1, int((variance > LEAST_SHARE * variance.sum()).sum()))
        scale = np.sqrt(variance[:n].sum()) or 1.0
        return cls(name, fitted, found.mean_, found.components_[:n].T / scale)

    def vectors(self, texts: NDArray[np.object_]) -> Vectors:
        """Return the vectors of texts, shape (n, size)."""
        return dense_vectors(self.encoder.transform(texts), self.name)

    def encode(self, texts: list[str]) -> Vectors:
        """Return the vectors of a list of texts, as a model does."""
        return self.vectors(np.array(texts, object))

    def numbers(self, vectors: Vectors) -> NDArray[np.float64]:
        """Return in what vectors are compared, shape (n, k)."""
        return ((vectors.astype(np.float64) - self.mean) @ self.axes).round(DECIMALS)


@dataclass(frozen=True)
class AuditTexts:
    """The columns of text of an audit.

    Parameters
    ----------
    columns : tuple of TextColumn
    encoders : mapping of column name to encoder
        What was asked for; classifiers get it.
    alone : bool
        Whether a row is its texts and nothing else. Then sources hand out vectors, in an array (n, size) with those of
        all columns side by side.
    """

    columns: tuple[TextColumn, ...]
    encoders: Mapping[Hashable, Any]
    alone: bool

    @classmethod
    def fit(cls, table: Table, encoders: Mapping[Hashable, Any], seed: int) -> "AuditTexts":
        """Fit an encoder per column to the texts of all rows."""
        texts = {column.name: texts_of(column) for column in table.columns}
        columns = tuple(TextColumn.fit(name, encoder, texts[name], seed) for name, encoder in encoders.items())
        identifying = identifiers_of(table)
        alone = all(name in encoders or name in identifying for name in table.names)
        return cls(columns, encoders, alone)

    @property
    def titles(self) -> dict[str, str]:
        """What encodes each column, in a few words."""
        return {str(column.name): title_of(column.encoder) for column in self.columns}

    def hold_vectors(self, rows: object) -> bool:
        """Return whether rows are vectors and no table with texts."""
        return self.alone and isinstance(rows, np.ndarray) and rows.ndim == 2 and rows.dtype.kind == "f"

    def vectors(self, rows: object) -> Vectors:
        """Return the vectors of all columns side by side, shape (n, size)."""
        if self.hold_vectors(rows):
            return np.asarray(rows, np.float32)
        texts = self._texts(rows)
        return np.hstack([column.vectors(texts[column.name]) for column in self.columns])

    def cells(self, rows: object) -> tuple[TextCells, ...]:
        """Return the cells of each column of text, or the vectors in their place."""
        if self.hold_vectors(rows):
            ends = np.cumsum([len(column.mean) for column in self.columns])
            vectors = np.split(np.asarray(rows, np.float32), ends[:-1], axis=1)
            pairs = zip(self.columns, vectors, strict=True)
            return tuple(TextCells(None, column.numbers(each)) for column, each in pairs)
        found: list[TextCells] = []
        texts = self._texts(rows)
        for column in self.columns:
            own = read_texts(texts[column.name], name=str(column.name), is_training=False).values
            places = {text: place for place, text in enumerate(dict.fromkeys(own))}
            numbers = column.numbers(column.vectors(np.array([*places], object)))
            found.append(TextCells(own, numbers[[places[text] for text in own]]))
        return tuple(found)

    def numbers(self, rows: object) -> NDArray[np.float64]:
        """Return in what rows of nothing but texts are compared, shape (n, k)."""
        return np.hstack([each.numbers for each in self.cells(rows)])

    def others(self, rows: object, kinds: Kinds | None) -> Table:
        """Return the table without its columns of text."""
        table = read_table(rows, kinds)
        names = {column.name for column in self.columns}
        vectors = [name for name in table.names if isinstance(name, Element) and name.column in names]
        if vectors:
            raise DataError(
                f"A source must hand out texts, or no cell, in the column {vectors[0].column!r}. It returned vectors. "
                "Audit the table with vectors in place of the texts (imbgan.learners.TextVectorizer makes it)."
            )
        return replace(table, columns=tuple(column for column in table.columns if column.name not in names))

    def _texts(self, rows: object) -> dict[Hashable, NDArray[np.object_]]:
        return {column.name: texts_of(column) for column in read_table(rows).columns}
