"""Write a fitted encoder as plain JSON and arrays, and read it strictly, without executing anything."""

import contextlib
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import cast

import numpy as np
from numpy.typing import NDArray

from imbgan.exceptions import DataTypeError, ModelFileError
from imbgan.tabular.codecs import (
    Codec,
    ConstantCodec,
    DiscreteCodec,
    IdentifierCodec,
    LineCodec,
    MinMaxCodec,
    OneHotCodec,
    OptionalCodec,
    QuantileCodec,
)
from imbgan.tabular.codecs.base import Arrays
from imbgan.tabular.codecs.build import Numbers
from imbgan.tabular.containers import container_named
from imbgan.tabular.norms import Norms
from imbgan.tabular.scalars import Json, from_json, to_json
from imbgan.tabular.schema import FAMILIES, KINDS, Column, DType, Family
from imbgan.tabular.zones import zone_from_text

Document = dict[str, object]

_FORMAT = 1
_CODECS = {
    codec.kind: codec
    for codec in (
        ConstantCodec,
        IdentifierCodec,
        DiscreteCodec,
        QuantileCodec,
        MinMaxCodec,
        OptionalCodec,
        OneHotCodec,
        LineCodec,
    )
}


@dataclass(frozen=True)
class SavedEncoder:
    """The contents of a document."""

    numbers: Numbers
    max_levels: int
    container: str
    kinds: dict[str | int, str]
    fields: list[tuple[Column, Family, Codec]]
    norms: dict[tuple[int, ...], Norms]


def write_document(
    head: Document,
    container: str,
    kinds: Mapping[str | int, str],
    columns: Sequence[tuple[Column, Family, Codec]],
) -> tuple[Document, Arrays]:
    """Write an encoder; arrays are named "<column position>.<array>"."""
    written: list[Document] = []
    arrays: Arrays = {}
    for position, (column, family, codec) in enumerate(columns):
        body, parts = codec.to_document()
        arrays.update({f"{position}.{name}": part for name, part in parts.items()})
        written.append(
            {
                "name": to_json(column.name),
                "kind": column.kind,
                "family": family,
                "dtype": write_dtype(column.dtype),
                "codec": {"type": codec.kind, **body},
            }
        )
    overrides = [[to_json(name), kind] for name, kind in kinds.items()]
    document = {"format": _FORMAT, **head, "container": container, "kinds": overrides, "columns": written}
    return document, arrays


def read_document(document: object, arrays: Mapping[str, NDArray[np.generic]]) -> SavedEncoder:
    """Read a document that :func:`write_document` wrote.

    Raises
    ------
    ModelFileError
        If a part is missing, has another type, or does not fit the others.
    """
    with reading_saved("table encoder"):
        if not isinstance(document, dict) or document["format"] != _FORMAT:
            raise ValueError(f"its format is not {_FORMAT}")
        return _read(cast("Document", document), arrays)


@contextlib.contextmanager
def reading_saved(what: str) -> Generator[None]:
    """Turn what Python says of a document that imbgan did not write into a ModelFileError that names ``what``."""
    try:
        yield
    except ModelFileError:  # of a part, which it names
        raise
    except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
        problem = f"it lacks {error}" if isinstance(error, KeyError) else str(error)
        raise ModelFileError(
            f"The saved {what} must be a document that imbgan wrote, but {problem}. Save the model again, or load it "
            "with the version of imbgan that wrote it."
        ) from error


def _read(document: Document, arrays: Mapping[str, NDArray[np.generic]]) -> SavedEncoder:
    columns = cast("list[Document]", document["columns"])
    overrides = cast("list[tuple[Json, str]]", document["kinds"])
    container = str(document["container"])
    container_named(container)
    if document["numbers"] not in ("quantile", "minmax"):
        raise ValueError(f"its numbers {document['numbers']!r} are unknown")
    return SavedEncoder(
        document["numbers"],
        int(cast("int", document["max_levels"])),
        container,
        {cast("str | int", from_json(name)): str(kind) for name, kind in overrides},
        [_read_field(i, column, arrays) for i, column in enumerate(columns)],
        _read_norms(document.get("norms"), len(columns)),
    )


def _read_norms(written: object, n_columns: int) -> dict[tuple[int, ...], Norms]:
    """Read the norms that columns of all rows have together; models of earlier versions know none."""
    found: dict[tuple[int, ...], Norms] = {}
    for places, low, high in cast("list[tuple[list[int], float, float]]", written or []):
        norms = Norms(float(low), float(high))
        if not norms.is_one or not all(0 <= place < n_columns for place in places):
            raise ValueError(f"its rows cannot have the norms {low} to {high} in {len(places)} columns")
        found[tuple(map(int, places))] = norms
    return found


def _read_field(
    position: int, document: Document, arrays: Mapping[str, NDArray[np.generic]]
) -> tuple[Column, Family, Codec]:
    kind, family = document["kind"], document["family"]
    if kind not in KINDS or family not in FAMILIES:
        raise ValueError(f"column {position} is of the unknown kind {kind!r} ({family!r})")
    body = dict(cast("dict[str, Json]", document["codec"]))
    codec = _CODECS[str(body.pop("type"))]
    prefix = f"{position}."
    parts = {name.removeprefix(prefix): part for name, part in arrays.items() if name.startswith(prefix)}
    name = from_json(cast("Json", document["name"]))
    column = Column(name, kind, read_dtype(cast("dict[str, Json]", document["dtype"])))
    return column, family, codec.from_document(body, parts)


def write_dtype(dtype: DType) -> Document:
    """Write a data type; DataTypeError for a time zone that has no name and no fixed offset."""
    if getattr(dtype.native, "tz", None) is not None and not dtype.zone:
        raise DataTypeError(
            f"A column of the data type {dtype.text} cannot be saved: its time zone has no name and no fixed offset. "
            "Convert the column to a zone of the time zone database, such as 'Europe/Berlin'."
        )
    plain = {field.name: getattr(dtype, field.name) for field in fields(DType) if field.compare}
    categories = dtype.categories
    plain["categories"] = None if categories is None else [to_json(level) for level in categories]
    plain["fill"] = to_json(dtype.fill)
    return plain


def read_dtype(document: Mapping[str, Json]) -> DType:
    """Read what :func:`write_dtype` wrote; an error of Python for what it did not write."""
    categories = document["categories"]
    levels = None if categories is None else tuple(from_json(x) for x in cast("list[Json]", categories))
    plain = {**document, "categories": levels, "fill": from_json(document["fill"])}
    if not all(isinstance(plain[field.name], str) for field in fields(DType) if field.type in (str, "str")):
        raise ValueError("a data type is not text")
    if plain["zone"]:
        zone_from_text(str(plain["zone"]))  # an unknown type raises an error now, not when rows are generated
    return DType(**plain)  # pyright: ignore[reportArgumentType]
