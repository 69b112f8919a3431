"""Packages that only some uses need."""

import importlib
from types import ModuleType


def import_optional(name: str, *, extra: str) -> ModuleType:
    """Import a package that an extra of imbgan installs.

    Raises
    ------
    ImportError
        It is not installed; the message holds the command that installs it.
    """
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise ImportError(
            f"This needs the package {name!r}, which is not installed. Run: pip install 'imbgan[{extra}]'"
        ) from error
