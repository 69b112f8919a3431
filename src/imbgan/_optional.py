"""Import packages that only some features need."""

import importlib
from types import ModuleType


def import_optional(name: str, *, extra: str) -> ModuleType:
    """Import a package that an extra of imbgan installs.

    Raises
    ------
    ImportError
        If the package is not installed (the message gives the command that installs it), or cannot be loaded.
    """
    package = name.split(".")[0]
    try:
        return importlib.import_module(name)
    except ImportError as error:
        if error.name is not None and package != error.name.split(".")[0]:
            raise ImportError(f"The package {package!r} is installed, but cannot be loaded: {error}") from error
        raise ImportError(
            f"This needs the package {package!r}, which is not installed. Run: pip install 'imbgan[{extra}]'"
        ) from error
    except OSError as error:  # a system library to which the package is linked
        raise ImportError(
            f"The package {package!r} is installed, but a library that it needs is not: {error}"
        ) from error
