"""Imports of packages that only some features need."""

import importlib
from types import ModuleType


def import_optional(name: str, *, extra: str) -> ModuleType:
    """Import ``name``, or say which command installs it.

    >>> import_optional("json", extra="plot").__name__
    'json'
    """
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name != name.partition(".")[0]:
            raise
        raise ImportError(
            f"This needs the package {name!r}, which is not installed. Run: pip install 'imbgan[{extra}]'"
        ) from error
