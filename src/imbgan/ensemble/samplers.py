"""Samplers of matrices, adapted to tables: categories, dates, missing values, any container."""

import warnings
from collections.abc import Mapping
from typing import Any, Self, cast

import numpy as np
from imblearn.over_sampling import SMOTE, SMOTEN, SMOTENC
from imblearn.over_sampling.base import BaseOverSampler
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, clone

from imbgan.exceptions import DataError, IdentifierColumnWarning
from imbgan.measures import local_gaussian
from imbgan.oversampling.sampling_strategy import is_ratio, rows_to_generate
from imbgan.random import Streams
from imbgan.tabular import TableEncoder, as_given, concat, eager, read_table, take
from imbgan.tabular.labels import Labels, code_of, read_labels
from imbgan.tabular.schema import Table

Matrix = NDArray[np.floating]


class TableMatrix:
    """A table as the matrix in which distances are measured: numbers standardized, categories one-hot.

    A missing number is replaced by one that is drawn from the present ones of this table, and a further category marks
    it. So imputation happens inside the training part, and a sampler can generate missing values again.
    """

    def __init__(self, X: Table, codes: NDArray[np.intp], seed: int) -> None:
        with warnings.catch_warnings():
            # The warning is about the whole table; `describe` raises it once, every fold would repeat it.
            warnings.simplefilter("ignore", IdentifierColumnWarning)
            self.encoder = TableEncoder(numbers="minmax").fit(X, codes, n_classes=int(codes.max()) + 1)
        self.encoded = self.encoder.transform(X, seed)
        self.n_numbers = sum(kind == "number" for kind, _ in self.encoder.spans)
        self.widths = [width for kind, width in self.encoder.spans if kind == "category"]
        self._center = self.encoded[:, : self.n_numbers].mean(axis=0)
        scale = self.encoded[:, : self.n_numbers].std(axis=0)
        self._scale = np.where(scale > 0, scale, 1.0)

    def matrix(self) -> Matrix:
        """Return the rows in which distances are measured, shape (n, width)."""
        numbers = (self.encoded[:, : self.n_numbers] - self._center) / self._scale
        return np.hstack([numbers, self.encoded[:, self.n_numbers :]])

    def levels(self) -> NDArray[np.intp]:
        """Return the level of each category, shape (n, n_categories)."""
        starts = np.cumsum([self.n_numbers, *self.widths])[:-1]
        parts = [self.encoded[:, a : a + width].argmax(axis=1) for a, width in zip(starts, self.widths, strict=True)]
        return np.array(parts, np.intp).reshape(len(self.widths), len(self.encoded)).T

    def table(self, matrix: Matrix) -> object:
        """Return rows of :meth:`matrix` as a table; the greatest entry determines the level of a category."""
        numbers = matrix[:, : self.n_numbers] * self._scale + self._center
        return self.encoder.inverse_transform(np.hstack([numbers, matrix[:, self.n_numbers :]]))

    def table_of_levels(self, numbers: Matrix, levels: NDArray[np.intp]) -> object:
        """Return the table of standardized numbers and levels."""
        parts = [np.eye(width)[levels[:, i]] for i, width in enumerate(self.widths)]
        return self.table(np.hstack([numbers, *parts]))


class TableSampler(BaseEstimator):
    """Apply an imbalanced-learn sampler of matrices to a table.

    Rows that the sampler keeps come back unchanged; rows that it generates are decoded into the types of their columns.

    Parameters
    ----------
    sampler : sampler
        A sampler that gets standardized numbers and one-hot categories.
    sampling_strategy : as in imbalanced-learn, or None, default=None
        None keeps that of the sampler.
    random_state : int
        Seed of the values that replace missing numbers.
    """

    def __init__(self, sampler: Any, *, sampling_strategy: Any = None, random_state: int = 0) -> None:  # noqa: ANN401
        self.sampler = sampler
        self.sampling_strategy = sampling_strategy
        self.random_state = random_state

    def fit(self, X: object, y: object) -> Self:
        """Do nothing. Pipelines need this method, but samplers learn in :meth:`fit_resample`."""
        del X, y
        return self

    def fit_resample(self, X: object, y: object) -> tuple[Any, NDArray[np.generic]]:
        """Return the resampled table and its labels, the original rows first."""
        labels = read_labels(y)
        held = eager(X)
        table = read_table(held)
        labels.check_rows(table.n_rows)
        codes = labels.codes
        rows = TableMatrix(table, codes, Streams(self.random_state).integer("table sampler"))
        resampled, new_codes = self._resample(held, codes, rows, self._strategy_of_codes(labels))
        return as_given(resampled, X), labels.classes[new_codes]

    def _strategy_of_codes(self, labels: Labels) -> Any:  # noqa: ANN401 - as in imbalanced-learn
        """Return the strategy for class codes, which the sampler gets instead of labels."""
        strategy: Any = self.sampling_strategy
        strategy = strategy(labels.values) if callable(strategy) else strategy
        if self._over_samples():
            # imbalanced-learn cuts off what a ratio loses in binary.
            own = self.sampler.sampling_strategy if strategy is None else strategy
            if is_ratio(own):
                return {code: int(labels.counts[code]) + n for code, n in rows_to_generate(own, labels).items()}
        if not isinstance(strategy, Mapping):
            return strategy
        known = labels.classes.tolist()
        return {code_of(label, known): n for label, n in cast("Mapping[object, object]", strategy).items()}

    def _over_samples(self) -> bool:
        """Whether rows are added: to an under-sampler, a ratio says how many common rows stay."""
        return getattr(self.sampler, "_sampling_type", "") == "over-sampling"

    def _resample(
        self,
        X: object,
        codes: NDArray[np.intp],
        rows: TableMatrix,
        strategy: Any,  # noqa: ANN401 - as in imbalanced-learn
    ) -> tuple[object, NDArray[np.intp]]:
        sampler: Any = clone(self.sampler)
        if strategy is not None:
            sampler.set_params(sampling_strategy=strategy)
        if "k_neighbors" in sampler.get_params():
            sampler.set_params(k_neighbors=neighbors(sampler.k_neighbors, codes))
        matrix, new_codes = _resample(sampler, rows.matrix(), codes)
        if hasattr(sampler, "sample_indices_"):
            self.sample_indices_ = sampler.sample_indices_
            return take(X, self.sample_indices_), new_codes
        return _with_generated(X, rows.table(matrix[len(codes) :]), codes, new_codes)


class TableSMOTE(TableSampler):
    """SMOTE for tables: SMOTE for numbers, SMOTE-N for categories, SMOTE-NC for both (Chawla et al. 2002).

    Parameters
    ----------
    k_neighbors : int, default=5
        Number of neighbors; fewer if the rarest class has fewer.
    sampling_strategy : as in imbalanced-learn, default="auto"
    random_state : int
    """

    def __init__(self, *, k_neighbors: int = 5, sampling_strategy: Any = "auto", random_state: int = 0) -> None:  # noqa: ANN401
        self.k_neighbors = k_neighbors
        self.sampling_strategy = sampling_strategy
        self.random_state = random_state

    def _over_samples(self) -> bool:
        return True

    def _resample(
        self,
        X: object,
        codes: NDArray[np.intp],
        rows: TableMatrix,
        strategy: Any,  # noqa: ANN401 - as in imbalanced-learn
    ) -> tuple[object, NDArray[np.intp]]:
        settings: dict[str, Any] = {
            "sampling_strategy": strategy,
            "k_neighbors": neighbors(self.k_neighbors, codes),
            "random_state": self.random_state,
        }
        if not rows.widths:
            matrix, new_codes = _resample(SMOTE(**settings), rows.matrix(), codes)
            return _with_generated(X, rows.table(matrix[len(codes) :]), codes, new_codes)
        levels = rows.levels()
        n_numbers = rows.n_numbers
        if not n_numbers:
            new_levels, new_codes = _resample(SMOTEN(**settings), levels, codes)
            generated = rows.table_of_levels(np.empty((len(new_codes) - len(codes), 0)), new_levels[len(codes) :])
            return _with_generated(X, generated, codes, new_codes)
        mixed = np.hstack([rows.matrix()[:, :n_numbers], levels])
        places = list(range(n_numbers, mixed.shape[1]))
        resampled, new_codes = _resample(SMOTENC(categorical_features=places, **settings), mixed, codes)
        generated = resampled[len(codes) :]
        table = rows.table_of_levels(generated[:, :n_numbers], generated[:, n_numbers:].astype(np.intp))
        return _with_generated(X, table, codes, new_codes)


class LocalGaussianSampler(BaseOverSampler):
    """SMOTE with a covariance: rows that are normal around a row and its neighbors (Sakho et al. 2024, "MGS").

    Parameters
    ----------
    sampling_strategy : as in imbalanced-learn, default="auto"
    n_neighbors : int, default=5
        Number of neighbors; fewer if the class has fewer.
    random_state : int
    """

    sampling_strategy_: Any

    def __init__(self, *, sampling_strategy: Any = "auto", n_neighbors: int = 5, random_state: int = 0) -> None:  # noqa: ANN401
        super().__init__(sampling_strategy=sampling_strategy)
        self.n_neighbors = n_neighbors
        self.random_state = random_state

    def _fit_resample(  # pyright: ignore[reportIncompatibleMethodOverride] - the base is not typed
        self, X: Matrix, y: NDArray[np.intp], **params: object
    ) -> tuple[Matrix, NDArray[np.intp]]:
        del params
        parts, labels = [X], [y]
        for label, n in self.sampling_strategy_.items():
            rng = Streams(self.random_state).generator("local gaussian", int(label))
            parts.append(local_gaussian(X[y == label], int(n), rng, k=self.n_neighbors))
            labels.append(np.full(int(n), label, y.dtype))
        return np.concatenate(parts), np.concatenate(labels)


def neighbors(wanted: int, codes: NDArray[np.intp]) -> int:
    """Return the number of neighbors that every class has, at most ``wanted``.

    Raises
    ------
    DataError
        If a class has a single row.
    """
    rarest = int(np.bincount(codes).min())
    if rarest < 2:
        raise DataError("Interpolating between rows needs at least 2 rows of each class. The rarest class has 1 here.")
    return min(wanted, rarest - 1)


def _resample(
    sampler: Any,  # noqa: ANN401 - any sampler
    matrix: NDArray[np.generic],
    codes: NDArray[np.intp],
) -> tuple[Any, NDArray[np.intp]]:
    return sampler.fit_resample(matrix, codes)


def _with_generated(
    X: object, generated: object, codes: NDArray[np.intp], new_codes: NDArray[np.intp]
) -> tuple[object, NDArray[np.intp]]:
    if len(new_codes) == len(codes):
        return X, new_codes
    return concat(take(X, np.arange(len(codes))), generated), new_codes
