"""Tables on which a classifier would end the process: said before, as an error."""

from collections.abc import Hashable, Iterable, Iterator
from typing import Any, cast

from sklearn.pipeline import Pipeline

from imbgan._text import listed
from imbgan.exceptions import DataTypeError

#: The types of columns of polars and Arrow that LightGBM reads, as text.
_SIZES = (8, 16, 32, 64)
_READ_BY_LIGHTGBM = {
    *("Boolean", "bool", "Float32", "Float64", "float", "double"),
    *(f"{name}{size}" for name in ("Int", "UInt", "int", "uint") for size in _SIZES),
}


def refuse_unreadable(estimator: object, X: object) -> None:
    """Raise an error where LightGBM would get a table of polars or Arrow with a column of anything but numbers.

    It reads such a table by its memory, and ends the process at the first column of texts, categories, dates or
    vectors, so that no error can be caught.

    Parameters
    ----------
    estimator : classifier
        Any; pipelines are not looked into, since their first steps see the table.
    X : table

    Raises
    ------
    DataTypeError
        That names the columns, and what to do.
    """
    columns = list(_unread(X))
    if columns and any(map(_is_of_lightgbm, _that_see_the_table(estimator))):
        raise DataTypeError(
            f"LightGBM reads numbers alone from tables of polars and Arrow. X has other columns: {listed(columns, 5)}. "
            "Pass make_estimator('lightgbm') of imbgan.learners, which prepares them, or a pipeline of yours; give "
            "columns without any value a type of numbers."
        )


def _unread(X: object) -> Iterator[str]:
    """Yield the columns of a table of polars or Arrow that LightGBM does not read, with their types."""
    schema: Any = getattr(X, "schema", None)
    if schema is None or type(X).__module__.partition(".")[0] not in ("polars", "pyarrow"):  # a series is no table
        return
    names: Iterable[Hashable] = schema.names if hasattr(schema, "types") else schema
    types: Iterable[object] = schema.types if hasattr(schema, "types") else schema.values()
    for name, kind in zip(names, types, strict=True):
        if str(kind) not in _READ_BY_LIGHTGBM:
            yield f"{name} ({kind})"


def _that_see_the_table(estimator: Any) -> Iterator[Any]:  # noqa: ANN401 - any classifier, or several
    """Yield an estimator and those that it wraps, but for what a pipeline or a classifier of tables prepares."""
    if isinstance(estimator, list | tuple):
        for each in cast("Iterable[Any]", estimator):
            yield from _that_see_the_table(each)
        return
    is_prepared = isinstance(estimator, Pipeline) or getattr(estimator, "takes_tables", False)
    if is_prepared or isinstance(estimator, type) or not hasattr(estimator, "get_params"):
        return
    yield estimator
    for value in estimator.get_params(deep=False).values():
        yield from _that_see_the_table(value)


def _is_of_lightgbm(estimator: object) -> bool:
    return any(each.__module__.partition(".")[0] == "lightgbm" for each in type(estimator).__mro__)
