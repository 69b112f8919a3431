"""Columns of formats that have types themselves: numbers and dates are taken as they are, texts as their user says."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from imbgan.data.casting import cast_columns, check_columns
from imbgan.data.inference import Typed, infer_types, kind_in_text
from imbgan.data.reading import Form, Reading
from imbgan.data.remarks import warn_of_texts

if TYPE_CHECKING:
    import polars as pl


def read_typed(
    frame: "pl.DataFrame",
    reading: Reading,
    *,
    has_types: bool = True,
    keeps_text: bool = False,
    place: Callable[[int], str] = "row {} (from 0)".format,
) -> Typed:
    """Return a frame whose columns have the kinds that were chosen, or that they had in an earlier file.

    Parameters
    ----------
    frame : polars.DataFrame
    reading : Reading
    has_types : bool, default=True
        See :func:`imbgan.data.inference.infer_types`.
    keeps_text : bool, default=False
        Whether texts stay texts unless a kind is chosen for them, as in formats that are written by programs.
    place : callable
        See :func:`imbgan.data.inference.infer_types`.

    Raises
    ------
    DataError
        If a column cannot be read as its kind.
    ParameterError
        If there is no column of a chosen name.

    Warns
    -----
    ReadingWarning
        As :func:`imbgan.data.inference.infer_types`; or, with ``keeps_text``, if a column of texts could be read as
        numbers or dates.
    """
    import polars as pl

    check_columns(reading.kinds, frame.columns)
    texts = [name for name, dtype in frame.schema.items() if dtype == pl.String]
    known = dict(reading.columns)
    if keeps_text:
        free = [name for name in texts if name not in reading.kinds and name not in known]
        found = {name: kind_in_text(frame.get_column(name), reading) for name in free if name not in reading.drop}
        warn_of_texts({name: kind for name, kind in found.items() if kind is not None})
        known |= dict.fromkeys(free, Form("text"))
    typed = infer_types(frame, replace(reading, columns=known), has_types=has_types, place=place)
    chosen = {
        name: form.kind for name, form in reading.columns.items() if form.kind == "text" and name in frame.columns
    }
    others = {name: kind for name, kind in {**chosen, **reading.kinds}.items() if name not in texts}
    return typed._replace(frame=cast_columns(typed.frame, others))
