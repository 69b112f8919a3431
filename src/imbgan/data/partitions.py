"""Hive partitions: columns whose values stand in the names of folders, as in ``year=2024/label=1/part-0.parquet``."""

import urllib.parse
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from imbgan._files import folded
from imbgan._text import listed
from imbgan.data.inference import infer_types
from imbgan.data.reading import Reading
from imbgan.exceptions import DataError

if TYPE_CHECKING:
    import polars as pl

#: The name of the folder that holds the rows without a value.
MISSING = "__HIVE_DEFAULT_PARTITION__"
_SAFE = " -_.,+@"  # as in Hive, apart from signs that mean something in a path or a pattern


def keys_in(name: str) -> dict[str, str | None]:
    """Return the partition columns in the folders of a file, with their values as text.

    Examples
    --------
    >>> keys_in("year=2024/city=Z%C3%BCrich/part-0.parquet")
    {'year': '2024', 'city': 'Zürich'}
    """
    values = {key: folder.split("=", 1)[1] for key, folder in folders_in(name).items()}
    return {key: None if value == MISSING else urllib.parse.unquote(value) for key, value in values.items()}


def folders_in(name: str) -> dict[str, str]:
    """Return the folder of each partition column of a file, as it is written: programs escape other signs.

    Examples
    --------
    >>> folders_in("year=2024/hour=10%3A00/part-0.parquet")
    {'year': 'year=2024', 'hour': 'hour=10%3A00'}
    """
    folders = [part for part in name.split("/")[:-1] if "=" in part[1:]]
    return {urllib.parse.unquote(folder.split("=", 1)[0]): folder for folder in folders}


def folder_of(keys: Mapping[str, str | None]) -> str:
    """Return new folders of rows with these values; the inverse of :func:`keys_in`.

    Examples
    --------
    >>> folder_of({"year": "2024", "label": None})
    'year=2024/label=__HIVE_DEFAULT_PARTITION__'
    """

    def quote(text: str) -> str:
        quoted = urllib.parse.quote(text, safe=_SAFE)
        # Windows cuts dots and spaces off the end of a name, so that two values would share a folder.
        return f"{quoted[:-1]}%{ord(quoted[-1]):02X}" if quoted.endswith((".", " ")) else quoted

    return "/".join(f"{quote(key)}={MISSING if value is None else quote(value)}" for key, value in keys.items())


def apart(folders: Iterable[str]) -> dict[str, str]:
    """Return a name for each folder of a partition; of those that some systems take for one, all but the first differ.

    Only the way in which their values are escaped differs, so that :func:`keys_in` reads the same values.

    Examples
    --------
    >>> apart(["label=A", "label=a", "label=B"])
    {'label=A': 'label=A', 'label=a': 'label=%61', 'label=B': 'label=B'}
    """
    names: dict[str, str] = {}
    taken: set[str] = set()
    for folder in dict.fromkeys(folders):
        name = folder if folded(folder) not in taken else _escaped(folder)
        taken.add(folded(name))
        names[folder] = name
    return names


def _escaped(folder: str) -> str:
    """Return a folder in which each byte of the value is escaped: no other value has the same bytes."""
    key, value = folder.split("=", 1)
    return f"{key}={''.join(f'%{byte:02X}' for byte in urllib.parse.unquote_to_bytes(value))}"


def partition_columns(
    files: Sequence[tuple[str, Mapping[str, str | None]]], reading: Reading, *, place: str
) -> dict[str, "pl.Series"]:
    """Return the partition columns of a data set: one value per file, of the type that all values allow.

    Parameters
    ----------
    files : sequence of (str, mapping)
        Name of each file, and its keys.
    reading : Reading
        Kinds that were chosen, and forms that are known.
    place : str
        The data set in messages.

    Raises
    ------
    DataError
        If the files have other keys than the first one, or if values do not have the chosen kind.
    """
    import polars as pl

    if not files:
        return {}
    first, wanted = files[0][0], list(files[0][1])
    for name, keys in files:
        if list(keys) != wanted:
            raise DataError(
                f"The folders of {place} must name the same columns everywhere. {first!r} has "
                f"{listed(wanted) or 'none'}, and {name!r} has {listed(list(keys)) or 'none'}. Move the file, or name "
                "the files that belong together with a pattern."
            )
    texts = pl.DataFrame({key: pl.Series([keys[key] for _, keys in files], dtype=pl.String) for key in wanted})
    known = Reading(
        missing=reading.missing,
        kinds={name: kind for name, kind in reading.kinds.items() if name in wanted},
        columns={name: form for name, form in reading.columns.items() if name in wanted},
    )
    typed = infer_types(texts, known, place=lambda row: repr(files[row][0])).frame
    return {name: typed.get_column(name) for name in wanted}
