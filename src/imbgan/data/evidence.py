"""Settle how columns are read that have more than one reading, by what the other columns of the file show."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from imbgan.data.dates import are_dotted
from imbgan.data.nearest import NUMBERS
from imbgan.data.numbers import are_plain, decimal_of, speaks_of_thousands
from imbgan.data.reading import Form, Reading
from imbgan.data.remarks import warn_of_conflict, warn_of_dates, warn_of_numbers

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True)
class Candidates:
    """A column with the forms in which all of its cells can be read, at least one.

    Parameters
    ----------
    cells : polars.Series of str
        Cells as :func:`imbgan.data.numbers.plain` returns them; null where missing.
    forms : list of Form
    """

    cells: "pl.Series"
    forms: list[Form]

    @property
    def holds_numbers(self) -> bool:
        """Whether these are numbers; otherwise dates."""
        return self.forms[0].kind in NUMBERS


@dataclass
class Evidence:
    """What the columns with one reading show, each with the name of a column that shows it.

    Parameters
    ----------
    decimals, thousands, orders : dict of str to str
    separator : str
        The separator of delimited text; the semicolon hints at a decimal comma.
    """

    decimals: dict[str, str] = field(default_factory=dict[str, str])
    thousands: dict[str, str] = field(default_factory=dict[str, str])
    orders: dict[str, str] = field(default_factory=dict[str, str])
    separator: str = ""

    @property
    def decimal(self) -> str | None:
        """The decimal sign of the file, if its columns agree."""
        return next(iter(self.decimals)) if len(self.decimals) == 1 else None

    def add(self, name: str, candidates: Candidates) -> None:
        """Learn from a column that has one reading."""
        form = candidates.forms[0]
        if not candidates.holds_numbers:
            if form.date_order in ("dmy", "mdy"):
                self.orders.setdefault(form.date_order, name)
            return
        if form.kind == "number":
            self.decimals.setdefault(form.decimal, name)
        if form.thousands in (".", ","):
            self.thousands.setdefault(form.thousands, name)

    def witness(self, form: Form) -> str | None:
        """Return the column that agrees with a reading of numbers, if the file speaks for this reading alone."""
        against = form.thousands in self.decimals or (
            form.kind == "number"
            and (form.decimal in self.thousands or (self.decimals and form.decimal not in self.decimals))
        )
        if against:
            return None
        sign = decimal_of(form)
        return self.decimals.get(sign) or self.thousands.get("," if sign == "." else ".")


def settle(
    columns: Mapping[str, Candidates],
    points: Mapping[str, str],
    reading: Reading,
    separator: str,
    skip: Collection[str],
) -> dict[str, Form]:
    """Return the form of each column; dates without evidence are left out and stay text.

    Parameters
    ----------
    columns : mapping of str to Candidates
    points : mapping of str to str
        Columns of numbers that every program reads alike, with their decimal sign.
    reading : Reading
        What its user chose.
    separator : str
    skip : collection of str
        Columns about which nobody needs to be warned, since they are dropped.
    """
    evidence = Evidence(separator=separator)
    for name, sign in points.items():
        if name not in skip:
            evidence.decimals.setdefault(sign, name)
    for name, candidates in columns.items():
        if len(candidates.forms) == 1 and name not in skip:
            evidence.add(name, candidates)
    settled: dict[str, Form] = {}
    for name, candidates in columns.items():
        decide = _settle_numbers if candidates.holds_numbers else _settle_dates
        form = candidates.forms[0] if len(candidates.forms) == 1 else decide(name, candidates, evidence, name in skip)
        if form is not None:
            settled[name] = form
    if len(evidence.decimals) > 1 and reading.decimal is None:
        warn_of_conflict(evidence.decimals)
    return {name: with_decimal(form, evidence.decimal) for name, form in settled.items()}


def with_decimal(form: Form, decimal: str | None) -> Form:
    """Return the form of whole numbers with the decimal sign of the file, so that further files are read like it."""
    if form.kind != "integer":
        return form
    return replace(form, decimal=decimal_of(form) if form.thousands in (".", ",") else decimal or ".")


def _settle_numbers(name: str, candidates: Candidates, evidence: Evidence, is_quiet: bool) -> Form:
    witnesses = {form: evidence.witness(form) for form in candidates.forms}
    agreeing = [form for form, witness in witnesses.items() if witness is not None]
    sign = next(sign for form in candidates.forms for sign in (form.thousands, form.decimal) if sign in (",", "."))
    grouped = [form for form in candidates.forms if form.thousands == sign]
    plain = [form for form in candidates.forms if form.thousands != sign]
    if len(agreeing) == 1:
        chosen, witness = agreeing[0], witnesses[agreeing[0]]
    else:
        is_grouped = (sign == ",") != (evidence.separator == ";") or speaks_of_thousands(candidates.cells, sign)
        chosen, witness = (grouped or plain)[0] if is_grouped else (plain or grouped)[0], None
    # A point before three decimals is how programs write numbers; nothing speaks against it.
    is_usual = chosen.decimal == "." and not chosen.thousands and evidence.separator != ";"
    is_usual &= are_plain(candidates.cells)
    if not is_quiet and (not is_usual or "," in evidence.decimals):
        warn_of_numbers(name, candidates.cells, chosen, candidates.forms, witness)
    return chosen


def _settle_dates(name: str, candidates: Candidates, evidence: Evidence, is_quiet: bool) -> Form | None:
    by_order = {form.date_order: form for form in candidates.forms}
    seen = [order for order in evidence.orders if order in by_order]
    if are_dotted(candidates.cells.drop_nulls()) and "dmy" in by_order:
        return by_order["dmy"]
    if len(seen) == 1 and len(evidence.orders) == 1:
        chosen, witness = by_order[seen[0]], evidence.orders[seen[0]]
    elif evidence.decimal == "," and "dmy" in by_order and not evidence.orders:
        chosen, witness = by_order["dmy"], evidence.decimals[","]
    else:
        chosen, witness = None, None
    if not is_quiet:
        warn_of_dates(name, candidates.cells, chosen, candidates.forms, witness)
    return chosen
