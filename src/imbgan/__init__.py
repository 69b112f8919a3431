"""Generative adversarial networks that synthesize the rare classes of imbalanced data.

Names are loaded on first use, so that ``import imbgan`` is quick and imports no array framework.
"""

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from imbgan.exceptions import (
        DataError,
        DataTypeError,
        GenerationQualityWarning,
        IdentifierColumnWarning,
        ImbganError,
        ImbganWarning,
        ModelFileError,
        ParameterError,
    )
    from imbgan.oversampling import GANOverSampler, TabularGAN

__version__ = "0.1.0"

_HOMES = {
    "DataError": "exceptions",
    "DataTypeError": "exceptions",
    "GANOverSampler": "oversampling",
    "GenerationQualityWarning": "exceptions",
    "IdentifierColumnWarning": "exceptions",
    "ImbganError": "exceptions",
    "ImbganWarning": "exceptions",
    "ModelFileError": "exceptions",
    "ParameterError": "exceptions",
    "TabularGAN": "oversampling",
}

__all__ = [
    "DataError",
    "DataTypeError",
    "GANOverSampler",
    "GenerationQualityWarning",
    "IdentifierColumnWarning",
    "ImbganError",
    "ImbganWarning",
    "ModelFileError",
    "ParameterError",
    "TabularGAN",
]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'imbgan' has no attribute {name!r}")
    return getattr(importlib.import_module(f"imbgan.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
