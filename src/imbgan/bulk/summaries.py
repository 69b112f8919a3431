"""What the columns of many rows hold, in a few figures that are merged from batches."""

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from imbgan.tabular.vectors import Element

if TYPE_CHECKING:
    import polars as pl

    from imbgan.oversampling import TabularGAN

#: A column with more levels is described by their number alone.
MOST_LEVELS = 50

Summary = dict[str, dict[str, Any]]


def summary_of(frame: "pl.DataFrame", skipped: Collection[str] = ()) -> Summary:
    """Return the figures of a batch, as plain values for JSON.

    Columns of numbers and times have the least and the greatest value, and numbers their sum; columns of few levels
    have the rows of each. Times with a zone are in UTC, durations in seconds. Not-a-number is a missing cell. Of
    ``skipped`` columns, only missing cells are counted.
    """
    found: Summary = {}
    for series in frame.get_columns():
        filled = series.drop_nulls()
        filled = filled.drop_nans() if series.dtype.is_float() else filled
        figures = {} if series.name in skipped or filled.is_empty() else _of_values(filled)
        found[series.name] = {"n": len(series), "missing": len(series) - len(filled), **figures}
    return found


def _of_values(filled: "pl.Series") -> dict[str, Any]:
    """Return the figures of at least one value."""
    import polars as pl

    dtype = filled.dtype
    if dtype.is_nested() or isinstance(dtype, pl.Binary | pl.Object):
        return {}
    if dtype == pl.Boolean or dtype == pl.String or isinstance(dtype, pl.Categorical | pl.Enum):
        counts = filled.cast(pl.String).value_counts(sort=True)
        levels = {str(level): int(n) for level, n in counts.head(MOST_LEVELS + 1).iter_rows()}
        return {"levels": levels if counts.height <= MOST_LEVELS else None}
    if isinstance(dtype, pl.Duration):
        filled = filled.cast(pl.Int64) / 10 ** {"ms": 3, "us": 6, "ns": 9}[dtype.time_unit]
    elif dtype.is_temporal():
        if isinstance(dtype, pl.Datetime) and dtype.time_zone is not None:
            filled = filled.dt.convert_time_zone("UTC")
        # Python has no years after 9999, and no nanoseconds.
        low, high = filled.to_frame().select(low=pl.first().min(), high=pl.first().max()).cast(pl.String).row(0)
        return {"min": low, "max": high}
    low, high = filled.min(), filled.max()
    ends = {"min": _number(low), "max": _number(high)}
    return ends if isinstance(dtype, pl.Duration) else ends | {"sum": float(filled.cast(pl.Float64).sum())}


def _number(value: Any) -> float | int:  # noqa: ANN401 - a number of any type
    return value if isinstance(value, int) else float(value)


def identifying(gan: "TabularGAN") -> frozenset[str]:
    """Return the columns of which no value is told: a manifest may go where the originals do not."""
    columns = (column for column in gan.encoder_.schema_.columns if column.kind in ("identifier", "text"))
    return frozenset(str(each.name.column if isinstance(each.name, Element) else each.name) for each in columns)


def merged(first: Summary, second: Mapping[str, Mapping[str, Any]]) -> Summary:
    """Return the figures of two parts of a table together."""
    result = {name: dict(column) for name, column in first.items()}
    for name, new in second.items():
        if name not in result:
            result[name] = dict(new)
            continue
        old = result[name]
        for figure, value in new.items():
            if figure == "levels":
                old["levels"] = _levels(old.get("levels", {}), value)
            elif figure not in old:
                old[figure] = value
            elif figure in ("min", "max"):
                old[figure] = (min if figure == "min" else max)(old[figure], value, key=_place)
            else:
                old[figure] += value
    return result


def _place(value: Any) -> Any:  # noqa: ANN401 - a number or the text of a time
    # Years after 9999 are written with a sign.
    return (value.startswith("+"), value) if isinstance(value, str) else value


def _levels(first: Mapping[str, int] | None, second: Mapping[str, int] | None) -> dict[str, int] | None:
    if first is None or second is None:
        return None
    both = {level: first.get(level, 0) + second.get(level, 0) for level in {**first, **second}}
    return both if len(both) <= MOST_LEVELS else None


def presented(summary: Summary) -> Summary:
    """Return the figures for a manifest: the mean in place of the sum, and levels from the most frequent on."""
    result: Summary = {}
    for name, column in summary.items():
        shown = {figure: value for figure, value in column.items() if figure not in ("sum", "levels")}
        n = column["n"] - column["missing"]
        if "sum" in column and n:
            shown["mean"] = column["sum"] / n
        if column.get("levels"):
            shown["levels"] = dict(sorted(column["levels"].items(), key=lambda item: (-item[1], item[0])))
        result[name] = shown
    return result
