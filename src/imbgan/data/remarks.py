"""Warnings about how a file was read: two readings, and cells that keep a column from being one of numbers."""

import shlex
import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from imbgan._text import listed, printable, quoted, shown
from imbgan.data.dates import parse_dates
from imbgan.data.numbers import decimal_of, parse_numbers
from imbgan.data.reading import Form
from imbgan.exceptions import ReadingWarning

if TYPE_CHECKING:
    import polars as pl

_SHOWN_COLUMNS = 5
#: What the last row of a report is called.
_TOTALS = {
    *(
        "total",
        "totals",
        "grand total",
        "sum",
        "summe",
        "gesamt",
        "gesamtsumme",
        "insgesamt",
        "totale",
        "totaal",
        "somme",
    ),
    *("suma", "razem", "\u5408\u8a08", "\u5408\u8ba1"),
}
#: With fewer rows above it, a last row is no total.
_ENOUGH = 3


class Stray(NamedTuple):
    """A column of text most cells of which are numbers or dates.

    Parameters
    ----------
    name : str
    what : str
        "numbers" or "dates".
    n_cells, n_strays : int
        Number of cells with a value, and of those that are none of these.
    rows : list of int
        Rows of the first of them.
    cells : list of str
        Their text.
    hint : str
        Why they are none, if that is no matter of single cells.
    """

    name: str
    what: str
    n_cells: int
    n_strays: int
    rows: list[int]
    cells: list[str]
    hint: str = ""


def warn_of_numbers(name: str, cells: "pl.Series", chosen: Form, forms: Sequence[Form], witness: str | None) -> None:
    """Warn that a column of numbers has two readings."""
    other = next(form for form in forms if form != chosen)
    examples = _examples(cells, chosen, other)
    _warn(
        f"Column {name!r} has two readings: {examples}. It was read as the first{_like(witness)}. "
        f"--decimal {decimal_of(chosen)} says that this is right, --decimal {decimal_of(other)} that the second is "
        "(decimal=...)."
    )


def warn_of_dates(
    name: str, cells: "pl.Series", chosen: Form | None, forms: Sequence[Form], witness: str | None
) -> None:
    """Warn that a column of dates has several readings."""
    first = chosen or forms[0]
    other = next(form for form in forms if form != first)
    result = "It stays text" if chosen is None else f"It was read as the first{_like(witness)}"
    options = " or ".join(f"--date-order {form.date_order}" for form in forms)
    _warn(
        f"Column {name!r} has {'two' if len(forms) == 2 else 'three'} readings: {_examples(cells, first, other)}. "
        f"{result}. {options} (date_order=...) decides."
    )


def warn_of_conflict(decimals: Mapping[str, str]) -> None:
    """Warn that the columns of a file use different decimal signs."""
    columns = " and ".join(f"{sign!r} in {name!r}" for sign, name in decimals.items())
    _warn(
        f"The columns of this file use different decimal signs: {columns}. Each was read by itself. If one of them "
        "does not hold numbers, read it as text (--kind COL=text)."
    )


def warn_of_texts(kinds: Mapping[str, str]) -> None:
    """Warn that texts of a format with types could be read as numbers or dates."""
    if not kinds:
        return
    names = list(kinds)
    shown_names = names[:_SHOWN_COLUMNS]
    options = " ".join(f"--kind {shlex.quote(printable(f'{name}={kinds[name]}'))}" for name in shown_names)
    more = ", and so on" if len(names) > _SHOWN_COLUMNS else ""
    _warn(
        f"{listed(names, _SHOWN_COLUMNS)} {'holds' if len(names) == 1 else 'hold'} texts that could be read as "
        f"numbers, dates or times, and are taken as texts: {options}{more} reads them (kinds=...)."
    )


def warn_of_strays(strays: Sequence[Stray], place: Callable[[int], str]) -> None:
    """Warn of columns that a few cells keep from being columns of numbers or dates."""
    alone = [stray for stray in strays if stray.n_strays == 1]
    rows = {stray.rows[0] for stray in alone}
    shared = {row: found for row in rows if len(found := [each for each in alone if each.rows[0] == row]) > 1}
    for row, found in shared.items():
        cells = ", ".join(f"{shown(each.cells[0])!r} in {quoted(each.name)}" for each in found[:_SHOWN_COLUMNS])
        more = ", ..." if len(found) > _SHOWN_COLUMNS else ""
        _warn(
            f"{_begin(place(row))} keeps {len(found)} columns from being read as {found[0].what}: {cells}{more}. "
            "Delete it if it is a second header or a total, or mend these cells; until then these columns are text."
        )
    for stray in strays:
        if not any(stray in found for found in shared.values()):
            _warn(_sentence(stray, place))


def warn_of_total(columns: Sequence["pl.Series"], place: Callable[[int], str]) -> None:
    """Warn if the last row calls itself a total, in a column where no other row does."""
    for cells in columns:
        last = len(cells) - 1
        text = str(cells[last] or "")
        if text.strip(" :*").casefold() in _TOTALS and int((cells == text).sum()) == 1 and last >= _ENOUGH:
            _warn(
                f"The last row, {place(last)}, looks like a total: {shown(text)!r} in {quoted(cells.name)}. Delete it "
                "if it is one, or its sums are learned like any other row."
            )
            return


def _sentence(stray: Stray, place: Callable[[int], str]) -> str:
    column = quoted(stray.name)
    if stray.hint:
        return f"Column {column} stays text: {stray.hint}."
    n_good = stray.n_cells - stray.n_strays
    first = f"{shown(stray.cells[0])!r} in {place(stray.rows[0])}"
    which = f"{first} is none" if stray.n_strays == 1 else f"{stray.n_strays} are none, first {first}"
    texts = list(dict.fromkeys(stray.cells))
    missing = " ".join(f"--missing {shlex.quote(shown(text))}" for text in texts) if len(texts) <= 3 else ""
    advice = f"read {'it' if len(texts) == 1 else 'them'} as missing ({missing})" if missing else "empty these cells"
    return (
        f"Column {column} stays text: {n_good} of {stray.n_cells} cells are {stray.what}, {which}. Mend "
        f"{'the cell' if stray.n_strays == 1 else 'the cells'}, or {advice}."
    )


def _examples(cells: "pl.Series", first: Form, second: Form) -> str:
    distinct = cells.drop_nulls().unique(maintain_order=True)
    one, two = _values(distinct, first), _values(distinct, second)
    differ = (one != two).fill_null(False)
    pairs = zip(distinct.filter(differ)[:2], one.filter(differ)[:2], two.filter(differ)[:2], strict=True)
    return ", ".join(f"{shown(cell)!r} is {_shown(a)} or {_shown(b)}" for cell, a, b in pairs)


def _values(cells: "pl.Series", form: Form) -> "pl.Series":
    import polars as pl

    if form.kind in ("number", "integer"):
        return parse_numbers(cells, form).cast(pl.Float64)
    return parse_dates(cells, form)


def _shown(value: object) -> str:
    return f"{value:.15g}" if isinstance(value, float) else str(value)


def _like(witness: str | None) -> str:
    return "" if witness is None else f", as in column {quoted(witness)}"


def _begin(text: str) -> str:
    return text[:1].upper() + text[1:]


def _warn(message: str) -> None:
    warnings.warn(message, ReadingWarning, stacklevel=2)
