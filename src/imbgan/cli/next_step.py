"""The command that follows ``imbgan describe``, quoted for a shell."""

import shlex
from collections.abc import Sequence

from imbgan.data.reading import Reading

#: Values of options that are hard to type, and their names.
_SIGNS = {"\t": "tab", "": "none", " ": "space"}


def compare_command(table: str, target: str, reading: Reading, dropped: Sequence[str]) -> str:
    """Return the command that compares strategies on a table that is read in the same way, without some columns.

    Examples
    --------
    >>> compare_command("my data.csv", "fraud", Reading(delimiter=";"), ["id", "e-mail", "a,b"])
    "imbgan compare 'my data.csv' --target fraud --drop id,e-mail --drop a,b --delimiter ';'"
    """
    return _command("compare", table, target, reading, dropped)


def train_command(table: str, target: str, reading: Reading, dropped: Sequence[str]) -> str:
    """Return the command that trains a classifier on a table that is read in the same way, without some columns.

    Examples
    --------
    >>> train_command("parts/", "fraud", Reading(), ["id"])
    'imbgan train parts/ --target fraud --drop id --output model'
    """
    return f"{_command('train', table, target, reading, dropped)} --output model"


def _command(name: str, table: str, target: str, reading: Reading, dropped: Sequence[str]) -> str:
    options = [("target", target), *(("drop", names) for names in _lists(list(dict.fromkeys(dropped))))]
    options += [(name, _SIGNS.get(value, value)) for name, value in _signs(reading) if value is not None]
    options += [("missing", text) for text in reading.missing]
    options += [("kind", f"{name}={kind}") for name, kind in reading.kinds.items()]
    words = ["imbgan", name, table]
    for option, value in options:
        # A value that starts with a dash would look like an option.
        words += [f"--{option}={value}"] if value.startswith("-") else [f"--{option}", value]
    return shlex.join([*words, *(["--drop-missing-target"] if reading.drop_missing else [])])


def _signs(reading: Reading) -> Sequence[tuple[str, str | None]]:
    return (
        ("format", reading.format),
        ("encoding", reading.encoding if reading.encoding != "utf-8" else None),
        ("delimiter", reading.delimiter),
        ("decimal", reading.decimal),
        ("thousands", reading.thousands),
        ("date-order", reading.date_order),
        ("sheet", reading.sheet),
    )


def _lists(names: Sequence[str]) -> list[str]:
    """Return the names between commas, and alone the names that hold commas or spaces at an end."""
    plain = [name for name in names if name and "," not in name and name == name.strip()]
    return [*([",".join(plain)] if plain else []), *(name for name in names if name not in plain)]
