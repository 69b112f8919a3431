"""The language of a page: its words, and what it calls strategies, classifiers, metrics and measures."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module

from markupsafe import Markup

from imbgan._text import did_you_mean
from imbgan.comparison import STRATEGIES, TEXT_STRATEGIES
from imbgan.comparison.results import Note
from imbgan.comparison.wording import note_text
from imbgan.exceptions import ParameterError
from imbgan.report.words import capitalized, plain_name, unbroken

#: The languages that a page can be written in.
LANGUAGES = ("en", "zh")


def check_language(lang: str) -> None:
    """Raise ParameterError if a page cannot be written in this language."""
    if lang not in LANGUAGES:
        raise ParameterError(
            f"lang must be one of {', '.join(LANGUAGES)}. Got {lang!r}.{did_you_mean(lang, LANGUAGES)}"
        )


@cache
def catalog(lang: str) -> Mapping[str, str]:
    """Return the words of a language by key."""
    return import_module(f"imbgan.report.languages.{lang}").WORDS


@cache
def catalog_of_details(lang: str) -> Sequence[tuple[str, str]]:
    """Return pairs of a pattern of an English detail of training and its words in another language."""
    return getattr(import_module(f"imbgan.report.languages.{lang}"), "DETAILS", ())


@cache
def catalog_of_encoders(lang: str) -> Sequence[tuple[str, str]]:
    """Return pairs of a pattern of an English name of an encoder and its words in another language."""
    return getattr(import_module(f"imbgan.report.languages.{lang}"), "ENCODERS", ())


@dataclass(frozen=True)
class Words:
    """What a page says in one language.

    Parameters
    ----------
    lang : {"en", "zh"}, default="en"
    titles : dict of str to str
        What the compared strategies are called; a strategy of the user keeps this name in every language.
    """

    lang: str = "en"
    titles: Mapping[str, str] = field(default_factory=dict[str, str])

    def __call__(self, key: str, **facts: object) -> str:
        """Return the text of a key with its fields filled."""
        return catalog(self.lang)[key].format_map(facts)

    def markup(self, key: str, **facts: object) -> Markup:
        """Return the text of a key as HTML, in which the facts are escaped."""
        return Markup(unbroken(catalog(self.lang)[key])).format(**facts)

    def has(self, key: str) -> bool:
        """Return whether there are words for a key."""
        return key in catalog(self.lang)

    def strategy(self, name: str) -> str:
        """Return what a strategy is called; ours have names in every language."""
        title = self.titles.get(name, name)
        ours = STRATEGIES.get(name) or TEXT_STRATEGIES.get(name)
        is_ours = ours is not None and title in (name, ours.title)
        return catalog(self.lang)[f"strategy.{name}"] if is_ours else title

    def estimator(self, name: str) -> str:
        """Return what a classifier is called."""
        return catalog(self.lang).get(f"estimator.{name}", name)

    def metric(self, name: str) -> str:
        """Return the title of a metric."""
        return catalog(self.lang).get(f"metric.{name}", plain_name(name))

    def measure(self, name: str) -> tuple[str, str]:
        """Return the title and the meaning of a measure; an unknown measure is called by its name."""
        words = catalog(self.lang)
        return words.get(f"measure.{name}", plain_name(name)), words.get(f"measure.{name}.meaning", "")

    def listed(self, names: Sequence[str]) -> str:
        """Return names with commas between them."""
        return self("comma").join(names)

    def event(self, detail: str) -> str:
        """Return the detail of an event of training, which is written in English, in the words of the page."""
        for pattern, text in catalog_of_details(self.lang):
            if (found := re.fullmatch(pattern, detail)) is not None:
                return text.format(*found.groups())
        return detail if self.lang == "en" else ""

    def encoders(self, titles: str) -> str:
        """Return the English names of encoders, with commas between them, in the words of the page."""
        return self._with_encoders(titles).lstrip("\uff1a")  # a colon after the name of a column

    def _with_encoders(self, text: str) -> str:
        for pattern, own in catalog_of_encoders(self.lang):
            text = re.sub(pattern, own, text)
        return text

    def note(self, note: Note) -> str:
        """Return a note of a verdict as one sentence."""
        prefix = "note."
        pieces = {key.removeprefix(prefix): text for key, text in catalog(self.lang).items() if key.startswith(prefix)}
        return capitalized(note_text(note, pieces, self._called))

    def _called(self, field: str, value: str) -> str:
        if field == "estimators":
            return self.listed([self.estimator(name) for name in value.split(", ")])
        if field == "strategies":
            return self.listed([self.strategy(name) for name in value.split(", ")])
        if field == "counts":  # such as "none (7/10), gan (3/10)"
            pairs = [each.rsplit(" ", 1) for each in value.split(", ")]
            return self.listed([" ".join([self.strategy(name), *count]) for name, *count in pairs])
        if field == "columns":  # such as "note by TF-IDF of characters"
            return self._with_encoders(value)
        if field == "reason":
            # Our own reasons are words; those of libraries stay as they are.
            return self._own_reason(value)
        find = {"control": self.strategy, "strategy": self.strategy, "best": self.strategy}
        find |= {"estimator": self.estimator, "metric": self.metric}
        return find[field](value) if field in find else value

    def _own_reason(self, reason: str) -> str:
        for key in ("note.no reason", "note.not run", "note.no rows"):
            if reason == catalog("en")[key]:
                return self(key)
        return reason


#: The default.
ENGLISH = Words()
