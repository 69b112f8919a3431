"""Columns of text of a table that is generated: learned as vectors, and written as missing cells or copies."""

import warnings
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import cdist

from imbgan._text import listed
from imbgan.exceptions import DataError, TextColumnWarning
from imbgan.learners.texts import dense_vectors, text_columns, texts_of
from imbgan.tabular.labels import Labels
from imbgan.tabular.schema import Table, TableSchema, column_label
from imbgan.tabular.vectors import Element, vectorized
from imbgan.text import dense_encoder, read_texts

#: Generated rows whose nearest texts are sought at once.
CHUNK = 1024
_MISSING = (
    "no text is written. Do not train a classifier on the table: it would learn that a missing text is a rare one. "
    "Give sampler and classifier to imbgan.PriorCorrectedClassifier, which makes texts vectors first, as compare and "
    "GANBaggingClassifier do, or put imbgan.learners.TextVectorizer before the sampler."
)
_COPIES = (
    "each is the real text of the same class that is nearest to the generated vector (text_output='nearest'), a copy. "
    "Do not pass the table on where real texts must not be seen."
)


@dataclass(frozen=True)
class RealTexts:
    """The texts of one column that generated rows can hold a copy of: vectors (n, size), texts and class codes (n,)."""

    vectors: NDArray[np.float32]
    texts: NDArray[np.object_]
    codes: NDArray[np.intp]


@dataclass(frozen=True)
class TextColumns:
    """The columns of text of a table, with their fitted encoders.

    Parameters
    ----------
    encoders : mapping of column name to transformer, or None
        None in a loaded model, which has no encoder.
    names : tuple of column names
    real : mapping of column name to RealTexts
        Only for ``text_output="nearest"``.
    """

    encoders: Mapping[Hashable, Any] | None = field(default_factory=dict[Hashable, Any])
    names: tuple[Hashable, ...] = ()
    real: Mapping[Hashable, RealTexts] = field(default_factory=dict[Hashable, RealTexts])

    @classmethod
    def fit(cls, table: Table, labels: Labels, encoder: object, output: str, *, stacklevel: int) -> Self:
        """Find the columns of text, and fit their encoders; see :func:`imbgan.learners.texts.text_columns`.

        ``stacklevel`` is where the warning points to, as for :func:`warnings.warn` called in place of this method.

        Raises
        ------
        DataError, DataTypeError, ParameterError
            If an encoder is none, cannot be fitted to the texts, or returns no dense vectors.
        """
        found = text_columns(table, encoder)
        encoders: dict[Hashable, Any] = {}
        real: dict[Hashable, RealTexts] = {}
        remarks: list[str] = []
        for column in table.columns:
            if column.name not in found:
                continue
            texts = texts_of(column)
            read = read_texts(texts, name=str(column.name))
            remarks += [f"{column_label(column.name)}: {' '.join(read.remarks)}"] if read.remarks else []
            fitted = dense_encoder(found[column.name], read, stacklevel=None).fit(read)
            encoders[column.name] = fitted
            if output == "nearest":
                real[column.name] = RealTexts(dense_vectors(fitted.transform(read), column.name), texts, labels.codes)
        if found:
            names = [str(name) for name in found]
            told = (
                f"Columns of text: {listed(names)}. Of generated rows, {_COPIES if output == 'nearest' else _MISSING}"
            )
            warnings.warn(" ".join([told, *remarks]), TextColumnWarning, stacklevel=stacklevel + 1)
        return cls(encoders, tuple(found), real)

    @classmethod
    def saved(cls, schema: TableSchema, output: str) -> Self:
        """Return the columns of a loaded model, which has neither encoders nor real texts."""
        texts = [column.name for column in schema.columns if column.kind == "text"]
        names = tuple(dict.fromkeys(name.column for name in texts if isinstance(name, Element)))
        if names and output == "nearest":
            warnings.warn(
                f"A saved model holds no real texts, so generated rows hold none in {listed(names)}.",
                TextColumnWarning,
                stacklevel=6,
            )
        return cls(None if names else {}, names)

    def vectorized(self, table: Table) -> Table:
        """Return the table with vectors in place of texts.

        Raises
        ------
        DataError
            If the model was loaded: encoders are not saved with it.
        """
        if self.encoders is None:
            raise DataError(
                f"The texts of {listed(self.names)} cannot be encoded, since a saved model holds no encoder. Fit the "
                "model again."
            )
        columns = {column.name: column for column in table.columns if column.name in self.encoders}
        return vectorized(
            table,
            {
                name: dense_vectors(self.encoders[name].transform(texts_of(column)), name)
                for name, column in columns.items()
            },
        )

    def __getstate__(self) -> dict[str, Any]:
        # A pickled generator holds no real texts, as a saved one does not.
        return {"encoders": self.encoders, "names": self.names, "real": {}}

    def texts_for(self, codes: NDArray[np.intp]) -> Callable[[Hashable, NDArray[np.generic]], Any] | None:
        """Return what gives the texts of generated rows of these classes; None if all are missing."""
        if not self.real:
            return None

        def nearest(name: Hashable, vectors: NDArray[np.generic]) -> NDArray[np.object_]:
            real = self.real[name]
            found = np.empty(len(vectors), dtype=object)
            for code in np.unique(codes):
                own, rows = np.flatnonzero(real.codes == code), np.flatnonzero(codes == code)
                for start in range(0, len(rows), CHUNK):
                    part = rows[start : start + CHUNK]
                    distances = cdist(vectors[part].astype(np.float64), real.vectors[own])
                    found[part] = real.texts[own[distances.argmin(axis=1)]]
            return found

        return nearest
