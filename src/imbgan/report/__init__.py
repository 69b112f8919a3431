"""The report: one page that shows a comparison, or generated rows, to people."""

import os
import sys
from pathlib import Path
from types import ModuleType

from imbgan.report.page import render
from imbgan.report.summary import Summary, summarize
from imbgan.report.writing import report

__all__ = ["Summary", "render", "report", "summarize"]


class _Report(ModuleType):
    """A package that can be called: once loaded it stands in the place of the function ``imbgan.report``."""

    def __call__(self, thing: object, path: str | os.PathLike[str], *, overwrite: bool = False) -> Path:
        """See :func:`imbgan.report.writing.report`."""
        return report(thing, path, overwrite=overwrite)


sys.modules[__name__].__class__ = _Report
