"""What all sections of one page share: the language, the numbering of figures, and what has been explained."""

import itertools
from collections.abc import Iterable
from dataclasses import dataclass, field

from markupsafe import Markup

from imbgan.report.kit import Figure
from imbgan.report.language import Words
from imbgan.report.words import capitalized


@dataclass
class Context:
    """The state of one page while it is written.

    Parameters
    ----------
    words : Words
    """

    words: Words
    _numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))
    _explained: set[str] = field(default_factory=set[str])

    def draw(self, figure: Figure) -> Markup:
        """Return a figure as SVG whose ids occur once on the page."""
        return figure.to_svg(f"figure-{next(self._numbers)}", self.words("nothing"))

    def explain(self, keys: Iterable[str], **facts: object) -> list[tuple[str, str]]:
        """Return pairs of a head and its meaning for the keys that were not explained further up on the page."""
        new = [key for key in dict.fromkeys(keys) if key not in self._explained]
        self._explained.update(new)
        known = [key for key in new if self.words.has(f"{key}.meaning")]
        return [
            (
                self.words(key) if len(self.words(key)) == 1 else capitalized(self.words(key)),
                self.words(f"{key}.meaning", **facts),
            )
            for key in known
        ]
