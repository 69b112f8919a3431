"""polars data frames, including lazy ones."""

import json
import sys
import warnings
from collections.abc import Hashable, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray

from imbgan.exceptions import CollectedFrameWarning
from imbgan.tabular.cells import missing_cell, read_cells, scatter, write_cells
from imbgan.tabular.containers.base import Container, check_shape, too_wide, unsupported, written
from imbgan.tabular.containers.numpy import as_integers, read_floats
from imbgan.tabular.decimals import from_decimals, to_decimals
from imbgan.tabular.schema import Decoded, DType, Family, RawColumn, TableSchema
from imbgan.tabular.unsigned import shifted
from imbgan.tabular.vectors import read_vectors, whole_cells

if TYPE_CHECKING:
    import polars as pl

_TIME_FAMILIES: dict[str, Family] = {
    "Date": "datetime",
    "Datetime": "datetime",
    "Duration": "timedelta",
    "Time": "time",
}


class PolarsContainer(Container):
    """A `polars.DataFrame`; a target is a Series."""

    name = "polars"
    is_named = True
    classes: tuple[str, ...] = ("DataFrame", "Series")

    def holds(self, X: object) -> bool:
        module = sys.modules.get("polars")
        return module is not None and any(isinstance(X, getattr(module, kind, ())) for kind in self.classes)

    def n_rows(self, X: object) -> int:
        return len(cast("pl.DataFrame", X))

    def names(self, X: object) -> tuple[Hashable, ...]:
        frame = cast("pl.DataFrame", X)
        check_shape(frame.shape)
        return tuple(frame.columns)

    def text_like(self, X: object) -> tuple[Hashable, ...]:
        found = ("String", "Categorical", "Enum", "Object")
        return tuple(
            name
            for name, dtype in cast("pl.DataFrame", X).collect_schema().items()
            if dtype.base_type().__name__ in found
        )

    def read(self, X: object) -> tuple[int, list[RawColumn]]:
        frame = cast("pl.DataFrame", X)
        check_shape(frame.shape)
        return frame.height, [column for series in frame.get_columns() for column in read_columns(series)]

    def write(self, schema: TableSchema, parts: Sequence[Decoded], n_rows: int) -> object:
        import polars as pl

        columns = whole_cells(schema.columns, parts)
        # The name is passed, since polars invents one for a series without a name.
        return pl.DataFrame(
            {str(name): written(part, partial(write_column, str(name), dtype), _taken) for name, dtype, part in columns}
        )

    def plain(self, X: object) -> object:
        import polars as pl

        frame = self.eager(X)
        if not isinstance(frame, pl.DataFrame):
            return frame
        # Columns of objects cannot be sent to other processes.
        objects = {name: frame[name].to_list() for name, dtype in frame.schema.items() if dtype == pl.Object}
        texts = {name: cells for name, cells in objects.items() if all(isinstance(x, str | None) for x in cells)}
        if not texts:
            return frame
        return frame.with_columns([pl.Series(name, cells, dtype=pl.String) for name, cells in texts.items()])

    def take(self, X: object, rows: NDArray[np.intp]) -> object:
        return cast("pl.DataFrame", X)[rows.tolist()]

    def select(self, X: object, names: Sequence[Hashable]) -> object:
        return cast("pl.DataFrame", X).select([str(name) for name in names])

    def with_cells(self, X: object, name: Hashable, cells: NDArray[np.generic]) -> object:
        import polars as pl

        is_text = cells.dtype == object
        column = pl.Series(str(name), cells.tolist() if is_text else cells, dtype=pl.String if is_text else None)
        return cast("pl.DataFrame", X).with_columns(column)

    def concat(self, first: object, second: object) -> object:
        import polars as pl

        top, bottom = cast("pl.DataFrame | pl.Series", first), second
        if isinstance(bottom, pl.LazyFrame):
            bottom = bottom.collect()
        if isinstance(top, pl.DataFrame) and isinstance(bottom, pl.DataFrame):
            bottom = bottom.rename(dict(zip(bottom.columns, top.columns, strict=True)))
            # The levels of an identifier are not learned.
            enums = {name: kind for name, kind in top.schema.items() if isinstance(kind, pl.Enum)}
            bottom = bottom.cast(cast("Any", enums)) if enums else bottom
        return pl.concat(cast("list[pl.DataFrame]", [top, bottom]))

    def split(self, X: object, name: Hashable) -> tuple[object, object]:
        frame = cast("pl.DataFrame", X)
        return frame.drop(str(name)), frame[str(name)]


class LazyContainer(PolarsContainer):
    """A `polars.LazyFrame`: collected, with a warning, and made lazy again on the way out."""

    name = "polars-lazy"
    classes = ("LazyFrame",)

    def eager(self, X: object) -> object:
        warnings.warn(
            "A polars LazyFrame is collected: all of its rows are read into memory. Call collect() once yourself if "
            "the frame is used again.",
            CollectedFrameWarning,
            stacklevel=2,
        )
        return cast("pl.LazyFrame", X).collect()

    def as_given(self, X: object) -> object:
        return cast("pl.DataFrame", X).lazy()

    def n_rows(self, X: object) -> int:
        import polars as pl

        return int(cast("pl.LazyFrame", X).select(pl.len()).collect().item())

    def names(self, X: object) -> tuple[Hashable, ...]:
        return tuple(cast("pl.LazyFrame", X).collect_schema().names())

    def read(self, X: object) -> tuple[int, list[RawColumn]]:
        return super().read(self.eager(X))

    def write(self, schema: TableSchema, parts: Sequence[Decoded], n_rows: int) -> object:
        return cast("pl.DataFrame", super().write(schema, parts, n_rows)).lazy()

    def take(self, X: object, rows: NDArray[np.intp]) -> object:
        return cast("pl.DataFrame", super().take(cast("pl.LazyFrame", X).collect(), rows)).lazy()

    def concat(self, first: object, second: object) -> object:
        return cast("pl.DataFrame", super().concat(cast("pl.LazyFrame", first).collect(), second)).lazy()

    def split(self, X: object, name: Hashable) -> tuple[object, object]:
        return super().split(self.eager(X), name)

    def with_cells(self, X: object, name: Hashable, cells: NDArray[np.generic]) -> object:
        return cast("pl.DataFrame", super().with_cells(cast("pl.LazyFrame", X).collect(), name, cells)).lazy()


def read_columns(series: "pl.Series") -> list[RawColumn]:
    """Read a polars Series: one column, or one for each number if it holds vectors."""
    import polars as pl

    native: Any = series.dtype
    if not isinstance(native, pl.List | pl.Array) or not native.inner.is_numeric():
        return [read_column(series)]
    dtype = DType(native.base_type().__name__, cells=type(native.inner).__name__, native=native)
    if isinstance(native, pl.List) and not series.has_nulls() and series.list.len().n_unique() == 1:
        series = series.list.to_array(len(series[0]))
    is_whole = isinstance(series.dtype, pl.Array) and not series.has_nulls()
    return read_vectors(series.name, series.to_numpy() if is_whole else series.to_list(), dtype)


def read_column(series: "pl.Series") -> RawColumn:
    """Read a polars Series."""
    import polars as pl

    native: Any = series.dtype
    text = str(native) if isinstance(native, pl.Decimal) else native.base_type().__name__
    name = series.name
    if text == "Object":
        return read_cells(name, series.to_list(), text)
    dtype = DType(text, native=native)
    missing = series.is_null().to_numpy().astype(bool)
    if text == "Null":
        return RawColumn(name, dtype, "none", np.zeros(len(series)), missing)
    present = series.drop_nulls()
    if native.is_float():
        return read_floats(name, scatter(present.cast(pl.Float64).to_numpy(), missing), missing, dtype)
    if isinstance(native, pl.Decimal):
        family, numbers = from_decimals(name, present.to_list(), native.scale)
        return RawColumn(name, replace(dtype, scale=native.scale), family, scatter(numbers, missing), missing)
    if native.is_integer():
        return RawColumn(name, dtype, "int", scatter(_whole(name, present), missing), missing)
    if text == "Boolean":
        return RawColumn(name, dtype, "bool", scatter(present.to_numpy().astype(bool), missing), missing)
    if text in ("String", "Categorical", "Enum"):
        texts = np.empty(len(present), dtype=object)
        texts[:] = present.cast(pl.String).to_list()
        return RawColumn(name, _text_type(dtype), "level", scatter(texts, missing), missing)
    if text in _TIME_FAMILIES:
        ticks = present.to_physical().cast(pl.Int64).to_numpy()
        unit = getattr(native, "time_unit", None) or ("D" if text == "Date" else "ns")
        timed = replace(dtype, unit=unit, zone=getattr(native, "time_zone", None) or "")
        return RawColumn(name, timed, _TIME_FAMILIES[text], scatter(ticks, missing), missing)
    raise unsupported(name, text)


def _whole(name: str, present: "pl.Series") -> NDArray[np.int64]:
    import polars as pl

    if present.dtype == pl.UInt64:
        return shifted(present.to_numpy())
    try:
        return present.cast(pl.Int64).to_numpy().astype(np.int64)
    except pl.exceptions.InvalidOperationError:
        raise too_wide(name) from None


def _text_type(dtype: DType) -> DType:
    """Note the levels of an Enum, and the names of the ``Categories`` that a Categorical shares with others."""
    if dtype.text == "Enum":
        return replace(dtype, categories=tuple(dtype.native.categories.to_list()))
    shared = getattr(dtype.native, "categories", None) if dtype.text == "Categorical" else None
    if shared is None or shared.is_global():
        return dtype
    names = [shared.name(), shared.namespace(), str(shared.physical())]
    return replace(dtype, categories_text=json.dumps(names))


def _taken(series: "pl.Series", index: NDArray[np.intp]) -> "pl.Series":
    return series.gather(cast("Any", index))


def write_column(name: str, dtype: DType, values: NDArray[np.generic], missing: NDArray[np.bool_]) -> "pl.Series":
    """Return a Series, the inverse of :func:`read_column`."""
    import polars as pl

    if values.ndim == 2 and dtype.text != "Object":
        return pl.Series(name, values).cast(_vector_type(dtype, values.shape[1]))
    native = native_type(dtype)
    if dtype.text == "Object":
        return pl.Series(name, write_cells(dtype, values, missing).tolist(), dtype=pl.Object)
    if dtype.text == "Null":
        return pl.Series(name, [None] * len(values), dtype=pl.Null)
    if dtype.text.startswith("Decimal"):
        return pl.Series(name, to_decimals(values, missing, dtype.scale), dtype=native)
    if native.is_integer() or native.is_temporal():
        values = as_integers(values, is_unsigned_64=dtype.is_unsigned_64)
    absent = missing_cell(dtype.missing) if dtype.missing else None
    if values.dtype == object:
        cells = [absent if gap else cell for cell, gap in zip(values, missing, strict=True)]
        return pl.Series(name, cells, strict=False).cast(native)
    series = pl.Series(name, values)
    if missing.any():
        kept = pl.when(pl.Series(~missing)).then(pl.col(name)).otherwise(pl.lit(absent)).alias(name)
        series = series.to_frame().select(kept).to_series()
    return series.cast(native)


def _vector_type(dtype: DType, size: int) -> "pl.DataType":
    import polars as pl

    if dtype.native is not None:
        return dtype.native
    inner = native_type(DType(dtype.cells))
    return pl.Array(inner, size) if dtype.text == "Array" else pl.List(inner)


def native_type(dtype: DType) -> "pl.DataType":
    """Return the polars type of a column; that of a loaded model is built from its fields."""
    import polars as pl

    if dtype.native is not None:
        return dtype.native
    if dtype.text == "Enum":
        return pl.Enum(cast("list[str]", list(dtype.categories or ())))
    if dtype.text == "Categorical" and dtype.categories_text:
        name, namespace, physical = json.loads(dtype.categories_text)
        return pl.Categorical(pl.Categories(name, namespace, getattr(pl, physical)))
    if dtype.text == "Datetime":
        return pl.Datetime(cast("Any", dtype.unit), dtype.zone or None)
    if dtype.text == "Duration":
        return pl.Duration(cast("Any", dtype.unit))
    if dtype.text.startswith("Decimal"):
        precision = int(dtype.text.split("=")[1].split(",")[0]) if "=" in dtype.text else None
        return pl.Decimal(precision, dtype.scale)
    kind = getattr(pl, dtype.text, None)
    if not (isinstance(kind, type) and issubclass(kind, pl.DataType)):
        raise ValueError(f"{dtype.text!r} is no data type of polars")
    return kind()
