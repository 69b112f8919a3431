"""What is asked of a comparison, whether of a table or of images, and how its verdict is given."""

import os
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import typer

from imbgan._text import quoted
from imbgan.cli.costs import Stakes
from imbgan.cli.interruption import stopped_by
from imbgan.cli.options import language
from imbgan.cli.reports import give
from imbgan.cli.session import Session, check_distinct
from imbgan.exceptions import ParameterError

if TYPE_CHECKING:
    from imbgan.comparison import Comparison


@dataclass(frozen=True)
class Asked:
    """What is compared, for how long, and where the results go."""

    table: str
    strategies: Sequence[str]
    folds: int | None
    repeats: int | None
    budget: str | None
    stakes: Stakes
    results: str | None
    report: str | None
    lang: str | None
    seed: int

    @property
    def chosen(self) -> str | Sequence[str]:
        """The strategies as ``compare`` takes them."""
        return self.strategies[0] if self.strategies in (["default"], ["all"]) else self.strategies

    def budget_or(self, default: str | None) -> object:
        """Return what ``compare`` takes as a budget."""
        from imbgan.comparison import Comparison

        text = self.budget
        if text is None:
            return default
        if text.strip().lower() == "none":
            return None
        if not text.endswith(".json"):
            return text
        record = Comparison.load(text).settings.get("budget")
        if record is None:
            raise ParameterError(
                f"{quoted(text)} holds a comparison that ran all folds. Use --budget none to repeat it."
            )
        return record

    def check_places(self, run: Session) -> None:
        """Check where results go, before the work begins."""
        from imbgan.data import check_place

        language(self.lang, self.report)
        if self.results is not None:
            check_place(self.results, overwrite=True)
            check_distinct([place for place in (self.results, self.report, run.common.json) if place is not None])

    @contextmanager
    def kept(self, run: Session) -> Generator[None]:
        """Say after Ctrl-C which file keeps the folds that are done."""
        try:
            yield
        except KeyboardInterrupt:
            if self.results is not None and os.path.isfile(self.results):  # no fold is done yet otherwise
                run.note(f"{self.results} keeps the folds that are done; the same command resumes from there.")
            raise

    def give(self, run: Session, found: "Comparison") -> None:
        """Give the verdict; that of a comparison that was interrupted is the one so far."""
        give(run, found, self.report, language(self.lang, self.report), seed=self.seed)
        if (found.settings.get("budget") or {}).get("ended") == "interrupted":
            raise typer.Exit(128 + stopped_by())
