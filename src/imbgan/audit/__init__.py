"""The audit: what generated rows and images, and classifiers taught by them, give away of what was learned."""

import sys
from types import ModuleType
from typing import Any

from imbgan.audit.game import RATES
from imbgan.audit.image_sources import IMAGE_SOURCES
from imbgan.audit.images import audit_images
from imbgan.audit.judging import ATTACKS
from imbgan.audit.results import Attack, Audit, Interval, Note, Rate
from imbgan.audit.running import audit
from imbgan.audit.sources import SOURCES, IndependentColumnsSampler

__all__ = [
    "ATTACKS",
    "IMAGE_SOURCES",
    "RATES",
    "SOURCES",
    "Attack",
    "Audit",
    "IndependentColumnsSampler",
    "Interval",
    "Note",
    "Rate",
    "audit",
    "audit_images",
]


class _Audit(ModuleType):
    """A package that can be called, since loading it replaces the function ``imbgan.audit`` of the same name."""

    def __call__(self, X: object, y: object, **options: Any) -> Audit:  # noqa: ANN401 - as audit types each
        """Call :func:`imbgan.audit.running.audit`."""
        return audit(X, y, **options)


sys.modules[__name__].__class__ = _Audit
