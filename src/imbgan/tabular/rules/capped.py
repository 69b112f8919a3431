"""Parts of a bounded sum: where generated ones add up to too much or too little, they are scaled until they do not."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from imbgan.tabular.rules.cells import RELATIVE, SHORT, decimals_of, is_finer, is_short, numbers
from imbgan.tabular.rules.form import Document, Form, step_of
from imbgan.tabular.scalars import from_json, to_json
from imbgan.tabular.schema import Part, RawColumn

Values = NDArray[np.float64]
#: A part with at most so many different values keeps to them.
FEW_VALUES = 64
#: Rows of the table of which one gives its parts to a row that scaling does not mend.
MOST_ROWS = 256
#: What arithmetic may add to a number that lies on a grid, as a share of the grain.
_SLACK = 1e-6


@dataclass(frozen=True)
class PartValues:
    """The values that a part can have: observed ones, or multiples of a grain; any if there is none.

    Parameters
    ----------
    values : tuple of float
        In increasing order; empty if the part has many.
    grain : float
        0 if the part has no grain.
    """

    values: tuple[float, ...]
    grain: float

    @classmethod
    def of(cls, column: RawColumn) -> Self:
        """Return the values of a column."""
        present = numbers(column)[~column.missing].astype(np.float64)
        several = np.unique(present)
        if len(several) <= FEW_VALUES:
            return cls(tuple(several.tolist()), 0.0)
        decimals = decimals_of(column)
        return cls((), 0.0 if decimals is None else step_of(column) * 10.0**-decimals)

    def floor(self, values: Values) -> Values:
        """Return the greatest values of the part that are at most those given."""
        if self.values:
            known = np.array(self.values)
            near = values + _SLACK * np.maximum(np.abs(values), 1.0) * 1e-3
            return known[np.maximum(np.searchsorted(known, near, side="right") - 1, 0)]
        if not self.grain:
            return values
        return self._multiple(np.floor(values / self.grain + _SLACK))

    def ceil(self, values: Values) -> Values:
        """Return the least values of the part that are at least those given."""
        return -PartValues(tuple(-each for each in reversed(self.values)), self.grain).floor(-values)

    def _multiple(self, counts: Values) -> Values:
        # 3 * 0.1 is not 0.3, but 3 / 10 is.
        return counts * self.grain if self.grain >= 1 else counts / np.round(1 / self.grain)


@dataclass(frozen=True)
class Capped:
    """Columns whose sum lies within bounds in each row that holds all of them.

    Parameters
    ----------
    forms : tuple of Form
        Of the parts.
    grids : tuple of PartValues
    low, high : float
        Bounds of the sum; infinite where there is none.
    least, most : tuple of float
        Least and greatest value of each part.
    rows : ndarray of shape (m, n_parts)
        Parts of rows of the table.
    relative, half : float
        By how much a sum may leave the bounds before its total, which is rounded, does: a share of its size, and half a
        grain of the total.
    """

    kind: ClassVar[str] = "capped"
    sources: ClassVar[tuple[Hashable, ...]] = ()
    forms: tuple[Form, ...]
    grids: tuple[PartValues, ...]
    low: float
    high: float
    least: tuple[float, ...]
    most: tuple[float, ...]
    rows: Values
    relative: float
    half: float

    @classmethod
    def fit(cls, columns: Sequence[RawColumn], low: float, high: float, decimals: int | None) -> Self:
        """Learn the parts of a sum, whose total has so many decimals."""
        values = np.stack([numbers(column).astype(np.float64) for column in columns], axis=1)
        complete = ~np.logical_or.reduce([column.missing for column in columns])
        rows = np.unique(values[complete], axis=0)
        rows = rows[np.linspace(0, len(rows) - 1, min(len(rows), MOST_ROWS)).astype(int)]
        present = [values[~column.missing, i] for i, column in enumerate(columns)]
        return cls(
            tuple(map(Form.of, columns)),
            tuple(map(PartValues.of, columns)),
            low,
            high,
            tuple(float(each.min()) for each in present),
            tuple(float(each.max()) for each in present),
            rows,
            RELATIVE + SHORT * any(is_short(column.dtype) for column in columns),
            0.0 if decimals is None or not is_finer(columns, decimals) else 0.5 * 10.0**-decimals,
        )

    def forward(self, cells: Mapping[Hashable, RawColumn]) -> list[RawColumn]:
        """Return nothing: parts are learned as they are."""
        del cells
        return []

    def inverse(self, parts: Sequence[Part], cells: Mapping[Hashable, RawColumn]) -> list[RawColumn]:
        """Return the parts, scaled towards their least or greatest values where their sum leaves the bounds."""
        del cells
        columns = [RawColumn(f.name, f.dtype, f.family, *part) for f, part in zip(self.forms, parts, strict=True)]
        complete = ~np.logical_or.reduce([column.missing for column in columns])
        values = np.stack([numbers(column).astype(np.float64) for column in columns], axis=1)
        changed = complete & self._is_out(values)
        if not changed.any():
            return columns
        new = values.copy()
        new[changed] = self._within(values[changed])
        return [
            form.holding(np.where(changed, new[:, i], numbers(column)), column.missing)
            for i, (form, column) in enumerate(zip(self.forms, columns, strict=True))
        ]

    def _within(self, values: Values) -> Values:
        """Return parts (n, n_parts) whose sums lie within the bounds."""
        sums = values.sum(axis=1)
        is_over = sums > self.high
        ends = np.where(is_over[:, None], self.least, self.most)
        way = ends.sum(axis=1) - sums
        wanted = np.where(is_over, self.high, self.low) - sums
        share = np.divide(wanted, way, out=np.ones(len(sums)), where=way != 0).clip(0.0, 1.0)
        scaled = values + share[:, None] * (ends - values)
        new = np.stack(
            [np.where(is_over, g.floor(scaled[:, i]), g.ceil(scaled[:, i])) for i, g in enumerate(self.grids)], axis=1
        )
        new = new.clip(self.least, self.most)
        wrong = self._is_out(new)
        if wrong.any():
            # On a coarse grid, no sum near the one that is wanted may be within the bounds.
            width = np.maximum(np.subtract(self.most, self.least), np.finfo(float).tiny)
            far = np.abs(values[wrong][:, None, :] / width - self.rows[None] / width).sum(axis=2)
            new[wrong] = self.rows[far.argmin(axis=1)]
        return new

    def _is_out(self, values: Values) -> NDArray[np.bool_]:
        sums, slack = values.sum(axis=1), self.relative * np.abs(values).sum(axis=1) + self.half
        return (sums > self.high + slack) | (sums < self.low - slack)

    def to_document(self) -> Document:
        """Return the step as JSON."""
        return {
            "forms": [form.to_document() for form in self.forms],
            "grids": [[list(grid.values), grid.grain] for grid in self.grids],
            "ends": [[to_json(low), to_json(high)] for low, high in ((self.low, self.high), *self._observed)],
            "rows": self.rows.tolist(),
            "slack": [self.relative, self.half],
        }

    @property
    def _observed(self) -> list[tuple[float, float]]:
        return list(zip(self.least, self.most, strict=True))

    @classmethod
    def from_document(cls, document: Document) -> Self:
        """Read what :meth:`to_document` wrote."""
        forms = tuple(Form.from_document(each) for each in document["forms"])
        grids = tuple(PartValues(tuple(map(float, values)), float(grain)) for values, grain in document["grids"])
        ends: list[tuple[Any, Any]] = [(from_json(low), from_json(high)) for low, high in document["ends"]]
        (low, high), *observed = ends
        rows = np.array(document["rows"], np.float64).reshape(-1, len(forms))
        least, most = zip(*observed, strict=True)
        relative, half = map(float, document["slack"])
        return cls(forms, grids, low, high, least, most, rows, relative, half)
