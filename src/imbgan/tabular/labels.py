"""Class labels: read and check them once, and convert them to codes and to text."""

import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache, cached_property
from numbers import Integral, Real
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from imbgan._text import did_you_mean, listed
from imbgan.exceptions import DataError, DataTypeError, ParameterError
from imbgan.tabular.containers import take
from imbgan.tabular.containers.sparse import is_sparse

Cells = NDArray[np.object_]

# The types that labels can have, by their Python types; the first match counts.
_FAMILIES: tuple[tuple[tuple[type, ...], str], ...] = (
    ((bool, np.bool_), "boolean"),
    ((str,), "text"),
    # Durations come before numbers, since those of NumPy count as integers.
    ((timedelta, np.timedelta64), "duration"),
    ((Real, Decimal), "number"),
    ((np.datetime64,), "time"),
    ((date,), "date"),
)


@dataclass(frozen=True, eq=False)
class Labels:
    """The labels of a table, for all rooms; the result of :func:`read_labels`.

    Parameters
    ----------
    values : ndarray of shape (n,)
        One label per row: booleans, whole numbers, text (fixed width or objects), datetime64 or timedelta64.
    classes : ndarray of shape (n_classes,)
        The distinct labels, sorted.
    codes : ndarray of shape (n,), int
        Position of each row's label among ``classes``.
    are_given : bool, default=True
        False for rows without labels, which are one class.
    """

    values: NDArray[np.generic]
    classes: NDArray[np.generic]
    codes: NDArray[np.intp]
    are_given: bool = True

    def __len__(self) -> int:
        return len(self.values)

    @cached_property
    def counts(self) -> NDArray[np.intp]:
        """Number of rows of each class, shape (n_classes,)."""
        return np.bincount(self.codes, minlength=len(self.classes))

    @cached_property
    def texts(self) -> tuple[str, ...]:
        """The classes as text; see :func:`label_text`."""
        return tuple(map(label_text, self.classes))

    def check_rows(self, n_rows: int, name: str = "y") -> None:
        """Raise DataError unless the table has as many rows as there are labels."""
        if n_rows != len(self):
            raise DataError(f"X and {name} must have the same number of rows. Got {n_rows} and {len(self)}.")

    def check_two_classes(self, name: str = "y") -> None:
        """Raise DataError unless there are at least two classes."""
        if len(self.classes) < 2:
            raise DataError(
                f"{name} must hold at least 2 classes, but every row has the label {self.classes.tolist()[0]!r}: one "
                "class alone cannot be balanced. Choose another target, or pass more rows."
            )


def read_labels(y: object, *, name: str = "y", one_vs_rest: bool = False) -> Labels:
    """Read the labels of a table.

    Parameters
    ----------
    y : array-like of shape (n,) or (n, 1), or Labels
        A list, a NumPy array, a pandas, polars or PyArrow column, a pandas Index, Categorical or extension array, or a
        table of one column. Labels are text, booleans, whole numbers (also as floats or decimals), dates, times or
        durations, all of one type; object columns become arrays of that type, moments in time become UTC. ``Labels``
        are returned as they are.
    name : str, default="y"
        Name of the labels in messages.
    one_vs_rest : bool, default=False
        Whether a matrix of shape (n, n_classes) of 0 and 1, with a single 1 per row, is accepted as well; the position
        of the 1 is the label.

    Returns
    -------
    Labels

    Raises
    ------
    DataError
        If there are no labels, if they are missing, infinite or measurements, or if there are several columns.
    DataTypeError
        If the container has no order or is unknown, or if labels have several types, or a type that cannot be a label.
    """
    if isinstance(y, Labels):
        return y
    array = _as_array(y, name)
    if array.ndim == 2 and array.shape[1] > 1 and one_vs_rest:
        array = _positions(array, name)
    if array.ndim != 1 and array.shape[1:] != (1,):
        raise DataError(
            f"{name} must hold one label per row. Got an array of shape {array.shape}; pass one column of it, or of a "
            "one-vs-rest coding the position of the 1: y.argmax(axis=1)."
        )
    values = array.reshape(-1)
    if len(values) == 0:
        raise DataError(f"{name} must hold a label for every row. Found 0 sample(s) while a minimum of 1 is required.")
    values = _typed(values, name)
    classes, codes = np.unique(values, return_inverse=True)
    return Labels(values, classes, codes.reshape(-1))


def without_labels(n_rows: int) -> Labels:
    """Return the labels of rows that have none: all are of one class."""
    codes = np.zeros(n_rows, np.intp)
    classes = np.array(["all rows"], object)
    return Labels(classes[codes], classes, codes, are_given=False)


def label_text(label: object) -> str:
    """Return a label as text: whole floats as integers, since files and containers differ in that.

    Examples
    --------
    >>> label_text(1.0), label_text(np.int8(1)), label_text(True), label_text("1.0")
    ('1', '1', 'True', '1.0')
    """
    plain = label.item() if isinstance(label, np.generic) else label
    if isinstance(label, np.datetime64 | np.timedelta64) and isinstance(plain, int):
        return str(label)  # finer than Python's own types
    return str(int(plain)) if isinstance(plain, float) and plain.is_integer() else str(plain)


def code_of(label: object, classes: Sequence[object]) -> int:
    """Return the position of ``label`` among ``classes``.

    Raises
    ------
    ParameterError
        If the label is unknown; the message lists the known ones and a near miss.
    """
    for code, known in enumerate(classes):
        if known == label and isinstance(known, str) == isinstance(label, str):
            return code
    hint = did_you_mean(label, classes)
    raise ParameterError(f"'label' must be one of the classes seen in fit: {listed(classes)}. Got {label!r}.{hint}")


def rarer_class(counts: Sequence[float] | NDArray[np.number[Any]]) -> int:
    """Return the code of the rarer of two classes, the positive one; of two equally frequent classes, the second one.

    Examples
    --------
    >>> rarer_class([5, 90]), rarer_class([50, 50])
    (0, 1)
    """
    return 1 - int(np.argmax(counts))


def take_labels(y: object, rows: NDArray[np.intp]) -> object:
    """Return the labels of some rows in the same container.

    Array-likes of other libraries come back as NumPy arrays, other sequences as lists.
    """
    pandas, pyarrow = (cast(Any, sys.modules.get(library)) for library in ("pandas", "pyarrow"))
    if pandas is not None and isinstance(y, pandas.Index | pandas.api.extensions.ExtensionArray):
        return cast(Any, y).take(rows)
    if pyarrow is not None and isinstance(y, pyarrow.Array | pyarrow.ChunkedArray):
        return cast(Any, y).take(pyarrow.array(rows))
    if isinstance(y, np.ndarray) or hasattr(y, "iloc") or type(y).__module__.partition(".")[0] == "polars":
        return take(y, rows)
    if isinstance(y, Sequence):
        cells = cast("Sequence[object]", y)
        return [cells[row] for row in rows.tolist()]
    return np.asarray(y)[rows]


def _as_array(y: object, name: str) -> NDArray[np.generic]:
    """Return labels of any container as an array of any shape, the cells of a sequence as objects."""
    if y is None:
        raise DataError(
            f"The estimator requires y to be passed, but the target {name} is None. Pass a label for every row."
        )
    if is_sparse(y):
        raise DataTypeError(f"{name} must not be sparse. Got {type(y).__name__}; pass {name}.toarray().")
    if isinstance(y, np.ma.MaskedArray):
        masked = cast("np.ma.MaskedArray[Any, Any]", y)
        _refuse_missing(np.ma.getmaskarray(masked).ravel(), name)
        return np.asarray(masked.data)
    if hasattr(y, "to_list") and str(getattr(y, "dtype", "")).endswith("Int128"):
        # A column of polars with 128 bits has no array, and an older polars that is asked for one panics.
        return _objects(cast(Any, y).to_list())
    if hasattr(y, "__array__"):
        try:
            return np.asarray(y)
        except Exception as error:
            raise DataTypeError(
                f"{name} must be readable as an array. Got {type(y).__name__}, and reading it failed: {error}. Pass a "
                "list of labels."
            ) from error
    if not isinstance(y, Sequence) or isinstance(y, str | bytes | bytearray):
        raise DataTypeError(
            f"{name} must hold one label per row: a list, an array or a column. Got {type(y).__name__}; pass a list "
            "with the labels in the order of the rows."
        )
    cells = cast("Sequence[object]", y)
    widths = {len(cast("Sequence[object]", cell)) if isinstance(cell, list) else -1 for cell in cells}
    if len(widths) == 1 and widths != {-1}:
        # Rows of cells, as in a table.
        flat = _objects([cell for row in cast("Sequence[list[object]]", y) for cell in row])
        return flat.reshape(len(cells), *widths)
    values = _objects(cells)
    if set(map(type, cells)) == {str}:
        return values.astype(np.str_)
    return values


def _objects(cells: Sequence[object]) -> Cells:
    values = np.empty(len(cells), dtype=object)
    for row, cell in enumerate(cells):
        values[row] = cell
    return values


def _positions(matrix: NDArray[np.generic], name: str) -> NDArray[np.generic]:
    """Return the position of the 1 in each row of a one-vs-rest coding."""
    ones = matrix == 1
    if not np.all(ones | (matrix == 0)) or (ones.sum(axis=1) > 1).any():
        raise DataError(
            f"Multilabel and multioutput targets are not supported. {name} must hold one label per row, or one column "
            f"of 0 and 1 for each class with a single 1 per row. Got an array of shape {matrix.shape}."
        )
    _refuse_missing(~ones.any(axis=1), name)
    return ones.argmax(axis=1)


def _refuse_missing(missing: NDArray[np.bool_], name: str) -> None:
    if missing.any():
        raise DataError(
            f"Every row must have a label. Got {int(missing.sum())} missing in {name} (NaN; first at row "
            f"{int(missing.argmax())}). Drop these rows, or name the missing class."
        )


def _typed(values: NDArray[np.generic], name: str) -> NDArray[np.generic]:
    """Return labels as an array of a suitable data type; raise an error for values that cannot be labels."""
    kind = values.dtype.kind
    if kind in "OT":
        return _typed_cells(values.astype(object), name)
    if kind == "f":
        _refuse_missing(np.isnan(cast("NDArray[np.floating]", values)), name)
        _refuse_measurements(values, name)
    elif kind in "mM":
        _refuse_missing(np.isnat(cast("NDArray[np.datetime64]", values)), name)
        return _python_times(values)
    elif kind == "c":
        raise DataError(f"Complex data not supported. {name} must hold classes, not complex numbers.")
    elif kind not in "biuU":
        raise _not_a_label(values[0], 0, name)
    return values


def _refuse_measurements(values: NDArray[np.generic], name: str) -> None:
    numbers = cast("NDArray[np.floating]", values)
    infinite = np.isinf(numbers)
    if infinite.any():
        raise _infinity(int(infinite.argmax()), name)
    fractional = numbers != np.floor(numbers)
    if fractional.any():
        raise _measurement(numbers[fractional.argmax()], int(fractional.argmax()), name)


def _infinity(row: int, name: str) -> DataError:
    return DataError(f"Labels must be finite. {name} contains infinity (first at row {row}); name that class.")


def _measurement(value: object, row: int, name: str) -> DataError:
    return DataError(
        f"Unknown label type: continuous. {name} must hold classes, not measurements such as {label_text(value)} "
        f"(first at row {row}). Cut them into classes first, for example with numpy.digitize."
    )


def _not_a_label(value: object, row: int, name: str) -> DataTypeError:
    return DataTypeError(
        "Unknown label type. Labels must be text, booleans, whole numbers, dates, times or durations. Got "
        f"{type(value).__name__} in {name} (first at row {row}). Convert them, for example to text: "
        f"[str(label) for label in {name}]."
    )


def _python_times(values: NDArray[np.generic]) -> NDArray[np.generic]:
    """Return times in microseconds if no digit is lost, since Python has no objects for finer units."""
    if np.datetime_data(cast("np.dtype[np.datetime64]", values.dtype))[0] != "ns":
        return values
    coarse = values.astype(f"{values.dtype.kind}8[us]")
    return coarse if np.array_equal(coarse.astype(values.dtype), values) else values


def _typed_cells(cells: Cells, name: str) -> NDArray[np.generic]:
    """Return objects of one type of label as an array of that type."""
    items: list[Any] = cells.tolist()
    if set(map(type, items)) == {str}:
        return cells
    _refuse_missing(np.array([_is_missing(item) for item in items], bool), name)
    families = [_family(type(item), getattr(item, "tzinfo", None) is not None) for item in items]
    if None in families:
        row = families.index(None)
        raise _not_a_label(items[row], row, name)
    found = Counter(families)
    if len(found) > 1:
        shown = ", ".join(f"{n} {family} (first at row {families.index(family)})" for family, n in found.items())
        raise DataTypeError(
            f"Labels must be of one type. Got in {name}: {shown}. Convert them, for example to text: "
            f"[str(label) for label in {name}]."
        )
    family = families[0]
    if family == "text":
        # Subclasses of str, such as enumerations, become their value.
        return _objects([str.__str__(item) for item in items])
    if family == "boolean":
        return np.array(items, dtype=np.bool_)
    if family == "number":
        return _typed_numbers(items, name)
    times = [_numpy_time(item) for item in items]
    return _python_times(np.array(times))


def _is_missing(cell: object) -> bool:
    if isinstance(cell, Decimal):
        return cell.is_nan()
    return cell is None or cell is np.ma.masked or type(cell).__name__ in ("NAType", "NaTType") or _differs(cell)


def _differs(cell: object) -> bool:
    """Return whether a cell differs from itself, as NaN and NaT do."""
    # Comparing containers gives no boolean, and they are no labels anyway.
    return isinstance(cell, Real | np.datetime64 | complex) and bool(cell != cell)


@cache
def _family(kind: type, has_zone: bool) -> str | None:
    """Return the name of the type of labels; None if they cannot be labels."""
    if issubclass(kind, datetime):
        return "time with a zone" if has_zone else "time"
    return next((family for types, family in _FAMILIES if issubclass(kind, types)), None)


def _typed_numbers(items: Sequence[Any], name: str) -> NDArray[np.generic]:
    for row, item in enumerate(items):
        if not isinstance(item, Integral):
            if item in (float("inf"), float("-inf")):
                raise _infinity(row, name)
            if item != int(item):
                raise _measurement(item, row, name)
    if all(isinstance(item, float | np.floating) for item in items):
        return np.array(items, dtype=np.float64)
    wholes = [int(item) for item in items]
    if min(wholes) >= -(2**63) and max(wholes) < 2**63:
        return np.array(wholes, dtype=np.int64)
    if min(wholes) >= 0 and max(wholes) < 2**64:
        return np.array(wholes, dtype=np.uint64)
    raise DataError(
        f"Whole numbers as labels must fit into 64 bits. {name} holds {min(wholes)} to {max(wholes)}. Convert them to "
        f"text: [str(label) for label in {name}]."
    )


def _numpy_time(cell: object) -> np.generic:
    if isinstance(cell, np.generic):
        return cell
    for pandas_form in ("to_datetime64", "to_timedelta64"):
        if hasattr(cell, pandas_form):
            return getattr(cell, pandas_form)()
    if isinstance(cell, timedelta):
        return np.timedelta64(cell)
    if isinstance(cell, datetime) and cell.tzinfo is not None:
        cell = cell.astimezone(UTC).replace(tzinfo=None)
    return np.datetime64(cast(date, cell))
