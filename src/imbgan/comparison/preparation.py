"""Tables of any container and kind as the matrix that a classifier takes."""

from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin, TransformerMixin
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.utils import Tags, get_tags
from sklearn.utils.validation import check_is_fitted

from imbgan.tabular import read_table
from imbgan.tabular.schema import NUMBER_FAMILIES, RawColumn

# Further levels of a category share one column, so that a postal code does not become thousands.
MAX_LEVELS = 64


class TablePreprocessor(TransformerMixin, BaseEstimator):
    """Turn a table with numbers, dates, categories and missing values into a float matrix.

    Numbers, truth values, dates and durations become one column each; categories one column a level, a missing value
    and all levels beyond the 64 most frequent being levels of their own. Levels not seen in ``fit`` are zeros.

    Parameters
    ----------
    numbers : {"standardize", "raw"}, default="standardize"
        ``"standardize"`` puts the median for a missing number, adds a column that says so, and standardizes;
        ``"raw"`` leaves numbers as they are, missing ones as NaN, for trees that take them.
    """

    def __init__(self, *, numbers: str = "standardize") -> None:
        self.numbers = numbers

    def fit(self, X: object, y: object = None) -> Self:
        """Learn medians, scales and levels."""
        del y
        columns = read_table(X).columns
        self.is_number_ = [column.family in NUMBER_FAMILIES | {"bool", "none"} for column in columns]
        self.numbers_ = make_pipeline(SimpleImputer(add_indicator=True, keep_empty_features=True), StandardScaler())
        self.numbers_[0].set_params(strategy="median")
        self.levels_ = OneHotEncoder(
            handle_unknown="infrequent_if_exist", max_categories=MAX_LEVELS, sparse_output=False
        )
        numbers, levels = self._blocks(columns)
        if numbers.shape[1] and self.numbers == "standardize":
            self.numbers_.fit(numbers)
        if levels.shape[1]:
            self.levels_.fit(levels)
        return self

    def transform(self, X: object) -> NDArray[np.float64]:
        """Return the matrix, shape (n_samples, n_columns)."""
        check_is_fitted(self, "is_number_")
        numbers, levels = self._blocks(read_table(X).columns)
        if numbers.shape[1] and self.numbers == "standardize":
            numbers = self.numbers_.transform(numbers)
        if not levels.shape[1]:
            return numbers
        return np.hstack([numbers, np.asarray(self.levels_.transform(levels))])

    def _blocks(self, columns: tuple[RawColumn, ...]) -> tuple[NDArray[np.float64], NDArray[np.object_]]:
        n_rows = len(columns[0].missing)
        pairs = list(zip(columns, self.is_number_, strict=True))
        numbers = [column.as_float64() for column, is_number in pairs if is_number]
        levels = [_level(column) for column, is_number in pairs if not is_number]
        empty = np.empty((n_rows, 0))
        return (
            np.column_stack(numbers) if numbers else empty,
            np.column_stack(levels) if levels else empty.astype(object),
        )

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.input_tags.string = True
        tags.input_tags.categorical = True
        return tags


def _level(column: RawColumn) -> NDArray[np.object_]:
    # A missing value is marked by a prefix that no value has.
    cells = [
        "missing" if is_missing else f"={value}"
        for value, is_missing in zip(column.values.tolist(), column.missing.tolist(), strict=True)
    ]
    return np.array(cells, object)


def prepared(estimator: ClassifierMixin, X: object) -> Any:  # noqa: ANN401 - a pipeline or the classifier itself
    """Put :class:`TablePreprocessor` before a classifier that cannot take this table by itself.

    A pipeline is used as it is. So is any classifier on a table of numbers, unless values are missing that it does
    not take.
    """
    if isinstance(estimator, Pipeline):
        return estimator
    columns = read_table(X).columns
    all_numbers = all(column.family in ("float", "int", "bool") for column in columns)
    has_missing = any(column.missing.any() for column in columns)
    if all_numbers and (not has_missing or get_tags(estimator).input_tags.allow_nan):
        return estimator
    return make_pipeline(TablePreprocessor(), estimator)
