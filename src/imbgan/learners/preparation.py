"""Prepare tables of any container and kind as matrices for classifiers."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from numbers import Real
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin, TransformerMixin, clone
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.utils import Tags, get_tags
from sklearn.utils.validation import check_is_fitted

from imbgan.tabular import read_table
from imbgan.tabular.containers import container_named
from imbgan.tabular.labels import label_text
from imbgan.tabular.schema import NANOSECONDS, NUMBER_FAMILIES, TIME_FAMILIES, Family, RawColumn, Table
from imbgan.tabular.statistics import check_names
from imbgan.tabular.vectors import Element

#: Parameters that hold the classifiers of a classifier that takes tables itself.
WRAPPED = ("estimator", "teacher")
# Further levels of a category share one column, so that a postal code does not become thousands of columns.
MAX_LEVELS = 64


@dataclass(frozen=True)
class _Field:
    """The type of a column in fit, as which the column of a later table is read."""

    name: Hashable
    family: Family
    unit: str

    @property
    def is_number(self) -> bool:
        # A column without any value may hold anything later, which is possible for text but not for numbers.
        return self.family in NUMBER_FAMILIES | {"bool"}

    def numbers(self, column: RawColumn) -> NDArray[np.float64]:
        """Return the numbers of a column (n,); NaN where a cell is missing or has another kind."""
        if self.family in TIME_FAMILIES and column.family == self.family:
            ticks, unit = column.as_float64(), column.dtype.unit
            return ticks if unit == self.unit else ticks * (NANOSECONDS[unit] / NANOSECONDS[self.unit])
        if self.family in TIME_FAMILIES or column.family in TIME_FAMILIES:
            return np.full(len(column.missing), np.nan)
        if column.family != "level":
            return column.as_float64()
        cells = column.as_objects().tolist()
        return np.array([float(cell) if isinstance(cell, Real | Decimal) else np.nan for cell in cells], np.float64)

    def levels(self, column: RawColumn) -> NDArray[np.object_]:
        """Return the levels of a column (n,) as text; equal values are equal levels, whatever their type."""
        # All levels have a prefix, so that no level equals the mark of missing values.
        cells = ["missing" if cell is None else f"={label_text(cell)}" for cell in column.as_objects().tolist()]
        return np.array(cells, object)


class TablePreprocessor(TransformerMixin, BaseEstimator):
    """Turn a table with numbers, dates, categories and missing values into a float matrix.

    Each number, boolean, date or duration and each element of a vector becomes one column, and each category one column
    per level. A missing value
    is a level, and all levels beyond the 64 most frequent ones form one level. Levels that did not occur in ``fit`` are
    zeros.

    The kind of a column is determined in ``fit``: by the data type that the table declares, by ``kinds``, or, for
    columns of Python objects, by their cells. Cells of another kind in a later table are unknown levels, or missing
    numbers.

    Parameters
    ----------
    numbers : {"standardize", "raw"}, default="standardize"
        ``"standardize"`` replaces missing numbers by the median, adds a column that marks them, and standardizes.
        ``"raw"`` leaves numbers unchanged and missing ones NaN, for trees that accept them.
    kinds : mapping of column name (or position) to kind, default=None
        Kinds as for :class:`imbgan.GANOverSampler`; use ``"categorical"`` for numbers that are codes.

    Raises
    ------
    DataError
        If the table has other columns than in ``fit``.
    """

    def __init__(self, *, numbers: str = "standardize", kinds: Mapping[str | int, str] | None = None) -> None:
        self.numbers = numbers
        self.kinds = kinds

    def fit(self, X: object, y: object = None) -> Self:
        """Learn medians, scales and levels."""
        del y
        table = read_table(X)
        chosen = read_table(table, self.kinds)
        self.container_ = table.container
        self.fields_ = [_Field(c.name, _family(c, chosen.kinds), c.dtype.unit) for c in chosen.columns]
        self.numbers_ = make_pipeline(SimpleImputer(add_indicator=True, keep_empty_features=True), StandardScaler())
        self.numbers_[0].set_params(strategy="median")
        self.levels_ = OneHotEncoder(
            handle_unknown="infrequent_if_exist", max_categories=MAX_LEVELS, sparse_output=False
        )
        numbers, levels = self._blocks(table)
        if numbers.shape[1] and self.numbers == "standardize":
            self.numbers_.fit(numbers)
        if levels.shape[1]:
            self.levels_.fit(levels)
        return self

    def transform(self, X: object) -> NDArray[np.float64]:
        """Return the matrix, shape (n_samples, n_columns)."""
        check_is_fitted(self, "fields_")
        table = read_table(X)
        named = container_named(table.container).is_named and container_named(self.container_).is_named
        check_names(tuple(field.name for field in self.fields_), table.names, named=named)
        numbers, levels = self._blocks(table)
        if numbers.shape[1] and self.numbers == "standardize":
            numbers = self.numbers_.transform(numbers)
        if not levels.shape[1]:
            return numbers
        return np.hstack([numbers, np.asarray(self.levels_.transform(levels))])

    def _blocks(self, table: Table) -> tuple[NDArray[np.float64], NDArray[np.object_]]:
        pairs = list(zip(self.fields_, table.columns, strict=True))
        numbers = [field.numbers(column) for field, column in pairs if field.is_number]
        levels = [field.levels(column) for field, column in pairs if not field.is_number]
        empty = np.empty((table.n_rows, 0))
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


def _prepared_inside(wrapped: Any, table: Table) -> Any:  # noqa: ANN401 - a classifier, several, a name or None
    if isinstance(wrapped, list | tuple):
        several: Sequence[Any] = wrapped
        return [_prepared_inside(each, table) for each in several]
    return prepared(wrapped, table) if hasattr(wrapped, "fit") else wrapped


def _family(column: RawColumn, kinds: Mapping[Hashable, str]) -> Family:
    # Booleans are numbers, unless the caller has declared the column a category.
    return "level" if kinds.get(column.name) == "categorical" else column.family


def mixed_kinds(table: Table) -> dict[str | int, str]:
    """Return the kinds of columns that mix text and numbers, which a part of the table may not show."""
    mixed: list[Any] = [column.name for column in table.columns if column.dtype.cells == "mixed"]
    return dict.fromkeys(mixed, "categorical")


def prepared(estimator: ClassifierMixin, X: object) -> Any:  # noqa: ANN401 - a pipeline or the classifier itself
    """Combine a classifier that cannot be fitted to this table with a :class:`TablePreprocessor`.

    A pipeline is used as it is, except that a :class:`TablePreprocessor` at its start gets the kinds of mixed columns
    of the whole table. A classifier is used as it is on a table of numbers, unless values are missing that it does not
    accept. A classifier that takes tables itself, such as :class:`imbgan.GANBaggingClassifier`, stays in front, because
    its sampler must see the table; those that it wraps are prepared.
    """
    table = read_table(X)
    if getattr(estimator, "takes_tables", False):
        outer: Any = clone(estimator)
        inner = {name: value for name, value in outer.get_params(deep=False).items() if name in WRAPPED}
        return outer.set_params(**{name: _prepared_inside(value, table) for name, value in inner.items()})
    kinds = mixed_kinds(table) or None
    if isinstance(estimator, Pipeline):
        head: Any = estimator.steps[0][1]
        if kinds is None or not isinstance(head, TablePreprocessor) or head.kinds is not None:
            return estimator
        copy: Any = clone(estimator)
        return copy.set_params(**{f"{estimator.steps[0][0]}__kinds": kinds})
    all_numbers = all(
        column.family in ("float", "int", "bool")
        and column.dtype.is_known_to_numpy
        and not isinstance(column.name, Element)
        for column in table.columns
    )
    has_missing = any(column.missing.any() for column in table.columns)
    if all_numbers and (not has_missing or get_tags(estimator).input_tags.allow_nan):
        return estimator
    return make_pipeline(TablePreprocessor(kinds=kinds), estimator)
