"""What the columns of many rows hold, in a few figures that are merged from batches."""

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import polars as pl

#: A column with more levels is described by their number alone.
MOST_LEVELS = 50

Summary = dict[str, dict[str, Any]]


def summary_of(frame: "pl.DataFrame", skipped: Collection[str] = ()) -> Summary:
    """Return the figures of a batch, as plain values for JSON.

    Columns of numbers and times have the least and the greatest value, and numbers their sum; columns of few levels
    have the rows of each. Of ``skipped`` columns, only missing cells are counted.
    """
    return {
        series.name: {"n": len(series), "missing": series.null_count()}
        | ({} if series.name in skipped else _of_values(series))
        for series in frame.get_columns()
    }


def _of_values(series: "pl.Series") -> dict[str, Any]:
    import polars as pl

    dtype = series.dtype
    if dtype.is_nested() or isinstance(dtype, pl.Binary | pl.Object | pl.Null):
        return {}
    if dtype == pl.Boolean or dtype == pl.String or isinstance(dtype, pl.Categorical | pl.Enum):
        counts = series.drop_nulls().cast(pl.String).value_counts(sort=True)
        levels = {str(level): int(n) for level, n in counts.head(MOST_LEVELS + 1).iter_rows()}
        return {"levels": levels if counts.height <= MOST_LEVELS else None}
    if series.null_count() == len(series):
        return {}
    low, high = series.min(), series.max()
    if dtype.is_temporal():
        return {"min": str(low), "max": str(high)}
    numbers = series.cast(pl.Float64)
    return {"min": _number(low), "max": _number(high), "sum": float(numbers.sum())}


def _number(value: Any) -> float | int:  # noqa: ANN401 - a number of any type
    return value if isinstance(value, int) else float(value)


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
                old[figure] = (min if figure == "min" else max)(old[figure], value)
            else:
                old[figure] += value
    return result


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
