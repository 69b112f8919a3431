"""Columns of text for classifiers: encoded inside of ``fit``, beside the other columns of a table."""

import warnings
from collections.abc import Hashable, Iterable, Mapping
from typing import Any, Self, cast

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack, issparse
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.preprocessing import StandardScaler
from sklearn.utils import Tags
from sklearn.utils.validation import check_is_fitted

from imbgan._sklearn import clone_sharing
from imbgan._text import did_you_mean, listed
from imbgan.exceptions import DataError, ImbganError, ParameterError, TextColumnWarning
from imbgan.learners.preparation import TablePreprocessor
from imbgan.tabular import read_table
from imbgan.tabular.containers import part_with_text, with_cells
from imbgan.tabular.identifiers.evidence import FREE_TEXT, identifiers_of, may_be_free_text
from imbgan.tabular.reading import read_names
from imbgan.tabular.schema import RawColumn, Table, column_label
from imbgan.tabular.vectors import cell_names
from imbgan.text import Texts, WordEncoder, dense_encoder, read_texts, resolve_encoder, title_of

Encoders = Mapping[Any, Any]
#: Rows of words have this length. With the length of one, a linear classifier hardly sees them beside standardized
#: numbers (messages of sms_spam with five numbers beside: average precision .60 instead of .96), and learns slightly
#: less from words alone.
LENGTH = 10.0
#: A sparse matrix of more columns is not made dense.
MAX_DENSE = 4096


def text_columns(table: Table, encoder: Any = "auto") -> dict[Hashable, Any]:  # noqa: ANN401 - see resolve_encoder
    """Return the encoder of each column of text.

    Parameters
    ----------
    table : Table
    encoder : encoder, mapping of column name to encoder, or None, default="auto"
        One of :func:`imbgan.text.resolve_encoder` for all columns that hold free text (at least four words on average,
        and values that hardly repeat) and those whose chosen kind is "text"; or, for the columns that a mapping names,
        whatever they hold, its encoders. None means that there are no columns of text.

    Raises
    ------
    ParameterError
        If a mapping names an unknown column, or if an encoder is none.
    DataTypeError
        If a named column does not hold texts.
    """
    chosen = [name for name, kind in table.kinds.items() if kind == "text"]
    if encoder is None:
        return {}
    if isinstance(encoder, Mapping):
        given: Mapping[Any, Any] = encoder
        names = cell_names(table.names)
        for name in given:
            if name not in names:
                raise ParameterError(
                    f"'encoder' names a column that X lacks: {name!r}.{did_you_mean(name, names)} X has "
                    f"{listed(names, 20)}."
                )
        read_table(table, dict.fromkeys(given, "text"))
        lacking = [name for name in chosen if name not in given]
        found = {**dict.fromkeys(lacking, "auto"), **given}
    else:
        # Only these can hold text; the statistics of all columns would take as long as those of the generator.
        levels = tuple(column for column in table.columns if may_be_free_text(column))
        part = Table(levels, table.container, table.n_rows, table.kinds)
        free = [name for name, what in identifiers_of(part).items() if what == FREE_TEXT]
        found = dict.fromkeys([*chosen, *free], encoder)
    for each in found.values():
        resolve_encoder(each)
    return {name: found[name] for name in table.names if name in found}


def find_texts(X: object, encoder: Any = "auto") -> dict[Hashable, Any]:  # noqa: ANN401 - see text_columns
    """Return the encoder of each column of text of a table that is not read yet; see :func:`text_columns`.

    Only columns whose type can hold text are read, so that a table of numbers costs nothing. With ``"auto"``, a table
    that cannot be read has no columns of text; whoever learns from it may know more about it.

    Raises
    ------
    DataError, DataTypeError, ParameterError
        As :func:`text_columns`, and, unless ``encoder`` is ``"auto"``, if the table cannot be read.
    """
    if encoder is None or holds_texts(X):  # texts alone are no table
        return {}
    if isinstance(encoder, Mapping):
        return text_columns(read_table(X, may_be_infinite=True), encoder)
    try:
        part = part_with_text(X)
        table = None if part is None else read_table(part, may_be_infinite=True)
    except ImbganError:
        if isinstance(encoder, str) and encoder == "auto":
            return {}
        raise
    return {} if table is None else text_columns(table, encoder)


def holds_texts(X: object) -> bool:
    """Return whether ``X`` is a list, an array or a series of texts, some or all of them missing, and not a table."""
    is_series = getattr(X, "ndim", None) == 1 or type(X).__name__ in ("Series", "ChunkedArray", "StringArray")
    if not is_series and not isinstance(X, list | tuple):
        return False
    held: list[Any] = list(cast("Iterable[Any]", X))
    cells = [cell.as_py() if hasattr(cell, "as_py") else cell for cell in held]
    return any(isinstance(cell, str | bytes) for cell in cells) or (bool(cells) and all(cell is None for cell in cells))


def texts_as_table(X: object) -> list[list[str | None]]:
    """Return texts as a table of one column; see :func:`imbgan.text.read_texts` for what is no text."""
    missing = read_texts(X).missing
    cells = [cell.as_py() if hasattr(cell, "as_py") else cell for cell in cast("Iterable[Any]", X)]
    return [[None if gap else str(cell)] for cell, gap in zip(cells, missing, strict=True)]


def warn_of_texts(table: Table, encoders: Encoders, *, stacklevel: int) -> None:
    """Warn about texts that are changed when they are read, and about what may be wrong with them.

    Raises
    ------
    DataError
        If all texts of a column are empty or missing.
    """
    for column in table.columns:
        if column.name in encoders:
            remarks = read_texts(texts_of(column), name=str(column.name)).remarks
            if remarks:
                text = f"{column_label(column.name)}: {' '.join(remarks)}"
                warnings.warn(text, TextColumnWarning, stacklevel=stacklevel + 1)


def encoder_titles(table: Table, encoders: Encoders) -> dict[str, str]:
    """Return what encodes each column of text, in a few words."""
    titles: dict[str, str] = {}
    for column in table.columns:
        if column.name in encoders:
            found = resolve_encoder(encoders[column.name], texts_of(column))
            # What words are depends on the script of the texts.
            titles[str(column.name)] = title_of(
                found.fit(texts_of(column)) if isinstance(found, WordEncoder) else found
            )
    return titles


def texts_of(column: RawColumn) -> NDArray[np.object_]:
    """Return the texts of a column (n,), None where missing."""
    return column.as_objects()


def dense_vectors(vectors: Any, name: Hashable) -> NDArray[np.float32]:  # noqa: ANN401 - dense or sparse
    """Return vectors as an array; raise DataError for a sparse matrix of too many columns."""
    if not issparse(vectors):
        return np.asarray(vectors, np.float32)
    if vectors.shape[1] > MAX_DENSE:
        raise DataError(
            f"The encoder of {column_label(name)} gives a sparse matrix of {vectors.shape[1]} columns, but dense "
            f"vectors of at most {MAX_DENSE} numbers are needed here. Put a TruncatedSVD behind it in a pipeline."
        )
    return vectors.toarray().astype(np.float32)


class _OfTexts(TransformerMixin, BaseEstimator):
    """The base of transformers of tables with columns of text."""

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.input_tags.string = True
        tags.input_tags.categorical = True
        return tags


class TextVectorizer(_OfTexts):
    """Replace the columns of text of a table by columns of vectors; the container and the other columns stay.

    It stands before a sampler in a pipeline of imbalanced-learn, so that generated rows are vectors for a classifier.

    Parameters
    ----------
    encoder : encoder or mapping of column name (or position) to encoder, default="auto"
        See :func:`text_columns`. Sparse words are replaced by their singular vectors.

    Attributes
    ----------
    encoders_ : dict of column name to transformer
        The encoders, fitted to the texts of ``fit`` alone.

    Examples
    --------
    >>> X = [["win a free prize now", 3.5], ["see you at the station", 1.0], ["free entry to win cash", 2.5]]
    >>> rows = TextVectorizer({0: "words"}).fit_transform(X)
    >>> len(rows[0]), rows[0][0].shape, rows[0][1]
    (2, (3,), 3.5)
    """

    def __init__(self, encoder: Any = "auto") -> None:  # noqa: ANN401 - see text_columns
        self.encoder = encoder

    def __sklearn_clone__(self) -> Self:
        return clone_sharing(self, "encoder")  # as that of a TextPreprocessor

    def fit(self, X: object, y: object = None) -> Self:
        """Fit the encoders.

        Raises
        ------
        DataError, DataTypeError, ParameterError
            As :func:`text_columns`, and if an encoder cannot be fitted to the texts.
        """
        del y
        table = read_table(X)
        self.encoders_: dict[Hashable, Any] = {}
        encoders = text_columns(table, self.encoder)
        for name, texts in _texts_in(table, encoders).items():
            if _hold_any(texts):
                self.encoders_[name] = dense_encoder(encoders[name], texts, stacklevel=None).fit(texts)
        return self

    def transform(self, X: object) -> Any:  # noqa: ANN401 - the container of X
        """Return the table with vectors in place of texts."""
        check_is_fitted(self, "encoders_")
        texts, table = _all_texts_in(X, self.encoders_), X
        for name, encoder in self.encoders_.items():
            table = with_cells(table, name, dense_vectors(encoder.transform(texts[name]), name))
        return table


def _texts_in(X: object, names: Iterable[Hashable]) -> dict[Hashable, Texts]:
    """Return the columns of text that a table has; those that are vectors already are no texts."""
    wanted = set(names)
    return {
        column.name: read_texts(texts_of(column), name=str(column.name), is_training=False)
        for column in read_table(X).columns
        if column.name in wanted
    }


def _hold_any(texts: Texts) -> bool:
    """Return whether some text is not blank; a part of a table can have none of few texts, and nothing to encode."""
    return any(text.strip() for text in texts.values)


def _all_texts_in(X: object, names: Iterable[Hashable]) -> dict[Hashable, Texts]:
    """Return the columns that were text in ``fit``; raise an error that names one that is none, or is not there."""
    texts = _texts_in(X, names)
    lacking = [name for name in names if name not in texts]
    if lacking:
        raise DataError(
            f"X must have the columns of text that it had in fit. It lacks {listed(lacking)}, or holds vectors there. "
            f"X has {listed(read_names(X), 20)}."
        )
    return texts


class TextPreprocessor(_OfTexts):
    """Turn a table with columns of text into one matrix: the texts encoded, all else by :class:`TablePreprocessor`.

    Parameters
    ----------
    encoders : mapping of column name (or position) to encoder or None
        See :func:`imbgan.text.resolve_encoder`; None leaves the column out.
    sparse : bool, default=False
        Whether the classifier takes a sparse matrix, so that words need not be reduced to their singular vectors.
    numbers, kinds
        As for :class:`TablePreprocessor`.

    Attributes
    ----------
    encoders_ : dict of column name to transformer
        A column without any text in ``fit`` has none, and is left out.
    table_ : TablePreprocessor or None
        The preparation of the other columns, if there are any.
    """

    def __init__(
        self,
        encoders: Encoders,
        *,
        sparse: bool = False,
        numbers: str = "standardize",
        kinds: Mapping[str | int, str] | None = None,
    ) -> None:
        self.encoders = encoders
        self.sparse = sparse
        self.numbers = numbers
        self.kinds = kinds

    def __sklearn_clone__(self) -> Self:
        return clone_sharing(self, "encoders")  # a copy of a model would be large, and unknown to the cache

    def fit(self, X: object, y: object = None) -> Self:
        """Fit the encoders, and the preparation of the other columns."""
        del y
        table = read_table(X)
        self.encoders_: dict[Hashable, Any] = {}
        self.scalers_: dict[Hashable, Any] = {}
        for name, texts in _texts_in(table, self.encoders).items():
            own = self.encoders[name]
            if own is None or not _hold_any(texts):
                continue
            found = resolve_encoder(own, texts) if self.sparse else dense_encoder(own, texts, stacklevel=None)
            self.encoders_[name] = encoder = found.fit(texts)
            vectors = encoder.transform(texts)
            if self.numbers == "standardize" and not (self.sparse and issparse(vectors)):
                self.scalers_[name] = StandardScaler().fit(dense_vectors(vectors, name))
        rest = self._rest(table)
        self.table_ = TablePreprocessor(numbers=self.numbers, kinds=self.kinds).fit(rest) if rest.columns else None
        return self

    def transform(self, X: object) -> Any:  # noqa: ANN401 - dense or sparse
        """Return the matrix, shape (n_samples, n_columns); the texts come last."""
        check_is_fitted(self, "encoders_")
        table = read_table(X)
        texts = _all_texts_in(table, self.encoders_)
        blocks: list[Any] = [] if self.table_ is None else [self.table_.transform(self._rest(table))]
        for name, encoder in self.encoders_.items():
            blocks.append(self._block(name, encoder.transform(texts[name])))
        if not blocks:  # no text was there in fit, and nothing else
            return np.zeros((table.n_rows, 1))
        if not any(map(issparse, blocks)):
            return np.hstack(blocks)
        return csr_matrix(hstack([csr_matrix(block) for block in blocks]))

    def _block(self, name: Hashable, vectors: Any) -> Any:  # noqa: ANN401 - dense or sparse
        if name in self.scalers_:
            return self.scalers_[name].transform(dense_vectors(vectors, name))
        if self.sparse and issparse(vectors):
            return LENGTH * vectors
        return dense_vectors(vectors, name)

    def _rest(self, table: Table) -> Table:
        columns = tuple(column for column in table.columns if column.name not in self.encoders)
        return Table(columns, table.container, table.n_rows, table.kinds)
