"""Infer the types of columns that were read as text."""

from collections.abc import Callable, Collection
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from imbgan._text import quoted, shown
from imbgan.data.casting import as_kind, read_kind, read_known
from imbgan.data.dates import date_forms, looks_dated
from imbgan.data.evidence import Candidates, settle
from imbgan.data.nearest import DATES, NUMBERS, is_chosen, nearest, parsed
from imbgan.data.numbers import disagreement, is_code, looks_numeric, mixes_words, number_forms, plain
from imbgan.data.reading import Form, Reading
from imbgan.data.remarks import Stray, warn_of_strays, warn_of_total
from imbgan.data.standard import KIND_OF, are_integers, may_be_grouped, present, sampled, standard
from imbgan.exceptions import DataError

if TYPE_CHECKING:
    import polars as pl

#: A column is nearly one of numbers or dates if at least this share of its cells is, and at least this number.
_NEARLY, _ENOUGH = 0.9, 5


class Typed(NamedTuple):
    """A frame, and the form of each column that was read from text."""

    frame: "pl.DataFrame"
    forms: dict[str, Form]


Place = Callable[[int], str]


def infer_types(
    frame: "pl.DataFrame",
    reading: Reading,
    *,
    separator: str = "",
    has_types: bool = False,
    place: Place = "row {} (from 0)".format,
) -> Typed:
    """Convert each text column to the type that all its values have, or to the kind that ``reading`` gives it.

    Types are tried in this order: booleans (true, false), integers, numbers, ISO 8601 dates, times of day, ISO 8601
    times, numbers as people write them (:mod:`imbgan.data.numbers`), and dates as people write them
    (:mod:`imbgan.data.dates`). A column stays text if it holds codes with leading zeros (``"007"``), telephone numbers
    or integers beyond 64 bits, or if a single value has another form.

    Parameters
    ----------
    frame : polars.DataFrame
    reading : Reading
    separator : str, default=""
        The separator of delimited text: the semicolon hints at a decimal comma.
    has_types : bool, default=False
        Whether the format has numbers and booleans itself, so that whole numbers in text are codes.
    place : callable
        Tells the place of a row in the file, such as "line 57".

    Raises
    ------
    DataError
        If a column cannot be read in the form or as the kind that ``reading`` gives it.

    Warns
    -----
    ReadingWarning
        If a column has two readings, or if a few cells keep it from being a column of numbers or dates.
    """
    import polars as pl

    texts = {series.name: series for series in frame.get_columns() if series.dtype == pl.String}
    if reading.missing:
        texts = {name: cells.set(cells.str.strip_chars().is_in(reading.missing), None) for name, cells in texts.items()}
    typed: dict[str, pl.Series] = {}
    forms = {name: Form("text") for name in texts}
    candidates: dict[str, Candidates] = {}
    for name, cells in texts.items():
        known = reading.columns.get(name)
        if name not in reading.kinds and known is not None:
            typed[name], forms[name] = read_known(cells, known, place), known
            continue
        wanted = reading.kinds.get(name)
        found = None if wanted == "text" else _find(cells, reading, wanted, has_types=has_types)
        if isinstance(found, Candidates):
            candidates[name] = found
        elif found is not None:
            typed[name], forms[name] = found, Form(KIND_OF[found.dtype.base_type().__name__])
        elif wanted not in (None, "text"):
            typed[name], forms[name] = read_kind(cells, str(wanted), reading, place), Form(str(wanted))
    points = {name: "." for name in typed if forms[name] == Form("number")}
    skip = {*reading.drop, *(name for name, kind in reading.kinds.items() if kind not in NUMBERS)}
    settled = settle(candidates, points, reading, separator=separator, skip=skip)
    _check_settled(reading, candidates, settled)
    for name, form in settled.items():
        typed[name], forms[name] = parsed(candidates[name].cells, form), form
    left = [name for name in texts if name not in typed and name not in (*candidates, *skip)]
    strays = [stray for name in left if (stray := _stray(texts[name], reading)) is not None]
    warn_of_strays(strays, place)
    if not strays:
        warn_of_total([texts[name] for name in left], place)
    for name in typed.keys() & reading.kinds.keys():
        kind = reading.kinds[name]
        typed[name], forms[name] = as_kind(typed[name], kind, place), replace(forms[name], kind=kind)
    # The name is passed, since polars invents one for a series without a name.
    columns = {each.name: typed.get(each.name, texts.get(each.name, each)) for each in frame.get_columns()}
    return Typed(pl.DataFrame(columns), forms)


def kind_in_text(cells: "pl.Series", reading: Reading) -> str | None:
    """Return the kind that texts of a format with types could be read as; None if they are just texts."""
    found = _find(cells, reading, None, has_types=True)
    if isinstance(found, Candidates):
        return found.forms[0].kind
    return None if found is None else KIND_OF[found.dtype.base_type().__name__]


def _check_settled(reading: Reading, candidates: Collection[str], settled: Collection[str]) -> None:
    """Raise DataError for a column that should be one of dates and can be read in several orders."""
    for name in candidates:
        if name in reading.kinds and name not in settled:
            raise DataError(
                f"Column {quoted(name)} cannot be read as {reading.kinds[name]}: it can be read in several orders of "
                "day and month. Say which (date_order=..., --date-order dmy or mdy)."
            )


def _find(
    cells: "pl.Series", reading: Reading, wanted: str | None, *, has_types: bool
) -> "pl.Series | Candidates | None":
    """Return a column as everybody reads it, or the forms in which it can be read; None if it is text."""
    import polars as pl

    values = present(cells)
    if values.null_count() == len(values):
        return None
    found = standard(values, has_types=has_types)
    is_number = found is not None and found.dtype == pl.Float64
    if found is not None and not (is_number and (reading.decimal == "," or may_be_grouped(values))):
        return found.alias(cells.name) if wanted is None else None
    if found is None and are_integers(values):
        return None
    texts = plain(values)
    filled = texts.drop_nulls()
    forms: list[Form] = []
    sample = sampled(filled)
    if wanted in (None, *NUMBERS) and looks_numeric(sample).all() and not mixes_words(sample):
        forms = [form for form in number_forms(filled) if is_chosen(form, reading)]
    if not forms and wanted in (None, "date", "datetime") and looks_dated(sample).all():
        forms = date_forms(filled)
        forms = [form for form in forms if form.date_order == reading.date_order] or forms
    return Candidates(texts, forms) if forms else None


def _stray(cells: "pl.Series", reading: Reading) -> Stray | None:
    """Return what keeps a column from being one of numbers or dates; None if it is a column of text."""
    values = plain(present(cells))
    filled = values.drop_nulls()
    if filled.is_empty() or are_integers(filled):
        return None
    sample = sampled(filled)
    for looks, what in ((looks_numeric, "numbers"), (looks_dated, "dates")):
        if int(looks(sample).sum()) < (_NEARLY - 0.1) * len(sample) or (what == "numbers" and mixes_words(sample)):
            continue
        best = nearest(values, NUMBERS if what == "numbers" else DATES, reading)
        lost = best.is_null() & values.is_not_null()
        n_good = best.count()
        if what == "numbers" and mixes_words(filled):
            continue
        hint = ""
        if what == "numbers" and number_forms(filled):
            hint = f"{shown(filled[0])!r} is no number with the signs that were chosen (--decimal, --thousands)"
        elif not lost.any():
            hint = disagreement(filled)
        elif looks(filled).all() and n_good >= max(_ENOUGH, len(filled) // 2):
            good, bad = values.filter(best.is_not_null())[0], values.filter(lost)[0]
            hint = f"{shown(good)!r} and {shown(bad)!r} are {what} in different forms"
        if hint:
            return Stray(cells.name, what, len(filled), 0, [], [], hint)
        if n_good < max(_ENOUGH, _NEARLY * len(filled)) or is_code(values.filter(lost)):
            continue
        rows = lost.arg_true()[:4].to_list()
        return Stray(cells.name, what, len(filled), int(lost.sum()), rows, [cells[row] for row in rows])
    return None
