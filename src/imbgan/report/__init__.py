"""The report: one page that shows a comparison, the quality of generated rows, or the rules of a tree."""

import os
import sys
from pathlib import Path
from types import ModuleType

from imbgan.report.language import LANGUAGES
from imbgan.report.page import render
from imbgan.report.plots import plot_history, plot_rows
from imbgan.report.summary import Summary, summarize
from imbgan.report.writing import report

__all__ = ["LANGUAGES", "Summary", "plot_history", "plot_rows", "render", "report", "summarize"]


class _Report(ModuleType):
    """A package that can be called, since loading it replaces the function ``imbgan.report`` of the same name."""

    def __call__(
        self, thing: object, path: str | os.PathLike[str], *, overwrite: bool = False, lang: str = "en"
    ) -> Path:
        """Call :func:`imbgan.report.writing.report`."""
        return report(thing, path, overwrite=overwrite, lang=lang)


sys.modules[__name__].__class__ = _Report
