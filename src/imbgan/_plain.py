"""Convert frozen dataclasses to plain JSON values, and back."""

import json
import math
import types
import typing
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any, TypeVar

import numpy as np

T = TypeVar("T")


def to_plain(value: Any) -> Any:  # noqa: ANN401 - any tree of dataclasses and containers
    """Return ``value`` as dicts, lists, text, numbers, booleans and None.

    JSON knows neither NaN nor infinity: both become None.
    """
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: to_plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): to_plain(item) for key, item in value.items()}
    if isinstance(value, np.ndarray):
        return to_plain(value.tolist())
    if isinstance(value, np.generic):
        return to_plain(value.item())
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, str | int):
        return value
    if isinstance(value, Sequence):
        return [to_plain(item) for item in value]
    return str(value)


def to_json(value: Any) -> str:  # noqa: ANN401 - see to_plain
    """Return ``value`` as JSON text."""
    return json.dumps(to_plain(value), ensure_ascii=False, allow_nan=False, indent=1)


def from_plain(cls: type[T], value: object) -> T:
    """Rebuild an instance of the dataclass ``cls`` from the result of :func:`to_plain`.

    Raises
    ------
    KeyError, TypeError, ValueError
        If ``value`` does not have the fields of ``cls``.
    """
    return _rebuild(cls, value)


@cache
def _hints(cls: type) -> dict[str, Any]:
    return typing.get_type_hints(cls)


def _rebuild(hint: Any, value: Any) -> Any:  # noqa: ANN401 - guided by the annotation
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        if value is None:
            return None
        kept = [argument for argument in arguments if argument is not type(None)]
        return _rebuild(kept[0], value) if len(kept) == 1 else value
    if is_dataclass(hint) and isinstance(hint, type):
        if not isinstance(value, Mapping):
            raise TypeError(f"{hint.__name__} is made of named fields. Got {type(value).__name__}.")
        hints = _hints(hint)
        return hint(**{field.name: _rebuild(hints[field.name], value[field.name]) for field in fields(hint)})
    if origin is tuple and len(arguments) == 2 and arguments[1] is Ellipsis:
        return tuple(_rebuild(arguments[0], item) for item in value)
    if origin is tuple:
        return tuple(_rebuild(argument, item) for argument, item in zip(arguments, value, strict=True))
    if origin in (dict, Mapping) or (isinstance(origin, type) and issubclass(origin, Mapping)):
        return {key: _rebuild(arguments[1], item) for key, item in value.items()}
    if origin is list:
        return [_rebuild(arguments[0], item) for item in value]
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    return value
