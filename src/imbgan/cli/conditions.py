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
        help="What cells of rows must be: area=rural, or age=18..25 with an open end left out. Several conditions must "
        "all be met; several values of one column are alternatives.",
    ),
]
_EXAMPLE = "such as --where area=rural or --where age=18..25"


def conditions_among(texts: Sequence[str], gan: "TabularGAN") -> dict[Hashable, object]:
    """Return the conditions that texts describe, as ``sample`` takes them.

    Raises
    ------
    ParameterError
        If a text names no column, or if a column has an interval and another condition.
    """
    fields = {str(field.column.name): field for field in gan.encoder_.cells}
    found: dict[Hashable, object] = {}
    for text in texts:
        # A name may hold equals signs: the longest one that is known counts.
        ends = [i for i, sign in enumerate(text) if sign == "="]
        if not ends:
            raise ParameterError(f"--where takes a column and a value, {_EXAMPLE}. Got {quoted(text)}.")
        end = next((i for i in reversed(ends) if text[:i].strip() in fields), None)
        if end is None:
            name = text[: ends[0]].strip()
            raise ParameterError(
                f"--where must name columns of the table. Got {quoted(name)}.{did_you_mean(name, fields)} Columns are "
                f"{listed(list(fields))}."
            )
        field = fields[text[:end].strip()]
        name, value = field.column.name, _value(text[end + 1 :].strip(), field)
        before = found.get(name)
        if before is not None and (isinstance(value, tuple) or isinstance(before, tuple)):
            raise ParameterError(f"--where takes one interval per column, or several values. Got {quoted(text)} again.")
        found[name] = value if isinstance(value, tuple) else [*(before or ()), value]  # pyright: ignore[reportGeneralTypeIssues]
    return found


def _value(text: str, field: "CellPlace") -> Any:  # noqa: ANN401 - a value of any column
    from imbgan.tabular.codecs import LineCodec, OneHotCodec
    from imbgan.tabular.schema import NUMBER_FAMILIES

    if isinstance(field.codec, OneHotCodec | LineCodec):
        levels = {str(level): level for level in field.codec.levels.levels}
        lower = {name.lower(): level for name, level in levels.items() if isinstance(level, bool)}
        return levels.get(text, lower.get(text.lower(), text))
    if field.family in NUMBER_FAMILIES and ".." in text:
        low, _, high = text.partition("..")
        return (
            _number(low.strip(), field) if low.strip() else None,
            _number(high.strip(), field) if high.strip() else None,
        )
    return _number(text, field)


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
