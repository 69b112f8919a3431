"""Derived columns: what is learned in place of a column that a rule determines, and the column from it."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import ceil, floor, inf, isinf
from typing import Any, ClassVar, Self, cast

import numpy as np
from numpy.typing import NDArray

from imbgan.tabular.rules.capped import Capped
from imbgan.tabular.rules.cells import as_written, column_named, decimals_of, groups, numbers, rounded
from imbgan.tabular.rules.declared import AddsUp, Less, cells_of
from imbgan.tabular.rules.form import Document, Form, step_of
from imbgan.tabular.scalars import from_json, to_json
from imbgan.tabular.schema import TIME_FAMILIES, DType, Part, RawColumn, Table
from imbgan.tabular.statistics.grain import own_float


@dataclass(frozen=True)
class Ordered:
    """A column that is learned as its difference from the greatest of the columns that it must not be below.

    Parameters
    ----------
    form : Form
    lower : tuple of (column name, whether values must differ)
    decimals : int or None
        Decimals of the column, 0 for whole numbers and ticks.
    fine : int or None
        Decimals of differences.
    step : int
        Values of whole numbers and ticks are multiples of it.
    fallback : int or float
        What takes the place of the lower columns where all of them are missing.
    low, high : int or float
        Least and greatest value of the column.
    may_miss : bool
        Whether cells of the column can be missing.
    """

    kind: ClassVar[str] = "ordered"
    form: Form
    lower: tuple[tuple[Hashable, bool], ...]
    decimals: int | None
    fine: int | None
    step: int
    fallback: int | float
    low: int | float
    high: int | float
    may_miss: bool

    @classmethod
    def fit(cls, rules: Sequence[Less], table: Table) -> Self:
        """Learn the bounds and the grain of the higher column of the rules."""
        column = column_named(table, rules[0].high)
        sources = [column_named(table, rule.low) for rule in rules]
        values = numbers(column)[~column.missing]
        decimals = [decimals_of(each) for each in (column, *sources)]
        fine = None if None in decimals else max(cast("list[int]", decimals))
        step = step_of(column)
        found = np.concatenate([numbers(each)[~each.missing] for each in sources])
        fallback = found[np.argsort(found)[len(found) // 2]].item() if len(found) else 0
        low, high = (values.min().item(), values.max().item()) if len(values) else (0, 0)
        lower = tuple((rule.low, rule.strict) for rule in rules)
        return cls(Form.of(column), lower, decimals[0], fine, step, fallback, low, high, bool(column.missing.any()))

    @property
    def sources(self) -> tuple[Hashable, ...]:
        """The columns that must be known before the column itself."""
        return tuple(name for name, _ in self.lower)

    def forward(self, cells: Mapping[Hashable, RawColumn]) -> list[RawColumn]:
        """Return the column of differences that is learned."""
        column = cells[self.form.name]
        base, _ = self._base(cells)
        values = numbers(column)
        differences = values - base
        form, missing = _learned(column, is_float=differences.dtype.kind == "f"), column.missing
        differences = np.where(missing, np.zeros((), differences.dtype), rounded(differences, self.fine))
        return [RawColumn(form.name, form.dtype, form.family, differences, missing)]

    def inverse(self, parts: Sequence[Part], cells: Mapping[Hashable, RawColumn]) -> list[RawColumn]:
        """Return the column: at least the lower ones, and within its observed bounds wherever these allow it."""
        ((differences, missing),) = parts
        base, known = self._base(cells)
        # The sum itself could overflow.
        differences = np.clip(rounded(differences, self.fine), self.low - base, self.high - base)
        values = np.clip(self._snapped(base + differences), self.low, self.high)
        for name, strict in self.lower:
            source = cells[name]
            least = self.least_above(as_written(numbers(source), source.dtype), strict=strict)
            values = np.where(source.missing, values, np.maximum(values, least))
        if self.may_miss:
            missing = missing | (known & (values > self.high))
        return [self.form.holding(values, missing)]

    def _base(self, cells: Mapping[Hashable, RawColumn]) -> tuple[NDArray[Any], NDArray[np.bool_]]:
        """Return the greatest lower number of each row, and where there is one."""
        base: NDArray[Any] | None = None
        known = np.zeros(len(cells[self.lower[0][0]].missing), bool)
        for name, _ in self.lower:
            source = cells[name]
            values = as_written(numbers(source), source.dtype)
            base = values if base is None else np.where(known & ~source.missing, np.maximum(base, values), base)
            base = np.where(~known & ~source.missing, values, base)
            known = known | ~source.missing
        assert base is not None
        return np.where(known, base, self.fallback), known

    def _snapped(self, values: NDArray[Any]) -> NDArray[Any]:
        if self.form.family in ("float", "none"):
            return as_written(rounded(values.astype(np.float64), self.decimals), self.form.dtype)
        whole = np.rint(values).astype(np.int64) if values.dtype.kind == "f" else values
        return whole if self.step == 1 else (whole + self.step // 2) // self.step * self.step

    def least_above(self, values: NDArray[Any], *, strict: bool) -> NDArray[Any]:
        """Return the least values that the column can have above those of the lower one, which are on its grid."""
        if self.form.family not in ("float", "none"):
            least = -(-np.ceil(values).astype(np.int64) // self.step) * self.step
            return np.where(strict & (least <= values), least + self.step, least)
        numbers_ = values.astype(np.float64)
        if self.decimals is None:
            least = as_written(numbers_, self.form.dtype)
        else:
            grain = 10.0**-self.decimals
            least = as_written(np.round(numbers_, self.decimals), self.form.dtype)
            low = (least <= numbers_) if strict else (least < numbers_)
            least = np.where(low, as_written(np.round(least + grain, self.decimals), self.form.dtype), least)
        own = own_float(self.form.dtype.text)
        low = (least <= numbers_) if strict else (least < numbers_)
        return np.where(low, np.nextafter(least.astype(own), own(np.inf)).astype(np.float64), least)

    def to_document(self) -> Document:
        """Return the step as JSON."""
        return {
            "form": self.form.to_document(),
            "lower": [[to_json(name), strict] for name, strict in self.lower],
            **{
                name: getattr(self, name)
                for name in ("decimals", "fine", "step", "fallback", "low", "high", "may_miss")
            },
        }

    @classmethod
    def from_document(cls, document: Document) -> Self:
        """Read what :meth:`to_document` wrote."""
        body = dict(document)
        lower = tuple((from_json(name), bool(strict)) for name, strict in body.pop("lower"))
        return cls(Form.from_document(body.pop("form")), lower, **body)


@dataclass(frozen=True)
class Summed:
    """A total that is computed; where a part is missing, what it exceeds the other parts by is learned.

    Parameters
    ----------
    form : Form
        Of the total.
    parts : tuple of column names
    decimals : int or None
        Decimals of the total.
    low, high : int or float
        Bounds of the total; infinite where there is none.
    """

    kind: ClassVar[str] = "summed"
    form: Form
    parts: tuple[Hashable, ...]
    decimals: int | None
    low: int | float = -inf
    high: int | float = inf

    @classmethod
    def fit(cls, rule: AddsUp, table: Table) -> Self:
        """Learn the grain of the total."""
        column = column_named(table, rule.total)
        return cls(Form.of(column), rule.parts, decimals_of(column))

    @property
    def sources(self) -> tuple[Hashable, ...]:
        """The parts."""
        return self.parts

    def forward(self, cells: Mapping[Hashable, RawColumn]) -> list[RawColumn]:
        """Return what is learned: 0 where all parts are there."""
        column = cells[self.form.name]
        known, complete = self._sum(cells)
        rest = np.where(complete | column.missing, 0, rounded(numbers(column) - known, self.decimals))
        form = _learned(column, is_float=rest.dtype.kind == "f")
        return [RawColumn(form.name, form.dtype, form.family, rest, column.missing)]

    def inverse(self, parts: Sequence[Part], cells: Mapping[Hashable, RawColumn]) -> list[RawColumn]:
        """Return the total."""
        ((rest, missing),) = parts
        known, complete = self._sum(cells)
        total = known + np.where(complete, 0, rest)
        if self.form.family in ("float", "none"):
            total = rounded(total.astype(np.float64), self.decimals)
        elif total.dtype.kind == "f":
            total = np.rint(total)
        # Sums of parts are within the bounds, up to rounding; where a part is missing, they may not be.
        total = total if isinf(self.low) else np.maximum(total, self.low)
        total = total if isinf(self.high) else np.minimum(total, self.high)
        return [self.form.holding(total, missing)]

    def bounded(self, low: float, high: float) -> Self:
        """Return the step for a total within bounds, which are moved to values that the column can have."""
        if self.decimals is not None:
            low, high = -self._greatest_below(-low), self._greatest_below(high)
        return replace(self, low=low, high=high)

    def _greatest_below(self, end: float) -> float:
        """Return the greatest number of the decimals of the column that is at most ``end`` as the column writes it."""
        if isinf(end) or not self.decimals:
            return end if isinf(end) else floor(end)
        scale, own = 10**self.decimals, own_float(self.form.dtype.text)
        count = ceil(end * scale)
        while float(own(count / scale)) > end:
            count -= 1
        return float(own(count / scale))

    def _sum(self, cells: Mapping[Hashable, RawColumn]) -> tuple[NDArray[Any], NDArray[np.bool_]]:
        """Return the sum of the parts that are there, and where all are."""
        columns = [cells[name] for name in self.parts]
        known = sum(as_written(numbers(column), column.dtype) for column in columns)
        return np.asarray(known), ~np.logical_or.reduce([column.missing for column in columns])

    def to_document(self) -> Document:
        """Return the step as JSON."""
        names = [to_json(name) for name in self.parts]
        ends = [to_json(self.low), to_json(self.high)]
        return {"form": self.form.to_document(), "parts": names, "decimals": self.decimals, "ends": ends}

    @classmethod
    def from_document(cls, document: Document) -> Self:
        """Read what :meth:`to_document` wrote."""
        parts = tuple(from_json(name) for name in document["parts"])
        low, high = (cast("float", from_json(end)) for end in document["ends"])
        return cls(Form.from_document(document["form"]), parts, document["decimals"], low, high)


@dataclass(frozen=True)
class Joint:
    """Columns whose joint levels are one category; the first one holds their numbers, the others nothing.

    Parameters
    ----------
    forms : tuple of Form
    cells : tuple of Part
        Of each column, the cells of the joint levels.
    """

    kind: ClassVar[str] = "joint"
    sources: ClassVar[tuple[Hashable, ...]] = ()
    forms: tuple[Form, ...]
    cells: tuple[Part, ...]

    @classmethod
    def fit(cls, names: Sequence[Hashable], table: Table) -> Self:
        """Find the joint levels."""
        columns = [column_named(table, name) for name in names]
        first = np.unique(groups(columns), return_index=True)[1]
        return cls(
            tuple(map(Form.of, columns)), tuple((column.values[first], column.missing[first]) for column in columns)
        )

    def forward(self, cells: Mapping[Hashable, RawColumn]) -> list[RawColumn]:
        """Return the numbers of the joint levels, -1 for one that was not learned, and columns without a value."""
        own = [RawColumn(f.name, f.dtype, f.family, *part) for f, part in zip(self.forms, self.cells, strict=True)]
        known = {cells_of(row): i for i, row in enumerate(_tuples(own))}
        columns = [cells[form.name] for form in self.forms]
        codes = groups(columns)
        _, first, inverse = np.unique(codes, return_index=True, return_inverse=True)
        different = [RawColumn(c.name, c.dtype, c.family, c.values[first], c.missing[first]) for c in columns]
        found = [known.get(cells_of(row), -1) for row in _tuples(different)]
        levels = np.empty(len(found), dtype=object)
        levels[:] = found
        present = np.zeros(len(codes), bool)
        empty = np.zeros(len(codes), bool)
        return [
            RawColumn(self.forms[0].name, DType("object"), "level", levels[inverse.reshape(-1)], present),
            *(RawColumn(form.name, DType("bool"), "bool", empty, present) for form in self.forms[1:]),
        ]

    def inverse(self, parts: Sequence[Part], cells: Mapping[Hashable, RawColumn]) -> list[RawColumn]:
        """Return the columns."""
        del cells
        index = parts[0][0].astype(np.intp)
        return [
            RawColumn(form.name, form.dtype, form.family, values[index], missing[index])
            for form, (values, missing) in zip(self.forms, self.cells, strict=True)
        ]

    def to_document(self) -> Document:
        """Return the step as JSON."""
        cells = [[[to_json(value) for value in values.tolist()], missing.tolist()] for values, missing in self.cells]
        return {"forms": [form.to_document() for form in self.forms], "cells": cells}

    @classmethod
    def from_document(cls, document: Document) -> Self:
        """Read what :meth:`to_document` wrote."""
        forms = tuple(Form.from_document(each) for each in document["forms"])
        cells: list[Part] = []
        for form, (values, missing) in zip(forms, document["cells"], strict=True):
            storage = {"level": "object", "bool": "bool", "float": "float64", "none": "float64"}.get(
                form.family, "int64"
            )
            held = np.empty(len(values), dtype=storage)
            held[:] = [from_json(value) for value in values]
            cells.append((held, np.array(missing, dtype=bool)))
        return cls(forms, tuple(cells))


Step = Ordered | Summed | Joint | Capped
STEPS: dict[str, type[Step]] = {step.kind: step for step in (Ordered, Summed, Joint, Capped)}


def _learned(column: RawColumn, *, is_float: bool) -> Form:
    """Return the form of differences in place of a column."""
    if column.family in TIME_FAMILIES:
        return Form(column.name, "timedelta", DType(f"timedelta64[{column.dtype.unit}]", unit=column.dtype.unit))
    return Form(column.name, "float", DType("float64")) if is_float else Form(column.name, "int", DType("int64"))


def _tuples(columns: Sequence[RawColumn]) -> Any:  # noqa: ANN401 - an iterator of tuples
    return zip(*(column.as_objects().tolist() for column in columns), strict=True)
