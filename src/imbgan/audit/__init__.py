"""The audit: what generated rows, and classifiers taught by them, give away of the rows that were learned."""

import sys
from types import ModuleType
from typing import Any

from imbgan.audit.game import RATES
from imbgan.audit.judging import ATTACKS
from imbgan.audit.results import Attack, Audit, Interval, Note, Rate
from imbgan.audit.running import audit
from imbgan.audit.sources import SOURCES, IndependentColumnsSampler

__all__ = [
    "ATTACKS",
    "RATES",
    "SOURCES",
    "Attack",
    "Audit",
    "IndependentColumnsSampler",
    "Interval",
    "Note",
    "Rate",
    "audit",
]


class _Audit(ModuleType):
    """A package that can be called, since loading it replaces the function ``imbgan.audit`` of the same name."""

    def __call__(self, X: object, y: object, **options: Any) -> Audit:  # noqa: ANN401 - as audit types each
        """Call :func:`imbgan.audit.running.audit`."""
        return audit(X, y, **options)


sys.modules[__name__].__class__ = _Audit
