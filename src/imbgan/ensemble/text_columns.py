"""Columns of text for meta-classifiers: vectors where rows are made, and left to the wrapped classifiers elsewhere."""

from collections.abc import Callable, Iterable
from typing import Any, Self

import numpy as np
from imblearn.base import BaseSampler
from numpy.typing import NDArray

from imbgan._sklearn import check_n_features, clone_sharing
from imbgan.ensemble.base import MetaClassifier, Rows
from imbgan.ensemble.samplers import TableSampler
from imbgan.learners import TextVectorizer
from imbgan.learners.preparation import prepared
from imbgan.learners.text_estimators import no_vectors_error, why_no_vectors, with_texts
from imbgan.learners.texts import find_texts, warn_of_texts
from imbgan.tabular import read_table


class TextEncodingClassifier(MetaClassifier):
    """A meta-classifier that takes tables with columns of text.

    Where it makes rows, texts become vectors once, before anything is sampled, bagged or taught: no text is written for
    a generated row, so that a classifier would learn that a missing text is a rare one. The encoders are fitted to all
    rows of ``fit``, without their labels, as in a pipeline of a :class:`imbgan.learners.TextVectorizer` and a
    classifier: a cross-validation around it has no leak. Where it makes none, each wrapped classifier encodes the texts
    of the rows that it learns from; a linear one as sparse words, which bring more than any sampler.

    A table without texts is passed on as it is.
    """

    encoder: Any

    def __sklearn_clone__(self) -> Self:
        return clone_sharing(self, "encoder")

    def _makes_rows(self) -> bool:
        """Return whether the wrapped classifiers can see other rows than those of the table."""
        return True

    def _encoded(self, rows: Rows) -> Rows:
        encoders = find_texts(rows.table, self.encoder)
        self.text_columns_ = tuple(encoders)
        self.vectorizer_: TextVectorizer | None = None
        if not encoders:
            return rows
        warn_of_texts(read_table(rows.table), encoders, stacklevel=5)
        if not self._makes_rows():
            return rows._replace(encoders=encoders)
        self.vectorizer_ = TextVectorizer(encoders).fit(rows.table)
        table = self.vectorizer_.transform(rows.table)
        why = self._why_no_vectors(lambda: table, rows.labels)
        if why:
            raise no_vectors_error(why, encoders)
        return rows._replace(table=table)

    def _why_no_vectors(self, vectorized: Callable[[], object], labels: NDArray[np.generic]) -> str:
        """Return why a wrapped classifier cannot be fitted to vectors; empty if nothing shows that."""
        return next(filter(None, (why_no_vectors(part, vectorized, labels) for part in self._parts())), "")

    def _read_new(self, X: object) -> Any:  # noqa: ANN401 - any table
        table = super()._read_new(X)
        if self.text_columns_:
            check_n_features(self, table, reset=False)
        return table if self.vectorizer_ is None else self.vectorizer_.transform(table)

    def _prepared(self, estimators: Iterable[Any], rows: Rows) -> list[Any]:
        """Return classifiers that can be fitted to the rows; unchanged ones where the table has no texts."""
        if not self.text_columns_:
            return list(estimators)
        table = read_table(rows.table)
        return [with_texts(prepared(each, table), rows.encoders or {}) for each in estimators]

    def _prepared_sampler(self, sampler: Any) -> Any:  # noqa: ANN401 - any sampler
        """Return a sampler that takes vectors in a table; one of imbalanced-learn sees the matrix of it."""
        is_of_matrices = isinstance(sampler, BaseSampler) and type(sampler).__module__.startswith("imblearn.")
        return TableSampler(sampler) if self.text_columns_ and is_of_matrices else sampler
