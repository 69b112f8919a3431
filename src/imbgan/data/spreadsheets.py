"""Read and write tables in spreadsheets (Excel, OpenDocument)."""

import io
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any, NamedTuple

from imbgan._optional import import_optional
from imbgan._text import did_you_mean, listed, quoted
from imbgan.data.inference import Typed
from imbgan.data.reading import Reading
from imbgan.data.standard import present
from imbgan.data.typed import read_typed
from imbgan.exceptions import DataError, ParameterError

if TYPE_CHECKING:
    import polars as pl

#: Rows among which the header is looked for.
_TOP = 50
#: The most rows of a sheet, with the header.
_MAX_ROWS = 2**20
#: Times of day are times of this day, or of the one before, in spreadsheets.
_FIRST_DAYS = (date(1899, 12, 30), date(1899, 12, 31))


class Sheet(NamedTuple):
    """A table of a spreadsheet, and what its user should know of it."""

    typed: Typed
    notes: tuple[str, ...]


def read_spreadsheet(data: bytes, reading: Reading, source: str) -> Sheet:
    """Read a sheet: the named one, or the first that holds a table.

    The header is the first row that fills more than half of the columns, so that a title above it is none. Cells that
    hold text are read like those of text files; numbers and dates of the spreadsheet are taken as they are.

    Raises
    ------
    DataError
        If the file is damaged, or if it holds no table.
    ImportError
        If fastexcel is not installed.
    ParameterError
        If there is no sheet of the given name.
    """
    import polars as pl

    excel = import_optional("fastexcel", extra="excel")
    try:
        book = excel.read_excel(data)
        names: list[str] = book.sheet_names
        if reading.sheet is not None and reading.sheet not in names:
            hint = did_you_mean(reading.sheet, names)
            raise ParameterError(f"{source} has no sheet {quoted(reading.sheet)}.{hint} It has {listed(names, 20)}.")
        for name in names if reading.sheet is None else [reading.sheet]:
            grid = book.load_sheet(name, header_row=None, skip_rows=0, dtypes="string").to_polars()
            top = _header_row(grid, 2 if len(names) > 1 and reading.sheet is None else 1)
            if top is not None:
                return _read_sheet(book, name, grid, top, reading, source)
    except (excel.FastExcelError, pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
        reason = " ".join(str(error).split())[:200]
        raise DataError(f"{source} is not a complete spreadsheet ({reason}). Save it again, or export CSV.") from error
    subject = "no sheet holds a" if reading.sheet is None else f"the sheet {quoted(reading.sheet)} holds no"
    raise DataError(f"{source}: {subject} table, that is a header and rows below it.")


def write_spreadsheet(frame: "pl.DataFrame") -> bytes:
    """Return a frame as a spreadsheet (.xlsx); texts stay texts, also those that begin with =.

    Raises
    ------
    DataError
        If the frame has more rows than a sheet.
    ImportError
        If xlsxwriter is not installed.
    """
    excel = import_optional("xlsxwriter", extra="excel")
    if frame.height >= _MAX_ROWS:
        raise DataError(
            f"A sheet has at most {_MAX_ROWS - 1} rows below its header. Got {frame.height}. Write Parquet."
        )
    sink = io.BytesIO()
    as_they_are = {"strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}
    with excel.Workbook(sink, {"in_memory": True, "remove_timezone": True, **as_they_are}) as book:
        # Equal tables give equal bytes.
        book.set_properties({"created": datetime(2000, 1, 1)})
        frame.write_excel(book, worksheet="Sheet1", dtype_formats={}, autofit=False)
    return sink.getvalue()


def _header_row(grid: "pl.DataFrame", width: int) -> int | None:
    """Return the first row that fills more than half of the columns and ``width`` cells, if a further row follows."""
    import polars as pl

    if grid.is_empty():
        return None
    filled = grid.head(_TOP).select(pl.sum_horizontal(pl.all().is_not_null())).to_series()
    rows = (2 * filled > int(filled.max() or 0)).arg_true()  # pyright: ignore[reportArgumentType]
    top = int(rows[0])
    has_rows = any(cells.count() for cells in grid.slice(top + 1).get_columns())
    return top if has_rows and int(filled[top]) >= width else None


def _read_sheet(book: Any, name: str, grid: "pl.DataFrame", top: int, reading: Reading, source: str) -> Sheet:  # noqa: ANN401
    import polars as pl

    header = grid.row(top)
    body = grid.slice(top + 1)
    used = [i for i, cells in enumerate(body.get_columns()) if header[i] is not None or cells.count()]
    names = [(header[i] or f"column {i + 1}").strip() for i in used]
    twice = next((each for i, each in enumerate(names) if each in names[:i]), None)
    if twice is not None:
        raise DataError(f"{source} names the column {twice!r} more than once. Rename or remove one of them.")
    full = [i for i in used if body.get_columns()[i].count()]
    typed = book.load_sheet(name, header_row=None, skip_rows=top + 1, schema_sample_rows=None, use_columns=full)
    native = dict(zip(full, typed.to_polars().get_columns(), strict=True))
    columns = [_column(body.get_columns()[i], native.get(i)).alias(each) for i, each in zip(used, names, strict=True)]
    frame = pl.DataFrame(columns).with_row_index("\0row")
    frame = frame.filter(pl.any_horizontal(pl.exclude("\0row").is_not_null()))
    rows = frame.drop_in_place("\0row")
    found = read_typed(frame, reading, has_types=False, place=lambda row: f"row {rows[row] + top + 2}")
    notes: list[str] = []
    if len(book.sheet_names) > 1 and reading.sheet is None:
        notes.append(f"Read the sheet {quoted(name)}, one of {listed(book.sheet_names)}; --sheet names another.")
    if top:
        notes.append(f"Took row {top + 1} of the sheet {quoted(name)} as the header; above it there is no table.")
    return Sheet(found, tuple(notes))


def _column(texts: "pl.Series", native: "pl.Series | None") -> "pl.Series":
    """Return a column as the spreadsheet holds it if its cells are of one type or missing; as text otherwise."""
    import polars as pl

    if native is None or native.dtype == pl.String or native.count() < present(texts).count():
        return texts
    if native.dtype.is_float():
        whole = native.cast(pl.Int64, strict=False)
        is_whole = whole.null_count() == native.null_count() and bool((whole.cast(pl.Float64) == native).all())
        return whole if is_whole else native
    if native.dtype == pl.Datetime:
        days = native.dt.date()
        if days.is_in(_FIRST_DAYS).all():
            return native.dt.time()
        return days if (native.dt.time() == time()).all() else native.cast(pl.Datetime("us"))
    return native
