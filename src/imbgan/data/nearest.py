"""The form in which most cells of a column can be read, whether or not all of them can."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from imbgan.data.dates import parse_dates
from imbgan.data.numbers import decimal_of, parse_numbers
from imbgan.data.reading import DATE_ORDERS, DECIMALS, THOUSANDS, Form, Reading
from imbgan.data.standard import sampled

if TYPE_CHECKING:
    import polars as pl

#: Number of cells by which the form is chosen.
_SAMPLE = 20_000
NUMBERS = ("number", "integer")
DATES = ("date", "datetime")
_NUMBER_FORMS = [Form("number", decimal, sign) for decimal in DECIMALS for sign in THOUSANDS if sign != decimal]
_DATE_FORMS = [Form("datetime", date_order=order) for order in DATE_ORDERS]


def parsed(cells: "pl.Series", form: Form) -> "pl.Series":
    """Return plain cells as numbers or dates of this form; null where a cell has another form."""
    return (parse_numbers if form.kind in NUMBERS else parse_dates)(cells, form)


def nearest(cells: "pl.Series", kinds: Sequence[str], reading: Reading) -> "pl.Series":
    """Return plain cells in the form of numbers or of dates in which most of them can be read."""
    if kinds == NUMBERS:
        forms = [form for form in _NUMBER_FORMS if is_chosen(form, reading)]
    else:
        # The order that the user chose comes first, so that it wins where all orders fit.
        forms = sorted(_DATE_FORMS, key=lambda form: form.date_order != reading.date_order)
    sample = sampled(cells, _SAMPLE)
    return parsed(cells, max(forms, key=lambda form: parsed(sample, form).count()))


def is_chosen(form: Form, reading: Reading) -> bool:
    """Return whether a form of numbers agrees with the signs that the user chose."""
    shows_decimal = form.kind == "number" or form.thousands in (".", ",")
    if reading.decimal is not None and shows_decimal and decimal_of(form) != reading.decimal:
        return False
    if reading.thousands is None:
        return True
    is_other = form.kind == "number" and form.decimal == reading.thousands
    return form.thousands in ("", reading.thousands) and not is_other
