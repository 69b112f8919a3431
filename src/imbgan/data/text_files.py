"""The text files of a data set: one reading for all of them, and batches in its types."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from imbgan._text import listed, quoted, shown
from imbgan.data.batches import Batches
from imbgan.data.formats import format_of
from imbgan.data.reading import Form, Reading
from imbgan.data.sections import Section
from imbgan.data.stores import Store
from imbgan.exceptions import DataError

if TYPE_CHECKING:
    import polars as pl

#: Number of files whose beginnings are looked at, the first and the last among them, and characters of each.
MOST_SAMPLED, SAMPLE = 16, 2**21


@dataclass
class _Column:
    """What the files that were looked at hold in a column; of no type while all cells are missing."""

    dtype: "pl.DataType | None" = None
    form: Form | None = None
    path: str = ""

    def add(self, series: "pl.Series", form: Form | None, path: str) -> None:
        """Add the cells of a file; DataError if they are written in another way."""
        import polars as pl

        if series.null_count() == len(series):
            return
        if self.dtype is None:
            self.dtype, self.form, self.path = series.dtype, form, path
            return
        if {self.dtype, series.dtype} == {pl.Int64(), pl.Float64()} and _signs(self.form) == _signs(form):
            self.form = form if series.dtype == pl.Float64 else self.form
            self.dtype = pl.Float64()
        elif series.dtype != self.dtype or form != self.form:
            raise DataError(
                f"Column {quoted(series.name)} holds {_written(self.dtype, self.form)} in {self.path!r} and "
                f"{_written(series.dtype, form)} in {path!r}. Say how all files are read (--kind COL=KIND, --decimal, "
                "--date-order, --missing), or mend a file."
            )


def _signs(form: Form | None) -> tuple[str, str]:
    return (".", "") if form is None else (form.decimal, form.thousands)


def _written(dtype: "pl.DataType", form: Form | None) -> str:
    """Return how cells are written, for a message."""
    if form is None:
        return str(dtype)
    signs = f" with the decimal sign {form.decimal!r}" if form.kind == "number" else ""
    return f"{form.kind}{signs}{f' in the order {form.date_order}' if form.date_order else ''}"


@dataclass(frozen=True)
class TextFiles:
    """How the text files of a table are read.

    Parameters
    ----------
    store : Store
    schema : mapping of str to polars data type
        The columns in their order.
    reading : Reading
        The forms of all columns, and the separator.
    samples : tuple of str
        The files that were looked at and have rows; the first one names the columns.
    groups : tuple of tuple of None
        Each file is one group, whose rows are known when it has been read.
    """

    store: Store
    schema: "dict[str, pl.DataType]"
    reading: Reading
    samples: tuple[str, ...]
    groups: tuple[tuple[None], ...]

    @classmethod
    def sampled(cls, store: Store, paths: Sequence[str], reading: Reading) -> "TextFiles":
        """Find columns, types and forms from the beginnings of some of the files.

        Raises
        ------
        DataError
            If two files differ in their columns or in how a column is written, or if no file holds a row.
        """
        import polars as pl

        step = -(-len(paths) // (MOST_SAMPLED - 1))
        chosen = list(dict.fromkeys([*paths[::step], paths[-1]]))
        columns: dict[str, _Column] = {}
        samples, separator = list[str](), reading.delimiter
        for path in chosen:
            batches = Batches(path, replace(reading, delimiter=separator), open=partial(store.open, path))
            sample = batches.sample(SAMPLE)
            if sample is None:
                continue
            names, is_json = sample.frame.columns, not hasattr(sample, "separator")
            if not samples:
                separator = getattr(sample, "separator", separator)
                columns = {name: _Column() for name in names}
            elif not is_json:
                check_names(path, names, list(columns), samples[0])
            samples.append(path)
            for series in sample.frame.get_columns():
                columns.setdefault(series.name, _Column()).add(series, sample.forms.get(series.name), path)
        if not samples:
            raise DataError(f"{paths[0]!r} and the files beside it hold no rows. A table needs at least one.")
        schema = {name: column.dtype or pl.String() for name, column in columns.items()}
        forms = {name: column.form or Form("text") for name, column in columns.items() if _is_read(column)}
        known = replace(reading, delimiter=separator, columns={**reading.columns, **forms})
        groups = ((None,),) * len(paths)
        return cls(store, schema, known.for_other_files(format=reading.format), tuple(samples), groups)

    def batches(self, path: str, columns: Sequence[str], section: Section) -> "Iterator[pl.DataFrame]":
        """Yield the rows of a file, which is one section, in their order, in the types of the table.

        Raises
        ------
        DataError
            If the file cannot be read, or if it has other columns, or cells of another form, than the table.
        """
        del section
        for frame in Batches(path, self.reading, open=partial(self.store.open, path), may_be_empty=True):
            # All columns are checked, also if some are left out.
            yield self._in_types(frame, path).select(columns)

    def _in_types(self, frame: "pl.DataFrame", path: str) -> "pl.DataFrame":
        import polars as pl

        is_json = _is_json(path, self.reading)
        unknown = [name for name in frame.columns if name not in self.schema]
        if unknown or not is_json:
            check_names(path, frame.columns, list(self.schema), self.samples[0])
        columns: list[pl.Series] = []
        for name, dtype in self.schema.items():
            if name not in frame.columns:
                columns.append(pl.Series(name, [None] * frame.height, dtype=dtype))
                continue
            series = frame.get_column(name)
            columns.append(series if series.dtype == dtype else _cast(series, dtype, path))
        return pl.DataFrame(columns)


def _is_read(column: _Column) -> bool:
    """Return whether a column is read from text: JSON has numbers and booleans itself."""
    import polars as pl

    return column.form is not None or column.dtype in (None, pl.String())


def _is_json(path: str, reading: Reading) -> bool:
    return format_of(Path(path), reading.format).format == "jsonl"


def _cast(series: "pl.Series", dtype: "pl.DataType", path: str) -> "pl.Series":
    """Return the same cells in the type of the table; DataError if one has no such form."""
    import polars as pl

    try:
        cast = series.cast(dtype, strict=False)
        lost = ~cast.cast(series.dtype).eq_missing(series)
    except pl.exceptions.PolarsError:
        cast, lost = series, series.is_not_null()
    if lost.any():
        raise DataError(
            f"Column {quoted(series.name)} holds {dtype} at the beginning of the table and {series.dtype} in {path!r} "
            f"(first: {shown(series.filter(lost)[0])}). Say how it is read (--kind COL=KIND), or mend the file."
        )
    return cast


def check_names(path: str, found: Sequence[str], wanted: Sequence[str], first: str) -> None:
    """Raise DataError unless a file has the columns of the table, in any order."""
    missing = [name for name in wanted if name not in found]
    unknown = [name for name in found if name not in wanted]
    if missing or unknown:
        problems = [f"lacks {listed(missing, 5)}"] if missing else []
        problems += [f"has {listed(unknown, 5)} more"] if unknown else []
        raise DataError(
            f"{path!r} {' and '.join(problems)}, compared with the columns of {first!r}. All files of a table must "
            "have the same columns: mend the file, or name the files that belong together with a pattern such as "
            "'folder/part-*.csv'."
        )
