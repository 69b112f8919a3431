"""Conditions on generated rows, as they are typed: ``--where area=rural --where age=18..25``."""

from collections.abc import Hashable, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from imbgan._text import did_you_mean, listed, quoted
from imbgan.exceptions import ParameterError

if TYPE_CHECKING:
    from imbgan.oversampling import TabularGAN
    from imbgan.tabular.encoder import CellPlace

Where = Annotated[
    list[str] | None,
    typer.Option(
        "--where",
        metavar="COL=VALUE",
        help="What cells of rows must be: area=rural, or age=18..25 with an open end left out, or area= for a missing "
        "cell. Several conditions must all be met; several values of one column are alternatives.",
    ),
]
_EXAMPLE = "such as --where area=rural or --where age=18..25"


def conditions_among(texts: Sequence[str], gan: "TabularGAN") -> dict[Hashable, list[object]]:
    """Return the conditions that texts describe, as ``sample`` takes them.

    Raises
    ------
    ParameterError
        If a text names no column.
    """
    fields = {str(field.column.name): field for field in gan.encoder_.cells}
    found: dict[Hashable, list[object]] = {}
    for text in texts:
        ends = [i for i, sign in enumerate(text) if sign == "="]
        if not ends:
            raise ParameterError(f"--where takes a column and a value, {_EXAMPLE}. Got {quoted(text)}.")
        # A name may hold equals signs: the longest one that is known counts. Spaces around it may be its own.
        known = ((i, name) for i in reversed(ends) for name in (text[:i], text[:i].strip()) if name in fields)
        end, name = next(known, (None, text[: ends[0]].strip()))
        if end is None:
            raise ParameterError(
                f"--where must name columns of the table. Got {quoted(name)}.{did_you_mean(name, fields)} Columns are "
                f"{listed(list(fields))}. For a class, use --label."
            )
        found.setdefault(fields[name].column.name, []).append(_value(text[end + 1 :], fields[name]))
    return found


def _value(text: str, field: "CellPlace") -> Any:  # noqa: ANN401 - a value of any column
    from imbgan.tabular.conditions import levels_of
    from imbgan.tabular.schema import NUMBER_FAMILIES

    plain, known = text.strip(), levels_of(field)
    if known is not None:
        levels = {str(level): level for level in known}
        lower = {name.lower(): level for name, level in levels.items() if isinstance(level, bool)}
        return levels.get(text, levels.get(plain, lower.get(plain.lower(), plain or None)))
    if not plain:  # as in a file
        return None
    if field.family in NUMBER_FAMILIES and ".." in plain:
        low, _, high = plain.partition("..")
        return (
            _number(low.strip(), field) if low.strip() else None,
            _number(high.strip(), field) if high.strip() else None,
        )
    return _number(plain, field)


def _number(text: str, field: "CellPlace") -> object:
    if field.family not in ("int", "float"):
        return text
    try:
        return int(text)
    except ValueError:
        pass
    try:
        return float(text)
    except ValueError:
        return text
